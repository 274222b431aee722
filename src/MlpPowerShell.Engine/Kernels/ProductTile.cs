using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>A number known to the just-in-time compiler, so that what it rules out costs nothing.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct One : IConstant
{
    public static int Value => 1;
}

internal readonly struct Two : IConstant
{
    public static int Value => 2;
}

internal readonly struct Three : IConstant
{
    public static int Value => 3;
}

internal readonly struct Four : IConstant
{
    public static int Value => 4;
}

internal readonly struct Eight : IConstant
{
    public static int Value => 8;
}

/// <summary>
/// One register tile of a matrix product: up to eight rows by up to three vectors of columns, summed over k in registers.
/// All three products of backpropagation are made of it.
/// </summary>
internal static unsafe class ProductTile<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// C[r, j] (+)= sum over p below k of A[r, p] × B[p, j]. B is read a row of vectors at a time.
    /// </summary>
    /// <remarks>Bound by the multiply-adds: 24 of them for at most 3 loads and 8 broadcasts.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows, TVectors>(int rows, int k, in ProductArrays arrays, SumMode mode)
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
    {
        float* b = arrays.B, c = arrays.C;
        nint aRow = arrays.ARow, aStep = arrays.AStep, bRow = arrays.BRow, cRow = arrays.CRow;

        // Rows past the last repeat it and are not stored.
        float* a0 = arrays.A;
        float* a1 = rows > 1 ? a0 + aRow : a0;
        float* a2 = rows > 2 ? a1 + aRow : a1;
        float* a3 = rows > 3 ? a2 + aRow : a2;
        float* a4 = rows > 4 ? a3 + aRow : a3;
        float* a5 = rows > 5 ? a4 + aRow : a4;
        float* a6 = rows > 6 ? a5 + aRow : a5;
        float* a7 = rows > 7 ? a6 + aRow : a6;

        TVector zero = TSimd.Create(0f);
        TVector c00 = zero, c01 = zero, c02 = zero;
        TVector c10 = zero, c11 = zero, c12 = zero;
        TVector c20 = zero, c21 = zero, c22 = zero;
        TVector c30 = zero, c31 = zero, c32 = zero;
        TVector c40 = zero, c41 = zero, c42 = zero;
        TVector c50 = zero, c51 = zero, c52 = zero;
        TVector c60 = zero, c61 = zero, c62 = zero;
        TVector c70 = zero, c71 = zero, c72 = zero;

        for (int p = 0; p < k; p++)
        {
            TVector b0 = TSimd.Load(b);
            TVector b1 = TVectors.Value > 1 ? TSimd.Load(b + TSimd.Lanes) : zero;
            TVector b2 = TVectors.Value > 2 ? TSimd.Load(b + (2 * TSimd.Lanes)) : zero;
            b += bRow;

            Accumulate<TVectors>(*a0, b0, b1, b2, ref c00, ref c01, ref c02);
            if (TRows.Value > 1)
                Accumulate<TVectors>(*a1, b0, b1, b2, ref c10, ref c11, ref c12);
            if (TRows.Value > 2)
            {
                Accumulate<TVectors>(*a2, b0, b1, b2, ref c20, ref c21, ref c22);
                Accumulate<TVectors>(*a3, b0, b1, b2, ref c30, ref c31, ref c32);
            }

            if (TRows.Value > 4)
            {
                Accumulate<TVectors>(*a4, b0, b1, b2, ref c40, ref c41, ref c42);
                Accumulate<TVectors>(*a5, b0, b1, b2, ref c50, ref c51, ref c52);
                Accumulate<TVectors>(*a6, b0, b1, b2, ref c60, ref c61, ref c62);
                Accumulate<TVectors>(*a7, b0, b1, b2, ref c70, ref c71, ref c72);
            }

            a0 += aStep;
            a1 += aStep;
            a2 += aStep;
            a3 += aStep;
            if (TRows.Value > 4)
            {
                a4 += aStep;
                a5 += aStep;
                a6 += aStep;
                a7 += aStep;
            }
        }

        StoreRow<TVectors>(c, c00, c01, c02, mode);
        if (TRows.Value > 1 && rows > 1)
            StoreRow<TVectors>(c + (1 * cRow), c10, c11, c12, mode);
        if (TRows.Value > 2 && rows > 2)
            StoreRow<TVectors>(c + (2 * cRow), c20, c21, c22, mode);
        if (TRows.Value > 2 && rows > 3)
            StoreRow<TVectors>(c + (3 * cRow), c30, c31, c32, mode);
        if (TRows.Value > 4 && rows > 4)
            StoreRow<TVectors>(c + (4 * cRow), c40, c41, c42, mode);
        if (TRows.Value > 4 && rows > 5)
            StoreRow<TVectors>(c + (5 * cRow), c50, c51, c52, mode);
        if (TRows.Value > 4 && rows > 6)
            StoreRow<TVectors>(c + (6 * cRow), c60, c61, c62, mode);
        if (TRows.Value > 4 && rows > 7)
            StoreRow<TVectors>(c + (7 * cRow), c70, c71, c72, mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TVectors>(
        float a, TVector b0, TVector b1, TVector b2, ref TVector c0, ref TVector c1, ref TVector c2)
        where TVectors : struct, IConstant
    {
        TVector broadcast = TSimd.Create(a);
        c0 = TSimd.MultiplyAdd(broadcast, b0, c0);
        if (TVectors.Value > 1)
            c1 = TSimd.MultiplyAdd(broadcast, b1, c1);
        if (TVectors.Value > 2)
            c2 = TSimd.MultiplyAdd(broadcast, b2, c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TVectors>(float* c, TVector c0, TVector c1, TVector c2, SumMode mode)
        where TVectors : struct, IConstant
    {
        Store(c, c0, mode);
        if (TVectors.Value > 1)
            Store(c + TSimd.Lanes, c1, mode);
        if (TVectors.Value > 2)
            Store(c + (2 * TSimd.Lanes), c2, mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, TVector sum, SumMode mode) =>
        TSimd.Store(mode == SumMode.Add ? TSimd.Add(TSimd.Load(c), sum) : sum, c);
}
