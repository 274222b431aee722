using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Parity;

/// <summary>Trains a network here.</summary>
public static class EngineRun
{
    /// <summary>What the engine tells of a training and of the model after it, by the names that reference.py has for it.</summary>
    /// <param name="network">What to train.</param>
    /// <param name="model">The model after it.</param>
    public static Dictionary<string, double[]> Train(NetworkCase network, out MlpModel model)
    {
        var steps = new List<MlpStep>();
        model = network.Model();
        MlpDataset data = network.Dataset();
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, data, null, network.Options, onStep: step =>
        {
            steps.Add(step);
            return true;
        })];
        MlpEvaluation after = new MlpPredictor(model).Measure(data);
        var figures = new Dictionary<string, double[]>
        {
            ["learning rates"] = [.. steps.Select(step => step.LearningRate)],
            ["losses of steps"] = [.. steps.Select(step => step.Loss)],
            ["norms of gradients"] = [.. steps.Select(step => step.GradientNorm)],
            ["losses of epochs"] = [.. epochs.Select(epoch => epoch.TrainingLoss)],
            ["loss after"] = [after.Loss],
        };
        if (after.Accuracy is { } accuracy)
        {
            figures["accuracies of epochs"] = [.. epochs.Select(epoch => epoch.TrainingAccuracy!.Value)];
            figures["accuracy after"] = [accuracy];
        }

        foreach (MlpLayer layer in model.Layers)
        {
            Add(layer, "weight", layer.Weights.ToRowMajorArray());
            Add(layer, "bias", layer.Biases);
            Add(layer, "scale", layer.Normalization?.Scale);
            Add(layer, "mean", layer.Normalization?.RunningMean);
            Add(layer, "variance", layer.Normalization?.RunningVariance);
            Add(layer, "slope", layer.Slopes);
        }

        return figures;

        void Add(MlpLayer layer, string name, IEnumerable<float>? values)
        {
            if (values is not null)
                figures[$"{layer.Name}.{name}"] = [.. values.Select(value => (double)value)];
        }
    }
}
