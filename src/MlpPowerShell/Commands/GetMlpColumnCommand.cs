using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Commands;

/// <summary>Shows the columns of a data set: what they hold, what a model would make of them, and what looks wrong.</summary>
[Cmdlet(VerbsCommon.Get, "MlpColumn", DefaultParameterSetName = "Name")]
[OutputType(typeof(MlpColumn))]
public sealed class GetMlpColumnCommand : MlpCmdlet
{
    /// <summary>The data set.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Name")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Dataset")]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsOneOfSeveral = true, IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The columns to show, with wildcards; all without it.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [Parameter(Position = 1, ParameterSetName = "Dataset")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetColumnCompleter))]
    public string[]? Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        MlpColumn[] columns = [.. ColumnReport.Of(Dataset)];

        // No name means no column, and not all.
        string[] patterns = Name is { Length: > 0 } ? Name : [string.Empty];
        HashSet<string> wanted = ColumnPatterns.Match(nameof(Name), patterns, Array.ConvertAll(columns, column => column.Name));
        foreach (MlpColumn column in columns.Where(column => wanted.Contains(column.Name)))
            WriteObject(column);
    });
}
