namespace MlpPowerShell.Engine.Data;

/// <summary>A column as it was read.</summary>
/// <param name="Column">The column.</param>
/// <param name="OddRow">
/// The first row whose text is no number where most are: the column can't be used so. Null where there is none such.
/// </param>
/// <param name="OddText">That text.</param>
/// <param name="NeedsTexts">Whether it is no column of numbers after all, and its texts have to be read once more as such.</param>
internal readonly record struct ReadColumn(DataColumn Column, int? OddRow = null, string? OddText = null, bool NeedsTexts = false)
{
    /// <summary>How the values turned out to be written, where that is not as usual and nobody said so; null otherwise.</summary>
    public TextConventions? Found { get; init; }

    /// <summary>What the values are, where they can't be those of a column; null where they can.</summary>
    public MlpMessage? Unreadable { get; init; }

    /// <summary>Whether a percent sign follows each number.</summary>
    public bool ArePercents => Found is { ArePercents: true };

    /// <summary>What stands before the fraction of the numbers, where the column tells or it is known of it; null otherwise.</summary>
    public char? Decimal { get; init; }

    /// <summary>Whether nothing speaks against taking further numbers of the column as usual, with a point before the fraction.</summary>
    public bool MayTakePlain => Found?.TakesPlain ?? (!IsOpen && Decimal != '.');

    /// <summary>Whether numbers may be read in two ways, as 1.200 and 1,200 may.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether other columns tell that the points stand between groups, so that the values have to be read once more.</summary>
    public bool NeedsComma { get; init; }

    /// <summary>The columns of one source, in which what some tell holds for those that leave it open.</summary>
    public static ReadColumn[] Settled(ReadColumn[] columns)
    {
        char[] told = [.. columns.Select(column => column.Decimal).OfType<char>().Distinct()];
        return told is [var separator] ? Array.ConvertAll(columns, column => column.Settled(separator)) : columns;
    }

    private ReadColumn Settled(char separator)
    {
        if (!IsOpen)
            return this;
        if (Column.Kind == ColumnKind.Category)
        {
            return Column.NumbersAsWritten(separator) is { } read
                ? read with { Found = (read.Found ?? new TextConventions()) with { DecimalSeparator = separator }, Decimal = separator }
                : this;
        }

        return this with { NeedsComma = separator == ',' };
    }
}
