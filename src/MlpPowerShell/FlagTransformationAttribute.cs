using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>
/// Lets a switch be set by a text, as in the cell of a CSV, from which PowerShell would not convert: True, False, 1, 0, or nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FlagTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text when bool.TryParse(text, out bool flag) => flag,
            "1" => true,
            "" or "0" => false,
            object other => other,
        };
}
