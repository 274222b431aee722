using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>What there is to know of a sample that is predicted.</summary>
/// <param name="Class">The name of its class, or null.</param>
/// <param name="Value">The class as it came, or the number or numbers; null where they are not known.</param>
/// <param name="Labels">Whether each label holds; null where that is not known.</param>
internal readonly record struct SampleTruth(string? Class, object? Value, bool[]? Labels)
{
    /// <summary>What a row of values says.</summary>
    /// <param name="head">What the model's outputs are.</param>
    /// <param name="valueOf">The value of a column of the row, or null.</param>
    public static SampleTruth Of(OutputHead head, Func<string, object?> valueOf)
    {
        if (head.Kind == OutputKind.Classes)
        {
            object? label = head.Label is { } name && valueOf(name) is { } value && !ObjectColumns.IsMissing(value) ? value : null;
            return label is null ? default : OfClass(head, NameOf(head, label), label);
        }

        object?[] values = [.. head.Names.Take(head.Size).Select(valueOf)];
        if (Array.Exists(values, ObjectColumns.IsMissing))
            return default;
        double[] numbers = [.. values.Select((value, j) => value is string text
            ? CellValue.Of(text, KindOf(head, j)).Number
            : Cell.NumberOf(value, ColumnKind.Number))];
        return head.Kind == OutputKind.Labels
            ? new SampleTruth(null, null, Array.ConvertAll(numbers, number => number > 0.5))
            : new SampleTruth(null, values.Length == 1 ? values[0] : values, null);
    }

    /// <summary>What a data set says of a sample.</summary>
    public static Func<int, SampleTruth> Of(OutputHead head, MlpDataset data)
    {
        if (head.Kind == OutputKind.Classes)
        {
            return head.ClassColumnOf(data) is { } label
                ? row => label.TextAt(row) is { } text ? OfClass(head, text, label.ValueAt(row)!) : default
                : _ => default;
        }

        if (head.TargetColumnsOf(data) is { } columns)
            return row => OfColumns(head, columns, row);
        if (head.Kind != OutputKind.Labels || !data.HasLabels)
            return _ => default;

        // With one label alone, a sample of another class is one where it doesn't hold, if any class of the data is this label at all.
        bool isEither = head.IsOneLabel && data.LabelColumns[0].Categories.Texts.Contains(head.Names[0]);
        return row => OfOne(head, data.LabelColumns[0].TextAt(row), isEither);
    }

    /// <summary>The name of a class: its text, or where the model has none such, that of the flag, number or date that it is.</summary>
    private static string NameOf(OutputHead head, object label)
    {
        string name = label is string text ? text.Trim() : ColumnType.TextOf(label);
        if (head.Names.Contains(name))
            return name;
        return ObjectColumns.Of(UnnamedColumns.Label, [label], asTexts: false).Column.TextAt(0) ?? name;
    }

    // A class that the model knows is what the model says, so that both compare as equal.
    private static SampleTruth OfClass(OutputHead head, string text, object value)
    {
        int output = ((IList<string>)head.Names).IndexOf(text);
        return new SampleTruth(text, output >= 0 ? head.ValueOf(output) : value, null);
    }

    private static SampleTruth OfColumns(OutputHead head, DataColumn[] columns, int row)
    {
        if (Array.Exists(columns, column => column.IsMissing(row)))
            return default;
        if (head.Kind == OutputKind.Labels)
            return new SampleTruth(null, null, Array.ConvertAll(columns, column => column.NumberAt(row) > 0.5));
        object?[] values = Array.ConvertAll(columns, column => column.ValueAt(row));
        return new SampleTruth(null, values.Length == 1 ? values[0] : values, null);
    }

    // One class for each sample, and a label of that name for each: the others don't hold.
    private static SampleTruth OfOne(OutputHead head, string? label, bool isEither)
    {
        if (label is null)
            return default;
        bool[] labels = [.. head.Names.Take(head.Size).Select(name => name == label)];
        return isEither || labels.Contains(true) ? new SampleTruth(label, null, labels) : new SampleTruth(label, label, null);
    }

    private static ColumnKind KindOf(OutputHead head, int output) =>
        head.Kind == OutputKind.Labels ? ColumnKind.Boolean : head.Targets.Count > 0 ? head.Targets[output].Kind : ColumnKind.Number;
}
