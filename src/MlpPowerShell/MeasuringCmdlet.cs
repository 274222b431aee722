using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>What tells how well models do on samples whose truth is known.</summary>
public abstract class MeasuringCmdlet : MlpCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;
}
