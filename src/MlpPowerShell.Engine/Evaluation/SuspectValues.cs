using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// Values of columns that spoil what is learned: a few far from all others, and names that are one written in several ways.
/// </summary>
internal static class SuspectValues
{
    /// <summary>How many times as far as the middle half is wide a value must be from the middle to be far from all others.</summary>
    private const double FarTimes = 300;

    // The middle half of a few says little.
    private const int FewestRows = 20;

    /// <summary>What there is to say of a data set that a model is made for, each a sentence.</summary>
    public static IEnumerable<MlpMessage> In(MlpDataset data, ModelEnds ends)
    {
        // Ranks and logarithms bring what is far to its place.
        FeatureColumn[] scaled = [.. ends.Input.Columns.Concat(ends.Output.Targets)
            .Where(column => column is { Kind: ColumnKind.Number, IsLogarithmic: false, Knots.Count: 0, Factor: not 1 })];
        (string Name, string? Value)[] far = [.. data.Statistics.Concat(data.LabelStatistics)
            .Where(column => Array.Exists(scaled, other => other.Name == column.Name))
            .Select(column => (column.Name, FarFromAll(column)))
            .Where(column => column.Item2 is not null)];
        if (far.Length > 0)
        {
            yield return $"Values far from all others set the scale of their columns: "
                + $"{Listing.Of([.. far.Select(column => $"{column.Name} (such as {column.Value})")])}. Correct them where they are "
                + $"mistakes or stand for a gap; else take "
                + $"logarithms{Hint.For(far[0].Name, nameof(EncodingOptions.ScalingOf), FeatureScaling.Log)}.";
        }

        foreach (FeatureColumn column in ends.Input.Columns.Where(column => column is { Kind: ColumnKind.Category, IgnoresCase: false }))
        {
            if (Alike(column.Categories.Concat(column.Rare)) is { } alike)
            {
                yield return $"The column {column.Name} has categories that differ in case or blanks alone, as {alike}. Write them alike "
                    + $"where they are one.";
            }
        }

        if (ends.Output.Kind == OutputKind.Classes && Alike(ends.Output.Names) is { } classes)
            yield return $"There are classes that differ in case or blanks alone, as {classes}. Write them alike where they are one.";
    }

    /// <summary>The number farthest from the middle, where that is far beyond the others; null elsewhere.</summary>
    private static string? FarFromAll(ColumnStatistics column)
    {
        if (column.Present < FewestRows || column.Counts?.Count == 2)
            return null;
        double middle = column.Median(), width = column.Quantile(0.75) - column.Quantile(0.25);
        double far = middle - column.Minimum > column.Maximum - middle ? column.Minimum : column.Maximum;
        return width > 0 && Math.Abs(far - middle) > FarTimes * width ? far.ToString("G6", CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The first names that are one but for case and blanks.</summary>
    private static string? Alike(IEnumerable<string> names) => names
        .GroupBy(name => name.Trim(), StringComparer.OrdinalIgnoreCase)
        .FirstOrDefault(same => same.Count() > 1) is { } group ? $"'{string.Join("' and '", group.Take(3))}'" : null;
}
