using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>The columns of a table of classes.</summary>
internal static class ClassColumns
{
    private const int ShortestName = 8;
    private const int LongestName = 100;

    public static List<RowColumn<MlpClassScore>> Of(MlpClassScore first) =>
    [
        new("Class", Math.Clamp(TerminalText.Width(first.Class), ShortestName, LongestName), 3, score => score.Class)
        {
            IsText = true,
            Least = ShortestName,
            Most = LongestName,
        },
        new("Precision", 9, 0, score => Figures.Percent(score.Precision)),
        new("Recall", 8, 0, score => Figures.Percent(score.Recall)),
        new("F1", 8, 0, score => Figures.Percent(score.F1)),
        new("RocAuc", 7, 2, score => score.RocAuc is { } area ? Figures.Loss(area) : null),
        new("AvgPrec", 7, 1, score => score.AveragePrecision is { } mean ? Figures.Loss(mean) : null),
        new("Support", 10, 0, score => Figures.Count(score.Support)),
    ];
}
