using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>R2 and mean distance of each epoch, beside those that a measurement gives.</summary>
public class EpochErrorTests
{
    [Theory]
    [InlineData(1, LossKind.MeanSquaredError, null)]
    [InlineData(1, LossKind.MeanSquaredError, FeatureScaling.Log)]
    [InlineData(1, LossKind.MeanAbsoluteError, FeatureScaling.None)]
    [InlineData(3, LossKind.MeanSquaredError, null)]
    [InlineData(3, LossKind.Huber, FeatureScaling.MinMax)]
    [InlineData(2, LossKind.Poisson, null)]
    public void They_are_those_of_a_measurement(int targets, LossKind loss, FeatureScaling? scaling)
    {
        MlpDataset data = Table(300, targets, loss == LossKind.Poisson), test = Table(77, targets, loss == LossKind.Poisson);
        foreach (int? batch in new int?[] { null, 1, 32, 300 })
        {
            foreach (int threads in new[] { 1, 2 })
            {
                MlpModel model = ModelFor(data, loss, scaling);
                var options = new TrainingOptions
                {
                    Epochs = 2,
                    LearningRate = 0.001,
                    BatchSize = batch,
                    EvaluateTraining = batch is not null,
                    ThreadCount = threads,
                };
                MlpEpoch last = MlpTrainer.Train(model, data, test, options).Last();
                MlpEvaluation onTraining = new MlpPredictor(model).Measure(data), onTest = new MlpPredictor(model).Measure(test);
                Near(onTraining.R2, last.TrainingR2);
                Near(onTraining.MeanAbsoluteError, last.TrainingMae);
                Near(onTest.R2, last.TestR2);
                Near(onTest.MeanAbsoluteError, last.TestMae);
                Assert.Null(last.ValidationR2);
                Assert.Null(last.ValidationMae);
            }
        }
    }

    [Fact]
    public void In_mini_batches_they_are_those_before_each_step()
    {
        // With steps of nothing, all batches meet the same weights.
        MlpDataset data = Table(101, 2);
        MlpModel model = ModelFor(data, LossKind.MeanSquaredError, null);
        MlpEvaluation before = new MlpPredictor(model).Measure(data);
        MlpEpoch epoch =
            MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 1, LearningRate = 1e-30, BatchSize = 8 }).Single();
        Near(before.R2, epoch.TrainingR2);
        Near(before.MeanAbsoluteError, epoch.TrainingMae);
    }

    [Fact]
    public void A_target_that_never_varies_counts_as_in_a_measurement()
    {
        MlpDataset data = Table(20, 2), same = Build(20, row => [row, 5.0, row % 3], "y0", "y1");
        MlpModel model = ModelFor(data, LossKind.MeanSquaredError, null);
        MlpEpoch epoch = MlpTrainer.Train(model, data, null, new TrainingOptions
        {
            Epochs = 1,
            LearningRate = 0.001,
            ValidationData = same,
        }).Single();
        MlpEvaluation measured = new MlpPredictor(model).Measure(same);
        Near(measured.R2, epoch.ValidationR2);
        Near(measured.MeanAbsoluteError, epoch.ValidationMae);
    }

    [Fact]
    public void Classes_have_none()
    {
        var data = new MlpDataset("classes", new byte[8], [0, 1], 4, ["a", "b"]);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        MlpEpoch epoch = MlpTrainer.Train(model, data, data, new TrainingOptions { Epochs = 1, LearningRate = 0.1 }).Single();
        Assert.Equal([null, null, null, null], new[] { epoch.TrainingR2, epoch.TrainingMae, epoch.TestR2, epoch.TestMae });
    }

    [Fact]
    public void A_stream_has_those_of_its_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(
                path, Enumerable.Range(0, 20_000).Select(i => $"{i % 17},{i % 5},{(3 * (i % 17)) - (i % 5)}").Prepend("a,b,y"));
            var options = new TableOptions { Label = ["y"], Task = MlpTask.Regression };
            MlpDataset whole = TableReader.Read(path, new TableReadOptions()).ToDataset(options);
            MlpDataset stream = TableReader.OpenStream(path, new TableReadOptions(), options, new StreamOptions { MemoryLimit = 1 << 17 });
            Assert.True(stream.Stream!.ChunkRows < stream.Count);
            MlpModel model = ModelFor(whole, LossKind.MeanSquaredError, null);
            var training = new TrainingOptions { Epochs = 2, LearningRate = 0.001, BatchSize = 16, EvaluateTraining = true };
            MlpEpoch last = MlpTrainer.Train(model, stream, whole, training).Last();
            Near(last.TestR2, last.TrainingR2);
            Near(last.TestMae, last.TrainingMae);
            Near(new MlpPredictor(model).Measure(whole).R2, last.TestR2);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_prediction_tells_how_far_it_lies_above_the_truth()
    {
        MlpDataset data = Table(9, 2);
        MlpPrediction several = new MlpPredictor(ModelFor(data, LossKind.MeanSquaredError, null)).Predict(data).First();
        var predicted = (ValueList<object>)several.Prediction;
        ValueList<object?> truth = (ValueList<object?>)several.Label!, errors = (ValueList<object?>)several.Error!;
        for (int j = 0; j < 2; j++)
            Assert.Equal((double)predicted[j] - Convert.ToDouble(truth[j]), (double)errors[j]!, 10);

        MlpDataset dates = Build(9, row => [row, new DateTime(2024, 1, 1).AddDays(3 * row)], "y");
        MlpPrediction date = new MlpPredictor(ModelFor(dates, LossKind.MeanSquaredError, null)).Predict(dates).First();
        TimeSpan late = (DateTime)date.Prediction - (DateTime)date.Label!;
        Assert.InRange(Math.Abs((late - (TimeSpan)date.Error!).TotalSeconds), 0, 0.001);

        var unlabelled = new MlpDataset("unlabelled", new float[3], null, 1, []);
        Assert.Null(new MlpPredictor(ModelFor(Table(9, 1), LossKind.MeanSquaredError, null)).Predict(unlabelled).First().Error);
    }

    private static void Near(double? expected, double? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected!.Value, actual.Value, 2e-6 * Math.Max(1, Math.Abs(expected.Value)));
    }

    private static MlpModel ModelFor(MlpDataset data, LossKind loss, FeatureScaling? scaling) => MlpModel.CreateFor(
        ModelEnds.Fit(data, loss, new EncodingOptions { Scaling = scaling }),
        new HiddenLayers([5], [Activation.ReLU]),
        Initializer.Default,
        3);

    private static MlpDataset Table(int rows, int targets, bool areCounts = false) => Build(
        rows,
        row => [row % 13, .. Enumerable.Range(0, targets)
            .Select(j => (object)(areCounts ? Math.Floor(2 + (2 * Math.Sin(row + j))) : 100.0 * (j + 1) * Math.Sin(row + j)))],
        [.. Enumerable.Range(0, targets).Select(j => targets == 1 ? "y" : $"y{j}")]);

    private static MlpDataset Build(int rows, Func<int, object[]> row, params string[] labels)
    {
        var table = new MlpTable("table", ["x", .. labels]);
        for (int i = 0; i < rows; i++)
            table.Add(row(i));
        return table.ToDataset(new TableOptions { Label = labels, Task = MlpTask.Regression });
    }
}
