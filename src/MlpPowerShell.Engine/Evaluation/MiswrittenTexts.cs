using System.Globalization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Looks for columns of texts that were meant to be numbers, dates or something else.</summary>
internal static class MiswrittenTexts
{
    private static readonly string[] _dottedDates = ["d.M.yyyy", "d.M.yy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss"];

    /// <summary>
    /// What speaks for it that texts were meant to be something else, as the end of a sentence about the column, and what to do about it,
    /// as a sentence.
    /// </summary>
    public static (string Finding, MlpMessage Cure)? In(ColumnStatistics column)
    {
        if (column is not { Kind: ColumnKind.Category, IsDeclared: false, Counts.Count: > 1 } || column.Type != ColumnType.Text.Name)
            return null;
        string[] texts = [.. column.Counts.Keys];
        if (WrittenDates.OpenFormats(texts) is { Length: > 0 } formats)
        {
            return (
                $"holds dates such as '{texts[0]}', which may be written as {string.Join(" or ", formats)}, and so counts as texts",
                $"Say how they are written{Hint.With(nameof(TextConventions.DateFormats), $"'{formats[0]}'")} or so where they are read.");
        }

        if (texts.All(text => CellValue.Of(text, ColumnKind.Date).IsOfKind) && KindOf(texts[0]) == ColumnKind.Category)
        {
            return OfKind(
                ColumnKind.Date, "holds dates as the shell writes them, which count as texts unless they are said to be dates");
        }

        if (texts.All(IsDottedDate))
        {
            return AsTexts($"holds dates such as '{texts[0]}', which count as texts: dates are read as "
                + $"{DottedDate(texts[0]):yyyy-MM-dd}");
        }

        if (MixedClocks(texts) is { } mixed)
            return AsTexts(mixed);

        // They are no numbers where something else than a point is said to stand there.
        if (Array.Find(texts, text => text.Contains('.', StringComparison.Ordinal)) is { } pointed
            && texts.All(text => KindOf(text) == ColumnKind.Number))
        {
            return (
                $"holds numbers with a point before the fraction, such as '{pointed}', and is read as with a comma, so that they are texts",
                $"Have it read as it is written{Hint.With(nameof(TextConventions.DecimalSeparator), "'.'")}.");
        }

        if (texts.Any(text => LooksLikeNumber(text) && !text.All(char.IsAsciiDigit))
            && texts.Count(LooksLikeNumber) >= ColumnReport.NearlyAll * texts.Length
            && texts.Any(text => KindOf(text) != ColumnKind.Number))
        {
            string odd = texts.First(text => KindOf(text) != ColumnKind.Number);
            return AsTexts($"holds texts that look like numbers written otherwise, such as '{odd}'");
        }

        (ColumnKind most, long count) = column.Counts.GroupBy(entry => KindOf(entry.Key), entry => entry.Value)
            .Select(group => (group.Key, group.Sum()))
            .MaxBy(group => group.Item2);
        return most == ColumnKind.Category || count == column.Present || count < ColumnReport.NearlyAll * column.Present ? null
            : AsTexts($"is one of texts, as '{texts.First(text => KindOf(text) != most)}' is no {most.ToString().ToLowerInvariant()}, "
                + $"which nearly all others are");

        (string Finding, MlpMessage Cure) AsTexts(string finding) => OfKind(ColumnKind.Category, finding);
        (string Finding, MlpMessage Cure) OfKind(ColumnKind kind, string finding) => (
            finding,
            $"Correct that where the data come from, or say what the column "
            + $"is{Hint.For(column.Name, nameof(TableReadOptions.KindOf), kind)} where they are read.");
    }

    private static bool IsDottedDate(string text) => DottedDate(text) is not null;

    // As Germans, Russians and others write them.
    private static DateTime? DottedDate(string text) => DateTime.TryParseExact(
        text, _dottedDates, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out DateTime date) ? date : null;

    // Moments and what a clock shows somewhere can't be compared, and so are no column of dates together.
    private static string? MixedClocks(string[] texts)
    {
        string[] moments = Array.FindAll(texts, text => Cell.Parse(text, out _, out _) == CellKind.UtcDate);
        string[] clocks = Array.FindAll(texts, text => Cell.Parse(text, out _, out _) == CellKind.Date);
        return moments.Length > 0 && clocks.Length > 0 && moments.Length + clocks.Length >= ColumnReport.NearlyAll * texts.Length
            ? $"holds dates with a time zone, such as '{moments[0]}', and dates without one, such as '{clocks[0]}', and so counts as "
                + $"texts" : null;
    }

    private static ColumnKind KindOf(string text) => Cell.Parse(text, out _, out _) switch
    {
        CellKind.Whole or CellKind.Number or CellKind.LongWhole or CellKind.HugeWhole => ColumnKind.Number,
        CellKind.Flag => ColumnKind.Boolean,
        CellKind.Date or CellKind.UtcDate => ColumnKind.Date,
        CellKind.Duration => ColumnKind.Duration,
        CellKind.Missing or CellKind.Text => ColumnKind.Category,
    };

    private static bool LooksLikeNumber(string text)
    {
        string number = text.Trim().TrimStart('-', '+'), digits = number.TrimStart('€', '$', '£').TrimEnd('%', '€', '$', '£', ' ');
        bool isNumber = digits.Length > 0 && char.IsAsciiDigit(digits[0])
            && digits.All(character => char.IsAsciiDigit(character) || character is '.' or ',' or ' ' or '\'');

        // What begins with 0 and another digit is a name such as 007.
        bool isName = isNumber && digits[0] == '0' && digits.Length > 1 && char.IsAsciiDigit(digits[1]);
        return isNumber && !isName;
    }
}
