using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>One sigmoid output in a model that was not made for a data set.</summary>
public class OneLabelTests
{
    private static readonly float[] _features = [.. Enumerable.Range(0, 60).SelectMany(i => new[] { (float)(i % 7) - 3, i % 5 })];

    public static TheoryData<string, string?> Cases => new()
    {
        { "texts", null },
        { "texts", "yes" },
        { "numbers", null },
        { "targets", null },
        { "targets", "y" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Trainings_measures_comparisons_and_predictions_agree(string kind, string? label)
    {
        bool[] holds = [.. Enumerable.Range(0, 60).Select(i => i % 7 > 3)];
        MlpDataset data = kind switch
        {
            "texts" => new MlpDataset("data", _features, Array.ConvertAll(holds, holds => holds ? 1 : 0), 2, ["no", "yes"]),
            "numbers" => new MlpDataset("data", _features, Array.ConvertAll(holds, holds => holds ? 1 : 0), 2, ["0", "1"]),
            "targets" => new MlpDataset("data", _features, null, 2, [])
                .WithTargets(Array.ConvertAll(holds, holds => holds ? 1f : 0f), ["y"]),
            _ => throw new ArgumentException(kind),
        };
        MlpModel model = MlpModel.Create(
            2, new HiddenLayers([8], [Activation.ReLU]), 1, Initializer.Default, 1, LossKind.BinaryCrossEntropy);
        if (label is not null)
            model.NameClasses([label]);
        var options = new TrainingOptions { Epochs = 3, LearningRate = 0.1, BatchSize = 10, EvaluateTraining = true };
        MlpEpoch epoch = MlpTrainer.Train(model, data, data, options).Last();

        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        Assert.Equal(evaluation.Loss, epoch.TestLoss!.Value, 1e-9);
        Assert.Equal(evaluation.Accuracy, epoch.TestAccuracy);
        MlpComparison comparison = MlpComparison.Compare(model, model, data);
        Assert.Equal(60, comparison.Samples);
        Assert.Equal(evaluation.Accuracy, comparison.FirstAccuracy);
        var outputs = new float[60];
        new MlpPredictor(model).Predict(data, 0, 60, outputs);
        Assert.Equal(evaluation.Accuracy, outputs.Zip(holds).Count(pair => pair.First > 0.5f == pair.Second) / 60.0);
        Assert.Equal(
            outputs.Zip(holds).Average(pair => -Math.Log(pair.Second ? pair.First : 1 - (double)pair.First)), evaluation.Loss, 1e-5);
    }

    [Fact]
    public void A_model_of_one_label_needs_samples_of_its_name_and_takes_no_class_weights()
    {
        var data = new MlpDataset("data", _features, [.. Enumerable.Range(0, 60).Select(i => i % 2)], 2, ["no", "yes"]);
        MlpModel model = MlpModel.Create(
            2, new HiddenLayers([8], [Activation.ReLU]), 1, Initializer.Default, 1, LossKind.BinaryCrossEntropy);
        model.NameClasses(["maybe"]);
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1 };
        Assert.Equal("UnknownClass", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, data, null, options).Count()).ErrorId);
        model.NameClasses(["yes"]);
        options = options with { ClassWeight = ClassWeights.Balanced };
        Assert.Equal("LabelsMissing", Assert.Throws<MlpException>(() => MlpTrainer.Train(model, data, null, options).Count()).ErrorId);
    }
}
