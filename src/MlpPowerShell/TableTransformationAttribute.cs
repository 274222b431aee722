using System.Collections;
using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>Takes any dictionary, or an object's properties, for a hashtable, and says how one is written where there is none.</summary>
/// <param name="example">How one is written.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TableTransformationAttribute(string example) : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        InputProperties.Unwrapped(inputData) switch
        {
            Hashtable table => table,
            IDictionary entries => new Hashtable(entries),
            PSCustomObject => new Hashtable(
                PSObject.AsPSObject(inputData).Properties.ToDictionary(entry => entry.Name, entry => entry.Value)),
            var other => throw CellReader.Refused($"{CellReader.Shown(other ?? "$null")} is no hashtable such as {example}."),
        };
}
