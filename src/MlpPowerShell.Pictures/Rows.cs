using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>A prediction, and what there is to see of where it is from.</summary>
/// <param name="Prediction">The prediction.</param>
/// <param name="File">The name of the file that it is for; null for none.</param>
public sealed record PredictionRow(MlpPrediction Prediction, string? File);

/// <summary>Epochs, predictions and columns as rows of tables, in only those columns that they have values in.</summary>
public static class Rows
{
    /// <summary>What rows of one table have in common: the labels of its columns.</summary>
    /// <param name="item">An epoch, a prediction or a column.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static string KindOf(object item) => item switch
    {
        MlpEpoch epoch => LabelsOf(EpochColumns.Of(epoch)),
        PredictionRow row => LabelsOf(PredictionColumns.Of(row)),
        MlpColumn => LabelsOf(SchemaColumns.All),
        _ => throw NoRow(item),
    };

    /// <summary>Begins a table on this thread: the next row brings its heading.</summary>
    public static void Begin()
    {
        EpochColumns.Begin();
        RowTable<MlpEpoch>.Current = null;
        RowTable<PredictionRow>.Current = null;
        RowTable<MlpColumn>.Current = null;
    }

    /// <summary>An object as a row, with the heading above where it is the first of its table.</summary>
    /// <param name="item">An epoch, a prediction or a column.</param>
    /// <param name="style">How wide the terminal is.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static IEnumerable<string> Of(object item, CardStyle style)
    {
        ArgumentNullException.ThrowIfNull(style);
        return item switch
        {
            MlpEpoch epoch => Lines(epoch, style),
            PredictionRow row => Lines(row, style),
            MlpColumn column => Lines(column, style),
            _ => throw NoRow(item),
        };
    }

    private static List<string> Lines(MlpEpoch epoch, CardStyle style)
    {
        List<string> lines = Lines(epoch, EpochColumns.Of, style);
        EpochColumns.Wrote(epoch);
        return lines;
    }

    private static List<string> Lines(PredictionRow row, CardStyle style)
    {
        List<string> lines = Lines(row, PredictionColumns.Of, style);
        if (style.Header.Length > 0 && row.Prediction.Confidence is { } confidence)
        {
            string bar = Bars.Of(confidence, Bars.Usual);
            if (bar.Length == 0)
                return lines;
            string painted = $"\e[{(row.Prediction.IsCorrect == false ? 31 : 32)}m{bar}{CardStyle.Reset}";
            lines[^1] = lines[^1].Replace(bar, painted, StringComparison.Ordinal);
        }

        return lines;
    }

    /// <summary>A column, and below it what looks wrong.</summary>
    private static List<string> Lines(MlpColumn column, CardStyle style)
    {
        List<string> lines = Lines(column, _ => SchemaColumns.All, style);
        if (column.Warning is null)
            return lines;
        string start = "  ! ";
        foreach (string line in Card.Wrap(column.Warning, Math.Max(style.Columns - start.Length - 1, Card.LeastWidth)))
        {
            lines.Add(start + line);
            start = "    ";
        }

        return lines;
    }

    private static List<string> Lines<T>(T item, Func<T, IReadOnlyList<RowColumn<T>>> columnsOf, CardStyle style)
    {
        RowTable<T>? table = RowTable<T>.Current;
        if (table is not null)
            return [table.Row(item)];
        RowTable<T>.Current = table = new RowTable<T>(columnsOf(item), style.Columns);
        return [.. table.Heading(style), table.Row(item)];
    }

    private static ArgumentException NoRow(object item) => new($"{item} is no row of a table.", nameof(item));

    private static string LabelsOf<T>(IEnumerable<RowColumn<T>> columns) => string.Join(' ', columns.Select(column => column.Label));
}
