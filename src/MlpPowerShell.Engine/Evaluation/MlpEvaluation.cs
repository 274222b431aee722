using System.Globalization;
using MathNet.Numerics.LinearAlgebra;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>How well a model does on a data set.</summary>
public sealed class MlpEvaluation
{
    internal MlpEvaluation(string model, string dataset, int samples, double loss)
    {
        Model = model;
        Dataset = dataset;
        Samples = samples;
        Loss = loss;
    }

    /// <summary>What was measured, the architecture of the model: 784-128-64-10.</summary>
    public string Model { get; }

    /// <summary>The name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Samples measured.</summary>
    public int Samples { get; }

    /// <summary>The mean of the model's loss.</summary>
    public double Loss { get; }

    /// <summary>The fraction classified right, from 0 to 1, with several labels a sample all of them; null in regression.</summary>
    public double? Accuracy { get; internal init; }

    /// <summary>
    /// Counts of samples by true class (rows) and predicted class (columns); null where samples don't have one class each.
    /// </summary>
    public Matrix<double>? ConfusionMatrix { get; internal init; }

    /// <summary>Precision, recall, F1 and support of each class or label; empty in regression.</summary>
    public IReadOnlyList<MlpClassScore> Classes { get; internal init => field = new ValueList<MlpClassScore>([.. value]); } = [];

    /// <summary>
    /// The mean distance of predictions from targets, in the targets' unit; of classes with an order, how many classes predictions lie
    /// from the true one. Null in other classification.
    /// </summary>
    public double? MeanAbsoluteError { get; internal init; }

    /// <summary>
    /// The root of the mean squared distance, in the target's unit; of several targets the mean of theirs. Null in classification.
    /// </summary>
    public double? RootMeanSquaredError { get; internal init; }

    /// <summary>The part of the targets' variance that is explained, at most 1, a mean over the targets; null in classification.</summary>
    public double? R2 { get; internal init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string quality = Accuracy is { } accuracy
            ? accuracy.ToString("'accuracy '0.00 %", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"R² {R2:F4}");
        return string.Create(CultureInfo.InvariantCulture, $"{Dataset}: {quality}, loss {Loss:G5}");
    }
}

/// <summary>How well a model does on one class.</summary>
public sealed class MlpClassScore
{
    internal MlpClassScore(string name, double precision, double recall, double f1, int support)
    {
        Class = name;
        Precision = precision;
        Recall = recall;
        F1 = f1;
        Support = support;
    }

    internal static IReadOnlyList<MlpClassScore> Of(IReadOnlyList<string> names, double[] hits, double[] predicted, double[] support) =>
        names.Select((name, i) => new MlpClassScore(
            name,
            predicted[i] > 0 ? hits[i] / predicted[i] : 0,
            support[i] > 0 ? hits[i] / support[i] : 0,
            predicted[i] + support[i] > 0 ? 2 * hits[i] / (predicted[i] + support[i]) : 0,
            (int)support[i])).ToArray();

    /// <summary>The class.</summary>
    public string Class { get; }

    /// <summary>Of the samples predicted as this class, the fraction that are; 0 where none was predicted.</summary>
    public double Precision { get; }

    /// <summary>Of the samples of this class, the fraction found; 0 where there are none.</summary>
    public double Recall { get; }

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 { get; }

    /// <summary>Samples of this class.</summary>
    public int Support { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}: F1 {F1:P2}");
}
