using System.Globalization;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>How well a model does on one class or label.</summary>
public sealed class MlpClassScore
{
    /// <summary>The class.</summary>
    public required string Class { get; init; }

    /// <summary>Of the samples predicted as this class, the fraction that are; 0 where none was predicted.</summary>
    public double Precision { get; init; }

    /// <summary>Of the samples of this class, the fraction found; 0 where there are none.</summary>
    public double Recall { get; init; }

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 { get; init; }

    /// <summary>
    /// How probable it is that a sample of this class has a higher probability of it than one of another (Hanley and McNeil, 1982); null
    /// where there are not both.
    /// </summary>
    public double? RocAuc { get; init; }

    /// <summary>
    /// The precision at each probability of this class, weighted by how much recall grows there; null where there are no samples of it.
    /// </summary>
    public double? AveragePrecision { get; init; }

    /// <summary>Samples of this class.</summary>
    public int Support { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}: F1 {F1:P2}");
}

/// <summary>How well a model predicts one of several numbers.</summary>
public sealed class MlpTargetScore
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>The mean distance, in the target's unit.</summary>
    public double MeanAbsoluteError { get; init; }

    /// <summary>The root of the mean squared distance, in the target's unit.</summary>
    public double RootMeanSquaredError { get; init; }

    /// <summary>The part of the target's variance that is explained; where it does not vary, 1 if all is hit and 0 if not.</summary>
    public double R2 { get; init; }

    /// <summary>The same, but for an error that all predictions share.</summary>
    public double ExplainedVariance { get; init; }

    /// <summary>The distance that half of the predictions keep.</summary>
    public double MedianAbsoluteError { get; init; }

    /// <summary>The mean of the distance as a fraction of the target.</summary>
    public double MeanAbsolutePercentageError { get; init; }

    /// <summary>The largest distance.</summary>
    public double LargestError { get; init; }

    /// <summary>The fraction of the samples whose number lies in its interval; null where no confidence was asked for.</summary>
    public double? Coverage { get; init; }

    /// <summary>How wide the intervals are on average, in the target's unit; null where no confidence was asked for.</summary>
    public double? MeanSize { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Target}: R² {R2:F4}");
}

/// <summary>Predictions that a model is about equally sure of.</summary>
public sealed class MlpCalibrationBin
{
    /// <summary>The confidence that they are above, but for 0, which is in the first bin.</summary>
    public double From { get; init; }

    /// <summary>The highest confidence.</summary>
    public double To { get; init; }

    /// <summary>Samples in the bin.</summary>
    public int Samples { get; init; }

    /// <summary>The mean confidence; null where there are none.</summary>
    public double? Confidence { get; init; }

    /// <summary>The fraction that is right; null where there are none.</summary>
    public double? Accuracy { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        Samples == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{Samples} of {Confidence:P1} confidence: {Accuracy:P1} right");
}
