using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>The engine's hot loops, for one vector width. <see cref="Best"/> is the widest that this processor runs.</summary>
/// <remarks>
/// Lengths called "padded" are whole vectors, and the memory behind them is there; what stands in the padding may be overwritten.
/// </remarks>
internal abstract unsafe class Kernel
{
    /// <summary>The kernels that this processor runs, from the narrowest vectors to the widest.</summary>
    public static IReadOnlyList<Kernel> All { get; } = [.. Supported()];

    /// <summary>The kernel for the widest vectors that this processor has multiply-adds for.</summary>
    public static Kernel Best => All[^1];

    /// <summary>Floats in one vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Columns of one panel of a product: three vectors.</summary>
    public int PanelWidth => 3 * Lanes;

    /// <summary>Rows that one register tile of a product computes at once.</summary>
    public abstract int TileRows { get; }

    /// <summary>
    /// Columns of A that are stored side by side where A is packed for a product with its transpose: whole vectors and whole tiles.
    /// </summary>
    public int PackWidth => Math.Max(Lanes, TileRows);

    /// <summary>length rounded up to whole vectors.</summary>
    public int Pad(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>Asks for memory that will be read soon, where the processor can be asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* start, nint length)
    {
        const int CacheLine = 64;
        if (!Sse.IsSupported)
            return;
        for (nint i = 0; i < length; i += CacheLine)
            Sse.Prefetch0(start + i);
    }

    /// <summary>
    /// C (+)= A × B, the sums of k terms each, for a panel of at most <see cref="PanelWidth"/> padded columns.
    /// </summary>
    public abstract void Multiply(int rows, int paddedColumns, int k, in ProductArrays arrays, SumMode mode);

    /// <summary>
    /// target[i] = source[i] / 255, over any length. Groups of <see cref="PackWidth"/> values go groupStride floats apart; that many
    /// again leaves them in a row.
    /// </summary>
    public abstract void LoadPixels(int length, byte* source, float* target, nint groupStride);

    /// <summary>target[i] = source[i], in groups like those of <see cref="LoadPixels"/>.</summary>
    public abstract void LoadFloats(int length, float* source, float* target, nint groupStride);

    /// <summary>
    /// z = f(z + bias) in place, row by row, and where derivative is not null, derivative = f'(z + bias).
    /// Rows are stride floats apart.
    /// </summary>
    public abstract void Activate(Activation activation, in ActivationRows rows);

    /// <summary>target *= factor, element by element, over a padded length.</summary>
    public abstract void MultiplyElements(int paddedLength, float* target, float* factor);

    /// <summary>target = target × factor + summand, element by element, over a padded length.</summary>
    public abstract void MultiplyAddElements(int paddedLength, float* target, float* factor, float* summand);

    /// <summary>target += factor × source, element by element, over a padded length.</summary>
    public abstract void AddMultiple(int paddedLength, float factor, float* source, float* target);

    /// <summary>target += factor × (source - target), element by element, over a padded length.</summary>
    public abstract void Approach(int paddedLength, float factor, float* source, float* target);

    /// <summary>
    /// Multiplies values by a factor and brings them nearer to 0 by a distance, but not beyond it, over a padded length.
    /// </summary>
    public abstract void Shrink(int paddedLength, float factor, float distance, float* values);

    /// <summary>
    /// target (+)= some rows of source, which are stride floats apart, in their order and over a padded length. Negative numbers are no
    /// rows.
    /// </summary>
    public abstract void AddRows(int count, int* rows, int paddedLength, float* source, nint stride, float* target, SumMode mode);

    /// <summary>The mean and the variance, a mean of squares, of each column. Rows are stride floats apart.</summary>
    public abstract void ColumnStatistics(int rows, int paddedColumns, float* source, nint stride, float* means, float* variances);

    /// <summary>normalized = (value - mean) × inverse deviation, value = normalized × scale, column by column.</summary>
    public abstract void NormalizeColumns(int rows, int paddedColumns, in NormalizedColumns columns, float* means);

    /// <summary>
    /// The sums of deltas, and of deltas × normalized, over each column's rows, then
    /// delta = scale × inverse deviation × (delta - the one's mean - normalized × the other's mean). The values are the deltas.
    /// </summary>
    public abstract void NormalizeColumnsBackward(
        int rows, int paddedColumns, in NormalizedColumns columns, float* sums, float* weightedSums);

    /// <summary>
    /// One sample's softmax with cross-entropy: turns the logits (bias added here) into probabilities and returns the loss,
    /// log-sum-exp(logits) - (1 - smoothing) × logits[label] - smoothing × mean(logits).
    /// </summary>
    public abstract float SoftmaxCrossEntropy(int columns, float* logits, float* bias, int label, float smoothing);

    /// <summary>squares[j] (+)= the sum over rows of the square of source[i, j].</summary>
    public abstract void SumColumnSquares(int rows, int paddedColumns, float* source, nint stride, float* squares, SumMode mode);

    /// <summary>Shortens each column by as much as its norm, the root of its squares, is above a limit.</summary>
    public abstract void LimitColumns(int rows, int paddedColumns, float* target, nint stride, float* squares, float limit);

    /// <summary>sums[j] = the sum over rows of source[i, j].</summary>
    public abstract void SumRows(int rows, int paddedColumns, float* source, nint stride, float* sums);

    /// <summary>The sum of the squares of values.</summary>
    public abstract float SumSquares(int paddedLength, float* values);

    /// <summary>The sum of the products of values, element by element.</summary>
    public abstract float SumProducts(int paddedLength, float* values, float* others);

    /// <summary>
    /// One step of an optimizer. Returns whether every result is finite, and the sum of the squares of the gradient as it came.
    /// </summary>
    public abstract bool Update<TFormula>(int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, out float squares)
        where TFormula : struct, IUpdateFormula;

    /// <summary>
    /// One step of an optimizer for some rows of weights, each a padded length. Returns whether every result is finite, and for each row
    /// the sum of the squares of its gradient as it came.
    /// </summary>
    public abstract bool UpdateRows<TFormula>(
        ReadOnlySpan<int> rows, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, Span<float> squares)
        where TFormula : struct, IUpdateFormula;

    private static IEnumerable<Kernel> Supported()
    {
        yield return new SimdKernel<Simd128, Vector128<float>>();
        if (Avx2.IsSupported && Fma.IsSupported)
            yield return new SimdKernel<Simd256, Vector256<float>>();
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            yield return new SimdKernel<Simd512, Vector512<float>>();
    }
}
