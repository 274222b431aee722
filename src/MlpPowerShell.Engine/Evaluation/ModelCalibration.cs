using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Makes models say how sure their answers are: by probabilities, or by sets and intervals that hold with a confidence.</summary>
public static class ModelCalibration
{
    /// <summary>
    /// A copy of a model that is calibrated on a data set. Probabilities are those of the network then, whatever calibration the model has;
    /// what was fitted to its other probabilities, a threshold or conformal scores, is not kept. Conformal scores are added to what there
    /// is.
    /// </summary>
    /// <param name="model">A model, which stays as it is.</param>
    /// <param name="dataset">Samples with labels that the model has not learned from; they count their weights.</param>
    /// <param name="method">What is fitted to them; null for a temperature, or where numbers are predicted for conformal scores.</param>
    /// <param name="companions">
    /// For conformal scores of numbers: none, a model that predicts how far off answers are, or two that predict a low and a high quantile
    /// of the same numbers; they have not learned from the samples either.
    /// </param>
    /// <param name="notes">Takes what the model meets in the data that it was not fitted to.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MlpException">
    /// The model predicts numbers, the method is none for its classes, the data set does not meet it, or there is nothing to fit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static MlpModel Calibrate(
        MlpModel model,
        MlpDataset dataset,
        CalibrationMethod? method,
        IReadOnlyList<MlpModel>? companions = null,
        EncodingNotes? notes = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        OutputHead head = model.Output;
        CalibrationMethod meant = method ?? (head.Kind == OutputKind.Numbers ? CalibrationMethod.Conformal : CalibrationMethod.Temperature);
        notes ??= new EncodingNotes();
        if (companions is { Count: > 0 } && meant != CalibrationMethod.Conformal)
        {
            throw new MlpException(
                "CompanionUnused",
                MlpErrorKind.InvalidArgument,
                $"Models that say where intervals are, or how wide, are for {CalibrationMethod.Conformal}, and {meant} has no intervals.");
        }

        if (model.LearnedFrom.Contains(dataset.Fingerprint))
            notes.LearnedFrom(dataset.Name);
        return model.With(meant == CalibrationMethod.Conformal
            ? head with { Conformal = ConformalFit.Of(model, dataset, companions ?? [], notes, cancellation) }
            : head with
            {
                Calibration = Calibrated(model, dataset, meant, notes, cancellation),
                Conformal = null,
                Decision = head.Decision is { } rule ? rule with { Threshold = null } : null,
            });
    }

    private static OutputCalibration Calibrated(
        MlpModel model, MlpDataset dataset, CalibrationMethod method, EncodingNotes notes, CancellationToken cancellation)
    {
        if (model.Output.Kind == OutputKind.Numbers)
        {
            throw new MlpException(
                "NotAClassifier",
                MlpErrorKind.Mismatch,
                $"{model} predicts numbers, and {method} calibrates probabilities of classes and labels.");
        }

        if (model.Loss.Function() == OutputFunction.Ordinal && method != CalibrationMethod.Temperature)
        {
            throw new MlpException(
                "OrderedClasses",
                MlpErrorKind.Mismatch,
                $"The classes of {model} have an order, which curves for each of them would break: {nameof(CalibrationMethod.Temperature)} "
                + "calibrates them.");
        }

        var samples = CalibrationSamples.Of(model, dataset, notes, cancellation);
        return method == CalibrationMethod.Temperature
            ? new OutputCalibration { Temperature = TemperatureFit.Of(samples, dataset.Name, cancellation) }
            : new OutputCalibration { Curves = CurvesOf(samples, model.Output, dataset.Name, method, notes, cancellation) };
    }

    private static CalibrationCurve[] CurvesOf(
        CalibrationSamples samples,
        OutputHead head,
        string dataset,
        CalibrationMethod method,
        EncodingNotes notes,
        CancellationToken cancellation)
    {
        double[][] scores = ScoresOf(samples);
        double[] weights = [.. Enumerable.Range(0, samples.Count).Select(samples.WeightOf)];
        var curves = new CalibrationCurve[samples.Width];
        for (int j = 0; j < curves.Length; j++)
        {
            cancellation.ThrowIfCancellationRequested();
            int output = j;
            bool[] holds = [.. Enumerable.Range(0, samples.Count).Select(i => samples.Holds(i, output))];
            if (Array.TrueForAll(holds, held => held == holds[0]))
            {
                string name = head.Names[head.IsCumulative ? j + 1 : j];
                throw new MlpException(
                    "OneClassOnly",
                    MlpErrorKind.InvalidData,
                    $"{dataset}: the samples are {(holds[0] ? "all" : "none")} of {name}, and without some that are and some that are "
                    + $"not, there is no curve for it. {nameof(CalibrationMethod.Temperature)} does without.");
            }

            curves[j] = method == CalibrationMethod.Platt ? Line() : Steps();

            CalibrationCurve Line()
            {
                (double slope, double intercept) = PlattFit.Of(scores[output], holds, weights);
                if (slope < 0)
                    notes.Reversed(head.Names[head.IsCumulative ? output + 1 : output]);
                return new CalibrationCurve { Slope = slope, Intercept = intercept };
            }

            CalibrationCurve Steps()
            {
                (double[] corners, double[] probabilities) = IsotonicFit.Of(scores[output], holds, weights);
                return new CalibrationCurve { Scores = corners, Probabilities = probabilities };
            }
        }

        return curves;
    }

    /// <summary>The log-odds of all samples, by output.</summary>
    private static double[][] ScoresOf(CalibrationSamples samples)
    {
        double[][] scores = [.. Enumerable.Range(0, samples.Width).Select(_ => new double[samples.Count])];
        var odds = new float[samples.Width];
        for (int i = 0; i < samples.Count; i++)
        {
            samples.SumsOf(i).CopyTo(odds);
            if (samples.Function == OutputFunction.Softmax)
                LogOdds.OfSoftmax(odds);
            for (int j = 0; j < odds.Length; j++)
                scores[j][i] = odds[j];
        }

        return scores;
    }
}
