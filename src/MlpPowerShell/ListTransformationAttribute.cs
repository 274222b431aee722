using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>Lets a list be written in one text, as in the cell of a CSV: 128, 64.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly char[] _separators = [',', ';', ' '];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text
            ? text.Split(_separators, StringSplitOptions.RemoveEmptyEntries)
            : inputData;
}
