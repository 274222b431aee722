using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Commands;

/// <summary>Draws samples of a data set of images in the terminal.</summary>
[Cmdlet(VerbsCommon.Show, "MlpSample", DefaultParameterSetName = "Dataset")]
[OutputType(typeof(string))]
public sealed class ShowMlpSampleCommand : PictureCmdlet
{
    /// <summary>The data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Dataset")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Prediction")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsOneOfSeveral = true, IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>Predictions for samples of the data set, which are drawn with them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Prediction")]
    public MlpPrediction Prediction { get; set; } = null!;

    /// <summary>A model whose predictions are shown with the samples.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel? Model { get; set; }

    /// <summary>The samples to draw, by number from 0.</summary>
    [Parameter(Position = 1, ParameterSetName = "Dataset")]
    [ValidateNotNullOrEmpty]
    [Cell<int[]>]
    public int[]? Index { get; set; }

    /// <summary>How many samples to draw where no numbers are given.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = 10;

    /// <inheritdoc/>
    protected override int? PictureCount => ParameterSetName == "Prediction" ? null : Index?.Length ?? Math.Min(First, Dataset.Count);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        if (ParameterSetName == "Prediction")
        {
            Show(CaptionedPicture.OfSample(Dataset, Prediction.Index, Prediction));
            return;
        }

        if (Index is not null && IsGiven(nameof(First)))
            WriteUnused([new UnusedOption(nameof(First), "-Index says which samples are drawn")]);
        MlpPredictor? predictor = Model is null ? null : new MlpPredictor(Model, StopToken);
        foreach (int index in Index ?? [.. Enumerable.Range(0, Math.Min(First, Dataset.Count))])
            Show(CaptionedPicture.OfSample(Dataset, index, predictor?.Predict(Dataset, index)));
    }, perItem: ParameterSetName == "Prediction" ? false : null);
}
