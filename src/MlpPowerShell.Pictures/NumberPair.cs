using System.Globalization;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>What charts of predicted numbers are made of.</summary>
public static class NumberPair
{
    /// <summary>The true and the predicted number of a sample; null where it has not one of each.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="target">Of several numbers the place of one, from 0.</param>
    public static (double True, double Predicted)? Of(MlpPrediction prediction, int target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (At(prediction.Error, target) is not double error)
            return null;
        double predicted = Convert.ToDouble(At(prediction.Prediction, target), CultureInfo.InvariantCulture);
        return (predicted - error, predicted);
    }

    /// <summary>One of several values, or the only one; null for none.</summary>
    internal static object? At(object? values, int place) => values is IEnumerable<object?> many ? many.ElementAtOrDefault(place) : values;
}
