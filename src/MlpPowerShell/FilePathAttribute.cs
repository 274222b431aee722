using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>
/// Refuses models, data sets, results and rows where the path of a file belongs, which PowerShell would take by their texts.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : ArgumentTransformationAttribute, IPipedParameter
{
    private static readonly string[] _paths = ["LiteralPath", "Path", "FullName", "PSPath"];

    /// <inheritdoc/>
    public bool IsPiped { get; init; }

    /// <inheritdoc/>
    public string? Unless { get; init; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (InputProperties.Unwrapped(inputData) is not IEnumerable many || many is string)
            return Allows(inputData) ? PathOf(inputData) : null;
        object[] items = [.. many.Cast<object>()];
        return !Array.TrueForAll(items, Allows) ? null
            : Array.Exists(items, item => InputProperties.Unwrapped(item) is PSCustomObject) ? Array.ConvertAll(items, PathOf)
            : inputData;
    }

    // Of what comes down a pipeline and is no path, the command speaks.
    private bool Allows(object? item)
    {
        if (!IsNoPath(item))
            return true;
        if (!IsPiped || !PipedInput.IsAwaited)
            throw CellReader.Refused(Refusal(item!));
        PipedInput.Refuse(typeof(string[]), item!);
        return false;
    }

    private static object PathOf(object item) =>
        InputProperties.Unwrapped(item) is PSCustomObject ? PathIn(item)!.Value : item;

    /// <summary>The path that a row has, as one of a list of files does; null where it has none.</summary>
    private static PSNoteProperty? PathIn(object row) =>
        _paths.Select(name => PSObject.AsPSObject(row).Properties[name]).OfType<PSNoteProperty>()
            .FirstOrDefault(note => !CellReader.IsEmpty(note.Value));

    string? IPipedParameter.Refusal(object given) => Printable.Of(Refusal(given));

    private static string Refusal(object other) => InputProperties.Unwrapped(other) switch
    {
        MlpModel model => $"'{model}' is a model, and the path of a file belongs here.",
        MlpDataset data => $"'{data}' is a data set, and the path of a file belongs here.",
        PSCustomObject => $"'{other}' is a row, and the path of a file belongs here; ConvertTo-MlpDataset makes a data set of rows.",
        _ => $"'{other}' is no path, and the path of a file belongs here.",
    };

    /// <summary>Whether an object has no path, and would be taken by its text: what the engine makes, and rows.</summary>
    private static bool IsNoPath(object? item) => InputProperties.Unwrapped(item) is { } bare
        && ((bare.GetType().Assembly == typeof(MlpModel).Assembly && bare.GetType().GetProperty("Path") is null)
            || (bare is PSCustomObject && PathIn(item!) is null));
}
