using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Batch normalization of a layer's sums (Ioffe and Szegedy, 2015, algorithms 1 and 2): (z - mean) / √(variance + ε) × γ, before the bias.
/// Training takes mean and variance of the batch, which is cut into even tiles where it has more than 256 samples, each normalized by its
/// own; measuring and predicting take the running ones.
/// </summary>
public sealed class BatchNormalization
{
    /// <summary>What keeps the denominator off zero where nothing else is said, as in PyTorch.</summary>
    public const double DefaultEpsilon = 1e-5;

    /// <summary>How much of a batch's statistics the running ones take on where nothing else is said, as in PyTorch.</summary>
    public const double DefaultMomentum = 0.1;

    internal BatchNormalization(int units, double epsilon)
    {
        Epsilon = epsilon;
        ScaleStorage = new float[units];
        MeanStorage = new float[units];
        VarianceStorage = new float[units];
        Array.Fill(ScaleStorage, 1f);
        Array.Fill(VarianceStorage, 1f);
        Scale = new DenseVector(ScaleStorage);
        RunningMean = new DenseVector(MeanStorage);
        RunningVariance = new DenseVector(VarianceStorage);
    }

    /// <summary>ε, which keeps the denominator off zero.</summary>
    public double Epsilon { get; }

    /// <summary>γ, [out]: a view of the model's own memory, not a copy.</summary>
    public Vector<float> Scale { get; }

    /// <summary>The running mean of the sums, [out]: a view of the model's own memory, not a copy.</summary>
    public Vector<float> RunningMean { get; }

    /// <summary>The running variance of the sums, [out]: a view of the model's own memory, not a copy.</summary>
    public Vector<float> RunningVariance { get; }

    internal float[] ScaleStorage { get; }

    internal float[] MeanStorage { get; }

    internal float[] VarianceStorage { get; }
}
