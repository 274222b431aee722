using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// What becomes of the sums of the output layer before they become probabilities, so that these say how often answers are right: a
/// temperature for all, or a curve for each output. Fitted on samples that the model has not learned from, and kept with it.
/// </summary>
public sealed record OutputCalibration
{
    /// <summary>
    /// What all sums are divided by, above 0 (Guo et al., 2017): above 1 probabilities are less sure. 1 where there are curves.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>What becomes of the log-odds ln(p / (1 - p)) of each output; empty where there is a temperature.</summary>
    public IReadOnlyList<CalibrationCurve> Curves { get; init => field = new ValueList<CalibrationCurve>([.. value ?? []]); } =
        new ValueList<CalibrationCurve>([]);

    /// <summary>Whether a calibration that was read can be that of so many outputs.</summary>
    internal bool Fits(OutputFunction function, int outputs) =>
        function is OutputFunction.Softmax or OutputFunction.Sigmoid or OutputFunction.Ordinal
        && Temperature > 0
        && double.IsFinite(Temperature)
        && (Curves.Count == 0
            || (Curves.Count == outputs && function != OutputFunction.Ordinal && Curves.All(curve => curve?.IsWhole == true)));

    /// <summary>Turns sums of the output layer into those that give calibrated probabilities; for several threads at a time.</summary>
    /// <param name="function">What then makes probabilities of them.</param>
    /// <param name="sums">The sums, biases included.</param>
    internal void Apply(OutputFunction function, Span<float> sums)
    {
        if (function == OutputFunction.Ordinal)
        {
            Ordinal.Divide(sums, Temperature);
            return;
        }

        if (Curves.Count == 0)
        {
            for (int j = 0; j < sums.Length; j++)
                sums[j] = (float)(sums[j] / Temperature);
            return;
        }

        if (function == OutputFunction.Softmax)
            LogOdds.OfSoftmax(sums);
        for (int j = 0; j < sums.Length; j++)
        {
            // Of classes, one's share of all curves' probabilities q is the softmax of ln q.
            double logit = Curves[j].LogOddsOf(sums[j]);
            sums[j] = (float)(function == OutputFunction.Softmax ? -LogOdds.Softplus(-logit) : logit);
        }
    }
}

/// <summary>
/// A probability that rises with the log-odds x of an output: the sigmoid of a line, 1 / (1 + exp(-(a x + b))) (Platt, 1999), or straight
/// from one point to the next, and level outside them (isotonic regression; Zadrozny and Elkan, 2002).
/// </summary>
public sealed record CalibrationCurve
{
    /// <summary>What probabilities of points are kept away from 0 and 1 by.</summary>
    private const double Least = 1.0 / (1 << 23);

    /// <summary>The slope a of the line.</summary>
    public double Slope { get; init; }

    /// <summary>Its value b where the log-odds are 0.</summary>
    public double Intercept { get; init; }

    /// <summary>The log-odds of the points, rising; empty for a line.</summary>
    public IReadOnlyList<double> Scores { get; init => field = new ValueList<double>([.. value ?? []]); } = new ValueList<double>([]);

    /// <summary>The probability at each point, from 0 to 1, never falling.</summary>
    public IReadOnlyList<double> Probabilities { get; init => field = new ValueList<double>([.. value ?? []]); } =
        new ValueList<double>([]);

    /// <summary>Whether the numbers are those of a line, or of points.</summary>
    internal bool IsWhole => double.IsFinite(Slope)
        && double.IsFinite(Intercept)
        && Scores.Count == Probabilities.Count
        && Scores.All(double.IsFinite)
        && Scores.Zip(Scores.Skip(1)).All(pair => pair.First < pair.Second)
        && Probabilities.All(probability => probability is >= 0 and <= 1)
        && Probabilities.Zip(Probabilities.Skip(1)).All(pair => pair.First <= pair.Second);

    /// <summary>The calibrated log-odds.</summary>
    /// <param name="score">The log-odds before.</param>
    internal double LogOddsOf(double score)
    {
        if (Scores.Count == 0)
            return (Slope * score) + Intercept;
        double probability = Math.Clamp(ProbabilityAt(score), Least, 1 - Least);
        return Math.Log(probability / (1 - probability));
    }

    private double ProbabilityAt(double score)
    {
        // The first point that is not below the score.
        int low = 0, high = Scores.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Scores[middle] < score)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0 || low == Scores.Count)
            return Probabilities[low == 0 ? 0 : ^1];
        double share = (score - Scores[low - 1]) / (Scores[low] - Scores[low - 1]);
        return Probabilities[low - 1] + (share * (Probabilities[low] - Probabilities[low - 1]));
    }
}

/// <summary>Log-odds ln(p / (1 - p)) from the sums of an output layer, without the probabilities, which may be 1 rounded.</summary>
internal static class LogOdds
{
    /// <summary>ln(1 + exp(x)), for any x.</summary>
    public static double Softplus(double value) => Math.Max(value, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs(value)));

    /// <summary>
    /// Replaces the sums z of a softmax by the log-odds of each class, z(k) - ln Σ exp z(j) over all others j.
    /// </summary>
    /// <param name="sums">At least 2 sums.</param>
    public static void OfSoftmax(Span<float> sums)
    {
        int best = OutputScorer.ArgMax(sums);
        double largest = sums[best], second = double.NegativeInfinity, others = 0;
        for (int j = 0; j < sums.Length; j++)
            second = j == best ? second : Math.Max(second, sums[j]);
        for (int j = 0; j < sums.Length; j++)
            others += j == best ? 0 : Math.Exp(sums[j] - second);

        // The largest term is never among what is taken away, so that at least it is left of the sum.
        double all = 1 + (others * Math.Exp(second - largest));
        for (int j = 0; j < sums.Length; j++)
        {
            sums[j] = (float)(j == best
                ? largest - second - Math.Log(others)
                : sums[j] - largest - Math.Log(Math.Max(1, all - Math.Exp(sums[j] - largest))));
        }
    }
}
