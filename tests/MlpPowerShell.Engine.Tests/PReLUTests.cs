using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The slopes that PReLU learns.</summary>
public sealed partial class PReLUTests : IDisposable
{
    private static readonly Activation _prelu = Activation.Named("PReLU");
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);
    private static readonly string[] _normalization = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-prelu-").FullName;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 16)];

    public static TheoryData<OptimizerKind> Optimizers => [.. TestData.SteppingOptimizers];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The same data, first weights and steps as in references/make_prelu.py.</summary>
    public static TheoryData<OptimizerKind, double, bool, bool> PyTorchRuns =>
        [.. from kind in new[] { OptimizerKind.Sgd, OptimizerKind.Momentum, OptimizerKind.Adam, OptimizerKind.AdamW }
            from isNormalized in new[] { false, true }
            from decaysAll in new[] { false, true }
            select new TheoryDataRow<OptimizerKind, double, bool, bool>(
                kind, kind is OptimizerKind.Adam or OptimizerKind.AdamW ? 0.01 : 0.1, isNormalized, decaysAll)];

    [Theory]
    [MemberData(nameof(PyTorchRuns))]
    public void Losses_and_slopes_are_those_of_PyTorch(OptimizerKind optimizer, double rate, bool batchNormalization, bool decaysAll)
    {
        MlpDataset data = Waves.Data();
        var model = new MlpModel(6, new HiddenLayers([8, 5], [_prelu]) { BatchNormalization = batchNormalization }, 3);
        Waves.Fill(model);

        var losses = new List<double>();
        var options = new TrainingOptions
        {
            Epochs = 10,
            LearningRate = rate,
            BatchSize = 16,
            NoShuffle = true,
            Optimizer = new() { Kind = optimizer, WeightDecay = 0.05, DecayBias = decaysAll },
        };
        _ = MlpTrainer.Train(model, data, null, options, onStep: step =>
        {
            losses.Add(step.Loss);
            return true;
        }).Count();

        string[] run = [$"{optimizer}", batchNormalization ? "1" : "0", decaysAll ? "all" : "weights"];
        string[][] rows = [.. TestData.Rows("prelu").Where(row => row.Take(3).SequenceEqual(run))];
        double[] expected = [.. rows.SelectMany(row => row[4].Split(' ')).Select(TestData.Number)];
        double[] actual = [.. losses, .. model.Layers.SkipLast(1).SelectMany(layer => layer.Slopes!).Select(slope => (double)slope)];
        Assert.Equal(40 + 8 + 5, actual.Length);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-5);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_agree_with_central_differences(int seed)
    {
        // Small ones, so that no sum is as near to the kink as a step of the differences.
        var random = new Random(seed);
        int[] hidden = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 20))];
        Activation[] activations = [.. hidden.Select((_, i) => i == 0 || random.Next(2) == 0 ? _prelu : Activation.Named("Tanh"))];
        MlpModel model =
            MlpModel.Create(20, new HiddenLayers(hidden, activations) { BatchNormalization = seed % 2 == 0 }, 4, Initializer.Default, seed);
        foreach (MlpLayer layer in model.Layers)
        {
            layer.Biases.MapInplace(_ => random.NextSingle() - 0.5f);
            layer.Slopes?.MapInplace(_ => (2 * random.NextSingle()) - 0.5f);
        }

        // A slope that is 0, as of ReLU, has a gradient too.
        model.Layers[0].Slopes![0] = 0;
        MlpDataset data = TestData.Random(seed, random.Next(10, 30), 20, 4);
        MlpGradientCheck[] checks = [.. GradientProbe.Check(model.Named(data), data, 50, 1e-3, seed)];
        int learned = checks.Count(check => check.Name.StartsWith("da", StringComparison.Ordinal));
        Assert.Equal(activations.Count(activation => activation.Equals(_prelu)), learned);
        Assert.Contains(checks, check => check is { Name: "da1", Parameter: "layers.0.slope" });
        Assert.All(checks, check => Assert.True(check.Passed, $"{model} ({string.Join(", ", activations)}): {check}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_hot_columns_give_slopes_the_gradient_of_the_inputs_spread_out(bool batchNormalization)
    {
        var twins = new OneHotTwins(new Random(3), 200, 5, [7, 40], [30, 9], isShuffled: true, unknown: 10, batchNormalization, _prelu);
        IReadOnlyList<MlpGradient> sparse = GradientProbe.Compute(twins.Sparse, twins.Codes);
        IReadOnlyList<MlpGradient> dense = GradientProbe.Compute(twins.Dense, twins.Spread);
        Assert.Equal(batchNormalization ? 10 : 8, sparse.Count);
        Assert.All(sparse.Zip(dense), pair => AssertClose(pair.Second.Value, pair.First.Value, 1e-5));

        // Each sample once, so that the reference, which knows no weights of samples, has the same mean.
        var unweighted = new Samples
        {
            Count = twins.Codes.Count,
            DenseCount = 5,
            Floats = twins.Codes.Floats,
            CodeCount = 2,
            Codes = twins.Codes.Codes,
            Labels = twins.Codes.Labels,
        };
        var reference = new ReferenceNetwork(twins.Sparse, unweighted);
        Assert.All(
            GradientProbe.Compare(GradientProbe.Compute(twins.Sparse, unweighted), reference, 60, 1e-3, 1, default),
            check => Assert.True(check.Passed, $"{check}"));
    }

    [Fact]
    public void A_batch_of_several_tiles_has_the_mean_of_its_parts()
    {
        MlpModel model = MlpModel.Create(20, new HiddenLayers([30, 17], [_prelu]), 4, Initializer.He, 3).Named(_data);
        IReadOnlyList<MlpGradient> all = Gradients(0, 600);
        IReadOnlyList<MlpGradient>[] parts = [.. Enumerable.Range(0, 3).Select(i => Gradients(200 * i, 200))];
        for (int i = 0; i < all.Count; i++)
            AssertClose(all[i].Value, (parts[0][i].Value + parts[1][i].Value + parts[2][i].Value) / 3, 2e-6);

        IReadOnlyList<MlpGradient> Gradients(int first, int count) =>
            GradientProbe.Compute(model, _data.Take([.. Enumerable.Range(first, count)]));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public unsafe void Gradients_by_slopes_agree_with_central_differences_of_the_same_dropout(int layer, bool batchNormalization)
    {
        // The layer behind is smooth: steps that float32 can tell apart would cross kinks.
        MlpDataset data = TestData.Random(2, 40, 13, 3);
        Activation[] activations = [Activation.Named("Tanh"), Activation.Named("Sigmoid")];
        activations[layer] = _prelu;
        MlpModel model = MlpModel.Create(
            13, new HiddenLayers([18, 7], activations) { BatchNormalization = batchNormalization }, 3, Initializer.Default, 5)
            .Named(data);
        var layout = new ParameterLayout(model, Kernel.Best);
        AlignedBuffer weights = new(layout.Length), gradient = new(layout.Length), scratch = new(layout.Length);
        layout.Pack(model, weights);
        var network = new BackwardPass(layout, data.Count, 1, new GradientOptions { Dropout = new Dropout([0.2, 0.5, 0.3]) { Key = 9 } });
        var batch = new Batch(TestData.Encoded(model, data), null, 0, data.Count);
        network.Gradient(batch, weights, gradient);
        long first = layout.Layers[layer].SlopeOffset;
        for (long i = first; i < first + layout.Layers[layer].Outputs; i++)
        {
            const float Step = 0.02f;
            float slope = weights.Pointer[i];
            double numeric = (LossAt(i, slope + Step) - LossAt(i, slope - Step)) / (2 * Step) / data.Count;
            weights.Pointer[i] = slope;
            Assert.Equal(numeric, gradient.Pointer[i], 2e-4);
        }

        Assert.Contains(Enumerable.Range(0, layout.Layers[layer].Outputs), unit => Math.Abs(gradient.Pointer[first + unit]) > 2e-3);

        double LossAt(long i, float slope)
        {
            weights.Pointer[i] = slope;
            return network.Gradient(batch, weights, scratch).Loss;
        }
    }

    [Fact]
    public void A_weight_counts_as_that_many_samples()
    {
        MlpDataset data = TestData.Random(3, 40, 5, 3);
        int[] repeated = [.. Enumerable.Range(0, 40).SelectMany(i => Enumerable.Repeat(i, i % 3))];
        MlpModel model = MlpModel.Create(5, new HiddenLayers([8], [_prelu]), 3, Initializer.Default, 1).Named(data);
        MlpGradient weighted = SlopesOf(data.WithSampleWeights([.. Enumerable.Range(0, 40).Select(i => (float)(i % 3))]));
        MlpGradient copied = SlopesOf(data.Take(repeated));

        // The mean is over the samples, and not over their weights.
        AssertClose(weighted.Value, copied.Value * repeated.Length / 40, 1e-6);

        MlpGradient SlopesOf(MlpDataset samples) => GradientProbe.Compute(model, samples).Single(gradient => gradient.Name == "da1");
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, null, false)]
    [InlineData(OptimizerKind.Adam, 33, false)]
    [InlineData(OptimizerKind.NAdam, 600, false)]
    [InlineData(OptimizerKind.Lion, 50, true)]
    public void The_number_of_threads_changes_no_bit(OptimizerKind optimizer, int? batchSize, bool batchNormalization)
    {
        MlpModel[] models = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            MlpModel model = Model(batchNormalization);
            TrainingOptions options = Options(3) with { BatchSize = batchSize, Dropout = [0.3], ThreadCount = threads };
            _ = MlpTrainer.Train(model, _data, _data, options with { Optimizer = new() { Kind = optimizer, ClipNorm = 1 } }).Count();
            return model;
        })];
        Assert.All(models, model => Assert.Equal(models[0].Fingerprint(), model.Fingerprint()));
        Assert.DoesNotContain(0.25f, models[0].Layers[0].Slopes!);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Slopes_learn_but_neither_decay_nor_are_limited(OptimizerKind kind)
    {
        // A unit whose sums are above 0 has no gradient by its slope.
        MlpModel model = Model(batchNormalization: false);
        model.Layers[0].Biases[0] = 1000;
        float weight = model.Layers[0].Weights[0, 0];
        var optimizer = new OptimizerOptions { Kind = kind, WeightDecay = 0.1, L1 = 0.01 };
        _ = MlpTrainer.Train(model, _data, null, Options(2) with { LearningRate = 1e-3, Optimizer = optimizer, MaxNorm = 0.2 }).Count();
        Assert.Equal(0.25f, model.Layers[0].Slopes![0]);
        Assert.DoesNotContain(0.25f, model.Layers[0].Slopes!.Skip(1));
        Assert.NotEqual(weight, model.Layers[0].Weights[0, 0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_resumed_training_ends_with_the_same_bits(bool batchNormalization)
    {
        var adam = new OptimizerOptions { Kind = OptimizerKind.Adam };
        TrainingOptions options = Options(6) with { RestoreBest = true, Monitor = MlpMetric.TestLoss, Optimizer = adam };
        MlpModel whole = Model(batchNormalization);
        _ = MlpTrainer.Train(whole, _data, _data, options).Count();
        TrainingOptions saving = options with { CheckpointPath = PathOf("c.safetensors"), Resume = true };
        _ = MlpTrainer.Train(Model(batchNormalization), _data, _data, saving).Take(4).Count();
        MlpModel resumed = Model(batchNormalization);
        Assert.Equal(2, MlpTrainer.Train(resumed, _data, _data, saving).Count());
        Assert.Equal(whole.Fingerprint(), resumed.Fingerprint());
        MlpModel other = new(20, new HiddenLayers([30, 17], [Activation.ReLU]) { BatchNormalization = batchNormalization }, 4);
        MlpException failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(other, _data, _data, saving).Count());
        Assert.Equal("CheckpointMismatch", failure.ErrorId);
    }

    [Fact]
    public void A_step_that_is_taken_back_gives_back_the_slopes()
    {
        MlpModel model = Model(batchNormalization: false);
        string before = model.Fingerprint();
        var options = new TrainingOptions { Epochs = 3, LearningRate = 1e30, BatchSize = 700 };
        Assert.Equal("TrainingDiverged", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, _data, null, options).Count()).ErrorId);
        Assert.Equal(before, model.Fingerprint());
    }

    [Fact]
    public void Copies_and_pruned_models_have_the_slopes_and_they_count()
    {
        MlpModel model = Model(batchNormalization: true);
        model.Layers[1].Slopes!.MapIndexedInplace((unit, _) => unit / 8f);
        Assert.Equal((20 * 30) + (3 * 30), model.Layers[0].ParameterCount);
        Assert.Null(model.Layers[^1].Slopes);
        Assert.Equal(model.Fingerprint(), model.Copy().Fingerprint());
        MlpModel pruned = WeightPruning.Prune(model, 0.3);
        Assert.Equal(model.Layers[1].Slopes, pruned.Layers[1].Slopes);
        _ = MlpTrainer.Train(pruned, _data, null, Options(1) with { KeepZeros = true }).Count();
        Assert.NotEqual(0, pruned.Layers[1].Slopes![0]);
        Assert.Equal(0.3, WeightPruning.SparsityOf(pruned), 1e-3);
        using var stream = new MemoryStream(ModelFile.ToBytes(model));
        Assert.Equal(model.Fingerprint(), ModelFile.Read(stream).Fingerprint());
    }

    private static MlpModel Model(bool batchNormalization) =>
        MlpModel.Create(20, new HiddenLayers([30, 17], [_prelu]) { BatchNormalization = batchNormalization }, 4, Initializer.Default, 5);

    private static TrainingOptions Options(int epochs) => new() { Epochs = epochs, LearningRate = 0.01, BatchSize = 50, Seed = 1 };

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static void AssertClose(Matrix<float> expected, Matrix<float> actual, double tolerance) =>
        Assert.InRange((actual - expected).FrobeniusNorm() / expected.FrobeniusNorm(), 0, tolerance);

    private void Write(ModelTensor[] tensors) =>
        AtomicFile.Write(PathOf("w.safetensors"), stream => SafetensorsFile.Write(stream, new Dictionary<string, string>(), tensors));

    private MlpModel Read(Activation activation) =>
        ModelFile.Read(PathOf("w.safetensors"), new ModelReadOptions { Activations = [activation] });
}
