using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>(y - t)².</summary>
internal readonly struct MeanSquaredError : ILossFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float difference = output - target;
        slope = 2 * difference;
        return difference * difference;
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target) => (output - target) * (output - target);

    public double Derivative(double output, double target) => 2 * (output - target);
}
