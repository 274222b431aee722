using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell;

/// <summary>
/// Lets the kinds of columns be given as a hashtable of name and kind, or as columns that Get-MlpColumn wrote, also by way of a CSV.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ColumnTypeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? input = InputProperties.Unwrapped(inputData);
        if (input is IDictionary table)
            return table;
        var kinds = new Hashtable();
        foreach (object? item in input is IEnumerable many and not string ? many : new[] { inputData })
        {
            PSObject? column = item is null ? null : PSObject.AsPSObject(item);
            if (column is null
                || !InputProperties.TryGet(column, nameof(MlpColumn.Name), out object? name)
                || !InputProperties.TryGet(column, nameof(MlpColumn.Kind), out object? kind))
            {
                throw new ArgumentTransformationMetadataException("The kinds of columns are a hashtable such as @{ zip = 'Category' "
                    + "}, or objects with a Name and a Kind, such as Get-MlpColumn writes.");
            }

            // Blocks of pixels or numbers are no columns of a table.
            if (Enum.TryParse($"{kind}", ignoreCase: true, out ColumnKind _) && $"{name}" is { Length: > 0 } and not ['(', ..])
                kinds[$"{name}"] = $"{kind}";
        }

        return kinds;
    }
}
