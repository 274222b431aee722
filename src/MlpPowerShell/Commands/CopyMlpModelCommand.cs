using System.Management.Automation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Copies a model.</summary>
[Cmdlet(VerbsCommon.Copy, "MlpModel")]
[OutputType(typeof(MlpModel))]
public sealed class CopyMlpModelCommand : MlpCmdlet
{
    /// <summary>The model, which stays as it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel Model { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () => WriteObject(WithNotesOf(Model, Model.Copy())));
}
