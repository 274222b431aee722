using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>The two ends that a data set suggests for a model: what becomes of its columns, and what the outputs are.</summary>
/// <param name="Input">The end that takes data.</param>
/// <param name="Output">The end that gives answers.</param>
/// <param name="Loss">What training minimizes.</param>
public sealed record ModelEnds(InputEncoder Input, OutputHead Output, LossKind Loss)
{
    /// <summary>Fits the ends to a data set.</summary>
    /// <param name="data">Samples with labels.</param>
    /// <param name="loss">
    /// What training minimizes; null for cross-entropy where the samples have classes, binary cross-entropy where they have several labels, and else the
    /// mean squared error.
    /// </param>
    /// <param name="options">How columns become features.</param>
    /// <exception cref="MlpException">A column can't be encoded, or the samples have no labels that the loss could be for.</exception>
    public static ModelEnds Fit(MlpDataset data, LossKind? loss, EncodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        MlpDataset complete = Complete(data, options);
        return Fit(complete, complete.Statistics, complete.LabelStatistics, loss, options);
    }

    /// <summary>Fits the ends to what the columns of a data set come to, of which there may be more samples elsewhere.</summary>
    internal static ModelEnds Fit(MlpDataset data, IReadOnlyList<ColumnStatistics> features, IReadOnlyList<ColumnStatistics> labels, LossKind? loss, EncodingOptions options)
    {
        options.Validate();
        if (data.Count == 0)
            throw new MlpException("EmptyDataset", MlpErrorKind.InvalidArgument, $"The data set {data.Name} has no samples.");
        LossKind fitting = loss ?? data.Task switch
        {
            MlpTask.MultiLabel => LossKind.BinaryCrossEntropy,
            MlpTask.Regression => LossKind.MeanSquaredError,
            _ => LossKind.CrossEntropy,
        };
        return new ModelEnds(InputEncoder.Fit(data, features, options), OutputHead.Fit(data, labels, fitting, options), fitting);
    }

    /// <summary>The samples that nothing is left out of, of those that are in memory.</summary>
    private static MlpDataset Complete(MlpDataset data, EncodingOptions options)
    {
        if (data.IsStreamed)
            return data;
        DataColumn[] needed =
        [
            .. data.Columns.Where(column => column.MissingCount > 0 && (options.MissingOf?.Invoke(column.Name) ?? new MissingRule(options.Missing)) is { Constant: null, Rule: MissingValues.Drop }),
            .. data.LabelColumns.Where(column => column.MissingCount > 0 && options.MissingLabel == MissingLabels.Drop),
        ];
        if (needed.Length == 0)
            return data;
        int[] complete = [.. Enumerable.Range(0, data.Count).Where(row => !Array.Exists(needed, column => column.IsMissing(row)))];
        return complete.Length > 0 ? data.Take(complete)
            : throw new MlpException(
                "EmptyDataset", MlpErrorKind.InvalidData, $"Every row of the data set {data.Name} misses a value that the model needs.");
    }
}
