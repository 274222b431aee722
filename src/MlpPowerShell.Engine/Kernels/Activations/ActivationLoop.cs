using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>An activation function and its derivative on one vector; the derivative may use the value already computed.</summary>
internal interface IActivationFormula<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    TVector Value(TVector x);

    TVector Derivative(TVector x, TVector value);
}

/// <summary>What an activation is applied to, as <see cref="Kernel.Activate"/> has it.</summary>
internal readonly unsafe struct ActivationRows(int rows, int paddedColumns, float* z, float* bias, float* derivative, nint stride)
{
    public int Count => rows;

    public int PaddedColumns => paddedColumns;

    public float* Sums => z;

    public float* Bias => bias;

    public float* Derivative => derivative;

    public nint Stride => stride;

    /// <summary>The slope of each column, where slopes are learned.</summary>
    public float* Slopes { get; init; }

    /// <summary>Where slopes are learned and derivatives asked for, the function's derivative by its slope, laid out as they are.</summary>
    public float* BySlope { get; init; }
}

/// <summary>The loop over rows and columns that all activations share.</summary>
internal static unsafe class ActivationLoop<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFormula>(TFormula formula, in ActivationRows rows)
        where TFormula : struct, IActivationFormula<TSimd, TVector>
    {
        float* z = rows.Sums;
        float* derivative = rows.Derivative;
        for (int i = 0; i < rows.Count; i++, z += rows.Stride, derivative = derivative == null ? null : derivative + rows.Stride)
            Row(formula, rows.PaddedColumns, z, rows.Bias, derivative);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<TFormula>(TFormula formula, int paddedColumns, float* z, float* bias, float* derivative)
        where TFormula : struct, IActivationFormula<TSimd, TVector>
    {
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            TVector x = TSimd.Add(TSimd.Load(z + j), TSimd.Load(bias + j));
            TVector value = formula.Value(x);
            TSimd.Store(value, z + j);
            if (derivative != null)
                TSimd.Store(formula.Derivative(x, value), derivative + j);
        }
    }
}
