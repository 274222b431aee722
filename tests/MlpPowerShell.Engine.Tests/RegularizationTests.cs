using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Dropout, max-norm and label smoothing.</summary>
public unsafe class RegularizationTests
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);

    private static readonly MlpDataset _pixels = new(
        "pixels", [.. Enumerable.Range(0, 300 * 50)
            .Select(i => (byte)(i * 7919 % 251))], [.. Enumerable.Range(0, 300).Select(i => i * i % 4)], 50, ["a", "b", "c", "d"]);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Dropout_zeroes_its_part_and_scales_the_rest_so_that_the_mean_stays(double rate)
    {
        const int Count = 200_000;
        var values = new float[Count];
        Array.Fill(values, 2f);
        fixed (float* pointer = values)
            new Dropout([rate]) { Key = 42 }.Apply(0, 5, 0, Count, pointer, null);

        // Of independent draws, the part strays by a standard deviation of √(p (1 - p) / n).
        double deviation = Math.Sqrt(rate * (1 - rate) / Count);
        Assert.Equal(rate, values.Count(value => value == 0) / (double)Count, 4 * deviation);

        // Rates are rounded to a part of 2^24.
        Assert.All(values.Where(value => value != 0), value => Assert.Equal(1, value * (1 - rate) / 2, 1e-6));
        Assert.Equal(2, values.Average(), 10 * deviation / (1 - rate));
    }

    [Fact]
    public void What_is_dropped_depends_on_key_layer_sample_and_unit_alone()
    {
        string whole = Mask(1, 0, 3, 0, 64);
        Assert.Equal(whole, Mask(1, 0, 3, 0, 64));
        Assert.Equal(whole[16..48], Mask(1, 0, 3, 16, 32));
        string[] others = [Mask(2, 0, 3, 0, 64), Mask(1, 1, 3, 0, 64), Mask(1, 0, 4, 0, 64), Mask(1, 0, 3, 64, 64), whole];
        Assert.Equal(others.Length, others.Distinct().Count());

        static string Mask(ulong key, int layer, int sample, int first, int count)
        {
            var values = new float[count];
            Array.Fill(values, 1f);
            fixed (float* pointer = values)
                new Dropout([0.5, 0.5]) { Key = key }.Apply(layer, sample, first, count, pointer, null);
            return string.Concat(values.Select(value => value == 0 ? '0' : '1'));
        }
    }

    [Theory]
    [InlineData(0, 0, 0.2)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0.3, 0, 0)]
    [InlineData(0.3, 0.5, 0.1)]
    public void Gradients_agree_with_central_differences_of_the_same_masks(double inputDropout, double dropout, double smoothing)
    {
        MlpDataset data = TestData.Random(2, 40, 13, 3);
        MlpModel model = MlpModel.Create(
            13, new HiddenLayers([18, 7], [Activation.Named("Tanh"), Activation.Named("Sigmoid")]), 3, Initializer.Default, 5)
            .Named(data);
        var layout = new ParameterLayout(model, Kernel.Best);
        var weights = new AlignedBuffer(layout.Length);
        var gradient = new AlignedBuffer(layout.Length);
        var scratch = new AlignedBuffer(layout.Length);
        layout.Pack(model, weights);
        var network = new BackwardPass(
            layout,
            data.Count,
            1,
            new GradientOptions { Dropout = new Dropout([inputDropout, dropout, dropout]) { Key = 9 }, LabelSmoothing = (float)smoothing });
        network.Gradient(new Batch(TestData.Encoded(model, data), null, 0, data.Count), weights, gradient);
        for (int i = 0; i < layout.Length; i++)
        {
            // Padding has neither weight nor gradient.
            if (gradient.Pointer[i] == 0)
                continue;
            const float Step = 0.01f;
            float weight = weights.Pointer[i];
            double numeric = (LossAt(i, weight + Step) - LossAt(i, weight - Step)) / (2 * Step) / data.Count;
            weights.Pointer[i] = weight;
            Assert.Equal(numeric, gradient.Pointer[i], 2e-4);
        }

        double LossAt(int i, float weight)
        {
            weights.Pointer[i] = weight;
            return network.Gradient(new Batch(TestData.Encoded(model, data), null, 0, data.Count), weights, scratch).Loss;
        }
    }

    [Fact]
    public void Label_smoothing_is_the_cross_entropy_against_the_smoothed_labels()
    {
        MlpModel model = Model(20);
        double expected = new MlpPredictor(model).Predict(_data)
            .Average(prediction => -Enumerable.Range(0, 4).Sum(j => LabelAt(j, prediction) * Math.Log(prediction.Probabilities[j])));
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, BatchSize = _data.Count, LabelSmoothing = 0.3 };
        Assert.Equal(expected, MlpTrainer.Train(model, _data, null, options).Single().TrainingLoss, 1e-5);

        static double LabelAt(int output, MlpPrediction prediction) =>
            (_data.ClassNames[output].Equals(prediction.Label) ? 0.7 : 0) + (0.3 / 4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(64)]
    public void Measuring_drops_and_smooths_nothing(int? batchSize)
    {
        MlpModel model = Model(20);
        var options = new TrainingOptions
        {
            Epochs = 3,
            LearningRate = 0.1,
            BatchSize = batchSize,
            EvaluateTraining = true,
            Dropout = [0.5],
            InputDropout = 0.2,
            LabelSmoothing = 0.1,
        };
        foreach (MlpEpoch epoch in MlpTrainer.Train(model, _data, _data, options))
        {
            Assert.Equal(epoch.TestLoss!.Value, epoch.TrainingLoss, 1e-12);
            Assert.Equal(new MlpPredictor(model).Measure(_data).Loss, epoch.TrainingLoss, 1e-9);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(33)]
    public void The_number_of_threads_changes_no_bit(int? batchSize)
    {
        foreach (MlpDataset data in new[] { _data, _pixels })
        {
            float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads => Train(data, batchSize, 2, threads))];
            Assert.All(results, result => Assert.Equal(results[0], result));
        }
    }

    [Fact]
    public void Each_epoch_drops_others()
    {
        MlpModel once = Model(20);
        TrainingOptions options = Options(null, 1, 1) with { Optimizer = new() };
        double[] norms = [.. Enumerable.Range(0, 3)
            .Select(_ => MlpTrainer.Train(once, _data, null, options with { LearningRate = 1e-30 }).Single().GradientNorm)];
        Assert.Equal(3, norms.Distinct().Count());
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Max_norm_shortens_the_weights_of_units_that_exceed_it_and_no_others(double limit)
    {
        MlpModel free = Model(20);
        MlpModel limited = Model(20);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.5 };
        _ = MlpTrainer.Train(free, _data, null, options).Count();
        _ = MlpTrainer.Train(limited, _data, null, options with { MaxNorm = limit }).Count();
        for (int i = 0; i < free.Layers.Count; i++)
        {
            for (int unit = 0; unit < free.Layers[i].OutputSize; unit++)
            {
                double norm = free.Layers[i].Weights.Row(unit).L2Norm();
                double scale = i == free.Layers.Count - 1 ? 1 : Math.Min(1, limit / norm);
                foreach ((float expected, float actual) in free.Layers[i].Weights.Row(unit).Zip(limited.Layers[i].Weights.Row(unit)))
                    Assert.Equal(scale * expected, actual, 1e-6);
            }

            Assert.Equal(free.Layers[i].Biases, limited.Layers[i].Biases);
        }
    }

    public static TheoryData<string, TrainingOptions> BadOptions => new()
    {
        { "InvalidDropout", Options(null, 1, 1) with { Dropout = [1] } },
        { "InvalidInputDropout", Options(null, 1, 1) with { InputDropout = -0.1 } },
        { "InvalidInputDropout", Options(null, 1, 1) with { InputDropout = double.NaN } },
        { "DropoutCountMismatch", Options(null, 1, 1) with { Dropout = [0.1, 0.2, 0.3] } },
        { "InvalidMaxNorm", Options(null, 1, 1) with { MaxNorm = 0 } },
        { "InvalidLabelSmoothing", Options(null, 1, 1) with { LabelSmoothing = 1 } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void What_can_not_work_is_refused_at_once(string errorId, TrainingOptions options) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(20), _data, null, options)).ErrorId);

    private static MlpModel Model(int features) =>
        MlpModel.Create(features, new HiddenLayers([30, 17], [Activation.ReLU, Activation.Named("Tanh")]), 4, Initializer.Default, 5);

    private static TrainingOptions Options(int? batchSize, int epochs, int threads) => new()
    {
        Epochs = epochs,
        LearningRate = 0.01,
        BatchSize = batchSize,
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
        Dropout = [0.5, 0.3],
        InputDropout = 0.2,
        MaxNorm = 2,
        LabelSmoothing = 0.1,
        Seed = 1,
        ThreadCount = threads,
    };

    private static float[] Train(MlpDataset data, int? batchSize, int epochs, int threads)
    {
        MlpModel model = Model(data.FeatureCount);
        _ = MlpTrainer.Train(model, data, data, Options(batchSize, epochs, threads)).Count();
        return TestData.Parameters(model);
    }
}
