using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x above 0, a slope times e^x - 1 elsewhere (Clevert et al., 2016).</summary>
internal sealed class Elu(double slope = 1) : Activation("ELU", slope, usualSlope: 1)
{
    public override string Summary => "x above 0, e^x - 1 elsewhere (Clevert et al., 2016); ELU(0.5) has half of that.";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Elu", OnnxForm.X).WithSlope("alpha", 1)];

    internal override string CSharp => $"x > 0 ? x : (float)({SlopeText} * (Math.Exp(x) - 1))";

    public override double Value(double x) => x > 0 ? x : Slope * ScalarMath.ExpMinusOne(x);

    public override double Derivative(double x) => x > 0 ? 1 : Slope * Math.Exp(x);

    internal override Activation WithSlope(double slope) => new Elu(slope);

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(new Formula<TSimd, TVector>((float)Slope), rows);

    private readonly struct Formula<TSimd, TVector>(float slope) : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) =>
            TSimd.SelectGreater(x, TSimd.Create(0f), x, TSimd.Multiply(TSimd.Create(slope), VectorMath<TSimd, TVector>.ExpMinusOne(x)));

        // The value plus the slope would cancel far below 0.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.SelectGreater(
            x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Multiply(TSimd.Create(slope), VectorMath<TSimd, TVector>.Exp(x)));
    }
}
