using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>A table of all kinds of columns, made up from a seed.</summary>
internal static class MixedTable
{
    public static readonly string[] Columns = ["size", "count", "city", "day", "span", "flag", "code", "kind", "price"];

    private static readonly string[] _cities = ["Bern", "Köln", "New York", "O'Hare"];
    private static readonly string[] _kinds = ["ant", "bee", "cow"];

    /// <summary>Rows of values in the order of the columns; kind follows from size and city, price from size and count.</summary>
    public static object?[][] Rows(int seed, int count, double missing = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int kind = random.Next(3);
            double size = Math.Round((2 * kind) + random.NextDouble(), 3);
            int number = random.Next(1000);
            object?[] row =
            [
                size,
                number,
                _cities[(kind + random.Next(2)) % _cities.Length],
                new DateTime(2020, 1, 1).AddMinutes(random.Next(1_000_000)),
                TimeSpan.FromSeconds(random.Next(100_000)),
                random.Next(2) == 1,
                $"c{random.Next(40)}",
                _kinds[kind],
                Math.Round((100 * size) + (0.1 * number), 2),
            ];
            for (int i = 0; i < 7; i++)
                row[i] = random.NextDouble() < missing ? null : row[i];
            return row;
        })];
    }

    /// <summary>A table of rows.</summary>
    public static MlpTable Of(IEnumerable<object?[]> rows, string[]? columns = null)
    {
        var table = new MlpTable("mixed", columns ?? Columns);
        foreach (object?[] row in rows)
            table.Add(row);
        return table;
    }

    /// <summary>A data set that classifies kinds, or predicts prices.</summary>
    public static MlpDataset Dataset(IEnumerable<object?[]> rows, bool classes = true) => Of(rows).ToDataset(Options(classes));

    /// <summary>What the columns mean.</summary>
    public static TableOptions Options(bool classes = true) =>
        new() { Label = [classes ? "kind" : "price"], IsFeature = name => name is not ("kind" or "price") };

    /// <summary>The rows with their columns in another order.</summary>
    public static MlpTable Permuted(object?[][] rows, int seed)
    {
        int[] order = [.. Enumerable.Range(0, Columns.Length)];
        new Random(seed).Shuffle(order);
        return Of(rows.Select(row => Array.ConvertAll(order, i => row[i])), Array.ConvertAll(order, i => Columns[i]));
    }
}
