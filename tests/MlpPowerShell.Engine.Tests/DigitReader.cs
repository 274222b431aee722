using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Recognizes digits: a small model, trained once for a class of tests.</summary>
public sealed class DigitReader
{
    private readonly MlpPredictor _predictor;

    public DigitReader()
    {
        MlpDataset train = DatasetParts.Select(TestData.Train, null, 0, 20_000);
        MlpModel model = MlpModel.CreateFor(train, new HiddenLayers([64], [Activation.ReLU]), Initializer.Default, 1);
        var options = new TrainingOptions
        {
            Epochs = 3,
            LearningRate = 0.002,
            BatchSize = 64,
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
            Seed = 1,
        };
        _ = MlpTrainer.Train(model, train, null, options).Last();
        _predictor = new MlpPredictor(model);
    }

    /// <summary>What the digit of a single picture is taken for.</summary>
    public object Read(MlpDataset picture) => _predictor.Predict(picture).Single().Prediction;
}
