using System.Globalization;
using System.Text.Json.Serialization;
using MathNet.Numerics.LinearAlgebra;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// How well a model does on a data set. Where the samples have weights, each counts its weight in all figures. A figure that there is not
/// for what the model predicts, or that the samples leave undefined, is null.
/// </summary>
/// <remarks>
/// All but the median and what needs ranks (areas under curves, average precision) is exact for any number of samples. For these, up to
/// eight million different scores are kept, shared by the classes, at least a thousand for each; where there are more than half as many,
/// they are rounded, relatively, just as far as they fit.
/// </remarks>
public sealed record MlpEvaluation
{
    /// <summary>What was measured, the architecture of the model: 784-128-64-10.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>The value that the measured samples have in common, empty where it is missing; null where all were measured.</summary>
    public string? Group { get; init; }

    /// <summary>Samples measured.</summary>
    public required int Samples { get; init; }

    /// <summary>The mean of the model's loss.</summary>
    public required double Loss { get; init; }

    /// <summary>The fraction classified right, from 0 to 1, with several labels a sample all of them; null in regression.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The lower end of the 95 % interval of the accuracy (Wilson, 1927); of weighted samples with their effective number,
    /// (Σ w)² / Σ w² (Kish, 1965).</summary>
    public double? AccuracyLow { get; init; }

    /// <summary>The upper end of that interval.</summary>
    public double? AccuracyHigh { get; init; }

    /// <summary>The mean of the recalls of the classes that occur (Brodersen et al., 2010).</summary>
    public double? BalancedAccuracy { get; init; }

    /// <summary>The mean of the precisions, of classes over those that occur or are predicted, of labels over all.</summary>
    public double? MacroPrecision { get; init; }

    /// <summary>The mean of the recalls over the same.</summary>
    public double? MacroRecall { get; init; }

    /// <summary>The mean of the F1 over the same.</summary>
    public double? MacroF1 { get; init; }

    /// <summary>The mean of the precisions, each class or label counting as much as it occurs.</summary>
    public double? WeightedPrecision { get; init; }

    /// <summary>The mean of the recalls, each counting so.</summary>
    public double? WeightedRecall { get; init; }

    /// <summary>The mean of the F1, each counting so.</summary>
    public double? WeightedF1 { get; init; }

    /// <summary>Of several labels a sample, the precision of all decisions together; null for classes, where it is the accuracy.</summary>
    public double? MicroPrecision { get; init; }

    /// <summary>The recall of all decisions together, likewise.</summary>
    public double? MicroRecall { get; init; }

    /// <summary>The F1 of all decisions together, likewise.</summary>
    public double? MicroF1 { get; init; }

    /// <summary>Of several labels a sample, the fraction of the decisions that are wrong.</summary>
    public double? HammingLoss { get; init; }

    /// <summary>How far predictions agree with the classes beyond what chance would do, at most 1 (Cohen, 1960).</summary>
    public double? CohenKappa { get; init; }

    /// <summary>The correlation of predictions with classes, from -1 to 1 (Matthews, 1975; of several classes Gorodkin, 2004).</summary>
    public double? MatthewsCorrelation { get; init; }

    /// <summary>
    /// The mean of -ln p of the true class, p taken as at least 2⁻²³; of several labels the mean over them. Samples whose class the model
    /// does not know have none.
    /// </summary>
    public double? LogLoss { get; init; }

    /// <summary>
    /// The mean squared distance of the probabilities from what is true (Brier, 1950): of two classes and of labels that of the one
    /// probability, from 0 to 1, of more classes the sum over them, from 0 to 2. Samples whose class the model does not know have none.
    /// </summary>
    public double? BrierScore { get; init; }

    /// <summary>The fraction whose class is among the k most probable, for k from 1, up to 10.</summary>
    public IReadOnlyList<double> TopAccuracies { get; init => field = new ValueList<double>([.. value ?? []]); } =
        new ValueList<double>([]);

    /// <summary>
    /// The area under the curve of true against false positives: of two classes that of the one
    /// looked for, at first the second, else the mean of each class or label
    /// against the rest, where it is defined.
    /// </summary>
    public double? RocAuc { get; init; }

    /// <summary>The same, each class counting as much as it occurs.</summary>
    public double? WeightedRocAuc { get; init; }

    /// <summary>The average precision: of two classes that of the one looked for, else the mean of each class or label against the
    /// rest.</summary>
    public double? AveragePrecision { get; init; }

    /// <summary>
    /// How far, on average, the confidence of predictions is from the fraction that are right, over <see cref="CalibrationBins"/> (Guo et
    /// al., 2017).
    /// </summary>
    public double? ExpectedCalibrationError { get; init; }

    /// <summary>Predictions by their confidence, in 15 bins as wide as each other; empty where there is no one class each.</summary>
    public IReadOnlyList<MlpCalibrationBin> CalibrationBins
    {
        get;
        init => field = new ValueList<MlpCalibrationBin>([.. value ?? []]);
    } = new ValueList<MlpCalibrationBin>([]);

    /// <summary>The confidence with which sets of classes or intervals of numbers were to hold; null where none was asked for.</summary>
    public double? Confidence { get; init; }

    /// <summary>
    /// The fraction of the samples whose class is in its set, or all of whose labels are; of numbers the fraction that lies in its
    /// interval, of several targets the mean of their fractions, as intervals are to hold each by itself.
    /// </summary>
    public double? Coverage { get; init; }

    /// <summary>
    /// The mean number of classes or labels in a set; of numbers how wide intervals are on average, in the target's unit, over all targets.
    /// </summary>
    public double? MeanSize { get; init; }

    /// <summary>
    /// Counts of samples by true class (rows) and predicted class (columns), of weighted samples their weights; null where samples don't
    /// have one class each.
    /// </summary>
    [JsonConverter(typeof(MatrixConverter))]
    [JsonPropertyName("Confusion")]
    public Matrix<double>? ConfusionMatrix { get; init; }

    /// <summary>The figures of each class or label; empty in regression.</summary>
    public IReadOnlyList<MlpClassScore> Classes { get; init => field = new ValueList<MlpClassScore>([.. value ?? []]); } =
        new ValueList<MlpClassScore>([]);

    /// <summary>
    /// The mean distance of predictions from targets, in the targets' unit; of classes with an order, how many classes predictions lie
    /// from the true one. Null in other classification.
    /// </summary>
    public double? MeanAbsoluteError { get; init; }

    /// <summary>
    /// The root of the mean squared distance, in the target's unit; of several targets the mean of theirs. Null in classification.
    /// </summary>
    public double? RootMeanSquaredError { get; init; }

    /// <summary>The part of the targets' variance that is explained, at most 1, a mean over the targets; null in classification.</summary>
    public double? R2 { get; init; }

    /// <summary>The same as R2, but for an error that all predictions share; a mean over the targets.</summary>
    public double? ExplainedVariance { get; init; }

    /// <summary>The distance that half of the predictions keep, in the target's unit; a mean over the targets.</summary>
    public double? MedianAbsoluteError { get; init; }

    /// <summary>
    /// The mean of the distance as a fraction of the target (not in percent), which is taken as at least 2⁻⁵²; a mean over the targets.
    /// </summary>
    public double? MeanAbsolutePercentageError { get; init; }

    /// <summary>The largest distance, in the target's unit; of several targets the largest of all.</summary>
    public double? LargestError { get; init; }

    /// <summary>The figures of each target; empty in classification.</summary>
    public IReadOnlyList<MlpTargetScore> Targets { get; init => field = new ValueList<MlpTargetScore>([.. value ?? []]); } =
        new ValueList<MlpTargetScore>([]);

    /// <inheritdoc/>
    public override string ToString()
    {
        string quality = Accuracy is { } accuracy
            ? accuracy.ToString("'accuracy '0.00 %", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"R² {R2:F4}");
        return string.Create(CultureInfo.InvariantCulture, $"{Dataset}: {quality}, loss {Loss:G5}");
    }
}
