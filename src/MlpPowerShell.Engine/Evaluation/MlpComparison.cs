using System.Globalization;
using MathNet.Numerics.Distributions;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Two models on the same samples, and whether one is really the better.</summary>
public sealed class MlpComparison
{
    internal MlpComparison(string dataset, int samples, int bothRight, int onlyFirst, int onlySecond)
    {
        Dataset = dataset;
        Samples = samples;
        BothRight = bothRight;
        OnlyFirstRight = onlyFirst;
        OnlySecondRight = onlySecond;
        FirstAccuracy = (bothRight + onlyFirst) / (double)samples;
        SecondAccuracy = (bothRight + onlySecond) / (double)samples;
        (DifferenceLow, DifferenceHigh) = Interval(samples, onlyFirst, onlySecond);
        PValue = McNemar(onlyFirst, onlySecond);
    }

    /// <summary>The name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Samples compared.</summary>
    public int Samples { get; }

    /// <summary>The fraction that the first model classifies right, from 0 to 1.</summary>
    public double FirstAccuracy { get; }

    /// <summary>The fraction that the second model classifies right, from 0 to 1.</summary>
    public double SecondAccuracy { get; }

    /// <summary>The second accuracy less the first.</summary>
    public double Difference => SecondAccuracy - FirstAccuracy;

    /// <summary>The lower end of the difference's 95 % interval.</summary>
    public double DifferenceLow { get; }

    /// <summary>The upper end of the difference's 95 % interval.</summary>
    public double DifferenceHigh { get; }

    /// <summary>Samples that both models classify right.</summary>
    public int BothRight { get; }

    /// <summary>Samples that the first model alone classifies right.</summary>
    public int OnlyFirstRight { get; }

    /// <summary>Samples that the second model alone classifies right.</summary>
    public int OnlySecondRight { get; }

    /// <summary>
    /// The probability that two equally good models differ by as much or more: McNemar's test (1947), in its exact, two-sided form.
    /// </summary>
    public double PValue { get; }

    /// <summary>Compares two models.</summary>
    /// <param name="first">The first model.</param>
    /// <param name="second">The second model.</param>
    /// <param name="dataset">Samples with labels.</param>
    /// <param name="firstNotes">Takes what the first model met that it was not fitted to.</param>
    /// <param name="secondNotes">Takes the same of the second.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    /// <exception cref="MlpException">The data set does not fit one of the models, or has no labels.</exception>
    public static MlpComparison Compare(
        MlpModel first,
        MlpModel second,
        MlpDataset dataset,
        EncodingNotes? firstNotes = null,
        EncodingNotes? secondNotes = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(dataset);
        bool?[] firstRight = Right(first, dataset, firstNotes, cancellation);
        bool?[] secondRight = Right(second, dataset, secondNotes, cancellation);

        // Rows that one of the models leaves out tell nothing.
        (bool? First, bool? Second)[] both = [.. firstRight.Zip(secondRight).Where(pair => pair is { First: not null, Second: not null })];
        if (both.Length == 0)
        {
            throw new MlpException(
                "EmptyDataset",
                MlpErrorKind.InvalidData,
                $"Every row of the data set {dataset.Name} misses a value that one of the models needs.");
        }

        int Count(bool one, bool other) => both.Count(pair => pair.First == one && pair.Second == other);
        return new MlpComparison(dataset.Name, both.Length, Count(true, true), Count(true, false), Count(false, true));
    }

    /// <summary>Checks that it can be told of each sample whether a model is right.</summary>
    /// <exception cref="MlpException">The data set does not fit the model, or the model predicts numbers.</exception>
    public static void Check(MlpModel model, MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        model.Ends.CheckMeets(dataset, EncodingPurpose.Measuring);
        if (model.Loss.IsRegression())
        {
            throw new MlpException(
                "NotAClassifier",
                MlpErrorKind.Mismatch,
                $"{model} predicts numbers, and only classifiers can be compared by what they get right.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Dataset}: {FirstAccuracy:P2} and {SecondAccuracy:P2}, p = {PValue:G3}");

    /// <summary>The interval of Bonett and Price (2012) for a difference of paired proportions, each with a sample added.</summary>
    internal static (double Low, double High) Interval(int samples, int onlyFirst, int onlySecond)
    {
        double first = (onlyFirst + 1) / (samples + 2.0);
        double second = (onlySecond + 1) / (samples + 2.0);
        double difference = second - first;
        double error = Math.Sqrt((first + second - (difference * difference)) / (samples + 2));
        double reach = Normal.InvCDF(0, 1, 0.975) * error;
        return (Math.Max(-1, difference - reach), Math.Min(1, difference + reach));
    }

    /// <summary>Of the samples that the models disagree on, each is right half of the time if they are equally good.</summary>
    internal static double McNemar(int onlyFirst, int onlySecond)
    {
        int disagreements = onlyFirst + onlySecond;
        return disagreements == 0 ? 1 : Math.Min(1, 2 * Binomial.CDF(0.5, disagreements, Math.Min(onlyFirst, onlySecond)));
    }

    /// <summary>Whether the model is right on each sample; null on those that it leaves out.</summary>
    private static bool?[] Right(MlpModel model, MlpDataset dataset, EncodingNotes? notes, CancellationToken cancellation)
    {
        Check(model, dataset);

        // As measured, so that classes which the model does not know are told of.
        foreach (MlpDataset part in model.Ends.WithoutGaps(dataset, EncodingPurpose.Measuring, notes, out _).Parts())
            model.Ends.Encode(part, EncodingPurpose.Measuring, notes, cancellation);
        var right = new bool?[dataset.Count];
        foreach (MlpPrediction prediction in new MlpPredictor(model, cancellation).Predict(dataset))
            right[prediction.Index] = prediction.IsCorrect;
        return right;
    }
}
