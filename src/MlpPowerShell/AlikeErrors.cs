using System.Management.Automation;
using System.Text.RegularExpressions;

namespace MlpPowerShell;

/// <summary>
/// The errors of a pipeline of which no object has come through yet: what is wrong with all is the command's, or that of their source, and
/// is said once. Where one comes through, each error is its object's alone.
/// </summary>
internal sealed partial class AlikeErrors
{
    private readonly Dictionary<string, (string Sentence, List<ErrorRecord> Alike)> _held = [];
    private bool _isOver;

    /// <summary>Whether an error is to be held back, as one like it was written.</summary>
    /// <param name="record">The error.</param>
    /// <param name="sentence">What it says, without the name of a run.</param>
    public bool Holds(ErrorRecord record, string sentence)
    {
        if (_isOver)
            return false;
        string cause = $"{record.FullyQualifiedErrorId} {Values().Replace(sentence, string.Empty)}";
        if (_held.TryAdd(cause, (sentence, [])))
            return false;
        _held[cause].Alike.Add(record);
        return true;
    }

    /// <summary>Notes that an object has come through, and returns the errors that were held back until now.</summary>
    public IEnumerable<ErrorRecord> Release()
    {
        _isOver = true;
        ErrorRecord[] released = [.. _held.Values.SelectMany(held => held.Alike)];
        _held.Clear();
        return released;
    }

    /// <summary>What is to say at the end of those that are held back.</summary>
    public IEnumerable<string> Counts() => _held.Values.Where(held => held.Alike.Count > 0)
        .Select(held => $"{held.Alike.Count} more failed for the same reason: {held.Sentence}");

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Values();
}
