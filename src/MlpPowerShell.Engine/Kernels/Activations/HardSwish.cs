using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x times HardSigmoid of x (Howard et al., 2019).</summary>
internal sealed class HardSwish() : Activation("Hardswish")
{
    public override string Summary => "x times HardSigmoid of x (Howard et al., 2019).";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx =>
    [
        .. HardSigmoid.Forms(OnnxForm.X).Select(gate => OnnxForm.Node("Mul", OnnxForm.X, gate)),
        OnnxForm.Node("HardSwish", OnnxForm.X),
        OnnxForm.Node("Div", OnnxForm.Node("Mul", OnnxForm.X, OnnxForm.Node("Clip", OnnxForm.Node("Add", OnnxForm.X, 3f), 0f, 6f)), 6f),
    ];

    internal override string CSharp => "x * (x > 3 ? 1 : x < -3 ? 0 : (x / 6) + 0.5f)";

    public override double Value(double x) => x * (x > 3 ? 1 : x < -3 ? 0 : (x / 6) + 0.5);

    public override double Derivative(double x) => x >= 3 ? 1 : x > -3 ? (x / 3) + 0.5 : 0;

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, VectorMath<TSimd, TVector>.HardSigmoid(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
        {
            TVector inside = TSimd.MultiplyAdd(x, TSimd.Create(1 / 3f), TSimd.Create(0.5f));
            TVector outside = TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Create(0f));
            return TSimd.SelectGreater(TSimd.Create(3f), TSimd.Abs(x), inside, outside);
        }
    }
}
