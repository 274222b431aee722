using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Averages of the weights, against the same sums over the weights of trainings that are cut off after each epoch.</summary>
public sealed class AveragingTests : IDisposable
{
    private static readonly MlpDataset _data = TestData.Random(7, 300, 20, 4);
    private static readonly MlpDataset _other = TestData.Random(8, 200, 20, 4);
    private static readonly TrainingOptions _options = new() { Epochs = 6, LearningRate = 0.05, BatchSize = 64, Seed = 3 };

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-average-").FullName;

    public static TheoryData<OptimizerKind> Optimizers => [.. TestData.SteppingOptimizers];

    private string CheckpointPath => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void An_average_of_steps_is_the_formula_over_their_weights(OptimizerKind kind)
    {
        // A full batch takes one step an epoch, so that the weights of each are seen by cutting off there.
        TrainingOptions options = _options with { BatchSize = null, LearningRate = 0.01, Optimizer = new() { Kind = kind } };
        double[][] raw = [.. Enumerable.Range(0, 7).Select(epochs => State(Trained(options, epochs)))];
        double[] average = raw[0];
        for (int t = 1; t <= 6; t++)
        {
            double decay = Math.Min(0.4, (1.0 + t) / (10 + t));
            average = [.. average.Zip(raw[t], (old, weight) => (decay * old) + ((1 - decay) * weight))];
        }

        AssertClose(average, State(Trained(options with { AverageDecay = 0.4 }, 6)));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, 64)]
    [InlineData(5, 64)]
    public void An_average_of_epochs_is_the_mean_of_their_ends(int from, int? batchSize)
    {
        TrainingOptions options = _options with { BatchSize = batchSize };
        double[][] ends = [.. Enumerable.Range(from, 7 - from).Select(epochs => State(Trained(options, epochs)))];
        double[] mean = [.. Enumerable.Range(0, ends[0].Length).Select(i => ends.Average(end => end[i]))];
        AssertClose(mean, State(Trained(options with { AverageFrom = from }, 6)));
    }

    [Fact]
    public void An_average_of_steps_counts_the_later_ones_more()
    {
        MlpModel plain = Trained(_options, 6);
        MlpModel quick = Trained(_options with { AverageDecay = 1e-6 }, 6);
        MlpModel slow = Trained(_options with { AverageDecay = 0.9 }, 6);
        AssertClose(State(plain), State(quick), 1e-6);
        Assert.True(State(plain).Zip(State(slow)).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.01);
    }

    [Fact]
    public void Weights_that_do_not_change_are_their_own_average()
    {
        TrainingOptions still = _options with { LearningRate = 1e-300, BatchSize = 50 };
        float[] start = TestData.Parameters(Model());
        Assert.Equal(start, TestData.Parameters(Trained(still with { AverageDecay = 0.99 }, 6)));
        Assert.Equal(start, TestData.Parameters(Trained(still with { AverageFrom = 2 }, 6)));
        Assert.Equal(State(Trained(_options, 6)), State(Trained(_options with { AverageDecay = 0 }, 6)));
    }

    [Theory]
    [InlineData(0.9, null, false)]
    [InlineData(0.0, 2, false)]
    [InlineData(0.9, null, true)]
    [InlineData(0.0, 2, true)]
    public void What_is_measured_is_what_the_model_holds(double decay, int? from, bool isNormalized)
    {
        MlpModel model = Model(isNormalized);
        TrainingOptions options =
            _options with { AverageDecay = decay, AverageFrom = from, EvaluateTraining = true, ValidationData = _other };
        int epochs = 0;
        foreach (MlpEpoch epoch in MlpTrainer.Train(model, _data, _other, options))
        {
            // Between two epochs the model is the one that was measured, too.
            Assert.Equal(new MlpPredictor(model).Measure(_other).Loss, epoch.ValidationLoss!.Value, 1e-9);
            Assert.Equal(epoch.ValidationLoss, epoch.TestLoss);
            Assert.Equal(new MlpPredictor(model).Measure(_data).Loss, epoch.TrainingLoss, 1e-9);
            epochs++;
        }

        Assert.Equal(6, epochs);
        Assert.Equal(new MlpPredictor(model).Measure(_other).Loss, model.History[^1].ValidationLoss!.Value, 1e-9);
    }

    [Fact]
    public void A_full_batch_measures_the_average_too()
    {
        MlpModel model = Model();
        MlpEpoch last = MlpTrainer.Train(model, _data, null, _options with { BatchSize = null, AverageDecay = 0.9 }).Last();
        Assert.Equal(new MlpPredictor(model).Measure(_data).Loss, last.TrainingLoss, 1e-9);
    }

    [Fact]
    public void The_best_average_is_restored_and_patience_waits_for_averages()
    {
        TrainingOptions options = _options with
        {
            Epochs = 40,
            LearningRate = 0.5,
            AverageFrom = 3,
            ValidationData = _other,
            Patience = 3,
        };
        MlpModel model = Model();
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, _data, null, options)];
        MlpEpoch best = epochs.Last(epoch => epoch.IsBest);
        Assert.Equal(3, epochs.Length - best.Epoch);
        Assert.Equal(new MlpPredictor(model).Measure(_other).Loss, best.ValidationLoss!.Value, 1e-9);
    }

    [Theory]
    [InlineData(0.9, null)]
    [InlineData(0.0, 2)]
    public void The_number_of_threads_changes_no_bit(double decay, int? from)
    {
        foreach (bool isNormalized in new[] { false, true })
        {
            double[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads => State(Trained(
                _options with { AverageDecay = decay, AverageFrom = from, Dropout = [0.2], ThreadCount = threads }, 4, isNormalized)))];
            Assert.All(results, result => Assert.Equal(results[0], result));
        }
    }

    [Fact]
    public void An_average_that_came_too_late_comes_when_the_training_is_made_longer()
    {
        TrainingOptions options = _options with { AverageFrom = 5, CheckpointPath = CheckpointPath, Resume = true, Epochs = 4 };
        MlpEpoch last = MlpTrainer.Train(Model(false), _data, null, options).Last();
        Assert.DoesNotContain("AverageFrom", last.Details.Options.Keys);
        MlpModel longer = Model(false, seed: 9);
        last = MlpTrainer.Train(longer, _data, null, options with { Epochs = 8 }).Last();
        Assert.Equal("5", last.Details.Options["AverageFrom"]);
        Assert.Equal(State(Trained(options with { CheckpointPath = null, Resume = false, Epochs = 8 }, 8)), State(longer));
    }

    [Theory]
    [InlineData(0.9, null, 64, false)]
    [InlineData(0.9, null, null, true)]
    [InlineData(0.0, 2, 64, false)]
    [InlineData(0.0, 3, 64, true)]
    [InlineData(0.0, 2, null, true)]
    public void A_training_that_goes_on_equals_one_that_was_never_interrupted(double decay, int? from, int? batchSize, bool isNormalized)
    {
        TrainingOptions options = _options with
        {
            AverageDecay = decay,
            AverageFrom = from,
            BatchSize = batchSize,
            RestoreBest = true,
            ValidationData = _other,
            LearningRate = 0.2,
            Optimizer = new() { Kind = OptimizerKind.Momentum },
        };
        MlpModel whole = Model(isNormalized);
        double?[] losses = [.. MlpTrainer.Train(whole, _data, null, options).Select(epoch => epoch.ValidationLoss)];
        foreach (int after in new[] { 1, 2, 3, 5 })
        {
            File.Delete(CheckpointPath);
            TrainingOptions saving = options with { CheckpointPath = CheckpointPath, Resume = true };
            MlpModel begun = Model(isNormalized);
            _ = MlpTrainer.Train(begun, _data, null, saving).Take(after).Count();

            // Read as a model, a checkpoint is the one that was measured.
            MlpModel saved = Files.ModelFile.Read(CheckpointPath);
            Assert.Equal(losses[after - 1]!.Value, new MlpPredictor(saved).Measure(_other).Loss, 1e-12);
            MlpModel resumed = Model(isNormalized, seed: 9);
            Assert.Equal(losses[after..], MlpTrainer.Train(resumed, _data, null, saving).Select(epoch => epoch.ValidationLoss));
            Assert.Equal(State(whole), State(resumed));
        }
    }

    [Theory]
    [InlineData(1, 0.05)]
    [InlineData(0.001, 1e-300)]
    public void Averaged_epochs_are_normalized_by_the_statistics_of_their_own_sums(double scale, double learningRate)
    {
        // One layer, whose sums are known: those of batches of 50, all of one size, as PyTorch's update_bn takes them.
        MlpModel model = Model(isNormalized: true);
        model.Layers[0].Weights.MapInplace(weight => (float)scale * weight);
        TrainingOptions options = _options with { BatchSize = 50, AverageFrom = 3, NoShuffle = true, LearningRate = learningRate };
        _ = MlpTrainer.Train(model, _data, null, options).Count();
        MlpLayer layer = model.Layers[0];
        double[][] sums = [.. Enumerable.Range(0, 300)
            .Select(i => layer.Weights * MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense(_data.GetSample(i)))
            .Select(z => z.Select(value => (double)value).ToArray())];
        for (int unit = 0; unit < layer.OutputSize; unit++)
        {
            double[][] batches = [.. sums.Select(z => z[unit]).Chunk(50)];
            Assert.Equal(batches.Average(batch => batch.Average()), layer.Normalization!.RunningMean[unit], 1e-5 * scale);
            double variance = batches.Average(batch => MathNet.Numerics.Statistics.Statistics.Variance(batch));
            Assert.Equal(variance, layer.Normalization!.RunningVariance[unit], 1e-5 * variance);
        }
    }

    [Fact]
    public void Zeros_that_are_kept_are_zero_on_average()
    {
        foreach (TrainingOptions options in new[] { _options with { AverageDecay = 0.9 }, _options with { AverageFrom = 2 } })
        {
            MlpModel model = WeightPruning.Prune(Model(), 0.6);
            bool[] zeros = [.. model.Layers.SelectMany(layer => layer.WeightStorage).Select(weight => weight == 0)];
            _ = MlpTrainer.Train(model, _data, null, options with { KeepZeros = true }).Count();
            Assert.Equal(zeros, model.Layers.SelectMany(layer => layer.WeightStorage).Select(weight => weight == 0));
        }
    }

    [Fact]
    public void One_hot_inputs_are_averaged_with_the_others()
    {
        MlpDataset table = MixedTable.Dataset(MixedTable.Rows(1, 120));
        MlpModel Fresh() => MlpModel.CreateFor(table, new HiddenLayers([6], [Activation.ReLU]), Initializer.Default, 1);
        TrainingOptions options = _options with { BatchSize = 32, Epochs = 4 };
        double[][] ends = [.. Enumerable.Range(2, 3).Select(epochs =>
        {
            MlpModel model = Fresh();
            _ = MlpTrainer.Train(model, table, null, options).Take(epochs).Count();
            return State(model);
        })];
        MlpModel averaged = Fresh();
        _ = MlpTrainer.Train(averaged, table, null, options with { AverageFrom = 2 }).Count();
        AssertClose([.. Enumerable.Range(0, ends[0].Length).Select(i => ends.Average(end => end[i]))], State(averaged));
    }

    [Fact]
    public void A_training_stopped_before_its_first_average_leaves_the_weights_as_they_are()
    {
        MlpModel averaged = Model(), plain = Model();
        _ = MlpTrainer.Train(averaged, _data, null, _options with { AverageFrom = 3 }).Take(2).Count();
        _ = MlpTrainer.Train(plain, _data, null, _options).Take(2).Count();
        Assert.Equal(State(plain), State(averaged));
        foreach (MlpModel model in new[] { averaged, plain })
        {
            TrainingOptions rest = model == plain ? _options : _options with { AverageFrom = 1 };
            int steps = 0;
            _ = MlpTrainer.Train(model, _data, null, rest, onStep: _ => ++steps < 3).Count();
        }

        Assert.Equal(State(plain), State(averaged));
    }

    [Fact]
    public void A_training_that_diverges_leaves_weights_with_a_finite_loss()
    {
        MlpModel model = Model();
        TrainingOptions wild = _options with { LearningRate = 1e25, AverageDecay = 0.5, Epochs = 50 };
        Assert.Equal("TrainingDiverged", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, _data, null, wild).Count()).ErrorId);
        Assert.True(double.IsFinite(new MlpPredictor(model).Measure(_data).Loss));
    }

    [Fact]
    public void An_average_is_refused_twice_and_where_lines_are_searched()
    {
        TrainingOptions twice = _options with { AverageDecay = 0.9, AverageFrom = 2 };
        Assert.Equal("AveragedTwice", Assert.Throws<MlpException>(twice.Validate).ErrorId);
        TrainingOptions searching = _options with { BatchSize = null, Optimizer = new() { Kind = OptimizerKind.LBFGS } };
        foreach (TrainingOptions options in new[] { searching with { AverageDecay = 0.9 }, searching with { AverageFrom = 2 } })
            Assert.Equal("NotForLineSearch", Assert.Throws<MlpException>(options.Validate).ErrorId);
    }

    [Fact]
    public void A_checkpoint_of_raw_weights_is_that_of_another_training()
    {
        TrainingOptions saving = _options with { CheckpointPath = CheckpointPath, Resume = true };
        _ = MlpTrainer.Train(Model(), _data, null, saving).Take(2).Count();
        MlpException error = Assert.Throws<MlpException>(
            () => MlpTrainer.Train(Model(), _data, null, saving with { AverageDecay = 0.9 }).Count());
        Assert.Equal("CheckpointMismatch", error.ErrorId);
        Assert.Contains("AverageDecay is 0.9 here and not given there", error.Message);
    }

    private static MlpModel Model(bool isNormalized = false, int seed = 1) => MlpModel.Create(
        20, new HiddenLayers([9, 5], [Activation.ReLU]) { BatchNormalization = isNormalized }, 4, Initializer.Default, seed);

    private static MlpModel Trained(TrainingOptions options, int epochs, bool isNormalized = false)
    {
        MlpModel model = Model(isNormalized);
        _ = MlpTrainer.Train(model, _data, null, options).Take(epochs).Count();
        return model;
    }

    private static double[] State(MlpModel model) =>
        [.. model.Parameters.SelectMany(parameter => parameter.Values).Select(value => (double)value)];

    private static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
