using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Computes the gradient of the mean loss by every parameter of a model, by backpropagation.</summary>
[Cmdlet(VerbsCommon.Get, "MlpGradient")]
[OutputType(typeof(MlpGradient))]
public sealed class GetMlpGradientCommand : MlpCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels, over which the gradient is a mean.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run(Dataset, () => WriteObject(GradientProbe.Compute(Model, Dataset, StopToken), enumerateCollection: true));
}
