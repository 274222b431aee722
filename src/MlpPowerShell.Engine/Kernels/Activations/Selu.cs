using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x above 0, 1.6733 (e^x - 1) elsewhere, times 1.0507 (Klambauer et al., 2017, equation 2).</summary>
internal sealed class Selu() : Activation("SELU")
{
    public override string Summary => "x above 0, 1.6733 (e^x - 1) elsewhere, times 1.0507 (Klambauer et al., 2017, equation 2).";

    internal override ActivationFamily Family => ActivationFamily.SelfNormalizing;

    internal override OnnxForm[] Onnx =>
    [
        OnnxForm.Node("Selu", OnnxForm.X).With("alpha", (float)Alpha, (float)Alpha).With("gamma", (float)Scale, (float)Scale),
    ];

    internal override string CSharp =>
        "(float)(1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * (Math.Exp(x) - 1)))";

    private const double Alpha = 1.6732632423543772848170429916717;
    private const double Scale = 1.0507009873554804934193349852946;

    public override double Value(double x) => Scale * (x > 0 ? x : Alpha * ScalarMath.ExpMinusOne(x));

    public override double Derivative(double x) => Scale * (x > 0 ? 1 : Alpha * Math.Exp(x));

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.SelectGreater(
            x,
            TSimd.Create(0f),
            TSimd.Multiply(x, TSimd.Create((float)Scale)),
            TSimd.Multiply(VectorMath<TSimd, TVector>.ExpMinusOne(x), TSimd.Create((float)(Scale * Alpha))));

        // The value plus scale times α would cancel far below 0.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.SelectGreater(
            x,
            TSimd.Create(0f),
            TSimd.Create((float)Scale),
            TSimd.Multiply(VectorMath<TSimd, TVector>.Exp(x), TSimd.Create((float)(Scale * Alpha))));
    }
}
