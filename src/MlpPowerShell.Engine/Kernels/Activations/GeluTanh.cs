using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// GELU with the normal distribution function by a hyperbolic tangent: x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 (Hendrycks and Gimpel,
/// 2016).
/// </summary>
internal sealed class GeluTanh() : Activation("GELUTanh")
{
    public override string Summary =>
        "GELU with the normal distribution function by a hyperbolic tangent: x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 (Hendrycks "
        + "and Gimpel, 2016).";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx => Forms();

    internal override string CSharp => "(float)(x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))))";

    private const double Cubic = 0.044715;

    // 2 √(2/π).
    private const double Factor = 1.5957691216057308;

    private static OnnxForm[] Forms()
    {
        OnnxForm[] cubes =
        [
            OnnxForm.Node("Mul", OnnxForm.X, OnnxForm.Node("Mul", OnnxForm.X, OnnxForm.X)),
            OnnxForm.Node("Pow", OnnxForm.X, 3f),
        ];
        return
        [
            .. cubes.SelectMany(cube =>
            {
                var sum = OnnxForm.Node("Add", OnnxForm.X, OnnxForm.Node("Mul", cube, (float)Cubic));
                var factor = OnnxForm.Node("Add", OnnxForm.Node("Tanh", OnnxForm.Node("Mul", sum, (float)(Factor / 2))), 1f);
                return OnnxForm.HalfProducts(factor);
            }),
            OnnxForm.Node("Gelu", OnnxForm.X).With("approximate", "tanh", "none"),
        ];
    }

    private static double Argument(double x) => Factor * (x + (Cubic * x * x * x));

    public override double Value(double x) => x * ScalarMath.Sigmoid(Argument(x));

    public override double Derivative(double x)
    {
        double near = Math.Clamp(x, -50, 50);
        double slope = Factor * (1 + (3 * Cubic * near * near));
        return ScalarMath.Sigmoid(Argument(x)) + (near * slope * ScalarMath.Sigmoid(Argument(near)) * ScalarMath.Sigmoid(-Argument(near)));
    }

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        // (1 + tanh u) / 2 is the sigmoid of 2 u, which does not cancel.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, VectorMath<TSimd, TVector>.Sigmoid(Argument(Near(x))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
        {
            TVector near = Near(x);
            TVector argument = Argument(near);
            TVector sigmoid = VectorMath<TSimd, TVector>.Sigmoid(argument);
            TVector rest = VectorMath<TSimd, TVector>.Sigmoid(VectorMath<TSimd, TVector>.Negate(argument));
            TVector slope =
                TSimd.MultiplyAdd(TSimd.Multiply(near, near), TSimd.Create((float)(3 * Factor * Cubic)), TSimd.Create((float)Factor));
            return TSimd.MultiplyAdd(TSimd.Multiply(near, slope), TSimd.Multiply(sigmoid, rest), sigmoid);
        }

        // Beyond, the sigmoid is 0 or 1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Near(TVector x) => TSimd.Min(TSimd.Create(20f), TSimd.Max(TSimd.Create(-20f), x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Argument(TVector x)
        {
            TVector factor = TSimd.MultiplyAdd(TSimd.Multiply(x, x), TSimd.Create((float)(Factor * Cubic)), TSimd.Create((float)Factor));
            return TSimd.Multiply(x, factor);
        }
    }
}
