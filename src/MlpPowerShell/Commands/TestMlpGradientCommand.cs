using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Compares the gradients of backpropagation with central differences.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MlpGradient")]
[OutputType(typeof(MlpGradientCheck))]
public sealed class TestMlpGradientCommand : MlpCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpModel>))]
    [Cell<MlpModel>]
    public MlpModel Model { get; set; } = null!;

    /// <summary>Samples with labels; a few dozen tell as much as many, and take less time.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The most entries to compare of each parameter.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int MaxChecks { get; set; } = 200;

    /// <summary>The largest relative error that passes.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [Cell<double>]
    public double Tolerance { get; set; } = 1e-3;

    /// <summary>Determines which entries are compared.</summary>
    [Parameter]
    [Cell<int>]
    public int Seed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        foreach (MlpGradientCheck check in GradientProbe.Check(Model, Dataset, MaxChecks, Tolerance, Seed, StopToken))
            WriteObject(check);
    });
}
