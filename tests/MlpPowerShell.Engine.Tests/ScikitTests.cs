using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// The tests that scikit-learn 1.2 has for its perceptrons, sklearn/neural_network/tests/test_mlp.py, as far as they have a meaning here;
/// each names the one that it is. docs/parity.md has them all.
/// </summary>
public sealed partial class ScikitTests
{
    private static readonly OptimizerOptions _adam = new() { Kind = OptimizerKind.Adam };

    // The momentum of scikit-learn's sgd.
    private static readonly OptimizerOptions _nesterov = new() { Kind = OptimizerKind.Nesterov, Momentum = 0.9 };

    // 200 digits of two or three classes, pixels from 0 to 1.
    private static readonly MlpDataset _binary = Digits(2);
    private static readonly MlpDataset _multi = Digits(3);

    /// <summary>test_alpha.</summary>
    [Fact]
    public void More_weight_decay_leads_to_weights_closer_to_zero()
    {
        double[][] sums = [.. new[] { 0.0, 1 }.Select(decay =>
        {
            MlpModel model = Fitted(
                Rows(_binary, 0, 100), [10], 200, new() { Kind = OptimizerKind.Adam, WeightDecay = decay / 100 }, rate: 0.001);
            return model.Layers.Select(layer => layer.Weights.Enumerate().Sum(weight => (double)Math.Abs(weight))).ToArray();
        })];
        Assert.All(sums[0].Zip(sums[1]), pair => Assert.True(pair.First > pair.Second));
    }

    /// <summary>test_fit.</summary>
    [Fact]
    public void A_step_that_was_worked_out_by_hand_is_taken_so()
    {
        var model = new MlpModel(3, new HiddenLayers([2], [Activation.Named("Sigmoid")]), 1, LossKind.BinaryCrossEntropy);
        (float[,] first, float[] second) = (new[,] { { 0.1f, 0.3f, 0.5f }, { 0.2f, 0.1f, 0f } }, [0.1f, 0.2f]);
        model.Layers[0].Weights.MapIndexedInplace((unit, input, _) => first[unit, input]);
        model.Layers[0].Biases.MapInplace(_ => 0.1f);
        model.Layers[1].Weights.MapIndexedInplace((_, unit, _) => second[unit]);
        model.Layers[1].Biases[0] = 1;
        var data = new MlpDataset("one", [0.6f, 0.8f, 0.7f], [0], 3, ["0", "1"]);
        _ = MlpTrainer.Train(model, data, null, new TrainingOptions
        {
            Epochs = 1,
            LearningRate = 0.1,
            Optimizer = new OptimizerOptions { WeightDecay = 0.1 },
        }).Count();
        double[,] expected = { { 0.098, 0.2956664, 0.4939998 }, { 0.195756, 0.096008, -0.002244 } };
        foreach ((int unit, int input, float weight) in model.Layers[0].Weights.EnumerateIndexed())
            Assert.Equal(expected[unit, input], weight, 1.5e-3);
        AssertNear([0.04706, 0.154089], model.Layers[1].Weights.Enumerate());
        AssertNear([0.098333, 0.09626], model.Layers[0].Biases);
        AssertNear([0.9235], model.Layers[1].Biases);
        AssertNear([0.739], [new MlpPredictor(model).Predict(data, 0).Probabilities[1]]);

        static void AssertNear(double[] expected, IEnumerable<float> actual) =>
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1.5e-3));
    }

    /// <summary>test_multilabel_classification, test_predict_proba_multilabel.</summary>
    [Fact]
    public void Several_labels_are_learned_and_their_probabilities_do_not_sum_to_1()
    {
        MlpDataset data = Linear(50, 20, 5, labels: true);
        MlpModel model = Fitted(data, [50], 100, _nesterov, rate: 0.5, loss: LossKind.BinaryCrossEntropy);
        Assert.True(new MlpPredictor(model).Measure(data).Accuracy > 0.9);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        Assert.All(predictions, prediction => Assert.Equal(
            (IEnumerable<object>)prediction.Prediction,
            Enumerable.Range(0, 5).Where(j => prediction.Probabilities[j] > 0.5f).Select(j => (object)j)));
        Assert.Contains(predictions, prediction => Math.Abs(prediction.Probabilities.Sum() - 1) > 0.1);

        // A part to validate is set aside without classes to draw it from evenly.
        MlpModel stopped = MlpModel.CreateFor(data, new HiddenLayers([50], [Activation.ReLU]), Initializer.XavierUniform, 1);
        Assert.All(
            MlpTrainer.Train(stopped, data, null, new TrainingOptions { Epochs = 3, LearningRate = 0.01, ValidationFraction = 0.1 }),
            epoch => Assert.NotNull(epoch.ValidationAccuracy));
    }

    /// <summary>test_multioutput_regression, with another optimizer than L-BFGS.</summary>
    [Fact]
    public void Several_targets_are_learned()
    {
        MlpDataset data = Linear(200, 20, 5, labels: false);
        Assert.True(new MlpPredictor(Fitted(data, [50], 200, _adam, rate: 0.01)).Measure(data).R2 > 0.9);
    }

    /// <summary>test_partial_fit_classes_error, test_partial_fit_errors, test_warm_start.</summary>
    [Fact]
    public void Other_classes_than_the_models_are_refused()
    {
        MlpModel model = Fitted(_multi, [2], 1, _nesterov, rate: 0.01);
        foreach (string[] classes in new[] { new[] { "1", "3" }, ["0", "1", "2", "3"], ["0", "1", "2", "3", "4"] })
        {
            var data = new MlpDataset("others", new float[64 * classes.Length], [.. Enumerable.Range(0, classes.Length)], 64, classes);
            Assert.Equal("UnknownClass", Assert.Throws<MlpException>(() => Train(model, data, Options(1, _nesterov, 0.01))).ErrorId);
        }

        // Fewer of them are a part of the data, and no other classes.
        Train(model, _binary, Options(1, _nesterov, 0.01));
    }

    /// <summary>test_partial_fit_classification.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Epochs_one_by_one_are_those_of_one_training(int classes)
    {
        MlpDataset data = classes == 2 ? _binary : _multi;
        MlpModel whole = Fitted(data, [100], 100, _nesterov, rate: 0.2), parts = Model(data, [100]);
        for (int i = 0; i < 100; i++)
            Train(parts, data, Options(1, _nesterov, 0.2));
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(parts));
        Assert.True(new MlpPredictor(parts).Measure(data).Accuracy > 0.95);
    }

    /// <summary>test_partial_fit_unseen_classes.</summary>
    [Fact]
    public void A_class_may_come_later_if_the_model_has_it()
    {
        string[] classes = ["a", "b", "c", "d"];
        var first = new MlpDataset("first", [1f, 2f, 3f], [0, 1, 2], 1, classes);
        var second = new MlpDataset("second", [4f], [3], 1, classes);
        MlpModel model = MlpModel.Create(1, new HiddenLayers([100], [Activation.ReLU]), 4, Initializer.XavierUniform, 0).Named(first);
        Train(model, first, Options(1, _adam, 0.001));
        Train(model, second, Options(1, _adam, 0.001));
        Assert.True(new MlpPredictor(model).Measure(new MlpDataset("all", [1f, 2f, 3f, 4f], [0, 1, 2, 3], 1, classes)).Accuracy > 0);
    }

    /// <summary>test_partial_fit_regression.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void Epochs_of_regression_one_by_one_are_those_of_one_training(double momentum)
    {
        MlpDataset data = Linear(200, 10, 1, labels: false);
        OptimizerOptions optimizer = _nesterov with { Momentum = momentum };
        MlpModel whole = Fitted(data, [100], 100, optimizer, rate: 0.01), parts = Model(data, [100]);
        for (int i = 0; i < 100; i++)
            Train(parts, data, Options(1, optimizer, 0.01));
        Assert.Equal(TestData.Parameters(whole), TestData.Parameters(parts));
        Assert.True(new MlpPredictor(parts).Measure(data).R2 > 0.65);
    }

    /// <summary>test_nonfinite_params.</summary>
    [Fact]
    public void Features_too_large_to_learn_from_are_an_error_and_no_weights_that_are_no_numbers()
    {
        var random = new Random(0);
        float[] features = [.. Enumerable.Range(0, 20).Select(_ => float.MaxValue * random.NextSingle())];
        MlpDataset data = new MlpDataset("large", features, null, 2, [])
            .WithTargets([.. Enumerable.Range(0, 10).Select(_ => random.NextSingle())], ["y"]);
        MlpModel model =
            MlpModel.Create(2, new HiddenLayers([100], [Activation.ReLU]), 1, Initializer.XavierUniform, 1, LossKind.MeanSquaredError);
        Assert.Equal("TrainingDiverged", Assert.Throws<MlpException>(() => Train(model, data, Options(200, _adam, 0.001))).ErrorId);
        Assert.All(TestData.Parameters(model), weight => Assert.True(float.IsFinite(weight)));
    }

    /// <summary>test_predict_proba_binary.</summary>
    [Fact]
    public void Probabilities_of_two_classes_tell_them_apart()
    {
        MlpDataset data = Rows(_binary, 0, 50);
        MlpModel model = Fitted(data, [5], 200, _adam, rate: 0.01, activation: "Sigmoid", loss: LossKind.BinaryCrossEntropy);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        AssertProbabilities(predictions, 2);
        (float Chance, bool Holds)[] second = [.. predictions.Select(item => (item.Probabilities[1], (int)item.Label! == 1))];
        Assert.True(second.Where(item => item.Holds).Min(item => item.Chance) > second.Where(item => !item.Holds).Max(item => item.Chance));
    }

    /// <summary>test_predict_proba_multiclass.</summary>
    [Fact]
    public void Probabilities_of_several_classes_sum_to_1()
    {
        MlpDataset data = Rows(_multi, 0, 10);
        AssertProbabilities([.. new MlpPredictor(Fitted(_multi, [5], 10, _adam, rate: 0.001)).Predict(data)], 3);
    }

    /// <summary>test_mlp_classifier_dtypes_casting, test_mlp_regressor_dtypes_casting, test_mlp_param_dtypes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Numbers_of_double_and_single_precision_lead_to_the_same_model(bool classes)
    {
        MlpModel[] models = [.. new[] { true, false }.Select(isDouble =>
        {
            object Number(float value) => isDouble ? (double)value : value;
            var table = new MlpTable("digits", [.. Enumerable.Range(0, 64).Select(i => $"pixel {i}"), "digit"]);
            for (int row = 0; row < 100; row++)
                table.Add([.. _binary.GetSample(row).Select(Number), Number((int)_binary.Labels[row]!)]);
            MlpTask task = classes ? MlpTask.Classification : MlpTask.Regression;
            return Fitted(table.ToDataset(new TableOptions { Label = ["digit"], Task = task }), [5, 3], 50, _adam, rate: 0.001);
        })];
        Assert.Equal(TestData.Parameters(models[0]), TestData.Parameters(models[1]));
    }

    private static void AssertProbabilities(MlpPrediction[] predictions, int classes) => Assert.All(predictions, prediction =>
    {
        Assert.Equal(classes, prediction.Probabilities.Count);
        Assert.Equal(1, prediction.Probabilities.Sum(), 1e-6);
        Assert.Equal(prediction.Probabilities.ToList().IndexOf(prediction.Probabilities.Max()), (int)prediction.Prediction);
    });

    private static MlpDataset Digits(int classes)
    {
        string[][] rows = [.. File.ReadLines(TestData.TableFile("digits.csv")).Skip(1).Select(line => line.Split(','))
            .Where(row => int.Parse(row[^1]) < classes).Take(200)];
        float[] pixels = [.. rows.SelectMany(row => row[..^1].Select(value => (float)TestData.Number(value) / 16))];
        return new MlpDataset(
            "digits", pixels, [.. rows.Select(row => int.Parse(row[^1]))], 64, [.. Enumerable.Range(0, classes).Select(i => $"{i}")]);
    }

    /// <summary>Samples whose targets are sums of features, or labels that say whether these are positive.</summary>
    private static MlpDataset Linear(int count, int features, int outputs, bool labels)
    {
        MlpDataset data = TestData.Random(7, count, features, 2);
        var random = new Random(7);
        float[] weights = [.. Enumerable.Range(0, features * outputs).Select(_ => random.NextSingle() - 0.5f)];
        float[] sums = [.. Enumerable.Range(0, count * outputs).Select(i =>
            data.GetSample(i / outputs).Select((value, j) => value * weights[(j * outputs) + (i % outputs)]).Sum())];
        return data.WithTargets(
            labels ? Array.ConvertAll(sums, sum => sum > 0 ? 1f : 0) : sums, [.. Enumerable.Range(0, outputs).Select(i => $"{i}")]);
    }

    private static MlpDataset Rows(MlpDataset data, int first, int count) => data.Take([.. Enumerable.Range(first, count)]);

    private static MlpModel Model(MlpDataset data, int[] hidden, string activation = "ReLU", LossKind? loss = null) =>
        MlpModel.CreateFor(data, new HiddenLayers(hidden, [Activation.Named(activation)]), Initializer.XavierUniform, 1, loss);

    private static TrainingOptions Options(int epochs, OptimizerOptions optimizer, double rate) =>
        new() { Epochs = epochs, LearningRate = rate, Optimizer = optimizer, BatchSize = 200 };

    private static void Train(MlpModel model, MlpDataset data, TrainingOptions options) =>
        _ = MlpTrainer.Train(model, data, null, options).Count();

    private static MlpModel Fitted(
        MlpDataset data,
        int[] hidden,
        int epochs,
        OptimizerOptions optimizer,
        double rate,
        string activation = "ReLU",
        LossKind? loss = null)
    {
        MlpModel model = Model(data, hidden, activation, loss);
        Train(model, data, Options(epochs, optimizer, rate));
        return model;
    }
}
