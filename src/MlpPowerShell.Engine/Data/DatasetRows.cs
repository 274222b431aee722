namespace MlpPowerShell.Engine.Data;

/// <summary>Turns samples back into rows with named values.</summary>
public static class DatasetRows
{
    /// <summary>
    /// The rows of a data set, as they are asked for: the values that went in, by their columns, or Features, and what there is to predict.
    /// </summary>
    public static IEnumerable<IReadOnlyList<KeyValuePair<string, object?>>> Of(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.Parts().SelectMany(part => Enumerable.Range(0, part.Count).Select(row => At(part, row)));
    }

    /// <summary>One of these rows of a data set in memory.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="row">Its place, from 0.</param>
    public static IReadOnlyList<KeyValuePair<string, object?>> At(MlpDataset dataset, int row)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return [.. Features(dataset, row), .. Others(dataset, row)];
    }

    private static IEnumerable<KeyValuePair<string, object?>> Features(MlpDataset dataset, int row)
    {
        if (dataset.Columns.Count > 0)
            return dataset.Columns.Select(column => new KeyValuePair<string, object?>(column.Name, column.ValueAt(row)));
        if (dataset.FeatureNames is { } names && dataset.Bytes is { } bytes)
            return names.Select((name, i) => new KeyValuePair<string, object?>(name, (int)bytes[(row * names.Count) + i]));
        return [new("Features", dataset.Bytes is { } pixels
            ? pixels.AsSpan(row * dataset.FeatureCount, dataset.FeatureCount).ToArray()
            : dataset.GetSample(row))];
    }

    private static IEnumerable<KeyValuePair<string, object?>> Others(MlpDataset dataset, int row) =>
        dataset.LabelColumns.Concat(dataset.AsideColumns)
            .Select(column => new KeyValuePair<string, object?>(column.Name, column.ValueAt(row)));
}
