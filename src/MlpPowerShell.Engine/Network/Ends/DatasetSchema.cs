using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>The columns that a data set has, or that a model takes.</summary>
/// <param name="Features">The names of the columns to predict from.</param>
/// <param name="Labels">The names of the columns to predict.</param>
/// <param name="Kinds">What the values of columns are.</param>
/// <param name="Task">What the samples are for.</param>
/// <param name="Shape">The size of images, or null.</param>
public sealed record DatasetSchema(
    IReadOnlyList<string> Features,
    IReadOnlyList<string> Labels,
    IReadOnlyDictionary<string, ColumnKind> Kinds,
    MlpTask Task,
    ImageShape? Shape)
{
    /// <summary>How the source of the data writes values; null where nobody said so.</summary>
    public TextConventions? Conventions { get; private init; }

    /// <summary>Columns that not the model takes but those which its intervals are made from: wanted where they are.</summary>
    public IReadOnlyList<string> Beside { get; private init; } = [];

    /// <summary>The columns of a data set; null where it was not made of a table.</summary>
    public static DatasetSchema? Of(MlpDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        IReadOnlyList<string> features = data.FeatureNames ?? [.. data.Columns.Select(column => column.Name)];
        return features.Count == 0 ? null
            : new DatasetSchema(
                features,
                [.. data.LabelColumns.Select(column => column.Name)],
                KindsOf(data.Columns.Concat(data.LabelColumns).Select(column => (column.Name, column.Kind))),
                data.Task,
                data.ImageShape)
            {
                Conventions = data.Conventions,
            };
    }

    /// <summary>The columns that a model takes; null where it takes none.</summary>
    public static DatasetSchema? Of(MlpModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        OutputHead output = model.Output;
        string[] labels = output.Kind == OutputKind.Classes ? (output.Label is { } label ? [label] : []) : [.. output.Names];
        MlpTask task = output.Kind switch
        {
            OutputKind.Numbers => MlpTask.Regression,
            OutputKind.Labels => MlpTask.MultiLabel,
            OutputKind.Classes => MlpTask.Classification,
        };

        IReadOnlyList<MlpModel> companions = output.Conformal?.Companions ?? [];

        // Classes that were texts are texts, whatever those of another file look like.
        IEnumerable<(string Name, ColumnKind Kind)> texts =
            output.Kind == OutputKind.Classes && output.Type == ColumnType.Text ? labels.Select(label => (label, ColumnKind.Category)) : [];
        return model.Input.Names is not { } features ? null
            : new DatasetSchema(
                features,
                labels,
                KindsOf(companions.Prepend(model).SelectMany(one => one.Input.Columns)
                    .Select(column => (column.Name, column.Kind)).Concat(texts)),
                task,
                model.ImageShape)
            {
                Conventions = model.Input.Conventions,
                Beside = [.. BesideOf(model.Input, companions)],
            };
    }

    /// <summary>The columns that companions of a model take beside its own.</summary>
    internal static IEnumerable<string> BesideOf(InputEncoder input, IEnumerable<MlpModel> companions) =>
        companions.SelectMany(companion => companion.Input.Names ?? []).Distinct().Except(input.Names ?? []);

    private static Dictionary<string, ColumnKind> KindsOf(IEnumerable<(string Name, ColumnKind Kind)> columns) =>
        columns.DistinctBy(column => column.Name).ToDictionary(column => column.Name, column => column.Kind);
}
