namespace MlpPowerShell.Engine.Data;

/// <summary>Columns of the texts of a file: what they may be taken for, and the table that they make.</summary>
internal static class TextColumns
{
    // Numbers that wait to be packed: all columns' fit the second-level cache, and blocks are not too small to be worth it.
    private const int ValuesOfBlock = 1 << 17;
    private const int FewestRowsOfBlock = 256;
    private const int MostRowsOfBlock = 1 << 14;

    /// <summary>What takes the texts of each column.</summary>
    /// <param name="source">The file.</param>
    /// <param name="names">The names of the columns.</param>
    /// <param name="rowNames">The one of the rows' names, which are texts; or null.</param>
    /// <exception cref="MlpException">Two columns have one name.</exception>
    public static TextColumnBuilder[] Builders(RowSource source, string[] names, string? rowNames)
    {
        MlpTable.CheckNames(source.Path, names);
        TextConventions conventions = source.Options.Conventions;
        int blockRows = Math.Clamp(ValuesOfBlock / names.Length, FewestRowsOfBlock, MostRowsOfBlock);
        return [.. names.Select((name, place) =>
        {
            bool isCategory = name == rowNames || source.Options.KindOf?.Invoke(name) == ColumnKind.Category;
            TextFormats? formats = TextFormats.Of(
                source.Hints.WithComma.Contains(place) ? TextConventions.WithComma(conventions) : conventions, name);
            return new TextColumnBuilder(name, blockRows, isCategory || source.Hints.AsTexts.Contains(place), isCategory, formats);
        })];
    }

    /// <summary>The table of all rows.</summary>
    public static MlpTable ToTable(RowSource source, TextColumnBuilder[] builders, RowFacts facts)
    {
        var read = new ReadColumn[builders.Length];
        for (int place = 0; place < read.Length; place++)
        {
            source.Cancellation.ThrowIfCancellationRequested();
            ReadColumn column = builders[place].ToColumn();
            read[place] = source.Hints.WithComma.Contains(place)
                ? column with { Found = new TextConventions { DecimalSeparator = ',' } }
                : column;
        }

        return new MlpTable(source, ReadColumn.Settled(read), facts.Lines)
        {
            HasHeader = facts.HasHeader,
            LinesBefore = facts.LinesBefore,
            Delimiter = facts.Delimiter,
            RowNames = facts.RowNames,
        };
    }
}

/// <summary>What is known of the rows of a file beside their values.</summary>
/// <param name="Lines">The line of each.</param>
/// <param name="HasHeader">Whether the names of the columns come before them.</param>
/// <param name="LinesBefore">Lines before these.</param>
/// <param name="Delimiter">What separates values.</param>
/// <param name="RowNames">The column of the rows' names that has no name itself in the file; null where there is none.</param>
internal sealed record RowFacts(int[] Lines, bool HasHeader, int LinesBefore, char Delimiter, string? RowNames);
