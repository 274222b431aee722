using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>The columns of a table of groups.</summary>
internal static class GroupColumns
{
    private const int ShortestName = 8;
    private const int LongestName = 40;

    public static RowColumn<GroupRow>[] Of(GroupRow first)
    {
        string name = first.Evaluation.Group ?? string.Empty;
        RowColumn<GroupRow>?[] columns =
        [
            new("Group", Math.Clamp(TerminalText.Width(name), ShortestName, LongestName), 6, row => row.Evaluation.Group)
            {
                IsText = true,
                Least = ShortestName,
                Most = LongestName,
            },
            new("Samples", 9, 0, row => Figures.Count(row.Evaluation.Samples)),
            new("Loss", 9, 0, row => Figures.Loss(row.Evaluation.Loss)),
            Share("Accuracy", 9, 1, evaluation => evaluation.Accuracy),
            Share("MacroF1", 9, 2, evaluation => evaluation.MacroF1),
            Figure("RocAuc", 7, 3, evaluation => evaluation.RocAuc),
            Figure("R2", 8, 1, evaluation => evaluation.R2),
            Figure("MeanAbsErr", 10, 2, evaluation => evaluation.MeanAbsoluteError),
            Share("Coverage", 9, 4, evaluation => evaluation.Coverage),
            Figure("MeanSize", 9, 5, evaluation => evaluation.MeanSize),
        ];
        return [.. columns.OfType<RowColumn<GroupRow>>()];

        RowColumn<GroupRow>? Share(string label, int width, int rank, Func<MlpEvaluation, double?> value) =>
            Column(label, width, rank, value, Figures.Percent);

        RowColumn<GroupRow>? Figure(string label, int width, int rank, Func<MlpEvaluation, double?> value) =>
            Column(label, width, rank, value, Figures.Loss);

        RowColumn<GroupRow>? Column(string label, int width, int rank, Func<MlpEvaluation, double?> value, Func<double, string> show) =>
            value(first.Evaluation) is null ? null
            : new(label, width, rank, row => value(row.Evaluation) is { } number ? show(number) : null);
    }
}
