using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>
/// Refuses models, data sets, results and rows where the path of a file belongs, which PowerShell would take by their texts.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : ArgumentTransformationAttribute
{
    private static readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase) { "PSPath", "LiteralPath", "Path", "FullName" };

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        IEnumerable<object?> items =
            InputProperties.Unwrapped(inputData) is IEnumerable many and not string ? many.Cast<object?>() : [inputData];
        return items.FirstOrDefault(IsNoPath) is { } other ? throw CellReader.Refused(InputProperties.Unwrapped(other) switch
        {
            MlpModel model => $"'{model}' is a model, and the path of a file belongs here.",
            MlpDataset data => $"'{data}' is a data set, and the path of a file belongs here.",
            PSCustomObject => $"'{other}' is a row, and the path of a file belongs here; ConvertTo-MlpDataset makes a data set of rows.",
            _ => $"'{other}' is no path, and the path of a file belongs here.",
        }) : inputData;
    }

    /// <summary>Whether an object has no path, and would be taken by its text: what the engine makes, and rows.</summary>
    private static bool IsNoPath(object? item) => InputProperties.Unwrapped(item) is { } bare
        && ((bare.GetType().Assembly == typeof(MlpModel).Assembly && bare.GetType().GetProperty("Path") is null)
            || (bare is PSCustomObject && !MlpCmdlet.NotesOf(item).Any(note => _paths.Contains(note.Name))));
}
