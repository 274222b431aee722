using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>τ (t - y) above the prediction and (1 - τ) (y - t) below it, least at the quantile τ (Koenker and Bassett, 1978).</summary>
/// <param name="level">τ, above 0 and below 1.</param>
internal readonly struct Quantile(double level) : ILossFormula
{
    private readonly double _above = level;
    private readonly double _below = 1 - level;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float difference = output - target;

        // Lets NaN through, which has to reach the weights' check.
        slope = difference > 0 ? (float)_below : difference < 0 ? -(float)_above : difference;
        return slope * difference;
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target) => Math.Max(_above * (target - output), _below * (output - target));

    public double Derivative(double output, double target) => output > target ? _below : output < target ? -_above : 0;
}
