using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Commands;

/// <summary>Makes a data set of objects.</summary>
[Cmdlet(VerbsData.ConvertTo, "MlpDataset")]
[OutputType(typeof(MlpDataset))]
public sealed class ConvertToMlpDatasetCommand : DatasetCmdlet
{
    private readonly ObjectRows _rows = new();

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
                foreach (PSObject row in InputProperties.RowsOf(input))
                {
                    CheckRow(row.BaseObject);
                    _rows.Add(row, MayCount);
                    StopToken.ThrowIfCancellationRequested();
                }
            }, perItem: false);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(null, () =>
    {
        if (_rows.Count == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, "No objects came down the pipeline.");
        string[] composite = [.. _rows.Composite().Where(name => !IsNamed(name))];
        if (composite.Length > 0)
        {
            WriteWarning(
                $"Left out: {Listing.Of(composite)}, whose values are no single numbers, texts, dates or the like.");
        }

        Func<string, ColumnKind?> kinds = KindsOf(_rows.Names);
        TableOptions options = OptionsFor(_rows.Names);
        CheckHasLabels(_rows.Names);
        MlpDataset dataset = _rows
            .ToTable(Name, name => !composite.Contains(name) && Counts(name, options), kinds, Pattern?.Conventions)
            .ToDataset(options);
        CheckLabels(dataset);
        TellTask(dataset);
        WriteVerbose($"{dataset.Count} samples: {string.Join(", ", dataset.Columns.Select(column => $"{column.Name} ({column.Kind})"))}.");
        WriteObject(dataset);
    }, perItem: false);

    private static void CheckRow(object row)
    {
        if (row is MlpDataset or MlpModel)
        {
            throw new MlpException(
                "NotARow",
                MlpErrorKind.InvalidArgument,
                row is MlpDataset ? $"'{row}' is a data set already." : $"'{row}' is a model: a data set is made of objects.");
        }

        if (row is string or decimal || row.GetType().IsPrimitive)
        {
            throw new MlpException(
                "NotARow",
                MlpErrorKind.InvalidArgument,
                $"{CellReader.Shown(row)} is no row: a data set is made of objects, whose properties are its columns, "
                + $"as Import-Csv and [pscustomobject]@{{ x = 1; y = 2 }} make them.");
        }
    }

    private static bool Counts(string name, TableOptions options) => options.IsFeature!(name)
        || options.IsAside!(name)
        || options.Label.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a parameter names a property, and doesn't only mean it among others.</summary>
    private bool IsNamed(string name) =>
        Label.Concat(Feature).Concat(Aside).Contains(name, StringComparer.OrdinalIgnoreCase)
            || Pattern?.Features.Concat(Pattern.Beside).Contains(name) == true;

    /// <summary>Whether a property may turn out to be a column: others are not read, as some take their time.</summary>
    private bool MayCount(string name) => Like is not null
        || (!Exclude.Contains(name) && ColumnPatterns.Mean(Feature, name))
        || ColumnPatterns.Mean(Label, name)
        || ColumnPatterns.Mean(Aside, name);

    /// <summary>Checks that objects have the properties to predict.</summary>
    /// <exception cref="MlpException">None has one of them.</exception>
    private void CheckHasLabels(IReadOnlyList<string> columns)
    {
        string? unknown = Array.Find(Label, label => !columns.Contains(label, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw new MlpException(
                "ColumnNotFound",
                MlpErrorKind.Mismatch,
                $"No object has a property {unknown}{ColumnNames.Hint(columns, unknown)}; there are "
                + $"{(columns.Count > 0 ? Listing.Of(columns) : "none")}.");
        }
    }
}
