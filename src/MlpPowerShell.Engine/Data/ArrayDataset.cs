using System.Collections;

namespace MlpPowerShell.Engine.Data;

/// <summary>Makes data sets of arrays of numbers, one for each sample.</summary>
public static class ArrayDataset
{
    /// <summary>Makes a data set of features and, where there are any, labels.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="features">The features of each sample; all must have as many.</param>
    /// <param name="labels">Each sample's class, of any simple type, or null.</param>
    /// <param name="imageShape">Height and width where the features are an image's pixels.</param>
    /// <exception cref="MlpException">The parts do not fit each other, or a feature is no finite number.</exception>
    public static MlpDataset Create(string name, IReadOnlyList<float[]> features, IReadOnlyList<object?>? labels = null, ImageShape? imageShape = null)
    {
        float[] values = Join("sample", features);
        int width = features[0].Length;
        if (imageShape is { } shape && (long)shape.Height * shape.Width != width)
            throw new MlpException("ImageShapeMismatch", MlpErrorKind.Mismatch, $"Images of {shape} pixels have {(long)shape.Height * shape.Width} features, and the samples have {width}.");
        var dataset = new MlpDataset(name, values, null, width, [], imageShape);
        return labels is null ? dataset : dataset.WithLabels([LabelOf(dataset, labels)], MlpTask.Classification);
    }

    /// <summary>The numbers of an array. Texts are read as in tables, whatever the culture: with a decimal point, and nothing between thousands.</summary>
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
        return dataset.WithTargets(values, names ?? MlpDataset.UnnamedTargets(targets[0].Length));
    }

    private static float NumberOf(string what, int place, object? value)
    {
        if (value is null or DBNull || (value is string gap && Cell.IsMissing(gap)))
            throw new MlpException("MissingValue", MlpErrorKind.InvalidData, $"{what}, number {place} is missing, and arrays have no gaps; a data set of objects with named values may have some.");
        double number = value switch
        {
            string text => CellValue.Of(text, ColumnKind.Number) is { IsOfKind: true } read ? read.Number : double.NaN,
            Half half => (double)half,
            System.Numerics.BigInteger large => (double)large,
            bool or IConvertible => Cell.NumberOf(value, ColumnKind.Number),
            _ => double.NaN,
        };
        bool isNumber = value is not DateTime && (!double.IsNaN(number) || value is double or float or Half);
        return isNumber ? (float)number
            : throw new MlpException("NotANumber", MlpErrorKind.InvalidData, $"{what}, number {place} is '{value}', which is no number; numbers have a decimal point, and nothing between thousands.");
    }

    private static DataColumn LabelOf(MlpDataset dataset, IReadOnlyList<object?> labels)
    {
        if (labels.Count != dataset.Count)
            throw new MlpException("LabelCountMismatch", MlpErrorKind.Mismatch, $"{dataset.Name}: there are {dataset.Count} samples and {labels.Count} labels; there must be one label for each sample.");
        int missing = labels.ToList().FindIndex(ObjectColumns.IsMissing);
        if (missing >= 0)
            throw new MlpException("MissingLabel", MlpErrorKind.InvalidData, $"{dataset.Name}: the label of sample {missing + 1} is missing.");
        ReadColumn read = ObjectColumns.Of(MlpDataset.UnnamedLabel, labels, asTexts: false);
        return read.OddRow is null ? read.Column : ObjectColumns.Of(MlpDataset.UnnamedLabel, labels, asTexts: true).Column;
    }

    private static float[] Join(string what, IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0 || rows[0].Length == 0)
            throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"There is no {what}, or the first has no numbers.");
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Length != rows[0].Length)
                throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"The {what} {i + 1} has {rows[i].Length} numbers, and {what} 1 has {rows[0].Length}; all must have as many.");
        }

        return [.. rows.SelectMany(row => row)];
    }
}
