using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What a model makes of one sample.</summary>
public sealed record MlpPrediction
{
    private MlpPrediction(int index, object prediction, float? confidence, float[] probabilities, object? label, bool? isCorrect)
    {
        Index = index;
        Prediction = prediction;
        Confidence = confidence;
        Probabilities = new ValueList<float>(probabilities);
        Label = label is object?[] several ? new ValueList<object?>(several) : label;
        IsCorrect = isCorrect;
    }

    /// <summary>The sample's place in its data set or pipeline, from 0.</summary>
    public int Index { get; init; }

    /// <summary>
    /// The predicted class, of the type that the label had: a text, a number, true or false, a member of an enum. With several labels a
    /// sample, a list of those predicted; in regression the predicted number, or a list of them.
    /// </summary>
    public object Prediction { get; }

    /// <summary>
    /// The probability of the predicted class, from 0 to 1; of several labels the least sure decision's; null in regression.
    /// </summary>
    public float? Confidence { get; }

    /// <summary>The true class, labels or numbers, or null where the data has none.</summary>
    public object? Label { get; }

    /// <summary>Whether prediction and label agree, or null where the data has no labels, and in regression.</summary>
    public bool? IsCorrect { get; }

    /// <summary>
    /// How far the predicted number lies above the true one, in its unit, of dates a time span; a list for several. Null where the data
    /// has none, and in classification.
    /// </summary>
    public object? Error { get; private init; }

    /// <summary>
    /// The classes or labels, the model's first one first, that are what is true with the confidence that was asked for, or all labels that
    /// are; null in regression, and where none was asked for.
    /// </summary>
    public ValueList<object>? PredictionSet { get; private init; }

    /// <summary>
    /// The lower end of the interval that holds the true number with the confidence that was asked for, a date or time span where it is
    /// one; a list for several. Null in classification, and where none was asked for.
    /// </summary>
    public object? Lower { get; private init; }

    /// <summary>The upper end of that interval.</summary>
    public object? Upper { get; private init; }

    /// <summary>The names of the numbers that are predicted, in their order; empty in classification.</summary>
    public IReadOnlyList<string> Targets { get; private init; } = new ValueList<string>([]);

    /// <summary>The probability of each class, in the order of the model's classes; empty in regression.</summary>
    public ValueList<float> Probabilities { get; }

    /// <summary>Whether the sample at its place in a data set has the label that it knows; true where either is not known.</summary>
    /// <param name="dataset">A data set in memory, with a sample at that place.</param>
    public bool MayBeFor(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (Label is null or ValueList<object?> || dataset.LabelColumns.Count == 0)
            return true;
        string label = ColumnType.TextOf(Label);
        return dataset.LabelColumns.Concat(dataset.AsideColumns).Any(column => column.TextAt(Index) is { } text
            && (text == label || KnownTexts.Match([text], [label], column.Name)[0] == label));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string prediction = Convert.ToString(Prediction, CultureInfo.InvariantCulture)!;
        return Confidence is { } confidence ? $"{prediction} ({confidence.ToString("P1", CultureInfo.InvariantCulture)})" : prediction;
    }

    /// <summary>Interprets a model's outputs for one sample.</summary>
    /// <exception cref="MlpException">An output is no number.</exception>
    internal static MlpPrediction Of(MlpModel model, int index, float[] outputs, SampleTruth truth)
    {
        CheckFinite(outputs, index);
        return model.Output.Kind switch
        {
            OutputKind.Numbers => OfNumbers(model.Output, index, outputs, truth),
            OutputKind.Labels => OfLabels(model.Output, index, outputs, truth),
            OutputKind.Classes => OfClass(model.Output, index, outputs, truth),
        };
    }

    /// <summary>The same with what holds with a confidence.</summary>
    internal MlpPrediction Within(ConformalLimits limits, OutputHead head, float[] outputs)
    {
        if (head.Kind != OutputKind.Numbers)
            return this with { PredictionSet = Holding(head, [.. Probabilities.Select(limits.Has)]) };
        (double Lower, double Upper)[] intervals = [.. outputs.Select((output, j) => limits.IntervalOf(j, output))];
        return this with { Lower = Ends(interval => interval.Lower), Upper = Ends(interval => interval.Upper) };

        object Ends(Func<(double Lower, double Upper), double> end)
        {
            object[] ends = [.. intervals.Select((interval, j) => limits.EndOf(j, end(interval)))];
            return ends.Length == 1 ? ends[0] : new ValueList<object>(ends);
        }
    }

    /// <summary>Checks that outputs are numbers: what isn't one is never an answer.</summary>
    /// <exception cref="MlpException">One is not.</exception>
    internal static void CheckFinite(ReadOnlySpan<float> outputs, int sample)
    {
        foreach (float output in outputs)
        {
            if (!float.IsFinite(output))
            {
                throw new MlpException(
                    "OutputNotFinite",
                    MlpErrorKind.InvalidData,
                    $"The model's output for sample {sample} is no finite number: its weights or the features are too large, or no "
                    + $"numbers themselves.");
            }
        }
    }

    private static MlpPrediction OfNumbers(OutputHead head, int index, float[] outputs, SampleTruth truth)
    {
        object prediction = OneOrMany(head, outputs);
        object?[] errors = prediction is ValueList<object> answers
            ? [.. answers.Select((answer, j) => head.ErrorOf(j, answer, (truth.Value as object?[])?[j]))]
            : [head.ErrorOf(0, prediction, truth.Value)];
        return new MlpPrediction(index, prediction, null, [], truth.Value, null)
        {
            Targets = head.Names,
            Error = errors.Length == 1 ? errors[0] : errors.Contains(null) ? null : new ValueList<object?>(errors),
        };
    }

    private static MlpPrediction OfClass(OutputHead head, int index, float[] outputs, SampleTruth truth)
    {
        var probabilities = new float[head.Names.Count];
        OutputScorer.CopyProbabilities(outputs, probabilities);
        int best = DecisionRule.AnswerOf(head, probabilities);
        return new MlpPrediction(
            index,
            head.ValueOf(best),
            probabilities[best],
            probabilities,
            truth.Value,
            truth.Class is { } name ? name == head.Names[best] : null);
    }

    private static MlpPrediction OfLabels(OutputHead head, int index, float[] outputs, SampleTruth truth)
    {
        float confidence = outputs.Min(probability => DecisionRule.Holds(head, probability) ? probability : 1 - probability);
        bool[] predicted = Array.ConvertAll(outputs, probability => DecisionRule.Holds(head, probability));
        ValueList<object>? label = truth.Labels is { } labels
            ? Holding(head, labels)
            : truth.Value is { } unknown ? new([unknown]) : null;
        bool? isCorrect = label is null ? null : truth.Labels?.SequenceEqual(predicted) ?? false;
        return new MlpPrediction(index, Holding(head, predicted), confidence, outputs, label, isCorrect);
    }

    private static ValueList<object> Holding(OutputHead head, bool[] labels) =>
        new([.. Enumerable.Range(0, labels.Length).Where(j => labels[j]).Select(head.ValueOf)]);

    /// <summary>A number, or several; where the label of the data was a date or a time span, that.</summary>
    private static object OneOrMany(OutputHead head, float[] values)
    {
        object[] answers = [.. values.Select((value, j) => head.AnswerOf(j, value))];
        return answers.Length == 1 ? answers[0] : new ValueList<object>(answers);
    }
}
