using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>1 / (1 + e^-x).</summary>
internal sealed class Sigmoid() : Activation("Sigmoid")
{
    internal const string CSharpFunction = "    private static float Sigmoid(float x) => " + Expression + ";";

    private const string Expression = "(float)(1 / (1 + Math.Exp(-x)))";

    public override string Summary => "1 / (1 + e^-x).";

    internal override OnnxForm[] Onnx => [OnnxForm.Node("Sigmoid", OnnxForm.X)];

    internal override string CSharp => Expression;

    public override double Value(double x) => ScalarMath.Sigmoid(x);

    public override double Derivative(double x) => ScalarMath.Sigmoid(x) * ScalarMath.Sigmoid(-x);

    internal override void Activate<TSimd, TVector>(in ActivationRows rows) =>
        ActivationLoop<TSimd, TVector>.Run(default(Formula<TSimd, TVector>), rows);

    private readonly struct Formula<TSimd, TVector> : IActivationFormula<TSimd, TVector>
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Value(TVector x) => VectorMath<TSimd, TVector>.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Derivative(TVector x, TVector value) => TSimd.Multiply(value, TSimd.Subtract(TSimd.Create(1f), value));
    }
}
