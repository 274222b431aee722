using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>An activation function and its derivative on one vector; the derivative may use the value already computed.</summary>
internal interface IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    static abstract TVector Value(TVector x);

    static abstract TVector Derivative(TVector x, TVector value);
}

internal readonly struct IdentityFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) => TSimd.Create(1f);
}

internal readonly struct ReLUFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    // A select rather than a maximum: it lets NaN through, which has to reach the loss to be noticed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => TSimd.SelectGreater(TSimd.Create(0f), x, TSimd.Create(0f), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) =>
        TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Create(0f));
}

internal readonly struct LeakyReLUFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => TSimd.Multiply(x, Derivative(x, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) =>
        TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Create(0.01f));
}

internal readonly struct EluFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x)
    {
        // e^x - 1 = tanh(x/2) (e^x + 1) does not cancel near 0.
        TVector half = VectorMath<TSimd, TVector>.Tanh(TSimd.Multiply(x, TSimd.Create(0.5f)));
        TVector minusOne = TSimd.Multiply(half, TSimd.Add(VectorMath<TSimd, TVector>.Exp(x), TSimd.Create(1f)));
        return TSimd.SelectGreater(x, TSimd.Create(0f), x, minusOne);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) =>
        TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Add(value, TSimd.Create(1f)));
}

internal readonly struct SigmoidFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => VectorMath<TSimd, TVector>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) => TSimd.Multiply(value, TSimd.Subtract(TSimd.Create(1f), value));
}

internal readonly struct TanhFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => VectorMath<TSimd, TVector>.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) => TSimd.Subtract(TSimd.Create(1f), TSimd.Multiply(value, value));
}

internal readonly struct GeluFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => TSimd.Multiply(x, Phi(x));

    // The density's argument is clamped where the density is 0 anyway: far out, x times an infinite square would be NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value)
    {
        TVector near = TSimd.Min(TSimd.Create(20f), TSimd.Max(TSimd.Create(-20f), x));
        TVector density = TSimd.Multiply(
            VectorMath<TSimd, TVector>.Exp(TSimd.Multiply(TSimd.Multiply(near, near), TSimd.Create(-0.5f))),
            TSimd.Create(0.3989422804f));
        return TSimd.MultiplyAdd(near, density, Phi(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Phi(TVector x)
    {
        TVector half = TSimd.Create(0.5f);
        return TSimd.MultiplyAdd(VectorMath<TSimd, TVector>.Erf(TSimd.Multiply(x, TSimd.Create(0.70710678f))), half, half);
    }
}

internal readonly struct SiLUFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x) => TSimd.Multiply(x, VectorMath<TSimd, TVector>.Sigmoid(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value)
    {
        // 1 - sigmoid(x), taken as sigmoid(-x), does not cancel.
        TVector sigmoid = VectorMath<TSimd, TVector>.Sigmoid(x);
        TVector rest = VectorMath<TSimd, TVector>.Sigmoid(VectorMath<TSimd, TVector>.Negate(x));
        return TSimd.MultiplyAdd(value, rest, sigmoid);
    }
}

internal readonly struct SoftplusFormula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    // ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value(TVector x)
    {
        TVector e = VectorMath<TSimd, TVector>.Exp(VectorMath<TSimd, TVector>.Negate(TSimd.Abs(x)));
        return TSimd.Add(ReLUFormula<TSimd, TVector>.Value(x), VectorMath<TSimd, TVector>.LogOnePlus(e));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative(TVector x, TVector value) => VectorMath<TSimd, TVector>.Sigmoid(x);
}
