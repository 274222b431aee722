using System.Management.Automation;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Takes some of the samples of data sets.</summary>
[Cmdlet(VerbsCommon.Select, "MlpDataset", DefaultParameterSetName = "Samples")]
[OutputType(typeof(MlpDataset))]
public sealed class SelectMlpDatasetCommand : MlpCmdlet
{
    /// <summary>The data sets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpDataset>))]
    [AllowNull]
    [Cell<MlpDataset>(IsPiped = true)]
    public MlpDataset Dataset { get; set; } = null!;

    /// <summary>The classes to keep, with wildcards.</summary>
    [Parameter(ParameterSetName = "Samples")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClassNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Says of a sample, as the object that ConvertFrom-MlpDataset makes of it, in $_, whether to keep it.</summary>
    [Parameter(ParameterSetName = "Samples")]
    [ValidateNotNull]
    public ScriptBlock? Where { get; set; }

    /// <summary>The most samples to take.</summary>
    [Parameter(ParameterSetName = "Samples")]
    [ValidateRange(1, int.MaxValue)]
    [Cell<int>]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Samples to leave out at the start.</summary>
    [Parameter(ParameterSetName = "Samples")]
    [ValidateRange(0, int.MaxValue)]
    [Cell<int>]
    public int Skip { get; set; }

    /// <summary>The samples at these places, from 0, or from -1 backwards from the last one, in the order given.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Index")]
    [ValidateNotNull]
    [Cell<int[]>]
    public int[] Index { get; set; } = [];

    /// <summary>Has the samples themselves go to jobs and sessions, where they would else be read again from their files.</summary>
    [Parameter]
    public SwitchParameter ByValue { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        MlpDataset selected = ParameterSetName == "Index"
            ? DatasetParts.At(Dataset, Index)
            : DatasetParts.Select(Dataset, Label?.SelectMany(Classes).ToArray(), Skip, First, Where is null ? null : IsWanted);
        if (selected.Count == 0 && Dataset.Count > 0)
            WriteWarning($"No sample is left: {Dataset.Name} has {Dataset.Count}{(Label is null ? string.Empty : ", of all classes")}.");
        WriteObject(ByValue ? selected.WithoutOrigin() : selected);
    });

    private bool IsWanted(int sample)
    {
        StopToken.ThrowIfCancellationRequested();
        var row = new PSVariable("_", ObjectRows.ObjectOf(DatasetRows.At(Dataset, sample)));
        return LanguagePrimitives.IsTrue(Where!.InvokeWithContext(null, [row]));
    }

    /// <summary>The classes that a pattern matches; a name that matches none stays, to be told of.</summary>
    private IEnumerable<string> Classes(string pattern)
    {
        string[] found = [.. ColumnPatterns.Named(pattern, Dataset.ClassNames)];
        return found.Length > 0 ? found : [pattern];
    }
}
