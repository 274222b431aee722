using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Divides a data set into parts or folds.</summary>
[Cmdlet(VerbsCommon.Split, "MlpDataset", DefaultParameterSetName = "Fraction")]
[OutputType(typeof(MlpDataset), ParameterSetName = ["Fraction"])]
[OutputType(typeof(MlpFold), ParameterSetName = ["Folds"])]
public sealed class SplitMlpDatasetCommand : MlpCmdlet
{
    /// <summary>The data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The share of each part; what they leave is one more part.</summary>
    [Parameter(Position = 1, ParameterSetName = "Fraction")]
    [ValidateNotNullOrEmpty]
    public double[] Fraction { get; set; } = [0.8];

    /// <summary>How many folds, each of which is the test set once.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folds")]
    public int Folds { get; set; }

    /// <summary>Gives each part as even a share of each class as can be.</summary>
    [Parameter]
    public SwitchParameter Stratify { get; set; }

    /// <summary>Cuts the data set in its order, as for series over time.</summary>
    [Parameter]
    public SwitchParameter NoShuffle { get; set; }

    /// <summary>The same seed gives the same parts; without one they differ each time.</summary>
    [Parameter]
    public int? Seed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        int? seed = NoShuffle ? null : Seed ?? Random.Shared.Next();
        WriteVerbose(seed is null ? "Cutting the samples in their order." : $"Drawing the parts from the seed {seed}.");
        if (ParameterSetName == "Folds")
            WriteObject(DatasetParts.Folds(Dataset, Folds, Stratify, seed), enumerateCollection: true);
        else
            WriteObject(DatasetParts.Split(Dataset, Fraction, Stratify, seed), enumerateCollection: true);
    });
}
