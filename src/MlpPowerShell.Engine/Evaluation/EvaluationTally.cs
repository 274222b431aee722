using MathNet.Numerics.Distributions;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up, sample by sample, how well a model does.</summary>
/// <param name="model">The model.</param>
/// <param name="dataset">What the data set is called.</param>
/// <param name="group">The value that the samples have in common; null where they are all that there are.</param>
/// <param name="coverage">Counts up sets and intervals; null where there are none.</param>
internal abstract class EvaluationTally(MlpModel model, string dataset, string? group, CoverageTally? coverage)
{
    /// <summary>How many groups share the memory for scores.</summary>
    private const int ExpectedGroups = 64;

    private int _count;

    // What samples with a loss weigh, all of them squared, and what is lost.
    private double _weightOfLosses;
    private double _squaredWeight;
    private double _loss;

    protected MlpModel Model => model;

    protected CoverageTally? Coverage => coverage;

    /// <summary>What they weigh.</summary>
    protected double Weight { get; private set; }

    /// <summary>What fits the model's outputs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">What the data set is called.</param>
    /// <param name="group">The value that the samples have in common; null where they are all that there are.</param>
    /// <param name="limits">What is within a confidence; null where there is none.</param>
    public static EvaluationTally For(MlpModel model, string dataset, string? group = null, ConformalLimits? limits = null)
    {
        CoverageTally? coverage = limits is null ? null : new CoverageTally(limits);
        return model.Output.Kind switch
        {
            OutputKind.Numbers => new NumberTally(model, dataset, group, coverage),
            OutputKind.Labels => new LabelTally(model, dataset, group, coverage),
            OutputKind.Classes => new ClassTally(model, dataset, group, coverage),
        };
    }

    /// <summary>The probabilities of a class or label; null in regression.</summary>
    public abstract ScoreRuns? ScoresOf(int place);

    /// <summary>Turns to the data set, or a part of it.</summary>
    public abstract void Begin(MlpDataset part);

    /// <summary>Takes a sample of the part into account.</summary>
    /// <param name="part">The part, encoded.</param>
    /// <param name="sample">Which sample of it.</param>
    /// <param name="outputs">The model's outputs for it.</param>
    /// <param name="score">What it scored.</param>
    public void Add(Samples part, int sample, ReadOnlySpan<float> outputs, SampleScore score)
    {
        double weight = part.WeightOf(sample);
        _count++;
        Weight += weight;
        _squaredWeight += weight * weight;
        _loss += (double)score.Weight * score.Loss;
        _weightOfLosses += score.Weight;
        AddWeighted(part, sample, outputs, weight);
    }

    /// <summary>What it comes to.</summary>
    public abstract MlpEvaluation Evaluation();

    /// <summary>Takes a sample of the part, which counts a weight, into account.</summary>
    protected abstract void AddWeighted(Samples part, int sample, ReadOnlySpan<float> outputs, double weight);

    /// <summary>An evaluation with what all have.</summary>
    /// <param name="right">What is classified right weighs; null in regression.</param>
    protected MlpEvaluation Basics(double? right = null)
    {
        double? accuracy = right is { } weight ? Share(weight, Weight) : null;
        (double? low, double? high) = IntervalOf(accuracy);
        var basics = new MlpEvaluation
        {
            Model = model.Architecture,
            Dataset = dataset,
            Group = group,
            Samples = _count,

            // Of the samples whose class the model has.
            Loss = _loss / _weightOfLosses,
            Accuracy = accuracy,
            AccuracyLow = low,
            AccuracyHigh = high,
        };
        return coverage?.AddTo(basics) ?? basics;
    }

    /// <summary>Room for the scores of so many classes, labels or targets.</summary>
    protected ScoreRuns[] Scores(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new ScoreRuns(group is null ? count : count * ExpectedGroups))];

    /// <summary>A share of something; null where there is nothing.</summary>
    protected static double? Share(double part, double all) => all > 0 ? part / all : null;

    /// <summary>A mean over those that are defined; null where none is.</summary>
    protected static double? Mean(IEnumerable<(double? Value, double Weight)> values)
    {
        double sum = 0, all = 0;
        foreach ((double? value, double weight) in values)
        {
            if (value is not { } number)
                continue;
            sum += weight * number;
            all += weight;
        }

        return Share(sum, all);
    }

    /// <summary>The interval of a share with 95 % confidence (Wilson, 1927).</summary>
    private (double? Low, double? High) IntervalOf(double? share)
    {
        if (share is not { } p)
            return (null, null);
        double samples = Weight * Weight / _squaredWeight, z = Normal.InvCDF(0, 1, 0.975), squared = z * z / samples;
        double middle = (p + (squared / 2)) / (1 + squared);
        double reach = z / (1 + squared) * Math.Sqrt((p * (1 - p) / samples) + (squared / (4 * samples)));
        return (Math.Max(0, middle - reach), Math.Min(1, middle + reach));
    }
}
