using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>What there is to see of a prediction, which is all that is left of one that another process made.</summary>
/// <param name="Index">The sample's place.</param>
/// <param name="Prediction">The predicted class, labels, number or numbers.</param>
/// <param name="Label">What is true; null where that is not known.</param>
public sealed record PredictionRow(int Index, object? Prediction, object? Label)
{
    /// <summary>The probability of what is predicted, from 0 to 1; null of numbers.</summary>
    public double? Confidence { get; init; }

    /// <summary>Whether it is right; null where that is not known, and of numbers.</summary>
    public bool? IsCorrect { get; init; }

    /// <summary>How far predicted numbers lie above the true ones; null for none.</summary>
    public object? Error { get; init; }

    /// <summary>The classes or labels that what is true is one of with a confidence; null for none.</summary>
    public object? PredictionSet { get; init; }

    /// <summary>The lower ends of the intervals of predicted numbers; null for none.</summary>
    public object? Lower { get; init; }

    /// <summary>The upper ends.</summary>
    public object? Upper { get; init; }

    /// <summary>The names of the numbers that are predicted; empty for none.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The name of the file that it is for; null for none.</summary>
    public string? File { get; init; }

    /// <summary>A prediction as a row.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="file">The name of the file that it is for; null for none.</param>
    public static PredictionRow Of(MlpPrediction prediction, string? file)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return new(prediction.Index, prediction.Prediction, prediction.Label)
        {
            Confidence = prediction.Confidence,
            IsCorrect = prediction.IsCorrect,
            Error = prediction.Error,
            PredictionSet = prediction.PredictionSet,
            Lower = prediction.Lower,
            Upper = prediction.Upper,
            Targets = prediction.Targets,
            File = file,
        };
    }
}
