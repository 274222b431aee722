using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Predicts the class of samples.</summary>
[Cmdlet(VerbsCommon.Get, "MlpPrediction")]
[OutputType(typeof(MlpPrediction))]
public sealed class GetMlpPredictionCommand : MlpCmdlet
{
    private MlpPredictor? _predictor;
    private int _samples;

    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Data sets, or arrays of numbers, one sample each; bytes are pixels, worth byte / 255.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object InputObject { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _predictor = new MlpPredictor(Model);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        object input = InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject;
        Run(input, () =>
        {
            int first = _samples;
            MlpDataset dataset = input as MlpDataset ?? Sample(input);
            _samples += dataset.Count;
            foreach (MlpPrediction prediction in _predictor!.Predict(dataset))
            {
                StopToken.ThrowIfCancellationRequested();
                WriteObject(first == 0 ? prediction : prediction with { Index = first + prediction.Index });
            }
        });
    }

    private MlpDataset Sample(object input)
    {
        if (input is byte[] pixels)
            return new MlpDataset("sample", pixels, null, Math.Max(pixels.Length, 1), Model.ClassNames);
        if (LanguagePrimitives.TryConvertTo(input, out float[] features) && input is System.Collections.IEnumerable)
            return new MlpDataset("sample", features, null, Math.Max(features.Length, 1), Model.ClassNames);
        throw new MlpException(
            "NotASample",
            MlpErrorKind.InvalidArgument,
            $"A {input.GetType().Name} is no sample: give a data set, or an array of {Model.InputSize} numbers. To send one array down the pipeline, write a comma before it: , $numbers | Get-MlpPrediction $model.");
    }
}
