using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Network;

/// <summary>(y - t)² / 2 up to a distance of δ, and δ (|y - t| - δ/2) beyond (Huber, 1964).</summary>
/// <param name="delta">δ, above 0.</param>
internal readonly struct Huber(double delta) : ILossFormula
{
    private readonly double _delta = delta;
    private readonly float _bound = (float)delta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(ref float output, float target, float smoothing, out float slope)
    {
        float distance = MathF.Abs(output - target);
        slope = distance <= _bound ? output - target : _bound * MeanAbsoluteError.Sign(output - target);
        return distance <= _bound ? distance * distance / 2 : _bound * (distance - (_bound / 2));
    }

    public bool IsRight(float output, float target) => false;

    public double Value(double output, double target) => Math.Abs(output - target) is var distance && distance <= _delta
        ? distance * distance / 2
        : _delta * (distance - (_delta / 2));

    public double Derivative(double output, double target) => Math.Clamp(output - target, -_delta, _delta);
}
