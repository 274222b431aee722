using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Classes with an order.</summary>
public sealed partial class OrdinalTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    public static TheoryData<OptimizerKind> Optimizers => [.. Enum.GetValues<OptimizerKind>()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_loss_is_the_logarithm_of_what_two_sigmoids_leave(int seed)
    {
        var random = new Random(seed);
        double[] sums = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (6 * random.NextDouble()) - 3)];
        double total = 0;
        for (int label = 0; label <= sums.Length; label++)
        {
            double[] above = Above(sums), slopes = [.. sums];
            double probability = (label == 0 ? 1 : above[label - 1]) - (label == sums.Length ? 0 : above[label]);
            Assert.Equal(-Math.Log(probability), Ordinal.Score<double>(slopes, label, ScoreResult.Slopes, out int best), 1e-12);
            Assert.Equal(-Math.Log(probability), Ordinal.Score<double>([.. sums], label, ScoreResult.Predictions, out int same), 1e-12);
            Assert.Equal(best, same);
            total += probability;
            for (int j = 0; j < sums.Length; j++)
                Assert.Equal((LossAt(j, 1e-6) - LossAt(j, -1e-6)) / 2e-6, slopes[j], 1e-8);

            double LossAt(int unit, double step) => Ordinal.Score<double>(
                [.. sums.Select((sum, j) => j == unit ? sum + step : sum)], label, ScoreResult.Predictions, out _);
        }

        Assert.Equal(1, total, 1e-12);
    }

    [Theory]
    [InlineData(-1e30f)]
    [InlineData(-100f)]
    [InlineData(0f)]
    [InlineData(100f)]
    [InlineData(1e30f)]
    public void No_sum_overflows_and_what_lies_above_falls(float size)
    {
        foreach (float[] sums in new float[][] { [size, size, size], [size, -size, 1f], [0f, size, -size], [-size, 0f, size] })
        {
            for (int label = 0; label <= sums.Length; label++)
            {
                float[] slopes = [.. sums], above = [.. sums];
                double loss = Ordinal.Score<float>(slopes, label, ScoreResult.Slopes, out _);
                Assert.InRange(loss, 0, double.MaxValue);
                Assert.All(slopes, slope => Assert.InRange(slope, -1f, 1f));
                Ordinal.Score<float>(above, label, ScoreResult.Predictions, out int best);
                Assert.Equal(above.OrderDescending(), above);
                Assert.All(above, chance => Assert.InRange(chance, 0f, 1f));
                float[] probabilities = [1 - above[0], above[0] - above[1], above[1] - above[2], above[2]];
                Assert.Equal(OutputScorer.ArgMax(probabilities), best);
            }
        }
    }

    /// <summary>Against statsmodels' OrderedModel, which references/make_ordered.py has fit.</summary>
    [Fact]
    public void A_linear_model_is_that_of_statsmodels()
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(TestData.Reference("ordered.json")));
        double[] Numbers(string name) =>
            [.. reference.RootElement.GetProperty(name).EnumerateArray().Select(item => item.GetDouble())];
        MlpDataset data = TableReader.Read(TestData.TableFile("anes96.csv"), new TableReadOptions())
            .ToDataset(new TableOptions { Label = ["PID"] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([], []), Initializer.Zeros, 1, LossKind.Ordinal);
        _ = MlpTrainer.Train(
            model, data, null, new TrainingOptions { Epochs = 200, LearningRate = 1, Optimizer = new() { Kind = OptimizerKind.LBFGS } })
            .Count();

        double likelihood = -data.Count * new MlpPredictor(model).Measure(data).Loss;
        Assert.Equal(reference.RootElement.GetProperty("logLikelihood").GetDouble(), likelihood, 1e-3);
        MlpLayer layer = model.Layers[0];
        double[] coefficients = Numbers("coefficients"), thresholds = Numbers("thresholds");
        for (int i = 0; i < coefficients.Length; i++)
            Assert.Equal(coefficients[i], layer.Weights[0, i], 2e-3);
        double logit = layer.Biases[0];
        for (int j = 0; j < thresholds.Length; j++)
        {
            logit -= j == 0 ? 0 : Math.Log(1 + Math.Exp(layer.Biases[j]));
            Assert.Equal(thresholds[j], -logit, 2e-3);
        }

        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data).Take(3)];
        JsonElement[] expected = [.. reference.RootElement.GetProperty("firstProbabilities").EnumerateArray()];
        for (int i = 0; i < predictions.Length; i++)
        {
            Assert.All(
                expected[i].EnumerateArray().Zip(predictions[i].Probabilities),
                pair => Assert.Equal(pair.First.GetDouble(), pair.Second, 1e-3));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Only_the_first_output_learns_weights_whatever_the_optimizer(OptimizerKind kind)
    {
        foreach (int[] hidden in new int[][] { [], [40] })
        {
            MlpDataset data = Ranks(300);
            MlpModel model = Create(data, hidden);
            float[] before = [.. model.Layers[^1].Biases];
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions
            {
                Epochs = 3,
                LearningRate = kind == OptimizerKind.LBFGS ? 1 : 0.01,
                BatchSize = kind == OptimizerKind.LBFGS ? null : 50,
                Optimizer = new() { Kind = kind },
            }).Count();
            Assert.DoesNotContain(0, model.Layers[^1].Weights.Row(0));
            Assert.All(model.Layers[^1].Weights.EnumerateRows().Skip(1), row => Assert.All(row, weight => Assert.Equal(0, weight)));
            Assert.NotEqual(before, model.Layers[^1].Biases);
            Assert.All(GradientProbe.Check(model, data, 200, 1e-3, 1), check => Assert.True(check.Passed, $"{check}"));
        }
    }

    [Fact]
    public void A_new_model_predicts_how_often_each_class_is()
    {
        MlpDataset data = Ranks(500);
        MlpModel model = Create(data, []);
        model.Layers[0].Weights.Clear();
        MlpPrediction prediction = new MlpPredictor(model).Predict(data).First();
        Assert.Equal(5, prediction.Probabilities.Count);
        Assert.All(
            data.ClassCounts.Zip(prediction.Probabilities), pair => Assert.Equal(pair.First / 500.0, pair.Second, 1e-6));
    }

    [Fact]
    public void Figures_are_those_of_the_predictions()
    {
        MlpDataset data = Ranks(400), other = Ranks(200, 2);
        MlpModel model = Create(data, [8]);
        var options = new TrainingOptions { Epochs = 20, LearningRate = 0.3, BatchSize = 20 };
        MlpEpoch last = MlpTrainer.Train(model, data, other, options).Last();
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(other);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(other)];
        int RankOf(object? value) => model.ClassNames.ToList().IndexOf($"{value}");
        double apart = predictions.Average(item => Math.Abs(RankOf(item.Prediction) - RankOf(item.Label)));
        Assert.Equal(apart, evaluation.MeanAbsoluteError!.Value, 1e-12);
        Assert.Equal(predictions.Average(item => -Math.Log(item.Probabilities[RankOf(item.Label)])), evaluation.Loss, 1e-5);
        Assert.Equal(predictions.Average(item => item.IsCorrect == true ? 1.0 : 0), evaluation.Accuracy!.Value, 1e-12);
        Assert.Equal((evaluation.Accuracy, evaluation.Loss), (last.TestAccuracy, last.TestLoss));
        Assert.Equal(200, evaluation.ConfusionMatrix!.ColumnSums().Sum());
        Assert.All(predictions, item =>
        {
            Assert.Equal(1, item.Probabilities.Sum(), 1e-6);
            Assert.Equal(item.Probabilities.Max(), item.Confidence);
            Assert.Equal(OutputScorer.ArgMax([.. item.Probabilities]), RankOf(item.Prediction));
        });
        Assert.InRange(evaluation.MeanAbsoluteError!.Value, 0, 0.4);
    }

    [Fact]
    public void Weights_of_classes_and_samples_count_as_elsewhere()
    {
        MlpDataset data = Ranks(60);
        float[] ofClass = [1, 2, 0.5f, 3, 1];
        float[] ofSample = [.. data.Labels.Select(label => ofClass[(int)label! - 1])];
        var options = new TrainingOptions { Epochs = 5, LearningRate = 0.1 };
        MlpModel[] models = [Create(data, [6]), Create(data, [6])];
        var weights = new ClassWeights(
            ofClass.Select((weight, i) => (weight, i)).ToDictionary(pair => $"{pair.i + 1}", pair => (double)pair.weight));
        _ = MlpTrainer.Train(models[0], data, null, options with { ClassWeight = weights }).Count();
        _ = MlpTrainer.Train(models[1], data.WithSampleWeights(ofSample), null, options).Count();
        Assert.Equal(TestData.Parameters(models[0]), TestData.Parameters(models[1]));
    }

    [Fact]
    public void Smoothed_labels_are_refused()
    {
        MlpDataset data = Ranks(60);
        Assert.Equal("SmoothedOrder", Assert.Throws<MlpException>(() => MlpTrainer.Train(
            Create(data, []), data, null, new TrainingOptions { Epochs = 1, LearningRate = 0.1, LabelSmoothing = 0.1 }).Count()).ErrorId);
    }

    private static double[] Above(double[] sums)
    {
        var above = new double[sums.Length];
        double logit = sums[0];
        for (int j = 0; j < sums.Length; j++)
        {
            logit -= j == 0 ? 0 : Math.Log(1 + Math.Exp(sums[j]));
            above[j] = 1 / (1 + Math.Exp(-logit));
        }

        return above;
    }

    private static MlpModel Create(MlpDataset data, int[] hidden) => MlpModel.CreateFor(
        data, new HiddenLayers(hidden, [Activation.Named("Tanh")]), Initializer.Default, 1, LossKind.Ordinal);

    /// <summary>Ranks from 1 to 5 that a number and a category tell with some noise.</summary>
    private static MlpDataset Ranks(int count, int seed = 1)
    {
        var random = new Random(seed);
        return TableTests.Table(["x", "kind", "rank"], [.. Enumerable.Range(0, count).Select(i =>
        {
            double x = (4 * random.NextDouble()) - 2, noise = 0.4 * (random.NextDouble() - random.NextDouble());
            string kind = i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c";
            double score = x + noise + (kind == "b" ? 0.7 : 0);
            return new object?[] { x, kind, score < -1.2 ? 1 : score < -0.3 ? 2 : score < 0.5 ? 3 : score < 1.4 ? 4 : 5 };
        })]).ToDataset(new TableOptions { Label = ["rank"], Task = MlpTask.Classification });
    }
}
