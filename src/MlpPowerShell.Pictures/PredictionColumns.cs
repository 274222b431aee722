using System.Collections;
using System.Globalization;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>The columns that predictions like one have values in.</summary>
internal static class PredictionColumns
{
    private const int LongestName = 60;

    public static List<RowColumn<PredictionRow>> Of(PredictionRow first)
    {
        MlpPrediction prediction = first.Prediction;
        bool isNumber = prediction.Confidence is null && prediction.Prediction is IConvertible and not (string or DateTime);
        RowColumn<PredictionRow> Answer(string label, int rank, Func<MlpPrediction, object?> value) =>
            new(label, 12, rank, row => TextOf(value(row.Prediction))) { IsText = !isNumber, Most = isNumber ? 0 : LongestName };
        return
        [
            first.File is null
                ? new("Index", 6, 2, row => row.Prediction.Index.ToString(CultureInfo.InvariantCulture))
                : new("File", 12, 2, row => row.File) { IsText = true, Most = LongestName },
            Answer("Prediction", 0, row => row.Prediction),
            .. prediction.Confidence is null ? [] : new RowColumn<PredictionRow>[]
            {
                new("Confidence", 10, 3, row => row.Prediction.Confidence is { } sure ? Figures.Percent(sure) : null),
                new("Sure", Bars.Usual, 5, row => Bars.Of(row.Prediction.Confidence, Bars.Usual)) { IsText = true },
            },
            .. prediction.Label is null ? [] : new[] { Answer("Label", 1, row => row.Label) },
            .. prediction.IsCorrect is null ? []
                : new[] { new RowColumn<PredictionRow>("Correct", 7, 4, row => row.Prediction.IsCorrect?.ToString()) },
            .. prediction.Error is null ? [] : new[] { Answer("Error", 4, row => row.Error) },
        ];
    }

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
