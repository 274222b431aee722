using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// exp(z) - t z, what the negative log-likelihood of a count t leaves where exp(z) is expected, without what no weight changes: ln t!.
/// </summary>
internal readonly struct Poisson : ILossFormula
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float sum = output;
        output = MathF.Exp(sum);
        slope = output - target;
        return output - (target * sum);
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target) => Math.Exp(output) - (target * output);

    public double Derivative(double output, double target) => Math.Exp(output) - target;
}
