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
        if (prediction.Error is not double error)
            return null;
        double predicted = Convert.ToDouble(prediction.Prediction, CultureInfo.InvariantCulture);
        return (predicted - error, predicted);
    }
}
