namespace MlpPowerShell.Engine.Data;

/// <summary>Dates that are not written as ISO 8601 has it, all in one way.</summary>
/// <param name="Ticks">Their ticks.</param>
/// <param name="Format">The format that all have, a time behind them aside.</param>
/// <param name="AreMoments">Whether all have a time zone; their ticks are those of universal time then.</param>
internal sealed record WrittenDates(long[] Ticks, string Format, bool AreMoments)
{
    private const int Months = 12;
    private const int LongestDate = 64;

    /// <summary>The year with a century first, a name for the month, or points between, which nobody writes in another order.</summary>
    private static readonly Way[] _clear =
        [new("yyyy-M-d"), new("yyyy/M/d"), new("yyyy.M.d"), new("d.M.yyyy"), new("d MMM yyyy")];

    private static readonly Way _shortDotted = new("d.M.yy");

    /// <summary>With strokes between: the month first as the shell writes it, or the day, or a year of two digits.</summary>
    private static readonly Way[][] _open =
    [
        [new("M/d/yyyy"), new("d/M/yyyy")],
        [new("M-d-yyyy"), new("d-M-yyyy")],
        [new("M/d/yy"), new("d/M/yy"), new("yy/M/d")],
    ];

    /// <summary>
    /// The dates that texts stand for, where all are written in one way and nothing leaves open which number is which; null otherwise.
    /// </summary>
    public static WrittenDates? Of(string[] texts)
    {
        if (texts.Length == 0 || !MayBe(texts[0]))
            return null;
        foreach (Way way in _clear)
        {
            if (way.ReadAll(texts) is { } dates)
                return dates;
        }

        // Versions are written so too, but with a 0 before a number or with months of 20 days.
        if (texts.Any(text => text[0] == '0' || text.Contains(".0", StringComparison.Ordinal) || IsDay(text))
            && _shortDotted.ReadAll(texts) is { } dotted)
        {
            return dotted;
        }

        foreach (Way[] ways in _open)
        {
            if (Fitting(ways, texts) is [var only])
                return only;
        }

        return null;
    }

    /// <summary>
    /// The formats of which texts may be dates, where that is more than one: either number may be the month, or one of them the year.
    /// </summary>
    public static string[] OpenFormats(string[] texts) => texts.Length == 0 || !MayBe(texts[0]) ? []
        : [.. _open.Select(ways => Fitting(ways, texts)).FirstOrDefault(dates => dates.Count > 1, []).Select(dates => dates.Format)];

    private static List<WrittenDates> Fitting(Way[] ways, string[] texts) =>
        [.. ways.Select(way => way.ReadAll(texts)).OfType<WrittenDates>()];

    private static bool MayBe(string text) => text.Length is >= 6 and <= LongestDate
        && (char.IsAsciiDigit(text[0]) ? text.AsSpan(1).ContainsAnyExceptInRange('0', '9') : DateReader.HasMonth(text));

    private static bool IsDay(string text) => text.IndexOf('.') is 2 && int.TryParse(text.AsSpan(0, 2), out int day) && day > Months;

    /// <summary>One way to write dates.</summary>
    private sealed class Way(string format)
    {
        private readonly DateReader _reader = new([format], []);
        private readonly bool _hasName = format.Contains("MMM", StringComparison.Ordinal);

        /// <summary>The dates; null where one is written otherwise, or some have a time zone and others none.</summary>
        public WrittenDates? ReadAll(string[] texts)
        {
            var ticks = new long[texts.Length];
            bool areMoments = false;
            for (int i = 0; i < texts.Length; i++)
            {
                if (!_reader.TryRead(texts[i].AsSpan().Trim(), out ticks[i], out bool isMoment)
                    || (i > 0 && isMoment != areMoments)
                    || (i == 0 && !_hasName && DateReader.HasMonth(texts[i])))
                {
                    return null;
                }

                areMoments = isMoment;
            }

            return new WrittenDates(ticks, format, areMoments);
        }
    }
}
