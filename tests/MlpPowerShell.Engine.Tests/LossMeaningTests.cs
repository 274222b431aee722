using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What models learn by each loss: figures that are known without training.</summary>
public class LossMeaningTests
{
    private const int Rows = 200;

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void A_quantile_leaves_its_part_of_the_targets_below(double quantile)
    {
        // Of each group, the same numbers in another order, moved.
        MlpDataset data = Table(row => (row % 2, (row * 37 % 100) + (1000.0 * (row % 2))));
        MlpModel model = Trained(data, LossKind.Quantile, new LossOptions { Quantile = quantile }, rate: 0.02);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        double below = predictions.Count(prediction => (double)prediction.Error! >= 0) / (double)Rows;
        Assert.Equal(quantile, below, 0.03);
        Assert.Equal(1000, (double)predictions[1].Prediction - (double)predictions[0].Prediction, 50.0);
    }

    [Fact]
    public void Expected_counts_are_the_means_of_their_groups()
    {
        // What maximizes the likelihood where each group has a rate of its own.
        MlpDataset data = Table(row => (row % 2, (row * 7 % 5) + (30.0 * (row % 2))));
        MlpModel model = Trained(data, LossKind.Poisson, null);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        for (int group = 0; group < 2; group++)
        {
            double mean = Enumerable.Range(0, Rows).Where(row => row % 2 == group).Average(row => (row * 7 % 5) + (30.0 * (row % 2)));
            Assert.Equal(mean, (double)predictions[group].Prediction, 0.01);
        }

        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        double[] errors = [.. predictions.Select(prediction => (double)prediction.Error!)];
        Assert.Equal(errors.Average(Math.Abs), evaluation.MeanAbsoluteError!.Value, 1e-5);
        Assert.Equal(Math.Sqrt(errors.Average(error => error * error)), evaluation.RootMeanSquaredError!.Value, 1e-5);
        Assert.InRange(evaluation.R2!.Value, 0.98, 1);
    }

    [Theory]
    [InlineData(Initializer.Zeros)]
    [InlineData(Initializer.PyTorch)]
    public void Counts_begin_at_their_mean(Initializer initializer)
    {
        MlpDataset data = Table(row => (row % 2, 5000 + (row % 3)));
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), initializer, 1, LossKind.Poisson);
        MlpModel numbers = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), initializer, 1);
        double mean = Enumerable.Range(0, Rows).Average(row => 5000.0 + (row % 3));
        Assert.Equal(numbers.Layers[1].Biases[0] + Math.Log(mean), model.Layers[1].Biases[0], 1e-5);
        Assert.Equal(numbers.Layers[1].Weights.ToArray(), model.Layers[1].Weights.ToArray());
        Assert.Equal(0, Biases(Table(row => (row % 2, 0)))[0]);

        MathNet.Numerics.LinearAlgebra.Vector<float> Biases(MlpDataset none) => MlpModel.CreateFor(
            none, new HiddenLayers([], []), Initializer.Zeros, 1, LossKind.Poisson).Layers[0].Biases;
    }

    [Fact]
    public void A_small_rate_has_as_many_digits_as_a_large_one()
    {
        MlpDataset data = Table(row => (row % 2, 1e-7 * (row % 2)));
        ModelEnds ends = ModelEnds.Fit(data, LossKind.Poisson, new EncodingOptions());
        MlpModel model = MlpModel.CreateFor(ends, new HiddenLayers([], []), Initializer.Zeros, 1);
        model.Layers[0].Biases[0] = -18.4f;
        Assert.Equal(Math.Exp(-18.4f), (double)new MlpPredictor(model).Predict(data).First().Prediction, 1e-13);
    }

    [Fact]
    public void Counts_are_never_scaled_and_numbers_below_0_are_named()
    {
        MlpDataset data = Table(row => (row % 2, row % 7));
        var options = new EncodingOptions { Scaling = FeatureScaling.MinMax, ScalingOf = _ => FeatureScaling.Robust };
        FeatureColumn target = ModelEnds.Fit(data, LossKind.Poisson, options).Output.Targets.Single();
        Assert.Equal((0, 1, false), (target.Shift, target.Factor, target.IsLogarithmic));

        MlpDataset negative = Table(row => (row % 2, row == 5 ? -1 : row));
        MlpException failure =
            Assert.Throws<MlpException>(() => ModelEnds.Fit(negative, LossKind.Poisson, new EncodingOptions()));
        Assert.Equal("TargetOutsideRange", failure.ErrorId);
        Assert.Contains("targets below 0 (y), which the loss Poisson can't have", failure.Message);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([], []), Initializer.Zeros, 1, LossKind.Poisson);
        failure = Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(negative));
        Assert.Contains("targets below 0 (y, row 6)", failure.Message);
    }

    [Fact]
    public void Counts_that_were_read_as_classes_are_known_for_numbers()
    {
        MlpTable table = TableTests.Table(["x", "n"], [.. Enumerable.Range(0, 60).Select(i => new object?[] { i, i % 3 })]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["n"] });
        MlpException failure = Assert.Throws<MlpException>(() => ModelEnds.Fit(data, LossKind.Poisson, new EncodingOptions()));
        Assert.Equal("TargetIsText", failure.ErrorId);
        Assert.Contains("make it a regression [Task Regression].", failure.Text.ToString(TestData.Say));
    }

    [Fact]
    public void A_file_of_scaled_numbers_becomes_one_of_counts_without_their_scale()
    {
        MlpDataset data = Table(row => (row % 2, row));
        MlpModel numbers = MlpModel.CreateFor(data, new HiddenLayers([], []), Initializer.Zeros, 1, LossKind.LogCosh);
        ModelContent content = ModelContent.Of(numbers);
        MlpModel counts = content.ToModel("m", new ModelReadOptions { Loss = LossKind.Poisson });
        Assert.Empty(counts.Output.Targets);
        Assert.Equal(1.0, new MlpPredictor(counts).Predict(data).First().Prediction);
        MlpModel same = content.ToModel("m", new ModelReadOptions { Loss = LossKind.MeanSquaredError });
        Assert.Equal(numbers.Output.Targets[0].Factor, same.Output.Targets[0].Factor);
    }

    [Theory]
    [InlineData(LossKind.Focal, LossKind.CrossEntropy, 3)]
    [InlineData(LossKind.BinaryFocal, LossKind.BinaryCrossEntropy, 3)]
    [InlineData(LossKind.BinaryFocal, LossKind.BinaryCrossEntropy, 1)]
    public void A_focal_loss_of_gamma_0_is_a_cross_entropy(LossKind focal, LossKind plain, int outputs)
    {
        MlpDataset data = TestData.Random(3, 60, 5, Math.Max(2, outputs));
        MlpModel[] models = [.. new[] { focal, plain }.Select(loss =>
        {
            MlpModel model = MlpModel.Create(
                5, new HiddenLayers([7], [Activation.ReLU]), outputs, Initializer.Default, 1, loss, new LossOptions { FocalGamma = 0 });
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 20, LearningRate = 0.1, BatchSize = 8 }).Count();
            return model;
        })];
        foreach ((float one, float other) in TestData.Parameters(models[0]).Zip(TestData.Parameters(models[1])))
            Assert.Equal(one, other, 1e-5f);
        Assert.Equal(new MlpPredictor(models[1]).Measure(data).Loss, new MlpPredictor(models[0]).Measure(data).Loss, 1e-5);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(5)]
    public void Slopes_of_a_sure_softmax_keep_their_digits(double gamma)
    {
        // With two classes it is the binary focal loss of the difference of the logits.
        OutputLoss binary = LossKind.BinaryFocal.Definition().Each!(new LossOptions { FocalGamma = gamma });
        foreach (double z in new[] { -30, -4, -0.3, 0, 0.3, 4, 14.0 })
        {
            float missing = (float)(1 / (1 + Math.Exp(z)));
            float[] probabilities = [missing, (float)(1 / (1 + Math.Exp(-z)))];
            float loss = Focal.Score(probabilities, 1, (float)Math.Log(1 + Math.Exp(-z)), gamma, out float factor);
            Assert.Equal(1, loss / binary.Value(z, 1), 1e-5);
            Assert.Equal(1, -factor * missing / binary.Derivative(z, 1), 1e-5);
            float[] output = [(float)z];
            Assert.Equal(1, binary.Score(output, [1f], 0, ScoreResult.Slopes, out _) / binary.Value((float)z, 1), 1e-5);
            Assert.Equal(1, output[0] / binary.Derivative((float)z, 1), 1e-5);
        }

        Assert.Equal(0, Focal.Score([0f, 1f], 1, 0, gamma, out float none));
        Assert.Equal(0, none);
    }

    private static MlpDataset Table(Func<int, (double X, double Y)> row)
    {
        var table = new MlpTable("table", ["x", "y"]);
        for (int i = 0; i < Rows; i++)
            table.Add([row(i).X, row(i).Y]);
        return table.ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Regression });
    }

    private static MlpModel Trained(MlpDataset data, LossKind loss, LossOptions? options, double rate = 0.05)
    {
        ModelEnds ends = ModelEnds.Fit(data, loss, new EncodingOptions()) with { LossOptions = options ?? new LossOptions() };
        MlpModel model = MlpModel.CreateFor(ends, new HiddenLayers([], []), Initializer.Zeros, 1);
        _ = MlpTrainer.Train(model, data, null, new TrainingOptions
        {
            Epochs = 1500,
            LearningRate = rate,
            Optimizer = new() { Kind = OptimizerKind.Adam },
            Schedule = new() { Kind = ScheduleKind.Cosine },
        }).Count();
        return model;
    }
}
