using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>(y - t)² / 2 up to a distance of 1, and |y - t| - 1/2 beyond (Huber, 1964).</summary>
internal readonly struct Huber : ILossFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(ref float output, float target, float smoothing, out float slope)
    {
        float distance = MathF.Abs(output - target);
        slope = distance <= 1 ? output - target : MeanAbsoluteError.Sign(output - target);
        return distance <= 1 ? distance * distance / 2 : distance - 0.5f;
    }

    public static bool IsRight(float output, float target) => false;

    public static double Value(double output, double target) =>
        Math.Abs(output - target) is <= 1 and double distance ? distance * distance / 2 : Math.Abs(output - target) - 0.5;

    public static double Derivative(double output, double target) => Math.Clamp(output - target, -1, 1);
}
