using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>max(x, 0), with derivative 0 at 0.</summary>
internal sealed class Rectifier() : Activation("ReLU")
{
    public override string Summary => "max(x, 0), with derivative 0 at 0.";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Relu", OnnxForm.X)];

    internal override string CSharp => "x > 0 ? x : 0";

    public override double Value(double x) => x > 0 ? x : double.IsNaN(x) ? x : 0;

    public override double Derivative(double x) => x > 0 ? 1 : 0;

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => VectorMath<TSimd, TVector>.Positive(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) =>
            TSimd.SelectGreater(x, TSimd.Create(0f), TSimd.Create(1f), TSimd.Create(0f));
    }
}
