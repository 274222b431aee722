using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Tests;

public unsafe partial class KernelTests
{
    [Fact]
    public void Blocks_of_any_size_are_transposed_and_nothing_beyond_is_touched()
    {
        const float Untouched = -1;
        for (int rows = 1; rows <= 13; rows++)
        {
            for (int columns = 1; columns <= 13; columns++)
            {
                int sourceStride = columns + 3, targetStride = rows + 2;
                var source = new AlignedBuffer(rows * sourceStride);
                var target = new AlignedBuffer(columns * targetStride);
                for (int i = 0; i < source.Length; i++)
                    source.Pointer[i] = i;
                for (int i = 0; i < target.Length; i++)
                    target.Pointer[i] = Untouched;
                Transposition.Run(rows, columns, source.Pointer, sourceStride, target.Pointer, targetStride);
                for (int i = 0; i < target.Length; i++)
                {
                    int row = i % targetStride, column = i / targetStride;
                    Assert.Equal(row < rows ? source.Pointer[(row * sourceStride) + column] : Untouched, target.Pointer[i]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Columns_are_normalized_and_their_deltas_go_back_as_in_float64(string name)
    {
        Kernel kernel = _kernels[name];
        foreach (int rows in new[] { 1, 2, 7, 256 })
        {
            // Columns of quite different means and spreads; a third vector of each row is not to be touched.
            int columns = 2 * kernel.Lanes, stride = 3 * kernel.Lanes;
            Matrix<double> sums =
                Matrix<double>.Build.Random(rows, stride, rows).MapIndexed((_, j, value) => (value * (1 + j)) + (100 * j));
            Matrix<double> deltas = Matrix<double>.Build.Random(rows, stride, rows + 1);
            AlignedBuffer z = Buffer(sums, stride), delta = Buffer(deltas, stride), normalized = new(z.Length);
            AlignedBuffer means = new(stride), variances = new(stride), inverse = new(stride);
            AlignedBuffer scales = new(stride), byBias = new(stride), byScale = new(stride);
            kernel.ColumnStatistics(rows, columns, z.Pointer, stride, means.Pointer, variances.Pointer);
            for (int j = 0; j < columns; j++)
            {
                double mean = sums.Column(j).Average();
                double variance = sums.Column(j).Average(value => (value - mean) * (value - mean));
                Assert.Equal(mean, means.Pointer[j], 1e-5 * (1 + Math.Abs(mean)));
                Assert.Equal(variance, variances.Pointer[j], 1e-4 * (1 + variance));
                inverse.Pointer[j] = 1 / MathF.Sqrt(variances.Pointer[j] + 1e-5f);
                scales.Pointer[j] = 0.5f + (j * 0.1f);
            }

            var forward = new NormalizedColumns(z.Pointer, stride, normalized.Pointer, inverse.Pointer, scales.Pointer);
            var backward = new NormalizedColumns(delta.Pointer, stride, normalized.Pointer, inverse.Pointer, scales.Pointer);
            kernel.NormalizeColumns(rows, columns, forward, means.Pointer);
            kernel.NormalizeColumnsBackward(rows, columns, backward, byBias.Pointer, byScale.Pointer);
            for (int j = 0; j < columns; j++)
            {
                double[] standard = [.. sums.Column(j).Select(value => (value - means.Pointer[j]) * inverse.Pointer[j])];
                double sum = deltas.Column(j).Sum();
                double weighted = deltas.Column(j).Zip(standard, (d, n) => d * n).Sum();
                Assert.Equal(sum, byBias.Pointer[j], 1e-4);
                Assert.Equal(weighted, byScale.Pointer[j], 1e-3);
                for (int i = 0; i < rows; i++)
                {
                    Assert.Equal(
                        standard[i] * scales.Pointer[j],
                        z.Pointer[(i * stride) + j],
                        1e-4 * (1 + Math.Abs(standard[i] * scales.Pointer[j])));
                    double expected =
                        scales.Pointer[j] * inverse.Pointer[j] * (deltas[i, j] - (sum / rows) - (standard[i] * weighted / rows));
                    Assert.Equal(expected, delta.Pointer[(i * stride) + j], 1e-4 * (1 + Math.Abs(expected)));
                }
            }

            for (int i = 0; i < rows; i++)
            {
                for (int j = columns; j < stride; j++)
                    Assert.Equal(((float)sums[i, j], (float)deltas[i, j]), (z.Pointer[(i * stride) + j], delta.Pointer[(i * stride) + j]));
            }
        }
    }
}
