using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <inheritdoc cref="Kernel"/>
internal sealed unsafe class SimdKernel<TSimd, TVector> : Kernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public override int Lanes => TSimd.Lanes;

    public override int TileRows => TSimd.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int rows, int paddedColumns, int k, in ProductArrays arrays, SumMode mode)
    {
        for (int p = 0; p < k; p += TSimd.SumLength, mode = SumMode.Add)
        {
            int terms = Math.Min(TSimd.SumLength, k - p);
            for (int i = 0; i < rows; i += TSimd.TileRows)
            {
                int tileRows = Math.Min(TSimd.TileRows, rows - i);
                ProductArrays tile = arrays.From(i, p);
                if (tileRows > 4)
                    MultiplyTile<Eight>(tileRows, paddedColumns, terms, tile, mode);
                else if (tileRows > 2)
                    MultiplyTile<Four>(tileRows, paddedColumns, terms, tile, mode);
                else if (tileRows > 1)
                    MultiplyTile<Two>(tileRows, paddedColumns, terms, tile, mode);
                else
                    MultiplyTile<One>(tileRows, paddedColumns, terms, tile, mode);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LoadPixels(int length, byte* source, float* target, nint groupStride)
    {
        // x times the rounded reciprocal of 255, then once corrected by the remainder, is x / 255 to the last bit, without a division.
        TVector reciprocal = TSimd.Create(1f / 255f);
        TVector minus255 = TSimd.Create(-255f);
        for (; length > 0; length -= PackWidth, source += PackWidth, target += groupStride)
        {
            int group = Math.Min(PackWidth, length);
            int i = 0;
            for (; i <= group - TSimd.Lanes; i += TSimd.Lanes)
            {
                TVector x = TSimd.LoadBytes(source + i);
                TVector quotient = TSimd.Multiply(x, reciprocal);
                TVector remainder = TSimd.MultiplyAdd(quotient, minus255, x);
                TSimd.Store(TSimd.MultiplyAdd(remainder, reciprocal, quotient), target + i);
            }

            for (; i < group; i++)
                target[i] = source[i] / 255f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LoadFloats(int length, float* source, float* target, nint groupStride)
    {
        for (; length > 0; length -= PackWidth, source += PackWidth, target += groupStride)
        {
            int group = Math.Min(PackWidth, length);
            int i = 0;
            for (; i <= group - TSimd.Lanes; i += TSimd.Lanes)
                TSimd.Store(TSimd.Load(source + i), target + i);
            for (; i < group; i++)
                target[i] = source[i];
        }
    }

    public override void Activate(Activation activation, in ActivationRows rows) => activation.Activate<TSimd, TVector>(rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyElements(int paddedLength, float* target, float* factor)
    {
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(target + i), TSimd.Load(factor + i)), target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyAddElements(int paddedLength, float* target, float* factor, float* summand)
    {
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(target + i), TSimd.Load(factor + i), TSimd.Load(summand + i)), target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddMultiple(int paddedLength, float factor, float* source, float* target)
    {
        TVector factors = TSimd.Create(factor);
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
            TSimd.Store(TSimd.MultiplyAdd(factors, TSimd.Load(source + i), TSimd.Load(target + i)), target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Approach(int paddedLength, float factor, float* source, float* target)
    {
        TVector factors = TSimd.Create(factor);
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
        {
            TVector value = TSimd.Load(target + i);
            TSimd.Store(TSimd.MultiplyAdd(factors, TSimd.Subtract(TSimd.Load(source + i), value), value), target + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Shrink(int paddedLength, float factor, float distance, float* values)
    {
        TVector factors = TSimd.Create(factor), distances = TSimd.Create(distance);
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
        {
            TVector value = TSimd.Multiply(factors, TSimd.Load(values + i));
            TSimd.Store(distance > 0 ? UpdateLoop<TSimd, TVector>.Nearer(value, distances) : value, values + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddRows(int count, int* rows, int paddedLength, float* source, nint stride, float* target, SumMode mode)
    {
        for (int j = 0; j < paddedLength; j += TSimd.Lanes)
        {
            TVector sum = mode == SumMode.Add ? TSimd.Load(target + j) : TSimd.Create(0f);
            for (int i = 0; i < count; i++)
            {
                if (rows[i] >= 0)
                    sum = TSimd.Add(sum, TSimd.Load(source + (rows[i] * stride) + j));
            }

            TSimd.Store(sum, target + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ColumnStatistics(int rows, int paddedColumns, float* source, nint stride, float* means, float* variances)
    {
        TVector perRow = TSimd.Create(1f / rows);
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            // In two passes: a mean of squares less the square of the mean would cancel.
            TVector sum = TSimd.Create(0f), squares = TSimd.Create(0f);
            for (int i = 0; i < rows; i++)
                sum = TSimd.Add(sum, TSimd.Load(source + (i * stride) + j));
            TVector mean = TSimd.Multiply(sum, perRow);
            for (int i = 0; i < rows; i++)
            {
                TVector distance = TSimd.Subtract(TSimd.Load(source + (i * stride) + j), mean);
                squares = TSimd.MultiplyAdd(distance, distance, squares);
            }

            TSimd.Store(mean, means + j);
            TSimd.Store(TSimd.Multiply(squares, perRow), variances + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void NormalizeColumns(int rows, int paddedColumns, in NormalizedColumns columns, float* means)
    {
        float* values = columns.Values, normalized = columns.Normalized;
        float* inverseDeviations = columns.InverseDeviations, scales = columns.Scales;
        nint stride = columns.Stride;
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            TVector mean = TSimd.Load(means + j), inverse = TSimd.Load(inverseDeviations + j), scale = TSimd.Load(scales + j);
            for (nint i = j; i < j + (rows * stride); i += stride)
            {
                TVector value = TSimd.Multiply(TSimd.Subtract(TSimd.Load(values + i), mean), inverse);
                TSimd.Store(value, normalized + i);
                TSimd.Store(TSimd.Multiply(value, scale), values + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void NormalizeColumnsBackward(
        int rows, int paddedColumns, in NormalizedColumns columns, float* sums, float* weightedSums)
    {
        float* deltas = columns.Values, normalized = columns.Normalized;
        float* inverseDeviations = columns.InverseDeviations, scales = columns.Scales;
        nint stride = columns.Stride;
        TVector minusPerRow = TSimd.Create(-1f / rows);
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            TVector sum = TSimd.Create(0f), weighted = TSimd.Create(0f);
            for (nint i = j; i < j + (rows * stride); i += stride)
            {
                TVector delta = TSimd.Load(deltas + i);
                sum = TSimd.Add(sum, delta);
                weighted = TSimd.MultiplyAdd(delta, TSimd.Load(normalized + i), weighted);
            }

            TSimd.Store(sum, sums + j);
            TSimd.Store(weighted, weightedSums + j);
            TVector minusMean = TSimd.Multiply(sum, minusPerRow), minusSlope = TSimd.Multiply(weighted, minusPerRow);
            TVector factor = TSimd.Multiply(TSimd.Load(scales + j), TSimd.Load(inverseDeviations + j));
            for (nint i = j; i < j + (rows * stride); i += stride)
            {
                TVector rest = TSimd.MultiplyAdd(TSimd.Load(normalized + i), minusSlope, TSimd.Add(TSimd.Load(deltas + i), minusMean));
                TSimd.Store(TSimd.Multiply(factor, rest), deltas + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float SoftmaxCrossEntropy(int columns, float* logits, float* bias, int label, float smoothing)
    {
        int padded = Pad(columns);
        for (int j = 0; j < padded; j += TSimd.Lanes)
            TSimd.Store(TSimd.Add(TSimd.Load(logits + j), TSimd.Load(bias + j)), logits + j);
        for (int j = columns; j < padded; j++)
            logits[j] = float.NegativeInfinity;

        float expected = logits[label];
        if (smoothing > 0f)
        {
            float sumOfLogits = 0;
            for (int j = 0; j < columns; j++)
                sumOfLogits += logits[j];
            expected = ((1f - smoothing) * expected) + (smoothing * sumOfLogits / columns);
        }

        TVector largest = TSimd.Load(logits);
        for (int j = TSimd.Lanes; j < padded; j += TSimd.Lanes)
            largest = TSimd.Max(largest, TSimd.Load(logits + j));
        float shift = TSimd.MaxElement(largest);

        // Shifted by the largest logit, no exponential exceeds 1 and at least one is 1. Those of smaller logits stay below it, also by less
        // than float32 can tell apart, so that the largest probability is that of the largest logit.
        TVector shifts = TSimd.Create(shift);
        TVector none = TSimd.Create(0f);
        TVector belowOne = TSimd.Create(MathF.BitDecrement(1f));
        TVector sums = TSimd.Create(0f);
        for (int j = 0; j < padded; j += TSimd.Lanes)
        {
            TVector below = TSimd.Subtract(TSimd.Load(logits + j), shifts);
            TVector e = VectorMath<TSimd, TVector>.Exp(below);
            e = TSimd.SelectGreater(none, below, TSimd.Min(e, belowOne), e);
            sums = TSimd.Add(sums, e);
            TSimd.Store(e, logits + j);
        }

        float sum = TSimd.Sum(sums);
        TVector reciprocal = TSimd.Create(1f / sum);
        for (int j = 0; j < padded; j += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(logits + j), reciprocal), logits + j);
        return MathF.Log(sum) + shift - expected;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumRows(int rows, int paddedColumns, float* source, nint stride, float* sums)
    {
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            TVector sum = TSimd.Create(0f);
            float* row = source + j;
            for (int i = 0; i < rows; i++, row += stride)
                sum = TSimd.Add(sum, TSimd.Load(row));
            TSimd.Store(sum, sums + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float SumSquares(int paddedLength, float* values)
    {
        TVector sum = TSimd.Create(0f);
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
        {
            TVector value = TSimd.Load(values + i);
            sum = TSimd.MultiplyAdd(value, value, sum);
        }

        return TSimd.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float SumProducts(int paddedLength, float* values, float* others)
    {
        TVector sum = TSimd.Create(0f);
        for (int i = 0; i < paddedLength; i += TSimd.Lanes)
            sum = TSimd.MultiplyAdd(TSimd.Load(values + i), TSimd.Load(others + i), sum);
        return TSimd.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumColumnSquares(int rows, int paddedColumns, float* source, nint stride, float* squares, SumMode mode)
    {
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            TVector sum = mode == SumMode.Add ? TSimd.Load(squares + j) : TSimd.Create(0f);
            float* row = source + j;
            for (int i = 0; i < rows; i++, row += stride)
            {
                TVector value = TSimd.Load(row);
                sum = TSimd.MultiplyAdd(value, value, sum);
            }

            TSimd.Store(sum, squares + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LimitColumns(int rows, int paddedColumns, float* target, nint stride, float* squares, float limit)
    {
        TVector one = TSimd.Create(1f);
        TVector limits = TSimd.Create(limit);
        for (int j = 0; j < paddedColumns; j += TSimd.Lanes)
        {
            // A column of zeros gives 1 too: infinity is above 1.
            TVector scale = TSimd.Min(one, TSimd.Divide(limits, TSimd.Sqrt(TSimd.Load(squares + j))));
            float* row = target + j;
            for (int i = 0; i < rows; i++, row += stride)
                TSimd.Store(TSimd.Multiply(TSimd.Load(row), scale), row);
        }
    }

    public override bool Update<TFormula>(int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, out float squares)
    {
        fixed (float* sum = &squares)
            return UpdateLoop<TSimd, TVector>.Run<TFormula>(1, null, paddedLength, arrays, numbers, sum);
    }

    public override bool UpdateRows<TFormula>(
        ReadOnlySpan<int> rows, int paddedLength, in UpdateArrays arrays, in UpdateNumbers numbers, Span<float> squares)
    {
        fixed (int* numbersOfRows = rows)
        fixed (float* sums = squares)
            return UpdateLoop<TSimd, TVector>.Run<TFormula>(rows.Length, numbersOfRows, paddedLength, arrays, numbers, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyTile<TRows>(int rows, int paddedColumns, int k, in ProductArrays arrays, SumMode mode)
        where TRows : struct, IConstant
    {
        if (paddedColumns == 3 * TSimd.Lanes)
            ProductTile<TSimd, TVector>.Multiply<TRows, Three>(rows, k, arrays, mode);
        else if (paddedColumns == 2 * TSimd.Lanes)
            ProductTile<TSimd, TVector>.Multiply<TRows, Two>(rows, k, arrays, mode);
        else
            ProductTile<TSimd, TVector>.Multiply<TRows, One>(rows, k, arrays, mode);
    }
}
