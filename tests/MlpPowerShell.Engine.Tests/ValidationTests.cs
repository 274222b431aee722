using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public class ValidationTests
{
    private static readonly MlpDataset _data = TestData.Random(7, 700, 20, 4);
    private static readonly MlpDataset _other = TestData.Random(8, 300, 20, 4);
    private static readonly TrainingOptions _options = new() { Epochs = 30, LearningRate = 0.3, BatchSize = 50, Seed = 1 };

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void A_split_takes_an_even_share_of_each_class_and_no_sample_twice(double fraction)
    {
        (MlpDataset training, MlpDataset validation) = ValidationSplit.Split(_data, fraction, 3);
        TrainingOptions options = _options with { ValidationFraction = fraction };
        Assert.Equal(training.Count, options.SamplesToTrainOn(_data.Count));
        Assert.Equal(fraction * _data.Count, validation.Count, 1.0);
        foreach (IGrouping<object?, object?> ofClass in _data.Labels.GroupBy(label => label))
            Assert.Equal(fraction * ofClass.Count(), validation.Labels.Count(ofClass.Key!.Equals), 1.0);
        Assert.Equal(Rows(_data).Order(), Rows(training).Concat(Rows(validation)).Order());

        // In the order of the data.
        string[] all = [.. Rows(_data)];
        Assert.Equal(Rows(validation).OrderBy(row => Array.IndexOf(all, row)), Rows(validation));
    }

    [Fact]
    public void The_seed_determines_the_split()
    {
        Assert.Equal(Rows(ValidationSplit.Split(_data, 0.2, 1).Validation), Rows(ValidationSplit.Split(_data, 0.2, 1).Validation));
        Assert.NotEqual(Rows(ValidationSplit.Split(_data, 0.2, 1).Validation), Rows(ValidationSplit.Split(_data, 0.2, 2).Validation));
    }

    [Fact]
    public void A_split_keeps_the_pixels_of_bytes()
    {
        MlpDataset digits = MnistReader.Read(TestData.MnistFolder, MnistSplit.Test, 0, 100);
        (MlpDataset training, MlpDataset validation) = ValidationSplit.Split(digits, 0.3, 1);

        // The names of the classes are in both parts: twice 10 texts of a letter.
        Assert.Equal(digits.MemoryBytes + (10 * (22 + 2 + 8)), training.MemoryBytes + validation.MemoryBytes);
        Assert.Equal(Rows(digits).Order(), Rows(training).Concat(Rows(validation)).Order());
        Assert.Equal(digits.ImageShape, validation.ImageShape);
    }

    [Fact]
    public void Validation_figures_are_those_of_the_validation_set()
    {
        MlpModel model = Model();
        foreach (MlpEpoch epoch in MlpTrainer.Train(model, _data, null, _options with { Epochs = 3, ValidationData = _other }))
        {
            MlpEvaluation evaluation = new MlpPredictor(model).Measure(_other);
            Assert.Equal(evaluation.Loss, epoch.ValidationLoss!.Value, 1e-9);
            Assert.Equal(evaluation.Accuracy!.Value, epoch.ValidationAccuracy!.Value, 1e-12);
        }
    }

    [Fact]
    public void A_fraction_trains_on_the_rest()
    {
        MlpModel byFraction = Model();
        MlpModel byHand = Model();
        (MlpDataset training, MlpDataset validation) = ValidationSplit.Split(_data, 0.2, _options.Seed);
        MlpEpoch last = MlpTrainer.Train(byFraction, _data, null, _options with { ValidationFraction = 0.2 }).Last();
        MlpEpoch expected = MlpTrainer.Train(byHand, training, null, _options with { ValidationData = validation }).Last();
        Assert.Equal(TestData.Parameters(byHand), TestData.Parameters(byFraction));
        Assert.Equal(expected.ValidationLoss, last.ValidationLoss);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public void Training_stops_when_patience_is_at_its_end_and_keeps_the_best_weights(int? batchSize)
    {
        // Labels drawn at random can be learned by heart, but not for other samples: the validation loss soon rises.
        MlpModel model = Model();
        MlpEpoch[] epochs = [.. MlpTrainer.Train(
            model, _data, null, _options with { Epochs = 3000, BatchSize = batchSize, ValidationData = _other, Patience = 4 })];
        MlpEpoch best = epochs.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.InRange(epochs.Length, 5, 2999);
        Assert.Equal(best.Epoch + 4, epochs.Length);
        Assert.Equal(best, epochs.Last(epoch => epoch.IsBest));
        Assert.Equal(best.ValidationLoss!.Value, new MlpPredictor(model).Measure(_other).Loss, 1e-9);
    }

    [Theory]
    [InlineData(MlpMetric.TrainingLoss)]
    [InlineData(MlpMetric.TrainingAccuracy)]
    [InlineData(MlpMetric.ValidationLoss)]
    [InlineData(MlpMetric.ValidationAccuracy)]
    [InlineData(MlpMetric.TestLoss)]
    [InlineData(MlpMetric.TestAccuracy)]
    public void Any_figure_can_be_monitored(MlpMetric metric)
    {
        MlpEpoch[] epochs = [.. MlpTrainer.Train(Model(), _data, _other, _options with { ValidationFraction = 0.3, Monitor = metric })];
        double best = double.NegativeInfinity;
        foreach (MlpEpoch epoch in epochs)
        {
            double value = Convert.ToDouble(
                typeof(MlpEpoch).GetProperty($"{metric}")!.GetValue(epoch), System.Globalization.CultureInfo.InvariantCulture);
            double score = metric.ToString().EndsWith("Loss", StringComparison.Ordinal) ? -value : value;
            Assert.Equal(score > best, epoch.IsBest);
            best = Math.Max(best, score);
        }
    }

    [Fact]
    public void Small_improvements_can_be_ignored()
    {
        TrainingOptions slow = _options with { LearningRate = 1e-6, ValidationData = _other, Patience = 2 };
        Assert.Equal(
            30,
            MlpTrainer.Train(Model(), _data, null, slow with { Monitor = MlpMetric.TrainingLoss, NoShuffle = true, BatchSize = null })
                .Count());
        Assert.Equal(
            3,
            MlpTrainer.Train(
                Model(),
                _data,
                null,
                slow with { Monitor = MlpMetric.TrainingLoss, NoShuffle = true, BatchSize = null, MinImprovement = 0.1 })
                .Count());
    }

    [Fact]
    public void The_best_weights_are_restored_without_a_patience_only_if_asked_for()
    {
        TrainingOptions options = _options with { Epochs = 60, ValidationData = _other };
        MlpModel last = Model();
        MlpModel best = Model();
        MlpEpoch[] epochs = [.. MlpTrainer.Train(last, _data, null, options)];
        _ = MlpTrainer.Train(best, _data, null, options with { RestoreBest = true }).Count();
        Assert.Equal(epochs[^1].ValidationLoss!.Value, new MlpPredictor(last).Measure(_other).Loss, 1e-9);
        Assert.Equal(epochs.Min(epoch => epoch.ValidationLoss!.Value), new MlpPredictor(best).Measure(_other).Loss, 1e-9);
    }

    public static TheoryData<string, TrainingOptions> BadOptions => new()
    {
        { "InvalidValidationFraction", _options with { ValidationFraction = 0 } },
        { "InvalidValidationFraction", _options with { ValidationFraction = 1 } },
        { "InvalidValidationFraction", _options with { ValidationFraction = 1e-9 } },
        { "ValidationTwice", _options with { ValidationFraction = 0.5, ValidationData = _other } },
        { "MonitorMissing", _options with { Monitor = MlpMetric.ValidationLoss } },
        { "MonitorMissing", _options with { Monitor = MlpMetric.TestAccuracy } },
        { "InvalidPatience", _options with { Patience = 0 } },
        { "InvalidMinImprovement", _options with { MinImprovement = -1 } },
        { "FeatureCountMismatch", _options with { ValidationData = TestData.Random(1, 10, 3, 2) } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void What_can_not_work_is_refused_at_once(string errorId, TrainingOptions options) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), _data, null, options)).ErrorId);

    private static MlpModel Model() =>
        MlpModel.Create(20, new HiddenLayers([30, 17], [Activation.ReLU, Activation.Named("Tanh")]), 4, Initializer.Default, 5);

    private static IEnumerable<string> Rows(MlpDataset data) =>
        Enumerable.Range(0, data.Count).Select(i => $"{data.Labels[i]}: {string.Join(' ', data.GetSample(i))}");
}
