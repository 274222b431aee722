using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What a model has learned before is not lost to a training that keeps the best weights.</summary>
public sealed class LearnedStartTests : IDisposable
{
    private static readonly MlpDataset _data = TestData.Random(7, 400, 20, 4);
    private static readonly MlpDataset _other = _data.Take([.. Enumerable.Range(0, 300)]);

    private static readonly TrainingOptions _wild =
        new() { Epochs = 6, LearningRate = 5, BatchSize = 50, Seed = 2, RestoreBest = true, ValidationData = _other };

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-start-").FullName;

    public static TheoryData<MlpMetric> Metrics => [.. Enum.GetValues<MlpMetric>()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Weights_that_no_epoch_improves_come_back(MlpMetric metric)
    {
        MlpModel model = Learned();
        float[] before = TestData.Parameters(model);
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, _data, _other, _wild with { Monitor = metric })];
        Assert.DoesNotContain(epochs, epoch => epoch.IsBest);
        Assert.Equal(before, TestData.Parameters(model));
        Assert.Equal(3, MlpTrainer.Train(model, _data, _other, _wild with { Monitor = metric, Patience = 3 }).Count());
        Assert.Equal(before, TestData.Parameters(model));
    }

    [Fact]
    public void An_improvement_is_kept()
    {
        MlpModel model = Learned(epochs: 1);
        double before = new Evaluation.MlpPredictor(model).Measure(_other).Loss;
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, _data, null, _wild with { LearningRate = 0.01 })];
        Assert.Contains(epochs, epoch => epoch.IsBest);
        Assert.InRange(new Evaluation.MlpPredictor(model).Measure(_other).Loss, 0, before - 1e-6);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public void A_training_that_diverges_gives_them_back(int? batchSize)
    {
        MlpModel model = Learned();
        float[] before = TestData.Parameters(model);
        MlpException failure = Assert.Throws<MlpException>(
            () => MlpTrainer.Train(model, _data, null, _wild with { LearningRate = 3e38, BatchSize = batchSize }).Count());
        Assert.Equal("TrainingDiverged", failure.ErrorId);
        Assert.Contains("has the weights again that it began with", failure.Message);
        Assert.Equal(before, TestData.Parameters(model));
    }

    [Fact]
    public void So_do_codes_of_categories()
    {
        var twins = new OneHotTwins(new Random(7), 300, 2, [8], [33]);
        var options = new TrainingOptions { Epochs = 2, LearningRate = 0.05, BatchSize = 33, Seed = 3 };
        _ = OneHotTwins.Train(twins.Sparse, twins.Codes, options).Count();
        float[] before = TestData.Parameters(twins.Sparse);
        Assert.Throws<MlpException>(() => OneHotTwins.Train(
            twins.Sparse, twins.Codes, options with { RestoreBest = true, LearningRate = 3e38, EvaluateTraining = true }).Count());
        Assert.Equal(before, TestData.Parameters(twins.Sparse));
    }

    [Fact]
    public void Weights_that_were_drawn_are_no_candidate()
    {
        MlpModel model = Model();
        float[] before = TestData.Parameters(model);
        Assert.True(MlpTrainer.Train(model, _data, null, _wild).First().IsBest);
        Assert.NotEqual(before, TestData.Parameters(model));
    }

    [Fact]
    public void Losses_with_something_added_are_not_compared_with_those_without()
    {
        MlpModel model = Learned();
        TrainingOptions options =
            _wild with { LearningRate = 0.001, ValidationData = null, Dropout = [0.9], Monitor = MlpMetric.TrainingLoss };
        Assert.True(MlpTrainer.Train(model, _data, null, options).First().IsBest);
    }

    [Fact]
    public void A_training_that_goes_on_from_a_checkpoint_has_them_too()
    {
        MlpModel model = Learned();
        float[] before = TestData.Parameters(model);
        TrainingOptions saving = _wild with { CheckpointPath = Path.Combine(_folder, "run.safetensors"), Resume = true };
        _ = MlpTrainer.Train(model, _data, null, saving).Take(2).Count();
        MlpModel resumed = Model();
        Assert.Equal(4, MlpTrainer.Train(resumed, _data, null, saving).Count());
        Assert.Equal(before, TestData.Parameters(resumed));
    }

    private static MlpModel Model() => MlpModel.Create(20, new HiddenLayers([30], [Activation.ReLU]), 4, Initializer.Default, 1);

    private static MlpModel Learned(int epochs = 10)
    {
        MlpModel model = Model();
        var options = new TrainingOptions
        {
            Epochs = epochs,
            LearningRate = 0.01,
            BatchSize = 50,
            Seed = 1,
            ValidationData = _other,
            RestoreBest = true,
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        _ = MlpTrainer.Train(model, _data, null, options).Count();
        return model;
    }
}
