using MlpPowerShell.Engine;

namespace MlpPowerShell.Pictures;

/// <summary>A column of a table whose rows come one by one.</summary>
/// <param name="Label">What stands above.</param>
/// <param name="Width">Its characters; where it takes what is left, the fewest.</param>
/// <param name="Rank">How soon it is left out where there is no room, the highest first.</param>
/// <param name="Text">What a row has in it; null for nothing.</param>
internal sealed record RowColumn<T>(string Label, int Width, int Rank, Func<T, string?> Text)
{
    /// <summary>Whether it holds texts, which begin at the left and may be cut, as a number may not.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether a text that is too long goes on in lines below; only of the last column.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Whether it is one of those that a last column counts where not all have room.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Of the column that stands for others of which not all have room, how many these are; 0 of other columns.</summary>
    public int Others { get; init; }

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
    private readonly IReadOnlyList<RowColumn<T>> _all;
    private readonly (RowColumn<T> Column, int Width)[] _shown;

    /// <param name="columns">All columns that there is something to say in.</param>
    /// <param name="width">How wide the terminal is.</param>
    public RowTable(IReadOnlyList<RowColumn<T>> columns, int width)
    {
        _all = columns;
        List<RowColumn<T>> chosen = [.. columns.Where(column => column.Others == 0)];
        while (chosen.Count > 1 && Rest().Concat(chosen).Sum(column => column.Width + 1) - 1 >= width)
        {
            RowColumn<T> last = chosen.MaxBy(column => column.Rank)!;
            if (last.Least < last.Width)
                chosen[chosen.IndexOf(last)] = last with { Width = last.Least, Rank = 0 };
            else
                chosen.Remove(last);
        }

        chosen.AddRange(Rest());
        int left = width - chosen.Sum(column => column.Width + 1);
        int takers = chosen.Count(column => column.Most > 0);
        _shown = [.. chosen.Select(column =>
        {
            if (column.Most == 0)
                return (column, column.Width);
            int share = Math.Clamp(left / takers--, 0, Math.Max(column.Most - column.Width, 0));
            left -= share;
            return (column, column.Width + share);
        })];

        IEnumerable<RowColumn<T>> Rest() =>
            columns.Where(column => column.Others > chosen.Count(one => one.IsCounted)).Select(column =>
            {
                string label = $"and {Figures.Count(column.Others - chosen.Count(one => one.IsCounted))} more";
                return column with { Label = label, Width = label.Length };
            });
    }

    /// <summary>
    /// The columns of a table that rows like the next have a place in too; null where they have one in this. So rows of several kinds that
    /// come by turns make one table, once one of each has come.
    /// </summary>
    /// <param name="columns">All columns that there is something to say in of the next row.</param>
    public IReadOnlyList<RowColumn<T>>? WidenedBy(IReadOnlyList<RowColumn<T>> columns)
    {
        List<RowColumn<T>> all = [.. _all];
        int place = all.Count;
        foreach (RowColumn<T> column in columns.Reverse())
        {
            int known = all.FindIndex(other => other.Label == column.Label);
            if (known < 0)
                all.Insert(place, column);
            else
                place = known;
        }

        return all.Count > _all.Count ? all : null;
    }

    /// <summary>The lines above the rows.</summary>
    public IEnumerable<string> Heading(CardStyle style)
    {
        yield return style.Label(Line(column => column.Label));
        yield return style.Label(Line(column => new string('-', TerminalText.Width(Printable.Of(column.Label)))));
    }

    /// <summary>A row, and below it how a long text goes on.</summary>
    public IEnumerable<string> Row(T item)
    {
        if (_shown is not [.., ({ GoesOn: true } last, int width)] || last.Text(item) is not { } text)
            return [Line(column => column.Text(item))];
        string start = new(' ', _shown.SkipLast(1).Sum(place => place.Width + 1));
        string[] parts = [.. TerminalText.Wrap(Printable.Of(text), width)];
        return [Line(column => column == last ? parts[0] : column.Text(item)), .. parts.Skip(1).Select(part => start + part)];
    }

    private string Line(Func<RowColumn<T>, string?> textOf) => string.Join(' ', _shown.Select(place =>
    {
        string text = Printable.Of(textOf(place.Column) ?? string.Empty);
        return place.Column.IsText
            ? TerminalText.PadRight(TerminalText.Cut(text, place.Width), place.Width)
            : TerminalText.PadLeft(text, place.Width);
    })).TrimEnd();
}
