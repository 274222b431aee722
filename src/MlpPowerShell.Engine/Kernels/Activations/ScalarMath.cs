using MathNet.Numerics;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Functions of float64 that several activations need, none of which overflows on the way.</summary>
internal static class ScalarMath
{
    public static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    public static double Softplus(double x) => Math.Max(x, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs(x)));

    // e^x - 1 without cancellation near 0, for x of at most 0 (Kahan; Higham, "Accuracy and Stability of Numerical Algorithms", 1.14.1).
    public static double ExpMinusOne(double x)
    {
        double e = Math.Exp(x);
        return e == 1 ? x : x < -1 ? e - 1 : (e - 1) * x / Math.Log(e);
    }
}
