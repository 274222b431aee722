using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Measures how well a model does on a data set.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MlpModel")]
[OutputType(typeof(MlpEvaluation))]
public sealed class MeasureMlpModelCommand : MlpCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>(IsOneOfSeveral = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>(IsOneOfSeveral = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run(Dataset, () =>
        {
            var predictor = new MlpPredictor(Model, StopToken);
            MlpEvaluation evaluation = predictor.Measure(Dataset);
            WriteWarnings(predictor.Notes);
            WriteObject(WithNotesOf(Model, evaluation));
        });
}
