using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>One fully connected layer: activation(W x + b), or with batch normalization activation(γ × normalized(W x) + b).</summary>
public sealed class MlpLayer
{
    internal MlpLayer(
        int index, int inputSize, int outputSize, Activation? activation, string activationName, double? normalizationEpsilon)
    {
        Name = $"layers.{index}";
        Number = index;
        InputSize = inputSize;
        OutputSize = outputSize;
        Activation = activation;
        ActivationName = activationName;
        WeightStorage = new float[checked(inputSize * outputSize)];
        BiasStorage = new float[outputSize];
        Weights = new DenseMatrix(outputSize, inputSize, WeightStorage);
        Biases = new DenseVector(BiasStorage);
        Normalization = normalizationEpsilon is { } epsilon ? new BatchNormalization(outputSize, epsilon) : null;
        if (activation?.InitialSlope is { } slope)
        {
            SlopeStorage = new float[outputSize];
            Array.Fill(SlopeStorage, slope);
            Slopes = new DenseVector(SlopeStorage);
        }
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

    /// <summary>How the units' sums are normalized, or null where they are not.</summary>
    public BatchNormalization? Normalization { get; }

    /// <summary>
    /// What PReLU multiplies each unit's sum by below 0, [out]: a view of the model's own memory, not a copy; null where no slopes are
    /// learned.
    /// </summary>
    public Vector<float>? Slopes { get; }

    /// <summary>Weights, biases, scales and slopes together.</summary>
    public int ParameterCount => Parameters.Where(parameter => parameter.Kind.IsTrained()).Sum(parameter => parameter.Values.Length);

    /// <summary>All that training changes, and the running means and variances.</summary>
    internal IEnumerable<LayerParameter> Parameters
    {
        get
        {
            yield return new LayerParameter(Number, ParameterKind.Weight, OutputSize, InputSize, WeightStorage);
            yield return new LayerParameter(Number, ParameterKind.Bias, OutputSize, 1, BiasStorage);
            if (Normalization is not null)
            {
                yield return new LayerParameter(Number, ParameterKind.Scale, OutputSize, 1, Normalization.ScaleStorage);
                yield return new LayerParameter(Number, ParameterKind.RunningMean, OutputSize, 1, Normalization.MeanStorage);
                yield return new LayerParameter(Number, ParameterKind.RunningVariance, OutputSize, 1, Normalization.VarianceStorage);
            }

            if (SlopeStorage is not null)
                yield return new LayerParameter(Number, ParameterKind.Slope, OutputSize, 1, SlopeStorage);
        }
    }

    /// <summary>The weights behind <see cref="Weights"/>: MathNet's columns are the rows of an [in, out] block.</summary>
    internal float[] WeightStorage { get; }

    internal float[] BiasStorage { get; }

    private float[]? SlopeStorage { get; }

    private int Number { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{InputSize} → {OutputSize} {ActivationName}";
}
