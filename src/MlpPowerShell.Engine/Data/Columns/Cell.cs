using System.Globalization;
using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>What a text of a table stands for.</summary>
internal enum CellKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A whole number that a double holds exactly.</summary>
    Whole,

    /// <summary>Another number.</summary>
    Number,

    /// <summary>A whole number of so many digits that a double would merge it with its neighbours.</summary>
    LongWhole,

    /// <summary>A whole number beyond 64 bits.</summary>
    HugeWhole,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A date without a time zone.</summary>
    Date,

    /// <summary>A moment in universal time.</summary>
    UtcDate,

    /// <summary>A time span.</summary>
    Duration,

    /// <summary>Itself.</summary>
    Text,
}

/// <summary>Reads one value of a table.</summary>
internal static class Cell
{
    private const int MostExactDigits = 15;

    // Of a second, ticks are what .NET counts in; pandas and others write nanoseconds.
    private const int DigitsOfTicks = 7;

    private static readonly string[] _missing = ["?", "NA", "N/A", "NaN", "null"];
    private static readonly DateTime _epoch = new(2000, 1, 1);

    /// <summary>
    /// Reads a text, which may stand for a number, true or false, a date (as ISO 8601 writes it), a time span, or a missing value.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The number, or 1 for true; NaN for texts, dates and missing values.</param>
    /// <param name="ticks">The ticks of a date or a time span, or a long whole number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static CellKind Parse(ReadOnlySpan<char> text, out double number, out long ticks)
    {
        ticks = 0;

        // Short whole numbers are most of what pictures consist of.
        if (TryParseWhole(text, out int whole))
        {
            number = whole;
            return CellKind.Whole;
        }

        text = text.Trim();
        number = double.NaN;
        if (text.IsEmpty)
            return CellKind.Missing;
        if (ParseNumber(text, ref number, ref ticks) is { } kind)
            return kind;
        if (IsMissing(text))
            return CellKind.Missing;
        if (bool.TryParse(text, out bool flag))
        {
            number = flag ? 1 : 0;
            return CellKind.Flag;
        }

        if (char.IsAsciiDigit(text[0])
            && text.Length >= 10
            && text[4] == '-'
            && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime date))
        {
            ticks = date.Ticks;
            return date.Kind == DateTimeKind.Utc ? CellKind.UtcDate : CellKind.Date;
        }

        if (TryParseSpan(text, out TimeSpan span))
        {
            ticks = span.Ticks;
            return CellKind.Duration;
        }

        return CellKind.Text;
    }

    /// <summary>Reads a time span: hours, minutes and seconds, with days before a point.</summary>
    public static bool TryParseSpan(ReadOnlySpan<char> text, out TimeSpan span)
    {
        text = text.Trim();
        int colon = text.IndexOf(':');
        span = default;
        int point = text.LastIndexOf('.');
        if (point > colon && text.Length - point - 1 > DigitsOfTicks && !text[(point + 1)..].ContainsAnyExceptInRange('0', '9'))
            text = text[..(point + 1 + DigitsOfTicks)];

        // .NET takes a number alone, and 24 in 24:00:00, for days.
        if (colon < 0)
            return false;
        if (text.Count(':') > 2
            || !int.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || hours < 24)
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out span);
        }

        if (!TimeSpan.TryParse($"0{text[colon..]}", CultureInfo.InvariantCulture, out TimeSpan rest))
            return false;
        span = TimeSpan.FromHours(hours) + rest;
        return true;
    }

    /// <summary>Whether a text says that there is no value.</summary>
    public static bool IsMissing(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        foreach (string missing in _missing)
        {
            if (text.Equals(missing, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return text.IsEmpty;
    }

    /// <summary>The number that a value of a kind counts as; NaN where it can't be of that kind.</summary>
    public static double NumberOf(object? value, ColumnKind kind) => value switch
    {
        null => double.NaN,
        bool flag => flag ? 1 : 0,
        DateTimeOffset date => DaysOf(date.UtcDateTime),
        DateTime date => DaysOf(date),
        DateOnly date => DaysOf(date.ToDateTime(TimeOnly.MinValue)),
        TimeSpan span => span.TotalSeconds,
        TimeOnly time => time.ToTimeSpan().TotalSeconds,
        IConvertible number and not string when kind == ColumnKind.Number
            && number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal => number.ToDouble(CultureInfo.InvariantCulture),
        _ => double.NaN,
    };

    // A local date is the same moment as its universal one.
    private static double DaysOf(DateTime date) => ((date.Kind == DateTimeKind.Local ? date.ToUniversalTime() : date) - _epoch).TotalDays;

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

    private static CellKind? ParseNumber(ReadOnlySpan<char> text, ref double number, ref long ticks)
    {
        // Texts such as 007 are names.
        ReadOnlySpan<char> digits = text[0] is '-' or '+' ? text[1..] : text;
        bool isName = digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]);
        if (isName || !(char.IsAsciiDigit(text[^1]) || text[^1] == '.'))
            return null;
        bool isWhole = digits.IndexOfAnyExceptInRange('0', '9') < 0;
        if (isWhole && digits.Length > MostExactDigits)
        {
            // The least of 64 bits stands for a missing one.
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ticks)
                && ticks != PackedNumbers.NoWhole
                ? CellKind.LongWhole
                : CellKind.HugeWhole;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out double parsed) && double.IsFinite(parsed))
        {
            // No whole number is -0.
            number = parsed;
            return isWhole && (parsed != 0 || !double.IsNegative(parsed)) ? CellKind.Whole : CellKind.Number;
        }

        return null;
    }
}

/// <summary>How a text writes a date.</summary>
internal enum DateForm
{
    /// <summary>As ISO 8601 has it, without a time zone; or it is no date.</summary>
    Clock,

    /// <summary>As ISO 8601 has it, with a time zone.</summary>
    Moment,

    /// <summary>As the shell writes it, month before day, of which the second is above 12, and so the day.</summary>
    MonthFirst,

    /// <summary>As the shell writes it, with two numbers of which either may be the month.</summary>
    MonthOrDayFirst,
}

/// <summary>What a text is where the kind of its column is known.</summary>
/// <param name="IsOfKind">Whether it can be of that kind.</param>
/// <param name="Number">The number of it.</param>
/// <param name="Ticks">The ticks of a date or a time span.</param>
/// <param name="Form">How a date is written.</param>
internal readonly record struct CellValue(bool IsOfKind, double Number, long Ticks, DateForm Form = DateForm.Clock)
{
    /// <summary>A date as the shell turns it into text where no culture is set, and so as Export-Csv writes it there.</summary>
    private const string WrittenByShell = "MM/dd/yyyy HH:mm:ss";

    private const int Months = 12;

    public static CellValue Of(string text, ColumnKind kind) => kind switch
    {
        ColumnKind.Number => OfNumber(text),
        ColumnKind.Boolean => new CellValue(bool.TryParse(text, out bool flag) || text is "0" or "1", flag || text == "1" ? 1 : 0, 0),
        ColumnKind.Date => OfDate(text),
        ColumnKind.Duration => new CellValue(Cell.TryParseSpan(text, out TimeSpan span), 0, span.Ticks),
        ColumnKind.Category => new CellValue(false, double.NaN, 0),
    };

    /// <summary>A number that is written with a point, as in arrays, where no column tells of any other way.</summary>
    public static CellValue OfPlainNumber(string text) =>
        new(
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number),
            number,
            0);

    private static CellValue OfNumber(string text) => OfPlainNumber(text) is { IsOfKind: true } plain ? plain
        : NumberForm.NumbersOf([text]) is { Numbers: [var written] } ? new CellValue(true, written, 0)
        : new CellValue(false, double.NaN, 0);

    // Anything looser would guess which number is the month, and take today for the day of 12:30.
    private static CellValue OfDate(string text)
    {
        CellKind cell = Cell.Parse(text, out _, out long moment);
        if (cell is CellKind.Date or CellKind.UtcDate)
            return new CellValue(true, 0, moment, cell == CellKind.UtcDate ? DateForm.Moment : DateForm.Clock);
        bool isWritten = DateTime.TryParseExact(text, WrittenByShell, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date);
        if (!isWritten && WrittenDates.Of([text.Trim()]) is { Ticks: [var ticks] } written)
            return new CellValue(true, 0, ticks, written.AreMoments ? DateForm.Moment : DateForm.Clock);
        DateForm form = date.Day > Months ? DateForm.MonthFirst : date.Day != date.Month ? DateForm.MonthOrDayFirst : DateForm.Clock;
        return new CellValue(isWritten, 0, date.Ticks, form);
    }
}
