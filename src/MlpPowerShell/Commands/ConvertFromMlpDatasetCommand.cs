using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Turns the samples of data sets into objects.</summary>
[Cmdlet(VerbsData.ConvertFrom, "MlpDataset")]
[OutputType(typeof(PSObject))]
public sealed class ConvertFromMlpDatasetCommand : MlpCmdlet
{
    /// <summary>The data sets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        foreach (IReadOnlyList<KeyValuePair<string, object?>> row in DatasetRows.Of(Dataset))
        {
            StopToken.ThrowIfCancellationRequested();
            WriteObject(ObjectRows.ObjectOf(row));
        }
    });
}
