using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x tanh(ln(1 + e^x)) (Misra, 2020, equation 1).</summary>
internal sealed class Mish() : Activation("Mish")
{
    public override string Summary => "x tanh(ln(1 + e^x)) (Misra, 2020, equation 1).";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx =>
    [
        OnnxForm.Node("Mul", OnnxForm.X, OnnxForm.Node("Tanh", OnnxForm.Node("Softplus", OnnxForm.X))),
        OnnxForm.Node("Mish", OnnxForm.X),
    ];

    internal override string CSharp => "(float)(x * Math.Tanh(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)))))";

    public override double Value(double x) => x * Math.Tanh(ScalarMath.Softplus(x));

    public override double Derivative(double x)
    {
        // 1 - tanh(ln(1 + e^x))² without cancellation: (1 - t)(1 + t), with 1 - t = 2 / ((1 + e^x)² + 1).
        double t = Math.Tanh(ScalarMath.Softplus(x));
        double e = Math.Exp(Math.Min(x, 300));
        return t + (x * (2 / (((1 + e) * (1 + e)) + 1)) * (1 + t) * ScalarMath.Sigmoid(x));
    }

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, Gate(x, out _));

        // The slope of tanh(s) is (1 - tanh s)(1 + tanh s). x is clamped where its factor is 0 anyway.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
        {
            TVector near = TSimd.Min(TSimd.Create(110f), TSimd.Max(TSimd.Create(-110f), x));
            TVector gate = Gate(near, out TVector rest);
            TVector slope =
                TSimd.Multiply(TSimd.Multiply(rest, TSimd.Add(TSimd.Create(1f), gate)), VectorMath<TSimd, TVector>.Sigmoid(near));
            return TSimd.MultiplyAdd(near, slope, gate);
        }

        // With w = e^-|x|, tanh(ln(1 + e^x)) is (1 + 2 w) / (1 + 2 w + 2 w²) for positive x and w (w + 2) / (w (w + 2) + 2) for others.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Gate(TVector x, out TVector rest)
        {
            TVector zero = TSimd.Create(0f), one = TSimd.Create(1f), two = TSimd.Create(2f);
            TVector w = VectorMath<TSimd, TVector>.Exp(VectorMath<TSimd, TVector>.Negate(TSimd.Abs(x)));
            TVector above = TSimd.SelectGreater(x, zero, TSimd.MultiplyAdd(two, w, one), TSimd.Multiply(w, TSimd.Add(w, two)));
            TVector remainder = TSimd.SelectGreater(x, zero, TSimd.Multiply(two, TSimd.Multiply(w, w)), two);
            TVector reciprocal = TSimd.Divide(one, TSimd.Add(above, remainder));
            rest = TSimd.Multiply(remainder, reciprocal);
            return TSimd.Multiply(above, reciprocal);
        }
    }
}
