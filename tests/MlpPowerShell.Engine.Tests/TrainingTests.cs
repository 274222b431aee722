using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class TrainingTests
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);

    public static TheoryData<OptimizerKind> Optimizers => [.. TestData.SteppingOptimizers];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_learns_by_heart(OptimizerKind optimizer)
    {
        MlpModel model = Model();
        var options = new TrainingOptions
        {
            Epochs = 200,
            LearningRate = optimizer switch
            {
                OptimizerKind.Sgd => 0.4,
                OptimizerKind.Momentum or OptimizerKind.Nesterov => 0.05,
                OptimizerKind.Adagrad => 0.1,
                OptimizerKind.RMSprop => 0.003,
                OptimizerKind.Lion => 0.002,
                _ => 0.01,
            },
            BatchSize = 50,
            Optimizer = new OptimizerOptions { Kind = optimizer },
        };
        Assert.True(MlpTrainer.Train(model, _data, null, options).Last().TrainingAccuracy > 0.95);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(33)]
    [InlineData(128)]
    [InlineData(350, 600, 500)]
    public void The_number_of_threads_changes_no_bit(int? batchSize, params int[] hidden)
    {
        (float[] Parameters, double[] Losses)[] results = [.. new[] { 1, 2, 3, 8 }.Select(threads => Train(1, batchSize, threads, hidden))];
        Assert.All(results, result =>
        {
            Assert.Equal(results[0].Parameters, result.Parameters);
            Assert.Equal(results[0].Losses, result.Losses);
        });
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, 1)]
    [InlineData(OptimizerKind.Nesterov, 2)]
    [InlineData(OptimizerKind.Adam, 1)]
    [InlineData(OptimizerKind.Adam, 2)]
    [InlineData(OptimizerKind.Adam, 2, true)]
    [InlineData(OptimizerKind.Lion, 2)]
    [InlineData(OptimizerKind.NAdam, 2)]
    public void A_step_after_the_first_epoch_allocates_nothing(OptimizerKind optimizer, int threads, bool batchNormalization = false)
    {
        // Whatever an epoch allocates for itself, its steps add nothing: 100 of them cost as much as one.
        Assert.Equal(BytesOfAnEpoch(batchSize: 700), BytesOfAnEpoch(batchSize: 7));

        long BytesOfAnEpoch(int batchSize)
        {
            var options = new TrainingOptions
            {
                Epochs = 10,
                LearningRate = 0.01,
                BatchSize = batchSize,
                Optimizer = new OptimizerOptions { Kind = optimizer },
                ThreadCount = threads,
            };
            using IEnumerator<MlpEpoch> epochs = MlpTrainer.Train(Model(batchNormalization), _data, _data, options).GetEnumerator();
            epochs.MoveNext();

            // The runtime allocates now and then for itself; what the steps allocate, they allocate in every epoch.
            return Enumerable.Range(2, 9).Min(_ =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                epochs.MoveNext();
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
        }
    }

    [Fact]
    public void The_seed_determines_the_result()
    {
        Assert.Equal(Train(1, 33, 2).Parameters, Train(1, 33, 2).Parameters);
        Assert.NotEqual(Train(1, 33, 2).Parameters, Train(2, 33, 2).Parameters);
    }

    [Fact]
    public void Trainings_at_once_give_what_they_give_alone()
    {
        float[] alone = Train(1, 33, 2).Parameters;
        var together = new float[6][];
        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i => together[i] = Train(1, 33, 2).Parameters);
        Assert.All(together, result => Assert.Equal(alone, result));
    }

    [Fact]
    public void Epochs_go_on_when_a_model_is_trained_again()
    {
        MlpModel model = Model();
        var options = new TrainingOptions { Epochs = 2, LearningRate = 0.1 };
        Assert.Equal([1, 2], MlpTrainer.Train(model, _data, null, options).Select(epoch => epoch.Epoch));
        Assert.Equal([3, 4], MlpTrainer.Train(model, _data, null, options).Select(epoch => epoch.Epoch));
        Assert.Equal([1, 2, 3, 4], model.History.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void Training_in_two_parts_equals_training_in_one()
    {
        MlpModel whole = Model();
        MlpModel parts = Model();
        TrainingOptions Options(int epochs) =>
            new()
            {
                Epochs = epochs,
                LearningRate = 0.01,
                BatchSize = 64,
                Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
                Seed = 3,
            };
        _ = MlpTrainer.Train(whole, _data, null, Options(5)).Count();
        _ = MlpTrainer.Train(parts, _data, null, Options(2)).Count();
        _ = MlpTrainer.Train(parts, _data, null, Options(3)).Count();
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(parts));
    }

    [Fact]
    public void Full_batch_figures_are_those_after_the_update()
    {
        MlpModel model = Model();
        foreach (MlpEpoch epoch in MlpTrainer.Train(model, _data, _data, new TrainingOptions { Epochs = 4, LearningRate = 0.3 }))
        {
            // The same data as a test set is measured after the epoch by a pass of its own.
            Assert.Equal(epoch.TestLoss!.Value, epoch.TrainingLoss, 1e-12);
            Assert.Equal(epoch.TestAccuracy, epoch.TrainingAccuracy);
        }
    }

    [Fact]
    public void Mini_batch_figures_are_running_means_unless_the_training_set_is_measured()
    {
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, BatchSize = 50, Seed = 1 };
        MlpEpoch running = MlpTrainer.Train(Model(), _data, _data, options).Single();
        MlpEpoch measured = MlpTrainer.Train(Model(), _data, _data, options with { EvaluateTraining = true }).Single();
        Assert.Equal(running.TestLoss, measured.TestLoss);
        Assert.Equal(measured.TestLoss!.Value, measured.TrainingLoss, 1e-12);
        Assert.True(running.TrainingLoss > measured.TrainingLoss);
    }

    [Fact]
    public void Stopping_between_epochs_keeps_the_model_usable()
    {
        MlpModel stopped = Model();
        MlpModel reference = Model();
        var options = new TrainingOptions { Epochs = 100, LearningRate = 0.1, BatchSize = 64, Seed = 1 };
        Assert.Equal(3, MlpTrainer.Train(stopped, _data, null, options).Take(3).Count());
        _ = MlpTrainer.Train(reference, _data, null, options with { Epochs = 3 }).Count();
        Assert.Equal(TestData.Parameters(reference), TestData.Parameters(stopped));
        Assert.Equal(3, stopped.EpochsTrained);
    }

    [Fact]
    public void Cancelling_within_an_epoch_keeps_the_last_completed_step()
    {
        MlpModel model = Model();
        MlpModel reference = Model();
        using var cancellation = new CancellationTokenSource();
        void CancelAtStep3(TrainingProgress progress)
        {
            if (progress.Samples == 192)
                cancellation.Cancel();
        }

        var options = new TrainingOptions { Epochs = 10, LearningRate = 0.1, BatchSize = 64, NoShuffle = true };
        Assert.Throws<OperationCanceledException>(() => MlpTrainer.Train(
            model, _data, null, options, CancelAtStep3, cancellation: cancellation.Token)
            .Count());

        // The third step was done before the fourth noticed.
        var first = new MlpDataset("first", _data.Floats![..(192 * 20)], TestData.Classes(_data)[..192], 20, _data.ClassNames);
        _ = MlpTrainer.Train(reference, first, null, options with { Epochs = 1 }).Count();
        Assert.Equal(TestData.Parameters(reference), TestData.Parameters(model));
        Assert.Empty(model.History);
    }

    [Theory]
    [InlineData(null, OptimizerKind.Sgd)]
    [InlineData(64, OptimizerKind.Momentum)]
    [InlineData(64, OptimizerKind.Nesterov)]
    [InlineData(64, OptimizerKind.Adam)]
    [InlineData(64, OptimizerKind.Lion)]
    [InlineData(64, OptimizerKind.NAdam)]
    public void A_loss_that_diverges_stops_the_training_and_leaves_finite_weights(int? batchSize, OptimizerKind optimizer)
    {
        MlpModel model = Model();
        var options = new TrainingOptions
        {
            Epochs = 50,
            LearningRate = 3e38,
            BatchSize = batchSize,
            Optimizer = new OptimizerOptions { Kind = optimizer },
        };
        var failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(model, _data, null, options).Count());
        Assert.Equal(("TrainingDiverged", MlpErrorKind.Diverged), (failure.ErrorId, failure.Kind));
        Assert.Matches(@"in epoch \d+, step \d+", failure.Message);
        Assert.All(TestData.Parameters(model), weight => Assert.True(float.IsFinite(weight)));

        // Usable: it trains on with a reasonable rate from where it stands.
        Assert.True(double.IsFinite(MlpTrainer.Train(model, _data, null, new TrainingOptions { Epochs = 1, LearningRate = 1e-30 })
            .Single().TrainingLoss));
    }

    [Fact]
    public void A_model_is_trained_by_one_training_at_a_time()
    {
        MlpModel model = Model();
        var options = new TrainingOptions { Epochs = 2, LearningRate = 0.1 };
        using IEnumerator<MlpEpoch> training = MlpTrainer.Train(model, _data, null, options).GetEnumerator();
        Assert.True(training.MoveNext());
        var failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(model, _data, null, options).Count());
        Assert.Equal("ModelInTraining", failure.ErrorId);
    }

    [Theory]
    [InlineData("InvalidEpochs", 0, 0.1, 1, 0.9)]
    [InlineData("InvalidLearningRate", 1, 0, 1, 0.9)]
    [InlineData("InvalidLearningRate", 1, double.NaN, 1, 0.9)]
    [InlineData("InvalidBatchSize", 1, 0.1, 0, 0.9)]
    [InlineData("InvalidBatchSize", 1, 0.1, -5, 0.9)]
    [InlineData("InvalidMomentum", 1, 0.1, 1, 1.0)]
    public void Options_outside_their_range_are_refused_at_once(string errorId, int epochs, double rate, int batchSize, double momentum)
    {
        var options = new TrainingOptions
        {
            Epochs = epochs,
            LearningRate = rate,
            BatchSize = batchSize,
            Optimizer = new OptimizerOptions { Momentum = momentum },
        };
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), _data, null, options)).ErrorId);
    }

    public static TheoryData<string, OptimizerOptions> BadOptimizers => new()
    {
        { "InvalidBeta1", new() { Beta1 = 1 } },
        { "InvalidBeta2", new() { Beta2 = -0.1 } },
        { "InvalidAlpha", new() { Alpha = double.NaN } },
        { "InvalidEpsilon", new() { Epsilon = 0 } },
        { "InvalidWeightDecay", new() { WeightDecay = -1 } },
        { "InvalidL1", new() { L1 = double.PositiveInfinity } },
        { "InvalidClipNorm", new() { ClipNorm = 0 } },
        { "InvalidClipValue", new() { ClipValue = -2 } },
    };

    [Theory]
    [MemberData(nameof(BadOptimizers))]
    public void Optimizer_options_outside_their_range_are_refused_at_once(string errorId, OptimizerOptions optimizer)
    {
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, Optimizer = optimizer };
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), _data, null, options)).ErrorId);
    }

    [Fact]
    public void Data_that_does_not_fit_the_model_is_refused_at_once()
    {
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1 };
        AssertRefused("FeatureCountMismatch", TestData.Random(1, 10, 21, 4));
        string[] others = ["class A", "class B", "class C", "class D"];
        AssertRefused("UnknownClass", new MlpDataset("renamed", _data.Floats!, TestData.Classes(_data), 20, others));
        AssertRefused("EmptyDataset", TestData.Random(1, 0, 20, 4));
        AssertRefused("LabelsMissing", new MlpDataset("unlabelled", new float[20], null, 20, ["a", "b"]));

        void AssertRefused(string errorId, MlpDataset data)
        {
            Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model().Named(_data), data, null, options)).ErrorId);
            Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), _data, data, options)).ErrorId);
        }
    }

    [Fact]
    public void A_class_that_the_model_lacks_is_an_error_in_training_and_a_mistake_in_tests()
    {
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, Notes = new EncodingNotes() };
        MlpDataset more = TestData.Random(1, 100, 20, 5);
        int unknown = TestData.Classes(more).Count(label => label == 4);
        Assert.Equal("ClassCountMismatch", Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), more, null, options)).ErrorId);
        MlpException failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(Model().Named(_data), more, null, options));
        Assert.Equal("UnknownClass", failure.ErrorId);
        Assert.Contains("class 4", failure.Message);

        MlpModel model = Model();
        MlpEpoch epoch = MlpTrainer.Train(model, _data, more, options).Single();
        double accuracy = epoch.TestAccuracy!.Value;
        Assert.Equal(new MlpPredictor(model).Measure(more).Loss, epoch.TestLoss!.Value, 1e-9);
        Assert.Equal(["class 0", "class 1", "class 2", "class 3"], model.ClassNames);
        Assert.Equal(new MlpPredictor(model).Predict(more).Count(prediction => prediction.IsCorrect == true) / 100.0, accuracy, 1e-9);
        Assert.InRange(accuracy, 0, 1 - (unknown / 100.0));
        (string id, MlpMessage sentence) = Assert.Single(options.Notes.Sentences);
        Assert.Equal("UnknownClass", id);
        Assert.Equal($"{unknown} samples of 1 class that the model does not know count as mistakes: class 4.", sentence.ToString());
    }

    private static MlpModel Model(bool batchNormalization = false, params int[] hidden) =>
        MlpModel.Create(
            20,
            new HiddenLayers(
                hidden.Length > 0 ? hidden : [30, 17],
                [Activation.ReLU, Activation.Named("Tanh")])
            { BatchNormalization = batchNormalization },
            4,
            Initializer.Default,
            5);

    private static (float[] Parameters, double[] Losses) Train(int seed, int? batchSize, int threads, params int[] hidden)
    {
        MlpModel model = Model(hidden: hidden);
        var options = new TrainingOptions
        {
            Epochs = 3,
            LearningRate = 0.1,
            BatchSize = batchSize,
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.Momentum },
            Seed = seed,
            ThreadCount = threads,
        };
        double[] losses = [.. MlpTrainer.Train(model, _data, _data, options)
            .SelectMany(epoch => new[] { epoch.TrainingLoss, epoch.TestLoss!.Value })];
        return (TestData.Parameters(model), losses);
    }
}
