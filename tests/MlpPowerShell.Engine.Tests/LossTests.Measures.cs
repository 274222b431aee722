using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public partial class LossTests
{
    [Fact]
    public void Regression_is_measured_as_scikit_learn_does()
    {
        // A model that predicts what comes in.
        var model = new MlpModel(2, new HiddenLayers([], [Activation.Identity]), 2, LossKind.MeanSquaredError);
        model.Layers[0].Weights[0, 0] = model.Layers[0].Weights[1, 1] = 1;
        model.NameClasses(["a", "b"]);

        // scikit-learn's example of r2_score with several outputs.
        MlpDataset data =
            new MlpDataset("numbers", [0f, 2f, -1f, 2f, 8f, -5f], null, 2, []).WithTargets([0.5f, 1f, -1f, 1f, 7f, -6f], ["a", "b"]);
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        Assert.Equal(0.9368, evaluation.R2!.Value, 0.00005);
        Assert.Equal(4.5 / 6, evaluation.MeanAbsoluteError!.Value, 1e-9);
        Assert.Equal((Math.Sqrt(1.25 / 3) + 1) / 2, evaluation.RootMeanSquaredError!.Value, 1e-9);
        Assert.Equal(4.25 / 6, evaluation.Loss, 1e-6);
        Assert.Null(evaluation.Accuracy);
        Assert.Null(evaluation.ConfusionMatrix);

        MlpPrediction prediction = new MlpPredictor(model).Predict(data).Last();
        Assert.Equal(new[] { 8.0, -5.0 }, prediction.Prediction);
        Assert.Equal(new[] { 7.0, -6.0 }, prediction.Label);
        Assert.Null(prediction.Confidence);
    }

    [Theory]
    [InlineData(0.1f, 0.1f, 1)]
    [InlineData(0.1f, 0.3f, 0)]
    [InlineData(-1e6f, -1e6f, 1)]
    [InlineData(123456.7f, 123456.8f, 0)]
    public void Of_a_constant_target_only_a_perfect_prediction_explains_anything(float target, float predicted, double expected)
    {
        var model = new MlpModel(1, new HiddenLayers([], [Activation.Identity]), 1, LossKind.MeanSquaredError);
        model.Layers[0].Biases[0] = predicted;
        MlpDataset data = new MlpDataset("constant", new float[1000], null, 1, []).WithTargets([.. Enumerable.Repeat(target, 1000)], ["y"]);
        Assert.Equal(expected, new MlpPredictor(model).Measure(data).R2);
    }

    [Fact]
    public void Several_labels_are_right_when_all_are()
    {
        var model = new MlpModel(2, new HiddenLayers([], [Activation.Identity]), 2, LossKind.BinaryCrossEntropy);
        model.Layers[0].Weights[0, 0] = model.Layers[0].Weights[1, 1] = 1;
        model.NameClasses(["sun", "rain"]);
        MlpDataset data =
            new MlpDataset("weather", [2f, -1f, 1f, 3f, -1f, -1f], null, 2, []).WithTargets([1f, 0f, 1f, 0f, 0f, 0f], ["sun", "rain"]);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        Assert.Equal([true, false, true], predictions.Select(prediction => prediction.IsCorrect));
        Assert.Equal(new object[] { "sun", "rain" }, predictions[1].Prediction);
        Assert.Equal(new object[] { "sun" }, predictions[1].Label);
        Assert.Equal(1 / (1 + Math.Exp(-1)), predictions[0].Confidence!.Value, 1e-6);
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        Assert.Equal(2 / 3.0, evaluation.Accuracy!.Value, 1e-9);
        Assert.Equal([(1.0, 2), (0.0, 0)], evaluation.Classes.Select(score => (score.Recall, score.Support)));
        Assert.Equal([1.0, 0.0], evaluation.Classes.Select(score => score.Precision));
    }

    [Fact]
    public void Two_classes_make_one_output()
    {
        MlpDataset data = TestData.Random(3, 60, 5, 2);
        MlpModel model =
            MlpModel.CreateFor(data, new HiddenLayers([8], [Activation.ReLU]), Initializer.Default, 1, LossKind.BinaryCrossEntropy);
        Assert.Equal(1, model.OutputSize);
        _ = MlpTrainer.Train(
            model, data, null, new TrainingOptions { Epochs = 200, LearningRate = 0.01, Optimizer = new() { Kind = OptimizerKind.Adam } })
            .Count();
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        Assert.Equal(predictions.Count(prediction => prediction.IsCorrect == true) / 60.0, evaluation.Accuracy!.Value, 1e-9);
        Assert.Equal(60, evaluation.ConfusionMatrix!.Enumerate().Sum());
        Assert.All(predictions, prediction =>
        {
            Assert.Equal(1, prediction.Probabilities.Sum(), 1e-6);
            Assert.Equal($"class {(prediction.Probabilities[1] > 0.5 ? 1 : 0)}", prediction.Prediction);
        });
        Assert.True(evaluation.Accuracy > 0.7);
    }

    [Theory]
    [InlineData(LossKind.BinaryCrossEntropy, 20f, 30f)]
    [InlineData(LossKind.BinaryCrossEntropy, -200f, -190f)]
    [InlineData(LossKind.CrossEntropy, 0.1f, 0.10000001f)]
    [InlineData(LossKind.CrossEntropy, -3f, -2.9999998f)]
    public void Of_probabilities_that_float32_can_not_tell_apart_that_of_the_largest_sum_is_the_answer_everywhere(
        LossKind loss, float less, float more)
    {
        // Sigmoids of 20 and 30 are both 1, those of -200 and -190 both 0, and exponentials of such differences 1.
        Assert.True(less < more);
        var model = new MlpModel(2, new HiddenLayers([], [Activation.Identity]), 2, loss);
        model.Layers[0].Weights[0, 0] = model.Layers[0].Weights[1, 1] = 1;
        var data = new MlpDataset("certain", [less, more, more, less, 2f, 3f], [1, 0, 1], 2, ["0", "1"]);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 1e-30, BatchSize = 3 };
        foreach (bool evaluates in new[] { false, true })
        {
            MlpEpoch epoch = MlpTrainer.Train(model, data, data, options with { EvaluateTraining = evaluates }).Single();
            Assert.Equal((1.0, 1.0), (epoch.TrainingAccuracy!.Value, epoch.TestAccuracy!.Value));
        }

        var unlabelled = new MlpDataset("certain", data.Floats!, null, 2, []);
        Assert.Equal(1, new MlpPredictor(model).Measure(data).Accuracy);
        Assert.Equal([1, 0, 1], new MlpPredictor(model).Predict(unlabelled).Select(prediction => prediction.Prediction));
    }
}
