using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Dates that are not written as ISO 8601 has it.</summary>
internal static class WrittenDates
{
    private const int Months = 12;

    private static readonly string[] _times = ["", " H:mm", " H:mm:ss", " h:mm tt", " h:mm:ss tt"];

    /// <summary>Day, month and year with points between, which nobody writes in another order.</summary>
    private static readonly string[] _dotted = [.. _times.Select(time => "d.M.yyyy" + time)];

    /// <summary>With strokes between, the month first as the shell writes it, or the day.</summary>
    private static readonly string[] _monthFirst = [.. _times.Select(time => "M/d/yyyy" + time)];
    private static readonly string[] _dayFirst = [.. _times.Select(time => "d/M/yyyy" + time)];

    /// <summary>
    /// The ticks of the dates that texts stand for, where all are written in one way and nothing leaves open which number is the month;
    /// null otherwise.
    /// </summary>
    public static long[]? TicksOf(string[] texts)
    {
        if (texts.Length == 0 || !char.IsAsciiDigit(texts[0][0]))
            return null;
        if (ReadAll(texts, _dotted) is { } dotted)
            return dotted;
        long[]? monthFirst = ReadAll(texts, _monthFirst), dayFirst = ReadAll(texts, _dayFirst);
        return (monthFirst, dayFirst) switch
        {
            ({ } ticks, null) when ticks.Any(IsTold) => ticks,
            (null, { } ticks) when ticks.Any(IsTold) => ticks,
            _ => null,
        };

        static bool IsTold(long ticks) => new DateTime(ticks).Day > Months;
    }

    /// <summary>The ticks of texts that are all of some formats; null where one is not.</summary>
    private static long[]? ReadAll(string[] texts, string[] formats)
    {
        var ticks = new long[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!TryRead(texts[i], formats, out ticks[i]))
                return null;
        }

        return ticks;
    }

    /// <summary>Reads a date with points between day, month and year.</summary>
    public static bool TryReadDotted(string text, out long ticks) => TryRead(text, _dotted, out ticks);

    /// <summary>Reads a date of some formats.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, string[] formats, out long ticks)
    {
        bool isDate = DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date);
        ticks = date.Ticks;
        return isDate;
    }
}
