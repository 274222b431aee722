using MathNet.Numerics.Statistics;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public class ModelTests
{
    [Theory]
    [InlineData(Initializer.Xavier, 2.0 / (400 + 300))]
    [InlineData(Initializer.XavierUniform, 2.0 / (400 + 300))]
    [InlineData(Initializer.He, 2.0 / 400)]
    [InlineData(Initializer.HeUniform, 2.0 / 400)]
    [InlineData(Initializer.LeCun, 1.0 / 400)]
    [InlineData(Initializer.LeCunUniform, 1.0 / 400)]
    [InlineData(Initializer.PyTorch, 1.0 / (3 * 400))]
    [InlineData(Initializer.Zeros, 0)]
    public void Initializers_have_their_variance(Initializer initializer, double variance)
    {
        MlpModel model = MlpModel.Create(400, new HiddenLayers([300], [Activation.Named("Tanh")]), 2, initializer, 1);
        double[] weights = [.. model.Layers[0].Weights.Enumerate().Select(weight => (double)weight)];

        // Of 120,000 weights, mean and variance stray by a few parts in a thousand.
        Assert.Equal(variance, weights.Variance(), 0.02 * variance);
        Assert.Equal(0, weights.Mean(), 4 * Math.Sqrt(variance / weights.Length));
    }

    [Fact]
    public void Biases_are_spread_as_PyTorch_has_them_and_nowhere_else()
    {
        foreach (Initializer initializer in Enum.GetValues<Initializer>())
        {
            MlpModel model = MlpModel.Create(9, new HiddenLayers([4000], [Activation.ReLU]), 2, initializer, 1);
            float[] biases = [.. model.Layers[0].Biases];
            if (initializer != Initializer.PyTorch)
            {
                Assert.All(biases, bias => Assert.Equal(0, bias));
                continue;
            }

            Assert.All(biases, bias => Assert.InRange(bias, -1 / 3f, 1 / 3f));
            Assert.Equal(0, biases.Average(), 0.02);
            Assert.Equal(1.0 / 27, biases.Select(bias => bias * bias).Average(), 0.002);
        }
    }

    [Fact]
    public void The_default_initializer_is_He_for_rectifiers_LeCun_for_SELU_and_Xavier_for_the_rest()
    {
        MlpModel Create(Initializer initializer, Activation kind) => MlpModel.Create(50, new HiddenLayers([20], [kind]), 2, initializer, 1);
        string[] rectifiers = ["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "GELUTanh", "Mish", "ReLU6", "Hardswish", "PReLU"];
        foreach (Activation kind in Activation.All)
        {
            Initializer expected =
                rectifiers.Contains(kind.Name) ? Initializer.He : kind.Name == "SELU" ? Initializer.LeCun : Initializer.Xavier;
            Assert.Equal(Create(expected, kind).Layers[0].Weights, Create(Initializer.Default, kind).Layers[0].Weights);
        }
    }

    [Fact]
    public void Seeds_differ()
    {
        MlpModel Create(int seed) => MlpModel.Create(50, new HiddenLayers([20], [Activation.ReLU]), 2, Initializer.He, seed);
        Assert.Equal(Create(1).Layers[0].Weights, Create(1).Layers[0].Weights);
        Assert.NotEqual(Create(1).Layers[0].Weights, Create(2).Layers[0].Weights);
        Assert.NotEqual(Create(0).Layers[0].Weights, Create(-1).Layers[0].Weights);
    }

    [Fact]
    public void The_weights_are_the_models_own_memory()
    {
        MlpModel model = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.Zeros, 1);
        var data = new MlpDataset("one", [1f, 2f, 3f], null, 3, ["a", "b"]);
        model.Layers[0].Weights[1, 2] = 5;
        MlpPrediction prediction = new MlpPredictor(model).Predict(data).Single();
        Assert.Equal("1", prediction.Prediction.ToString());
        Assert.Equal(1 / (1 + Math.Exp(-15)), prediction.Confidence!.Value, 1e-7);
    }

    [Theory]
    [InlineData("InvalidHiddenSize", 4, 0, 2)]
    [InlineData("InvalidHiddenSize", 4, -3, 2)]
    [InlineData("InvalidInputSize", 0, 5, 2)]
    [InlineData("InvalidOutputSize", 4, 5, 1)]
    [InlineData("LayerTooLarge", 2_000_000, 2_000_000, 2)]
    public void Sizes_outside_their_range_are_refused(string errorId, int inputs, int hidden, int outputs) =>
        Assert.Equal(
            errorId,
            Assert.Throws<MlpException>(() => new MlpModel(inputs, new HiddenLayers([hidden], [Activation.ReLU]), outputs)).ErrorId);

    [Fact]
    public void Activations_must_be_one_or_one_for_each_hidden_layer() =>
        Assert.Equal(
            "ActivationCountMismatch",
            Assert.Throws<MlpException>(() => new MlpModel(
                4, new HiddenLayers([3, 3, 3], [Activation.ReLU, Activation.Named("Tanh")]), 2)).ErrorId);

    [Fact]
    public void Predictions_and_measures_agree_with_a_network_in_float64()
    {
        MlpModel model =
            MlpModel.Create(17, new HiddenLayers([33, 9], [Activation.Named("GELU"), Activation.Named("Softplus")]), 5, Initializer.He, 2);
        MlpDataset data = TestData.Random(4, 1100, 17, 5);
        MlpEvaluation evaluation = new MlpPredictor(model.Named(data)).Measure(data);
        Assert.Equal(new ReferenceNetwork(model, TestData.Encoded(model, data)).Loss, evaluation.Loss, 1e-6);

        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        Assert.Equal(Enumerable.Range(0, 1100), predictions.Select(prediction => prediction.Index));
        Assert.Equal(predictions.Count(prediction => prediction.IsCorrect == true), evaluation.Accuracy!.Value * 1100, 1e-9);
        Assert.All(predictions, prediction => Assert.Equal(1, prediction.Probabilities.Sum(), 1e-5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public void Predictions_into_given_memory_are_the_same_and_allocate_nothing(int count)
    {
        MlpModel model = MlpModel.Create(17, new HiddenLayers([33, 9], [Activation.ReLU]), 5, Initializer.He, 2);
        MlpDataset data = TestData.Random(4, 1100, 17, 5);
        var predictor = new MlpPredictor(model);
        var probabilities = new float[count * 5];
        predictor.Predict(data, 300, count, probabilities);

        // The runtime allocates now and then for itself; what a prediction allocates, it allocates every time.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            predictor.Predict(data, 300, count, probabilities);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        Assert.Equal(predictor.Predict(data).Skip(300).Take(count).SelectMany(prediction => prediction.Probabilities), probabilities);
    }

    [Fact]
    public void Predictions_of_samples_that_are_not_there_are_refused()
    {
        MlpModel model = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.Zeros, 1);
        MlpDataset data = TestData.Random(4, 10, 3, 2);
        var predictor = new MlpPredictor(model);
        Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Predict(data, -1, 1, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Predict(data, 0, -1, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Predict(data, 9, 2, new float[4]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(data, 0, 3, new float[5]));
    }

    [Fact]
    public void Precision_recall_and_F1_come_from_the_confusion_matrix()
    {
        // A network that passes its input on: the largest feature is the prediction.
        MlpModel model = MlpModel.Create(3, new HiddenLayers([], [Activation.ReLU]), 3, Initializer.Zeros, 1);
        for (int i = 0; i < 3; i++)
            model.Layers[0].Weights[i, i] = 1;
        int[] labels = [0, 0, 0, 1, 1, 2];
        int[] predicted = [0, 0, 1, 1, 0, 1];
        float[] features = [.. predicted.SelectMany(p => Enumerable.Range(0, 3).Select(i => i == p ? 1f : 0f))];
        var data = new MlpDataset("toy", features, labels, 3, ["x", "y", "z"]);
        MlpEvaluation evaluation = new MlpPredictor(model.Named(data)).Measure(data);

        Assert.Equal(0.5, evaluation.Accuracy);
        Assert.Equal([2, 1, 0, 1, 1, 0, 0, 1, 0], evaluation.ConfusionMatrix!.ToRowMajorArray().Select(count => (int)count));
        Assert.Equal((2.0 / 3, 2.0 / 3, 2.0 / 3, 3), Scores(0));
        Assert.Equal((1.0 / 3, 1.0 / 2, 0.4, 2), Scores(1));
        Assert.Equal((0.0, 0.0, 0.0, 1), Scores(2));

        (double, double, double, int) Scores(int i) =>
            (evaluation.Classes[i].Precision, evaluation.Classes[i].Recall, evaluation.Classes[i].F1, evaluation.Classes[i].Support);
    }

    [Theory]
    [InlineData(1, 9_000_000)]
    [InlineData(200, 9_000_000)]
    [InlineData(1000, 1_200_000, 1000)]
    public void A_model_that_no_memory_can_hold_is_refused_with_a_sentence(int inputs, params int[] hidden)
    {
        var failure = Assert.Throws<MlpException>(() => new MlpModel(inputs, new HiddenLayers(hidden, [Activation.Named("ReLU")]), 2));
        Assert.Equal("LayerTooLarge", failure.ErrorId);
    }
}
