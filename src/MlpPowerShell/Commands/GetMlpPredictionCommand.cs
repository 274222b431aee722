using System.Collections;
using System.Data;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Predicts classes, labels or numbers for samples.</summary>
[Cmdlet(VerbsCommon.Get, "MlpPrediction", DefaultParameterSetName = "InputObject")]
[OutputType(typeof(MlpPrediction), typeof(PSObject))]
public sealed class GetMlpPredictionCommand : MlpCmdlet
{
    private MlpPredictor? _predictor;
    private FlatPredictions _flat = null!;
    private int _samples;
    private int _numbers;
    private bool _readPictures;

    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel Model { get; set; } = null!;

    /// <summary>
    /// Data sets; arrays of numbers, one sample each, of which bytes are pixels, worth byte / 255; for a model that was made for a table
    /// objects with its columns; for one that was made for images picture files, or their names.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    [RevivedDataset]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>Picture files, PNG, JPEG, BMP or GIF, for a model that was made for images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PictureFileCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>The picture files, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// Only scales pictures, where otherwise they are made ready as the training images were: for MNIST, cut out, scaled and centred.
    /// </summary>
    [Parameter]
    public SwitchParameter NoNormalize { get; set; }

    /// <summary>Writes the objects themselves, with the properties Prediction and Confidence added.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What the names of these properties begin with.</summary>
    [Parameter]
    [ValidateNotNull]
    public string Prefix { get; set; } = string.Empty;

    /// <summary>Writes flat objects, with a property for each probability, number and error, for tables.</summary>
    [Parameter]
    public SwitchParameter Flat { get; set; }

    /// <summary>The probability from which on the class that is looked for, of two, is the answer, in place of the model's own.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [Cell<double>]
    public double Threshold { get; set; }

    /// <summary>The class that is looked for, of two.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PositiveClass { get; set; }

    /// <summary>
    /// The probability, above 0 and below 1, with which a set of classes or labels, or an interval of a number, is to hold what is true.
    /// </summary>
    [Parameter]
    [Cell<double>]
    public double? Confidence { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(Model, () =>
    {
        _predictor = new MlpPredictor(Deciding(Model, Threshold, PositiveClass), StopToken) { Confidence = Confidence };
        _flat = new FlatPredictions(Model.Output);
    }, perItem: false);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // A picture may be named where a sample stands.
        string? named = ParameterSetName == "InputObject" && Model.ImageShape is not null ? InputObject.BaseObject as string : null;
        if (ParameterSetName == "InputObject" && named is null)
        {
            // The numbers of one array that came one by one are one mistake.
            if (InputObject.BaseObject is ValueType && _numbers++ > 0)
                return;
            Run(InputObject, () => Predict(InputObject));
            return;
        }

        foreach (string path in named is not null ? [named] : ParameterSetName == "Path" ? Path : LiteralPath)
        {
            Run(path, () =>
            {
                foreach (string file in ResolvePaths(path, literal: ParameterSetName == "LiteralPath"))
                    Run(file, () => Predict(PSObject.AsPSObject(new FileInfo(file))), perItem: true);
            });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_predictor is null)
            return;
        WriteWarnings(_predictor.Notes);
        if (_numbers > 1)
            WriteWarning($"{_numbers - 1} more of what came is no sample either.");
        if (NoNormalize && !_readPictures && _samples > 0)
            WriteWarning("-NoNormalize has no effect: it is for picture files, and none was read.");
        if (Prefix.Length > 0 && !PassThru)
            WriteWarning("-Prefix has no effect: it is for what -PassThru adds.");
    }

    private void Predict(PSObject input)
    {
        int first = _samples;
        if (IsRow(input))
        {
            _samples++;
            Write(input, PredictRow(input), first);
            return;
        }

        MlpDataset dataset = input.BaseObject as MlpDataset ?? Sample(input);
        _samples += dataset.Count;
        foreach (MlpPrediction prediction in _predictor!.Predict(dataset))
        {
            StopToken.ThrowIfCancellationRequested();
            Write(input, prediction, first);
        }
    }

    private void Write(PSObject input, MlpPrediction prediction, int first)
    {
        MlpPrediction placed = first == 0 ? prediction : prediction with { Index = first + prediction.Index };
        WriteObject(PassThru && input.BaseObject is not MlpDataset
            ? WithPrediction(input, placed)
            : Flat ? ObjectRows.ObjectOf([.. PathOf(input), .. _flat.RowOf(placed)])
            : IsPicture(input) ? WithPath(input, placed)
            : placed);
    }

    private MlpDataset Sample(PSObject input)
    {
        object value = input.BaseObject;
        if (value is byte[] pixels)
            return new MlpDataset("sample", pixels, null, Math.Max(pixels.Length, 1), []);
        bool takesNumbers = !Model.Input.Columns.Any(column => column.Kind is ColumnKind.Category or ColumnKind.Date);
        if (takesNumbers && value is IEnumerable numbers and not (IDictionary or string))
        {
            float[] features = InputProperties.NumbersOf($"Sample {_samples + 1}", numbers);
            return new MlpDataset("sample", features, null, Math.Max(features.Length, 1), []);
        }

        if (IsPicture(input))
        {
            _readPictures = true;
            return PictureReader.Read(
                ((FileInfo)value).FullName,
                ShapeOfImages(),
                normalize: !NoNormalize && Model.Input.PictureStyle == PictureStyle.Normalized);
        }

        if (Model.Input.Names is not null && value is not (string or ValueType or MlpModel))
            return PixelRow(input);
        string wanted = Model.Input.Names is not { } names ? "give a data set"
            : $"give a data set, or an object with the columns of the training data, as [pscustomobject]@{{ {names[0]} = … }}";
        string array = takesNumbers
            ? $", or an array of {Model.InputSize} numbers. To send one array down the pipeline, write a comma before it: , $numbers | "
                + "Get-MlpPrediction $model."
            : ".";
        string shown = CellReader.Shown(value is PSCustomObject ? $"{input}" : value);
        throw new MlpException("NotASample", MlpErrorKind.InvalidArgument, $"{shown} is no sample: {wanted}{array}");
    }

    /// <summary>Whether an object is a row with the columns that the model takes.</summary>
    private bool IsRow(PSObject input) => Model.Input is { Columns.Count: > 0, Names: not null }
        && input.BaseObject is not (MlpDataset or MlpModel or string or ValueType) && (input.BaseObject is IDictionary
            || input.BaseObject is not IEnumerable);

    /// <summary>
    /// Whether an object is a file to look into; for a model of a table that was made of files it is a row like any other.
    /// </summary>
    private bool IsPicture(PSObject input) => input.BaseObject is FileInfo && (Model.ImageShape is not null || Model.Input.Names is null);

    private ImageShape ShapeOfImages() => Model.ImageShape
        ?? throw new MlpException(
            "NotAnImageModel",
            MlpErrorKind.Mismatch,
            "The model was not made for images, so it can't tell what is on a picture. Make it with New-MlpModel -Dataset and a data "
            + "set of images.");

    private IEnumerable<KeyValuePair<string, object?>> PathOf(PSObject input) =>
        IsPicture(input) ? [KeyValuePair.Create<string, object?>("Path", ((FileInfo)input.BaseObject).FullName)] : [];

    private static PSObject WithPath(PSObject picture, MlpPrediction prediction)
    {
        var result = PSObject.AsPSObject(prediction);
        result.Properties.Add(new PSNoteProperty("Path", ((FileInfo)picture.BaseObject).FullName));
        return result;
    }

    private MlpPrediction PredictRow(PSObject input) =>
        _predictor!.Predict(
            ValuesOf(input, _predictor.Columns), name => InputProperties.TryGet(input, name, out object? value) ? value : null);

    /// <summary>A row of pixels with names.</summary>
    private MlpDataset PixelRow(PSObject input)
    {
        IReadOnlyList<string> names = Model.Input.Names!;
        string[] labels = Model.Output.Label is { } label
            && InputProperties.NamesOf(input).Contains(label, StringComparer.OrdinalIgnoreCase)
            ? [label]
            : [];
        var table = new MlpTable("sample", [.. names, .. labels]);
        table.Add(
            [.. ValuesOf(input, names), .. labels.Select(name => InputProperties.TryGet(input, name, out object? value) ? value : null)]);
        return table.ToDataset(new TableOptions { Label = labels, LabelIsOptional = true, ImageShape = Model.ImageShape });
    }

    private static object?[] ValuesOf(PSObject input, IEnumerable<string> names) => [.. names.Select(name => ValueOf(input, name))];

    private static object? ValueOf(PSObject input, string name)
    {
        if (InputProperties.TryGet(input, name, out object? value))
            return value;
        if (input.BaseObject is FileInfo { Exists: false } absent)
            throw new MlpException("FileNotFound", MlpErrorKind.NotFound, $"There is no file {absent.FullName}.");
        string[] names = [.. InputProperties.NamesOf(input)];
        throw new MlpException(
            "MissingProperty",
            MlpErrorKind.InvalidData,
            input.BaseObject is FileInfo file
                ? $"{file.Name} is a file, and no row with the column {name}: Import-MlpDataset {file.Name} -Like $model reads the rows of "
                    + "a table, to be predicted."
                : $"The object has no property {name}{ColumnNames.Hint(names, name)}; it has {Listing.Of(names)}.");
    }

    /// <summary>
    /// An object with what is predicted for it. One that is nothing but its properties is copied: the user's own would else bring its
    /// answers along into the next training.
    /// </summary>
    private PSObject WithPrediction(PSObject input, MlpPrediction prediction)
    {
        PSObject result = input.BaseObject switch
        {
            PSCustomObject => input.Copy(),
            IDictionary or IDataRecord => ObjectRows.ObjectOf(InputProperties.NamesOf(input).Select(name =>
                KeyValuePair.Create(name, InputProperties.TryGet(input, name, out object? value) ? value : null))),
            _ => input,
        };
        foreach ((string name, object? value) in Flat ? _flat.AnswersOf(prediction) : Whole(prediction))
            Add(name, value);
        return result;

        void Add(string name, object? value)
        {
            switch (result.Properties[Prefix + name])
            {
                case null:
                    // A copy brings what another model added along, which is no less an answer than this one.
                    result.Properties.Add(ReferenceEquals(result, input)
                        ? new PredictionNote(Prefix + name, value)
                        : new PSNoteProperty(Prefix + name, value));
                    break;
                case PredictionNote earlier:
                    earlier.Value = value;
                    break;
                default:
                    throw new MlpException(
                        "PropertyExists",
                        MlpErrorKind.Exists,
                        $"The object has a property {Prefix + name} already, which -PassThru doesn't replace; -Prefix has it add "
                        + "others.");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>> Whole(MlpPrediction prediction) =>
    [
        KeyValuePair.Create<string, object?>(nameof(MlpPrediction.Prediction), prediction.Prediction),
        KeyValuePair.Create<string, object?>(nameof(MlpPrediction.Confidence), prediction.Confidence),
        .. prediction.PredictionSet is { } set ? Added((nameof(MlpPrediction.PredictionSet), set)) : [],
        .. prediction.Lower is { } lower
            ? Added((nameof(MlpPrediction.Lower), lower), (nameof(MlpPrediction.Upper), prediction.Upper))
            : [],
    ];

    private static IEnumerable<KeyValuePair<string, object?>> Added(params (string Name, object? Value)[] properties) =>
        properties.Select(property => KeyValuePair.Create(property.Name, property.Value));

    /// <summary>What was added to an object that is more than its properties, which another prediction replaces.</summary>
    private sealed class PredictionNote(string name, object? value) : PSNoteProperty(name, value)
    {
        // What is added to an object is a copy.
        public override PSMemberInfo Copy() => new PredictionNote(Name, Value);
    }
}
