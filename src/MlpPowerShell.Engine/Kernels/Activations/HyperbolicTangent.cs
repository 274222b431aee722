using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>The hyperbolic tangent.</summary>
internal sealed class HyperbolicTangent() : Activation("Tanh")
{
    public override string Summary => "The hyperbolic tangent.";

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Tanh", OnnxForm.X)];

    internal override string CSharp => "MathF.Tanh(x)";

    public override double Value(double x) => Math.Tanh(x);

    public override double Derivative(double x) => 1 - (Math.Tanh(x) * Math.Tanh(x));

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => VectorMath<TSimd, TVector>.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.Subtract(TSimd.Create(1f), TSimd.Multiply(value, value));
    }
}
