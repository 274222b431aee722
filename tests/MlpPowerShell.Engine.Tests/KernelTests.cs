using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Every kernel that this machine can run against float64.</summary>
public unsafe partial class KernelTests
{
    private static readonly Dictionary<string, Kernel> _kernels = Kernel.All.ToDictionary(kernel => $"{32 * kernel.Lanes} bits");

    public static TheoryData<string> Kernels => [.. _kernels.Keys];

    public static TheoryData<string, string> KernelsAndActivations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kernel in _kernels.Keys)
            {
                foreach (string kind in ActivationTests.Names)
                    data.Add(kernel, kind);
            }

            return data;
        }
    }

    [Fact]
    public void The_best_kernel_is_the_widest_that_the_processor_runs()
    {
        int lanes = Avx512F.IsSupported ? 16 : Avx2.IsSupported && Fma.IsSupported ? 8 : 4;
        Assert.Equal(lanes, Kernel.Best.Lanes);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Products_of_any_size_and_orientation_agree_with_MathNet(string name)
    {
        Kernel kernel = _kernels[name];
        var sizes = from rows in Gen.Choose(1, 40)
                    from vectors in Gen.Choose(1, 3)
                    from k in Gen.Choose(1, 300)
                    from transposed in Gen.Elements(true, false)
                    from mode in Gen.Elements(SumMode.Set, SumMode.Add)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (rows, vectors, k, transposed, mode, seed);
        Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            (int rows, int vectors, int k, bool transposed, SumMode mode, int seed) = size;
            int columns = vectors * kernel.Lanes;
            Matrix<double> a = Matrix<double>.Build.Random(rows, k, seed);
            Matrix<double> b = Matrix<double>.Build.Random(k, columns, seed ^ 1);
            Matrix<double> c = Matrix<double>.Build.Random(rows, columns, seed ^ 2);

            a.MapInplace(value => (float)value);
            AlignedBuffer left = Buffer(transposed ? a.Transpose() : a, transposed ? rows : k);
            AlignedBuffer right = Buffer(b, columns);
            AlignedBuffer result = Buffer(c, columns);
            var arrays = new ProductArrays(
                left.Pointer, transposed ? 1 : k, transposed ? rows : 1, right.Pointer, columns, result.Pointer, columns);
            kernel.Multiply(rows, columns, k, arrays, mode);

            Matrix<double> expected = (a * b) + (mode == SumMode.Add ? c : c.Multiply(0));
            Matrix<double> bound = (a.PointwiseAbs() * b.PointwiseAbs()) + c.PointwiseAbs();
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    // Each of k + 3 roundings is off by at most half a unit of the sum of magnitudes.
                    double error = Math.Abs(expected[i, j] - result.Pointer[(i * columns) + j]);
                    Assert.True(error <= (k + 3) * 6e-8 * bound[i, j], $"{size}: [{i}, {j}] is off by {error}");
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(KernelsAndActivations))]
    public void Activations_and_derivatives_agree_with_float64(string name, string kind)
    {
        Kernel kernel = _kernels[name];
        Activation activation = Activation.Named(kind);
        float[] x =
        [
            .. Enumerable.Range(-2000, 4001).Select(i => i / 100f),
            -0f,
            1e-6f,
            -1e-6f,
            1e-20f,
            87f,
            88.7f,
            89f,
            -87f,
            -88.7f,
            -104f,
            200f,
            -200f,
            1e10f,
            -1e10f,
            float.MaxValue,
            float.MinValue,
        ];
        int padded = kernel.Pad(x.Length);
        var z = new AlignedBuffer(padded);
        var bias = new AlignedBuffer(padded);
        var derivative = new AlignedBuffer(padded);
        var bySlope = new AlignedBuffer(padded);
        AlignedBuffer slopes = Slopes(activation, padded);
        x.CopyTo(new Span<float>(z.Pointer, x.Length));
        var rows = new ActivationRows(1, padded, z.Pointer, bias.Pointer, derivative.Pointer, padded)
        {
            Slopes = slopes.Pointer,
            BySlope = bySlope.Pointer,
        };
        kernel.Activate(activation, rows);
        for (int i = 0; i < x.Length; i++)
        {
            AssertClose(activation.Value(x[i]), z.Pointer[i], x[i], "value");
            AssertClose(activation.Derivative(x[i]), derivative.Pointer[i], x[i], "derivative");
            Assert.Equal(activation.InitialSlope is null ? 0 : Math.Min(0, x[i]), bySlope.Pointer[i]);
        }

        void AssertClose(double expected, float actual, float at, string what) =>
            Assert.True(
                float.IsFinite((float)expected)
                    ? Math.Abs(expected - actual) <= 5e-7 * Math.Max(1, Math.Abs(expected))
                    : actual.Equals((float)expected),
                $"{kind} at {at}: the {what} is {actual} instead of {expected}");
    }

    [Theory]
    [MemberData(nameof(KernelsAndActivations))]
    public void What_is_no_number_stays_so_and_infinities_go_where_they_go_in_float64(string name, string kind)
    {
        Kernel kernel = _kernels[name];
        Activation activation = Activation.Named(kind);
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f];
        var z = new AlignedBuffer(kernel.Pad(x.Length));
        var bias = new AlignedBuffer(kernel.Pad(x.Length));
        x.CopyTo(new Span<float>(z.Pointer, x.Length));
        int padded = kernel.Pad(x.Length);
        AlignedBuffer slopes = Slopes(activation, padded);
        kernel.Activate(activation, new ActivationRows(1, padded, z.Pointer, bias.Pointer, null, padded) { Slopes = slopes.Pointer });
        Assert.True(float.IsNaN(z.Pointer[0]), $"{kind} of NaN is {z.Pointer[0]}");
        for (int i = 1; i < x.Length; i++)
        {
            double expected = activation.Value(x[i]);
            bool same = double.IsFinite(expected)
                ? Math.Abs(expected - z.Pointer[i]) <= 5e-7 * Math.Max(1, Math.Abs(expected))
                : expected.Equals((double)z.Pointer[i]);
            Assert.True(same, $"{kind} of {x[i]} is {z.Pointer[i]} instead of {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Small_values_keep_their_relative_accuracy(string name)
    {
        Kernel kernel = _kernels[name];
        foreach (string kind in new[]
        {
            "Tanh", "ELU", "ELU(0.5)", "SELU", "GELU", "GELUTanh", "SiLU", "Mish", "Softsign", "Hardswish", "LeakyReLU(0.2)", "PReLU"
        })
        {
            Activation activation = Activation.Named(kind);
            for (float x = -1e-3f; x < -1e-20f; x /= 3)
            {
                var z = new AlignedBuffer(kernel.Lanes);
                var bias = new AlignedBuffer(kernel.Lanes);
                z.Pointer[0] = x;
                AlignedBuffer slopes = Slopes(activation, kernel.Lanes);
                var rows = new ActivationRows(1, kernel.Lanes, z.Pointer, bias.Pointer, null, kernel.Lanes) { Slopes = slopes.Pointer };
                kernel.Activate(activation, rows);
                Assert.Equal(1, z.Pointer[0] / activation.Value(x), 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Derivatives_far_below_0_keep_their_relative_accuracy(string name)
    {
        // An optimizer that divides by the size of the gradient takes as long a step along a small one.
        Kernel kernel = _kernels[name];
        foreach (string kind in new[] { "ELU", "ELU(0.5)", "SELU", "SiLU", "Mish", "Softplus", "Sigmoid", "Softsign" })
        {
            Activation activation = Activation.Named(kind);
            for (float x = -3; x > -60; x -= 0.7f)
            {
                AlignedBuffer z = new(kernel.Lanes), bias = new(kernel.Lanes), derivative = new(kernel.Lanes);
                z.Pointer[0] = x;
                kernel.Activate(
                    activation, new ActivationRows(1, kernel.Lanes, z.Pointer, bias.Pointer, derivative.Pointer, kernel.Lanes));
                Assert.Equal(1, derivative.Pointer[0] / activation.Derivative(x), 2e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Softmax_and_its_loss_agree_with_float64_at_any_finite_logits(string name)
    {
        Kernel kernel = _kernels[name];
        float[][] cases =
        [
            [0, 0], [1, 2, 3], [1000, 0, -1000], [float.MaxValue, 0, float.MinValue], [-1e30f, -1e30f],
            [.. Enumerable.Range(0, 37).Select(i => i * 0.3f)],
        ];
        foreach (float[] logits in cases)
        {
            double[] expected = Softmax.Value(Array.ConvertAll(logits, z => (double)z));
            for (int label = 0; label < logits.Length; label++)
            {
                var row = new AlignedBuffer(kernel.Pad(logits.Length));
                var bias = new AlignedBuffer(kernel.Pad(logits.Length));
                logits.CopyTo(new Span<float>(row.Pointer, logits.Length));
                float loss = kernel.SoftmaxCrossEntropy(logits.Length, row.Pointer, bias.Pointer, label, smoothing: 0);
                double trueLoss = Softmax.CrossEntropy(Array.ConvertAll(logits, z => (double)z), label);
                if (trueLoss < float.MaxValue)
                    Assert.Equal(trueLoss, loss, 1e-6 * Math.Max(1, trueLoss));
                for (int j = 0; j < logits.Length; j++)
                    Assert.Equal(expected[j], row.Pointer[j], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Pixels_are_divided_by_255_to_the_last_bit_and_nothing_beyond_is_touched(string name)
    {
        Kernel kernel = _kernels[name];
        byte[] source = [.. Enumerable.Range(0, 256).Select(i => (byte)(255 - i))];
        for (int length = 0; length <= source.Length; length++)
        {
            var target = new AlignedBuffer(source.Length + 1);
            new Span<float>(target.Pointer, source.Length + 1).Fill(-1);
            fixed (byte* bytes = source)
                kernel.LoadPixels(length, bytes, target.Pointer, kernel.PackWidth);
            for (int i = 0; i <= source.Length; i++)
                Assert.Equal(i < length ? source[i] / 255f : -1, target.Pointer[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_gradient_that_is_no_number_is_noticed_in_every_lane_also_where_gradients_are_clipped(string name)
    {
        Kernel kernel = _kernels[name];
        int length = 3 * kernel.Lanes;
        foreach (OptimizerKind optimizer in TestData.SteppingOptimizers)
        {
            foreach (float clip in new[] { 0.5f, float.PositiveInfinity })
            {
                for (int lane = -1; lane < length; lane++)
                {
                    AlignedBuffer weights =
                        new(length), gradient = new(length), first = new(length), second = new(length), next = new(length);
                    for (int i = 0; i < length; i++)
                        gradient.Pointer[i] = i == lane ? float.NaN : i;
                    var numbers = new UpdateNumbers
                    {
                        Rate = 0.1f,
                        FirstRest = 1,
                        SecondRest = 1,
                        RootCorrection = 1,
                        Epsilon = 1e-8f,
                        GradientScale = 1,
                        ClipValue = clip,
                    };
                    var arrays = new UpdateArrays
                    {
                        Weights = weights.Pointer,
                        Gradients = gradient.Pointer,
                        First = first.Pointer,
                        Second = second.Pointer,
                        Next = next.Pointer,
                    };
                    bool isFinite = optimizer.Definition().Update(kernel, length, arrays, numbers, out _);
                    Assert.Equal(lane < 0, isFinite);
                }
            }
        }
    }

    /// <summary>The slopes that units start with, where the activation learns some.</summary>
    private static AlignedBuffer Slopes(Activation activation, int padded)
    {
        var slopes = new AlignedBuffer(padded);
        new Span<float>(slopes.Pointer, padded).Fill(activation.InitialSlope ?? 0);
        return slopes;
    }

    private static AlignedBuffer Buffer(Matrix<double> matrix, int stride)
    {
        // Read whole vectors past the end as a trainer's padded buffers allow it.
        var buffer = new AlignedBuffer((matrix.RowCount * stride) + 64);
        for (int i = 0; i < matrix.RowCount; i++)
        {
            for (int j = 0; j < matrix.ColumnCount; j++)
                buffer.Pointer[(i * stride) + j] = (float)matrix[i, j];
        }

        // What the kernel gets is what the reference must use.
        matrix.MapInplace(value => (float)value);
        return buffer;
    }
}
