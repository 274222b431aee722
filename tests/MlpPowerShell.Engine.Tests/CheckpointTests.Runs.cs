using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class CheckpointTests
{
    [Fact]
    public void A_step_can_be_the_last()
    {
        MlpModel stopped = Model(1);
        var steps = new List<MlpStep>();
        var options = new TrainingOptions { Epochs = 5, LearningRate = 0.1, BatchSize = 100, NoShuffle = true };
        Assert.Single(MlpTrainer.Train(stopped, _data, null, options, onStep: step =>
        {
            steps.Add(step);
            return steps.Count < 10;
        }));
        Assert.Equal([(1, 1), (1, 7), (2, 1), (2, 3)], new[] { 0, 6, 7, 9 }.Select(i => (steps[i].Epoch, steps[i].Step)));
        Assert.All(steps, step => Assert.Equal((7, 100, 0.1), (step.StepsPerEpoch, step.Samples, step.LearningRate)));
        Assert.Equal(stopped.History[0].TrainingLoss, steps.Take(7).Average(step => step.Loss), 1e-9);
        Assert.Equal(stopped.History[0].GradientNorm, steps.Take(7).Average(step => step.GradientNorm), 1e-9);

        // As many samples as ten steps take, in the same order.
        MlpModel expected = Model(1);
        _ = MlpTrainer.Train(expected, _data, null, options with { Epochs = 1 }).Count();
        var first = new MlpDataset("first", _data.Floats![..(300 * 20)], TestData.Classes(_data)[..300], 20, _data.ClassNames);
        _ = MlpTrainer.Train(expected, first, null, options with { Epochs = 1 }).Count();
        Assert.Equal(TestData.Parameters(expected), TestData.Parameters(stopped));
    }

    [Fact]
    public void The_step_of_full_batch_training_is_told_of_before_its_epoch()
    {
        MlpModel model = Model(1);
        var options = new TrainingOptions { Epochs = 5, LearningRate = 0.1 };
        var losses = new List<double>();
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, _data, null, options, onStep: step =>
        {
            losses.Add(step.Loss);
            return step.Epoch < 4;
        })];
        Assert.Equal(3, epochs.Length);
        Assert.Equal(epochs.Select(epoch => epoch.TrainingLoss), losses.Skip(1));
    }

    [Fact]
    public void A_run_says_what_it_was_made_of()
    {
        TrainingOptions options = new()
        {
            Epochs = 1,
            LearningRate = 0.25,
            BatchSize = 64,
            Seed = 3,
            Dropout = [0.25],
            ClassWeight = new ClassWeights(new Dictionary<string, double> { ["class 1"] = 2.5 }),
            Schedule = new() { Kind = ScheduleKind.Cosine },
            ThreadCount = 2,
        };
        MlpRun run = MlpTrainer.Train(Model(1), _data, _other, options with { Name = "mine" }).Single().Details;
        Assert.Equal("mine", run.Name);
        Assert.Equal(("20-30-4", "ReLU, Softmax", 3, OptimizerKind.Sgd), (run.Architecture, run.Activations, run.Seed, run.Optimizer));
        Assert.Equal(
            "BatchSize 64, ClassWeight {\"class 1\":2.5}, Dropout 0.25, Epochs 1, LearningRate 0.25, Optimizer Sgd, "
                + "Schedule Cosine, Seed 3",
            string.Join(", ", run.Options.Select(option => $"{option.Key} {option.Value}").Order()));
        Assert.Equal("20-30-4 Sgd 0.25 batch 64", MlpTrainer.Train(Model(1), _data, _other, options).Single().Run);
        Assert.Equal(run.TrainingData, TestData.Random(7, 700, 20, 4).Fingerprint);
        Assert.NotEqual(run.TrainingData, run.TestData);
        Assert.NotEqual(Model(1).Fingerprint(), Model(2).Fingerprint());
        Assert.Equal(Model(1).Fingerprint(), run.InitialWeights);
        Assert.Contains(typeof(MlpRun).Assembly.GetName().Version!.ToString(3), run.ToString());
    }

    [Fact]
    public void The_fingerprint_tells_data_sets_apart()
    {
        string[] fingerprints =
        [
            new MlpDataset("a", [1, 2, 3, 4], [0, 1], 2, ["x", "y"]).Fingerprint,
            new MlpDataset("a", [1, 2, 3, 5], [0, 1], 2, ["x", "y"]).Fingerprint,
            new MlpDataset("a", [1, 2, 3, 4], [0, 0], 2, ["x", "y"]).Fingerprint,
            new MlpDataset("a", [1, 2, 3, 4], [0, 1], 2, ["x", "z"]).Fingerprint,
            new MlpDataset("a", [1, 2, 3, 4], null, 2, ["x", "y"]).Fingerprint,
            new MlpDataset("a", [1f, 2f, 3f, 4f], [0, 1], 2, ["x", "y"]).Fingerprint,
        ];
        Assert.Equal(fingerprints.Length, fingerprints.Distinct().Count());
    }
}
