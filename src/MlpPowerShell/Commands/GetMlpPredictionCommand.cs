using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Commands;

/// <summary>Predicts classes, labels or numbers for samples.</summary>
[Cmdlet(VerbsCommon.Get, "MlpPrediction")]
[OutputType(typeof(MlpPrediction))]
public sealed class GetMlpPredictionCommand : MlpCmdlet
{
    private MlpPredictor? _predictor;
    private int _samples;

    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>
    /// Data sets, arrays of numbers, one sample each, of which bytes are pixels, worth byte / 255, or for a model that was made for a
    /// table objects with its columns.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>Writes the objects themselves, with the properties Prediction and Confidence added.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _predictor = new MlpPredictor(Model);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(InputObject, () =>
    {
        int first = _samples;
        MlpDataset dataset = InputObject.BaseObject as MlpDataset ?? Sample(InputObject);
        _samples += dataset.Count;
        foreach (MlpPrediction prediction in _predictor!.Predict(dataset))
        {
            StopToken.ThrowIfCancellationRequested();
            MlpPrediction placed = first == 0 ? prediction : prediction with { Index = first + prediction.Index };
            WriteObject(PassThru && InputObject.BaseObject is not MlpDataset ? WithPrediction(InputObject, placed) : placed);
        }
    });

    private MlpDataset Sample(PSObject input)
    {
        object value = input.BaseObject;
        if (value is byte[] pixels)
            return new MlpDataset("sample", pixels, null, Math.Max(pixels.Length, 1), Model.ClassNames);
        if (value is IEnumerable and not IDictionary && LanguagePrimitives.TryConvertTo(value, out float[] features))
            return new MlpDataset("sample", features, null, Math.Max(features.Length, 1), Model.ClassNames);
        if (Model.Preprocessing is { } preprocessing && value is not (string or ValueType))
            return Row(preprocessing, input);
        throw new MlpException(
            "NotASample",
            MlpErrorKind.InvalidArgument,
            $"A {value.GetType().Name} is no sample: give a data set, {(Model.Preprocessing is null ? string.Empty : "an object with the columns of the training data, ")}or an array of {Model.InputSize} numbers. To send one array down the pipeline, write a comma before it: , $numbers | Get-MlpPrediction $model.");
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
