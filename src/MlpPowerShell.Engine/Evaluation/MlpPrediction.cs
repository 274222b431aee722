using System.Collections;
using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What a model makes of one sample.</summary>
public sealed record MlpPrediction
{
    private MlpPrediction(int index, object prediction, float? confidence, IReadOnlyList<float> probabilities, object? label, bool? isCorrect)
    {
        Index = index;
        Prediction = prediction;
        Confidence = confidence;
        Probabilities = probabilities;
        Label = label;
        IsCorrect = isCorrect;
    }

    /// <summary>The sample's place in its data set or pipeline, from 0.</summary>
    public int Index { get; init; }

    /// <summary>
    /// The predicted class: its name, or a number where the name is one. With several labels a sample, an array of those predicted; in
    /// regression the predicted number, or an array of them.
    /// </summary>
    public object Prediction { get; }

    /// <summary>The probability of the predicted class, from 0 to 1; of several labels the least sure decision's; null in regression.</summary>
    public float? Confidence { get; }

    /// <summary>The true class, labels or numbers, or null where the data has none.</summary>
    public object? Label { get; }

    /// <summary>Whether prediction and label agree, or null where the data has no labels, and in regression.</summary>
    public bool? IsCorrect { get; }

    /// <summary>The probability of each class, in the order of the model's classes; empty in regression.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string prediction = Prediction is IEnumerable many and not string
            ? string.Join(", ", many.Cast<object>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture)))
            : Convert.ToString(Prediction, CultureInfo.InvariantCulture)!;
        return Confidence is { } confidence ? $"{prediction} ({confidence.ToString("P1", CultureInfo.InvariantCulture)})" : prediction;
    }

    /// <summary>Interprets a model's outputs for one sample.</summary>
    internal static MlpPrediction Of(MlpModel model, int index, float[] outputs, MlpDataset dataset, Samples samples, int sample)
    {
        if (model.Loss.IsRegression())
            return OfNumbers(model, index, outputs, dataset, samples, sample);
        bool severalLabels = model.Loss == LossKind.BinaryCrossEntropy && model.ClassNames.Count == outputs.Length
            && (outputs.Length == 1 || samples.Labels is null);
        return severalLabels
            ? OfLabels(model, index, outputs, samples, sample)
            : OfClass(model, index, outputs, dataset, samples, sample);
    }

    private static MlpPrediction OfClass(MlpModel model, int index, float[] outputs, MlpDataset dataset, Samples samples, int sample)
    {
        // One output for two classes is the probability of the second.
        float[] probabilities = outputs.Length == 1 ? [1 - outputs[0], outputs[0]] : outputs;
        int best = OutputScorer.ArgMax(probabilities);
        int? label = samples.Labels?[sample];
        object? name = label is null ? null
            : NumberOrName(label >= 0 ? model.ClassNames[label.Value] : dataset.ClassNames[dataset.Labels.Span[sample]]);
        return new MlpPrediction(index, NumberOrName(model.ClassNames[best]), probabilities[best], probabilities, name, label is null ? null : label == best);
    }

    private static MlpPrediction OfLabels(MlpModel model, int index, float[] outputs, Samples samples, int sample)
    {
        float confidence = outputs.Min(probability => Math.Max(probability, 1 - probability));
        object[] predicted = Labels(model, outputs);
        object[]? labels = samples.Targets is { } targets ? Labels(model, targets.AsSpan(sample * outputs.Length, outputs.Length)) : null;
        return new MlpPrediction(index, predicted, confidence, outputs, labels, labels is null ? null : predicted.SequenceEqual(labels));
    }

    private static MlpPrediction OfNumbers(MlpModel model, int index, float[] outputs, MlpDataset dataset, Samples samples, int sample)
    {
        object? targets = samples.Targets is { } known
            ? OneOrMany(known.AsSpan(sample * outputs.Length, outputs.Length), dataset.Preprocessing)
            : null;
        return new MlpPrediction(index, OneOrMany(outputs, model.Preprocessing), null, [], targets, null);
    }

    private static object[] Labels(MlpModel model, ReadOnlySpan<float> probabilities)
    {
        var labels = new List<object>();
        for (int j = 0; j < probabilities.Length; j++)
        {
            if (probabilities[j] > 0.5f)
                labels.Add(NumberOrName(model.ClassNames[j]));
        }

        return [.. labels];
    }

    /// <summary>A number, or several; where the label of the data was a date or a time span, that.</summary>
    private static object OneOrMany(ReadOnlySpan<float> values, MlpPreprocessing? preprocessing)
    {
        if (preprocessing is null)
            return values.Length == 1 ? (double)values[0] : Array.ConvertAll(values.ToArray(), value => (double)value);
        object[] decoded = [.. values.ToArray().Select((value, j) => preprocessing.Labels[j].Decode([value]))];
        return decoded.Length == 1 ? decoded[0] : decoded;
    }

    private static object NumberOrName(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : name;
}
