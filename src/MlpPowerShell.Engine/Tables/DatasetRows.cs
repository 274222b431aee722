using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tables;

/// <summary>Turns samples back into rows with named values.</summary>
public static class DatasetRows
{
    /// <summary>The rows of a data set, as they are asked for: the columns that it was made of, or Features, and what there is to predict.</summary>
    public static IEnumerable<IReadOnlyList<KeyValuePair<string, object>>> Of(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Enumerable.Range(0, dataset.Count).Select(i => (IReadOnlyList<KeyValuePair<string, object>>)[.. Features(dataset, i), .. Labels(dataset, i)]);
    }

    private static IEnumerable<KeyValuePair<string, object>> Features(MlpDataset dataset, int sample)
    {
        float[] features = dataset.GetSample(sample);
        return dataset.Preprocessing is { } made ? made.Columns.Zip(made.Decode(features), (column, value) => new KeyValuePair<string, object>(column.Name, value)) : [new("Features", features)];
    }

    private static IEnumerable<KeyValuePair<string, object>> Labels(MlpDataset dataset, int sample)
    {
        IReadOnlyList<FeatureColumn> made = dataset.Preprocessing?.Labels ?? [];
        if (dataset.HasLabels)
            return [new(made.Count > 0 ? made[0].Name : "Label", dataset.ClassNames[dataset.Labels.Span[sample]])];
        return dataset.TargetNames.Select((name, j) =>
        {
            float target = dataset.Targets.Span[(sample * dataset.TargetNames.Count) + j];
            return new KeyValuePair<string, object>(name, made.Count > 0 ? made[j].Decode([target]) : target);
        });
    }
}
