using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>The order of classes and categories, which does not depend on the order of the samples.</summary>
internal static class ClassOrder
{
    /// <summary>
    /// The texts of a column: as they are declared, or else in the order of their numbers, where all are numbers, or of themselves.
    /// </summary>
    public static string[] Of(ColumnStatistics column) => column.IsDeclared ? [.. column.Counts!.Keys] : Of(column.Counts!.Keys);

    /// <summary>
    /// The texts of a column in the order of what they stand for: numbers, dates, time spans, flags, members of an enum, or else as they
    /// are declared. Null where they are texts in no order, or in that of the alphabet, which says nothing of them.
    /// </summary>
    public static string[]? Meant(ColumnStatistics column)
    {
        string[] texts = [.. column.Counts!.Keys];
        object[] values = Array.ConvertAll(texts, new ColumnType(column.Type).OfText);
        if (Array.TrueForAll(values, value => value is IComparable and not (string or char or Guid)))
            return [.. texts.Zip(values).OrderBy(pair => pair.Second).Select(pair => pair.First)];
        return Array.TrueForAll(texts, IsNumber) ? Of(texts)
            : column.IsDeclared && !texts.SequenceEqual(texts.Order(StringComparer.Ordinal)) ? texts
            : null;
    }

    /// <summary>Different texts in the order of their numbers, where all are numbers, or of themselves.</summary>
    public static string[] Of(IEnumerable<string> texts)
    {
        string[] names = [.. texts.Distinct()];
        return Array.TrueForAll(names, IsNumber)
            ? [.. names.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    private static bool IsNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out _);
}
