using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell;

/// <summary>What cmdlets that make data sets of tables have in common: which columns mean what, and how they become numbers.</summary>
public abstract class DatasetCmdlet : MlpCmdlet
{
    /// <summary>The column to predict; several for several labels or numbers.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    public string[] Label { get; set; } = [];

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
    public Choice<MlpTask> Task { get; set; }

    /// <summary>What becomes of numbers.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<FeatureScaling>))]
    public Choice<FeatureScaling> Scaling { get; set; } = FeatureScaling.Standard;

    /// <summary>What becomes of the numbers of some columns, such as @{ Age = 'MinMax'; 'Is*' = 'None' }.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable ColumnScaling { get; set; } = [];

    /// <summary>What becomes of missing values.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<MissingValues>))]
    public Choice<MissingValues> Missing { get; set; }

    /// <summary>The most categories of a column.</summary>
    [Parameter]
    [ValidateRange(2, 100000)]
    public int MaxCategories { get; set; } = 50;

    /// <summary>Height and width where the features are an image's pixels from 0 to 255.</summary>
    [Parameter]
    [ImageShapeTransformation]
    public ImageShape? ImageShape { get; set; }

    /// <summary>A data set or model whose scales, categories and columns these data shall have.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Like { get; set; }

    /// <summary>How a table becomes a data set.</summary>
    protected TableOptions Options
    {
        get
        {
            WildcardPattern[] exclude = Patterns(Exclude), feature = Patterns(Feature), category = Patterns(Category);
            (WildcardPattern Column, FeatureScaling Scaling)[] scalings =
                [.. ColumnScaling.Cast<DictionaryEntry>().Select(entry => (Patterns([$"{entry.Key}"])[0], LanguagePrimitives.ConvertTo<FeatureScaling>(entry.Value)))];
            return new TableOptions
            {
                Label = Label,
                IsFeature = name => Array.Exists(feature, pattern => pattern.IsMatch(name)) && !Array.Exists(exclude, pattern => pattern.IsMatch(name)),
                IsCategory = name => Array.Exists(category, pattern => pattern.IsMatch(name)),
                ScalingOf = name => Array.FindIndex(scalings, entry => entry.Column.IsMatch(name)) is >= 0 and int found ? scalings[found].Scaling : null,
                Task = Task,
                Scaling = Scaling,
                Missing = Missing,
                MaxCategories = MaxCategories,
                ImageShape = ImageShape,
            };
        }
    }

    /// <summary>The preprocessing of what -Like names, and the shape of its images; null without it.</summary>
    /// <exception cref="MlpException">It has none.</exception>
    protected (MlpPreprocessing Preprocessing, ImageShape? Shape)? Pattern => (Like is PSObject wrapped ? wrapped.BaseObject : Like) switch
    {
        null => null,
        MlpDataset { Preprocessing: { } ofData } data => (ofData, data.ImageShape),
        MlpModel { Preprocessing: { } ofModel } model => (ofModel, model.ImageShape),
        object other => throw new MlpException("NoPreprocessing", MlpErrorKind.InvalidArgument, $"-Like takes a data set made of a table, or a model for such; {other} is none."),
    };

    /// <summary>Makes a data set of a table, as the parameters ask for.</summary>
    protected MlpDataset ToDataset(MlpTable table) => Pattern is { } pattern ? table.ToDataset(pattern.Preprocessing, pattern.Shape) : table.ToDataset(Options);

    private static WildcardPattern[] Patterns(string[] names) => Array.ConvertAll(names, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase));
}
