using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Parity;

/// <summary>A network, what it learns from and how: all that a training is made of, drawn from a seed.</summary>
public sealed record NetworkCase
{
    /// <summary>Its place among those of its seed.</summary>
    public required int Number { get; init; }

    /// <summary>Features, units of each hidden layer, outputs.</summary>
    public required int[] Sizes { get; init; }

    /// <summary>The activation of each hidden layer, by name.</summary>
    public required string[] Activations { get; init; }

    /// <summary>Whether the sums of the hidden layers are normalized.</summary>
    public required bool BatchNormalization { get; init; }

    /// <summary>What training minimizes.</summary>
    public required LossKind Loss { get; init; }

    /// <summary>What the loss leaves to be chosen.</summary>
    public LossOptions LossOptions { get; init; } = new();

    /// <summary>The first parameters by their names, weights [out, in] row by row.</summary>
    public required IReadOnlyDictionary<string, float[]> Parameters { get; init; }

    /// <summary>Samples × features numbers; null where the features are bytes.</summary>
    public float[]? Features { get; init; }

    /// <summary>Samples × features bytes, each worth byte / 255; null where the features are numbers.</summary>
    public byte[]? Pixels { get; init; }

    /// <summary>Each sample's class, or null where there are targets.</summary>
    public int[]? Labels { get; init; }

    /// <summary>Samples × outputs numbers, or null where there are classes.</summary>
    public float[]? Targets { get; init; }

    /// <summary>How much each sample counts, or null where all count alike.</summary>
    public float[]? SampleWeights { get; init; }

    /// <summary>How much a sample of each class counts, empty where they are balanced; null where all count alike.</summary>
    public double[]? ClassWeights { get; init; }

    /// <summary>How it is trained.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Samples.</summary>
    public int Count => (Features?.Length ?? Pixels!.Length) / Sizes[0];

    /// <summary>Classes of the labels: two with one output, and one more than there are outputs where they have an order.</summary>
    public int ClassCount => Loss.ClassesOf(Sizes[^1]);

    /// <summary>What to call it in a line.</summary>
    public override string ToString() =>
        $"network {Number}: {string.Join('-', Sizes)} {string.Join(' ', Activations)}{(BatchNormalization ? " BatchNorm" : string.Empty)} "
        + $"{Loss}, {Count} samples in batches of {Options.BatchSize?.ToString() ?? "all"}, {Options.Epochs} epochs, "
        + $"{Options.Optimizer.Kind}{(Options.AverageDecay > 0 || Options.AverageFrom > 0 ? ", averaged" : string.Empty)}";

    /// <summary>The data set that it learns from.</summary>
    public MlpDataset Dataset()
    {
        string[] classes = Labels is null ? [] : [.. Enumerable.Range(0, ClassCount).Select(i => $"{i}")];
        MlpDataset data = Pixels is not null
            ? new MlpDataset("parity", Pixels, Labels, Sizes[0], classes)
            : new MlpDataset("parity", Features!, Labels, Sizes[0], classes);
        if (Targets is not null)
            data = data.WithTargets(Targets, [.. Enumerable.Range(0, Sizes[^1]).Select(i => $"target {i}")]);
        return SampleWeights is null ? data : data.WithSampleWeights(SampleWeights);
    }

    /// <summary>The model before the first step.</summary>
    public MlpModel Model()
    {
        Activation[] activations = Activations.Length == 0 ? [Activation.Identity] : Array.ConvertAll(Activations, Activation.Named);
        var hidden = new HiddenLayers(Sizes[1..^1], activations) { BatchNormalization = BatchNormalization };
        var model = new MlpModel(Sizes[0], hidden, Sizes[^1], Loss, LossOptions);
        foreach (MlpLayer layer in model.Layers)
        {
            float[] weights = Parameters[$"{layer.Name}.weight"];
            layer.Weights.MapIndexedInplace((row, column, _) => weights[(row * layer.InputSize) + column]);
            layer.Biases.SetValues(Parameters[$"{layer.Name}.bias"]);
            layer.Normalization?.Scale.SetValues(Parameters[$"{layer.Name}.scale"]);
            layer.Slopes?.SetValues(Parameters[$"{layer.Name}.slope"]);
        }

        return model;
    }

    /// <summary>What reference.py is told.</summary>
    /// <param name="runs">How often it is to be done in float32.</param>
    public object Request(int runs)
    {
        OptimizerOptions optimizer = Options.Optimizer;
        ScheduleOptions schedule = Options.Schedule;
        return new
        {
            Kind = "network",
            Runs = runs,
            Sizes,
            Activations,
            BatchNormalization,
            Loss = Loss.ToString(),
            LossOptions.HuberDelta,
            LossOptions.Quantile,
            LossOptions.FocalGamma,
            Parameters,
            Features,
            Pixels = Pixels?.Select(pixel => (int)pixel),
            Labels,
            Targets,
            SampleWeights,
            ClassWeights,
            Options.Epochs,
            Options.BatchSize,
            Options.LearningRate,
            Options.LabelSmoothing,
            Options.NormalizationMomentum,
            Options.EvaluateTraining,
            Options.MaxNorm,
            Options.KeepZeros,
            Options.AverageDecay,
            Options.AverageFrom,
            Optimizer = new
            {
                Kind = optimizer.Kind.ToString(),
                optimizer.Momentum,
                optimizer.Beta1,
                optimizer.Beta2,
                optimizer.Alpha,
                optimizer.Epsilon,
                optimizer.WeightDecay,
                optimizer.L1,
                optimizer.DecayBias,
                optimizer.ClipNorm,
                optimizer.ClipValue,
            },
            Schedule = new
            {
                Kind = schedule.Kind.ToString(),
                schedule.WarmupEpochs,
                schedule.FinalLearningRate,
                schedule.DecayRate,
                schedule.DecayEvery,
                schedule.Restarts,
                schedule.Power,
                schedule.PlateauPatience,
                schedule.PlateauThreshold,
                schedule.PlateauCooldown,
            },
        };
    }
}
