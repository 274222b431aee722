using MathNet.Numerics;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// The temperature T that sums z of the output layer are divided by so that the log-likelihood of the samples is highest (Guo et al., 2017,
/// "On calibration of modern neural networks", section 4.2). Its negative is convex in 1 / T, whose root is looked for between two bounds.
/// </summary>
internal static class TemperatureFit
{
    private const double Coldest = 1e-3;
    private const double Hottest = 1e3;

    // Halvings that leave nothing between the bounds.
    private const int Halvings = 60;

    /// <summary>The temperature.</summary>
    /// <exception cref="MlpException">There is none: the samples are all right, or chance would do better.</exception>
    public static double Of(CalibrationSamples samples, string dataset, CancellationToken cancellation)
    {
        double low = Math.Log(1 / Hottest), high = Math.Log(1 / Coldest);
        if (!(SlopeAt(samples, Math.Exp(low)) < 0))
        {
            throw NoTemperature(
                $"{dataset}: the model tells the classes of these samples no better than chance would, and no temperature mends "
                + "that. Calibrate it on samples like those that it has learned from.");
        }

        if (!(SlopeAt(samples, Math.Exp(high)) > 0))
        {
            throw NoTemperature(
                $"{dataset}: the model is right about every sample, so that the surer it were the better, and no temperature "
                + "is best. Calibrate it on more samples, such as it has not learned from.");
        }

        for (int i = 0; i < Halvings; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double middle = (low + high) / 2;
            if (SlopeAt(samples, Math.Exp(middle)) > 0)
                high = middle;
            else
                low = middle;
        }

        return Math.Exp(-(low + high) / 2);
    }

    /// <summary>The derivative of the negative log-likelihood by the inverse temperature.</summary>
    private static double SlopeAt(CalibrationSamples samples, double inverse)
    {
        double slope = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            slope += samples.WeightOf(i) * samples.Function switch
            {
                OutputFunction.Softmax => SlopeOfClass(samples.SumsOf(i), samples.LabelOf(i), inverse),
                OutputFunction.Ordinal => SlopeOfRank(samples.SumsOf(i), samples.LabelOf(i), inverse),
                OutputFunction.Sigmoid or OutputFunction.Identity or OutputFunction.Exponential => SlopeOfLabels(samples, i, inverse),
            };
        }

        return slope;
    }

    /// <summary>Of ln Σ exp(z(j) / T) - z(y) / T: Σ p(j) z(j) - z(y).</summary>
    private static double SlopeOfClass(ReadOnlySpan<float> sums, int label, double inverse)
    {
        double largest = sums[OutputScorer.ArgMax(sums)], all = 0, mean = 0;
        foreach (float sum in sums)
        {
            double share = Math.Exp((sum - largest) * inverse);
            all += share;
            mean += share * (sum - largest);
        }

        return (mean / all) - (sums[label] - largest);
    }

    /// <summary>Of softplus(z / T) - y z / T: (σ(z / T) - y) z, summed over the outputs.</summary>
    private static double SlopeOfLabels(CalibrationSamples samples, int sample, double inverse)
    {
        double slope = 0;
        ReadOnlySpan<float> sums = samples.SumsOf(sample);
        for (int j = 0; j < sums.Length; j++)
        {
            double side = samples.Holds(sample, j) ? -1 : 1;
            slope += side * sums[j] / (1 + Math.Exp(-side * sums[j] * inverse));
        }

        return slope;
    }

    /// <summary>Of softplus(-a / T) + softplus(b / T) - ln(1 - exp(-(a - b) / T)), the class lying between the logits a and b.</summary>
    private static double SlopeOfRank(ReadOnlySpan<float> sums, int label, double inverse)
    {
        double logit = sums[0], slope = 0;
        for (int j = 0; j <= label && j < sums.Length; j++)
        {
            double spacing = j == 0 ? 0 : LogOdds.Softplus(sums[j]);
            if (j == label && j > 0)
                slope -= spacing / SpecialFunctions.Expm1(spacing * inverse);
            logit -= spacing;
            if (j == label - 1)
                slope -= logit / (1 + Math.Exp(logit * inverse));
            if (j == label)
                slope += logit / (1 + Math.Exp(-logit * inverse));
        }

        return slope;
    }

    private static MlpException NoTemperature(string message) => new("NoTemperature", MlpErrorKind.InvalidData, message);
}
