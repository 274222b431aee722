using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Elementary functions on vectors of floats, each within a few units in the last place of the true value.</summary>
internal static class VectorMath<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>e^x; 0 below -104, infinity above 88.73.</summary>
    /// <remarks>
    /// x = n ln 2 + r with |r| at most ln 2 / 2, e^r by the polynomial of Cephes' expf (Moshier, 1989). 2^n is applied in two
    /// halves, so that results too small for a normal number are still right.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.Min(TSimd.Create(89f), TSimd.Max(TSimd.Create(-104f), x));
        TVector n = TSimd.Round(TSimd.Multiply(x, TSimd.Create(1.44269504f)));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Create(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Create(2.12194440e-4f), r);

        TVector p = TSimd.Create(1.9875691500e-4f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(1.3981999507e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(8.3334519073e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(4.1665795894e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(1.6666665459e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(5.0000001201e-1f));
        p = TSimd.MultiplyAdd(p, TSimd.Multiply(r, r), TSimd.Add(r, TSimd.Create(1f)));

        TVector half = TSimd.Round(TSimd.Multiply(n, TSimd.Create(0.5f)));
        return TSimd.Multiply(TSimd.Multiply(p, TSimd.PowerOfTwo(half)), TSimd.PowerOfTwo(TSimd.Subtract(n, half)));
    }

    /// <summary>1 / (1 + e^-x), through the exponential of -|x|, which can't overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        TVector one = TSimd.Create(1f);
        TVector e = Exp(Negate(TSimd.Abs(x)));
        TVector reciprocal = TSimd.Divide(one, TSimd.Add(one, e));
        return TSimd.SelectGreater(TSimd.Create(0f), x, TSimd.Multiply(e, reciprocal), reciprocal);
    }

    /// <summary>tanh x: Cephes' tanhf polynomial near 0, where the quotient would cancel, and 1 - 2 / (e^2|x| + 1) elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector square = TSimd.Multiply(x, x);
        TVector p = TSimd.Create(-5.70498872745e-3f);
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(2.06390887954e-2f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(-5.37397155531e-2f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(1.33314422036e-1f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(-3.33332819422e-1f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(p, square), x, x);

        TVector magnitude = TSimd.Abs(x);
        TVector one = TSimd.Create(1f);
        TVector e = Exp(TSimd.Add(magnitude, magnitude));
        TVector far = TSimd.Subtract(one, TSimd.Divide(TSimd.Create(2f), TSimd.Add(e, one)));
        far = TSimd.SelectGreater(TSimd.Create(0f), x, Negate(far), far);
        return TSimd.SelectGreater(magnitude, TSimd.Create(0.625f), far, near);
    }

    /// <summary>ln(1 + u) for u from 0 to 1.</summary>
    /// <remarks>
    /// Cephes' logf polynomial of w = 1 + u, times u / (w - 1) for what the rounding of w lost (Kahan; Goldberg,
    /// "What every computer scientist should know about floating-point arithmetic", theorem 4).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogOnePlus(TVector u)
    {
        TVector one = TSimd.Create(1f);
        TVector half = TSimd.Create(0.5f);
        TVector zero = TSimd.Create(0f);
        TVector w = TSimd.Add(one, u);
        TVector root = TSimd.Create(1.41421356f);
        TVector exponent = TSimd.SelectGreater(w, root, one, zero);
        TVector x = TSimd.Subtract(TSimd.SelectGreater(w, root, TSimd.Multiply(w, half), w), one);
        TVector square = TSimd.Multiply(x, x);

        TVector p = TSimd.Create(7.0376836292e-2f);
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(-1.1514610310e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(1.1676998740e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(-1.2420140846e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(1.4249322787e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(-1.6668057665e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(2.0000714765e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(-2.4999993993e-1f));
        p = TSimd.MultiplyAdd(p, x, TSimd.Create(3.3333331174e-1f));
        p = TSimd.Multiply(TSimd.Multiply(p, x), square);
        p = TSimd.MultiplyAdd(exponent, TSimd.Create(-2.12194440e-4f), p);
        p = TSimd.MultiplyAdd(square, Negate(half), p);
        TVector log = TSimd.MultiplyAdd(exponent, TSimd.Create(0.693359375f), TSimd.Add(x, p));

        TVector lost = TSimd.Subtract(w, one);
        return TSimd.SelectGreater(lost, zero, TSimd.Divide(TSimd.Multiply(log, u), lost), u);
    }

    /// <summary>The error function, by two polynomials that meet at 475/512 (Juffa, "Efficient, accurate erff()").</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf(TVector x)
    {
        TVector t = TSimd.Abs(x);
        TVector square = TSimd.Multiply(x, x);

        TVector far = TSimd.MultiplyAdd(TSimd.Create(-1.72853470e-5f), t, TSimd.Create(3.83197126e-4f));
        TVector low = TSimd.MultiplyAdd(TSimd.Create(-3.88396438e-3f), t, TSimd.Create(2.42546219e-2f));
        far = TSimd.MultiplyAdd(far, square, low);
        far = TSimd.MultiplyAdd(far, t, TSimd.Create(-1.06777877e-1f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Create(-6.34846687e-1f));
        far = TSimd.MultiplyAdd(far, t, TSimd.Create(-1.28717512e-1f));
        far = TSimd.MultiplyAdd(far, t, Negate(t));

        // The polynomial turns up again far out, where the error function has long been 1.
        far = TSimd.SelectGreater(t, TSimd.Create(4f), TSimd.Create(-104f), far);
        far = TSimd.Subtract(TSimd.Create(1f), Exp(far));
        far = TSimd.SelectGreater(TSimd.Create(0f), x, Negate(far), far);

        TVector near = TSimd.Create(-5.96761703e-4f);
        near = TSimd.MultiplyAdd(near, square, TSimd.Create(4.99119423e-3f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Create(-2.67681349e-2f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Create(1.12819925e-1f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Create(-3.76125336e-1f));
        near = TSimd.MultiplyAdd(near, square, TSimd.Create(1.28379166e-1f));
        near = TSimd.MultiplyAdd(near, x, x);
        return TSimd.SelectGreater(t, TSimd.Create(0.927734375f), far, near);
    }

    /// <summary>e^x - 1 = tanh(x/2) (e^x + 1), which does not cancel near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpMinusOne(TVector x)
    {
        TVector half = Tanh(TSimd.Multiply(x, TSimd.Create(0.5f)));
        return TSimd.Multiply(half, TSimd.Add(Exp(x), TSimd.Create(1f)));
    }

    /// <summary>x / 6 + 1/2, at least 0 and at most 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector HardSigmoid(TVector x) =>
        AtMost(Positive(TSimd.MultiplyAdd(x, TSimd.Create(1 / 6f), TSimd.Create(0.5f))), TSimd.Create(1f));

    /// <summary>max(x, 0), by a select rather than a maximum: it lets NaN through, which has to reach the loss to be noticed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Positive(TVector x) => TSimd.SelectGreater(TSimd.Create(0f), x, TSimd.Create(0f), x);

    /// <summary>min(x, limit), which lets NaN through too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AtMost(TVector x, TVector limit) => TSimd.SelectGreater(x, limit, limit, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Negate(TVector x) => TSimd.Subtract(TSimd.Create(0f), x);
}
