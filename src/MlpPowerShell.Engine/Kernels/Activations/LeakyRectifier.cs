using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x above 0, a slope times x elsewhere (Maas et al., 2013).</summary>
internal sealed class LeakyRectifier(double slope = 0.01) : Activation("LeakyReLU", slope, usualSlope: 0.01)
{
    public override string Summary => "x above 0, 0.01 x elsewhere (Maas et al., 2013); LeakyReLU(0.2) has another slope.";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx => [OnnxForm.Node("LeakyRelu", OnnxForm.X).WithSlope("alpha", 0.01f)];

    internal override string CSharp => $"x > 0 ? x : {SlopeText}f * x";

    public override double Value(double x) => x > 0 ? x : Slope * x;

    public override double Derivative(double x) => x > 0 ? 1 : Slope;

    internal override Activation WithSlope(double slope) => new LeakyRectifier(slope);

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(new Formula<TSimd, TVector>((float)Slope), rows);

    private readonly struct Formula<TSimd, TVector>(float slope) : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, Derivative(x, x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) =>
            TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Create(slope));
    }
}
