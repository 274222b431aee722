using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What is within a confidence.</summary>
/// <param name="model">The model.</param>
/// <param name="confidence">The probability with which it is to hold, above 0 and below 1.</param>
/// <param name="notes">Takes what its companions meet that they were not fitted to.</param>
/// <param name="cancellation">Stops the work.</param>
/// <exception cref="MlpException">The model has no scores, or too few.</exception>
internal sealed class ConformalLimits(MlpModel model, double confidence, EncodingNotes notes, CancellationToken cancellation)
{
    private readonly OutputHead _head = model.Output;
    /// <summary>The score of what the model does not know and no set has: beyond that of a probability of 0.</summary>
    public const double Beyond = 2;

    private readonly double[] _limits = Within(model.Output, (model.Output.Conformal ?? throw new MlpException(
        "NotConformal",
        MlpErrorKind.InvalidArgument,
        $"The model keeps no scores that {(model.Output.Kind == OutputKind.Numbers ? "intervals" : "sets")} of a confidence are made from. "
        + $"Calibrate it{Hint.With(nameof(CalibrationMethod), CalibrationMethod.Conformal)} on samples that it has not learned from."))
        .LimitsAt(confidence), confidence);

    /// <summary>The probability with which it holds.</summary>
    public double Confidence => confidence;

    /// <summary>What intervals are made around.</summary>
    public ConformalBands Bands { get; } = new(model, model.Output.Conformal!.Companions, notes, cancellation);

    /// <summary>The score of a class, or of a label that holds.</summary>
    public static double ScoreOf(float probability) => 1.0 - probability;

    /// <summary>Whether a class or label of a probability is in the set.</summary>
    public bool Has(float probability) => ScoreOf(probability) <= _limits[0];

    /// <summary>How many classes or labels are in the set.</summary>
    public int SizeOf(ReadOnlySpan<float> probabilities)
    {
        int size = 0;
        foreach (float probability in probabilities)
            size += Has(probability) ? 1 : 0;
        return size;
    }

    /// <summary>The interval of a number of the sample at hand, in its unit; where none is likely enough, the middle alone.</summary>
    /// <param name="output">Which number.</param>
    /// <param name="value">The network's output for it.</param>
    public (double Lower, double Upper) IntervalOf(int output, float value)
    {
        ConformalBand band = Bands.Of(output, value);
        double reach = _limits[output] * band.Unit, lower = band.Low - reach, upper = band.High + reach;
        if (lower > upper)
            lower = upper = (band.Low + band.High) / 2;
        return (_head.IsExponential ? Math.Max(0, lower) : lower, upper);
    }

    /// <summary>Whether a number is in the interval of the sample at hand.</summary>
    public bool Holds(int output, float value, double truth) => Bands.Of(output, value).ScoreOf(truth) <= _limits[output];

    /// <summary>An end of an interval as what the column held; of numbers a double.</summary>
    public object EndOf(int output, double end)
    {
        FeatureColumn? target = _head.Targets.Count > 0 ? _head.Targets[output] : null;
        return target?.Kind switch
        {
            ColumnKind.Date => ColumnAnswers.Date(end, target.Type),
            ColumnKind.Duration => ColumnAnswers.Duration(end, target.Type),
            _ => end,
        };
    }

    /// <summary>Limits that sets can keep to.</summary>
    /// <exception cref="MlpException">Too many samples were of what the model does not know.</exception>
    private static double[] Within(OutputHead head, double[] limits, double confidence) =>
        head.Kind == OutputKind.Numbers || limits[0] < Beyond ? limits : throw new MlpException(
            "ConfidenceTooHigh",
            MlpErrorKind.InvalidArgument,
            $"So many samples that the model was calibrated on are of classes or labels that it does not know, that no set holds with a "
            + $"confidence of {confidence}.");
}
