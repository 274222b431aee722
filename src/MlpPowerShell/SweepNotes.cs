using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>The columns of a row as they go along with what it makes.</summary>
/// <param name="Kept">Those that go along, with the values that acted.</param>
/// <param name="Warnings">What is to say of the others.</param>
internal sealed record SweepNotes(PSNoteProperty[] Kept, string[] Warnings)
{
    /// <summary>
    /// What goes along: a parameter goes before its column, and a property that the result has before a column of its name.
    /// </summary>
    /// <param name="columns">The columns.</param>
    /// <param name="given">The parameters of the command line.</param>
    /// <param name="result">What the row makes.</param>
    public static SweepNotes Of(IEnumerable<PSNoteProperty> columns, IReadOnlyDictionary<string, object> given, Type result)
    {
        List<PSNoteProperty> kept = [];
        List<string> warnings = [];
        PSNoteProperty[] all = [.. columns];
        foreach (PSNoteProperty column in all)
        {
            if (Twin(column, all) is { } twin)
            {
                warnings.Add($"The column '{column.Name}' is not used: it means -{twin}, and the column '{twin}' is there too.");
                continue;
            }

            if (SweepColumns.ParameterOf(column.Name) is { } parameter
                && !(SweepColumns.IsObject(parameter) && column.Value is string)
                && given.TryGetValue(parameter, out object? value))
            {
                kept.Add(new PSNoteProperty(column.Name, value is Array { Length: 1 } one ? one.GetValue(0) : value));
                if (!CellReader.IsEmpty(column.Value))
                    warnings.Add($"The column '{column.Name}' is not used: -{parameter} is given, and goes before it.");
                continue;
            }

            kept.Add(column);
            if (Lost(column.Name, result) is { } lost)
                warnings.Add(lost);
        }

        return new SweepNotes(result == typeof(MlpEpoch) ? [.. kept.Select(Flat)] : [.. kept], [.. warnings]);
    }

    /// <summary>
    /// The columns of a row; an epoch of another run stands for the options of that, which are what its run is made of again.
    /// </summary>
    public static IEnumerable<PSNoteProperty> ColumnsOf(PSObject? row)
    {
        PSNoteProperty[] columns = [.. MlpCmdlet.AllNotesOf(row)];
        return row?.BaseObject is not MlpEpoch epoch ? columns : columns.Concat(epoch.Details.Options
            .Where(option => !Array.Exists(columns, column => column.Name.Equals(option.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(option => new PSNoteProperty(option.Key, option.Value)));
    }

    /// <summary>The hidden layers of the run that an epoch is of; null for what is no epoch.</summary>
    public static HiddenLayer[]? LayersOf(PSObject? row) => row?.BaseObject is not MlpEpoch { Details: { } run } ? null
        : [.. run.Architecture.Split('-')[1..^1].Zip(
            run.Activations.Split(", "),
            (size, activation) => new HiddenLayer(int.Parse(size, CultureInfo.InvariantCulture), Activation.Named(activation)))];

    /// <summary>What tells runs apart that a name of architecture, optimizer, learning rate and batch size doesn't.</summary>
    /// <param name="unused">The parameters that do nothing, which tell nothing apart.</param>
    public string DistinctionWithout(IEnumerable<string> unused) => string.Join(", ", Kept
        .Where(column => !CellReader.IsEmpty(column.Value)
            && SweepColumns.Distinguishes(column.Name)
            && !unused.Contains(SweepColumns.ParameterOf(column.Name)))
        .Select(column => $"{column.Name} {Text(column.Value)}"));

    /// <summary>What is to say of a column that is no parameter and is called like what the result has; null of another.</summary>
    public static string? Lost(string column, Type result)
    {
        const BindingFlags InAnyCase = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;
        return SweepColumns.IsTaken(column) || result.GetProperty(column, InAnyCase) is not { } own ? null
            : $"The column '{column}' doesn't go along: each {result.Name["Mlp".Length..].ToLowerInvariant()} has its own {own.Name}"
                + (SweepColumns.Meant(column) is { } meant ? $"; did you mean {meant}?" : ".");
    }

    // What two columns of a row set, the one that is called as the parameter sets, and none of its other names.
    private static string? Twin(PSNoteProperty column, PSNoteProperty[] all) =>
        !CellReader.IsEmpty(column.Value)
        && SweepColumns.ParameterOf(column.Name) is { } parameter
        && !column.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase)
        && Array.Find(all, other => other.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase)) is { } other
        && !CellReader.IsEmpty(other.Value)
        && Text(other.Value) != Text(column.Value)
            ? parameter
            : null;

    // Several values of a cell as one text, which a table of text can hold and a cell can be.
    private static PSNoteProperty Flat(PSNoteProperty note) => InputProperties.Unwrapped(note.Value) is Array many
        ? new PSNoteProperty(note.Name, string.Join(", ", many.Cast<object>().Select(Text)))
        : note;

    private static string Text(object value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
