using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>What a gradient is computed with beside samples and weights.</summary>
internal sealed class GradientOptions
{
    /// <summary>What it is computed without, or null.</summary>
    public Dropout? Dropout { get; init; }

    /// <summary>What images go through, or null.</summary>
    public ImageDistortion? Distortion { get; init; }

    /// <inheritdoc cref="OutputScorer.LabelSmoothing"/>
    public float LabelSmoothing { get; init; }

    /// <inheritdoc cref="OutputScorer.ClassWeights"/>
    public float[]? ClassWeights { get; init; }

    /// <inheritdoc cref="LayerNormalizer.Momentum"/>
    public float NormalizationMomentum { get; init; } = (float)BatchNormalization.DefaultMomentum;

    /// <summary>Called after each tile has been scored with the samples done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Stops the work between two slices.</summary>
    public CancellationToken Cancellation { get; init; }
}
