using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>The two ends that a data set suggests for a model: what becomes of its columns, and what the outputs are.</summary>
/// <param name="Input">The end that takes data.</param>
/// <param name="Output">The end that gives answers.</param>
/// <param name="Loss">What training minimizes.</param>
public sealed record ModelEnds(InputEncoder Input, OutputHead Output, LossKind Loss)
{
    /// <summary>What the loss leaves to be chosen.</summary>
    public LossOptions LossOptions { get; init; } = new();

    /// <summary>Fits the ends to a data set.</summary>
    /// <param name="data">Samples with labels.</param>
    /// <param name="loss">
    /// What training minimizes; null for cross-entropy where the samples have classes, binary cross-entropy where they have several labels,
    /// and else the mean squared error.
    /// </param>
    /// <param name="options">How columns become features.</param>
    /// <exception cref="MlpException">A column can't be encoded, or the samples have no labels that the loss could be for.</exception>
    public static ModelEnds Fit(MlpDataset data, LossKind? loss, EncodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        MlpDataset complete = Complete(data, options);
        ModelEnds ends = Fit(complete, complete.Statistics, complete.LabelStatistics, loss, options);
        return data.IsStreamed ? ends.ForStream(data) : ends;
    }

    /// <summary>Fits the ends to what the columns of a data set come to, of which there may be more samples elsewhere.</summary>
    internal static ModelEnds Fit(
        MlpDataset data,
        IReadOnlyList<ColumnStatistics> features,
        IReadOnlyList<ColumnStatistics> labels,
        LossKind? loss,
        EncodingOptions options)
    {
        options.Validate();
        if (data.Count == 0)
            throw new MlpException("EmptyDataset", MlpErrorKind.InvalidArgument, $"The data set {data.Name} has no samples.");
        LossKind fitting = loss ?? data.Task switch
        {
            MlpTask.MultiLabel => LossKind.BinaryCrossEntropy,
            MlpTask.Regression => LossKind.MeanSquaredError,
            MlpTask.Auto or MlpTask.Classification => LossKind.CrossEntropy,
        };
        return new ModelEnds(InputEncoder.Fit(data, features, options), OutputHead.Fit(data, labels, fitting, options), fitting);
    }

    /// <summary>Makes of a data set in memory, or a part of one, what the network takes.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="notes">Takes what the model was not fitted to, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MlpException">
    /// Columns or classes do not meet those of the model, or a value can't be a feature or a label.
    /// </exception>
    internal Samples Encode(
        MlpDataset data, EncodingPurpose purpose, EncodingNotes? notes, CancellationToken cancellation = default)
    {
        EncodedInputs inputs = Input.Encode(data, notes, cancellation);
        (int[]? labels, float[]? targets) = TargetEncoder.Encode(Output, data, Loss, purpose, notes);
        return Encoded(data.Count, inputs, labels, targets, data.Weights);
    }

    /// <summary>Makes of a row of values what the network takes.</summary>
    /// <param name="values">A value for each of the model's columns.</param>
    /// <param name="notes">Takes what the model was not fitted to, or null.</param>
    /// <exception cref="MlpException">A value is missing, of another kind than its column, or an unknown category.</exception>
    internal Samples EncodeRow(IReadOnlyList<object?> values, EncodingNotes? notes) =>
        Encoded(1, Input.EncodeRow(values, notes), null, null, null);

    /// <summary>Checks that a data set can go into this model, as far as can be told without making features of its samples.</summary>
    /// <exception cref="MlpException">It has no samples that count, or its columns or classes do not meet those of the model.</exception>
    internal void CheckMeets(MlpDataset data, EncodingPurpose purpose)
    {
        if (data.Count == 0)
            throw new MlpException("EmptyDataset", MlpErrorKind.InvalidArgument, $"The data set {data.Name} has no samples.");

        if (purpose != EncodingPurpose.Predicting)
            data.CheckWeights();

        // Columns, features and labels are there or not, whatever the samples.
        Encode(data.IsStreamed ? data.Schema : data.Take([]), purpose, null);
        if (purpose != EncodingPurpose.Predicting
            && (Output.Kind == OutputKind.Classes
                || (Output.Kind == OutputKind.Labels && data.HasLabels && Output.TargetColumnsOf(data) is null)))
        {
            TargetEncoder.CheckClasses(Output, data, purpose);
        }
    }

    /// <summary>The samples that miss nothing which the model can't do without; where none does, all.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="notes">Takes how many are left out, or null.</param>
    /// <param name="rows">The places of those that are left, or null where all are.</param>
    /// <param name="beside">The ends of other models that take the same samples, and leave some out too; null for none.</param>
    /// <exception cref="MlpException">Every sample misses something, or they stay in their file.</exception>
    internal MlpDataset WithoutGaps(
        MlpDataset data, EncodingPurpose purpose, EncodingNotes? notes, out int[]? rows, IReadOnlyList<InputEncoder>? beside = null)
    {
        rows = null;
        InputEncoder[] inputs = [Input, .. beside ?? []];
        if (data.IsStreamed)
        {
            bool drops = inputs.Any(input => input.Columns.Any(column => column.DropsMissing))
                || (Output.MissingLabel == MissingLabels.Drop && purpose != EncodingPurpose.Predicting);
            return !drops ? data
                : throw new MlpException(
                    "NotInMemory",
                    MlpErrorKind.InvalidArgument,
                    $"The model leaves out rows that miss values, and the data set {data.Name} is streamed from its file, where all "
                    + $"rows count. Make the model with a rule that fills gaps, or import the data "
                    + $"whole{Hint.Without(nameof(MlpDataset.IsStreamed))}.");
        }

        bool[][] complete = [.. inputs.Select(input => input.CompleteRows(data)).OfType<bool[]>()];
        bool[]? labelled = purpose == EncodingPurpose.Predicting ? null : TargetEncoder.LabelledRows(Output, data);
        if (complete.Length == 0 && labelled is null)
            return data;
        rows = [.. Enumerable.Range(0, data.Count)
            .Where(row => Array.TrueForAll(complete, has => has[row]) && labelled?[row] != false)];
        notes?.Dropped(data.Count - rows.Length);
        return rows.Length > 0 || data.Count == 0 ? data.Take(rows)
            : throw new MlpException(
                "EmptyDataset", MlpErrorKind.InvalidData, $"Every row of the data set {data.Name} misses a value that the model needs.");
    }

    // What leaves rows out can't be fitted to the others, and would be refused when it is used.
    private ModelEnds ForStream(MlpDataset data)
    {
        WithoutGaps(data, EncodingPurpose.Training, null, out _);
        return this;
    }

    /// <summary>The samples that nothing is left out of, of those that are in memory.</summary>
    private static MlpDataset Complete(MlpDataset data, EncodingOptions options)
    {
        if (data.IsStreamed)
            return data;
        DataColumn[] needed =
        [
            .. data.Columns.Where(column => column.MissingCount > 0
                && (options.MissingOf?.Invoke(column.Name)
                    ?? new MissingRule(options.Missing)) is { Constant: null, Rule: MissingValues.Drop }),
            .. data.LabelColumns.Where(column => column.MissingCount > 0 && options.MissingLabel == MissingLabels.Drop),
        ];
        if (needed.Length == 0)
            return data;
        int[] complete = [.. Enumerable.Range(0, data.Count).Where(row => !Array.Exists(needed, column => column.IsMissing(row)))];
        return complete.Length > 0 ? data.Take(complete)
            : throw new MlpException(
                "EmptyDataset", MlpErrorKind.InvalidData, $"Every row of the data set {data.Name} misses a value that the model needs.");
    }

    private Samples Encoded(int count, EncodedInputs inputs, int[]? labels, float[]? targets, float[]? weights) => new()
    {
        Count = count,
        DenseCount = Input.Plan.DenseCount,
        Bytes = inputs.Bytes,
        Floats = inputs.Floats,
        CodeCount = Input.Plan.CodeCount,
        Codes = inputs.Codes,
        Labels = labels,
        Targets = targets,
        Weights = weights,
    };
}
