using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;

namespace MlpPowerShell.Engine.Network;

/// <summary>One fully connected layer: activation(W x + b).</summary>
public sealed class MlpLayer
{
    internal MlpLayer(string name, int inputSize, int outputSize, Activation? activation)
    {
        Name = name;
        InputSize = inputSize;
        OutputSize = outputSize;
        Activation = activation;
        WeightStorage = new float[checked(inputSize * outputSize)];
        BiasStorage = new float[outputSize];
        Weights = new DenseMatrix(outputSize, inputSize, WeightStorage);
        Biases = new DenseVector(BiasStorage);
    }

    /// <summary>The layer's name, as in a model file: layers.0, layers.1, …</summary>
    public string Name { get; }

    /// <summary>Values that come in.</summary>
    public int InputSize { get; }

    /// <summary>Units, one value out of each.</summary>
    public int OutputSize { get; }

    /// <summary>The activation function, or null for the output layer, whose logits go into the softmax of the loss.</summary>
    public Activation? Activation { get; }

    /// <summary>What the units do with their sum: the activation's name, or Softmax for the output layer.</summary>
    public string ActivationName => Activation?.Name ?? "Softmax";

    /// <summary>The weights, [out, in]: a view of the model's own memory, not a copy.</summary>
    public Matrix<float> Weights { get; }

    /// <summary>The biases, [out]: a view of the model's own memory, not a copy.</summary>
    public Vector<float> Biases { get; }

    /// <summary>Weights and biases together.</summary>
    public int ParameterCount => (InputSize * OutputSize) + OutputSize;

    /// <summary>The weights behind <see cref="Weights"/>: MathNet's columns are the rows of an [in, out] block.</summary>
    internal float[] WeightStorage { get; }

    internal float[] BiasStorage { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{InputSize} → {OutputSize} {ActivationName}";
}
