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
        HashSet<string> named = Named(ColumnType.Keys.Cast<object>().Select(key => $"{key}"), columns);
        foreach (string column in ColumnPatterns.Match(nameof(Category), Category, columns))
        {
            if (named.Contains(column) && kinds[column] != ColumnKind.Category)
                throw Contradiction($"-{nameof(ColumnType)} says that {column} is a {kinds[column]}, and -{nameof(Category)} names it");
            kinds[column] = ColumnKind.Category;
        }

        foreach ((string name, ColumnKind kind) in Pattern?.Kinds ?? new Dictionary<string, ColumnKind>())
        {
            string column = ColumnNames.Find(columns, name) ?? name;
            if (!kinds.TryAdd(column, kind) && kinds[column] != kind)
            {
                string parameter = named.Contains(column) || Category.Length == 0 ? nameof(ColumnType) : nameof(Category);
                throw Contradiction(
                    $"-{parameter} says that {column} is a {kinds[column]}, and in what -{nameof(Like)} names it is a {kind}");
            }
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
            CheckUses(columns);
            options = options with { IsFeature = name => feature.Contains(name) && !exclude.Contains(name) };
            string[] left = [.. feature.Except(aside).Except(Named(Label, columns))];
            WriteUnused(Idle(nameof(Exclude), Exclude, columns, left.Contains, "none but features can be left out"));
            WriteUnused(Idle(nameof(Category), Category, columns, name => !options.LeavesOut(name), "the column is left out"));
            return options;
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
        CheckTaken(nameof(Exclude), exclude, wanted);
        CheckTaken(nameof(Aside), aside, wanted);
        CheckTaken(nameof(Label), Named(Label, columns), wanted);
        foreach (string parameter in new[] { nameof(Feature), nameof(Exclude) }.Where(MyInvocation.BoundParameters.ContainsKey))
            WriteUnused([new UnusedOption(parameter, $"the features are those of what -{nameof(Like)} names, and no others")]);
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

    /// <summary>Checks that what there is to predict, as it was found out, is none of what is left out or kept aside.</summary>
    /// <exception cref="MlpException">It is.</exception>
    protected void CheckLabels(MlpDataset dataset)
    {
        string[] labels = [.. dataset.LabelColumns.Select(column => column.Name)];
        foreach ((string parameter, string[] patterns) in new[] { (nameof(Exclude), Exclude), (nameof(Aside), Aside) })
        {
            if (Named(patterns, labels).FirstOrDefault() is { } label)
            {
                throw new MlpException(
                    "ColumnContradiction",
                    MlpErrorKind.InvalidArgument,
                    $"-{parameter} names {label}, which is the column to predict: name another one with -{nameof(Label)}.");
            }
        }
    }

    /// <summary>
    /// Checks that no two parameters name one column, which is one thing only; a wildcard may mean others beside it, and gives way.
    /// </summary>
    private void CheckUses(IReadOnlyList<string> columns)
    {
        var uses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string parameter, string[] patterns) in new[]
        {
            (nameof(Label), Label), (nameof(Feature), Feature), (nameof(Exclude), Exclude), (nameof(Aside), Aside),
        })
        {
            foreach (string column in Named(patterns, columns))
            {
                if (!uses.TryAdd(column, parameter))
                    throw Contradiction($"-{uses[column]} and -{parameter} both name {column}");
            }
        }
    }

    private static void CheckTaken(string parameter, HashSet<string> meant, HashSet<string> wanted)
    {
        if (meant.FirstOrDefault(wanted.Contains) is { } column)
            throw Contradiction($"-{parameter} names {column}, which is a feature of what -{nameof(Like)} names");
    }

    private static MlpException Contradiction(MlpMessage what) => new(
        "ColumnContradiction", MlpErrorKind.InvalidArgument, $"{what}: a column is one thing only, so leave it out of one of the two.");

    /// <summary>The patterns of which none of the columns that they mean is affected.</summary>
    private static IEnumerable<UnusedOption> Idle(
        string parameter, string[] patterns, IReadOnlyList<string> columns, Func<string, bool> isAffected, MlpMessage why) =>
        from pattern in patterns
        where !ColumnPatterns.Named(pattern, columns).Any(isAffected)
        select new UnusedOption(parameter, why) { Effect = $"has no effect on {pattern}" };

    /// <summary>The columns that are called as one of the patterns, and not only meant by a wildcard.</summary>
    private static HashSet<string> Named(IEnumerable<string> patterns, IReadOnlyList<string> columns) =>
        [.. patterns.Select(pattern => ColumnNames.Find(columns, pattern)).OfType<string>()];

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
