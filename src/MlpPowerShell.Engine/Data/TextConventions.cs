using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>How a source of data writes numbers, dates and missing values, where somebody says so or its values tell.</summary>
public sealed record TextConventions
{
    /// <summary>How many names of months there are: full ones from January on, and short ones.</summary>
    internal const int MonthNameCount = 24;

    // There are some 800, and each epoch of a table asks.
    private static readonly Lazy<HashSet<string>> _cultures =
        new(() => [.. CultureInfo.GetCultures(CultureTypes.AllCultures).Select(culture => culture.Name)]);

    /// <summary>What stands before the fraction of numbers, a point or a comma; null to find out column by column.</summary>
    public char? DecimalSeparator { get; init; }

    /// <summary>
    /// How dates may be written beside ISO 8601, as .NET's formats, such as d.M.yyyy; a time may follow where a format has none.
    /// </summary>
    public IReadOnlyList<string> DateFormats { get; init; } = [];

    /// <summary>Names of months beside the English ones: the full ones from January on, then the short ones; or none.</summary>
    public IReadOnlyList<string> MonthNames { get; init; } = [];

    /// <summary>Texts that stand for no value, beside an empty one, ?, NA, N/A, NaN and null; their case does not matter.</summary>
    public IReadOnlyList<string> MissingValues { get; init; } = [];

    /// <summary>
    /// Whether numbers may also be written as usual, with a point before the fraction, whatever else stands there: where nobody said how
    /// they are written, and no point stood between groups of digits.
    /// </summary>
    public bool TakesPlain { get; init; }

    /// <summary>Whether a percent sign follows each number of a column, so that 12% is 0.12; only ever found out.</summary>
    public bool ArePercents { get; init; }

    /// <summary>How single columns write numbers and dates, by their names, where that is known of them.</summary>
    public IReadOnlyDictionary<string, TextConventions> Columns { get; init; } = new Dictionary<string, TextConventions>();

    /// <summary>Whether this machine knows a culture; of one it doesn't, .NET makes one that writes as none does.</summary>
    public static bool IsKnown(CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        return culture.Name.Length == 0 || _cultures.Value.Contains(culture.Name);
    }

    /// <summary>Whether nothing is missing or impossible, as may be where they were read from a file.</summary>
    internal bool AreWhole =>
        this is
        {
            DecimalSeparator: null or '.' or ',',
            DateFormats: not null,
            MonthNames: not null,
            MissingValues: not null,
            Columns: not null,
        }
        && MonthNames.Count is 0 or MonthNameCount
        && !DateFormats.Concat(MonthNames).Concat(MissingValues).Contains(null!)
        && Columns.Values.All(column => column is { Columns.Count: 0, AreWhole: true });

    /// <summary>Whether nothing is said.</summary>
    public bool AreNone =>
        DecimalSeparator is null && DateFormats.Count == 0 && MonthNames.Count == 0 && MissingValues.Count == 0 && Columns.Count == 0
        && !ArePercents;

    /// <summary>What holds for a column: what is known of it, and for the rest what is said of all.</summary>
    internal TextConventions For(string column)
    {
        TextConventions? own = Columns.FirstOrDefault(pair => pair.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value;
        return own is null ? this : this with
        {
            DecimalSeparator = own.DecimalSeparator ?? DecimalSeparator,
            TakesPlain = own.DecimalSeparator is null ? TakesPlain : own.TakesPlain,
            ArePercents = own.ArePercents,
            DateFormats = own.DateFormats.Count > 0 ? own.DateFormats : DateFormats,
        };
    }

    /// <summary>The same, with what is known of further columns; this object where that is nothing new.</summary>
    internal TextConventions With(IEnumerable<(string Column, TextConventions Found)> found)
    {
        var columns = new Dictionary<string, TextConventions>(Columns);
        bool isNew = false;
        foreach ((string column, TextConventions conventions) in found)
        {
            TextConventions? known = columns.GetValueOrDefault(column);
            isNew |= known is null || (known.TakesPlain && !conventions.TakesPlain);
            columns[column] = conventions with { TakesPlain = conventions.TakesPlain && known?.TakesPlain != false };
        }

        return isNew ? this with { Columns = columns } : this;
    }

    /// <summary>The same where further numbers of some columns may be written as usual.</summary>
    internal TextConventions TakingPlain(IReadOnlyCollection<string> columns) => columns.Count == 0 ? this : this with
    {
        Columns = Columns.ToDictionary(
            pair => pair.Key, pair => pair.Value with { TakesPlain = pair.Value.TakesPlain || columns.Contains(pair.Key) }),
    };

    /// <summary>The same where a comma stands before the fraction of numbers.</summary>
    internal static TextConventions WithComma(TextConventions? others) => (others ?? new TextConventions()) with { DecimalSeparator = ',' };

    /// <summary>What is said here, and for the rest what other data had.</summary>
    public TextConventions Over(TextConventions? others)
    {
        if (others is null)
            return this;
        var columns = new Dictionary<string, TextConventions>();
        foreach ((string column, TextConventions own) in others.Columns)
        {
            TextConventions left = own with
            {
                DecimalSeparator = DecimalSeparator is null ? own.DecimalSeparator : null,
                DateFormats = DateFormats.Count == 0 ? own.DateFormats : [],
            };
            if (!left.AreNone)
                columns[column] = left;
        }

        return this with
        {
            DecimalSeparator = DecimalSeparator ?? others.DecimalSeparator,
            DateFormats = DateFormats.Count > 0 ? DateFormats : others.DateFormats,
            MonthNames = MonthNames.Count > 0 ? MonthNames : others.MonthNames,
            MissingValues = MissingValues.Count > 0 ? MissingValues : others.MissingValues,
            Columns = columns,
        };
    }
}
