using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>A data set with weights of samples is measured with them, wherever it is measured.</summary>
public class WeightedFigureTests
{
    private static readonly Func<MlpEpoch, double?>[] _figures =
    [
        epoch => epoch.ValidationLoss, epoch => epoch.ValidationAccuracy, epoch => epoch.ValidationR2, epoch => epoch.ValidationMae,
        epoch => epoch.TestLoss, epoch => epoch.TestAccuracy, epoch => epoch.TestR2, epoch => epoch.TestMae,
    ];

    public static TheoryData<LossKind> Losses => [.. Enum.GetValues<LossKind>()];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Each_weight_counts_as_so_many_samples(LossKind loss)
    {
        MlpDataset training = Data(loss, 1, 200), measured = Data(loss, 2, 300);
        int[] times = [.. Enumerable.Range(0, measured.Count).Select(i => i * 5 % 4)];
        MlpDataset weighted = measured.WithSampleWeights([.. times.Select(time => (float)time)]);
        MlpDataset repeated = measured.Take([.. Enumerable.Range(0, measured.Count).SelectMany(i => Enumerable.Repeat(i, times[i]))]);
        MlpEpoch[] one = Train(loss, training, weighted, out MlpModel model), other = Train(loss, training, repeated, out _);
        for (int i = 0; i < one.Length; i++)
        {
            foreach (Func<MlpEpoch, double?> figure in _figures)
                Near(figure(other[i]), figure(one[i]));
            Assert.Equal(other[i].IsBest, one[i].IsBest);
        }

        MlpEvaluation evaluation = new MlpPredictor(model).Measure(weighted);
        Assert.Equal(evaluation.Loss, one[^1].ValidationLoss!.Value);
        Near(evaluation.Accuracy, one[^1].ValidationAccuracy);
        Near(evaluation.R2, one[^1].ValidationR2);
        Near(loss.IsRegression() ? evaluation.MeanAbsoluteError : null, one[^1].ValidationMae);
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.Huber)]
    public void Training_data_are_measured_so_too(LossKind loss)
    {
        MlpDataset data = Data(loss, 1, 150);
        MlpDataset weighted = data.WithSampleWeights([.. Enumerable.Range(0, data.Count).Select(i => i % 3 * 0.75f)]);
        foreach ((int? batch, OptimizerKind kind) in new (int?, OptimizerKind)[]
        {
            (null, OptimizerKind.Sgd), (16, OptimizerKind.Sgd), (null, OptimizerKind.LBFGS),
        })
        {
            MlpModel model = Model(loss, data);
            var options = new TrainingOptions
            {
                Epochs = 3,
                LearningRate = 0.01,
                BatchSize = batch,
                EvaluateTraining = batch is not null,
                Optimizer = new() { Kind = kind },
            };
            MlpEpoch last = MlpTrainer.Train(model, weighted, null, options).Last();
            MlpEvaluation evaluation = new MlpPredictor(model).Measure(weighted);

            // The walk back rounds activations otherwise than that which only predicts.
            Near(evaluation.Loss, last.TrainingLoss, 1e-6);
            Near(evaluation.Accuracy, last.TrainingAccuracy);
            Near(evaluation.R2, last.TrainingR2, 1e-6);
        }
    }

    [Fact]
    public void The_running_figures_of_mini_batches_are_weighted_means()
    {
        // With steps of nothing, all batches meet the same weights.
        MlpDataset data = Data(LossKind.CrossEntropy, 1, 101);
        MlpDataset weighted = data.WithSampleWeights([.. Enumerable.Range(0, data.Count).Select(i => i % 3 * 0.75f)]);
        MlpModel model = Model(LossKind.CrossEntropy, data);
        MlpEvaluation before = new MlpPredictor(model).Measure(weighted);
        MlpEpoch epoch =
            MlpTrainer.Train(model, weighted, null, new TrainingOptions { Epochs = 1, LearningRate = 1e-30, BatchSize = 8 }).Single();
        Near(before.Loss, epoch.TrainingLoss);
        Near(before.Accuracy, epoch.TrainingAccuracy);
    }

    [Fact]
    public void Weights_of_classes_are_for_training_alone()
    {
        MlpDataset data = Data(LossKind.CrossEntropy, 1, 150);
        MlpModel model = Model(LossKind.CrossEntropy, data);
        var options = new TrainingOptions
        {
            Epochs = 2,
            LearningRate = 0.01,
            ValidationData = data,
            ClassWeight = new ClassWeights(new Dictionary<string, double> { [data.ClassNames[0]] = 5 }),
        };
        MlpEpoch last = MlpTrainer.Train(model, data, null, options).Last();
        Assert.Equal(new MlpPredictor(model).Measure(data).Loss, last.ValidationLoss);
    }

    [Fact]
    public void Where_no_sample_counts_there_is_nothing_to_measure()
    {
        MlpDataset data = Data(LossKind.CrossEntropy, 1, 20);
        MlpDataset half = data.WithSampleWeights([.. Enumerable.Range(0, 20).Select(i => i < 10 ? 0f : 1)]);
        MlpModel model = Model(LossKind.CrossEntropy, data);
        MlpDataset none = half.Take([.. Enumerable.Range(0, 10)]);
        Assert.Equal("InvalidSampleWeight", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(none)).ErrorId);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, ValidationData = none };
        Assert.Equal(
            "InvalidSampleWeight", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, data, null, options).Count()).ErrorId);
        Assert.Equal(10, new MlpPredictor(model).Predict(none).Count());
    }

    private static MlpEpoch[] Train(LossKind loss, MlpDataset training, MlpDataset measured, out MlpModel model)
    {
        model = Model(loss, training);
        var options = new TrainingOptions
        {
            Epochs = 6,
            LearningRate = 0.02,
            BatchSize = 16,
            ThreadCount = 2,
            ValidationData = measured,
            Patience = 2,
            Schedule = new() { Kind = ScheduleKind.Plateau, PlateauPatience = 1 },
        };
        return [.. MlpTrainer.Train(model, training, measured, options)];
    }

    private static void Near(double? expected, double? actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is { } number)
            Assert.Equal(number, actual!.Value, tolerance * Math.Max(1, Math.Abs(number)));
    }

    private static MlpModel Model(LossKind loss, MlpDataset data) => MlpModel.CreateFor(
        ModelEnds.Fit(data, loss, new EncodingOptions { ClassOrder = loss == LossKind.Ordinal ? data.ClassNames : [] }),
        new HiddenLayers([5], [Activation.Named("Tanh")]),
        Initializer.Default,
        3);

    private static MlpDataset Data(LossKind loss, int seed, int count)
    {
        MlpDataset classes = TestData.Random(seed, count, 4, 3);
        var random = new Random(seed);
        return loss.IsRegression()
            ? classes.WithTargets(
                [.. Enumerable.Range(0, 2 * count).Select(_ => loss == LossKind.Poisson ? random.Next(4) : (float)random.NextDouble())],
                ["a", "b"])
            : classes;
    }
}
