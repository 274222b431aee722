using MathNet.Numerics.LinearAlgebra.Double;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Counts up how well a model does where a sample has one class.</summary>
internal sealed class ClassTally : EvaluationTally
{
    private const int MostTop = 10;
    private const int Bins = 15;

    private readonly int _known;
    private readonly float[] _probabilities;

    // By true class, what its samples were taken for, and how many they are: first the model's classes, then what it does not know.
    private readonly List<double[]> _confusion;
    private readonly List<int> _support;
    private readonly Dictionary<string, int> _unknown = [];
    private readonly ScoreRuns[] _scores;
    private readonly double[] _top;
    private readonly (int Samples, double Weight, double Confidence, double Right)[] _bins = new (int, double, double, double)[Bins];
    private double _weightOfKnown;
    private double _logLoss;
    private double _squares;
    private DataColumn _labels = null!;

    /// <inheritdoc cref="EvaluationTally(MlpModel, string, string, CoverageTally)"/>
    public ClassTally(MlpModel model, string dataset, string? group, CoverageTally? coverage)
        : base(model, dataset, group, coverage)
    {
        _known = model.ClassNames.Count;
        _probabilities = new float[_known];
        _confusion = [.. Enumerable.Range(0, _known).Select(_ => new double[_known])];
        _support = [.. new int[_known]];
        _scores = Scores(_known);
        _top = new double[Math.Min(_known, MostTop)];
    }

    public override ScoreRuns ScoresOf(int place) => _scores[place];

    public override void Begin(MlpDataset part) => _labels = Model.Output.ClassColumnOf(part)!;

    protected override void AddWeighted(Samples part, int sample, ReadOnlySpan<float> outputs, double weight)
    {
        OutputScorer.CopyProbabilities(outputs, _probabilities);
        int predicted = DecisionRule.AnswerOf(Model.Output, _probabilities);
        int label = part.Labels![sample] is >= 0 and var known ? known : PlaceOf(_labels.TextAt(sample)!);
        _confusion[label][predicted] += weight;
        _support[label]++;
        AddToBins(_probabilities[predicted], predicted == label, weight);
        if (Coverage is { Limits: var limits })
            Coverage.Add(label < _known && limits.Has(_probabilities[label]), limits.SizeOf(_probabilities), weight);
        for (int j = 0; j < _probabilities.Length; j++)
            _scores[j].Add(ScoreRuns.ScoreOf(_probabilities[j]), weight, j == label);
        if (label >= _known)
            return;
        _weightOfKnown += weight;
        _logLoss -= weight * Math.Log(Math.Max(_probabilities[label], ClassFigures.LeastProbability));
        AddSquares(label, weight);
        AddToTop(label, weight);
    }

    public override MlpEvaluation Evaluation()
    {
        double[] hits = [.. _confusion.Select((row, i) => i < _known ? row[i] : 0)];
        var confusion = new DenseMatrix(hits.Length, hits.Length);
        confusion.SetSubMatrix(0, 0, DenseMatrix.OfRows(_confusion));
        var figures = new ClassFigures(hits, [.. confusion.ColumnSums()], [.. confusion.RowSums()]);
        MlpClassScore[] classes = figures.Scores([.. Model.ClassNames, .. _unknown.Keys], [.. _support], _scores);
        return Basics(hits.Sum()) with
        {
            BalancedAccuracy = Mean(classes.Zip(figures.Support, (score, support) => ((double?)score.Recall, support > 0 ? 1.0 : 0))),
            MacroPrecision = figures.Macro(score => score.Precision, classes),
            MacroRecall = figures.Macro(score => score.Recall, classes),
            MacroF1 = figures.Macro(score => score.F1, classes),
            WeightedPrecision = figures.Weighted(score => score.Precision, classes),
            WeightedRecall = figures.Weighted(score => score.Recall, classes),
            WeightedF1 = figures.Weighted(score => score.F1, classes),
            CohenKappa = figures.CohenKappa,
            MatthewsCorrelation = figures.MatthewsCorrelation,
            LogLoss = Share(_logLoss, _weightOfKnown),
            BrierScore = Share(_squares, _weightOfKnown),
            TopAccuracies = [.. _top.Select(within => within / Weight)],
            RocAuc = OneOrMean(score => score.RocAuc, classes),
            WeightedRocAuc = figures.Weighted(score => score.RocAuc, classes),
            AveragePrecision = OneOrMean(score => score.AveragePrecision, classes),
            ExpectedCalibrationError = Share(_bins.Sum(bin => Math.Abs(bin.Confidence - bin.Right)), Weight),
            CalibrationBins = [.. _bins.Select(BinOf)],
            ConfusionMatrix = confusion,
            Classes = classes,
            MeanAbsoluteError = Model.Loss.Function() == OutputFunction.Ordinal ? RanksOff(confusion) : null,
        };
    }

    private static MlpCalibrationBin BinOf((int Samples, double Weight, double Confidence, double Right) bin, int place) => new()
    {
        From = place / (double)Bins,
        To = (place + 1) / (double)Bins,
        Samples = bin.Samples,
        Confidence = Share(bin.Confidence, bin.Weight),
        Accuracy = Share(bin.Right, bin.Weight),
    };

    /// <summary>Of two classes the figure of that which is looked for; else the mean.</summary>
    private double? OneOrMean(Func<MlpClassScore, double?> figure, MlpClassScore[] classes) =>
        _known == 2 ? figure(classes[DecisionRule.PlaceIn(Model.Output)]) : Mean(classes.Select(score => (figure(score), 1.0)));

    /// <summary>How many ranks predictions are off, a mean over the samples whose class has a rank.</summary>
    private double RanksOff(DenseMatrix confusion)
    {
        DenseMatrix ranked = (DenseMatrix)confusion.SubMatrix(0, _known, 0, _known);
        return ranked.MapIndexed((label, predicted, count) => count * Math.Abs(label - predicted)).ColumnSums().Sum()
            / ranked.ColumnSums().Sum();
    }

    /// <summary>The place of a class that the model does not know.</summary>
    private int PlaceOf(string name)
    {
        if (_unknown.TryGetValue(name, out int place))
            return place;
        _unknown[name] = _confusion.Count;
        _confusion.Add(new double[_known]);
        _support.Add(0);
        return _confusion.Count - 1;
    }

    private void AddToBins(float confidence, bool isRight, double weight)
    {
        ref (int Samples, double Weight, double Confidence, double Right) bin =
            ref _bins[Math.Clamp((int)Math.Ceiling((double)confidence * Bins) - 1, 0, Bins - 1)];
        bin.Samples++;
        bin.Weight += weight;
        bin.Confidence += weight * confidence;
        bin.Right += isRight ? weight : 0;
    }

    private void AddSquares(int label, double weight)
    {
        double sum = 0;
        for (int j = 0; j < _probabilities.Length; j++)
        {
            double apart = _probabilities[j] - (j == label ? 1.0 : 0);
            sum += apart * apart;
        }

        _squares += weight * (_known == 2 ? sum / 2 : sum);
    }

    private void AddToTop(int label, double weight)
    {
        // Of equally probable classes the first is ahead, as in predictions.
        int ahead = 0;
        for (int j = 0; j < _probabilities.Length; j++)
            ahead += _probabilities[j] > _probabilities[label] || (_probabilities[j] == _probabilities[label] && j < label) ? 1 : 0;
        for (int k = ahead; k < _top.Length; k++)
            _top[k] += weight;
    }
}
