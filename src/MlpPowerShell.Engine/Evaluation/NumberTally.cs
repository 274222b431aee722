using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up how far predicted numbers are off, in their own units.</summary>
internal sealed class NumberTally : EvaluationTally
{
    private readonly Sums[] _sums;
    private readonly CoverageTally[] _coverages;
    private DataColumn[] _targets = [];

    /// <inheritdoc cref="EvaluationTally(MlpModel, string, string, CoverageTally)"/>
    public NumberTally(MlpModel model, string dataset, string? group, CoverageTally? coverage)
        : base(model, dataset, group, coverage)
    {
        _sums = [.. Scores(model.OutputSize).Select(distances => new Sums(distances))];
        _coverages = coverage is null ? [] : [.. _sums.Select(_ => new CoverageTally(coverage.Limits))];
    }

    public override ScoreRuns? ScoresOf(int place) => null;

    public override void Begin(MlpDataset part)
    {
        _targets = Model.Output.TargetColumnsOf(part)!;
        Coverage?.Limits.Bands.Begin(part);
    }

    protected override void AddWeighted(Samples part, int sample, ReadOnlySpan<float> outputs, double weight)
    {
        if (weight > 0)
            Coverage?.Limits.Bands.Turn(sample);
        for (int j = 0; weight > 0 && j < outputs.Length; j++)
        {
            double target = _targets[j].NumberAt(sample);
            _sums[j].Add(target, Model.Output.NumberOf(j, outputs[j]) - target, weight);
            if (Coverage is not { Limits: var limits })
                continue;
            (double lower, double upper) = limits.IntervalOf(j, outputs[j]);
            bool isHeld = limits.Holds(j, outputs[j], target);
            Coverage.Add(isHeld, upper - lower, weight);
            _coverages[j].Add(isHeld, upper - lower, weight);
        }
    }

    public override MlpEvaluation Evaluation()
    {
        MlpTargetScore[] targets = [.. _sums.Select((sums, j) => sums.Score(Model.Output.Names[j], _coverages.ElementAtOrDefault(j)))];
        return Basics() with
        {
            MeanAbsoluteError = targets.Average(score => score.MeanAbsoluteError),
            RootMeanSquaredError = targets.Average(score => score.RootMeanSquaredError),
            R2 = targets.Average(score => score.R2),
            ExplainedVariance = targets.Average(score => score.ExplainedVariance),
            MedianAbsoluteError = targets.Average(score => score.MedianAbsoluteError),
            MeanAbsolutePercentageError = targets.Average(score => score.MeanAbsolutePercentageError),
            LargestError = targets.Max(score => score.LargestError),
            Targets = targets,
        };
    }

    /// <summary>Sums over the samples of one target.</summary>
    private sealed class Sums(ScoreRuns distances)
    {
        /// <summary>The least size of a target that an error is divided by, as in scikit-learn.</summary>
        private const double LeastSize = 1.0 / (1L << 52);

        private Moments _targets;
        private Moments _errors;
        private double _squares;
        private double _distance;
        private double _fraction;
        private double _largest;

        public void Add(double target, double error, double weight)
        {
            double distance = Math.Abs(error);
            _targets = _targets.With(target, weight);
            _errors = _errors.With(error, weight);
            _squares += weight * error * error;
            _distance += weight * distance;
            _fraction += weight * distance / Math.Max(Math.Abs(target), LeastSize);
            _largest = Math.Max(_largest, distance);
            distances.Add(ScoreRuns.ScoreOf(distance), weight, isPositive: true);
        }

        public MlpTargetScore Score(string target, CoverageTally? coverage) => new()
        {
            Target = target,
            MeanAbsoluteError = _distance / _targets.Weight,
            RootMeanSquaredError = Math.Sqrt(_squares / _targets.Weight),
            R2 = Explained(_squares),
            ExplainedVariance = Explained(_errors.Variation),
            MedianAbsoluteError = distances.MedianDistance(),
            MeanAbsolutePercentageError = _fraction / _targets.Weight,
            LargestError = _largest,
            Coverage = coverage?.Coverage,
            MeanSize = coverage?.MeanSize,
        };

        // Where a target never varies, only a perfect prediction explains it, as in scikit-learn.
        private double Explained(double rest) => _targets.Variation > 0 ? 1 - (rest / _targets.Variation) : rest > 0 ? 0 : 1;
    }
}
