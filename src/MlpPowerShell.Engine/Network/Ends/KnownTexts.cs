using System.Globalization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Finds the texts that a model knows in a column that was read as something else: a part of the data in which all texts happen to look
/// like numbers, dates or flags, and are written otherwise than these are.
/// </summary>
internal static class KnownTexts
{
    /// <summary>The column with its values called as the model calls them.</summary>
    /// <exception cref="MlpException">A value may be one or another of the model's.</exception>
    public static DataColumn Match(DataColumn column, IEnumerable<string> known)
    {
        if (column.Kind == ColumnKind.Category || Spellings(known) is not { } spellings)
            return column;
        DataColumn categories = column.Categories;
        string[] texts = [.. categories.Texts.Select(text => Match(text, spellings, column.Name))];
        return texts.SequenceEqual(categories.Texts) ? column : categories.Called(texts);
    }

    /// <summary>The texts of what was read as numbers, dates or flags, as the model calls them.</summary>
    /// <exception cref="MlpException">One may be one or another of the model's.</exception>
    public static string[] Match(IEnumerable<string> texts, IEnumerable<string> known, string column) =>
        Spellings(known) is { } spellings ? [.. texts.Select(text => Match(text, spellings, column))] : [.. texts];

    /// <summary>The known texts by what each would be read as; null where all are written so.</summary>
    private static ILookup<string, string>? Spellings(IEnumerable<string> known)
    {
        (string Known, string Read)[] pairs = [.. known.Select(text => (text, ReadAs(text)))];
        return Array.TrueForAll(pairs, pair => pair.Known == pair.Read) ? null : pairs.ToLookup(pair => pair.Read, pair => pair.Known);
    }

    private static string Match(string text, ILookup<string, string> spellings, string column)
    {
        string[] found = [.. spellings[text]];
        return found.Length switch
        {
            0 => text,
            1 => found[0],
            _ => throw new MlpException(
                "AmbiguousText",
                MlpErrorKind.Mismatch,
                $"The column {column} was read as something else than texts, and its {text} may be any of the model's "
                + $"{Listing.Of(found)}. Read it for the model{Hint.With(nameof(DatasetSchema), "and the model")}, or as "
                + $"texts{Hint.For(column, nameof(TableReadOptions.KindOf), ColumnKind.Category)}."),
        };
    }

    private static string ReadAs(string text) => Cell.Parse(text, out double number, out long ticks) switch
    {
        // Columns of whole numbers keep no -0.
        CellKind.Whole or CellKind.Number => ColumnType.TextOf(number == 0 ? 0d : number),
        CellKind.LongWhole => ticks.ToString(CultureInfo.InvariantCulture),
        CellKind.Flag => number != 0 ? bool.TrueString : bool.FalseString,
        CellKind.Date or CellKind.UtcDate => ColumnType.TextOf(new DateTime(ticks)),
        CellKind.Duration => ColumnType.TextOf(new TimeSpan(ticks)),
        CellKind.HugeWhole or CellKind.Missing or CellKind.Text => text,
    };
}
