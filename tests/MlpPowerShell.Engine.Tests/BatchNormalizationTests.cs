using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Batch normalization; <see cref="LossTests"/> compares whole runs with PyTorch.</summary>
public class BatchNormalizationTests
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_agree_with_central_differences(int seed)
    {
        var random = new Random(seed);
        int[] hidden = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 70))];
        Activation[] smooth =
        [
            Activation.Named("Tanh"),
            Activation.Named("Sigmoid"),
            Activation.Named("SiLU"),
            Activation.Named("Softplus"),
        ];
        MlpModel model = MlpModel.Create(
            20,
            new HiddenLayers(hidden, [.. hidden.Select(_ => smooth[random.Next(smooth.Length)])]) { BatchNormalization = true },
            4,
            Initializer.Default,
            seed);
        foreach (MlpLayer layer in model.Layers.SkipLast(1))
        {
            layer.Biases.MapInplace(_ => random.NextSingle() - 0.5f);
            layer.Normalization!.Scale.MapInplace(_ => random.NextSingle() + 0.5f);
        }

        MlpDataset data = TestData.Random(seed, random.Next(10, 100), 20, 4);
        MlpGradientCheck[] checks = [.. GradientProbe.Check(model.Named(data), data, 60, 1e-3, seed)];
        Assert.Equal((3 * hidden.Length) + 2, checks.Length);
        Assert.All(checks, check => Assert.True(check.Passed, $"{model}: {check}"));
    }

    [Fact]
    public void Sums_are_normalized_over_the_batch_and_the_running_statistics_follow()
    {
        MlpModel model = Model();
        double[][] sums = [.. Enumerable.Range(0, 200)
            .Select(i => model.Layers[0].Weights * MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense(_data.GetSample(i)))
            .Select(z => z.Select(value => (double)value).ToArray())];
        var batch = new MlpDataset("batch", _data.Floats![..(200 * 20)], TestData.Classes(_data)[..200], 20, _data.ClassNames);

        // One step too small to change a weight.
        _ = MlpTrainer.Train(model, batch, null, new TrainingOptions { Epochs = 1, LearningRate = 1e-30, BatchSize = 200 }).Count();
        for (int unit = 0; unit < 30; unit++)
        {
            double mean = sums.Average(z => z[unit]);
            double variance = sums.Sum(z => (z[unit] - mean) * (z[unit] - mean)) / 199;
            Assert.Equal(0.1 * mean, model.Layers[0].Normalization!.RunningMean[unit], 1e-6);
            Assert.Equal(0.9 + (0.1 * variance), model.Layers[0].Normalization!.RunningVariance[unit], 1e-6);
        }
    }

    [Theory]
    [InlineData(null, 0.0)]
    [InlineData(33, 0.3)]
    [InlineData(600, 0.0)]
    public void The_number_of_threads_changes_no_bit(int? batchSize, double dropout)
    {
        float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            MlpModel model = Model();
            _ = MlpTrainer.Train(model, _data, _data, Options(3) with { BatchSize = batchSize, Dropout = [dropout], ThreadCount = threads })
                .Count();
            return State(model);
        })];
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void Measuring_takes_the_running_statistics_whatever_the_batch()
    {
        MlpModel model = Model();
        MlpEpoch epoch = MlpTrainer.Train(model, _data, _data, Options(5) with { EvaluateTraining = true }).Last();
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(_data);
        Assert.Equal(evaluation.Loss, epoch.TestLoss!.Value, 1e-9);
        Assert.Equal(evaluation.Loss, epoch.TrainingLoss, 1e-9);
        MlpPrediction[] together = [.. new MlpPredictor(model).Predict(_data)];
        var alone = new MlpDataset("one", _data.GetSample(5), null, 20, _data.ClassNames);
        Assert.Equal(together[5].Probabilities, new MlpPredictor(model).Predict(alone).Single().Probabilities);
    }

    [Fact]
    public void Files_and_checkpoints_keep_it()
    {
        string folder = Directory.CreateTempSubdirectory("mlp-norm-").FullName;
        string path = Path.Combine(folder, "m.safetensors");
        MlpModel whole = Model();
        _ = MlpTrainer.Train(whole, _data, _data, Options(6) with { RestoreBest = true, Monitor = MlpMetric.TestLoss }).Count();
        ModelFile.Write(whole, path);
        MlpModel read = ModelFile.Read(path);
        Assert.Equal(State(whole), State(read));
        Assert.True(read.HasBatchNormalization);

        string checkpoint = Path.Combine(folder, "c.safetensors");
        TrainingOptions saving =
            Options(6) with { RestoreBest = true, Monitor = MlpMetric.TestLoss, CheckpointPath = checkpoint, Resume = true };
        _ = MlpTrainer.Train(Model(), _data, _data, saving).Take(4).Count();
        MlpModel resumed =
            MlpModel.Create(20, new HiddenLayers([30, 17], [Activation.ReLU]) { BatchNormalization = true }, 4, Initializer.Default, 77);
        Assert.Equal(2, MlpTrainer.Train(resumed, _data, _data, saving).Count());
        Assert.Equal(State(whole), State(resumed));
        Assert.Equal(
            "CheckpointMismatch",
            Assert.Throws<MlpException>(() => MlpTrainer.Train(
                MlpModel.Create(20, new HiddenLayers([30, 17], [Activation.ReLU]), 4, Initializer.Default, 77), _data, _data, saving)
                .Count()).ErrorId);

        ModelContent content = SafetensorsFile.Read(path);
        AtomicFile.Write(
            path,
            stream => SafetensorsFile.Write(
                stream, content.Metadata, [.. content.Tensors.Values.Where(tensor => tensor.Name != "layers.1.running_var")]));
        Assert.Equal("InvalidModelFile", Assert.Throws<MlpException>(() => ModelFile.Read(path)).ErrorId);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_sample_more_than_whole_tiles_hardly_changes_a_training()
    {
        MlpDataset all = TestData.Random(3, 1025, 20, 4);
        double[] losses = [.. new[] { 1024, 1025 }.Select(count =>
        {
            MlpDataset data = all.Take([.. Enumerable.Range(0, count)]);
            MlpModel model = Model();
            TrainingOptions options = Options(40) with { BatchSize = null };
            _ = MlpTrainer.Train(model, data, null, options).Count();
            return new MlpPredictor(model).Measure(data).Loss;
        })];
        Assert.Equal(losses[0], losses[1], 0.02 * losses[0]);
    }

    [Fact]
    public void Tiles_are_even_and_their_statistics_count_by_their_samples()
    {
        // 258 samples in two tiles of 129, and 257 in tiles of 128 and 129.
        foreach (int count in new[] { 258, 257 })
        {
            MlpModel model = Model();
            MlpDataset data = _data.Take([.. Enumerable.Range(0, count)]);
            double[] sums = [.. Enumerable.Range(0, count).Select(i => Sum(model, data, i))];
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 1, LearningRate = 1e-30 }).Count();
            double mean = 0, variance = 1;
            foreach (double[] tile in new[] { sums[..(count / 2)], sums[(count / 2)..] })
            {
                double weight = 0.1 * 2 * tile.Length / count;
                double average = tile.Average();
                mean += weight * (average - mean);
                variance += weight * ((tile.Sum(z => (z - average) * (z - average)) / (tile.Length - 1)) - variance);
            }

            Assert.Equal(mean, model.Layers[0].Normalization!.RunningMean[0], 1e-6);
            Assert.Equal(variance, model.Layers[0].Normalization!.RunningVariance[0], 1e-6);
        }
    }

    [Fact]
    public void A_batch_of_one_sample_is_refused_and_a_sample_that_is_left_joins_the_batch_before()
    {
        Assert.Equal("TooFewSamples", Refusal(_data, 1));
        Assert.Equal("TooFewSamples", Refusal(_data.Take([0]), null));
        foreach ((int batchSize, int[] samples) in new (int, int[])[] { (699, [700]), (233, [233, 233, 234]), (175, [175, 175, 175, 175]) })
        {
            var steps = new List<MlpStep>();
            _ = MlpTrainer.Train(Model(), _data, null, Options(1) with { BatchSize = batchSize }, onStep: step =>
            {
                steps.Add(step);
                return true;
            }).Count();
            Assert.Equal(samples, steps.Select(step => step.Samples));
            Assert.All(steps, step => Assert.Equal(samples.Length, step.StepsPerEpoch));
        }
    }

    [Fact]
    public void A_check_of_more_samples_than_are_normalized_together_is_refused() =>
        Assert.Equal(
            "TooManySamples", Assert.Throws<MlpException>(() => GradientProbe.Check(Model().Named(_data), _data, 5, 1e-3, 1)).ErrorId);

    private static MlpModel Model() =>
        MlpModel.Create(20, new HiddenLayers([30, 17], [Activation.ReLU]) { BatchNormalization = true }, 4, Initializer.Default, 5);

    private static string Refusal(MlpDataset data, int? batchSize) => Assert.Throws<MlpException>(
        () => MlpTrainer.Train(Model(), data, null, Options(1) with { BatchSize = batchSize }).Count()).ErrorId;

    /// <summary>The first unit's sum for a sample.</summary>
    private static double Sum(MlpModel model, MlpDataset data, int sample) =>
        data.GetSample(sample).Select((value, i) => (double)value * model.Layers[0].Weights[0, i]).Sum();

    private static TrainingOptions Options(int epochs) =>
        new() { Epochs = epochs, LearningRate = 0.01, BatchSize = 50, Seed = 1, Optimizer = new() { Kind = OptimizerKind.Adam } };

    private static float[] State(MlpModel model) => [.. model.Parameters.SelectMany(parameter => parameter.Values)];
}
