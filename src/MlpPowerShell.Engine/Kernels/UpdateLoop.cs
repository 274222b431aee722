using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>One step of an optimizer for rows of weights, which may be a single one.</summary>
/// <remarks>Bound by memory: up to four arrays read and four written.</remarks>
internal static unsafe class UpdateLoop<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats of rows between the one being updated and the one asked for from memory: 4 KiB of each array.</summary>
    private const int FloatsAhead = 1024;

    /// <summary>The most rows between these two.</summary>
    private const int RowsAhead = 8;

    /// <summary>One step for rows of a padded length, or where no rows are named for a single one at the start of the arrays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Run<TFormula>(
        int count, int* rows, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, float* squares)
        where TFormula : struct, IUpdateFormula
    {
        float* weights = arrays.Weights, first = arrays.First, second = arrays.Second, next = arrays.Next;
        float* gradients = arrays.Gradients, old = arrays.Old;
        var vectors = new UpdateVectors<TSimd, TVector>(numbers);
        TVector zero = TSimd.Create(0f);
        TVector scale = TSimd.Create(numbers.GradientScale);
        TVector upper = TSimd.Create(numbers.ClipValue), lower = TSimd.Create(-numbers.ClipValue);
        TVector decay = TSimd.Create(numbers.WeightDecay);
        TVector l1 = TSimd.Create(numbers.L1);
        bool shrinks = numbers.L1 > 0;
        TVector minusShrink = TSimd.Create(-numbers.Shrink);
        TVector spoiled = zero;
        int ahead = Math.Clamp(FloatsAhead / Math.Max(1, paddedLength), 1, RowsAhead);
        for (int row = 1; row < Math.Min(ahead, count); row++)
            Prefetch<TFormula>((nint)rows[row] * paddedLength, paddedLength, weights, first, second);
        for (int row = 0; row < count; row++)
        {
            nint offset = rows == null ? 0 : (nint)rows[row] * paddedLength;
            if (row + ahead < count)
                Prefetch<TFormula>((nint)rows[row + ahead] * paddedLength, paddedLength, weights, first, second);
            TVector sum = zero;
            for (int i = 0; i < paddedLength; i += TSimd.Lanes)
            {
                TVector weight = TSimd.Load(weights + offset + i);
                TVector slope = TSimd.Load(gradients + i);
                if (old != null)
                    TSimd.Store(weight, old + i);
                sum = TSimd.MultiplyAdd(slope, slope, sum);
                slope = TSimd.Max(lower, TSimd.Min(upper, TSimd.Multiply(slope, scale)));
                slope = TSimd.MultiplyAdd(decay, weight, slope);

                TVector memory1 = TFormula.HasFirst ? TSimd.Load(first + offset + i) : zero;
                TVector memory2 = TFormula.HasSecond ? TSimd.Load(second + offset + i) : zero;
                TVector result = TFormula.Step(TSimd.MultiplyAdd(minusShrink, weight, weight), slope, ref memory1, ref memory2, in vectors);
                if (TFormula.HasFirst)
                    TSimd.Store(memory1, first + offset + i);
                if (TFormula.HasSecond)
                    TSimd.Store(memory2, second + offset + i);
                spoiled = Spoil(spoiled, result);

                TSimd.Store(shrinks ? Nearer(result, l1) : result, next + offset + i);
            }

            squares[row] = TSimd.Sum(sum);
            gradients += paddedLength;
            old = old == null ? null : old + paddedLength;
        }

        return TSimd.Sum(spoiled) == 0f;
    }

    /// <summary>The proximal step of L1, sign(w) max(0, |w| - t) (Parikh and Boyd, 2014, equation 6.9).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Nearer(TVector value, TVector distance)
    {
        TVector zero = TSimd.Create(0f);
        return TSimd.Add(TSimd.Max(zero, TSimd.Subtract(value, distance)), TSimd.Min(zero, TSimd.Add(value, distance)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<TFormula>(nint offset, nint length, float* weights, float* first, float* second)
        where TFormula : struct, IUpdateFormula
    {
        Kernel.Prefetch((byte*)(weights + offset), length * sizeof(float));
        if (TFormula.HasFirst)
            Kernel.Prefetch((byte*)(first + offset), length * sizeof(float));
        if (TFormula.HasSecond)
            Kernel.Prefetch((byte*)(second + offset), length * sizeof(float));
    }

    // 0 × x is 0 for every finite x and NaN otherwise, and a sum never loses a NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Spoil(TVector spoiled, TVector value) => TSimd.MultiplyAdd(value, TSimd.Create(0f), spoiled);
}
