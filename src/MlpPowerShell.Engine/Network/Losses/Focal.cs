using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// -(1 - p)^γ ln p, p the softmax of the true class: what is nearly right already counts less (Lin et al., 2017, equation 4).
/// </summary>
internal static class Focal
{
    // Where less is missing, the probability has lost it.
    private const double Near = 0.5;

    /// <summary>The loss of a sample.</summary>
    /// <param name="probabilities">The softmax.</param>
    /// <param name="label">The true class.</param>
    /// <param name="crossEntropy">Its cross-entropy, -ln p.</param>
    /// <param name="gamma">γ, above 0.</param>
    /// <param name="factor">What the slopes of the cross-entropy are multiplied by.</param>
    public static float Score(ReadOnlySpan<float> probabilities, int label, float crossEntropy, double gamma, out float factor)
    {
        double missing = 0;
        for (int j = 0; j < probabilities.Length; j++)
            missing += j == label ? 0 : probabilities[j];
        double surprise = missing < Near ? -SpecialFunctions.Log1p(-missing) : crossEntropy;
        double weight = Math.Pow(missing, gamma);
        factor = (float)Factor(probabilities[label], missing, surprise, gamma);
        return (float)(weight * surprise);
    }

    /// <summary>What the slopes of the cross-entropy are multiplied by: (1 - p)^γ - γ (1 - p)^(γ - 1) p ln p.</summary>
    /// <param name="probability">p.</param>
    /// <param name="missing">1 - p.</param>
    /// <param name="surprise">-ln p.</param>
    /// <param name="gamma">γ, at least 0.</param>
    public static double Factor(double probability, double missing, double surprise, double gamma)
    {
        // -ln p over 1 - p goes to 1 where p does.
        double ratio = missing > 0 ? surprise / missing : 1;
        return Math.Pow(missing, gamma) * (1 + (gamma * probability * ratio));
    }
}
