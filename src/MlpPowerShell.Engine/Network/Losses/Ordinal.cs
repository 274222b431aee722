using System.Numerics;
using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Classes with an order, by cumulative logits (McCullagh, 1980, "Regression models for ordinal data"): of the sums z, L(0) = z(0) and
/// L(j) = L(j - 1) - softplus(z(j)), which falls with j whatever the sums are, and the sigmoid of L(j) is the probability of the classes
/// above the class j. A class lies between two of them, and σ(a) - σ(b) = σ(a) σ(-b) σ(ln(exp(a - b) - 1)), so that the negative
/// log-likelihood of the class y is softplus(-L(y - 1)) + softplus(L(y)) + softplus(-z(y)), at either end without what is not there.
/// </summary>
/// <remarks>
/// The outputs share the weights of the first one: those into the others stay what they are, 0 in a new model, and their biases alone are
/// learned, so that the features move all thresholds alike (proportional odds).
/// </remarks>
internal static class Ordinal
{
    private const double Rare = 0.5;

    /// <summary>Scores a sample.</summary>
    /// <typeparam name="T">The precision of the sums; all is computed in float64.</typeparam>
    /// <param name="sums">The sums of the output layer, biases included; become the result.</param>
    /// <param name="label">The true class, from 0 to the number of sums.</param>
    /// <param name="result">What is to stand in the sums' place.</param>
    /// <param name="best">The most probable class, the first of equals; -1 where a sum is no number.</param>
    /// <returns>The negative log-likelihood of the class.</returns>
    public static double Score<T>(Span<T> sums, int label, ScoreResult result, out int best)
        where T : IBinaryFloatingPointIeee754<T>
    {
        (double logit, double above, double below, double spacing) = (0, 0, 0, 0);
        (T last, T most) = (T.One, -T.One);
        best = 0;
        for (int j = 0; j < sums.Length; j++)
        {
            double sum = double.CreateTruncating(sums[j]);
            logit = j == 0 ? sum : logit - LogOdds.Softplus(sum);
            if (j == label - 1)
                above = logit;
            if (j == label)
                (below, spacing) = (logit, sum);
            T chance = T.CreateTruncating(Sigmoid(logit));
            if (last - chance > most)
                (most, best) = (last - chance, j);
            last = chance;
            if (result == ScoreResult.Predictions)
                sums[j] = chance;
        }

        if (!(last <= most))
            best = last > most ? sums.Length : -1;
        bool isAboveAny = label > 0, isBelowAny = label < sums.Length;
        if (result == ScoreResult.Slopes)
            Differentiate(sums, label, isAboveAny ? -Sigmoid(-above) : 0, isBelowAny ? Sigmoid(below) : 0);
        return (isAboveAny ? LogOdds.Softplus(-above) : 0)
            + (isBelowAny ? LogOdds.Softplus(below) : 0)
            + (isAboveAny && isBelowAny ? LogOdds.Softplus(-spacing) : 0);
    }

    /// <summary>
    /// The sums at which each class has the probability of its part of the samples; a class that none has, that of half a sample.
    /// </summary>
    /// <param name="counts">Samples of each class, at least 2 classes.</param>
    public static double[] BiasesOf(IReadOnlyList<long> counts)
    {
        var biases = new double[counts.Count - 1];
        double below = 0, above = counts.Sum(count => Math.Max(count, Rare)), last = 0;
        for (int j = 0; j < biases.Length; j++)
        {
            below += Math.Max(counts[j], Rare);
            above -= Math.Max(counts[j], Rare);
            double logit = Math.Log(above / below);

            biases[j] = j == 0 ? logit : SumOf(last - logit);
            last = logit;
        }

        return biases;
    }

    /// <summary>Turns sums into those whose logits L(j) are divided by a temperature.</summary>
    public static void Divide(Span<float> sums, double temperature)
    {
        for (int j = 0; j < sums.Length; j++)
            sums[j] = (float)(j == 0 ? sums[j] / temperature : SumOf(LogOdds.Softplus(sums[j]) / temperature));
    }

    /// <summary>The sum whose softplus is a distance of logits.</summary>
    private static double SumOf(double distance) => distance < 1
        ? Math.Log(SpecialFunctions.Expm1(distance))
        : distance + SpecialFunctions.Log1p(-Math.Exp(-distance));

    /// <summary>Turns sums into the loss's slopes by them.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="label">The true class.</param>
    /// <param name="byAbove">The slope by the logit of what lies above the class before it; 0 where there is none.</param>
    /// <param name="byBelow">That of what lies above the class itself.</param>
    private static void Differentiate<T>(Span<T> sums, int label, double byAbove, double byBelow)
        where T : IBinaryFloatingPointIeee754<T>
    {
        for (int j = 0; j < sums.Length; j++)
        {
            double sum = double.CreateTruncating(sums[j]);
            double slope = j == 0 ? byAbove + byBelow
                : j < label ? -Sigmoid(sum) * (byAbove + byBelow)
                : j == label ? (-Sigmoid(sum) * byBelow) - Sigmoid(-sum)
                : 0;
            sums[j] = T.CreateTruncating(slope);
        }
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
