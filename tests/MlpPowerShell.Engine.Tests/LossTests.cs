using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Losses other than softmax cross-entropy, targets, and sample weights.</summary>
public partial class LossTests
{
    public static TheoryData<LossKind, int> Losses
    {
        get
        {
            var data = new TheoryData<LossKind, int>();
            foreach (LossKind loss in Enum.GetValues<LossKind>())
            {
                data.Add(loss, 3);
                if (loss.Function() != OutputFunction.Softmax)
                    data.Add(loss, 1);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradients_agree_with_central_differences(LossKind loss, int outputs)
    {
        foreach (MlpDataset data in DataSets(loss, outputs))
        {
            MlpModel model = MlpModel.Create(
                13,
                new HiddenLayers([18, 7], [Activation.Named("Tanh"), Activation.Named("Sigmoid")]),
                outputs,
                Initializer.Default,
                5,
                loss);
            model.Layers[^1].Biases.MapInplace(_ => 0.3f);
            if (data.HasLabels)
                model.NameClasses(data.ClassNames);
            Assert.All(GradientProbe.Check(model, data, 100, 1e-3, 1), check => Assert.True(check.Passed, $"{data}: {check}"));
        }
    }

    [Theory]
    [InlineData(-1e30f)]
    [InlineData(-100f)]
    [InlineData(-20f)]
    [InlineData(-0.001f)]
    [InlineData(0f)]
    [InlineData(3f)]
    [InlineData(100f)]
    [InlineData(1e30f)]
    public void No_output_overflows(float output)
    {
        foreach (LossKind loss in Enum.GetValues<LossKind>().Where(loss => !loss.IsOfClasses()))
        {
            foreach (float target in new[] { 0f, 1f })
            {
                float[] value = [output];
                float actual = Formula(loss).Score(value, [target], 0, ScoreResult.Predictions, out _);
                double expected = Formula(loss).Value(output, target);
                if (expected < float.MaxValue)
                    Assert.Equal(1, (actual + 1e-30) / (expected + 1e-30), 1e-6);
                else
                    Assert.Equal(float.PositiveInfinity, actual);

                double prediction = loss.Function() switch
                {
                    OutputFunction.Sigmoid => 1 / (1 + Math.Exp(-(double)output)),
                    OutputFunction.Exponential => (float)Math.Exp(output),
                    _ => output,
                };

                // The smallest numbers above 0 are this far apart.
                if (double.IsFinite(prediction))
                    Assert.Equal(prediction, value[0], Math.Max(Math.Abs(value[0]) * 1e-6, float.Epsilon));
                else
                    Assert.Equal(prediction, value[0]);
            }
        }
    }

    public static TheoryData<LossKind> Kinds => [.. Enum.GetValues<LossKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Slopes_are_the_derivatives_of_the_definition(LossKind loss)
    {
        if (loss.Definition().Each?.Invoke(new LossOptions()) is not { } each)
        {
            Assert.True(loss.IsOfClasses());
            return;
        }

        const double Step = 1e-5;
        foreach (float output in new[] { -3f, -0.7f, 0.2f, 1.6f, 4f })
        {
            foreach (float target in new[] { 0f, 1f })
            {
                float[] value = [output];
                double precision = 1e-6 * Math.Max(1, Math.Abs(each.Derivative(output, target)));
                Assert.Equal(each.Value(output, target), each.Score(value, [target], 0, ScoreResult.Slopes, out bool correct), precision);
                Assert.Equal(
                    (each.Value(output + Step, target) - each.Value(output - Step, target)) / (2 * Step), value[0], 10 * precision);
                Assert.Equal(each.Derivative(output, target), value[0], precision);
                Assert.Equal(!loss.IsRegression() && output > 0 == target > 0.5f, correct);
            }
        }
    }

    [Fact]
    public void Binary_targets_are_smoothed_towards_a_half()
    {
        float[] output = [0.7f];
        float loss = Formula(LossKind.BinaryCrossEntropy).Score(output, [1f], 0.2f, ScoreResult.Slopes, out bool correct);
        Assert.True(correct);
        Assert.Equal(
            (0.9 * Formula(LossKind.BinaryCrossEntropy).Value(
                0.7, 1)) + (0.1 * Formula(LossKind.BinaryCrossEntropy).Value(0.7, 0)),
            loss,
            1e-6);
        Assert.Equal((1 / (1 + Math.Exp(-0.7))) - 0.9, output[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Figures_do_not_depend_on_threads_batches_or_who_measures(LossKind loss, int outputs)
    {
        MlpDataset data = DataSets(loss, outputs).First();
        float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            MlpModel model = MlpModel.Create(13, new HiddenLayers([18], [Activation.Named("Tanh")]), outputs, Initializer.Default, 5, loss);
            if (loss == LossKind.Ordinal)
                model.NameClasses(data.ClassNames);
            foreach (MlpEpoch epoch in MlpTrainer.Train(
                model,
                data,
                data,
                new TrainingOptions
                {
                    Epochs = 3,
                    LearningRate = 0.05,
                    BatchSize = 11,
                    EvaluateTraining = true,
                    Seed = 1,
                    ThreadCount = threads,
                }))
            {
                MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
                Assert.Equal(evaluation.Loss, epoch.TestLoss!.Value, 1e-9);
                Assert.Equal(evaluation.Loss, epoch.TrainingLoss, 1e-9);
                Assert.Equal(evaluation.Accuracy, epoch.TestAccuracy);
                Assert.Equal(loss.IsRegression(), epoch.TrainingAccuracy is null);
            }

            return TestData.Parameters(model);
        })];
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void A_weight_counts_as_that_many_samples()
    {
        MlpDataset data = TestData.Random(3, 40, 5, 3);
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => (float)(i % 3))];
        int[] repeated = [.. Enumerable.Range(0, 40).SelectMany(i => Enumerable.Repeat(i, i % 3))];
        MlpModel weighted = MlpModel.Create(5, new HiddenLayers([8], [Activation.Named("Tanh")]), 3, Initializer.Default, 1);
        MlpModel copied = MlpModel.Create(5, new HiddenLayers([8], [Activation.Named("Tanh")]), 3, Initializer.Default, 1);
        var options = new TrainingOptions { Epochs = 5, LearningRate = 0.1 };

        // The mean is over the samples, so that fewer of them take smaller steps.
        _ = MlpTrainer.Train(weighted, data.WithSampleWeights(weights), null, options).Count();
        _ = MlpTrainer.Train(copied, data.Take(repeated), null, options with { LearningRate = 0.1 * repeated.Length / 40 }).Count();
        foreach ((float expected, float actual) in TestData.Parameters(copied).Zip(TestData.Parameters(weighted)))
            Assert.Equal(expected, actual, 1e-6);
    }

    [Fact]
    public void Weights_and_targets_stay_with_their_samples_in_a_split()
    {
        MlpDataset data = new MlpDataset("lines", [.. Enumerable.Range(0, 50).Select(i => (float)i)], null, 1, [])
            .WithTargets(
                [.. Enumerable.Range(0, 50).Select(i => 2f * i)],
                ["double"]).WithSampleWeights([.. Enumerable.Range(0, 50).Select(i => 3f * i)]);
        (MlpDataset training, MlpDataset validation) = ValidationSplit.Split(data, 0.2, 1);
        Assert.Equal((40, 10), (training.Count, validation.Count));
        foreach (MlpDataset part in new[] { training, validation })
        {
            Assert.Equal(part.Floats!.Select(value => (object)(2.0 * value)), part.Targets);
            Assert.Equal(part.Floats!.Select(value => 3 * value), part.SampleWeights);
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Files_keep_the_loss(LossKind loss, int outputs)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mlp-loss-").FullName, "m.safetensors");
        Files.ModelFile.Write(MlpModel.Create(4, new HiddenLayers([3], [Activation.ReLU]), outputs, Initializer.Default, 1, loss), path);
        MlpModel read = Files.ModelFile.Read(path);
        Assert.Equal((loss, outputs), (read.Loss, read.OutputSize));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        MlpDataset classes = TestData.Random(1, 10, 4, 3);
        MlpDataset numbers = classes.WithTargets([.. Enumerable.Range(0, 20).Select(i => i - 7f)], ["a", "b"]);
        Assert.Equal("TargetCountMismatch", Fails(() => classes.WithTargets([1f], ["a"])));
        Assert.Equal("InvalidTarget", Fails(() => classes.WithTargets([.. Enumerable.Repeat(float.NaN, 10)], ["a"])));
        Assert.Equal("SampleWeightCountMismatch", Fails(() => classes.WithSampleWeights([1f])));
        Assert.Equal("InvalidSampleWeight", Fails(() => classes.WithSampleWeights([.. Enumerable.Repeat(-1f, 10)])));
        Assert.Equal("LabelsMissing", Fails(() => Train(numbers, LossKind.CrossEntropy, 3)));
        Assert.Equal("TargetsMissing", Fails(() => Train(classes, LossKind.MeanSquaredError, 3)));
        Assert.Equal("TargetsMissing", Fails(() => Train(numbers, LossKind.Huber, 3)));
        Assert.Equal("TargetOutsideRange", Fails(() => Train(numbers, LossKind.BinaryCrossEntropy, 2)));
        Assert.Equal("TargetOutsideRange", Fails(() => Train(numbers, LossKind.BinaryFocal, 2)));
        Assert.Equal("TargetOutsideRange", Fails(() => Train(numbers, LossKind.Poisson, 2)));
        Assert.Equal("LabelsMissing", Fails(() => Train(numbers, LossKind.Focal, 3)));
        Assert.Equal("SmoothedFocus", Fails(() => Train(classes, LossKind.Focal, 3, options => options with { LabelSmoothing = 0.1 })));
        Assert.Equal("LabelsMissing", Fails(() => Train(numbers, LossKind.CrossEntropy, 2)));
        Assert.Equal("LabelsMissing", Fails(() => Train(numbers, LossKind.Ordinal, 2)));
        Assert.Equal("ClassOrderUnknown", Fails(() => Train(classes, LossKind.Ordinal, 2)));
        Assert.Equal("InvalidOutputSize", Fails(() => Train(classes, LossKind.CrossEntropy, 1)));
        Assert.Equal("ClassCountMismatch", Fails(() => Train(classes, LossKind.BinaryCrossEntropy, 1)));
        Assert.Equal(
            "NotAClassifier", Fails(() => Train(numbers, LossKind.MeanSquaredError, 2, options => options with { LabelSmoothing = 0.1 })));
        Assert.Equal(
            "MonitorMissing",
            Fails(() => Train(numbers, LossKind.MeanSquaredError, 2, options => options with { Monitor = MlpMetric.TrainingAccuracy })));
        Assert.Equal(
            "LabelsMissing",
            Fails(() => Train(numbers, LossKind.MeanSquaredError, 2, options => options with { ClassWeight = ClassWeights.Balanced })));
        MlpModel regression = MlpModel.CreateFor(numbers, new HiddenLayers([], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal(LossKind.MeanSquaredError, regression.Loss);
        Assert.Equal("NotAClassifier", Fails(() => MlpComparison.Compare(regression, regression, numbers)));

        static string Fails(Action action) => Assert.Throws<MlpException>(action).ErrorId;

        static void Train(MlpDataset data, LossKind loss, int outputs, Func<TrainingOptions, TrainingOptions>? change = null)
        {
            MlpModel model = MlpModel.Create(4, new HiddenLayers([], [Activation.ReLU]), outputs, Initializer.Default, 1, loss);
            var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1 };
            _ = MlpTrainer.Train(model, data, null, change?.Invoke(options) ?? options).Count();
        }
    }

    [Fact]
    public void Predicting_does_not_look_at_labels_that_the_model_does_not_know()
    {
        MlpDataset data = TestData.Random(1, 300, 4, 60);
        foreach (LossKind loss in Enum.GetValues<LossKind>())
        {
            Assert.Equal(
                300,
                new MlpPredictor(MlpModel.Create(
                    4,
                    new HiddenLayers([], [Activation.ReLU]),
                    3,
                    Initializer.Default,
                    1,
                    loss)).Predict(data.WithTargets(new float[300], ["a"]))
                    .Count());
        }
    }

    [Fact]
    public void A_model_of_one_label_takes_no_classes()
    {
        MlpDataset classes = TestData.Random(3, 60, 5, 2);
        MlpModel model = MlpModel.CreateFor(
            classes.WithTargets([.. Enumerable.Range(0, 60).Select(i => i % 2f)], ["rain"]),
            new HiddenLayers([], [Activation.ReLU]),
            Initializer.Default,
            1,
            LossKind.BinaryCrossEntropy);
        Assert.Equal("UnknownClass", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(classes)).ErrorId);

        // What the sample is, is known, and that no answer of the model's can be right.
        Assert.All(new MlpPredictor(model).Predict(classes).Zip(classes.Labels), pair =>
        {
            Assert.Equal(new[] { pair.Second }, pair.First.Label);
            Assert.False(pair.First.IsCorrect);
        });
    }

    private static OutputLoss Formula(LossKind loss) => loss.Definition().Each!(new LossOptions());

    /// <summary>Data sets that a loss can learn from: labels where it takes them, and targets where it takes these.</summary>
    private static IEnumerable<MlpDataset> DataSets(LossKind loss, int outputs)
    {
        MlpDataset labels = TestData.Random(2, 40, 13, Math.Max(2, loss.ClassesOf(outputs)));
        if (!loss.IsRegression())
            yield return labels;
        if (loss.IsOfClasses())
            yield break;
        var random = new Random(4);
        float[] targets = [.. Enumerable.Range(0, 40 * outputs)
            .Select(_ => loss.Function() switch
            {
                OutputFunction.Sigmoid => random.Next(2),
                OutputFunction.Exponential => random.Next(5),
                _ => (4 * random.NextSingle()) - 2,
            })];
        yield return labels.WithTargets(targets, [.. Enumerable.Range(0, outputs).Select(i => $"target {i}")]);
    }
}
