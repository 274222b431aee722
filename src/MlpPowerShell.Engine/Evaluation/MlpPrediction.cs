using System.Globalization;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What a model makes of one sample.</summary>
public sealed record MlpPrediction
{
    internal MlpPrediction(int index, float[] probabilities, int? label, IReadOnlyList<string> modelClasses, IReadOnlyList<string> dataClasses)
    {
        Index = index;
        Probabilities = probabilities;
        int best = Backpropagation.ArgMax(probabilities);
        Confidence = probabilities[best];
        Prediction = NumberOrName(modelClasses[best]);
        if (label is not { } known)
            return;
        Label = NumberOrName(known < modelClasses.Count ? modelClasses[known] : dataClasses[known]);
        IsCorrect = known == best;
    }

    /// <summary>The sample's place in its data set or pipeline, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The predicted class: its name, or a number where the name is one.</summary>
    public object Prediction { get; }

    /// <summary>The probability of the predicted class, from 0 to 1.</summary>
    public float Confidence { get; }

    /// <summary>The true class, or null where the data has no labels.</summary>
    public object? Label { get; }

    /// <summary>Whether prediction and label agree, or null where the data has no labels.</summary>
    public bool? IsCorrect { get; }

    /// <summary>The probability of each class, in the order of the model's classes.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Prediction} ({Confidence.ToString("P1", CultureInfo.InvariantCulture)})";

    private static object NumberOrName(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : name;
}
