using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>A row of a table of runs: its run's name, and what is to say about its columns.</summary>
internal static class SweepRow
{
    // What converts a cell knows neither the cmdlet nor the row; both are bound on one thread, the row first.
    [ThreadStatic]
    private static string? _bound;

    /// <summary>What the row whose cells are being bound is called, as "Run a"; null where none are.</summary>
    public static string? BoundRun => _bound;

    /// <summary>Notes that the cells of a row are going to be bound.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number in the pipeline, from 1.</param>
    public static PSObject? Binding(PSObject? row, int number)
    {
        _bound = TitleOf(row, number);
        return row;
    }

    /// <summary>
    /// What a row is called: by the name of its run, or by its number; of the first nothing needs to be said, as it may be the only one.
    /// </summary>
    public static string? TitleOf(PSObject? row, int number) => NameOf(row) is { } name ? $"Run {name}"
        : number > 1 && row?.BaseObject is PSCustomObject ? $"Row {number}"
        : null;

    /// <summary>Whether a row has a cell for a parameter that is not empty.</summary>
    public static bool Gives(PSObject? row, string parameter) =>
        MlpCmdlet.NotesOf(row).Any(cell => SweepColumns.ParameterOf(cell.Name) == parameter);

    /// <summary>Notes that all cells are bound.</summary>
    public static void Bound() => _bound = null;

    /// <summary>The name that a row gives its run, or null.</summary>
    private static string? NameOf(PSObject? row) => MlpCmdlet.NotesOf(row)
        .Where(note => SweepColumns.ParameterOf(note.Name) == nameof(TrainingCmdlet.Name))
        .OrderByDescending(note => note.Name.Equals(nameof(TrainingCmdlet.Name), StringComparison.OrdinalIgnoreCase))
        .FirstOrDefault()?.Value?.ToString();

    /// <summary>Checks that what is bound as a row came down the pipeline: only there its columns become parameters.</summary>
    /// <exception cref="MlpException">It is an argument, or nothing came.</exception>
    public static void CheckSource(InvocationInfo invocation, PSObject? row)
    {
        if (row is null && invocation.ExpectingInput)
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                "$null came down the pipeline, where a row of a table of runs, a model or data are wanted.");
        }

        if (row is not null && !invocation.ExpectingInput)
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                $"The columns of a row become parameters where it comes down the pipeline: $row | {invocation.MyCommand.Name}.");
        }
    }

    /// <summary>What is worth a warning about a row's columns.</summary>
    /// <param name="row">The row.</param>
    /// <param name="own">What the command says of a column; null for what holds for all.</param>
    /// <exception cref="MlpException">It is no row.</exception>
    public static string[] Warnings(PSObject row, Func<string, string?> own)
    {
        if (row.BaseObject is MlpModel or MlpDataset)
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                $"The {(row.BaseObject is MlpModel ? "model" : "data set")} '{row.BaseObject}' came down the pipeline, and the command has "
                + $"what it needs from its arguments: leave out one of the two.");
        }

        if (row.BaseObject is IDictionary or string or ValueType)
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                $"{(row.BaseObject is IDictionary ? "A hashtable" : CellReader.Shown(row.BaseObject))} is no row of a table of runs, whose "
                + $"columns are parameters: write [pscustomobject]@{{ HiddenSize = 16 }}.");
        }

        if (row.BaseObject is FileSystemInfo file)
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                $"{file.Name} is a {(file is FileInfo ? "file" : "folder")} and no row of a table of runs: Import-Csv reads such a table.");
        }

        // What the engine makes has figures called as options are; only an epoch stands for how its run is made.
        bool isResult = row.BaseObject is not MlpEpoch && row.BaseObject.GetType().Assembly == typeof(MlpEpoch).Assembly;
        if (isResult || (row.BaseObject is not PSCustomObject && !row.Properties.Any(property => Says(property.Name))))
        {
            throw new MlpException(
                "NotARun",
                MlpErrorKind.InvalidArgument,
                $"{CellReader.Shown(row.BaseObject)} is no row of a table of runs, whose columns are parameters.");
        }

        PSNoteProperty[] notes = [.. MlpCmdlet.NotesOf(row)];
        string[] warnings = [.. notes.Select(note => own(note.Name) ?? SweepColumns.Warning(note)).OfType<string>()];
        return row.BaseObject is PSCustomObject
            && notes.Length > 0
            && warnings.Length == 0
            && !notes.Any(note => SweepColumns.IsTaken(note.Name))
            ? [SweepColumns.NothingTaken([.. notes.Select(note => note.Name)])]
            : warnings;
    }

    /// <summary>Whether a property says how a run is made: any object may have a name.</summary>
    private static bool Says(string property) => SweepColumns.ParameterOf(property) is not (null or nameof(TrainingCmdlet.Name));
}
