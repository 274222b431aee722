using System.Collections;
using System.Management.Automation;
using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <summary>
/// What names and wildcards of a parameter mean among the names that there are; of columns, one that means none is an error.
/// </summary>
internal static class ColumnPatterns
{
    /// <summary>The columns that any of the patterns means.</summary>
    /// <param name="parameter">The parameter, for messages.</param>
    /// <param name="patterns">Names, or wildcards; a column whose name reads like a wildcard is meant by its name.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <exception cref="MlpException">A pattern means no column.</exception>
    public static HashSet<string> Match(string parameter, IEnumerable<string> patterns, IReadOnlyList<string> columns) =>
        [.. patterns.SelectMany(pattern => Of(parameter, pattern, columns))];

    /// <summary>The value that a table of patterns gives each column: that of its name, or else of the longest pattern.</summary>
    /// <exception cref="MlpException">A pattern means no column, or a value is none of that type.</exception>
    public static Dictionary<string, T> Match<T>(
        string parameter, IDictionary table, IReadOnlyList<string> columns, Func<object?, T> convert)
    {
        var values = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in ByWeight(table, columns))
        {
            T value = Converted(parameter, entry, convert);
            foreach (string column in Of(parameter, $"{entry.Key}", columns))
                values.TryAdd(column, value);
        }

        return values;
    }

    /// <summary>
    /// What a pattern means: the one that is called so, or else those that are called so in another case, or else those that it matches.
    /// </summary>
    public static IEnumerable<string> Named(string pattern, IReadOnlyList<string> names)
    {
        if (pattern == "*")
            return names;
        if (names.Contains(pattern, StringComparer.Ordinal))
            return [pattern];
        if (names.Contains(pattern, StringComparer.OrdinalIgnoreCase))
            return names.Where(name => name.Equals(pattern, StringComparison.OrdinalIgnoreCase));
        try
        {
            return [.. names.Where(WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch)];
        }
        catch (WildcardPatternException)
        {
            // A name with a bracket that nothing closes is a name, and there is none such.
            return [];
        }
    }

    /// <summary>Whether any of the patterns may mean a name, whatever other names there are.</summary>
    public static bool Mean(IEnumerable<string> patterns, string name) => patterns.Any(pattern => Named(pattern, [name]).Any());

    // A hashtable has no order of its own, so that the first to come would be another in each process.
    private static IEnumerable<DictionaryEntry> ByWeight(IDictionary table, IReadOnlyList<string> columns) => table.Cast<DictionaryEntry>()
        .OrderByDescending(entry => columns.Contains($"{entry.Key}", StringComparer.OrdinalIgnoreCase))
        .ThenByDescending(entry => $"{entry.Key}".Length)
        .ThenBy(entry => $"{entry.Key}", StringComparer.Ordinal);

    private static T Converted<T>(string parameter, DictionaryEntry entry, Func<object?, T> convert)
    {
        try
        {
            return convert(InputProperties.Unwrapped(entry.Value));
        }
        catch (FormatException failure)
        {
            throw new MlpException(
                "InvalidOption", MlpErrorKind.InvalidArgument, $"-{parameter}, {entry.Key}: {failure.Message}", failure);
        }
    }

    private static string[] Of(string parameter, string pattern, IReadOnlyList<string> columns)
    {
        string[] found = [.. Named(pattern, columns)];
        return found.Length > 0 ? found
            : throw new MlpException(
                "ColumnNotFound",
                MlpErrorKind.Mismatch,
                $"-{parameter} names {pattern}, and there is no such column{ColumnNames.Hint(columns, pattern)}; there are "
                + $"{Listing.Of(columns)}.");
    }
}
