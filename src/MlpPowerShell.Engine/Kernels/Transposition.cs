using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Transposes blocks of floats, four by four whatever the width of the processor's vectors.</summary>
internal static unsafe class Transposition
{
    private const int Side = 4;

    /// <summary>
    /// target[j, i] = source[i, j], over any number of rows and columns. Rows are sourceStride and targetStride floats apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, int columns, float* source, nint sourceStride, float* target, nint targetStride)
    {
        int wholeRows = rows / Side * Side;
        int wholeColumns = columns / Side * Side;
        for (int j = 0; j < wholeColumns; j += Side)
        {
            for (int i = 0; i < wholeRows; i += Side)
                Square(source + (i * sourceStride) + j, sourceStride, target + (j * targetStride) + i, targetStride);
        }

        Rest(rows - wholeRows, columns, source + (wholeRows * sourceStride), sourceStride, target + wholeRows, targetStride);
        Rest(
            wholeRows,
            columns - wholeColumns,
            source + wholeColumns,
            sourceStride,
            target + (wholeColumns * targetStride),
            targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Vector128<float> a = Vector128.Load(source);
        Vector128<float> b = Vector128.Load(source + sourceStride);
        Vector128<float> c = Vector128.Load(source + (2 * sourceStride));
        Vector128<float> d = Vector128.Load(source + (3 * sourceStride));
        Vector128<float> lowEven = ZipLow(a, c), lowOdd = ZipLow(b, d), highEven = ZipHigh(a, c), highOdd = ZipHigh(b, d);
        ZipLow(lowEven, lowOdd).Store(target);
        ZipHigh(lowEven, lowOdd).Store(target + targetStride);
        ZipLow(highEven, highOdd).Store(target + (2 * targetStride));
        ZipHigh(highEven, highOdd).Store(target + (3 * targetStride));
    }

    private static void Rest(int rows, int columns, float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                target[(j * targetStride) + i] = source[(i * sourceStride) + j];
        }
    }

    /// <summary>a0 b0 a1 b1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>a2 b2 a3 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
