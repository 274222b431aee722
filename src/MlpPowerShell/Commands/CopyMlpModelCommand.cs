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
    [AllowNull]
    [Cell<MlpModel>(IsPiped = true)]
    public MlpModel Model { get; set; } = null!;

    /// <summary>
    /// The probability from which on the copy says the class that is looked for, of two, or that its one label holds; $null for the more
    /// probable class.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [Cell<double>]
    public double? Threshold { get; set; }

    /// <summary>The class that is looked for, of two; at first the second.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PositiveClass { get; set; }

    /// <summary>
    /// Leaves out what Set-MlpCalibration added: the copy gives the network's own probabilities, and no sets or intervals.
    /// </summary>
    [Parameter]
    public SwitchParameter NoCalibration { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Model, () => WriteObject(WithNotesOf(Model, Copied())));

    private MlpModel Copied()
    {
        MlpModel start = NoCalibration ? Model.WithoutCalibration() : Model;
        MlpModel deciding = Deciding(start, Threshold, PositiveClass);
        return ReferenceEquals(deciding, Model) ? Model.Copy() : deciding;
    }
}
