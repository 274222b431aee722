using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Samples with one-hot columns and the same ones with these spread out, and for both a model with the same weights.</summary>
internal sealed class OneHotTwins
{
    /// <param name="random">What everything is drawn from.</param>
    /// <param name="count">Samples.</param>
    /// <param name="dense">Dense features.</param>
    /// <param name="categories">Categories of each one-hot column. With as many samples, all occur.</param>
    /// <param name="hidden">Units of each hidden layer.</param>
    /// <param name="isShuffled">Whether the model has its inputs in another order than the working buffers.</param>
    /// <param name="unknown">How many of a hundred codes are none.</param>
    /// <param name="batchNormalization">Whether the sums of the hidden layers are normalized.</param>
    /// <param name="activation">What the hidden layers do with their sums; tanh if null.</param>
    public OneHotTwins(
        Random random,
        int count,
        int dense,
        int[] categories,
        int[] hidden,
        bool isShuffled = false,
        int unknown = 0,
        bool batchNormalization = false,
        Activation? activation = null)
    {
        int inputs = dense + categories.Sum();
        int[]? order = isShuffled ? [.. Enumerable.Range(0, inputs)] : null;
        if (order is not null)
            random.Shuffle(order);
        Plan = new InputPlan(dense, categories.Sum(), categories.Length, order);
        float[] floats = [.. Enumerable.Range(0, count * dense).Select(_ => (random.NextSingle() * 2) - 1)];
        var codes = new int[count * categories.Length];
        var spread = new float[count * inputs];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < dense; j++)
                spread[(i * inputs) + Plan.ModelInput(j)] = floats[(i * dense) + j];
            for (int c = 0, first = 0; c < categories.Length; first += categories[c++])
            {
                bool isUnknown = random.Next(100) < unknown;
                int code = first + (i < categories[c] ? i : random.Next(categories[c]));
                codes[(i * categories.Length) + c] = isUnknown ? -1 : code;
                if (!isUnknown)
                    spread[(i * inputs) + Plan.ModelInput(dense + code)] = 1;
            }
        }

        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(3))];
        float[] weights = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() + 0.5f)];
        Codes = new Samples
        {
            Count = count,
            DenseCount = dense,
            Floats = dense > 0 ? floats : null,
            CodeCount = categories.Length,
            Codes = codes,
            Labels = labels,
            Weights = weights,
        };
        Spread = new Samples { Count = count, DenseCount = inputs, Floats = spread, Labels = labels, Weights = weights };
        Activation[] activations = [activation ?? Activation.Named("Tanh")];
        Sparse = MlpModel.Create(
            inputs, new HiddenLayers(hidden, activations) { BatchNormalization = batchNormalization }, 3, Initializer.Default, 5);
        Dense = MlpModel.Create(
            inputs, new HiddenLayers(hidden, activations) { BatchNormalization = batchNormalization }, 3, Initializer.Default, 5);
        Sparse.InputPlan = Plan;
    }

    public InputPlan Plan { get; }

    /// <summary>The samples by their codes.</summary>
    public Samples Codes { get; }

    /// <summary>The samples with a float for each input, in the model's order.</summary>
    public Samples Spread { get; }

    /// <summary>The model for <see cref="Codes"/>.</summary>
    public MlpModel Sparse { get; }

    /// <summary>The model for <see cref="Spread"/>.</summary>
    public MlpModel Dense { get; }

    /// <summary>Trains a model on samples, an epoch for each element that is asked for.</summary>
    public static IEnumerable<MlpEpoch> Train(MlpModel model, Samples samples, TrainingOptions options)
    {
        var dataset = new MlpDataset("stand-in", new byte[samples.Count], samples.Labels, 1, ["0", "1", "2"]);
        var shared = new SharedDataset(dataset.WithSampleWeights(samples.Weights!), model.Output, _ => samples);
        using TrainingRun run =
            TrainingRun.Begin(new TrainingPlan(model, new TrainingSets(shared, null, null), options, null, null, default));
        run.BeginTogether();
        while (run.EpochsDone < options.Epochs)
            yield return run.TrainEpoch()!;
        run.EndTogether();
        run.RestoreBest();
    }

    /// <summary>The first samples.</summary>
    public static Samples Take(Samples samples, int count) => new()
    {
        Count = count,
        DenseCount = samples.DenseCount,
        Floats = samples.Floats?[..(count * samples.DenseCount)],
        CodeCount = samples.CodeCount,
        Codes = samples.Codes?[..(count * samples.CodeCount)],
        Labels = samples.Labels![..count],
        Weights = samples.Weights![..count],
    };
}
