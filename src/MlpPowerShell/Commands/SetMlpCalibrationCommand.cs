using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Makes a copy of a model that says how sure its answers are, as samples show that it has not learned from.</summary>
[Cmdlet(VerbsCommon.Set, "MlpCalibration", DefaultParameterSetName = "Alike")]
[OutputType(typeof(MlpModel))]
public sealed class SetMlpCalibrationCommand : MlpCmdlet
{
    /// <summary>The model, which stays as it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels that the model has not learned from.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>What is fitted to them.</summary>
    [Parameter(Position = 2)]
    [ArgumentCompleter(typeof(EnumCompleter<CalibrationMethod>))]
    [Cell<CalibrationMethod>]
    public Choice<CalibrationMethod>? Method { get; set; }

    /// <summary>
    /// A model that predicts how far off the answers are: conformal intervals are as wide as it says, times what makes them hold.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Spread")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel Spread { get; set; } = null!;

    /// <summary>
    /// Two models that predict a low and a high quantile: conformal intervals go from one to the other, and as far outside as makes them
    /// hold.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Between")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [ValidateCount(2, 2)]
    public MlpModel[] Between { get; set; } = [];

    private MlpModel[] Companions => ParameterSetName == "Spread" ? [Spread] : Between;

    private CalibrationMethod? Meant => Method?.Value ?? (Companions.Length > 0 ? CalibrationMethod.Conformal : null);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () =>
    {
        var notes = new EncodingNotes();
        MlpModel calibrated = ModelCalibration.Calibrate(Model, Dataset, Meant, Companions, notes, StopToken);
        WriteWarnings(notes);
        if (Model.Output.Decision?.Threshold is { } threshold && calibrated.Output.Decision?.Threshold is null)
        {
            WriteWarning($"The threshold {CellReader.Shown(threshold)} was one of other probabilities, and is not kept: choose one anew, "
                + "with Get-MlpThreshold and Copy-MlpModel.");
        }

        if (Model.Output.Conformal is not null && calibrated.Output.Conformal is null)
        {
            WriteWarning("The conformal scores were of other probabilities, and are not kept: take them anew, with "
                + "Set-MlpCalibration -Method Conformal.");
        }

        WriteObject(WithNotesOf(Model, calibrated));
    });
}
