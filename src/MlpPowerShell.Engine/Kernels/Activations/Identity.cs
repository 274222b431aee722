using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x.</summary>
internal sealed class Identity() : Activation("Identity")
{
    public override string Summary => "x.";

    internal override OnnxForm[] Onnx => [OnnxForm.X];

    internal override string CSharp => "x";

    public override double Value(double x) => x;

    public override double Derivative(double x) => 1;

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.Create(1f);
    }
}
