using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>Makes of the labels of data what the outputs of a model should be.</summary>
internal static class TargetEncoder
{
    /// <summary>The rows whose labels are there, where others are to be left out; null where none are.</summary>
    public static bool[]? LabelledRows(OutputHead head, MlpDataset data)
    {
        DataColumn[] columns = head.Kind == OutputKind.Classes
            ? (head.ClassColumnOf(data) is { } label ? [label] : [])
            : head.TargetColumnsOf(data) ?? [];
        DataColumn[] gaps = head.MissingLabel == MissingLabels.Drop ? Array.FindAll(columns, column => column.MissingCount > 0) : [];
        return gaps.Length == 0
            ? null
            : [.. Enumerable.Range(0, data.Count).Select(row => !Array.Exists(gaps, column => column.IsMissing(row)))];
    }

    /// <summary>The classes or targets of samples.</summary>
    /// <exception cref="MlpException">They are not there, missing, or none of the model's.</exception>
    public static (int[]? Labels, float[]? Targets) Encode(
        OutputHead head, MlpDataset data, LossKind loss, EncodingPurpose purpose, EncodingNotes? notes)
    {
        if (purpose == EncodingPurpose.Predicting)
            return (null, null);
        if (head.Kind == OutputKind.Classes)
            return (Classes(head, data, purpose, notes), null);
        if (head.TargetColumnsOf(data) is { } columns)
            return (null, Targets(head, data, columns, loss));
        if (head.IsOneLabel && data.HasLabels)
            return (null, Array.ConvertAll(Classes(head, data, EncodingPurpose.Measuring, null), label => label < 0 ? 0f : 1f));
        if (head.Kind == OutputKind.Labels && data.HasLabels)
            return (Classes(head, data, purpose, notes), null);
        throw data.LabelColumns.Count == 0 ? LabelsMissing(data) : new MlpException(
            "TargetsMissing",
            MlpErrorKind.Mismatch,
            $"The data set {data.Name} has {Listing.Of([.. data.LabelColumns.Select(column => column.Name)])} to predict, and the "
            + $"model predicts {Listing.Of(head.Names)} with the loss {loss}.");
    }

    /// <summary>Checks the names of the classes that a data set has, before any of its samples is taken.</summary>
    /// <exception cref="MlpException">The model doesn't know one of them, or where that is a mistake and no error, none.</exception>
    public static void CheckClasses(OutputHead head, MlpDataset data, EncodingPurpose purpose)
    {
        string[] classes = data.IsStreamed
            ? (data.HasLabels ? [.. head.ClassCountsOf(data).Keys] : [])
            : head.ClassColumnOf(data) is { } column ? PresentIn(column.Categories) : [];
        string[] unknown = [.. classes.Except(head.Names)];
        bool isNoMistake = purpose != EncodingPurpose.Training || head.IsOneLabel;
        if (unknown.Length > 0 && (!isNoMistake || unknown.Length == classes.Length))
            throw Unknown(head, data.Name, unknown, unknown.Length == classes.Length);
    }

    /// <summary>A data set has targets that a loss can't have.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="where">The column, and where it is known the place.</param>
    /// <param name="loss">The loss.</param>
    public static MlpException OutsideRange(MlpDataset data, string where, LossKind loss)
    {
        string range = loss.Function() == OutputFunction.Exponential ? "below 0" : "outside 0 to 1";
        return new MlpException(
            "TargetOutsideRange",
            MlpErrorKind.Mismatch,
            $"The data set {data.Name} has targets {range} ({where}), which the loss {loss} can't have. For other numbers, create the "
            + $"model for the mean squared error{Hint.With(nameof(MlpModel.Loss), LossKind.MeanSquaredError)}.");
    }

    private static int[] Classes(OutputHead head, MlpDataset data, EncodingPurpose purpose, EncodingNotes? notes)
    {
        DataColumn column = (head.ClassColumnOf(data) ?? throw LabelsMissing(data)).Categories;
        Dictionary<string, int> outputs = head.Names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        int[] known = [.. column.Texts.Select(text => outputs.GetValueOrDefault(text, -1))];
        var labels = new int[data.Count];
        for (int row = 0; row < labels.Length; row++)
        {
            int code = column.CodeAt(row);
            if (code < 0)
            {
                throw new MlpException(
                    "MissingLabel",
                    MlpErrorKind.InvalidData,
                    $"{data.Name}, {data.PlaceOf(row)}: the label {column.Name} is missing. A model made to drop what has no "
                    + $"label{Hint.With(nameof(EncodingOptions.MissingLabel), MissingLabels.Drop)} leaves such rows out.");
            }

            labels[row] = known[code];
            if (known[code] >= 0)
                continue;
            if (purpose == EncodingPurpose.Training)
                throw Unknown(head, data.Name, [column.Texts[code]], isAll: false);
            notes?.UnknownClass(column.Texts[code]);
        }

        return labels;
    }

    private static string[] PresentIn(DataColumn classes)
    {
        var isPresent = new bool[classes.Texts.Count];
        for (int row = 0; row < classes.Count; row++)
        {
            if (classes.CodeAt(row) is >= 0 and int code)
                isPresent[code] = true;
        }

        return [.. classes.Texts.Where((_, code) => isPresent[code])];
    }

    private static float[] Targets(OutputHead head, MlpDataset data, DataColumn[] columns, LossKind loss)
    {
        var targets = new float[data.Count * columns.Length];
        for (int j = 0; j < columns.Length; j++)
        {
            DataColumn column = columns[j].Kind == ColumnKind.Category && columns[j].MissingCount < columns[j].Count
                ? columns[j].As(ColumnKind.Number)
                : columns[j];
            for (int row = 0; row < data.Count; row++)
            {
                double number = column.NumberAt(row);
                if (double.IsNaN(number))
                {
                    throw new MlpException(
                        "MissingLabel",
                        MlpErrorKind.InvalidData,
                        $"{data.Name}, {data.PlaceOf(row)}: {column.Name}, which is to be predicted, is missing. A model made to drop "
                        + $"what has no label{Hint.With(nameof(EncodingOptions.MissingLabel), MissingLabels.Drop)} leaves such rows out.");
                }

                float target = head.Targets.Count > 0 ? head.Targets[j].Scale(number) : (float)number;
                if (!float.IsFinite(target))
                {
                    throw new MlpException(
                        "NotFinite",
                        MlpErrorKind.InvalidData,
                        $"{data.Name}, {data.PlaceOf(row)}: {column.Name} is {column.ValueAt(row)}, which is no finite number as a "
                        + $"target.");
                }

                if (!loss.Takes(target))
                    throw OutsideRange(data, $"{column.Name}, {data.PlaceOf(row)}", loss);

                targets[(row * columns.Length) + j] = target;
            }
        }

        return targets;
    }

    private static MlpException LabelsMissing(MlpDataset data) =>
        new("LabelsMissing", MlpErrorKind.InvalidArgument, $"The data set {data.Name} has no labels, and these are needed here.");

    private static MlpException Unknown(OutputHead head, string dataset, string[] unknown, bool isAll) => new(
        "UnknownClass",
        MlpErrorKind.Mismatch,
        $"The data set {dataset} has {(isAll ? "none of the classes" : "classes")} that the model "
        + $"{(isAll ? "knows" : "does not know")}: {Listing.Of(unknown)}; the model's are {Listing.Of(head.Names)}.");
}
