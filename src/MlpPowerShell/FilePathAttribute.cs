using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Refuses models and data sets where the path of a file belongs, which PowerShell would take by their texts.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = InputProperties.Unwrapped(inputData);
        IEnumerable<object?> items = given is IEnumerable many and not string ? many.Cast<object?>() : [given];
        return items.Select(InputProperties.Unwrapped).FirstOrDefault(item => item is MlpModel or MlpDataset) switch
        {
            MlpModel model => throw CellReader.Refused($"'{model}' is a model, and the path of a file belongs here."),
            MlpDataset data => throw CellReader.Refused($"'{data}' is a data set, and the path of a file belongs here."),
            _ => inputData,
        };
    }
}
