using System.Collections;
using System.Globalization;

namespace MlpPowerShell.Pictures;

/// <summary>The columns that predictions like one have values in.</summary>
internal static class PredictionColumns
{
    // Of names, and of numbers too.
    private const int LeastName = 12;

    // As long names stand there whole rather than bars beside them.
    private const int UsualName = 30;
    private const int LongestName = 60;

    // Of several numbers, how many have columns where there is room.
    private const int MostTargets = 20;
    private const int LongestTarget = 24;

    public static List<RowColumn<PredictionRow>> Of(PredictionRow first) =>
    [
        first.File is null
            ? new("Index", 6, 2, row => row.Index.ToString(CultureInfo.InvariantCulture))
            : new("File", 12, 2, row => row.File) { IsText = true, Most = LongestName },
        .. first.Targets.Count > 1 ? OfTargets(first) : OfAnswer(first),
    ];

    private static IEnumerable<RowColumn<PredictionRow>> OfAnswer(PredictionRow first)
    {
        bool isNumber = first.Confidence is null && first.Prediction is IConvertible and not (string or DateTime);
        RowColumn<PredictionRow> Answer(string label, Func<PredictionRow, object?> value)
        {
            string? Text(PredictionRow row) => row.Confidence is null ? TextOf(value(row)) : NameOf(value(row));
            if (isNumber)
                return new(label, LeastName, 1, Text);
            int width = Math.Clamp(TerminalText.Width(Text(first) ?? string.Empty), LeastName, UsualName);
            return new(label, width, width > LeastName ? 5 : 1, Text) { IsText = true, Least = LeastName, Most = LongestName };
        }

        return
        [
            Answer("Prediction", row => row.Prediction),
            .. first.Confidence is null ? [] : new RowColumn<PredictionRow>[]
            {
                new("Confidence", 10, 3, row => row.Confidence is { } sure ? Figures.Percent(sure) : null),
                new("Sure", Bars.Usual, 6, row => Bars.Of(row.Confidence, Bars.Usual)) { IsText = true },
            },
            .. first.PredictionSet is null ? []
                : new RowColumn<PredictionRow>[]
                {
                    new("PredictionSet", LeastName, 3, row => NameOf(row.PredictionSet)) { IsText = true, Most = LongestName },
                },
            .. first.Lower is null ? [] : new[] { Answer("Lower", row => row.Lower), Answer("Upper", row => row.Upper) },
            .. first.Label is null ? [] : new[] { Answer("Label", row => row.Label) },
            .. first.IsCorrect is null ? []
                : new[] { new RowColumn<PredictionRow>("Correct", 7, 4, row => row.IsCorrect?.ToString()) },
            .. first.Error is null ? [] : new[] { Answer("Error", row => row.Error) },
        ];
    }

    /// <summary>Of several numbers a column for each, below its name, with its error beside it.</summary>
    private static IEnumerable<RowColumn<PredictionRow>> OfTargets(PredictionRow first)
    {
        for (int i = 0; i < Math.Min(first.Targets.Count, MostTargets); i++)
        {
            int target = i;
            string name = TerminalText.Cut(first.Targets[i], LongestTarget);
            yield return Number(name, (2 * i) + 1, row => row.Prediction) with { IsCounted = true };
            if (first.Lower is not null)
            {
                yield return Number($"{name} lower", (2 * i) + 2, row => row.Lower);
                yield return Number($"{name} upper", (2 * i) + 2, row => row.Upper);
            }

            if (first.Error is not null)
                yield return Number($"{name} error", (2 * i) + 2, row => row.Error);

            RowColumn<PredictionRow> Number(string label, int rank, Func<PredictionRow, object?> values) =>
                new(label, Math.Max(12, TerminalText.Width(label)), rank, row => TextOf(NumberPair.At(values(row), target)));
        }

        yield return new(string.Empty, 0, 0, _ => "…") { Others = first.Targets.Count };
    }

    /// <summary>Classes as they are called, with all digits where they are numbers.</summary>
    private static string? NameOf(object? value) => value switch
    {
        double number => number.ToString(CultureInfo.InvariantCulture),
        IEnumerable<object?> many => string.Join(", ", many.Select(NameOf)),
        _ => TextOf(value),
    };

    /// <summary>An answer, or several, the same in any culture.</summary>
    public static string? TextOf(object? value) => value switch
    {
        null => null,
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        IEnumerable many and not string => string.Join(", ", many.Cast<object>().Select(TextOf)),
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
