namespace MlpPowerShell.Pictures;

/// <summary>A column of a table whose rows come one by one.</summary>
/// <param name="Label">What stands above.</param>
/// <param name="Width">Its characters; where it takes what is left, the fewest.</param>
/// <param name="Rank">How soon it is left out where there is no room, the highest first.</param>
/// <param name="Text">What a row has in it; null for nothing.</param>
internal sealed record RowColumn<T>(string Label, int Width, int Rank, Func<T, string?> Text)
{
    /// <summary>Whether it holds texts, which begin at the left.</summary>
    public bool IsText { get; init; }

    /// <summary>The characters that it makes do with before it is left out.</summary>
    public int Least { get; init; } = Width;

    /// <summary>The most characters that it takes of what is left; 0 where it takes its width.</summary>
    public int Most { get; init; }
}

/// <summary>
/// A table whose rows come one by one, so that its columns are chosen by the first: as many as the terminal has room for, and what is left
/// goes to the texts.
/// </summary>
internal sealed class RowTable<T>
{
    private readonly (RowColumn<T> Column, int Width)[] _columns;

    [ThreadStatic]
    private static RowTable<T>? _current;

    /// <summary>The table that this thread is writing, which the rows after its heading belong to.</summary>
    public static RowTable<T>? Current { get => _current; set => _current = value; }

    /// <param name="columns">All columns that there is something to say in.</param>
    /// <param name="width">How wide the terminal is.</param>
    public RowTable(IReadOnlyList<RowColumn<T>> columns, int width)
    {
        List<RowColumn<T>> chosen = [.. columns];
        while (chosen.Count > 1 && chosen.Sum(column => column.Width + 1) - 1 >= width)
        {
            RowColumn<T> last = chosen.MaxBy(column => column.Rank)!;
            if (last.Least < last.Width)
                chosen[chosen.IndexOf(last)] = last with { Width = last.Least, Rank = 0 };
            else
                chosen.Remove(last);
        }

        int left = width - chosen.Sum(column => column.Width + 1);
        int takers = chosen.Count(column => column.Most > 0);
        _columns = [.. chosen.Select(column =>
        {
            if (column.Most == 0)
                return (column, column.Width);
            int share = Math.Clamp(left / takers--, 0, Math.Max(column.Most - column.Width, 0));
            left -= share;
            return (column, column.Width + share);
        })];
    }

    /// <summary>The lines above the rows.</summary>
    public IEnumerable<string> Heading(CardStyle style)
    {
        yield return style.Label(Line(column => column.Label));
        yield return style.Label(Line(column => new string('-', column.Label.Length)));
    }

    /// <summary>A row.</summary>
    public string Row(T item) => Line(column => column.Text(item) ?? string.Empty);

    private string Line(Func<RowColumn<T>, string> textOf) => string.Join(' ', _columns.Select(place =>
    {
        string text = TerminalText.Cut(textOf(place.Column), place.Width);
        return place.Column.IsText ? TerminalText.PadRight(text, place.Width) : TerminalText.PadLeft(text, place.Width);
    })).TrimEnd();
}
