using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>What cmdlets that make data sets of tables have in common: which columns mean what, and how they become numbers.</summary>
public abstract class DatasetCmdlet : MlpCmdlet
{
    private TableOptions _options = new();

    /// <summary>The column to predict; several for several labels or numbers.</summary>
    [Parameter(Position = 1)]
    [Alias("LabelColumn", "Target")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Label { get => [.. _options.Label]; set => _options = _options with { Label = value }; }

    /// <summary>The columns to predict it from, with wildcards; all others without it.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Feature { get; set; } = ["*"];

    /// <summary>Columns to leave out, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>Columns of numbers that are names of categories, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Category { get; set; } = [];

    /// <summary>What the data are for, where the label leaves it open.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<MlpTask>))]
    [Cell<MlpTask>(Empty = default(MlpTask))]
    public Choice<MlpTask> Task { get => _options.Task; set => _options = _options with { Task = value }; }

    /// <summary>
    /// What the values of columns are, whatever they look like, such as @{ zip = 'Category'; when = 'Date' }, or what Get-MlpColumn wrote.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ColumnTypeTransformation]
    public Hashtable ColumnType { get; set; } = [];

    /// <summary>
    /// Columns that stay with the samples without anything being predicted from them, such as what to group or order by, with wildcards.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Aside { get; set; } = [];

    /// <summary>Height and width where the features are an image's pixels from 0 to 255.</summary>
    [Parameter]
    [ImageShapeTransformation]
    public ImageShape? ImageShape { get => _options.ImageShape; set => _options = _options with { ImageShape = value }; }

    /// <summary>A data set or model whose columns these data shall have, each as what it is there.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LikeCompleter))]
    public object? Like { get; set; }

    /// <summary>What the columns of a table are to be taken for.</summary>
    /// <exception cref="MlpException">A parameter names a column that is not there.</exception>
    protected Func<string, ColumnKind?> KindsOf(IReadOnlyList<string> columns)
    {
        Dictionary<string, ColumnKind> kinds =
            ColumnPatterns.Match(nameof(ColumnType), ColumnType, columns, value => (ColumnKind)new Choice<ColumnKind>($"{value}"));
        foreach (string column in ColumnPatterns.Match(nameof(Category), Category, columns))
            kinds[column] = ColumnKind.Category;
        foreach ((string name, ColumnKind kind) in Pattern?.Kinds ?? new Dictionary<string, ColumnKind>())
        {
            kinds.TryAdd(ColumnNames.Find(columns, name) ?? name, kind);
        }

        return name => kinds.TryGetValue(name, out ColumnKind kind) ? kind : null;
    }

    /// <summary>Tells what whole numbers to predict were taken for, where nobody has said it and it is not plain.</summary>
    protected void TellTask(MlpDataset dataset)
    {
        if (Task.Value == MlpTask.Auto && Pattern is null && ColumnReport.TaskNote(dataset) is { } note)
            WriteWarning(ParameterNames.Told(note));
    }

    /// <summary>Which columns of a table mean what.</summary>
    /// <exception cref="MlpException">A parameter names a column that is not there.</exception>
    protected TableOptions OptionsFor(IReadOnlyList<string> columns)
    {
        HashSet<string> aside = ColumnPatterns.Match(nameof(Aside), Aside, columns);
        HashSet<string> exclude = ColumnPatterns.Match(nameof(Exclude), Exclude, columns);
        TableOptions options = _options with { IsAside = aside.Contains };
        if (Pattern is not { } pattern)
        {
            HashSet<string> feature = ColumnPatterns.Match(nameof(Feature), Feature, columns);
            return options with { IsFeature = name => feature.Contains(name) && !exclude.Contains(name) };
        }

        string[] missing = [.. pattern.Features.Where(name => ColumnNames.Find(columns, name) is null)];
        if (missing.Length > 0)
        {
            throw new MlpException(
                "ColumnNotFound",
                MlpErrorKind.Mismatch,
                $"There is no column {Listing.Of(missing)}, as what -Like names has; there are {Listing.Of(columns)}.");
        }

        HashSet<string> wanted =
        [
            .. pattern.Features.Concat(pattern.Beside).Select(name => ColumnNames.Find(columns, name)).OfType<string>(),
        ];
        string[] labels = Label.Length > 0 ? Label : [.. pattern.Labels.Where(name => ColumnNames.Find(columns, name) is not null)];
        return options with
        {
            Label = labels,
            IsFeature = wanted.Contains,
            Task = Task.Value == MlpTask.Auto
            ? pattern.Task
            : Task,
            ImageShape = ImageShape ?? pattern.Shape,
            LabelIsOptional = true
        };
    }

    /// <summary>The columns of what -Like names; null without it.</summary>
    /// <exception cref="MlpException">It has none.</exception>
    protected DatasetSchema? Pattern => InputProperties.Unwrapped(Like) switch
    {
        null => null,
        MlpDataset data when DatasetSchema.Of(data) is { } schema => schema,
        MlpModel model when DatasetSchema.Of(model) is { } schema => schema,
        object other => throw new MlpException(
            "NoColumns", MlpErrorKind.InvalidArgument, $"-Like takes a data set made of a table, or a model for such; {other} is none."),
    };
}
