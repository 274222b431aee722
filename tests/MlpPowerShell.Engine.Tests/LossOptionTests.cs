using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What losses and batch normalization leave to be chosen: in files, checkpoints and runs.</summary>
public sealed class LossOptionTests : IDisposable
{
    private static readonly LossOptions _plain = new();
    private static readonly LossOptions _chosen = new() { HuberDelta = 0.3, Quantile = 0.9, FocalGamma = 0.7 };

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-loss-options-").FullName;

    public static TheoryData<ModelFormat> Formats =>
        [.. Enum.GetValues<ModelFormat>().Where(format => format.Definition().Read is not null)];

    /// <summary>The losses that have an option.</summary>
    public static TheoryData<LossKind> Owners =>
        [.. Enum.GetValues<LossKind>().Where(loss => loss.Definition().Option is not null)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Owners))]
    public void A_loss_keeps_its_own_option_and_names_those_of_others(LossKind loss)
    {
        string own = loss.Definition().Option!;
        MlpModel model = Model(loss, _chosen);
        Assert.Equal([own], model.LossOptions.Given.Select(option => option.Key));
        Assert.Equal(_chosen.Given.Single(option => option.Key == own), model.LossOptions.Given.Single());
        Assert.Equal(
            _chosen.Given.Select(option => option.Key).Where(option => option != own),
            _chosen.Unused(loss).Select(unused => unused.Option));
        Assert.All(_chosen.Unused(loss), unused => Assert.StartsWith("it belongs to the loss", $"{unused.Needs}"));
        Assert.Equal(model.LossOptions, model.Copy().LossOptions);
        Assert.Equal(model.LossOptions, model.Ends.LossOptions);
        Assert.Empty(Model(loss, null).LossOptions.Given);
        Assert.Equal("6", ModelContent.Of(model).Metadata[ModelContent.VersionKey]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Files_keep_what_was_chosen(ModelFormat format)
    {
        string path = Path.Combine(_folder, "m" + (format.Definition().Ending ?? ".any"));
        foreach (LossKind loss in Owners)
        {
            ModelFile.Write(Model(loss, _chosen, epsilon: 0.003), path, format);
            MlpModel read = ModelFile.Read(path, new ModelReadOptions { Format = format });
            Assert.Equal((loss, _chosen.For(loss), 0.003), (read.Loss, read.LossOptions, read.NormalizationEpsilon));
            Assert.All(
                read.Layers.SkipLast(1),
                layer => Assert.All(layer.Normalization!.RunningVariance, variance => Assert.Equal(1, variance)));
        }
    }

    [Theory]
    [InlineData("loss_options", """{"HuberDelta":0}""")]
    [InlineData("loss_options", """{"HuberDelta":"wide"}""")]
    [InlineData("loss_options", """{"Quantile":1}""")]
    [InlineData("batch_norm_epsilon", "-1")]
    [InlineData("batch_norm_epsilon", "NaN")]
    public void A_file_with_an_option_that_no_model_has_is_refused(string fact, string value)
    {
        ModelContent content = ModelContent.Of(Model(LossKind.Huber, _chosen, epsilon: 0.003));
        var facts = new Dictionary<string, string>(content.Metadata) { [fact] = value };
        MlpException failure =
            Assert.Throws<MlpException>(() => (content with { Metadata = facts }).ToModel("m", new ModelReadOptions()));
        Assert.Equal("InvalidModelFile", failure.ErrorId);
    }

    [Fact]
    public void A_checkpoint_goes_on_with_the_options_that_it_began_with()
    {
        MlpDataset data = Data();
        var options = new TrainingOptions
        {
            Epochs = 4,
            LearningRate = 0.01,
            BatchSize = 16,
            NormalizationMomentum = 0.3,
            CheckpointPath = Path.Combine(_folder, "c.safetensors"),
            Resume = true,
        };
        MlpModel Begun() => Model(LossKind.Huber, _chosen, epsilon: 0.003);
        MlpModel whole = Begun();
        _ = MlpTrainer.Train(whole, data, null, options with { CheckpointPath = null, Resume = false }).Count();
        _ = MlpTrainer.Train(Begun(), data, null, options).Take(2).Count();
        foreach ((MlpModel other, TrainingOptions changed, string difference) in new[]
        {
            (Model(LossKind.Huber, null, epsilon: 0.003), options, "LossOptions is not given here and HuberDelta 0.3 there"),
            (Model(LossKind.Huber, _chosen), options, "NormalizationEpsilon is not given here and 0.003 there"),
            (Begun(), options with { NormalizationMomentum = 0.1 }, "NormalizationMomentum is not given here and 0.3 there"),
        })
        {
            MlpException failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(other, data, null, changed).Count());
            Assert.Equal("CheckpointMismatch", failure.ErrorId);
            Assert.Contains(difference, failure.Message);
        }

        MlpModel resumed = Begun();
        Assert.Equal([3, 4], MlpTrainer.Train(resumed, data, null, options).Select(epoch => epoch.Epoch));
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(resumed));
    }

    [Fact]
    public void An_epsilon_changes_predictions_everywhere_alike()
    {
        MlpDataset data = Data();
        MlpModel model = Model(LossKind.MeanSquaredError, null, epsilon: 0.5);
        _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 3, LearningRate = 0.01 }).Count();
        ModelContent content = ModelContent.Of(model);
        MlpModel other = (content with
        {
            Metadata = content.Metadata.Where(fact => fact.Key != ModelContent.EpsilonKey).ToDictionary(),
        }).ToModel("m", new ModelReadOptions());
        Assert.NotEqual(
            new MlpPredictor(model).Predict(data).First().Prediction, new MlpPredictor(other).Predict(data).First().Prediction);
        Assert.All(GradientProbe.Check(model, data, 60, 1e-3, 1), check => Assert.True(check.Passed, $"{check}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.25)]
    [InlineData(3)]
    public void Hubers_loss_is_that_of_1_in_units_of_delta(double delta)
    {
        OutputLoss loss = LossKind.Huber.Definition().Each!(new LossOptions { HuberDelta = delta });
        OutputLoss unit = LossKind.Huber.Definition().Each!(_plain);
        foreach (double distance in new[] { -7, -0.8, -0.1, 0, 0.3, 0.99, 1.01, 4 })
        {
            Assert.Equal(delta * delta * unit.Value(distance / delta, 0), loss.Value(distance, 0), 1e-12);
            Assert.Equal(delta * unit.Derivative(distance / delta, 0), loss.Derivative(distance, 0), 1e-12);
            float[] output = [(float)distance];
            Assert.Equal(loss.Value(output[0], 0), loss.Score(output, [0f], 0, ScoreResult.Slopes, out _), 1e-6);
            Assert.Equal(loss.Derivative(distance, 0), output[0], 1e-6);
        }
    }

    private static MlpDataset Data() =>
        TestData.Random(4, 48, 5, 3).WithTargets([.. Enumerable.Range(0, 48).Select(i => (i % 7) / 3f)], ["y"]);

    private static MlpModel Model(LossKind loss, LossOptions? options, double epsilon = BatchNormalization.DefaultEpsilon) =>
        MlpModel.Create(
        5,
        new HiddenLayers([6, 4], [Activation.Named("Tanh")]) { BatchNormalization = true, NormalizationEpsilon = epsilon },
        loss.Function() == OutputFunction.Softmax ? 3 : 1,
        Initializer.Default,
        1,
        loss,
        options);
}
