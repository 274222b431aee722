namespace MlpPowerShell.Engine;

/// <summary>Finds columns by their names as users write them.</summary>
public static class ColumnNames
{
    /// <summary>The name as it is written, or else in another case; null where there is none.</summary>
    public static string? Find(IReadOnlyList<string> names, string name)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(name);
        return NearestName.Find(names, name) is >= 0 and int place ? names[place] : null;
    }

    /// <summary>The name that comes closest; null where none is close.</summary>
    public static string? Nearest(IEnumerable<string> names, string name)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(name);
        return NearestName.Nearest(names, name);
    }

    /// <summary>The name that comes closest, as a question; empty where none is close.</summary>
    public static string Hint(IEnumerable<string> names, string name)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(name);
        return NearestName.Hint(names, name);
    }
}
