using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Commands;

/// <summary>Creates a multilayer perceptron with random weights.</summary>
[Cmdlet(VerbsCommon.New, "MlpModel", DefaultParameterSetName = "Dataset")]
[OutputType(typeof(MlpModel))]
public sealed class NewMlpModelCommand : MlpCmdlet
{
    private static readonly string[] _sizes = [nameof(InputSize), nameof(OutputSize)];

    private EncodingOptions _encoding = new();
    private LossOptions _loss = new();
    private int _rows;
    private MlpDataset? _reported;

    /// <summary>
    /// Units of each hidden layer, with their activations if written so: 128 relu, 64 sigmoid. Without it, a model for a data set has one
    /// hidden layer, and a model of sizes none.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(HiddenLayerCompleter))]
    [HiddenLayerTransformation]
    public HiddenLayer[]? HiddenSize { get; set; }

    /// <summary>Makes a linear model, without hidden layers: softmax, logistic or linear regression.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter Linear { get; set; }

    /// <summary>One activation for all hidden layers, or one for each; ReLU without any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ActivationCompleter))]
    [Cell<Activation[]>]
    public Activation[] Activation { get; set; } = [];

    /// <summary>
    /// The data set that the model is for: it gives the sizes of input and output, the names of the classes or targets, and the loss.
    /// </summary>
    [Parameter(
        Mandatory = true, Position = 1, ParameterSetName = "Dataset", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsOneOfSeveral = true, IsPiped = true, Unless = nameof(InputSize))]
    public MlpDataset? Dataset { get; set; }

    /// <summary>Features of a sample.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Size", ValueFromPipelineByPropertyName = true)]
    [Cell<int>]
    public int InputSize { get; set; }

    /// <summary>Outputs: classes, or with another loss labels or numbers to predict.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Size", ValueFromPipelineByPropertyName = true)]
    [Cell<int>]
    public int OutputSize { get; set; }

    /// <summary>What training minimizes; without it, what suits the data set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<LossKind>))]
    [Cell<LossKind>]
    public Choice<LossKind>? Loss { get; set; }

    /// <summary>The distance from which Huber's loss grows in a straight line, in units of the scaled target.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<LossOptions>]
    public double HuberDelta { get => _loss.HuberDelta; set => _loss = _loss with { HuberDelta = value }; }

    /// <summary>The part of the targets that the quantile loss leaves below its predictions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<LossOptions>]
    public double Quantile { get => _loss.Quantile; set => _loss = _loss with { Quantile = value }; }

    /// <summary>How much less a focal loss counts what is nearly right.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<LossOptions>]
    public double FocalGamma { get => _loss.FocalGamma; set => _loss = _loss with { FocalGamma = value }; }

    /// <summary>Normalizes the sums of the hidden layers over each batch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter BatchNormalization { get; set; }

    /// <summary>Keeps the denominators of batch normalization off zero.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Option<HiddenLayers>(IsChosen = true)]
    public double? NormalizationEpsilon { get; set; }

    /// <summary>How the weights are drawn; without it as PyTorch does around a layer that is chosen, else by the activation.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<Initializer>))]
    [Cell<Initializer>]
    public Choice<Initializer>? Initializer { get; set; }

    /// <summary>The same seed gives the same weights; without one they differ each time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell<int>]
    public int? Seed { get; set; }

    /// <summary>What becomes of numbers; without it columns of tables are standardized, and arrays of numbers left as they are.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<FeatureScaling>))]
    [Option<EncodingOptions>]
    public Choice<FeatureScaling>? Scaling { get => _encoding.Scaling; set => _encoding = _encoding with { Scaling = value }; }

    /// <summary>What becomes of the numbers of some columns, such as @{ Age = 'MinMax'; 'Is*' = 'None' }.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [TableTransformation("@{ Age = 'MinMax' }")]
    public Hashtable ColumnScaling { get; set; } = [];

    /// <summary>What becomes of missing values.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<MissingValues>))]
    [Option<EncodingOptions>]
    public Choice<MissingValues> Missing { get => _encoding.Missing; set => _encoding = _encoding with { Missing = value }; }

    /// <summary>
    /// What becomes of the missing values of some columns: a rule, or a value to take instead, such as @{ Age = 'Mean'; Children = 0 }.
    /// </summary>
    [Parameter(ParameterSetName = "Dataset")]
    [TableTransformation("@{ Age = 'Mean' }")]
    public Hashtable ColumnMissing { get; set; } = [];

    /// <summary>What becomes of samples whose label is missing.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<MissingLabels>))]
    [Option<EncodingOptions>]
    public Choice<MissingLabels> MissingLabel { get => _encoding.MissingLabel; set => _encoding = _encoding with { MissingLabel = value }; }

    /// <summary>
    /// All classes of the label in their order, the lowest first; without it, the order of numbers, dates, enums or declared texts, else of
    /// the alphabet.
    /// </summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ClassNameCompleter))]
    [Cell<string[]>]
    public string[] ClassOrder { get => [.. _encoding.ClassOrder]; set => _encoding = _encoding with { ClassOrder = value }; }

    /// <summary>The most categories of a column that have a feature each; the rarer ones have one in common.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [Option<EncodingOptions>]
    public int MaxCategories { get => _encoding.MaxCategories; set => _encoding = _encoding with { MaxCategories = value }; }

    /// <summary>How often a category must occur to have a feature of its own; the rarer ones have one in common.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [Option<EncodingOptions>]
    public int? MinCategoryCount { get => _encoding.MinCategoryCount; set => _encoding = _encoding with { MinCategoryCount = value }; }

    /// <summary>What becomes of categories that the data don't have.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnumCompleter<UnknownCategory>))]
    [Option<EncodingOptions>]
    public Choice<UnknownCategory> UnknownCategory
    {
        get => _encoding.UnknownCategory;
        set => _encoding = _encoding with { UnknownCategory = value };
    }

    /// <summary>Takes categories that differ in case alone for one.</summary>
    [Parameter(ParameterSetName = "Dataset", ValueFromPipelineByPropertyName = true)]
    [Cell<bool>(Empty = false)]
    public SwitchParameter IgnoreCase { get => _encoding.IgnoreCase; set => _encoding = _encoding with { IgnoreCase = value }; }

    /// <summary>What dates become beside their day, such as @{ when = 'Weekday', 'Hour' }.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [TableTransformation("@{ when = 'Weekday' }")]
    public Hashtable DatePart { get; set; } = [];

    /// <summary>Makes one model of what each rank has of the data, when several processes train together; all must call it.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    public SwitchParameter Sharded { get; set; }

    /// <summary>
    /// What hyperparameters are taken from by name; its other properties go along with the model, for Invoke-MlpTraining.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set => field = SweepRow.Binding(value, value is null ? _rows : ++_rows); }

    /// <inheritdoc/>
    protected override string? RunOfSweep => SweepRow.TitleOf(InputObject, _rows);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        SweepRow.Bound();
        CheckRow();
        var notes = SweepNotes.Of(SweepNotes.ColumnsOf(InputObject), Given, typeof(MlpModel));
        WriteOnce(notes.Warnings);
        HiddenLayer[] layers = Layers();
        int[] sizes = Array.ConvertAll(layers, layer => layer.Size);
        var hidden = new HiddenLayers(sizes, HiddenLayer.ActivationsOf(layers, Activation))
        {
            BatchNormalization = BatchNormalization,
            NormalizationEpsilon = NormalizationEpsilon ?? Engine.Network.BatchNormalization.DefaultEpsilon,
        };
        int seed = Seed ?? Random.Shared.Next();
        bool isChosen = HiddenSize is null && layers.Length > 0 && Activation.Length == 0;
        Initializer initializer = Initializer?.Value ?? (isChosen ? TrainingDefaults.Initializer : Engine.Network.Initializer.Default);
        if (HiddenSize is { Length: 0 } && !Linear)
            WriteOnce(["-HiddenSize is empty, and so the model is linear; -Linear says so without a warning."]);
        WriteVerbose($"Drawing the weights with the initializer {initializer} from the seed {seed}.");
        if (initializer == Engine.Network.Initializer.Zeros && layers.Length > 0)
            WriteOnce(["The weights of hidden layers that all start at zero stay alike: their units learn one thing, if any."]);
        if (Dataset is null)
        {
            WriteUnused(Unused(layers, null));
            Write(MlpModel.Create(InputSize, hidden, OutputSize, initializer, seed, Loss ?? LossKind.CrossEntropy, _loss), notes);
            return;
        }

        var rules = new ColumnRules(ColumnScaling, ColumnMissing, DatePart, Dataset);
        ModelEnds ends = Sharded
            ? SharedEnds.Fit(Dataset, Loss?.Value, rules.Over(_encoding), StopToken)
            : ModelEnds.Fit(Dataset, Loss?.Value, rules.Over(_encoding));
        WriteUnused(Unused(layers, ends).Concat(rules.Unused(ends)));
        if (ClassOrder.Except(Dataset.ClassNames, StringComparer.OrdinalIgnoreCase).ToArray() is { Length: > 0 } absent
            && ends.Output.Kind == OutputKind.Classes
            && !Sharded)
        {
            WriteWarning($"No sample of the data set {Dataset.Name} is of the class {string.Join(", ", absent)}, which -ClassOrder names.");
        }

        if (!ReferenceEquals(_reported, Dataset))
        {
            foreach (MlpMessage warning in ColumnReport.Warnings(Dataset, ends))
                WriteWarning(ParameterNames.Told(warning));
        }

        _reported = Dataset;
        Write(MlpModel.CreateFor(ends with { LossOptions = _loss }, hidden, initializer, seed), notes);
    });

    /// <summary>Writes a model with the columns of its row: also those that it has as properties, which its epochs have not.</summary>
    private void Write(MlpModel model, SweepNotes notes)
    {
        PSObject result = WithNotes(notes.Kept, model);
        foreach (PSNoteProperty note in notes.Kept.Where(note => SweepColumns.IsTaken(note.Name) && !CellReader.IsEmpty(note.Value)))
        {
            if (result.Properties[note.Name] is PSProperty { Value: { } value })
                result.Properties.Add(new PSNoteProperty(note.Name, value));
        }

        WriteObject(result);
    }

    /// <summary>Answers what comes down the pipeline and is no row of a table of runs, or one of which nothing is understood.</summary>
    private void CheckRow()
    {
        SweepRow.CheckSource(MyInvocation, InputObject);
        if (InputObject is { } row && !ReferenceEquals(row.BaseObject, Dataset))
        {
            WriteOnce(SweepRow.Warnings(row, column => Dataset is not null && _sizes.Contains(column, StringComparer.OrdinalIgnoreCase)
                ? $"The column '{column}' is kept as a note: the data set of -Dataset gives the sizes of input and output."
                : SweepNotes.Lost(column, typeof(MlpModel))));
        }
    }

    /// <inheritdoc/>
    protected override bool IsGiven(string parameter) =>
        base.IsGiven(parameter) || SweepRow.Gives(InputObject, parameter);

    /// <summary>The options that do nothing for such a model.</summary>
    private IEnumerable<UnusedOption> Unused(HiddenLayer[] layers, ModelEnds? ends)
    {
        MlpMessage needsLayer = $"it needs a hidden layer";
        MlpMessage needsCategory = $"no column holds categories";
        bool hasCategories = ends?.Input.Columns.Any(column => column.Kind == ColumnKind.Category) != false;
        (string Option, bool IsUnused, MlpMessage Needs)[] table =
        [
            (nameof(Activation), Activation.Length > 0 && layers.Length == 0, needsLayer),
            (nameof(Activation),
                Activation.Length > 0 && layers.Length > 0 && Array.TrueForAll(layers, layer => layer.Activation is not null),
                $"each hidden layer has its own{Hint.With(nameof(HiddenSize))}"),
            (nameof(BatchNormalization), BatchNormalization && layers.Length == 0, needsLayer),
            (nameof(NormalizationEpsilon),
                NormalizationEpsilon is not null && !BatchNormalization,
                $"it needs batch normalization{Hint.With(nameof(BatchNormalization))}"),
            (nameof(ClassOrder),
                ClassOrder.Length > 0 && ends is { Output.Kind: not OutputKind.Classes },
                "there are no classes to predict"),
            (nameof(Missing),
                IsGiven(nameof(Missing)) && ends is not null && Dataset!.Columns.Count == 0,
                "no number of an array is missing"),
            (nameof(MaxCategories), IsGiven(nameof(MaxCategories)) && !hasCategories, needsCategory),
            (nameof(MinCategoryCount), IsGiven(nameof(MinCategoryCount)) && !hasCategories, needsCategory),
            (nameof(UnknownCategory), IsGiven(nameof(UnknownCategory)) && !hasCategories, needsCategory),
            (nameof(IgnoreCase), IgnoreCase && !hasCategories, needsCategory),
        ];
        return table.Where(row => row.IsUnused)
            .Select(row => new UnusedOption(row.Option, row.Needs))
            .Concat(_loss.Unused(ends?.Loss ?? Loss ?? LossKind.CrossEntropy, IsGiven));
    }

    /// <summary>The hidden layers that are asked for, or that suit the data set.</summary>
    private HiddenLayer[] Layers()
    {
        if ((HiddenSize ?? SweepNotes.LayersOf(InputObject)) is { } given)
        {
            return Linear && given.Length > 0
                ? throw new MlpException(
                    "HiddenSizeOfLinear",
                    MlpErrorKind.InvalidArgument,
                    "A linear model has no hidden layers, and -HiddenSize asks for some.")
                : given;
        }

        return Linear || Dataset is null ? [] : [new HiddenLayer(TrainingDefaults.HiddenSize, null)];
    }
}
