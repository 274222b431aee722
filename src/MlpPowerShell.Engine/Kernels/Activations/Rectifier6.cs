using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>max(x, 0), and at most 6 (Krizhevsky, 2010), with derivative 0 at both ends.</summary>
internal sealed class Rectifier6() : Activation("ReLU6")
{
    public override string Summary => "max(x, 0), and at most 6 (Krizhevsky, 2010), with derivative 0 at both ends.";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx =>
    [
        OnnxForm.Node("Clip", OnnxForm.X, 0f, 6f),
        OnnxForm.Node("Clip", OnnxForm.X).With("min", 0, float.NaN).With("max", 6, float.NaN),
    ];

    internal override string CSharp => "x > 6 ? 6 : x < 0 ? 0 : x";

    public override double Value(double x) => x > 6 ? 6 : x < 0 ? 0 : x;

    public override double Derivative(double x) => x > 0 && x < 6 ? 1 : 0;

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => VectorMath<TSimd, TVector>.AtMost(VectorMath<TSimd, TVector>.Positive(x), TSimd.Create(6f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.SelectGreater(
            x, TSimd.Create(0f), TSimd.SelectGreater(TSimd.Create(6f), x, TSimd.Create(1f), TSimd.Create(0f)), TSimd.Create(0f));
    }
}
