using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Makes a data set of objects.</summary>
[Cmdlet(VerbsData.ConvertTo, "MlpDataset")]
[OutputType(typeof(MlpDataset))]
public sealed class ConvertToMlpDatasetCommand : DatasetCmdlet
{
    private MlpTable? _table;
    private TableOptions? _options;

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
                if (input.BaseObject is string or decimal || input.BaseObject.GetType().IsPrimitive)
                {
                    throw new MlpException(
                        "NotARow",
                        MlpErrorKind.InvalidArgument,
                        $"{CellReader.Shown(input.BaseObject)} is no row: a data set is made of objects, whose properties are its columns, "
                        + $"as Import-Csv and [pscustomobject]@{{ x = 1; y = 2 }} make them.");
                }

                if (_table is null)
                {
                    string[] columns = [.. InputProperties.NamesOf(input)];
                    Func<string, ColumnKind?> kinds = KindsOf(columns);
                    _options = OptionsFor(columns);
                    _table = new MlpTable(Name, ColumnsOf(columns, _options), kinds);
                }

                _table.Add([.. _table.ColumnNames.Select(name => InputProperties.TryGet(input, name, out object? value) ? value : null)]);
            }, perItem: false);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(null, () =>
    {
        if (_table is null)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, "No objects came down the pipeline.");
        MlpDataset dataset = _table.ToDataset(_options!);
        WriteVerbose($"{dataset.Count} samples: {string.Join(", ", dataset.Columns.Select(column => $"{column.Name} ({column.Kind})"))}.");
        WriteObject(dataset);
    }, perItem: false);

    /// <summary>The columns that count, in the order of the first object's properties.</summary>
    private string[] ColumnsOf(string[] columns, TableOptions options)
    {
        string? unknown = Array.Find(Label, label => !columns.Contains(label, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw new MlpException(
                "ColumnNotFound",
                MlpErrorKind.Mismatch,
                $"The first object has no property {unknown}{ColumnNames.Hint(columns, unknown)}; it has "
                + $"{(columns.Length > 0 ? ColumnNames.Listing(columns) : "none")}.");
        }

        return [.. columns.Where(name => options.IsFeature!(name)
            || options.IsAside!(name)
            || options.Label.Contains(name, StringComparer.OrdinalIgnoreCase))];
    }
}
