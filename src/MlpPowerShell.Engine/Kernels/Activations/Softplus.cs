using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>ln(1 + e^x).</summary>
internal sealed class Softplus() : Activation("Softplus")
{
    public override string Summary => "ln(1 + e^x).";

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Softplus", OnnxForm.X)];

    internal override string CSharp => "(float)(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))))";

    public override double Value(double x) => ScalarMath.Softplus(x);

    public override double Derivative(double x) => ScalarMath.Sigmoid(x);

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        // ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x)
        {
            TVector e = VectorMath<TSimd, TVector>.Exp(VectorMath<TSimd, TVector>.Negate(TSimd.Abs(x)));
            return TSimd.Add(VectorMath<TSimd, TVector>.Positive(x), VectorMath<TSimd, TVector>.LogOnePlus(e));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => VectorMath<TSimd, TVector>.Sigmoid(x);
    }
}
