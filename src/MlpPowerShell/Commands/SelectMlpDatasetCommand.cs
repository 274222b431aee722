using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Takes some of the samples of data sets.</summary>
[Cmdlet(VerbsCommon.Select, "MlpDataset")]
[OutputType(typeof(MlpDataset))]
public sealed class SelectMlpDatasetCommand : MlpCmdlet
{
    /// <summary>The data sets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [Cell<MlpDataset>]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The classes to keep, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClassNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>The most samples to take.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Samples to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [Cell<int>]
    public int Skip { get; set; }

    /// <summary>Has the samples themselves go to jobs and sessions, where they would else be read again from their files.</summary>
    [Parameter]
    public SwitchParameter ByValue { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        MlpDataset selected = DatasetParts.Select(Dataset, Label?.SelectMany(Classes).ToArray(), Skip, First);
        if (selected.Count == 0 && Dataset.Count > 0)
            WriteWarning($"No sample is left: {Dataset.Name} has {Dataset.Count}{(Label is null ? string.Empty : ", of all classes")}.");
        WriteObject(ByValue ? selected.WithoutOrigin() : selected);
    });

    /// <summary>The classes that a pattern matches; a name that matches none stays, to be told of.</summary>
    private IEnumerable<string> Classes(string pattern)
    {
        string[] found = [.. ColumnPatterns.Named(pattern, Dataset.ClassNames)];
        return found.Length > 0 ? found : [pattern];
    }
}
