using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>-t ln p - (1 - t) ln(1 - p), p the sigmoid of the sum.</summary>
/// <remarks>Bound by an exponential and a logarithm for each output.</remarks>
internal readonly struct BinaryCrossEntropy : ILossFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float sum = output;
        float smoothed = target + (smoothing * (0.5f - target));
        float e = MathF.Exp(-MathF.Abs(sum));
        output = sum > 0 ? 1 / (1 + e) : e / (1 + e);
        slope = output - smoothed;

        // Without overflow.
        return MathF.Max(sum, 0) - (sum * smoothed) + LogOnePlus(e);
    }

    public bool IsRight(float output, float target) => output > 0 == target > 0.5f;

    public double Value(double output, double target) =>
        Math.Max(output, 0) - (output * target) + Math.Log(1 + Math.Exp(-Math.Abs(output)));

    public double Derivative(double output, double target) => (1 / (1 + Math.Exp(-output))) - target;

    /// <summary>ln(1 + e) for e from 0 to 1; 1 + e alone would lose a small e.</summary>
    internal static float LogOnePlus(float e) => (float)Math.Log(1 + (double)e);
}
