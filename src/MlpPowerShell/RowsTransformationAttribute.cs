using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>Takes a two-dimensional array as its rows, where PowerShell would take it as all its values one after another.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RowsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (InputProperties.Unwrapped(inputData) is not Array { Rank: 2 } table)
            return inputData;
        var rows = new object[table.GetLength(0)];
        for (int i = 0; i < rows.Length; i++)
        {
            var row = new object?[table.GetLength(1)];
            for (int j = 0; j < row.Length; j++)
                row[j] = table.GetValue(i + table.GetLowerBound(0), j + table.GetLowerBound(1));
            rows[i] = row;
        }

        return rows;
    }
}
