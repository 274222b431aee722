using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>One-hot inputs by their codes do what they do spread out, and only where there is something to do.</summary>
public sealed partial class OneHotTests : IDisposable
{
    private static readonly int[] _sizes = [1, 3, 4, 5, 7, 8, 9, 31, 32, 33, 47, 48, 49, 255, 256, 257];
    private static readonly TrainingOptions _options = new() { Epochs = 4, LearningRate = 0.05, BatchSize = 33, Seed = 3 };

    private static readonly OptimizerOptions _decaying = new() { WeightDecay = 0.3, L1 = 0.003 };

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-one-hot-").FullName;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    public static TheoryData<string, TrainingOptions> FullBatches
    {
        get
        {
            TrainingOptions options = _options with { BatchSize = null };
            var data = new TheoryData<string, TrainingOptions>();
            foreach (OptimizerKind kind in TestData.SteppingOptimizers)
            {
                data.Add($"{kind}", options with { Optimizer = new() { Kind = kind } });
                var limited = new OptimizerOptions { Kind = kind, WeightDecay = 0.01, L1 = 0.001, ClipValue = 0.01, ClipNorm = 0.1 };
                data.Add($"{kind}, decaying and clipped", options with { Optimizer = limited });
            }

            data.Add("one batch", options with { BatchSize = 700, Optimizer = new() { Kind = OptimizerKind.Adam } });
            data.Add("input dropout", options with { InputDropout = 0.3, Dropout = [0.2] });
            data.Add("norms", options with { MaxNorm = 0.5 });
            data.Add("smoothing", options with { LabelSmoothing = 0.1 });
            data.Add("class weights", options with { ClassWeight = ClassWeights.Balanced });
            data.Add("measured", options with { EvaluateTraining = true, RestoreBest = true });
            return data;
        }
    }

    public static TheoryData<string, TrainingOptions> FullBatchesAndSearches => [.. FullBatches, ("LBFGS", _options with
    {
        LearningRate = 1,
        BatchSize = null,
        Optimizer = new() { Kind = OptimizerKind.LBFGS, WeightDecay = 0.01 },
    })];

    public static TheoryData<string, TrainingOptions> Batches => new()
    {
        { "33", _options },
        { "1", _options with { BatchSize = 1 } },
        { "300, of two tiles", _options with { BatchSize = 300 } },
        { "in order", _options with { NoShuffle = true } },
        { "clipped", _options with { Optimizer = new() { ClipNorm = 0.05, ClipValue = 0.01 } } },
        { "clipped, of two tiles", _options with { BatchSize = 300, Optimizer = new() { ClipNorm = 0.05 } } },
        { "dropout", _options with { InputDropout = 0.3, Dropout = [0.5] } },
        { "norms", _options with { MaxNorm = 0.5 } },
        { "decaying", _options with { Optimizer = _decaying } },
        { "decaying, of two tiles", _options with { BatchSize = 300, Optimizer = _decaying } },
        { "decaying and clipped", _options with { Optimizer = _decaying with { ClipNorm = 0.05 } } },
        { "decaying, with dropout", _options with { InputDropout = 0.3, Optimizer = _decaying } },
        { "decaying, with norms", _options with { MaxNorm = 0.5, Optimizer = _decaying } },
        { "decaying, averaged", _options with { AverageDecay = 0.9, Optimizer = _decaying } },
        { "decaying at falling rates", _options with { Schedule = new() { Kind = ScheduleKind.OneCycle }, Optimizer = _decaying } },
        { "decaying, measured", _options with { EvaluateTraining = true, RestoreBest = true, Optimizer = _decaying } },
        { "to a quarter", _options with { Optimizer = new() { WeightDecay = 15 } } },
        { "to zero", _options with { Optimizer = new() { WeightDecay = 20 } } },
        { "beyond zero", _options with { Optimizer = new() { WeightDecay = 25, L1 = 0.01 } } },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Scores_predictions_and_gradients_are_those_of_the_inputs_spread_out(int seed)
    {
        var random = new Random(seed);
        int Size() => _sizes[random.Next(_sizes.Length)];
        int count = seed % 7 == 0 ? 600 : Size();
        int[] hidden = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => Size())];
        int[] categories = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Size())];
        bool isNormalized = count > 9 && seed % 3 == 0;
        int dense = seed % 4 == 0 ? 0 : Size();
        var twins = new OneHotTwins(random, count, dense, categories, hidden, seed % 2 == 0, seed % 5 == 0 ? 30 : 0, isNormalized);

        (BatchScore score, float[] outputs) = Predict(twins.Sparse, twins.Codes);
        (BatchScore expected, float[] expectedOutputs) = Predict(twins.Dense, twins.Spread);
        Assert.Equal(expected.Loss, score.Loss, 1e-5 * count);
        Assert.Equal(expected.Correct, score.Correct);
        Assert.All(expectedOutputs.Zip(outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        IReadOnlyList<MlpGradient> gradients = GradientProbe.Compute(twins.Sparse, twins.Codes);
        foreach ((MlpGradient spread, MlpGradient gradient) in GradientProbe.Compute(twins.Dense, twins.Spread).Zip(gradients))
            Assert.True((spread.Value - gradient.Value).FrobeniusNorm() <= 1e-7 + (2e-5 * spread.Norm), $"{twins.Sparse} {gradient.Name}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_agree_with_central_differences(bool isNormalized)
    {
        var twins = new OneHotTwins(new Random(1), 40, 3, [5, 8], [9, 7], isShuffled: true, unknown: 10, isNormalized);
        var reference = new ReferenceNetwork(twins.Sparse, twins.Codes);
        Assert.Equal(new ReferenceNetwork(twins.Dense, twins.Spread).Loss, reference.Loss, 1e-12);
        IReadOnlyList<MlpGradient> gradients = GradientProbe.Compute(twins.Sparse, twins.Codes);
        IEnumerable<MlpGradientCheck> checks = GradientProbe.Compare(gradients, reference, 100, 1e-3, 1, default);
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
    }

    [Theory]
    [MemberData(nameof(FullBatchesAndSearches))]
    public void Full_batches_train_as_with_the_inputs_spread_out(string what, TrainingOptions options)
    {
        Assert.NotEmpty(what);
        AssertTrainsAlike(new OneHotTwins(new Random(2), 700, 3, [40, 60], [33, 9]), options);

        // Dropped inputs are known by their place in the working buffers.
        if (options.InputDropout == 0)
            AssertTrainsAlike(new OneHotTwins(new Random(3), 700, 0, [257], [48], isShuffled: true, batchNormalization: true), options);
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Batches_train_by_plain_descent_as_with_the_inputs_spread_out(string what, TrainingOptions options)
    {
        Assert.NotEmpty(what);
        AssertTrainsAlike(new OneHotTwins(new Random(4), 700, 2, [300, 3], [33, 9], unknown: 10), options);
        if (options.InputDropout == 0 && options.BatchSize > 1)
            AssertTrainsAlike(new OneHotTwins(new Random(5), 700, 0, [48, 300], [49], isShuffled: true, batchNormalization: true), options);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(33)]
    [InlineData(300)]
    public void The_number_of_threads_changes_no_bit(int? batchSize)
    {
        float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            var twins = new OneHotTwins(new Random(6), 700, 3, [400, 7, 60], [70, 17], isShuffled: true, unknown: 5);
            _ = OneHotTwins.Train(twins.Sparse, twins.Codes, _options with
            {
                BatchSize = batchSize,
                ThreadCount = threads,
                InputDropout = 0.2,
                Optimizer = new() { Kind = OptimizerKind.AdamW, ClipNorm = 0.05 },
            }).Count();
            return TestData.Parameters(twins.Sparse);
        })];
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [MemberData(nameof(FullBatches))]
    public void Weights_of_inputs_that_never_occur_are_not_even_looked_at(string what, TrainingOptions options)
    {
        Assert.NotEmpty(what);
        foreach (int? batchSize in new int?[] { null, 33 })
        {
            (OneHotTwins twins, int[] unused) = WithUnused(float.NaN, 700);
            if (options.MaxNorm is not null)
                continue;
            MlpEpoch[] epochs = [.. OneHotTwins.Train(twins.Sparse, twins.Codes, options with { BatchSize = batchSize })];
            Assert.True(double.IsFinite(epochs[^1].TrainingLoss + epochs[^1].GradientNorm));
            Matrix<float> weights = twins.Sparse.Layers[0].Weights;
            Assert.All(unused.SelectMany(input => weights.Column(input)), weight => Assert.True(float.IsNaN(weight)));
            Assert.Equal(unused.Length * 33, TestData.Parameters(twins.Sparse).Count(float.IsNaN));
        }
    }

    [Fact]
    public void A_limit_on_norms_counts_all_weights()
    {
        (OneHotTwins twins, int[] unused) = WithUnused(0.2f, 700);
        _ = OneHotTwins.Train(twins.Sparse, twins.Codes, _options with { MaxNorm = 0.5 }).Count();
        Matrix<float> weights = twins.Sparse.Layers[0].Weights;
        Assert.All(weights.EnumerateRows(), row => Assert.InRange(row.L2Norm(), 0.499, 0.50001));
        Assert.All(unused, input => Assert.All(weights.Column(input), weight => Assert.InRange(weight, 0f, 0.1999f)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(33)]
    public void Weights_that_are_to_stay_zero_do(int? batchSize)
    {
        var twins = new OneHotTwins(new Random(9), 700, 3, [300], [33], isShuffled: true);
        MlpModel pruned = WeightPruning.Prune(twins.Sparse, 0.7);
        pruned.InputPlan = twins.Plan;
        float[] before = TestData.Parameters(pruned);
        var adam = new OptimizerOptions { Kind = OptimizerKind.Adam };
        TrainingOptions options = _options with { BatchSize = batchSize, KeepZeros = true, Optimizer = adam };
        _ = OneHotTwins.Train(pruned, twins.Codes, options).Count();
        Assert.All(before.Zip(pruned.Layers[0].WeightStorage), pair =>
        {
            Assert.Equal(pair.First == 0, pair.Second == 0);
            Assert.Equal(pair.First == 0, pair.First == pair.Second);
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(33)]
    public void A_training_that_goes_on_from_a_checkpoint_equals_one_that_was_never_interrupted(int? batchSize)
    {
        TrainingOptions options = _options with
        {
            BatchSize = batchSize,
            LearningRate = 0.2,
            Optimizer = new() { Kind = OptimizerKind.Adam },
            RestoreBest = true,
            Monitor = MlpMetric.TrainingLoss,
        };
        OneHotTwins Twins() => new(new Random(10), 700, 3, [300, 5], [33], isShuffled: true, batchNormalization: true);
        OneHotTwins whole = Twins();
        _ = OneHotTwins.Train(whole.Sparse, whole.Codes, options).Count();
        string path = Path.Combine(_folder, "run.safetensors");
        OneHotTwins begun = Twins();
        TrainingOptions saving = options with { CheckpointPath = path, Resume = true };
        _ = OneHotTwins.Train(begun.Sparse, begun.Codes, saving).First();
        OneHotTwins resumed = Twins();
        _ = OneHotTwins.Train(resumed.Sparse, resumed.Codes, saving).Count();
        Assert.Equal(TestData.Parameters(whole.Sparse), TestData.Parameters(resumed.Sparse));
    }

    [Fact]
    public void A_training_that_diverges_leaves_the_last_weights_that_gave_a_finite_loss()
    {
        var twins = new OneHotTwins(new Random(11), 700, 0, [300], [33]);
        TrainingOptions options = _options with { Epochs = 50, LearningRate = 1e38, BatchSize = 7 };
        MlpException failure = Assert.Throws<MlpException>(() => OneHotTwins.Train(twins.Sparse, twins.Codes, options).Count());
        Assert.Equal("TrainingDiverged", failure.ErrorId);
        Assert.True(double.IsFinite(Predict(twins.Sparse, twins.Codes).Score.Loss));
    }

    private static (BatchScore Score, float[] Outputs) Predict(MlpModel model, Samples samples)
    {
        var layout = new ParameterLayout(model, Kernel.Best);
        var weights = new AlignedBuffer(layout.Length);
        layout.Pack(model, weights);
        var network = new ForwardPass(layout, samples.Count, 2);
        int count = Math.Min(samples.Count, Tile.Capacity);
        var outputs = new float[count * model.OutputSize];
        network.Predict(samples, 0, count, weights, outputs);
        return (network.Score(samples, 0, samples.Count, weights), outputs);
    }

    /// <summary>Samples that have only the first categories of each column, and the model's other inputs, which get a weight.</summary>
    private static (OneHotTwins Twins, int[] Unused) WithUnused(float weight, int count)
    {
        var twins = new OneHotTwins(new Random(12), count, 3, [300, 400], [33], isShuffled: true);
        for (int i = 0; i < count * 2; i++)
            twins.Codes.Codes![i] = i % 2 == 0 ? twins.Codes.Codes[i] % 50 : 300 + (twins.Codes.Codes[i] % 90);
        int[] unused = [.. Enumerable.Range(50, 250).Concat(Enumerable.Range(390, 310)).Select(row => twins.Plan.ModelInput(3 + row))];
        foreach (int input in unused)
            twins.Sparse.Layers[0].Weights.SetColumn(input, Vector<float>.Build.Dense(33, weight));
        return (twins, unused);
    }

    private static void AssertTrainsAlike(OneHotTwins twins, TrainingOptions options)
    {
        MlpEpoch[] sparse = [.. OneHotTwins.Train(twins.Sparse, twins.Codes, options)];
        MlpEpoch[] dense = [.. OneHotTwins.Train(twins.Dense, twins.Spread, options)];
        foreach ((MlpEpoch expected, MlpEpoch epoch) in dense.Zip(sparse))
        {
            Assert.Equal(expected.TrainingLoss, epoch.TrainingLoss, 1e-4 * expected.TrainingLoss);
            Assert.Equal(expected.GradientNorm, epoch.GradientNorm, 1e-3 * expected.GradientNorm);
        }

        double largest = TestData.Parameters(twins.Dense).Zip(TestData.Parameters(twins.Sparse), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest <= 1e-3, $"Weights differ by {largest}.");
    }
}
