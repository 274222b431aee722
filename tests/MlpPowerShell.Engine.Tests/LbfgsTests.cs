using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Trainings by L-BFGS: against solutions that are known, and against themselves.</summary>
public class LbfgsTests
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);
    private static readonly TrainingOptions _options =
        new() { Epochs = 30, LearningRate = 1, Optimizer = new OptimizerOptions { Kind = OptimizerKind.LBFGS } };

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void A_linear_regression_ends_at_the_normal_equations(double decay)
    {
        var random = new Random(3);
        float[] features = [.. Enumerable.Range(0, 300 * 8).Select(_ => random.NextSingle())];
        float[] targets =
            [.. Enumerable.Range(0, 300).Select(i => (float)(Math.Sin(i) + (3 * features[8 * i]) - (2 * features[(8 * i) + 5])))];
        MlpDataset data =
            new MlpDataset("numbers", features, null, 8, []).WithTargets(Array.ConvertAll(targets, target => new[] { target }), null);
        MlpModel model = MlpModel.Create(8, new HiddenLayers([], []), 1, Initializer.Default, 1, LossKind.MeanSquaredError);
        TrainingOptions options = _options with { Epochs = 200, Optimizer = _options.Optimizer with { WeightDecay = decay } };
        int epochs = MlpTrainer.Train(model, data, null, options).Count();

        // The gradient of the mean of squares, 2 Xᵀ(Xw - y) / n + decay w, is zero; the bias is the last, and does not decay.
        Matrix<double> x = Matrix<double>.Build.Dense(300, 9, (i, j) => j < 8 ? features[(8 * i) + j] : 1);
        Vector<double> y = Vector<double>.Build.Dense(300, i => targets[i]);
        Matrix<double> ridge = Matrix<double>.Build.DenseDiagonal(9, 9, j => j < 8 ? decay * 300 / 2 : 0);
        Vector<double> expected = ((x.Transpose() * x) + ridge).Solve(x.Transpose() * y);
        for (int j = 0; j < 8; j++)
            Assert.Equal(expected[j], model.Layers[0].Weights[0, j], 2e-5);
        Assert.Equal(expected[8], model.Layers[0].Biases[0], 2e-5);

        // It knows when it is there.
        Assert.InRange(epochs, 2, 60);
    }

    [Theory]
    [InlineData("iris", 50, 0)]
    [InlineData("wine", 50, 0)]
    [InlineData("breast-cancer", 50, 0)]
    [InlineData("digits", 50, 0)]
    [InlineData("diabetes", 50, 0.11)]
    public void A_small_table_is_learned_by_heart_as_scikit_learn_does(string name, int hidden, double loss)
    {
        // scikit-learn 1.2.1, MLPClassifier or MLPRegressor(solver='lbfgs', alpha=0, max_iter=150, tol=0), features standardized: all
        // classes right and a loss below 1e-8; of diabetes, targets standardized, a mean square of 0.062 to 0.083 over eight seeds.
        MlpDataset data = TableReader.Read(TestData.TableFile($"{name}.csv"), new TableReadOptions())
            .ToDataset(new TableOptions { Label = ["-1"] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([hidden], [Activation.ReLU]), Initializer.XavierUniform, 1);
        MlpEpoch last = MlpTrainer.Train(model, data, null, _options with { Epochs = 150 }).Last();
        if (loss == 0)
        {
            Assert.Equal(1, last.TrainingAccuracy);
            Assert.InRange(last.TrainingLoss, 0, 1e-6);
        }
        else
        {
            Assert.InRange(last.TrainingLoss, 0, loss);
        }
    }

    [Fact]
    public void The_loss_never_rises()
    {
        foreach (double decay in new[] { 0, 0.01 })
        {
            MlpModel model = Model(1);
            TrainingOptions options = _options with { Optimizer = _options.Optimizer with { WeightDecay = decay } };
            double before = double.PositiveInfinity;
            foreach (MlpEpoch epoch in MlpTrainer.Train(model, _data, null, options))
            {
                double squares = model.Layers.Sum(layer => layer.Weights.ToColumnMajorArray().Sum(weight => (double)weight * weight));
                double value = epoch.TrainingLoss + (decay / 2 * squares);
                Assert.InRange(value, 0, before * (1 + 1e-6));
                before = value;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_changes_no_bit(bool normalized)
    {
        float[][] weights = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            MlpModel model = Model(1, normalized);
            _ = MlpTrainer.Train(model, _data, null, _options with { Epochs = 12, ThreadCount = threads }).Count();
            return TestData.Parameters(model);
        })];
        Assert.All(weights, parameters => Assert.Equal(weights[0], parameters));
        Assert.NotEqual(TestData.Parameters(Model(1, normalized)), weights[0]);
    }

    [Fact]
    public void A_model_that_normalizes_ends_with_the_statistics_that_its_last_epoch_had()
    {
        MlpModel model = Model(1, normalized: true);
        MlpEpoch last = MlpTrainer.Train(model, _data, _data, _options with { Epochs = 12 }).Last();
        Assert.Equal(last.TestLoss!.Value, new MlpPredictor(model).Measure(_data).Loss, 1e-6);
        Assert.DoesNotContain(model.Layers[0].Normalization!.RunningVariance, variance => variance == 1);
    }

    [Fact]
    public void It_ends_at_the_bottom_also_where_weights_decay_and_float32_is_noisy()
    {
        var random = new Random(2);
        float[] features = [.. Enumerable.Range(0, 200 * 3).Select(_ => random.NextSingle())];
        MlpDataset counts = new MlpDataset("counts", features, null, 3, [])
            .WithTargets(
                [.. Enumerable.Range(0, 200).Select(i => (float)Math.Floor(3 * features[3 * i] + (5 * random.NextDouble())))], ["y"]);
        foreach (double decay in new[] { 0.01, 0.1, 1 })
        {
            MlpModel model = MlpModel.Create(3, new HiddenLayers([], []), 1, Initializer.Default, 1, LossKind.Poisson);
            TrainingOptions options = _options with { Epochs = 500, Optimizer = _options.Optimizer with { WeightDecay = decay } };
            Assert.InRange(MlpTrainer.Train(model, counts, null, options).Count(), 3, 60);
        }
    }

    [Fact]
    public void No_schedule_changes_its_steps()
    {
        MlpModel plain = Model(1), scheduled = Model(1);
        _ = MlpTrainer.Train(plain, _data, null, _options with { Epochs = 8 }).Count();
        TrainingOptions options = _options with { Epochs = 8, Schedule = new() { Kind = ScheduleKind.Cosine, WarmupEpochs = 2 } };
        _ = MlpTrainer.Train(scheduled, _data, null, options).Count();
        Assert.Equal(TestData.Parameters(plain), TestData.Parameters(scheduled));
        Assert.Equal(["Schedule", "WarmupEpochs"], options.Unused(plain, 700).Select(option => option.Option));
    }

    [Fact]
    public void Each_training_takes_up_what_the_one_before_remembers()
    {
        MlpModel whole = Model(1), halves = Model(1);
        _ = MlpTrainer.Train(whole, _data, null, _options with { Epochs = 12 }).Count();
        _ = MlpTrainer.Train(halves, _data, null, _options with { Epochs = 5 }).Count();
        _ = MlpTrainer.Train(halves, _data, null, _options with { Epochs = 7 }).Count();
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(halves));
    }

    [Fact]
    public void Weights_of_samples_are_copies_of_them()
    {
        float[] weights = [.. Enumerable.Range(0, 700).Select(i => (float)(i % 3))];
        MlpDataset copies = _data.Take([.. Enumerable.Range(0, 700).SelectMany(i => Enumerable.Repeat(i, i % 3))]);
        MlpModel one = Model(1), other = Model(1);
        MlpEpoch weighted = MlpTrainer.Train(one, _data.WithSampleWeights(weights), null, _options with { Epochs = 5 }).Last();
        MlpEpoch copied = MlpTrainer.Train(other, copies, null, _options with { Epochs = 5 }).Last();
        Assert.Equal(new MlpPredictor(one).Measure(copies).Loss, copied.TrainingLoss, 1e-3);
        Assert.Equal(weighted.TrainingLoss, copied.TrainingLoss, 1e-3);
    }

    [Fact]
    public void Labels_may_be_smoothed_classes_weighted_and_zeros_kept()
    {
        MlpModel model = Model(1);
        for (int j = 0; j < 20; j += 2)
            model.Layers[0].Weights[3, j] = 0;
        TrainingOptions options = _options with { LabelSmoothing = 0.1, ClassWeight = ClassWeights.Balanced, KeepZeros = true };
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, _data, null, options)];
        Assert.True(epochs[^1].TrainingLoss < 0.7 * epochs[0].TrainingLoss);
        for (int j = 0; j < 20; j++)
            Assert.Equal(j % 2 == 0, model.Layers[0].Weights[3, j] == 0);
    }

    [Fact]
    public void A_start_that_no_step_improves_ends_at_once()
    {
        MlpDataset same = new MlpDataset("same", [1, 2, 3, 4], null, 2, []).WithTargets([[5], [5]], null);
        MlpModel model = MlpModel.Create(2, new HiddenLayers([], []), 1, Initializer.Default, 1, LossKind.MeanSquaredError);
        model.Layers[0].Weights.Clear();
        model.Layers[0].Biases[0] = 5;
        MlpEpoch only = Assert.Single(MlpTrainer.Train(model, same, null, _options));
        Assert.Equal(0, only.TrainingLoss);
    }

    public static TheoryData<string, TrainingOptions> Refused => new()
    {
        { "BatchSize", _options with { BatchSize = 32 } },
        { "Dropout", _options with { Dropout = [0.2] } },
        { "InputDropout", _options with { InputDropout = 0.1 } },
        { "RandomShift", _options with { Augmentation = new() { RandomShift = 1 } } },
        { "L1", _options with { Optimizer = _options.Optimizer with { L1 = 0.1 } } },
        { "ClipNorm", _options with { Optimizer = _options.Optimizer with { ClipNorm = 1 } } },
        { "ClipValue", _options with { Optimizer = _options.Optimizer with { ClipValue = 1 } } },
        { "MaxNorm", _options with { MaxNorm = 1 } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_leaves_no_line_to_search_is_refused(string option, TrainingOptions options)
    {
        var failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(1), _data, null, options).Count());
        Assert.Equal("NotForLineSearch", failure.ErrorId);
        Assert.Contains(option, failure.Text.ToString(TestData.Say));
    }

    private static MlpModel Model(int seed, bool normalized = false) =>
        MlpModel.Create(20, new HiddenLayers([30], [Activation.ReLU]) { BatchNormalization = normalized }, 4, Initializer.Default, seed)
            .Named(_data);
}
