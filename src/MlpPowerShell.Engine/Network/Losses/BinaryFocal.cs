using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// -t (1 - p)^γ ln p - (1 - t) p^γ ln(1 - p), p the sigmoid of the sum: what is nearly right already counts less (Lin et al., 2017,
/// equation 4).
/// </summary>
/// <param name="gamma">γ, at least 0.</param>
internal readonly struct BinaryFocal(double gamma) : ILossFormula
{
    private readonly double _gamma = gamma;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float e = MathF.Exp(-MathF.Abs(output)), larger = 1 / (1 + e), smaller = e / (1 + e);
        float holds = output > 0 ? larger : smaller, holdsNot = output > 0 ? smaller : larger;
        float logarithm = BinaryCrossEntropy.LogOnePlus(e);
        float surprise = MathF.Max(-output, 0) + logarithm, surpriseNot = MathF.Max(output, 0) + logarithm;
        float gamma = (float)_gamma, weight = MathF.Pow(holdsNot, gamma), weightNot = MathF.Pow(holds, gamma);
        slope = ((1 - target) * weightNot * (holds + (gamma * holdsNot * surpriseNot)))
            - (target * weight * (holdsNot + (gamma * holds * surprise)));
        output = holds;
        return (target * weight * surprise) + ((1 - target) * weightNot * surpriseNot);
    }

    public bool IsRight(float output, float target) => output > 0 == target > 0.5f;

    public double Value(double output, double target) => (target * Of(output)) + ((1 - target) * Of(-output));

    public double Derivative(double output, double target) => (target * SlopeOf(output)) - ((1 - target) * SlopeOf(-output));

    // -(1 - p)^γ ln p and its derivative by the sum.
    private double Of(double sum) => Math.Pow(Sigmoid(-sum), _gamma) * Surprise(sum);

    private double SlopeOf(double sum) =>
        -Math.Pow(Sigmoid(-sum), _gamma) * (Sigmoid(-sum) + (_gamma * Sigmoid(sum) * Surprise(sum)));

    private static double Sigmoid(double sum) => 1 / (1 + Math.Exp(-sum));

    private static double Surprise(double sum) => Math.Max(-sum, 0) + Math.Log(1 + Math.Exp(-Math.Abs(sum)));
}
