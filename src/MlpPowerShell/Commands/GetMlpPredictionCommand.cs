using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Commands;

/// <summary>Predicts classes, labels or numbers for samples.</summary>
[Cmdlet(VerbsCommon.Get, "MlpPrediction", DefaultParameterSetName = "InputObject")]
[OutputType(typeof(MlpPrediction), typeof(PSObject))]
public sealed class GetMlpPredictionCommand : MlpCmdlet
{
    private MlpPredictor? _predictor;
    private int _samples;

    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    public MlpModel Model { get; set; } = null!;

    /// <summary>
    /// Data sets; arrays of numbers, one sample each, of which bytes are pixels, worth byte / 255; for a model that was made for a table
    /// objects with its columns; for one that was made for images picture files.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
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

    /// <summary>Only scales pictures, where otherwise those of another size than the training images are made to look as MNIST's do.</summary>
    [Parameter]
    public SwitchParameter NoNormalize { get; set; }

    /// <summary>Writes the objects themselves, with the properties Prediction and Confidence added.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _predictor = new MlpPredictor(Model);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "InputObject")
        {
            Run(InputObject, () => Predict(InputObject));
            return;
        }

        foreach (string path in ParameterSetName == "Path" ? Path : LiteralPath)
        {
            Run(path, () =>
            {
                foreach (string file in ResolvePaths(path, literal: ParameterSetName == "LiteralPath"))
                    Run(file, () => Predict(PSObject.AsPSObject(new FileInfo(file))), perItem: true);
            });
        }
    }

    private void Predict(PSObject input)
    {
        int first = _samples;
        MlpDataset dataset = input.BaseObject as MlpDataset ?? Sample(input);
        _samples += dataset.Count;
        foreach (MlpPrediction prediction in _predictor!.Predict(dataset))
        {
            StopToken.ThrowIfCancellationRequested();
            MlpPrediction placed = first == 0 ? prediction : prediction with { Index = first + prediction.Index };
            WriteObject(PassThru && input.BaseObject is not MlpDataset ? WithPrediction(input, placed) : IsPicture(input) ? WithPath(input, placed) : placed);
        }
    }

    private MlpDataset Sample(PSObject input)
    {
        object value = input.BaseObject;
        if (value is byte[] pixels)
            return new MlpDataset("sample", pixels, null, Math.Max(pixels.Length, 1), Model.ClassNames);
        if (value is IEnumerable and not IDictionary && LanguagePrimitives.TryConvertTo(value, out float[] features))
            return new MlpDataset("sample", features, null, Math.Max(features.Length, 1), Model.ClassNames);
        if (IsPicture(input))
            return PictureReader.Read(((FileInfo)value).FullName, ShapeOfImages(), normalize: !NoNormalize);
        if (Model.Preprocessing is { } preprocessing && value is not (string or ValueType))
            return Row(preprocessing, input);
        throw new MlpException(
            "NotASample",
            MlpErrorKind.InvalidArgument,
            $"A {value.GetType().Name} is no sample: give a data set, {(Model.Preprocessing is null ? string.Empty : "an object with the columns of the training data, ")}or an array of {Model.InputSize} numbers. To send one array down the pipeline, write a comma before it: , $numbers | Get-MlpPrediction $model.");
    }

    /// <summary>Whether an object is a file to look into; for a model of a table that was made of files it is a row like any other.</summary>
    private bool IsPicture(PSObject input) => input.BaseObject is FileInfo && (Model.ImageShape is not null || Model.Preprocessing is null);

    private ImageShape ShapeOfImages() => Model.ImageShape
        ?? throw new MlpException("NotAnImageModel", MlpErrorKind.Mismatch, "The model was not made for images, so it can't tell what is on a picture. Make it with New-MlpModel -Dataset and a data set of images.");

    private static PSObject WithPath(PSObject picture, MlpPrediction prediction)
    {
        var result = PSObject.AsPSObject(prediction);
        result.Properties.Add(new PSNoteProperty("Path", ((FileInfo)picture.BaseObject).FullName));
        return result;
    }

    private static MlpDataset Row(MlpPreprocessing preprocessing, PSObject input)
    {
        var values = new object?[preprocessing.Columns.Count];
        for (int i = 0; i < values.Length; i++)
        {
            string name = preprocessing.Columns[i].Name;
            if (!InputProperties.TryGet(input, name, out values[i]))
                throw new MlpException("MissingProperty", MlpErrorKind.InvalidData, $"The object has no property {name}; it has {string.Join(", ", InputProperties.NamesOf(input))}.");
        }

        object?[] labels = [.. preprocessing.Labels.Select(label => InputProperties.TryGet(input, label.Name, out object? value) ? value : null)];
        return preprocessing.ToSample(values, labels);
    }

    private static PSObject WithPrediction(PSObject input, MlpPrediction prediction)
    {
        var result = new PSObject();
        foreach (string name in InputProperties.NamesOf(input))
        {
            if (name is not (nameof(MlpPrediction.Prediction) or nameof(MlpPrediction.Confidence)) && InputProperties.TryGet(input, name, out object? value))
                result.Properties.Add(new PSNoteProperty(name, value));
        }

        result.Properties.Add(new PSNoteProperty(nameof(MlpPrediction.Prediction), prediction.Prediction));
        result.Properties.Add(new PSNoteProperty(nameof(MlpPrediction.Confidence), prediction.Confidence));
        return result;
    }
}
