using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x / 6 + 1/2, at least 0 and at most 1 (Howard et al., 2019), with derivative 0 at both ends.</summary>
internal sealed class HardSigmoid() : Activation("HardSigmoid")
{
    public override string Summary => "x / 6 + 1/2, at least 0 and at most 1 (Howard et al., 2019), with derivative 0 at both ends.";

    internal override OnnxForm[] Onnx => Forms(OnnxForm.X);

    internal override string CSharp => "x > 3 ? 1 : x < -3 ? 0 : (x / 6) + 0.5f";

    internal static OnnxForm[] Forms(OnnxForm x) =>
    [
        OnnxForm.Node("HardSigmoid", x).With("alpha", 1 / 6f, 0.2f).With("beta", 0.5f, 0.5f),
        OnnxForm.Node("Div", OnnxForm.Node("Clip", OnnxForm.Node("Add", x, 3f), 0f, 6f), 6f),
        OnnxForm.Node("Mul", OnnxForm.Node("Clip", OnnxForm.Node("Add", x, 3f), 0f, 6f), 1 / 6f),
    ];

    public override double Value(double x) => x > 3 ? 1 : x < -3 ? 0 : (x / 6) + 0.5;

    public override double Derivative(double x) => x > -3 && x < 3 ? 1 / 6.0 : 0;

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => VectorMath<TSimd, TVector>.HardSigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) =>
            TSimd.SelectGreater(TSimd.Create(3f), TSimd.Abs(x), TSimd.Create(1 / 6f), TSimd.Create(0f));
    }
}
