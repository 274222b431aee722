using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Random distortions of training images.</summary>
public unsafe class AugmentationTests
{
    private const int Size = 28;

    private static readonly AugmentationOptions _all =
        new() { RandomShift = 2, RandomRotation = 15, RandomScale = 0.15, RandomShear = 10, ElasticAlpha = 34, ElasticSigma = 4 };

    // A Gaussian blob, round about the centre of the image.
    private static readonly float[] _blob = Image((x, y) => Math.Exp(-((x * x) + (y * y)) / 18));

    private static readonly MlpDataset _digits = MnistReader.Read(TestData.MnistFolder, MnistSplit.Test, 0, 300);

    [Fact]
    public void A_shift_moves_the_centre_of_mass_by_as_much_as_it_says_and_keeps_the_mass()
    {
        var moves = new List<(double X, double Y)>();
        for (int sample = 0; sample < 300; sample++)
        {
            float[] image = Distort(new() { RandomShift = 3 }, _blob, sample);
            Assert.Equal(1, image.Sum() / _blob.Sum(), 1e-2);
            moves.Add(Centre(image));
        }

        Assert.All(moves, move => Assert.InRange(Math.Max(Math.Abs(move.X), Math.Abs(move.Y)), 0, 3.05));

        // Even from -3 to 3: a mean of 0 and a variance of 3, each within four of its own standard deviations.
        foreach (double[] axis in new double[][] { [.. moves.Select(move => move.X)], [.. moves.Select(move => move.Y)] })
        {
            Assert.Equal(0, axis.Average(), 0.4);
            Assert.Equal(3, axis.Average(value => value * value), 0.62);
        }

        Assert.NotEqual(moves[0].X, moves[0].Y);
    }

    [Fact]
    public void A_rotation_leaves_what_is_round_and_turns_what_is_long()
    {
        // Bilinear interpolation is off by at most a quarter of the second derivative, 2 / 40 here; the corners that turn out of sight are
        // darker.
        float[] round = Image((x, y) => Math.Exp(-((x * x) + (y * y)) / 40));
        float[] bar = Image((x, y) => Math.Exp(-((x * x / 60) + (y * y / 4))));
        for (int sample = 0; sample < 50; sample++)
        {
            AssertClose(round, Distort(new() { RandomRotation = 180 }, round, sample), 0.0125);
            Assert.InRange(Math.Abs(Slope(Distort(new() { RandomRotation = 20 }, bar, sample))), 0, Math.Tan(20.5 * Math.PI / 180));
        }

        Assert.NotEqual(Slope(Distort(new() { RandomRotation = 20 }, bar, 0)), Slope(Distort(new() { RandomRotation = 20 }, bar, 1)));
    }

    [Fact]
    public void A_scale_changes_width_and_height_each_on_its_own()
    {
        var ratios = new List<double>();
        for (int sample = 0; sample < 50; sample++)
        {
            float[] image = Distort(new() { RandomScale = 0.3 }, _blob, sample);
            (double wide, double high) = Spread(image);
            (double wideBefore, double highBefore) = Spread(_blob);
            Assert.InRange(wide / wideBefore, 0.69, 1.31);
            Assert.InRange(high / highBefore, 0.69, 1.31);
            ratios.Add(wide / high);
        }

        Assert.True(ratios.Max() > 1.2 && ratios.Min() < 0.8);
    }

    [Fact]
    public void A_shear_slants_the_upright_axis_alone()
    {
        float[] upright = Image((x, y) => Math.Exp(-((x * x / 4) + (y * y / 60))));
        for (int sample = 0; sample < 50; sample++)
        {
            float[] image = Distort(new() { RandomShear = 15 }, upright, sample);
            for (int row = 0; row < Size; row++)
                Assert.Equal(upright.Skip(row * Size).Take(Size).Sum(), image.Skip(row * Size).Take(Size).Sum(), 0.02);
        }
    }

    [Fact]
    public void Elastic_moves_are_the_noise_blurred_by_a_gaussian()
    {
        // Along a ramp, the value of a pixel tells where it comes from.
        float[] ramp = Image((x, _) => x + 50);
        const double Sigma = 3;
        float[] image = Distort(new() { ElasticAlpha = 20, ElasticSigma = Sigma }, ramp, sample: 5);
        uint key = (uint)SeededRandom.Mix(7UL ^ 5);
        double weights = Enumerable.Range(-30, 61).Sum(distance => Math.Exp(-distance * distance / (2 * Sigma * Sigma)));
        for (int i = 8; i < 20; i++)
        {
            for (int j = 8; j < 20; j++)
            {
                double move = 0;
                for (int row = 0; row < Size; row++)
                {
                    for (int column = 0; column < Size; column++)
                    {
                        int counter = (row * 32) + column;
                        double squares = ((row - i) * (row - i)) + ((column - j) * (column - j));
                        move += Noise(key, counter) * Math.Exp(-squares / (2 * Sigma * Sigma)) / (weights * weights);
                    }
                }

                Assert.Equal(ramp[(i * Size) + j] + (20 * move), image[(i * Size) + j], 1e-3);
            }
        }

        static double Noise(uint key, int counter) => VectorHash.Uniform(key, (uint)counter)[0];
    }

    [Fact]
    public void All_kernels_make_the_same_image()
    {
        foreach (Kernel kernel in Kernel.All)
            AssertClose(Distort(_all, _digits.GetSample(0), 3), Distort(_all, _digits.GetSample(0), 3, kernel), 1e-4);
    }

    [Fact]
    public void The_largest_distortions_stay_within_the_image()
    {
        var largest = new AugmentationOptions
        {
            RandomShift = 10_000,
            RandomRotation = 180,
            RandomScale = 0.999_999,
            RandomShear = 89.999,
            ElasticAlpha = 10_000
        };
        for (int sample = 0; sample < 100; sample++)
        {
            foreach (double sigma in new[] { 0.01, 4, 1000 })
                Assert.All(Distort(largest with { ElasticSigma = sigma }, _blob, sample), value => Assert.InRange(value, 0, 1.0001));
        }
    }

    [Fact]
    public void Images_of_any_shape_are_distorted_within_their_own_memory()
    {
        foreach ((int height, int width) in new[] { (1, 1), (3, 50), (50, 3), (17, 16) })
        {
            var source = new float[height * width];
            Array.Fill(source, 1f);
            var target = new float[source.Length + 2];
            target[0] = target[^1] = 42;
            fixed (float* from = source, to = target)
                new ImageDistortion(_all, new ImageShape(height, width), Kernel.Best, 1) { Key = 7 }.Distort(from, to + 1, 0, 0);
            Assert.Equal((42, 42), (target[0], target[^1]));
            Assert.All(target[1..^1], value => Assert.InRange(value, 0, 1.0001));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    public void The_gradient_is_that_of_the_distorted_images(double inputDropout)
    {
        var distorted = new float[_digits.Count * Size * Size];
        for (int i = 0; i < _digits.Count; i++)
            Distort(_all, _digits.GetSample(i), i).CopyTo(distorted, i * Size * Size);
        var asFloats = new MlpDataset("distorted", distorted, TestData.Classes(_digits), Size * Size, _digits.ClassNames);
        Assert.Equal(
            Gradient(asFloats, null), Gradient(_digits, new ImageDistortion(_all, _digits.ImageShape!.Value, Kernel.Best, 2) { Key = 7 }));

        float[] Gradient(MlpDataset data, ImageDistortion? distortion)
        {
            MlpModel model = MlpModel.Create(Size * Size, new HiddenLayers([20], [Activation.Named("Tanh")]), 10, Initializer.Default, 1);
            var layout = new ParameterLayout(model, Kernel.Best);
            var weights = new AlignedBuffer(layout.Length);
            var gradient = new AlignedBuffer(layout.Length);
            layout.Pack(model, weights);
            new BackwardPass(
                layout,
                data.Count,
                2,
                new GradientOptions { Distortion = distortion, Dropout = new Dropout([inputDropout, 0]) { Key = 3 } })
                .Gradient(new Batch(TestData.Encoded(model, data), null, 0, data.Count), weights, gradient);
            return new Span<float>(gradient.Pointer, (int)layout.Length).ToArray();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(64)]
    public void The_number_of_threads_changes_no_bit_and_each_epoch_distorts_anew(int? batchSize)
    {
        MlpEpoch[][] runs = [.. new[] { 1, 2, 3, 8 }.Select(threads => Train(threads))];
        Assert.All(runs, run => Assert.Equal(runs[0].Select(epoch => epoch.GradientNorm), run.Select(epoch => epoch.GradientNorm)));
        Assert.Equal(3, runs[0].Select(epoch => epoch.GradientNorm).Distinct().Count());

        // The weights hardly move, so that only the images differ from epoch to epoch.
        MlpEpoch[] Train(int threads) => [.. MlpTrainer.Train(
            MlpModel.Create(Size * Size, new HiddenLayers([30], [Activation.ReLU]), 10, Initializer.Default, 1),
            _digits,
            null,
            new TrainingOptions
            {
                Epochs = 3,
                LearningRate = 1e-30,
                BatchSize = batchSize,
                NoShuffle = true,
                Augmentation = _all,
                Seed = 1,
                ThreadCount = threads,
                EvaluateTraining = true,
            })];
    }

    public static TheoryData<string, AugmentationOptions> BadOptions => new()
    {
        { "InvalidRandomShift", new() { RandomShift = -1 } },
        { "InvalidRandomShift", new() { RandomShift = 1e300 } },
        { "InvalidElasticAlpha", new() { ElasticAlpha = double.PositiveInfinity } },
        { "InvalidElasticSigma", new() { ElasticSigma = 1e300 } },
        { "InvalidRandomRotation", new() { RandomRotation = 181 } },
        { "InvalidRandomScale", new() { RandomScale = 1 } },
        { "InvalidRandomShear", new() { RandomShear = 90 } },
        { "InvalidElasticAlpha", new() { ElasticAlpha = double.NaN } },
        { "InvalidElasticSigma", new() { ElasticSigma = 0 } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void What_can_not_work_is_refused_at_once(string errorId, AugmentationOptions options) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(
            MlpModel.Create(
                Size * Size,
                new HiddenLayers([], [Activation.ReLU]),
                10,
                Initializer.Default,
                1), _digits, null, new TrainingOptions { Epochs = 1, LearningRate = 1, Augmentation = options })).ErrorId);

    [Fact]
    public void What_has_no_images_is_refused()
    {
        MlpModel model = MlpModel.Create(20, new HiddenLayers([], [Activation.ReLU]), 4, Initializer.Default, 1);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 1, Augmentation = _all };
        Assert.Equal(
            "NoImages", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, TestData.Random(1, 20, 20, 4), null, options)).ErrorId);
    }

    private static float[] Distort(AugmentationOptions options, float[] source, int sample, Kernel? kernel = null)
    {
        var target = new float[source.Length];
        fixed (float* from = source, to = target)
            new ImageDistortion(options, new ImageShape(Size, Size), kernel ?? Kernel.Best, 1) { Key = 7 }.Distort(from, to, sample, 0);
        return target;
    }

    /// <summary>An image of a function of the place from its centre.</summary>
    private static float[] Image(Func<double, double, double> value) =>
        [.. Enumerable.Range(0, Size * Size).Select(i => (float)value((i % Size) - 13.5, (i / Size) - 13.5))];

    private static (double X, double Y) Centre(float[] image) =>
        (image.Select((value, i) => value * ((i % Size) - 13.5))
            .Sum() / image.Sum(), image.Select((value, i) => value * ((i / Size) - 13.5)).Sum() / image.Sum());

    private static (double X, double Y) Spread(float[] image) =>
        (Math.Sqrt(image.Select((value, i) => value * Math.Pow((i % Size) - 13.5, 2)).Sum() / image.Sum()),
         Math.Sqrt(image.Select((value, i) => value * Math.Pow((i / Size) - 13.5, 2)).Sum() / image.Sum()));

    /// <summary>
    /// How steep a long bar lies, by the tangent of its main axis (a half of the angle whose tangent is 2 xy / (xx - yy)).
    /// </summary>
    private static double Slope(float[] image)
    {
        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < image.Length; i++)
        {
            double x = (i % Size) - 13.5, y = (i / Size) - 13.5;
            xx += image[i] * x * x;
            yy += image[i] * y * y;
            xy += image[i] * x * y;
        }

        return Math.Tan(Math.Atan2(2 * xy, xx - yy) / 2);
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
