using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Fuzz;

/// <summary>Models with ends of every kind, and the data that they were made for.</summary>
internal static class FuzzModels
{
    private const int Rows = 12;

    private static readonly string[] _columns = ["number", "flag", "day", "moment", "span", "text", "exact", "kind"];

    /// <summary>The same rows, each time with another column to predict.</summary>
    public static IReadOnlyList<MlpDataset> Data { get; } =
    [
        Predicting(MlpTask.Classification, "kind"),
        Predicting(MlpTask.Classification, "day"),
        Predicting(MlpTask.Classification, "span"),
        Predicting(MlpTask.Classification, "flag"),
        Predicting(MlpTask.Regression, "day"),
        Predicting(MlpTask.Regression, "span", "number"),
    ];

    /// <summary>A model for each of the data sets, and one of classes with an order, as the bytes of a file.</summary>
    public static IEnumerable<byte[]> Of(ModelFormat format) =>
        Data.Select(data => Of(format, data, null)).Append(Of(format, Data[1], LossKind.Ordinal));

    private static byte[] Of(ModelFormat format, MlpDataset data, LossKind? loss)
    {
        var options = new EncodingOptions
        {
            Missing = MissingValues.Indicator,
            DatePartsOf = name => name is "moment" ? DateParts.Weekday | DateParts.Hour : DateParts.None,
        };
        MlpModel model = MlpModel.CreateFor(
            ModelEnds.Fit(data, loss, options), new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, seed: 1);
        using var file = new MemoryStream();
        format.Definition().Write(file, new ModelToWrite(model, ModelContent.Of(model), WeightPrecision.Single, "model"));
        return file.ToArray();
    }

    private static MlpDataset Predicting(MlpTask task, params string[] labels)
    {
        var table = new MlpTable("rows", _columns);
        DateTime day = new(2024, 1, 2);
        for (int i = 0; i < Rows; i++)
        {
            DateTimeOffset moment = new(day.AddHours(i), TimeSpan.FromHours(1));
            table.Add(
            [
                i % 5 == 4 ? null : 1.5 * i,
                i % 2 == 0,
                day.AddDays(i % 3),
                moment,
                TimeSpan.FromSeconds(90 * (i % 3)),
                i % 3 == 0 ? "red" : "blue",
                0.1m * i,
                i % 2 == 0 ? "a" : "b",
            ]);
        }

        return table.ToDataset(new TableOptions { Label = labels, Task = task });
    }
}
