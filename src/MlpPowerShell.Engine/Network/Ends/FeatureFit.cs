using System.Globalization;
using MathNet.Numerics.Statistics;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Network;

/// <summary>Fits how columns become features to what they come to.</summary>
internal static class FeatureFit
{
    /// <summary>Of so many categories that occur once, something is learned about one that was never met.</summary>
    private const int FewestOnce = 5;

    private const int MostKnots = 256;

    /// <summary>How a column becomes features.</summary>
    /// <exception cref="MlpException">The column has no values, or an option does not fit it.</exception>
    public static FeatureColumn Feature(ColumnStatistics column, EncodingOptions options)
    {
        if (column.Present == 0)
        {
            throw new MlpException(
                "EmptyColumn",
                MlpErrorKind.InvalidData,
                $"The column {column.Name} has no values; leave it out{Hint.For(column.Name, nameof(TableOptions.IsFeature))}.");
        }

        DateParts parts = options.DatePartsOf?.Invoke(column.Name) ?? DateParts.None;
        if (parts != DateParts.None && column.Kind != ColumnKind.Date)
        {
            throw new MlpException(
                "NotADate",
                MlpErrorKind.InvalidArgument,
                $"The column {column.Name} holds no dates that would have weekdays, months or hours.");
        }

        MissingRule rule = options.MissingOf?.Invoke(column.Name) ?? new MissingRule(options.Missing);
        return column.Kind == ColumnKind.Category
            ? Categories(column, rule, options)
            : Number(column, rule, options) with { Parts = parts };
    }

    /// <summary>How a number to predict is scaled.</summary>
    public static FeatureColumn Target(ColumnStatistics column, FeatureScaling scaling) =>
        Scaled(
            new FeatureColumn
            {
                Name = column.Name,
                Kind = column.Kind,
                Type = column.Type,
                Minimum = column.Minimum,
                Maximum = column.Maximum,
            },
            column,
            scaling == FeatureScaling.Quantile ? FeatureScaling.Standard : scaling);

    private static FeatureColumn Number(ColumnStatistics column, MissingRule rule, EncodingOptions options)
    {
        var fitted = new FeatureColumn
        {
            Name = column.Name,
            Kind = column.Kind,
            Type = column.Type,
            Fill = rule.Constant is { } constant ? ConstantOf(column, constant) : FillOf(column, rule.Rule),
            HasIndicator = column.MissingCount > 0 && rule is { Constant: null, Rule: MissingValues.Indicator },
            DropsMissing = rule is { Constant: null, Rule: MissingValues.Drop },
            MissingCount = column.MissingCount,
            Minimum = column.Minimum,
            Maximum = column.Maximum,
        };
        return Scaled(fitted, column, options.ScalingOf?.Invoke(column.Name) ?? options.Scaling ?? FeatureScaling.Standard);
    }

    private static double ConstantOf(ColumnStatistics column, object constant)
    {
        double number = constant is string text
            ? (CellValue.Of(text, column.Kind) is { IsOfKind: true } value && column.Kind is ColumnKind.Number or ColumnKind.Boolean
                ? value.Number
                : double.NaN)
            : Cell.NumberOf(constant, column.Kind);
        return double.IsFinite(number) ? number
            : throw new MlpException(
                "WrongKind",
                MlpErrorKind.InvalidArgument,
                $"Missing values of the column {column.Name} are to become '{constant}', which is no "
                + $"{column.Kind.ToString().ToLowerInvariant()}.");
    }

    private static double? FillOf(ColumnStatistics column, MissingValues rule) => rule switch
    {
        MissingValues.Refuse or MissingValues.Drop => null,
        MissingValues.Mean => column.Mean,
        MissingValues.MostFrequent => MostFrequent(Sorted(column)),
        MissingValues.Fill or MissingValues.Median or MissingValues.Indicator => column.Kind == ColumnKind.Boolean
            ? (column.Mean > 0.5 ? 1 : 0)
            : column.Median(),
    };

    private static double[] Sorted(ColumnStatistics column)
    {
        double[] numbers = column.Numbers();
        Array.Sort(numbers);
        return numbers;
    }

    private static double MostFrequent(double[] sorted)
    {
        double best = sorted[0];
        int most = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start];)
                end++;
            if (end - start > most)
                (best, most) = (sorted[start], end - start);
        }

        return best;
    }

    private static FeatureColumn Categories(ColumnStatistics column, MissingRule rule, EncodingOptions options)
    {
        IEnumerable<KeyValuePair<string, long>> counted = column.Counts!;
        if (options.IgnoreCase)
        {
            counted = counted.GroupBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase)
                .Select(same => new KeyValuePair<string, long>(same.MaxBy(entry => entry.Value).Key, same.Sum(entry => entry.Value)));
        }

        Dictionary<string, long> counts = counted.ToDictionary(entry => entry.Key, entry => entry.Value);

        bool areRare = options.UnknownCategory == UnknownCategory.Other && counts.Count(entry => entry.Value == 1) >= FewestOnce;
        int least = options.MinCategoryCount ?? (areRare ? 2 : 1);
        HashSet<string> kept = [.. counts.Where(entry => entry.Value >= least || (column.IsDeclared && options.MinCategoryCount is null))
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(options.MaxCategories)
            .Select(entry => entry.Key)];
        if (kept.Count == 0)
            kept = [counts.MaxBy(entry => entry.Value).Key];
        string[] order = column.IsDeclared ? [.. counts.Keys.Where(kept.Contains)] : ClassOrder.Of(kept);
        string? frequent = rule.Rule is MissingValues.Refuse or MissingValues.Drop ? null : order.MaxBy(category => counts[category]);

        // A feature that nothing was learned for would bring chance into a prediction.
        bool isOwn = column.MissingCount > 0 && rule is { Constant: null, Rule: MissingValues.Indicator };
        string? constant = rule.Constant is { } given ? Convert.ToString(given, CultureInfo.InvariantCulture) : null;
        if (isOwn || (constant is not null && !kept.Contains(constant)))
            order = [.. order, constant ?? string.Empty];
        return new FeatureColumn
        {
            Name = column.Name,
            Kind = ColumnKind.Category,
            Type = column.Type,
            Categories = order,
            HasOther = kept.Count < counts.Count,
            Rare = [.. counts.Keys.Where(category => !kept.Contains(category)).Order(StringComparer.Ordinal)],
            Unknown = options.UnknownCategory,
            IgnoresCase = options.IgnoreCase,
            FillCategory = constant ?? (isOwn ? string.Empty : frequent),
            DropsMissing = rule is { Constant: null, Rule: MissingValues.Drop },
            MissingCount = column.MissingCount,
        };
    }

    private static FeatureColumn Scaled(FeatureColumn column, ColumnStatistics statistics, FeatureScaling scaling) => scaling switch
    {
        FeatureScaling.None => column,
        FeatureScaling.Standard => Scaled(column, statistics.Mean, Deviation(statistics)),
        FeatureScaling.MinMax => Scaled(column, statistics.Minimum, statistics.Maximum - statistics.Minimum),
        FeatureScaling.Robust => Scaled(column, statistics.Median(), statistics.Quantile(0.75) - statistics.Quantile(0.25)),
        FeatureScaling.Log => Logarithmic(column, statistics),
        FeatureScaling.Quantile => Ranked(column, Sorted(statistics)),
    };

    private static FeatureColumn Logarithmic(FeatureColumn column, ColumnStatistics statistics)
    {
        double[] logarithms = Array.ConvertAll(
            statistics.Numbers(), number => (double)Math.CopySign(MathNet.Numerics.SpecialFunctions.Log1p(Math.Abs(number)), number));
        double mean = logarithms.Average();
        return Scaled(column with { IsLogarithmic = true }, mean, Math.Sqrt(logarithms.Average(value => (value - mean) * (value - mean))));
    }

    // A column that never varies is shifted alone.
    private static FeatureColumn Scaled(FeatureColumn column, double shift, double range) =>
        column with { Shift = shift, Factor = column.Maximum > column.Minimum && range > 0 && double.IsNormal(1 / range) ? 1 / range : 1 };

    // The squares of the tiniest and the largest numbers are none; those of their shares of the range are.
    private static double Deviation(ColumnStatistics column)
    {
        double range = column.Maximum - column.Minimum;
        return column.Deviation is > 0 and < double.PositiveInfinity and double deviation ? deviation
            : range > 0 ? range * Math.Sqrt(column.Numbers().Average(number => Math.Pow((number - column.Mean) / range, 2))) : 0;
    }

    /// <summary>Numbers as their ranks; equal ones have the rank in their middle.</summary>
    private static FeatureColumn Ranked(FeatureColumn column, double[] sorted)
    {
        int knots = Math.Min(MostKnots, sorted.Length);
        var places = new SortedDictionary<double, (double Sum, int Count)>();
        for (int i = 0; i < knots; i++)
        {
            double part = knots == 1 ? 0.5 : i / (knots - 1.0);
            double number = SortedArrayStatistics.QuantileCustom(sorted, part, QuantileDefinition.R7);
            (double sum, int count) = places.GetValueOrDefault(number);
            places[number] = (sum + part, count + 1);
        }

        // Evenly spread from 0 to 1, ranks have the variance 1/12.
        return column with
        {
            Knots = places.Keys.ToArray(),
            Ranks = places.Values.Select(entry => entry.Sum / entry.Count).ToArray(),
            Shift = 0.5,
            Factor = Math.Sqrt(12),
        };
    }
}
