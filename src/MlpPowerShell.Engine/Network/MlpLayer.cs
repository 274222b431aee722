using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;

namespace MlpPowerShell.Engine.Network;

/// <summary>One fully connected layer: activation(W x + b).</summary>
public sealed class MlpLayer
{
    internal MlpLayer(int index, int inputSize, int outputSize, Activation? activation, string activationName)
    {
        Name = $"layers.{index}";
        Number = index + 1;
        InputSize = inputSize;
        OutputSize = outputSize;
        Activation = activation;
        ActivationName = activationName;
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

    /// <summary>The activation function, or null for the output layer, whose sums go into the loss.</summary>
    public Activation? Activation { get; }

    /// <summary>What the units do with their sum: the activation's name, or Softmax, Sigmoid or Identity for the output layer.</summary>
    public string ActivationName { get; }

    /// <summary>The weights, [out, in]: a view of the model's own memory, not a copy.</summary>
    public Matrix<float> Weights { get; }

    /// <summary>The biases, [out]: a view of the model's own memory, not a copy.</summary>
    public Vector<float> Biases { get; }

    /// <summary>Weights and biases together.</summary>
    public int ParameterCount => (InputSize * OutputSize) + OutputSize;

    internal LayerParameter Weight => new($"{Name}.weight", $"W{Number}", OutputSize, InputSize, WeightStorage);

    internal LayerParameter Bias => new($"{Name}.bias", $"b{Number}", OutputSize, 1, BiasStorage);

    /// <summary>All that training changes.</summary>
    internal IEnumerable<LayerParameter> Parameters => [Weight, Bias];

    /// <summary>The weights behind <see cref="Weights"/>: MathNet's columns are the rows of an [in, out] block.</summary>
    internal float[] WeightStorage { get; }

    internal float[] BiasStorage { get; }

    private int Number { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{InputSize} → {OutputSize} {ActivationName}";
}

/// <summary>A parameter of a layer: its memory, in which MathNet's columns follow each other.</summary>
/// <param name="Name">The name, as in a model file: layers.0.weight.</param>
/// <param name="Symbol">The name in formulas: W1.</param>
/// <param name="Rows">Rows of the matrix, the layer's units.</param>
/// <param name="Columns">Columns of the matrix; 1 of a vector.</param>
/// <param name="Values">The memory, rows × columns values.</param>
internal readonly record struct LayerParameter(string Name, string Symbol, int Rows, int Columns, float[] Values);
