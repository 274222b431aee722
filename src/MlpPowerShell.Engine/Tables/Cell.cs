using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Tables;

/// <summary>One value of a table: a number with what it stands for, a text, or nothing.</summary>
/// <param name="Kind">What it is, or null where the value is missing.</param>
/// <param name="Number">The value as a number; NaN for texts and missing values.</param>
/// <param name="Text">The text of a category, else null.</param>
internal readonly record struct Cell(ColumnKind? Kind, double Number, string? Text)
{
    private static readonly DateTime _epoch = new(2000, 1, 1);
    private static readonly string[] _missing = ["?", "NA", "N/A", "NaN", "null"];

    public static Cell Missing { get; } = new(null, double.NaN, null);

    /// <summary>Reads a value of any simple type.</summary>
    /// <exception cref="MlpException">It is a collection, which is no single value.</exception>
    public static Cell Of(object? value) => value switch
    {
        null or DBNull => Missing,
        string text => Parse(text),
        bool flag => new Cell(ColumnKind.Boolean, flag ? 1 : 0, null),
        Enum name => OfText(name.ToString()),
        DateTime date => OfDate(date),
        DateTimeOffset date => OfDate(date.UtcDateTime),
        DateOnly date => OfDate(date.ToDateTime(TimeOnly.MinValue)),
        TimeSpan span => new Cell(ColumnKind.Duration, span.TotalSeconds, null),
        TimeOnly time => new Cell(ColumnKind.Duration, time.ToTimeSpan().TotalSeconds, null),
        IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal => OfNumber(number.ToDouble(CultureInfo.InvariantCulture)),
        IEnumerable => throw new MlpException("NotAValue", MlpErrorKind.InvalidData, $"A value is a {value.GetType().Name}, which is no single number, text, date or the like."),
        _ => Parse(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    /// <summary>Reads a text, which may stand for a number, true or false, a date (as ISO 8601 writes it), a time span, or a missing value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Cell Parse(ReadOnlySpan<char> text)
    {
        // Short whole numbers are most of what pictures consist of.
        if (TryParseWhole(text, out int whole))
            return new Cell(ColumnKind.Number, whole, null);
        text = text.Trim();
        if (text.IsEmpty)
            return Missing;
        if (TryParseNumber(text, out double number))
            return OfNumber(number);
        foreach (string missing in _missing)
        {
            if (text.Equals(missing, StringComparison.OrdinalIgnoreCase))
                return Missing;
        }

        if (bool.TryParse(text, out bool flag))
            return new Cell(ColumnKind.Boolean, flag ? 1 : 0, null);
        if (char.IsAsciiDigit(text[0]) && text.Length >= 10 && text[4] == '-' && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime date))
            return OfDate(date);
        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span))
            return new Cell(ColumnKind.Duration, span.TotalSeconds, null);
        return OfText(text.ToString());
    }

    /// <summary>The value as a category's name: the same for a number and its text.</summary>
    public string? ToName() => Kind is { } kind ? Text ?? NameOf(kind, Number) : null;

    /// <summary>What a number of that kind reads as.</summary>
    public static string NameOf(ColumnKind kind, double number) => ValueOf(kind, number) switch
    {
        DateTime date => date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        object other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The value that a number of that kind stands for.</summary>
    public static object ValueOf(ColumnKind kind, double number) => kind switch
    {
        ColumnKind.Boolean => number > 0.5,
        ColumnKind.Date => _epoch.AddDays(number),
        ColumnKind.Duration => TimeSpan.FromSeconds(number),
        _ => number,
    };

    private static Cell OfNumber(double number) => double.IsNaN(number) ? Missing : new Cell(ColumnKind.Number, number, null);

    private static Cell OfText(string text) => new(ColumnKind.Category, double.NaN, text);

    private static Cell OfDate(DateTime date) => new(ColumnKind.Date, (date - _epoch).TotalDays, null);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseWhole(ReadOnlySpan<char> text, out int whole)
    {
        whole = 0;
        if (text.Length is 0 or > 9 || (text[0] == '0' && text.Length > 1))
            return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            whole = (whole * 10) + (digit - '0');
        }

        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out double number)
    {
        // Texts such as 007 are names.
        number = 0;
        bool name = text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);
        return !name && (char.IsAsciiDigit(text[^1]) || text[^1] == '.')
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }
}
