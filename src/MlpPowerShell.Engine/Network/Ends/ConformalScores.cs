using System.Text.Json.Serialization;
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
/// Of a sample's class, the score is 1 less its probability (Sadinle, Lei and Wasserman, 2019, "Least ambiguous set-valued classifiers");
/// of its labels, that of the least probable one that holds; of a number the distance, in its unit, or with companions
/// <list type="bullet">
/// <item>one, which predicts how far off answers are: the distance divided by that (Papadopoulos, Gammerman and Vovk, 2008, "Normalized
/// nonconformity measures for regression conformal prediction");</item>
/// <item>two, which predict a low and a high quantile: how far the number lies outside them, below 0 for one between (Romano, Patterson
/// and Candès, 2019, "Conformalized quantile regression").</item>
/// </list>
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

    /// <summary>The models that say where or how wide intervals are; empty where all are as wide.</summary>
    [JsonIgnore]
    public IReadOnlyList<MlpModel> Companions { get; init => field = new ValueList<MlpModel>([.. value]); } = new ValueList<MlpModel>([]);

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

    /// <summary>
    /// Whether a model can say where or how wide the intervals of a head are: of two, each predicts the same numbers; one alone predicts
    /// distances, whatever they are called.
    /// </summary>
    internal static bool IsCompanion(OutputHead companion, OutputHead head, int count) => head.Kind == OutputKind.Numbers
        && companion.Kind == OutputKind.Numbers
        && companion.Size == head.Size
        && (count == 1
            ? companion.Targets.All(target => target.Kind != ColumnKind.Date)
            : companion.Names.SequenceEqual(head.Names, StringComparer.OrdinalIgnoreCase)
                && companion.Targets.Select(target => target.Kind).SequenceEqual(head.Targets.Select(target => target.Kind)));

    /// <summary>Whether scores that were read can be those of a head.</summary>
    internal bool Fits(OutputHead head) => Count > 0
        && Companions.Count <= 2
        && Companions.All(companion => IsCompanion(companion.Output, head, Companions.Count))
        && Scores.Count == (head.Kind == OutputKind.Numbers ? head.Size : 1)
        && Scores.All(list => list.Count == Math.Min(Count, Most)
            && list.All(double.IsFinite)
            && list.Zip(list.Skip(1)).All(pair => pair.First <= pair.Second));

    /// <summary>
    /// The scores that are not exceeded with a probability: of n samples the k-th least, k = ⌈(n + 1) p⌉, or where that is not kept the
    /// next one that is.
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
