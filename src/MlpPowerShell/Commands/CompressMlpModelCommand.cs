using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Makes a copy of a model whose smallest weights are zero.</summary>
[Cmdlet(VerbsData.Compress, "MlpModel")]
[OutputType(typeof(MlpModel))]
public sealed class CompressMlpModelCommand : MlpCmdlet
{
    /// <summary>The model, which stays as it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>The fraction of the weights that become zero.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Cell<double>]
    public double Sparsity { get; set; }

    /// <summary>Takes that fraction of each layer, rather than of all layers together.</summary>
    [Parameter]
    public SwitchParameter PerLayer { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        MlpModel pruned = WeightPruning.Prune(Model, Sparsity, PerLayer, StopToken);
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{WeightPruning.SparsityOf(pruned):P1} of the weights are zero."));
        if (Model.Output is not { Calibration: null, Conformal: null } && pruned.Output is { Calibration: null, Conformal: null })
        {
            WriteOnce(["The model's calibration was fitted to all its weights, and goes with those that become zero: calibrate the copy "
                + "anew, with Set-MlpCalibration."]);
        }

        WriteObject(pruned);
    });
}
