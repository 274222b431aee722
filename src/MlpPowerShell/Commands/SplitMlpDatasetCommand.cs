using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Divides a data set into parts or folds.</summary>
[Cmdlet(VerbsCommon.Split, "MlpDataset", DefaultParameterSetName = "Fraction")]
[OutputType(typeof(MlpDataset), ParameterSetName = ["Fraction", "Dataset"])]
[OutputType(typeof(MlpFold), ParameterSetName = ["Folds"])]
public sealed class SplitMlpDatasetCommand : MlpCmdlet
{
    private readonly List<double> _fractions = [];
    private Engine.Data.SplitOptions _options = new();

    /// <summary>The data set.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Fraction")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Dataset")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Folds")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsOneOfSeveral = true, IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The share of each part; what they leave is one more part.</summary>
    [Parameter(Position = 0, ParameterSetName = "Fraction")]
    [Parameter(Position = 1, ParameterSetName = "Dataset")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<double[]>(IsOneOfSeveral = true)]
    public double[] Fraction
    {
        get => _fractions.Count > 0 ? [.. _fractions] : [0.8];

        // With a data set from the pipeline, PowerShell takes a second fraction for the first in another place.
        set => _fractions.AddRange(value);
    }

    /// <summary>How many folds, each of which is the test set once.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folds")]
    [Cell<int>]
    public int Folds { get; set; }

    /// <summary>Gives each part as even a share of each class as can be; of numbers to predict, of each of ten ranges.</summary>
    [Parameter]
    public SwitchParameter Stratify { get => _options.Stratify; set => _options = _options with { Stratify = value }; }

    /// <summary>Cuts the data set in its order, as for series over time.</summary>
    [Parameter]
    public SwitchParameter NoShuffle { get; set; }

    /// <summary>The column whose equal values stay in one part, such as a patient or a customer.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetColumnCompleter))]
    public string? Group { get => _options.Group; set => _options = _options with { Group = value }; }

    /// <summary>The column by which later samples go into later parts; each fold is trained with what comes before it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetColumnCompleter))]
    public string? Time { get => _options.Time; set => _options = _options with { Time = value }; }

    /// <summary>The same seed gives the same parts; without one they differ each time.</summary>
    [Parameter]
    [Cell<int>]
    public int? Seed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        if (Time is not null && NoShuffle)
            WriteWarning("-NoShuffle has no effect with -Time: the samples are cut in the order of their time.");
        else if (Time is not null && Seed is not null)
            WriteWarning("-Seed has no effect with -Time: the samples are cut in the order of their time.");
        else if (NoShuffle && Seed is not null)
            WriteWarning("-Seed has no effect with -NoShuffle: the samples are cut in their order.");
        int? seed = NoShuffle || Time is not null ? null : Seed ?? Random.Shared.Next();
        WriteVerbose(Time is not null
            ? $"Cutting the samples in the order of {Time}."
            : seed is null
            ? "Cutting the samples in their order."
            : $"Drawing the parts from the seed {seed}.");
        Engine.Data.SplitOptions options = _options with { Seed = seed };
        if (ParameterSetName == "Folds")
            WriteObject(DatasetParts.Folds(Dataset, Folds, options), enumerateCollection: true);
        else
            WriteObject(DatasetParts.Split(Dataset, Fraction, options), enumerateCollection: true);
    });
}
