using System.Globalization;
using System.Text.Json.Serialization;

namespace MlpPowerShell.Engine.Data;

/// <summary>How a file of rows is read.</summary>
public sealed record TableReadOptions
{
    /// <summary>What separates the values; null to find out from the first rows.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// Whether the first line holds names; null for yes, unless it holds nothing but numbers that are not one year after another.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>The names of the columns, in the place of those in the file, if it has some; null for these.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>Lines to leave out before the first, whatever they hold; at least 0.</summary>
    public int SkipLines { get; init; }

    /// <summary>What begins a line that is none of the table; null for nothing.</summary>
    public char? Comment { get; init; }

    /// <summary>The name of the encoding, as .NET knows it; null for UTF-8, or the one that the file's first bytes tell.</summary>
    public string? Encoding { get; init; }

    /// <summary>How values are written.</summary>
    public TextConventions Conventions { get; init; } = new();

    /// <summary>The same with numbers and dates as a culture writes them, where nothing else is said.</summary>
    /// <exception cref="MlpException">This machine does not know the culture.</exception>
    public TableReadOptions In(CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        if (!TextConventions.IsKnown(culture))
        {
            throw new MlpException(
                "UnknownCulture",
                MlpErrorKind.InvalidArgument,
                $"This machine knows no culture {culture.Name}; say what stands before the fraction of "
                + $"numbers{Hint.With(nameof(Conventions.DecimalSeparator))} and how dates are "
                + $"written{Hint.With(nameof(Conventions.DateFormats))}.");
        }

        DateTimeFormatInfo dates = culture.DateTimeFormat;
        string point = culture.NumberFormat.NumberDecimalSeparator;
        if (Conventions.DecimalSeparator is null && point is not ("." or ","))
        {
            throw new MlpException(
                "InvalidDecimalSeparator",
                MlpErrorKind.InvalidArgument,
                $"In the culture {culture.Name} '{point}' stands before the fraction of numbers, and here only a point or a comma can: say "
                + $"which stands in the file{Hint.With(nameof(Conventions.DecimalSeparator))}.");
        }

        if (Conventions.DateFormats.Count == 0 && dates.Calendar is not GregorianCalendar)
        {
            throw new MlpException(
                "OtherCalendar",
                MlpErrorKind.InvalidArgument,
                $"The culture {culture.Name} counts years by another calendar, and dates are read as the Gregorian one has them: say how "
                + $"those of the file are written, where it has some{Hint.With(nameof(Conventions.DateFormats), "'d/M/yyyy'")}, or convert "
                + $"them first.");
        }

        string[] months = [.. dates.MonthGenitiveNames[..12], .. dates.AbbreviatedMonthGenitiveNames[..12]];
        bool isEnglish = Array.TrueForAll(months, month => DateReader.HasMonth(month));
        return this with
        {
            Conventions = Conventions with
            {
                DecimalSeparator = Conventions.DecimalSeparator ?? point[0],
                DateFormats = Conventions.DateFormats.Count > 0 ? Conventions.DateFormats : DatesOf(dates),
                MonthNames = Conventions.MonthNames.Count > 0 || isEnglish ? Conventions.MonthNames : months,
            },
        };
    }

    /// <summary>The short date of a culture, days and months with a leading zero or not, years with a century or not.</summary>
    private static string[] DatesOf(DateTimeFormatInfo dates)
    {
        string date = dates.ShortDatePattern.Replace("dd", "d", StringComparison.Ordinal).Replace("MM", "M", StringComparison.Ordinal);
        int from = date.IndexOf('y'), to = date.LastIndexOf('y') + 1;
        return from < 0 ? [date] : [$"{date[..from]}yyyy{date[to..]}", $"{date[..from]}yy{date[to..]}"];
    }

    /// <summary>
    /// How many features rows have that leave out zeros, at least 1; null for as many as the largest number of one in the file says.
    /// </summary>
    public int? FeatureCount { get; init; }

    /// <summary>The number of the first feature of such rows, 0 or 1; null for 0 where there is one such, else for 1.</summary>
    public int? FirstFeature { get; init; }

    /// <summary>Rows to leave out at the start, at least 0.</summary>
    public int Skip { get; init; }

    /// <summary>The most rows to read after these.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>Tells what the values of a column are to be taken for; null, or where it gives null, for what they look like.</summary>
    [JsonIgnore]
    public Func<string, ColumnKind?>? KindOf { get; init; }

    /// <summary>
    /// Tells which columns nobody will ask for, such as by <see cref="TableOptions.LeavesOut"/>: where a file has each column by itself,
    /// these are not read. None where it is null.
    /// </summary>
    [JsonIgnore]
    public Func<string, bool>? IsLeftOut { get; init; }
}

/// <summary>Where the rows of a table can be read again.</summary>
internal sealed record TableSource(string Path, TableReadOptions Options, Dictionary<string, ColumnKind> Kinds)
{
    /// <summary>Where a data set of all rows can be read again.</summary>
    public TableOrigin OriginOf(string[] labels, string[] features, string[] aside, MlpTask task, ImageShape? shape) =>
        new(Path, Options, Kinds, labels, features, aside, task, shape, null);
}
