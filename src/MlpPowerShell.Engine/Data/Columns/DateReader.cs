using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads dates of some formats, with or without a time and a time zone behind them, and with names of months.</summary>
internal sealed class DateReader
{
    private const int LongestDate = 64;

    // Whatever runs the program: years of two digits are those from 1950 to 2049.
    private const int LastShortYear = 2049;

    private static readonly string[] _times = ["", " H:mm", " H:mm:ss", " H:mm:ss.FFFFFFF", " h:mm tt", " h:mm:ss tt"];

    private static readonly string[] _english =
    [
        .. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12],
        .. CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames[..12],
    ];

    private static readonly CultureInfo _culture = CultureOfDates();

    /// <summary>Day, name of the month and year, which can be told apart in any order.</summary>
    private static readonly string[] _named = WithTimes(
    [
        "d MMM yyyy", "d-MMM-yyyy", "d. MMM yyyy", "d/MMM/yyyy", "MMM d, yyyy", "MMM d yyyy", "ddMMMyyyy", "yyyy-MMM-d", "d-MMM-yy",
        "d MMM yy",
    ]);

    private readonly string[] _formats;
    private readonly IReadOnlyList<string> _months;

    /// <param name="formats">The formats; those without a time may have one behind them.</param>
    /// <param name="months">Names of months beside the English ones, as <see cref="TextConventions.MonthNames"/> has them.</param>
    public DateReader(IReadOnlyList<string> formats, IReadOnlyList<string> months)
    {
        // A letter alone is a format of another kind, of which .NET has names.
        _formats = WithTimes([.. formats.Select(format => format.Length == 1 ? $"%{format}" : format)]);
        _months = months;
    }

    /// <summary>Reads a date.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ticks">The ticks: of a moment in universal time, else what a clock shows.</param>
    /// <param name="isMoment">Whether a time zone is given.</param>
    public bool TryRead(ReadOnlySpan<char> text, out long ticks, out bool isMoment)
    {
        (ticks, isMoment) = (0, false);
        if (text.Length > LongestDate)
            return false;
        if (TryParse(text, _formats, out DateTime date))
        {
            (ticks, isMoment) = (date.Ticks, date.Kind == DateTimeKind.Utc);
            return true;
        }

        ReadOnlySpan<char> clock = WithoutZone(text, out TimeSpan offset);
        isMoment = clock.Length < text.Length;
        string? english = WithEnglishMonth(clock);
        bool isDate = english is null
            ? isMoment && TryParse(clock, _formats, out date)
            : TryParse(english, _formats, out date) || TryParse(english, _named, out date);
        if (!isDate || date.Ticks < offset.Ticks || date.Ticks - offset.Ticks > DateTime.MaxValue.Ticks)
            return false;
        ticks = date.Ticks - offset.Ticks;
        return true;
    }

    /// <summary>Whether a text has the English name of a month in it.</summary>
    public static bool HasMonth(ReadOnlySpan<char> text) =>
        MonthIn(text, _english, out _, out _) >= 0;

    private static bool TryParse(ReadOnlySpan<char> text, string[] formats, out DateTime date) =>
        DateTime.TryParseExact(text, formats, _culture, DateTimeStyles.AdjustToUniversal, out date);

    private static string[] WithTimes(IEnumerable<string> formats) =>
        [.. formats.SelectMany(format => format.AsSpan().ContainsAny('H', 'h', 'm') ? [format] : _times.Select(time => format + time))];

    private static CultureInfo CultureOfDates()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar.TwoDigitYearMax = LastShortYear;
        return culture;
    }

    /// <summary>A date without its time zone: Z, UTC, GMT, or hours and minutes from it behind a time.</summary>
    private static ReadOnlySpan<char> WithoutZone(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        foreach (string zone in (ReadOnlySpan<string>)["Z", "UTC", "GMT"])
        {
            if (text.EndsWith(zone, StringComparison.OrdinalIgnoreCase)
                && text[..^zone.Length].TrimEnd() is { IsEmpty: false } before
                && (char.IsAsciiDigit(before[^1]) || before.EndsWith("M", StringComparison.OrdinalIgnoreCase)))
            {
                return before;
            }
        }

        int sign = text.LastIndexOfAny('+', '-');
        if (sign < 0 || !text[..sign].Contains(':'))
            return text;
        ReadOnlySpan<char> digits = text[(sign + 1)..];
        if (!TimeSpan.TryParseExact(digits, ["hh\\:mm", "hhmm", "hh"], CultureInfo.InvariantCulture, out offset))
            return text;
        offset = text[sign] == '-' ? -offset : offset;
        return text[..sign].TrimEnd();
    }

    /// <summary>A date with the short English name of its month instead of another one; null where it has no such name.</summary>
    private string? WithEnglishMonth(ReadOnlySpan<char> text)
    {
        int month = MonthIn(text, _english, out int start, out int end);
        if (month < 0)
            month = MonthIn(text, _months, out start, out end);
        return month < 0 ? null : $"{text[..start]}{_english[12 + month]}{text[end..]}";
    }

    /// <summary>The number of the month, from 0, whose name is a word of a text; -1 where none is.</summary>
    private static int MonthIn(ReadOnlySpan<char> text, IReadOnlyList<string> names, out int start, out int end)
    {
        (start, end) = (0, 0);
        while (names.Count > 0 && end < text.Length)
        {
            start = end;
            while (start < text.Length && !char.IsLetter(text[start]))
                start++;
            end = start;
            while (end < text.Length && char.IsLetter(text[end]))
                end++;
            ReadOnlySpan<char> word = text[start..end];
            for (int i = 0; i < names.Count && !word.IsEmpty; i++)
            {
                ReadOnlySpan<char> name = names[i].AsSpan().TrimEnd('.');
                if (!name.IsEmpty && word.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    // Short names may have a point behind them.
                    end += i >= 12 && end < text.Length && text[end] == '.' ? 1 : 0;
                    return i % 12;
                }
            }
        }

        return -1;
    }
}
