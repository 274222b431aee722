using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>Softmax and its cross-entropy in float64.</summary>
public static class Softmax
{
    /// <summary>e^z over its sum, shifted by the largest z so that nothing overflows.</summary>
    /// <param name="logits">Any number of finite values.</param>
    /// <returns>As many probabilities, which sum to 1.</returns>
    public static double[] Value(ReadOnlySpan<double> logits)
    {
        var result = new double[logits.Length];
        double shift = Largest(logits);
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            sum += result[i] = Math.Exp(logits[i] - shift);
        for (int i = 0; i < result.Length; i++)
            result[i] /= sum;
        return result;
    }

    /// <summary>log-sum-exp(z) - z[label], the cross-entropy of the softmax against one class.</summary>
    internal static double CrossEntropy(ReadOnlySpan<double> logits, int label)
    {
        double shift = Largest(logits);
        double sum = 0;
        foreach (double z in logits)
            sum += Math.Exp(z - shift);
        return Math.Log(sum) + shift - logits[label];
    }

    /// <summary>(1 - p)^γ × -ln p, p the softmax of one class.</summary>
    internal static double FocalLoss(ReadOnlySpan<double> logits, int label, double gamma)
    {
        double surprise = CrossEntropy(logits, label);
        return Math.Pow(-SpecialFunctions.Expm1(-surprise), gamma) * surprise;
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = double.NegativeInfinity;
        foreach (double value in values)
            largest = Math.Max(largest, value);
        return largest;
    }
}
