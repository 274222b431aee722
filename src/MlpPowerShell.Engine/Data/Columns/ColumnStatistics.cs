using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MathNet.Numerics.Statistics;

namespace MlpPowerShell.Engine.Data;

/// <summary>What the values of a column come to: all that an encoder is fitted to. Those of parts add up to those of the whole.</summary>
internal sealed record ColumnStatistics
{
    /// <summary>Different numbers up to which each is counted.</summary>
    public const int MostCounted = 1000;

    /// <summary>Numbers that are kept of a column that is never whole in memory, evenly spread over its rows.</summary>
    private const int MostKept = 1 << 17;

    private const double LargestExact = 1L << 53;

    public required string Name { get; init; }

    public required ColumnKind Kind { get; init; }

    /// <summary>The type's full name.</summary>
    public required string Type { get; init; }

    /// <summary>Values, the missing ones included.</summary>
    public long Count { get; init; }

    public long MissingCount { get; init; }

    /// <summary>The mean of the numbers.</summary>
    public double Mean { get; init; }

    /// <summary>The sum of the squared distances from the mean.</summary>
    public double Variation { get; init; }

    public double Minimum { get; init; } = double.PositiveInfinity;

    public double Maximum { get; init; } = double.NegativeInfinity;

    /// <summary>Whether all numbers are whole.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>
    /// How often each text occurs, in the order in which they are declared or first occur; null for more than <see cref="MostCounted"/>
    /// numbers.
    /// </summary>
    public Dictionary<string, long>? Counts { get; init; }

    /// <summary>Whether the texts were declared.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Some of the numbers, in the order of the rows, where the column is never whole in memory.</summary>
    public double[] Kept { get; init; } = [];

    /// <summary>One of so many numbers is kept.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>All numbers, a new array each time, where the column is in memory.</summary>
    [JsonIgnore]
    public Func<double[]>? All { get; init; }

    /// <summary>Values that are there.</summary>
    public long Present => Count - MissingCount;

    /// <summary>What the numbers come to, each counting 1.</summary>
    internal Moments Moments => new(Present, Mean, Variation);

    /// <summary>The standard deviation of the numbers as they are, not that which they are a sample of.</summary>
    public double Deviation => Present == 0 ? 0 : Math.Sqrt(Variation / Present);

    /// <summary>The statistics of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="isWhole">Whether the column stays in memory, for exact medians and quantiles.</param>
    public static ColumnStatistics Of(DataColumn column, bool isWhole = true)
    {
        ColumnStatistics plain = KindOf(column) with { Counts = CountsOf(column) };
        if (column.Kind == ColumnKind.Category)
            return plain;
        double[] numbers = NumbersOf(column);
        if (numbers.Length == 0)
            return plain;

        // As distances from one of them, so that nothing is lost where all are large and near each other.
        double origin = numbers[0], mean = 0;
        foreach (double number in numbers)
            mean += number - origin;
        mean /= numbers.Length;
        double variation = 0, least = numbers[0], largest = numbers[0];
        bool areWhole = true;
        foreach (double number in numbers)
        {
            variation += (number - origin - mean) * (number - origin - mean);
            least = Math.Min(least, number);
            largest = Math.Max(largest, number);
            areWhole &= double.IsInteger(number);
        }

        ColumnStatistics full =
            plain with { Mean = origin + mean, Variation = variation, Minimum = least, Maximum = largest, IsWhole = areWhole };
        return isWhole ? full with { All = () => NumbersOf(column) } : Thinned(full with { Kept = numbers });
    }

    /// <summary>What a column is, and nothing of its values but how many there are.</summary>
    public static ColumnStatistics KindOf(DataColumn column) => new()
    {
        Name = column.Name,
        Kind = column.Kind,
        Type = column.Type.Name,
        Count = column.Count,
        MissingCount = column.MissingCount,
        IsDeclared = column.IsDeclared,
    };

    /// <summary>The statistics of the rows of all parts.</summary>
    public static ColumnStatistics Merge(ColumnStatistics one, ColumnStatistics other)
    {
        if (other.Present == 0)
            return one with { Count = one.Count + other.Count, MissingCount = one.MissingCount + other.MissingCount };
        if (one.Present == 0)
            return Merge(other, one);

        Moments moments = one.Moments + other.Moments;
        int stride = Math.Max(one.Stride, other.Stride);
        return Thinned(
            one with
            {
                Count = one.Count + other.Count,
                MissingCount = one.MissingCount + other.MissingCount,
                Mean = moments.Mean,
                Variation = moments.Variation,
                Minimum = Math.Min(one.Minimum, other.Minimum),
                Maximum = Math.Max(one.Maximum, other.Maximum),
                IsWhole = one.IsWhole && other.IsWhole,
                Counts = Added(one, other),
                IsDeclared = one.IsDeclared && other.IsDeclared,
                Kept = [.. Every(one.Kept, stride / one.Stride), .. Every(other.Kept, stride / other.Stride)],
                Stride = stride,
                All = null,
            });
    }

    /// <summary>The value in the middle of the numbers.</summary>
    public double Median() => ArrayStatistics.MedianInplace(Numbers());

    /// <summary>
    /// The value below which a part of the numbers lies, from 0 to 1, between neighbours in proportion (Hyndman and Fan, 1996, definition
    /// 7).
    /// </summary>
    public double Quantile(double part) => ArrayStatistics.QuantileCustomInplace(Numbers(), part, QuantileDefinition.R7);

    /// <summary>The numbers in a new array: all, or those that are kept.</summary>
    public double[] Numbers() => All?.Invoke() ?? (double[])Kept.Clone();

    private static ColumnStatistics Thinned(ColumnStatistics statistics)
    {
        while (statistics.Kept.Length > MostKept)
            statistics = statistics with { Kept = Every(statistics.Kept, 2), Stride = statistics.Stride * 2 };
        return statistics;
    }

    private static double[] Every(double[] numbers, int step)
    {
        if (step == 1)
            return numbers;
        var some = new double[(numbers.Length + step - 1) / step];

        // One of each few neighbours at random: always the first would keep one side of what alternates from row to row.
        Random random = SeededRandom.For(numbers.Length, SeededRandom.Purpose.Thinning);
        for (int i = 0; i < some.Length; i++)
            some[i] = numbers[(i * step) + random.Next(Math.Min(step, numbers.Length - (i * step)))];
        return some;
    }

    private static double[] NumbersOf(DataColumn column)
    {
        var numbers = new double[column.Count];
        column.CopyNumbers(0, numbers);
        return column.MissingCount == 0 ? numbers : Array.FindAll(numbers, number => !double.IsNaN(number));
    }

    private static Dictionary<string, long>? CountsOf(DataColumn column)
    {
        if (column.Kind is ColumnKind.Number or ColumnKind.Date or ColumnKind.Duration)
            return CountsOfNumbers(column);
        DataColumn coded = column.Categories;
        long[] counts = new long[coded.Texts.Count];
        for (int row = 0; row < coded.Count; row++)
        {
            if (coded.CodeAt(row) is >= 0 and int code)
                counts[code]++;
        }

        return Enumerable.Range(0, counts.Length)
            .Where(code => counts[code] > 0 || coded.IsDeclared)
            .ToDictionary(code => coded.Texts[code], code => counts[code]);
    }

    private static Dictionary<string, long>? CountsOfNumbers(DataColumn column)
    {
        // Of columns of numbers most have too many different ones, as is soon seen.
        var seen = new Dictionary<double, (long Count, int First)>();
        var counts = new Dictionary<string, long>();
        for (int row = 0; row < column.Count; row++)
        {
            double number = column.NumberAt(row);
            if (double.IsNaN(number))
                continue;

            // From here on a double stands for several whole numbers.
            if (Math.Abs(number) > LargestExact)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, column.TextAt(row)!, out _)++;
                if (counts.Count > MostCounted)
                    return null;
                continue;
            }

            ref (long Count, int First) count = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, number, out bool known);
            if (!known && seen.Count > MostCounted)
                return null;
            count = (count.Count + 1, known ? count.First : row);
        }

        foreach ((_, (long count, int first)) in seen)
            counts[column.TextAt(first)!] = counts.GetValueOrDefault(column.TextAt(first)!) + count;
        return counts;
    }

    private static Dictionary<string, long>? Added(ColumnStatistics one, ColumnStatistics other)
    {
        if (one.Counts is null || other.Counts is null)
            return null;
        var sum = new Dictionary<string, long>(one.Counts);
        foreach ((string text, long count) in other.Counts)
            CollectionsMarshal.GetValueRefOrAddDefault(sum, text, out _) += count;
        return one.Kind is ColumnKind.Category or ColumnKind.Boolean || sum.Count <= MostCounted ? sum : null;
    }
}
