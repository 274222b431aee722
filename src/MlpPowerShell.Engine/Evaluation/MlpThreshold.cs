using System.Globalization;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>How well a class is told from the rest where it is the answer from some probability on; samples count their weights.</summary>
public sealed record MlpThreshold
{
    /// <summary>The probability from which on a sample is taken for one of the class.</summary>
    public required double Threshold { get; init; }

    /// <summary>The class, or label.</summary>
    public required string PositiveClass { get; init; }

    /// <summary>Of the samples taken for the class, the fraction that are.</summary>
    public double Precision => TruePositives / (TruePositives + FalsePositives);

    /// <summary>Of the samples of the class, the fraction found: the true positive rate, or sensitivity.</summary>
    public double Recall => TruePositives / (TruePositives + FalseNegatives);

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 => 2 * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>Of the other samples, the fraction left alone: 1 less the false positive rate.</summary>
    public double Specificity => TrueNegatives / (TrueNegatives + FalsePositives);

    /// <summary>The mean cost of a sample; null where nothing was said of costs.</summary>
    public double? Cost { get; init; }

    /// <summary>Samples of the class that are found.</summary>
    public double TruePositives { get; init; }

    /// <summary>Others that are taken for it.</summary>
    public double FalsePositives { get; init; }

    /// <summary>Others that are not.</summary>
    public double TrueNegatives { get; init; }

    /// <summary>Samples of the class that are missed.</summary>
    public double FalseNegatives { get; init; }

    /// <summary>Whether none costs less or, where nothing was said of costs, has a higher F1; of equals the highest.</summary>
    public bool IsRecommended { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{PositiveClass} from {Threshold}: precision {Precision:P1}, recall {Recall:P1}");
}

/// <summary>What each outcome of a sample costs; a gain is below 0.</summary>
public sealed record MlpCosts
{
    /// <summary>What finding a sample of the class costs.</summary>
    public double TruePositive { get; init; }

    /// <summary>What taking another for it costs.</summary>
    public double FalsePositive { get; init; }

    /// <summary>What leaving another alone costs.</summary>
    public double TrueNegative { get; init; }

    /// <summary>What missing a sample of the class costs.</summary>
    public double FalseNegative { get; init; }
}
