using System.Globalization;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell.Pictures;

/// <summary>The columns of a table of model files.</summary>
internal static class ModelFileColumns
{
    private const int ShortestName = 12;
    private const int UsualName = 30;
    private const int LongestName = 100;

    public static List<RowColumn<MlpModelInfo>> Of(MlpModelInfo first) =>
    [
        new("File", Math.Clamp(TerminalText.Width(NameOf(first)), ShortestName, UsualName), 4, NameOf)
        {
            IsText = true,
            Least = ShortestName,
            Most = LongestName,
        },
        new("Format", 11, 2, info => $"{info.Format}") { IsText = true },
        new("Architecture", 12, 1, info => info.Architecture) { IsText = true, Most = LongestName },
        new("Weights", 8, 6, info => info.WeightType) { IsText = true },
        new("Values", 11, 5, info => Figures.Count(info.ValueCount)),
        new("KB", 9, 3, info => (info.FileSize / 1024.0).ToString("N1", CultureInfo.InvariantCulture)),
        new("Epochs", 6, 4, info => info.EpochsTrained?.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string NameOf(MlpModelInfo info) => Path.GetFileName(info.Path);
}
