using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Puts data sets of one kind one after another.</summary>
[Cmdlet(VerbsCommon.Join, "MlpDataset")]
[OutputType(typeof(MlpDataset))]
public sealed class JoinMlpDatasetCommand : MlpCmdlet
{
    private readonly List<MlpDataset> _datasets = [];

    /// <summary>The data sets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [AllowEmptyCollection]
    [Cell<MlpDataset[]>(IsPiped = true)]
    public MlpDataset[] Dataset { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () => _datasets.AddRange(Dataset));

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(Dataset, () => WriteObject(DatasetParts.Join(_datasets)), perItem: false);
}
