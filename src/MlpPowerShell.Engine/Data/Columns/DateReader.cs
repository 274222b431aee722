using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads dates of some formats, with or without a time and a time zone behind them, and with names of months.</summary>
internal sealed class DateReader
{
    private const int LongestDate = 64;

    // Whatever runs the program: years of two digits are those from 1950 to 2049.
    private const int LastShortYear = 2049;

    // What a format without a year leaves open: a leap year, whose first day is the 0 of dates as numbers.
    private const string YearOfNone = "2000 ";
    private const string FormatOfYear = "yyyy ";

    private static readonly string[] _times = ["", " H:mm", " H:mm:ss", " H:mm:ss.FFFFFFF", " h:mm tt", " h:mm:ss tt"];

    private static readonly string[] _english =
    [
        .. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12],
        .. CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames[..12],
    ];

    private static readonly CultureInfo _culture = CultureOfDates();

    private static readonly string[] _days =
    [
        .. CultureInfo.InvariantCulture.DateTimeFormat.DayNames,
        .. CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedDayNames,
    ];

    /// <summary>Day, name of the month and year, which can be told apart in any order, as C and Apache write them too.</summary>
    private static readonly string[] _named = WithTimes(
    [
        "d MMM yyyy", "d-MMM-yyyy", "d. MMM yyyy", "d/MMM/yyyy", "MMM d, yyyy", "MMM d yyyy", "ddMMMyyyy", "yyyy-MMM-d", "d-MMM-yy",
        "d MMM yy", "MMM d H:mm:ss yyyy", "d/MMM/yyyy:H:mm:ss",
    ]);

    private readonly string[] _formats;
    private readonly string[] _yearless;
    private readonly IReadOnlyList<string> _months;

    /// <param name="formats">
    /// The formats; those without a time may have one behind them. What one without a year, or without a day, leaves out is taken from
    /// the 1st of January 2000.
    /// </param>
    /// <param name="months">Names of months beside the English ones, as <see cref="TextConventions.MonthNames"/> has them.</param>
    public DateReader(IReadOnlyList<string> formats, IReadOnlyList<string> months)
    {
        // A letter alone is a format of another kind, of which .NET has names.
        string[] all = WithTimes([.. formats.Select(format => format.Length == 1 ? $"%{format}" : format)]);
        _formats = Array.FindAll(all, HasYear);

        // .NET would take what is left out from the day on which this runs.
        _yearless = [.. all.Except(_formats).Select(format => FormatOfYear + format)];
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
        if (TryParse(text, out DateTime date))
        {
            (ticks, isMoment) = (date.Ticks, date.Kind == DateTimeKind.Utc);
            return true;
        }

        ReadOnlySpan<char> dated = WithoutDay(text, out DayOfWeek? day);
        ReadOnlySpan<char> clock = WithoutZone(dated, out TimeSpan offset);
        isMoment = clock.Length < dated.Length;
        string? english = WithEnglishMonth(clock);
        bool isDate = english is null
            ? (isMoment || day is not null) && TryParse(clock, out date)
            : TryParse(english, out date)

                // C fills up days of one digit with a blank.
                || TryParse(english, _named, out date, DateTimeStyles.AllowInnerWhite);
        if (!isDate
            || (day ?? date.DayOfWeek) != date.DayOfWeek
            || date.Ticks < offset.Ticks
            || date.Ticks - offset.Ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        ticks = date.Ticks - offset.Ticks;
        return true;
    }

    /// <summary>Whether a text has the English name of a month in it.</summary>
    public static bool HasMonth(ReadOnlySpan<char> text) =>
        MonthIn(text, _english, out _, out _) >= 0;

    private bool TryParse(ReadOnlySpan<char> text, out DateTime date) =>
        TryParse(text, _formats, out date) || (_yearless.Length > 0 && TryParse($"{YearOfNone}{text}", _yearless, out date));

    private static bool TryParse(
        ReadOnlySpan<char> text, string[] formats, out DateTime date, DateTimeStyles blanks = DateTimeStyles.None) =>
        DateTime.TryParseExact(text, formats, _culture, DateTimeStyles.AdjustToUniversal | blanks, out date);

    private static bool HasYear(string format)
    {
        char quote = '\0';
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c == '\\')
                i++;
            else if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"')
                quote = c;
            else if (c == 'y')
                return true;
        }

        return false;
    }

    private static string[] WithTimes(IEnumerable<string> formats) =>
        [.. formats.SelectMany(format => format.AsSpan().ContainsAny('H', 'h', 'm') ? [format] : _times.Select(time => format + time))];

    private static CultureInfo CultureOfDates()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar.TwoDigitYearMax = LastShortYear;
        return culture;
    }

    /// <summary>A date without the day of the week before it.</summary>
    private static ReadOnlySpan<char> WithoutDay(ReadOnlySpan<char> text, out DayOfWeek? day)
    {
        day = null;
        int end = text.IndexOfAny(',', ' ');
        for (int i = 0; end > 0 && i < _days.Length; i++)
        {
            if (!text[..end].Equals(_days[i], StringComparison.OrdinalIgnoreCase))
                continue;
            day = (DayOfWeek)(i % (_days.Length / 2));
            return text[(end + 1)..].TrimStart();
        }

        return text;
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
