using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>
/// Epochs, predictions, columns, classes, groups and model files as rows of tables, in only those columns that they have values in.
/// </summary>
public static class Rows
{
    // The table that this thread is writing, which the next row belongs to if it is of its kind.
    [ThreadStatic]
    private static object? _table;

    /// <summary>Ends the table that this thread is writing: the next row begins one.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool End()
    {
        bool isOpen = _table is not null;
        _table = null;
        EpochColumns.Begin();
        return isOpen;
    }

    /// <summary>An object as a row, with the heading above where it is the first of its table.</summary>
    /// <param name="item">An epoch, a prediction, a column, the figures of a class or of a group, or what a model file says.</param>
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
            MlpClassScore score => Lines(score, ClassColumns.Of, style),
            GroupRow row => Lines(row, GroupColumns.Of, style),
            MlpModelInfo file => Lines(file, ModelFileColumns.Of, style),
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
        if (style.Header.Length > 0 && row.Confidence is { } confidence)
        {
            string bar = Bars.Of(confidence, Bars.Usual);
            if (bar.Length == 0)
                return lines;
            string painted = $"\e[{(row.IsCorrect == false ? 31 : 32)}m{bar}{CardStyle.Reset}";
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
        foreach (string line in TerminalText.Wrap(column.Warning, Math.Max(style.Columns - start.Length - 1, Card.LeastWidth)))
        {
            lines.Add(start + line);
            start = "    ";
        }

        return lines;
    }

    private static List<string> Lines<T>(T item, Func<T, IReadOnlyList<RowColumn<T>>> columnsOf, CardStyle style)
    {
        IReadOnlyList<RowColumn<T>> columns = columnsOf(item);
        string[] gap = [];
        if (_table is RowTable<T> before)
        {
            if (before.WidenedBy(columns) is not { } wider)
                return [.. before.Row(item)];
            columns = wider;
            gap = [string.Empty];
        }
        else if (End())
        {
            gap = [string.Empty];
        }

        var table = new RowTable<T>(columns, style.Columns);
        _table = table;
        return [.. gap, .. table.Heading(style), .. table.Row(item)];
    }

    private static ArgumentException NoRow(object item) => new($"{item} is no row of a table.", nameof(item));
}
