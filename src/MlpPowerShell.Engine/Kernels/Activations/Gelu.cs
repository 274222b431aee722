using System.Runtime.CompilerServices;
using MathNet.Numerics;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x times the normal distribution function (Hendrycks and Gimpel, 2016), by the error function.</summary>
internal sealed class Gelu() : Activation("GELU")
{
    public override string Summary => "x times the normal distribution function (Hendrycks and Gimpel, 2016), by the error function.";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    // As PyTorch writes it; an operator of its own came with operator set 20.
    internal override OnnxForm[] Onnx =>
    [
        .. OnnxForm.HalfProducts(OnnxForm.Node("Add", OnnxForm.Node("Erf", OnnxForm.Node("Div", OnnxForm.X, 1.41421356f)), 1f)),
        .. OnnxForm.HalfProducts(OnnxForm.Node("Add", OnnxForm.Node("Erf", OnnxForm.Node("Mul", OnnxForm.X, 0.70710678f)), 1f)),
        OnnxForm.Node("Gelu", OnnxForm.X).With("approximate", "none", "none"),
    ];

    internal override string CSharp => "(float)(x * (1 + Erf(x / Math.Sqrt(2))) / 2)";

    internal override string[] CSharpHelpers =>
    [
        """
            // Abramowitz and Stegun, 7.1.26: within 1.5e-7.
            private static double Erf(double x)
            {
                double t = 1 / (1 + (0.3275911 * Math.Abs(x)));
                double rest = ((((((((1.061405429 * t) - 1.453152027) * t) + 1.421413741) * t) - 0.284496736) * t) + 0.254829592) * t;
                return Math.Sign(x) * (1 - (rest * Math.Exp(-x * x)));
            }
        """,
    ];

    private static double NormalDistribution(double x) => SpecialFunctions.Erfc(-x / Constants.Sqrt2) / 2;

    public override double Value(double x) => x * NormalDistribution(x);

    public override double Derivative(double x) =>
        NormalDistribution(x) + (Math.Abs(x) > 40 ? 0 : x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, Phi(x));

        // The density's argument is clamped where the density is 0 anyway: far out, x times an infinite square would be NaN.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
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
}
