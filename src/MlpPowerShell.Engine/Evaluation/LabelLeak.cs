using MathNet.Numerics.Statistics;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>Looks for features that are what is to be predicted in other words.</summary>
internal static class LabelLeak
{
    // What a value in other units and rounded to a few digits has at least in common with it.
    private const double Same = 1 - 1e-9;

    // So many rows tell of nearly all other columns that they have less in common, far less than chance can make of it.
    private const int SomeRows = 1000;
    private const double Other = 1 - 1e-6;

    /// <summary>Whether a feature tells the label all by itself.</summary>
    /// <param name="data">The data.</param>
    /// <param name="name">The feature's column. The only one there is can't be meant: it is what the label is to be told by.</param>
    public static bool IsIn(MlpDataset data, string name)
    {
        if (data.IsStreamed || data.Columns.Count < 2 || data.LabelColumns.Count == 0 || data.Find(name) is not { } values)
            return false;
        bool isNumber = values.Kind is not (ColumnKind.Category or ColumnKind.Boolean);
        return data.HasLabels
            ? data.ClassCount > 1 && IsClassOfEachValue(data, values, isNumber)
            : isNumber && data.LabelColumns.Any(label => label.Kind == values.Kind && IsLinear(values, label));
    }

    /// <summary>Whether each value goes with one class alone, and recurs often enough that this is no chance.</summary>
    private static bool IsClassOfEachValue(MlpDataset data, DataColumn values, bool isNumber)
    {
        DataColumn labels = data.LabelColumns[0].Categories;
        DataColumn? codes = isNumber ? null : values.Categories;
        var classOf = new Dictionary<double, int>();
        for (int row = 0; row < values.Count; row++)
        {
            double value = codes?.CodeAt(row) ?? values.NumberAt(row);
            int label = labels.CodeAt(row);
            if (label >= 0 && classOf.TryAdd(value, label) is false && classOf[value] != label)
                return false;
            if (classOf.Count > values.Count / 10)
                return false;
        }

        return classOf.Values.Distinct().Count() == data.ClassCounts.Count(count => count > 0);
    }

    /// <summary>Whether one column is the other in other units.</summary>
    private static bool IsLinear(DataColumn values, DataColumn label) =>
        !(CorrelationOf(values, label, 1 + (values.Count / SomeRows)) < Other) && CorrelationOf(values, label, 1) >= Same;

    /// <summary>How far one column goes with another, 0 to 1, by each row that is a multiple of a step; NaN if one never varies.</summary>
    private static double CorrelationOf(DataColumn values, DataColumn label, int step)
    {
        var rows = new List<int>();
        for (int row = 0; row < values.Count; row += step)
        {
            if (!values.IsMissing(row) && !label.IsMissing(row))
                rows.Add(row);
        }

        return Math.Abs(Correlation.Pearson(rows.Select(values.NumberAt), rows.Select(label.NumberAt)));
    }
}
