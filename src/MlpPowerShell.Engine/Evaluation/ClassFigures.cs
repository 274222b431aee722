namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What follows from how often classes or labels occur, are predicted, and both.</summary>
/// <param name="hits">Of each, what is predicted right.</param>
/// <param name="predicted">What is predicted.</param>
/// <param name="support">What occurs.</param>
internal sealed class ClassFigures(double[] hits, double[] predicted, double[] support)
{
    /// <summary>The least probability that a logarithm is taken of, float32's epsilon, as in scikit-learn.</summary>
    public const double LeastProbability = 1.0 / (1 << 23);

    private readonly double _hits = hits.Sum();
    private readonly double _all = support.Sum();
    private readonly double _together = support.Zip(predicted, (one, other) => one * other).Sum();

    /// <summary>What occurs.</summary>
    public double[] Support => support;

    /// <summary>
    /// (p - e) / (1 - e), p being how much agrees and e how much would by chance (Cohen, 1960); null where chance would do it all.
    /// </summary>
    public double? CohenKappa
    {
        get
        {
            double chance = _together / (_all * _all);
            return chance < 1 ? ((_hits / _all) - chance) / (1 - chance) : null;
        }
    }

    /// <summary>
    /// (c s - Σ t p) / √((s² - Σ p²) (s² - Σ t²)), of c right ones among s, t that occur and p that are predicted (Gorodkin, 2004); 0 where
    /// only one class occurs, or is predicted.
    /// </summary>
    public double MatthewsCorrelation
    {
        get
        {
            double one = (_all * _all) - predicted.Sum(count => count * count), other = (_all * _all) - support.Sum(count => count * count);
            return one * other > 0 ? ((_hits * _all) - _together) / Math.Sqrt(one * other) : 0;
        }
    }

    /// <summary>Precision, recall and F1 of all together.</summary>
    public (double? Precision, double? Recall, double? F1) Micro =>
        (Ratio(_hits, predicted.Sum()), Ratio(_hits, _all), Ratio(2 * _hits, predicted.Sum() + _all));

    /// <summary>The figures of each.</summary>
    /// <param name="names">What they are called.</param>
    /// <param name="counts">How many samples have them.</param>
    /// <param name="scores">The probabilities of those that the model knows, which come first.</param>
    public MlpClassScore[] Scores(string[] names, int[] counts, ScoreRuns[] scores)
    {
        var classes = new MlpClassScore[names.Length];
        Parallel.For(0, names.Length, i => classes[i] = new MlpClassScore
        {
            Class = names[i],
            Precision = Ratio(hits[i], predicted[i]),
            Recall = Ratio(hits[i], support[i]),
            F1 = Ratio(2 * hits[i], predicted[i] + support[i]),
            RocAuc = i < scores.Length ? scores[i].AreaUnderCurve() : null,
            AveragePrecision = i < scores.Length ? scores[i].AveragePrecision() : null,
            Support = counts[i],
        });
        return classes;
    }

    /// <summary>The mean over the classes that occur or are predicted.</summary>
    public double? Macro(Func<MlpClassScore, double> figure, MlpClassScore[] classes)
    {
        double[] there = [.. classes.Where((_, i) => predicted[i] + support[i] > 0).Select(figure)];
        return there.Length > 0 ? there.Average() : null;
    }

    /// <summary>The mean over the classes for which there is the figure, each counting as much as it occurs.</summary>
    public double? Weighted(Func<MlpClassScore, double?> figure, MlpClassScore[] classes)
    {
        double sum = 0, weight = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            if (figure(classes[i]) is not { } value)
                continue;
            sum += support[i] * value;
            weight += support[i];
        }

        return weight > 0 ? sum / weight : null;
    }

    private static double Ratio(double part, double all) => all > 0 ? part / all : 0;
}
