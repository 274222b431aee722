using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>|y - t|.</summary>
internal readonly struct MeanAbsoluteError : ILossFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        slope = Sign(output - target);
        return MathF.Abs(output - target);
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target) => Math.Abs(output - target);

    public double Derivative(double output, double target) => Math.Sign(output - target);

    /// <summary>1, 0 or -1. Lets NaN through, which has to reach the weights' check, where MathF.Sign would throw.</summary>
    internal static float Sign(float value) => value > 0 ? 1 : value < 0 ? -1 : value;
}
