using System.Globalization;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>What charts of predicted numbers are made of.</summary>
public static class NumberPair
{
    /// <summary>The true and the predicted number of a sample; null where it has not one of each.</summary>
    public static (double True, double Predicted)? Of(MlpPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return prediction.Error is double error && prediction.Prediction is IConvertible number and not (string or DateTime)
            ? (number.ToDouble(CultureInfo.InvariantCulture) - error, number.ToDouble(CultureInfo.InvariantCulture))
            : null;
    }
}
