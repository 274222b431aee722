using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>Lets an empty text, such as the cell of a CSV, count as not given, where PowerShell would make it 0.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyAsNullAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is "" ? null : inputData;
}
