using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// How far a model's answers were from what is true of samples that it has not learned from, from which sets of classes and intervals of
/// numbers are made that hold with a given probability (split conformal prediction; Papadopoulos et al., 2002, "Inductive confidence
/// machines for regression"; Vovk, Gammerman and Shafer, 2005, "Algorithmic learning in a random world"; Lei et al., 2018). They hold for
/// samples that come as those did, whatever the model is: at least with that probability, and with no more than 1 / (n + 1) above it, if
/// no two scores are equal.
/// </summary>
/// <remarks>
/// Of a sample's class, the score is 1 less its probability (Sadinle, Lei and Wasserman, 2019, "Least ambiguous set-valued classifiers"); of
/// its labels, that of the least probable one that holds; of a number the distance, in its unit.
/// </remarks>
public sealed record ConformalScores
{
    /// <summary>The most scores that are kept of each number or class: more make files long and limits no better than 1 / 2000.</summary>
    private const int Most = 2000;

    /// <summary>How many samples there were.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// Rising scores, a list for each number, or one for classes and labels. Of more samples than 2000, every so many-th, and the last.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<double>> Scores
    {
        get;
        init => field = new ValueList<IReadOnlyList<double>>([.. (value ?? []).Select(list => new ValueList<double>([.. list ?? []]))]);
    }

    /// <summary>The scores of samples.</summary>
    /// <param name="scores">Of each number, or of classes or labels, those of all samples in any order.</param>
    internal static ConformalScores Of(IReadOnlyList<double[]> scores)
    {
        int count = scores[0].Length, kept = Math.Min(count, Most);
        return new ConformalScores
        {
            Count = count,
            Scores =
            [
                .. scores.Select(list =>
                {
                    double[] rising = [.. list.Order()];
                    return (double[])[.. Enumerable.Range(1, kept).Select(i => rising[RankOf(i, count, kept) - 1])];
                }),
            ],
        };
    }

    /// <summary>Whether scores that were read can be those of a head.</summary>
    internal bool Fits(OutputHead head) => Count > 0
        && Scores.Count == (head.Kind == OutputKind.Numbers ? head.Size : 1)
        && Scores.All(list => list.Count == Math.Min(Count, Most)
            && list.All(double.IsFinite)
            && list.Zip(list.Skip(1)).All(pair => pair.First <= pair.Second));

    /// <summary>
    /// The scores that are not exceeded with a probability: of n samples the k-th least, k = ⌈(n + 1) p⌉, or where that is not kept the next
    /// one that is.
    /// </summary>
    /// <param name="confidence">The probability, above 0 and below 1.</param>
    /// <exception cref="MlpException">It is none such, or there are too few samples for it.</exception>
    internal double[] LimitsAt(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new MlpException(
                "InvalidConfidence",
                MlpErrorKind.InvalidArgument,
                $"The confidence {confidence} is no probability above 0 and below 1.");
        }

        // In decimals, as 0.9 × 10 is 9 there.
        decimal asked = (decimal)confidence;
        decimal rank = decimal.Ceiling((Count + 1) * asked);
        if (rank > Count)
        {
            throw new MlpException(
                "ConfidenceTooHigh",
                MlpErrorKind.InvalidArgument,
                $"The model was calibrated on {Count} samples, too few to say what holds with a confidence of {confidence}: that takes "
                + $"{decimal.Ceiling(asked / (1 - asked))} at least.");
        }

        int kept = Scores[0].Count;
        int place = (int)((((long)rank * kept) + Count - 1) / Count);
        return [.. Scores.Select(list => list[place - 1])];
    }

    /// <summary>The rank of a score among all, from 1, which is kept as the i-th.</summary>
    private static int RankOf(int i, int count, int kept) => (int)((((long)i * count) + kept - 1) / kept);
}

/// <summary>What is within a confidence.</summary>
/// <param name="head">What the outputs stand for.</param>
/// <param name="confidence">The probability with which it is to hold, above 0 and below 1.</param>
/// <exception cref="MlpException">The model has no scores, or too few.</exception>
internal sealed class ConformalLimits(OutputHead head, double confidence)
{
    private readonly double[] _limits = (head.Conformal ?? throw new MlpException(
        "NotConformal",
        MlpErrorKind.InvalidArgument,
        $"The model keeps no scores that {(head.Kind == OutputKind.Numbers ? "intervals" : "sets")} of a confidence are made from. Calibrate "
        + $"it{Hint.With(nameof(CalibrationMethod), CalibrationMethod.Conformal)} on samples that it has not learned from.")).LimitsAt(confidence);

    /// <summary>The probability with which it holds.</summary>
    public double Confidence => confidence;

    /// <summary>How far what is true lies from a number, at most, in its unit.</summary>
    public double ReachOf(int output) => _limits[output];

    /// <summary>Whether a class or label of a probability is in the set.</summary>
    public bool Has(float probability) => ScoreOf(probability) <= _limits[0];

    /// <summary>How many classes or labels are in the set.</summary>
    public int SizeOf(ReadOnlySpan<float> probabilities)
    {
        int size = 0;
        foreach (float probability in probabilities)
            size += Has(probability) ? 1 : 0;
        return size;
    }

    /// <summary>An end of the interval of a number, as what the column held; of numbers a double.</summary>
    /// <param name="output">Which number.</param>
    /// <param name="value">The network's output for it.</param>
    /// <param name="side">-1 for the lower end and 1 for the upper one.</param>
    public object EndOf(int output, float value, int side)
    {
        double end = head.NumberOf(output, value) + (side * _limits[output]);
        FeatureColumn? target = head.Targets.Count > 0 ? head.Targets[output] : null;
        return target?.Kind switch
        {
            ColumnKind.Date => ColumnAnswers.Date(end, target.Type),
            ColumnKind.Duration => ColumnAnswers.Duration(end, target.Type),
            _ => head.IsExponential ? Math.Max(0, end) : end,
        };
    }

    /// <summary>The score of a class, or of a label that holds.</summary>
    public static double ScoreOf(float probability) => 1.0 - probability;
}
