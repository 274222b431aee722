using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// x above 0, a slope times x elsewhere, which each unit learns (He et al., 2015, "Delving Deep into Rectifiers", equation 1).
/// </summary>
internal sealed class ParametricRectifier() : Activation("PReLU")
{
    // As in the paper, section 2.1, and in PyTorch.
    private const float Initial = 0.25f;

    public override string Summary => "x above 0, a x elsewhere, with a slope a that each unit learns, at first 0.25 (He et al., 2015).";

    internal override ActivationFamily Family => ActivationFamily.Rectifier;

    internal override float? InitialSlope => Initial;

    // An operator on x and on a tensor of slopes, which layers read and write.
    internal override OnnxForm[] Onnx => [];

    internal override string CSharp => "x > 0 ? x : slope * x";

    public override double Value(double x) => x > 0 ? x : Initial * x;

    public override double Derivative(double x) => x > 0 ? 1 : Initial;

    // Bound by loads and stores.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override unsafe void Activate<TSimd, TVector>(in ActivationRows rows)
    {
        TVector zero = TSimd.Create(0f), one = TSimd.Create(1f);
        for (int i = 0; i < rows.Count; i++)
        {
            nint row = i * rows.Stride;
            for (int j = 0; j < rows.PaddedColumns; j += TSimd.Lanes)
            {
                TVector x = TSimd.Add(TSimd.Load(rows.Sums + row + j), TSimd.Load(rows.Bias + j));
                TVector slope = TSimd.Load(rows.Slopes + j);
                TSimd.Store(TSimd.SelectGreater(x, zero, x, TSimd.Multiply(slope, x)), rows.Sums + row + j);
                if (rows.Derivative == null)
                    continue;
                TSimd.Store(TSimd.SelectGreater(x, zero, one, slope), rows.Derivative + row + j);
                TSimd.Store(TSimd.SelectGreater(x, zero, zero, x), rows.BySlope + row + j);
            }
        }
    }
}
