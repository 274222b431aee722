using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>x times the sigmoid of x, also called swish (Elfwing et al., 2018).</summary>
internal sealed class Silu() : Activation("SiLU")
{
    public override string Summary => "x times the sigmoid of x, also called swish (Elfwing et al., 2018).";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Mul", OnnxForm.X, OnnxForm.Node("Sigmoid", OnnxForm.X))];

    internal override string CSharp => "x * Sigmoid(x)";

    internal override string[] CSharpHelpers => [Sigmoid.CSharpFunction];

    public override double Value(double x) => x * ScalarMath.Sigmoid(x);

    public override double Derivative(double x) => ScalarMath.Sigmoid(x) + (x * ScalarMath.Sigmoid(x) * ScalarMath.Sigmoid(-x));

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => TSimd.Multiply(x, VectorMath<TSimd, TVector>.Sigmoid(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value)
        {
            // 1 - sigmoid(x), taken as sigmoid(-x), does not cancel.
            TVector sigmoid = VectorMath<TSimd, TVector>.Sigmoid(x);
            TVector rest = VectorMath<TSimd, TVector>.Sigmoid(VectorMath<TSimd, TVector>.Negate(x));
            return TSimd.MultiplyAdd(value, rest, sigmoid);
        }
    }
}
