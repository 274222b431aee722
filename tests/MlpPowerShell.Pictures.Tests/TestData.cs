using System.Text.RegularExpressions;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures.Tests;

/// <summary>Small images of two classes, a model for them, and what it makes of them.</summary>
internal static partial class TestData
{
    /// <summary>Images of 4 × 4 pixels: class "left" is bright on the left, class "right" on the right.</summary>
    public static MlpDataset Images { get; } = Make(40);

    /// <summary>A model that tells them apart, trained for three epochs.</summary>
    public static MlpModel Model { get; } = Train();

    public static MlpEvaluation Evaluation => new MlpPredictor(Model).Measure(Images);

    /// <summary>Epochs of a run in which all figures halve.</summary>
    public static CurvePoint[] Halving(string run, int epochs) => [.. Enumerable.Range(1, epochs).Select(epoch => new CurvePoint(run, epoch)
    {
        TrainingLoss = Math.Pow(0.5, epoch),
        TestLoss = 2 * Math.Pow(0.5, epoch),
        TrainingAccuracy = 1 - Math.Pow(0.5, epoch),
        TestAccuracy = 1 - Math.Pow(0.5, epoch),
    })];

    /// <summary>A text without the sequences that colour it.</summary>
    public static string Plain(string text) => Sequence().Replace(text, string.Empty);

    /// <summary>A table to predict the column y, a number.</summary>
    public static MlpDataset Table(string name, string[] columns, params object[][] rows)
    {
        var table = new MlpTable(name, columns);
        foreach (object[] row in rows)
            table.Add(row);
        return table.ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Regression });
    }

    private static MlpDataset Make(int count)
    {
        var pixels = new byte[16 * count];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 2;
            for (int y = 0; y < 4; y++)
                (pixels[(16 * i) + (4 * y) + (3 * labels[i])], pixels[(16 * i) + (4 * y) + 1]) = (255, (byte)(i + y));
        }

        return new MlpDataset("images", pixels, labels, 16, ["left", "right"], new ImageShape(4, 4));
    }

    private static MlpModel Train()
    {
        MlpModel model = MlpModel.CreateFor(Images, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal(3, MlpTrainer.Train(model, Images, Images, new TrainingOptions { Epochs = 3, LearningRate = 0.5, Seed = 1 }).Count());
        return model;
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Sequence();
}
