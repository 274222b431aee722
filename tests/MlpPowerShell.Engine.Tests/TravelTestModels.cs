using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Models of every kind, trained a little, with samples to predict.</summary>
internal static class TravelTestModels
{
    /// <summary>A classifier of features, with normal weights in all that training changes.</summary>
    public static MlpModel Classifier(Activation activation, bool normalized, int seed = 1) =>
        Trained(TestData.Random(seed, 300, 6, 3), [7, 5], activation, null, normalized);

    /// <summary>A table with numbers, gaps, categories, truths and dates, and what to predict.</summary>
    public static MlpDataset Table(string label, string[]? more = null) => Rows().ToDataset(new TableOptions
    {
        Label = more ?? [label],
        IsFeature = name => !"kind price isRed isBig visits".Split(' ').Contains(name),
        Task = more is not null ? MlpTask.MultiLabel : label == "visits" ? MlpTask.Regression : MlpTask.Auto,
    });

    public static MlpModel Trained(
        MlpDataset data,
        int[] hidden,
        Activation activation,
        LossKind? loss = null,
        bool normalized = false,
        FeatureScaling? scaling = null)
    {
        var ends = ModelEnds.Fit(data, loss, new EncodingOptions { Missing = MissingValues.Mean, Scaling = scaling });
        var layers = new HiddenLayers(hidden, [activation]) { BatchNormalization = normalized, NormalizationEpsilon = 0.01 };
        MlpModel model = MlpModel.CreateFor(ends, layers, Initializer.Default, 1);
        _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 5, BatchSize = 32, LearningRate = 0.05, Seed = 1 }).Last();
        return model;
    }

    private static MlpTable Rows()
    {
        var random = new Random(3);
        string[] colours = ["red", "green, or so", "\"blue\""];
        object?[][] rows = [.. Enumerable.Range(0, 200).Select(i =>
        {
            double size = random.NextDouble() * 100;
            string colour = colours[random.Next(3)];
            return new object?[]
            {
                i % 10 == 0 ? null : size,
                i % 11 == 0 ? null : colour,
                random.Next(2) == 0,
                new DateTime(2020, 1, 1).AddDays(random.Next(2000)),
                1e6 + random.Next(1000),
                size > 50 ? "large" : colour == "red" ? "small red" : "small",
                (3 * size) + (colour == "red" ? 20 : 0) + 1000,
                colour == "red",
                size > 40,
                Math.Floor(size / 10) + (colour == "red" ? 2 : 0),
            };
        })];
        return TableTests.Table(["size", "the colour", "features", "day", "serial", "kind", "price", "isRed", "isBig", "visits"], rows);
    }
}
