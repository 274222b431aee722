using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Tests whether one of two models is better on a data set.</summary>
[Cmdlet(VerbsData.Compare, "MlpModel")]
[OutputType(typeof(MlpComparison))]
public sealed class CompareMlpModelCommand : MlpCmdlet
{
    /// <summary>The first model, such as the one to beat.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel ReferenceModel { get; set; } = null!;

    /// <summary>The second model; several come down the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset Dataset { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run(Model, () =>
        {
            EncodingNotes first = new(), second = new();
            MlpComparison comparison = MlpComparison.Compare(ReferenceModel, Model, Dataset, first, second, StopToken);
            WriteWarnings(first, second);
            WriteObject(comparison);
        });
}
