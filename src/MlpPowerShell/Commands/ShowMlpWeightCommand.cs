using System.Management.Automation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Commands;

/// <summary>Draws the weights of a model's first layer as images in the terminal.</summary>
[Cmdlet(VerbsCommon.Show, "MlpWeight")]
[OutputType(typeof(string))]
public sealed class ShowMlpWeightCommand : PictureCmdlet
{
    /// <summary>The model, made for images.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The units whose weights to draw, by number from 0.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [Cell<int[]>]
    public int[]? Unit { get; set; }

    /// <summary>How many units to draw where no numbers are given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = 10;

    /// <inheritdoc/>
    protected override int? PictureCount => Unit?.Length ?? Math.Min(First, Model.Layers[0].OutputSize);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        foreach (int unit in Unit ?? [.. Enumerable.Range(0, Math.Min(First, Model.Layers[0].OutputSize))])
            Show(CaptionedPicture.OfWeights(Model, unit));
    });
}
