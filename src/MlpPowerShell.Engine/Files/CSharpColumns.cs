using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>Writes the methods of a C# class that take the columns of a row.</summary>
internal static class CSharpColumns
{
    /// <summary>The methods.</summary>
    /// <param name="input">How columns become features.</param>
    /// <param name="result">The type of a prediction.</param>
    /// <param name="named">What a prediction of one of several classes names; null for others.</param>
    public static string Row(InputEncoder input, string result, string? named)
    {
        // Columns are called as their owner likes; no identifier made of one starts with an underscore.
        var taken = new HashSet<string>();
        string[] names = [.. input.Columns.Select(column => taken.Take(CSharpWriter.Identifier(column.Name, upper: false)))];
        string parameters = string.Join(
            ", ", input.Columns.Select((column, i) => $"{(column.Kind == ColumnKind.Category ? "string?" : "double")} {names[i]}"));
        var body = new StringBuilder();
        int place = 0;
        for (int i = 0; i < names.Length; i++)
        {
            FeatureColumn column = input.Columns[i];
            if (column.Kind == ColumnKind.Category)
                Category(body, column, names[i], place);
            else
                Number(body, column, names[i], place);
            place += column.Width;
        }

        string classify = named is not null
            ? $"    /// <summary>Names {named} of a row.</summary>\n    public static string Classify({parameters}) "
                + $"=> Best(Predict({string.Join(", ", names)}));\n\n"
            : string.Empty;
        return $$"""
                /// <summary>
                /// Predicts for a row. Dates are days since the start of 2000, time spans seconds, true is 1 and false 0, a missing number
                /// NaN.
                /// </summary>
                public static {{result}} Predict({{parameters}})
                {
                    var _features = new float[InputSize];
            {{body}}        return Predict(_features);
                }

            {{classify}}
            """ + Helpers(input);
    }

    private static void Category(StringBuilder body, FeatureColumn column, string name, int place)
    {
        string value = column.FillCategory is { } fill ? $"(string.IsNullOrEmpty({name}) ? {CSharpWriter.Literal(fill)} : {name})" : name;
        string unknown = column.TakesUnknown
            ? CSharpWriter.Text(column.Categories.Count)
            : column.Unknown == UnknownCategory.Error
            ? "-2"
            : "-1";
        string rare = column is { HasOther: true, TakesUnknown: false }
            ? string.Join(", ", column.Rare.Select(CSharpWriter.Literal))
            : string.Empty;
        body.Append($"        OneHot({value}, [{string.Join(", ", column.Categories.Select(CSharpWriter.Literal))}], [{rare}], "
            + $"{unknown}, {(column.IgnoresCase ? "true" : "false")}, _features.AsSpan({CSharpWriter.Text(place)}));\n");
    }

    private static void Number(StringBuilder body, FeatureColumn column, string name, int place)
    {
        string value = column.Fill is { } fill ? $"(double.IsNaN({name}) ? {CSharpWriter.Text(fill)} : {name})" : name;
        string transformed = column.IsLogarithmic ? $"Logarithm({value})"
            : column.Knots.Count > 0 ? $"Rank({value}, [{Numbers(column.Knots)}], [{Numbers(column.Ranks)}])" : value;
        Feature($"({transformed} - {CSharpWriter.Text(column.Shift)}) * {CSharpWriter.Text(column.Factor)}");
        foreach (double period in column.Periods)
        {
            Feature($"Math.Sin(2 * Math.PI * ({value} / {CSharpWriter.Text(period)} % 1))");
            Feature($"Math.Cos(2 * Math.PI * ({value} / {CSharpWriter.Text(period)} % 1))");
        }

        if (column.HasIndicator)
            Feature($"double.IsNaN({name}) ? 1 : 0");

        void Feature(string formula) => body.Append($"        _features[{CSharpWriter.Text(place++)}] = (float)({formula});\n");
    }

    private static string Numbers(IReadOnlyList<double> numbers) => string.Join(", ", numbers.Select(CSharpWriter.Text));

    private static string Helpers(InputEncoder input)
    {
        string oneHot = input.Columns.All(column => column.Kind != ColumnKind.Category) ? string.Empty : """
                private static void OneHot(
                    string? value, string[] categories, string[] rare, int unknown, bool ignoreCase, Span<float> features)
                {
                    StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
                    int place = Array.FindIndex(categories, category => category.Equals(value, comparison));
                    if (place < 0)
                        place = Array.Exists(rare, category => category.Equals(value, comparison)) ? categories.Length : unknown;
                    if (place == -2 || value is null)
                        throw new ArgumentException($"'{value}' is none of {string.Join(", ", categories)}.", nameof(value));
                    if (place >= 0)
                        features[place] = 1;
                }


            """;
        string logarithm = !input.Columns.Any(column => column.IsLogarithmic) ? string.Empty : """
                private static double Logarithm(double value) => Math.CopySign(Math.Log(1 + Math.Abs(value)), value);


            """;
        string rank = input.Columns.All(column => column.Knots.Count == 0) ? string.Empty : """
                private static double Rank(double value, double[] knots, double[] ranks)
                {
                    int above = Array.BinarySearch(knots, value);
                    if (above >= 0)
                        return ranks[above];
                    above = ~above;
                    if (above == 0 || above == knots.Length)
                        return ranks[above == 0 ? 0 : ^1];
                    double share = (value - knots[above - 1]) / (knots[above] - knots[above - 1]);
                    return ranks[above - 1] + (share * (ranks[above] - ranks[above - 1]));
                }


            """;
        return oneHot + logarithm + rank;
    }
}
