using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Commands;

/// <summary>Makes a data set of objects.</summary>
[Cmdlet(VerbsData.ConvertTo, "MlpDataset")]
[OutputType(typeof(MlpDataset))]
public sealed class ConvertToMlpDatasetCommand : DatasetCmdlet
{
    private MlpTable? _table;

    /// <summary>The objects, one for each sample.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>A name for tables and messages.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "data";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject input in InputObject)
        {
            Run(input, () =>
            {
                _table ??= new MlpTable(Name, ColumnsOf(input));
                _table.Add([.. _table.ColumnNames.Select(name => InputProperties.TryGet(input, name, out object? value) ? value : null)]);
            }, perItem: false);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(null, () =>
    {
        if (_table is null)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, "No objects came down the pipeline.");
        MlpDataset dataset = ToDataset(_table);
        WriteVerbose($"{dataset.Count} samples: {string.Join(", ", dataset.Preprocessing!.Columns.Select(column => $"{column.Name} ({column.Kind})"))}.");
        WriteObject(dataset);
    }, perItem: false);

    /// <summary>The columns that count, in the order of the first object's properties.</summary>
    private string[] ColumnsOf(PSObject input)
    {
        string[] names = [.. InputProperties.NamesOf(input)];
        if (Pattern is { } pattern)
            return [.. pattern.Preprocessing.Columns.Select(column => column.Name), .. pattern.Preprocessing.Labels.Select(label => label.Name).Where(label => names.Contains(label, StringComparer.OrdinalIgnoreCase))];
        TableOptions options = Options;
        string? unknown = Array.Find(Label, label => !names.Contains(label, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
            throw new MlpException("ColumnNotFound", MlpErrorKind.Mismatch, $"The first object has no property {unknown}; it has {(names.Length > 0 ? string.Join(", ", names) : "none")}.");
        return [.. names.Where(name => options.IsFeature!(name) || Label.Contains(name, StringComparer.OrdinalIgnoreCase))];
    }
}
