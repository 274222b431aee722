using System.Collections;
using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Makes data sets of arrays of numbers, one for each sample.</summary>
public static class ArrayDataset
{
    /// <summary>Makes a data set of features and, where there are any, labels.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="features">The features of each sample; all must have as many.</param>
    /// <param name="labels">Each sample's class, of any simple type, or null.</param>
    /// <param name="imageShape">
    /// Height and width where the features are an image's pixels. Whole numbers from 0 to 255, some above 1, then count as byte / 255, as
    /// those of pictures and tables do; others as they are.
    /// </param>
    /// <exception cref="MlpException">The parts do not fit each other, or a feature is no finite number.</exception>
    public static MlpDataset Create(
        string name, IReadOnlyList<float[]> features, IReadOnlyList<object?>? labels = null, ImageShape? imageShape = null)
    {
        float[] values = Join("sample", features);
        int width = features[0].Length;
        if (imageShape is { } shape && (long)shape.Height * shape.Width != width)
        {
            throw new MlpException(
                "ImageShapeMismatch",
                MlpErrorKind.Mismatch,
                $"Images of {shape} pixels have {(long)shape.Height * shape.Width} features, and the samples have {width}.");
        }

        MlpDataset dataset = imageShape is not null && AreBytes(values)
            ? new MlpDataset(name, Array.ConvertAll(values, value => (byte)value), null, width, [], imageShape)
            : new MlpDataset(name, values, null, width, [], imageShape);
        return labels is null ? dataset : dataset.WithLabels([LabelOf(dataset, labels)], MlpTask.Classification);
    }

    /// <summary>
    /// The numbers of an array. Texts are read as in tables, whatever the culture: with a decimal point, and nothing between thousands.
    /// </summary>
    /// <param name="what">What the array is, for messages.</param>
    /// <param name="values">Numbers, flags, which count as 1 and 0, and texts of numbers.</param>
    /// <exception cref="MlpException">A value is missing, or no number.</exception>
    public static float[] Numbers(string what, IEnumerable values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var numbers = new List<float>();
        foreach (object? value in values)
            numbers.Add(NumberOf(what, numbers.Count + 1, value));
        return [.. numbers];
    }

    /// <summary>The same samples with targets in the place of labels.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="targets">The targets of each sample; all must have as many.</param>
    /// <param name="names">The names of the targets; null for numbered ones.</param>
    /// <exception cref="MlpException">The parts do not fit each other.</exception>
    public static MlpDataset WithTargets(this MlpDataset dataset, IReadOnlyList<float[]> targets, IReadOnlyList<string>? names)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        float[] values = Join("target", targets);
        return dataset.WithTargets(values, names ?? UnnamedColumns.Targets(targets[0].Length));
    }

    /// <summary>The same samples with targets in the place of labels.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="targets">Finite numbers, as many for each sample as there are names, sample after sample.</param>
    /// <param name="names">The names of the targets, at least one.</param>
    /// <exception cref="MlpException">There are not as many numbers, or one is not finite.</exception>
    public static MlpDataset WithTargets(this MlpDataset dataset, float[] targets, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(names);
        int count = dataset.Count, width = names.Count;
        if (width == 0 || targets.Length != (long)count * width)
        {
            throw new MlpException(
                "TargetCountMismatch",
                MlpErrorKind.Mismatch,
                $"{dataset.Name}: there are {count} samples, {width} names of targets and {targets.Length} targets; there must be a "
                + $"target of each name for each sample.");
        }

        int bad = Array.FindIndex(targets, target => !float.IsFinite(target));
        if (bad >= 0)
        {
            throw new MlpException(
                "InvalidTarget",
                MlpErrorKind.InvalidData,
                $"{dataset.Name}: the target {names[bad % width]} of sample {(bad / width) + 1} is {targets[bad]}; targets are finite "
                + $"numbers.");
        }

        DataColumn ColumnOf(string name, int place) =>
            DataColumn.OfNumbers(name, Enumerable.Range(0, count).Select(i => (double)targets[(i * width) + place]).ToArray());
        MlpTask task = width == 1 || targets.AsSpan().ContainsAnyExcept(0f, 1f) ? MlpTask.Regression : MlpTask.MultiLabel;
        return dataset.WithLabels([.. names.Select(ColumnOf)], task).WithoutOrigin();
    }

    /// <summary>The same samples, each of which counts as much, in training and where it is measured, as its weight says.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="weights">A finite number from 0 up for each sample.</param>
    /// <exception cref="MlpException">There are not as many weights as samples, or one is outside its range.</exception>
    public static MlpDataset WithSampleWeights(this MlpDataset dataset, float[] weights)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != dataset.Count)
        {
            throw new MlpException(
                "SampleWeightCountMismatch",
                MlpErrorKind.Mismatch,
                $"{dataset.Name}: there are {dataset.Count} samples and {weights.Length} weights; there must be one for each sample.");
        }

        int bad = Array.FindIndex(weights, weight => !(weight >= 0 && float.IsFinite(weight)));
        if (bad >= 0)
        {
            throw new MlpException(
                "InvalidSampleWeight",
                MlpErrorKind.InvalidData,
                $"{dataset.Name}: the weight of sample {bad + 1} is {weights[bad]}; weights are finite numbers from 0 up.");
        }

        MlpDataset weighted =
            dataset.WithAll(dataset.LabelColumns, dataset.Task, dataset.AsideColumns, (float[])weights.Clone()).WithoutOrigin();
        weighted.CheckWeights();
        return weighted;
    }

    /// <summary>Checks that some sample counts, where there are any.</summary>
    /// <exception cref="MlpException">The weights of all are 0.</exception>
    internal static void CheckWeights(this MlpDataset dataset)
    {
        if (dataset.Weights is { Length: > 0 } weights && Array.TrueForAll(weights, weight => weight == 0))
        {
            throw new MlpException(
                "InvalidSampleWeight",
                MlpErrorKind.InvalidData,
                $"{dataset.Name}: the weights of all samples are 0, and then nothing can be learned from any, nor measured.");
        }
    }

    /// <summary>Whether numbers are the bytes of pixels: whole ones from 0 to 255, of which one at least can be no share of 1.</summary>
    internal static bool AreBytes(ReadOnlySpan<float> values)
    {
        bool isAboveOne = false;
        foreach (float value in values)
        {
            if (value != (byte)value)
                return false;
            isAboveOne |= value > 1;
        }

        return isAboveOne;
    }

    /// <summary>How many samples an array of features has.</summary>
    internal static int CountOf(Array features, int featureCount)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        return features.Length % featureCount == 0
            ? features.Length / featureCount
            : throw new MlpException(
                "FeatureLengthMismatch",
                MlpErrorKind.Mismatch,
                $"{features.Length} features do not divide into samples of {featureCount}.");
    }

    /// <summary>The column of labels that came as numbers from 0; none where there are none.</summary>
    internal static DataColumn[] LabelsOf(string name, int count, int[]? labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        if (labels is null)
            return [];
        if (labels.Length != count)
        {
            throw new MlpException(
                "LabelCountMismatch",
                MlpErrorKind.Mismatch,
                $"{name}: there are {count} samples and {labels.Length} labels; there must be one label for each sample.");
        }

        int bad = Array.FindIndex(labels, label => (uint)label >= (uint)classNames.Count);
        if (bad >= 0)
        {
            throw new MlpException(
                "LabelOutsideClasses",
                MlpErrorKind.InvalidData,
                $"{name}: a label is {labels[bad]}, and the {classNames.Count} classes are 0 to {classNames.Count - 1}.");
        }

        ColumnType type = classNames.All(IsWhole) ? ColumnType.Int32 : ColumnType.Text;
        return [DataColumn.OfCodes(UnnamedColumns.Label, labels, [.. classNames], type, isDeclared: true)];
    }

    private static bool IsWhole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number.ToString(CultureInfo.InvariantCulture) == text;

    private static float NumberOf(string what, int place, object? value)
    {
        if (value is null or DBNull || (value is string gap && Cell.IsMissing(gap)))
        {
            throw new MlpException(
                "MissingValue",
                MlpErrorKind.InvalidData,
                $"{what}, number {place} is missing, and arrays have no gaps; a data set of objects with named values may have some.");
        }

        double number = value switch
        {
            string text => CellValue.OfPlainNumber(text) is { IsOfKind: true } read ? read.Number : double.NaN,
            Half half => (double)half,
            System.Numerics.BigInteger large => (double)large,
            bool or IConvertible => Cell.NumberOf(value, ColumnKind.Number),
            _ => double.NaN,
        };
        bool isNumber = value is not DateTime && (!double.IsNaN(number) || value is double or float or Half);
        return isNumber ? (float)number
            : throw new MlpException(
                "NotANumber",
                MlpErrorKind.InvalidData,
                $"{what}, number {place} is '{value}', which is no number; numbers have a decimal point, and nothing between thousands.");
    }

    private static DataColumn LabelOf(MlpDataset dataset, IReadOnlyList<object?> labels)
    {
        if (labels.Count != dataset.Count)
        {
            throw new MlpException(
                "LabelCountMismatch",
                MlpErrorKind.Mismatch,
                $"{dataset.Name}: there are {dataset.Count} samples and {labels.Count} labels; there must be one label for each sample.");
        }

        int missing = labels.ToList().FindIndex(ObjectColumns.IsMissing);
        if (missing >= 0)
        {
            throw new MlpException(
                "MissingLabel", MlpErrorKind.InvalidData, $"{dataset.Name}: the label of sample {missing + 1} is missing.");
        }

        ReadColumn read = ObjectColumns.Of(UnnamedColumns.Label, labels, asTexts: false);
        return read.OddRow is null ? read.Column : ObjectColumns.Of(UnnamedColumns.Label, labels, asTexts: true).Column;
    }

    private static float[] Join(string what, IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0 || rows[0].Length == 0)
            throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"There is no {what}, or the first has no numbers.");
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Length != rows[0].Length)
            {
                throw new MlpException(
                    "RaggedRows",
                    MlpErrorKind.InvalidData,
                    $"The {what} {i + 1} has {rows[i].Length} numbers, and {what} 1 has {rows[0].Length}; all must have as many.");
            }
        }

        return [.. rows.SelectMany(row => row)];
    }
}
