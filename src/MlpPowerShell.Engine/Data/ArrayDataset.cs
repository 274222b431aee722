using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Makes data sets of arrays of numbers, one for each sample.</summary>
public static class ArrayDataset
{
    /// <summary>Makes a data set of features and, where there are any, labels.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="features">The features of each sample; all must have as many.</param>
    /// <param name="labels">
    /// The name of each sample's class, or null. Classes are in the order of their numbers, where all names are numbers, or else of their names.
    /// </param>
    /// <param name="imageShape">Height and width where the features are an image's pixels.</param>
    /// <exception cref="MlpException">The parts do not fit each other.</exception>
    public static MlpDataset Create(string name, IReadOnlyList<float[]> features, IReadOnlyList<string>? labels = null, ImageShape? imageShape = null)
    {
        float[] values = Join("sample", features);
        int width = features[0].Length;
        if (imageShape is { } shape && (long)shape.Height * shape.Width != width)
            throw new MlpException("ImageShapeMismatch", MlpErrorKind.Mismatch, $"Images of {shape} pixels have {(long)shape.Height * shape.Width} features, and the samples have {width}.");
        string[] classes = Classes(labels ?? []);
        return new MlpDataset(name, values, labels is null ? null : PlacesOf(labels, classes), width, classes, imageShape);
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
        int count = targets[0].Length;
        return dataset.WithTargets(values, names ?? (count == 1 ? ["target"] : [.. Enumerable.Range(0, count).Select(i => $"target {i}")]));
    }

    /// <summary>The place of each label among the classes.</summary>
    internal static int[] PlacesOf(IEnumerable<string> labels, string[] classes)
    {
        Dictionary<string, int> places = classes.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i);
        return [.. labels.Select(label => places[label])];
    }

    private static float[] Join(string what, IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0 || rows[0].Length == 0)
            throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"There is no {what}, or the first has no numbers.");
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Length != rows[0].Length)
                throw new MlpException("RaggedRows", MlpErrorKind.InvalidData, $"The {what} {i} has {rows[i].Length} numbers, and {what} 0 has {rows[0].Length}; all must have as many.");
        }

        return [.. rows.SelectMany(row => row)];
    }

    /// <summary>The different names, in the order of their numbers, where all are numbers, or else of themselves.</summary>
    internal static string[] Classes(IEnumerable<string> labels)
    {
        string[] names = [.. labels.Distinct()];
        return names.All(name => double.TryParse(name, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture))]
            : [.. names.Order(StringComparer.Ordinal)];
    }
}
