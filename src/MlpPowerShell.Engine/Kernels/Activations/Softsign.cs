using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x / (1 + |x|) (Bergstra et al., 2009).</summary>
internal sealed class Softsign() : Activation("Softsign")
{
    public override string Summary => "x / (1 + |x|) (Bergstra et al., 2009).";

    internal override OnnxForm[] Onnx =>
    [
        OnnxForm.Node("Softsign", OnnxForm.X),
        OnnxForm.Node("Div", OnnxForm.X, OnnxForm.Node("Add", OnnxForm.Node("Abs", OnnxForm.X), 1f)),
    ];

    internal override string CSharp => "x / (1 + MathF.Abs(x))";

    public override double Value(double x) => x / (1 + Math.Abs(x));

    public override double Derivative(double x) => 1 / (1 + Math.Abs(x)) / (1 + Math.Abs(x));

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Divide(x, TSimd.Add(TSimd.Create(1f), TSimd.Abs(x)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
        {
            TVector reciprocal = TSimd.Divide(TSimd.Create(1f), TSimd.Add(TSimd.Create(1f), TSimd.Abs(x)));
            return TSimd.Multiply(reciprocal, reciprocal);
        }
    }
}
