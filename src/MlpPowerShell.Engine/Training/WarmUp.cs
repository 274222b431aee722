using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Has the code of a training compiled before the first one needs it, which would take a good part of a short first epoch.
/// </summary>
public static class WarmUp
{
    /// <summary>Trains a small network with each kind of optimizer, on the calling thread.</summary>
    public static void Run()
    {
        // Sizes that take every tile of a product: one to three vectors wide, more rows than four and fewer, for any vector width.
        const int Features = 48;
        const int Samples = 76;
        var data = new MlpDataset("warm-up", new byte[Samples * Features], new int[Samples], Features, ["0", "1"]);
        foreach (OptimizerKind optimizer in new[] { OptimizerKind.Sgd, OptimizerKind.Momentum, OptimizerKind.Adam })
        {
            var hidden = new HiddenLayers([48 + 32, 24 + 8], [Activation.ReLU, Activation.Named("Sigmoid")]);
            MlpModel model = MlpModel.Create(Features, hidden, 2, Initializer.Default, seed: 0);
            var options = new TrainingOptions
            {
                Epochs = 1,
                LearningRate = 0.01,
                BatchSize = Samples,
                Optimizer = new OptimizerOptions { Kind = optimizer },
                ThreadCount = 2,
            };
            _ = MlpTrainer.Train(model, data, data, options).Count();
        }
    }
}
