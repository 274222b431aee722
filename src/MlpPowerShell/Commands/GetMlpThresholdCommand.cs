using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Commands;

/// <summary>Tells what follows from each threshold of the probability of a class.</summary>
[Cmdlet(VerbsCommon.Get, "MlpThreshold")]
[OutputType(typeof(MlpThreshold))]
public sealed class GetMlpThresholdCommand : MeasuringCmdlet
{
    /// <summary>The class that is to be told from all others, or the label; of two classes the second.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelClassCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PositiveClass { get; set; }

    /// <summary>
    /// What each outcome of a sample costs, a hashtable of TruePositive, FalsePositive, TrueNegative and FalseNegative; what it does not
    /// name costs nothing, and below 0 is a gain.
    /// </summary>
    [Parameter]
    [TableTransformation("@{ FalseNegative = 5; FalsePositive = 1 }")]
    public Hashtable? Cost { get; set; }

    /// <summary>The most thresholds, evenly spread over the different probabilities; the recommended one is always there.</summary>
    [Parameter]
    [ValidateRange(3, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = 50;

    /// <summary>Every different probability is a threshold.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        if (All && IsGiven(nameof(First)))
            WriteUnused([new UnusedOption(nameof(First), "-All takes every threshold")]);
        var predictor = new MlpPredictor(Model, StopToken);
        IReadOnlyList<MlpThreshold> rows = predictor.Thresholds(Dataset, PositiveClass, Costs(), All ? null : First);
        WriteWarnings(predictor.Notes);
        foreach (MlpThreshold row in rows)
            WriteObject(row);
    });

    private MlpCosts? Costs()
    {
        if (Cost is null)
            return null;
        var costs = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        string[] names =
        [
            nameof(MlpCosts.TruePositive), nameof(MlpCosts.FalsePositive), nameof(MlpCosts.TrueNegative), nameof(MlpCosts.FalseNegative),
        ];
        foreach (DictionaryEntry entry in Cost)
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw Invalid($"{name} is no outcome of a sample{ColumnNames.Hint(names, name)}: there are {Listing.Of(names)}.");
            object given = InputProperties.Unwrapped(entry.Value) ?? string.Empty;
            costs[name] = CellReader.TryNumber(given, out double cost) && double.IsFinite(cost)
                ? cost
                : throw Invalid($"The cost of {name} is {CellReader.Shown(given)}; costs are finite numbers.");
        }

        double Of(string name) => costs.GetValueOrDefault(name);
        return new MlpCosts
        {
            TruePositive = Of(names[0]),
            FalsePositive = Of(names[1]),
            TrueNegative = Of(names[2]),
            FalseNegative = Of(names[3]),
        };
    }

    private static MlpException Invalid(string message) => new("InvalidCost", MlpErrorKind.InvalidArgument, message);
}
