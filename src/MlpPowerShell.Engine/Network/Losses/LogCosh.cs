using System.Runtime.CompilerServices;
using MathNet.Numerics;

namespace MlpPowerShell.Engine.Network;

/// <summary>ln cosh(y - t).</summary>
internal readonly struct LogCosh : ILossFormula
{
    // From here on the exponential is lost beside 1.
    private const double Far = 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float difference = output - target;
        slope = MathF.Tanh(difference);

        // cosh d - 1 = 2 sinh²(d/2), which loses nothing of a small d and overflows late.
        double half = Math.Sinh(difference / 2.0);
        return (float)(Math.Abs(difference) > Far
            ? Math.Abs((double)difference) - Constants.Ln2
            : SpecialFunctions.Log1p(2 * half * half));
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target)
    {
        double distance = Math.Abs(output - target);
        return distance + Math.Log(1 + Math.Exp(-2 * distance)) - Constants.Ln2;
    }

    public double Derivative(double output, double target) => Math.Tanh(output - target);
}
