using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up how well a model does where a sample has any number of labels.</summary>
internal sealed class LabelTally : EvaluationTally
{
    private readonly double[] _hits;
    private readonly double[] _predicted;
    private readonly double[] _support;
    private readonly int[] _counts;
    private readonly ScoreRuns[] _scores;
    private double _right;
    private double _wrongDecisions;
    private double _logLoss;
    private double _squares;

    /// <inheritdoc cref="EvaluationTally(MlpModel, string, string, CoverageTally)"/>
    public LabelTally(MlpModel model, string dataset, string? group, CoverageTally? coverage)
        : base(model, dataset, group, coverage)
    {
        int labels = model.OutputSize;
        (_hits, _predicted, _support, _counts) = (new double[labels], new double[labels], new double[labels], new int[labels]);
        _scores = Scores(labels);
    }

    public override ScoreRuns ScoresOf(int place) => _scores[place];

    public override void Begin(MlpDataset part)
    {
    }

    protected override void AddWeighted(Samples part, int sample, ReadOnlySpan<float> outputs, double weight)
    {
        bool right = part.Targets is not null || part.Labels![sample] >= 0, isHeld = right;
        for (int j = 0; j < outputs.Length; j++)
        {
            bool predicted = DecisionRule.Holds(Model.Output, outputs[j]);
            bool label = part.HoldsAt(sample, j, outputs.Length);
            _hits[j] += predicted && label ? weight : 0;
            _predicted[j] += predicted ? weight : 0;
            _support[j] += label ? weight : 0;
            _counts[j] += label ? 1 : 0;
            _scores[j].Add(ScoreRuns.ScoreOf(outputs[j]), weight, label);
            double probability = label ? outputs[j] : 1 - outputs[j];
            _logLoss -= weight * Math.Log(Math.Max(probability, ClassFigures.LeastProbability));
            _squares += weight * (1 - probability) * (1 - probability);
            _wrongDecisions += predicted != label ? weight : 0;
            right &= predicted == label;
            isHeld &= !label || Coverage?.Limits.Has(outputs[j]) == true;
        }

        _right += right ? weight : 0;
        Coverage?.Add(isHeld, Coverage.Limits.SizeOf(outputs), weight);
    }

    public override MlpEvaluation Evaluation()
    {
        var figures = new ClassFigures(_hits, _predicted, _support);
        MlpClassScore[] labels = figures.Scores([.. Model.ClassNames.Take(Model.OutputSize)], _counts, _scores);
        double decisions = Weight * labels.Length;
        return Basics(_right) with
        {
            MacroPrecision = labels.Average(score => score.Precision),
            MacroRecall = labels.Average(score => score.Recall),
            MacroF1 = labels.Average(score => score.F1),
            WeightedPrecision = figures.Weighted(score => score.Precision, labels),
            WeightedRecall = figures.Weighted(score => score.Recall, labels),
            WeightedF1 = figures.Weighted(score => score.F1, labels),
            MicroPrecision = figures.Micro.Precision,
            MicroRecall = figures.Micro.Recall,
            MicroF1 = figures.Micro.F1,
            HammingLoss = Share(_wrongDecisions, decisions),
            LogLoss = Share(_logLoss, decisions),
            BrierScore = Share(_squares, decisions),
            RocAuc = Mean(labels.Select(score => (score.RocAuc, 1.0))),
            WeightedRocAuc = figures.Weighted(score => score.RocAuc, labels),
            AveragePrecision = Mean(labels.Select(score => (score.AveragePrecision, 1.0))),
            Classes = labels,
        };
    }
}
