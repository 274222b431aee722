using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Takes some of the samples of data sets.</summary>
[Cmdlet(VerbsCommon.Select, "MlpDataset", DefaultParameterSetName = "Samples")]
[OutputType(typeof(MlpDataset))]
public sealed class SelectMlpDatasetCommand : MlpCmdlet
{
    // What PowerShell has of every object.
    private static readonly HashSet<string> _ofAnyObject =
        new(["PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames", "Count", "Length"], StringComparer.OrdinalIgnoreCase);

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
        if (Where is not null && Dataset.Count > 0 && !Dataset.IsStreamed)
            CheckWhere();
        MlpDataset selected = ParameterSetName == "Index"
            ? DatasetParts.At(Dataset, Index)
            : DatasetParts.Select(Dataset, Label?.SelectMany(Classes).ToArray(), Skip, First, Where is null ? null : IsWanted);
        if (selected.Count == 0 && Dataset.Count > 0)
            WriteWarning($"No sample is left: {Dataset.Name} has {Dataset.Count}{(Label is null ? string.Empty : ", of all classes")}.");
        WriteObject(ByValue ? selected.WithoutOrigin() : selected);
    });

    /// <summary>
    /// Checks that the filter reads no property that samples lack, which PowerShell would take for $null, and so for all samples or none.
    /// </summary>
    /// <exception cref="MlpException">It does.</exception>
    private void CheckWhere()
    {
        string[] columns = [.. DatasetRows.At(Dataset, 0).Select(value => value.Key)];
        foreach (MemberExpressionAst read in Where!.Ast.FindAll(IsOfSample, searchNestedScriptBlocks: false).Cast<MemberExpressionAst>())
        {
            string name = ((StringConstantExpressionAst)read.Member).Value;
            if (ColumnNames.Find(columns, name) is null && !_ofAnyObject.Contains(name))
            {
                throw new MlpException(
                    "ColumnNotFound",
                    MlpErrorKind.Mismatch,
                    $"-{nameof(Where)} reads $_.{name}, and there is no such column{ColumnNames.Hint(columns, name)}; there are "
                    + $"{Listing.Of(columns)}.");
            }
        }
    }

    /// <summary>Whether a part of a script reads a property of the sample: in a switch or a catch, $_ is something else.</summary>
    private static bool IsOfSample(Ast part)
    {
        bool isOfItem = part is MemberExpressionAst
        {
            Expression: VariableExpressionAst { VariablePath.UserPath: var variable },
            Member: StringConstantExpressionAst,
            Static: false,
        } and not InvokeMemberExpressionAst && variable.ToUpperInvariant() is "_" or "PSITEM";
        for (Ast inner = part; isOfItem && inner.Parent is { } outer; inner = outer)
        {
            isOfItem = outer is not (CatchClauseAst or TrapStatementAst)
                && !(outer is SwitchStatementAst choice && choice.Condition != inner);
        }

        return isOfItem;
    }

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
