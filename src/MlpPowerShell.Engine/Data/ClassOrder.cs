using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>The order of classes and categories, which does not depend on the order of the samples.</summary>
internal static class ClassOrder
{
    /// <summary>
    /// The texts of a column: as they are declared, or else in the order of their numbers, where all are numbers, or of themselves.
    /// </summary>
    public static string[] Of(ColumnStatistics column) => column.IsDeclared ? [.. column.Counts!.Keys] : Of(column.Counts!.Keys);

    /// <summary>Different texts in the order of their numbers, where all are numbers, or of themselves.</summary>
    public static string[] Of(IEnumerable<string> texts)
    {
        string[] names = [.. texts.Distinct()];
        return Array.TrueForAll(names, name => double.TryParse(name, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }
}
