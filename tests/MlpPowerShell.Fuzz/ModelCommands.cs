using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Fuzz;

/// <summary>Whole commands on a model that could be read: it is looked at, predicts, is measured, written and reported on.</summary>
internal static class ModelCommands
{
    // Larger ones take time that tells nothing of their reading.
    private const int LargestModel = 100_000;

    /// <summary>How what is shown is laid out.</summary>
    public static CardStyle Style { get; } = new(80, string.Empty);

    /// <summary>Does all that commands do with the file of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Data sets, of which the model may fit one.</param>
    public static void Run(string path, IReadOnlyList<MlpDataset> data)
    {
        Try(() => _ = $"{MlpModelInfo.Read(path)}");
        MlpModel model = ModelFile.Read(path, new ModelReadOptions { Activations = [Activation.ReLU] });
        Use(model, data);
    }

    /// <summary>Does all that commands do with a model.</summary>
    public static void Use(MlpModel model, IReadOnlyList<MlpDataset> data)
    {
        Show(Cards.Of(model, null, Style));
        if (model.ParameterCount > LargestModel)
            return;
        var anything = new MlpDataset("anything", new float[2 * model.InputSize], null, model.InputSize, []);
        foreach (MlpDataset set in data.Append(anything))
        {
            Try(() =>
            {
                foreach (MlpPrediction prediction in new MlpPredictor(model).Predict(set))
                    Show(Rows.Of(PredictionRow.Of(prediction, null), Style));
            });
            Try(() => Show(Cards.Of(new MlpPredictor(model).Measure(set), null, Style)));
            Try(() => _ = new RunReport { Model = model, Epochs = [], TestData = set }.ToHtml());
        }

        foreach (ModelFormat format in Enum.GetValues<ModelFormat>())
        {
            Try(() => format.Definition().Write(
                Stream.Null, new ModelToWrite(model, ModelContent.Of(model), WeightPrecision.Single, "fuzz")));
        }
    }

    /// <summary>Looks at the lines of a view.</summary>
    public static void Show(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            CheckPrintable(line);
    }

    private static void Try(Action command)
    {
        try
        {
            command();
        }
        catch (MlpException failure)
        {
            CheckMessage(failure);
        }
    }

    /// <summary>Checks that a message is a short one that can be shown.</summary>
    public static void CheckMessage(MlpException failure)
    {
        const int Longest = 2000;
        CheckPrintable(failure.Message.ReplaceLineEndings(" "));
        if (failure.Message.Length > Longest)
            throw new InvalidOperationException($"a message has {failure.Message.Length} characters: {failure.Message[..200]}", failure);
    }

    private static void CheckPrintable(string line)
    {
        if (line != Printable.Of(line))
            throw new InvalidOperationException($"what is shown does something in a terminal: {Printable.Of(line, 200)}");
    }
}
