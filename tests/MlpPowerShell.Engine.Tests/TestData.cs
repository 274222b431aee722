using System.Globalization;
using System.Reflection;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Tests;

/// <summary>The real MNIST, the reference runs, and data made up from a seed.</summary>
internal static class TestData
{
    private static readonly Lazy<MlpDataset> _train = new(() => MnistReader.Read(MnistFolder!, MnistSplit.Train));
    private static readonly Lazy<MlpDataset> _test = new(() => MnistReader.Read(MnistFolder!, MnistSplit.Test));

    public static string MnistFolder { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "MnistFolder").Value!;

    /// <summary>A hint as it stands in a message: [Option column value].</summary>
    public static string Say(Hint hint) => $" [{string.Join(' ', new[] { hint.Option, hint.Column, hint.Value }.OfType<string>())}]";

    public static MlpDataset Train => _train.Value;

    public static MlpDataset Test => _test.Value;

    public static MlpModel Model(string name) => ModelFile.Read(Reference(name + ".init.safetensors"));

    public static string Reference(string fileName) => Path.Combine(AppContext.BaseDirectory, "references", fileName);

    public static string TableFile(string name) => Path.Combine(AppContext.BaseDirectory, "tables", name);

    /// <summary>The rows of a reference CSV, its header left out.</summary>
    public static string[][] Rows(string name) =>
        [.. File.ReadAllLines(Reference(name + ".csv")).Skip(1).Select(line => line.Split(','))];

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Samples of normal features, with labels drawn at random.</summary>
    public static MlpDataset Random(int seed, int count, int features, int classes)
    {
        var random = new Random(seed);
        var values = new float[count * features];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        return new MlpDataset("random", values, labels, features, [.. Enumerable.Range(0, classes).Select(i => $"class {i}")]);
    }

    /// <summary>The place of each sample's class among those of its data set, which are declared.</summary>
    public static int[] Classes(MlpDataset data) => [.. Enumerable.Range(0, data.Count).Select(data.LabelColumns[0].CodeAt)];

    /// <summary>A model whose outputs are called as the classes of a data set.</summary>
    public static MlpModel Named(this MlpModel model, MlpDataset data)
    {
        model.NameClasses(data.ClassNames);
        return model;
    }

    /// <summary>A data set as a network takes it to learn from.</summary>
    public static Samples Encoded(MlpModel model, MlpDataset data) => model.Ends.Encode(data, EncodingPurpose.Training, null);

    /// <summary>The features that an encoder makes of a sample, in the order of its names, one-hot ones spread out.</summary>
    public static float[] Features(InputEncoder input, MlpDataset data, int row)
    {
        EncodedInputs encoded = input.Encode(data, null);
        InputPlan plan = input.Plan;
        var features = new float[input.Size];
        for (int i = 0; i < plan.DenseCount; i++)
            features[plan.ModelInput(i)] = encoded.Floats![(row * plan.DenseCount) + i];
        for (int i = 0; i < plan.CodeCount; i++)
        {
            if (encoded.Codes![(row * plan.CodeCount) + i] is >= 0 and int code)
                features[plan.ModelInput(plan.DenseCount + code)] = 1;
        }

        return features;
    }

    /// <summary>The optimizers that take a step of their own for each gradient, and search no line for it.</summary>
    public static IEnumerable<OptimizerKind> SteppingOptimizers =>
        Enum.GetValues<OptimizerKind>().Where(kind => !kind.Definition().SearchesLines);

    /// <summary>All parameters of a model, one after another.</summary>
    public static float[] Parameters(MlpModel model) =>
        [.. model.Layers.SelectMany(layer => layer.Weights.ToColumnMajorArray().Concat(layer.Biases))];
}
