using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>Writes how named columns become features: an input for each column, scaled in float64 as the module does.</summary>
internal static class OnnxColumns
{
    /// <summary>Writes the columns.</summary>
    /// <returns>The value that holds all features.</returns>
    public static string Write(OnnxGraphBuilder builder, InputEncoder input)
    {
        var blocks = new List<string>();
        for (int i = 0; i < input.Columns.Count;)
        {
            FeatureColumn column = input.Columns[i];
            if (IsPlain(column))
            {
                // Numbers that follow each other are scaled together.
                FeatureColumn[] numbers = [.. input.Columns.Skip(i).TakeWhile(IsPlain)];
                blocks.Add(Numbers(builder, numbers, i));
                i += numbers.Length;
                continue;
            }

            if (column.Kind == ColumnKind.Category)
                blocks.Add(Category(builder, column, i));
            else
                blocks.AddRange(Number(builder, column, i));
            i++;
        }

        return builder.Node("scaled_features", "Concat", blocks, ("axis", 1));
    }

    /// <summary>Writes sign(x) (e^|x| - 1) of the numbers that are logarithms.</summary>
    public static void Exponential(OnnxGraphBuilder builder, string value, string result, bool[] areLogarithms)
    {
        string size = builder.Node("target_size", "Abs", [value]);
        string grown = builder.Node("target_exponential", "Exp", [size]);
        string less = builder.Node("target_less", "Sub", [grown, builder.Constant("target_one", [1d])]);
        string sign = builder.Node("target_sign", "Sign", [value]);
        string signed = builder.Node("target_signed", "Mul", [less, sign]);
        double[] chosen = Array.ConvertAll(areLogarithms, isLogarithm => isLogarithm ? 1d : 0d);
        double[] others = Array.ConvertAll(chosen, choice => 1 - choice);
        string first = builder.Node("target_logarithms", "Mul", [signed, builder.Constant("target_chosen", chosen, 1, chosen.Length)]);
        string second = builder.Node("target_others", "Mul", [value, builder.Constant("target_not_chosen", others, 1, others.Length)]);
        builder.Node(result, "Add", [first, second]);
    }

    private static bool IsPlain(FeatureColumn column) =>
        column.Kind != ColumnKind.Category && column.DenseWidth == 1 && !column.IsLogarithmic && column.Knots.Count == 0;

    /// <summary>A category becomes a 1 among 0s, and one that is not known 0s alone, or what the rare ones become.</summary>
    private static string Category(OnnxGraphBuilder builder, FeatureColumn column, int place)
    {
        if (column.IgnoresCase)
        {
            throw new MlpException(
                "NotExportable",
                MlpErrorKind.InvalidArgument,
                $"The column {column.Name} was encoded whatever its case, which ONNX can't do with texts. Bring them to one case "
                + $"before, and make the model with their case{Hint.Without(nameof(EncodingOptions.IgnoreCase))}.");
        }

        bool takesUnknown = column.TakesUnknown;
        string known = $"{Listing.Of(column.Categories)}; a text that is none of these counts as "
            + $"{(takesUnknown ? "a rare category" : column.HasOther ? "no category, unless it is one of the rare ones" : "no category")}.";
        string value = builder.Input(
            column.Name, OnnxType.String, 1, column.FillCategory is null ? known : $"{known} The empty text is a missing value.");
        if (column.FillCategory is { Length: > 0 } fill)
        {
            string missing = builder.Node($"missing_{place}", "Equal", [value, builder.Constant($"empty_{place}", [string.Empty], 1)]);
            value = builder.Node($"filled_{place}", "Where", [missing, builder.Constant($"fill_{place}", [fill], 1), value]);
        }

        string equal = builder.Node(
            $"equal_{place}", "Equal", [value, builder.Constant($"categories_{place}", column.Categories, 1, column.Categories.Count)]);
        string encoded = builder.Node($"encoded_{place}", "Cast", [equal], ("to", (int)OnnxType.Float));
        if (!column.HasOther)
            return encoded;
        string other = takesUnknown
            ? builder.Node($"other_{place}", "Sub", [builder.Constant($"one_{place}", [1f]), Sum($"known_{place}", encoded)])
            : Sum($"other_{place}", builder.Node($"rare_encoded_{place}", "Cast", [RareEqual()], ("to", (int)OnnxType.Float)));
        return builder.Node($"with_other_{place}", "Concat", [encoded, other], ("axis", 1));

        string RareEqual() =>
            builder.Node($"rare_equal_{place}", "Equal", [value, builder.Constant($"rare_{place}", column.Rare, 1, column.Rare.Count)]);
        string Sum(string name, string values) =>
            builder.Node(name, "ReduceSum", [values, builder.Constant($"axis_{place}", [1L], 1)], ("keepdims", 1));
    }

    private static string Numbers(OnnxGraphBuilder builder, FeatureColumn[] columns, int place)
    {
        int width = columns.Length;
        string[] inputs = [.. columns.Select(column => builder.Input(column.Name, OnnxType.Double, 1, DocOf(column)))];
        string value = builder.Node($"numbers_{place}", "Concat", inputs, ("axis", 1));
        if (Array.Exists(columns, column => column.Fill is not null))
        {
            string missing = builder.Node($"missing_{place}", "IsNaN", [value]);
            double[] fills = Array.ConvertAll(columns, column => column.Fill ?? double.NaN);
            value = builder.Node($"filled_{place}", "Where", [missing, builder.Constant($"fill_{place}", fills, 1, width), value]);
        }

        return Scaled(
            builder, value, Array.ConvertAll(columns, column => column.Shift), Array.ConvertAll(columns, column => column.Factor), place);
    }

    /// <summary>A number with what goes along with it: its logarithm or rank, the circles of a date, where it is missing.</summary>
    private static IEnumerable<string> Number(OnnxGraphBuilder builder, FeatureColumn column, int place)
    {
        string value = builder.Input(column.Name, OnnxType.Double, 1, DocOf(column));
        string missing = builder.Node($"missing_{place}", "IsNaN", [value]);
        if (column.Fill is { } fill)
            value = builder.Node($"filled_{place}", "Where", [missing, builder.Constant($"fill_{place}", [fill], 1), value]);
        string transformed =
            column.IsLogarithmic ? Logarithm(builder, value, place) : column.Knots.Count > 1 ? Rank(builder, column, value, place) : value;
        yield return Scaled(builder, transformed, [column.Shift], [column.Factor], place);
        int circle = 0;
        foreach (double period in column.Periods)
        {
            string name = $"{place}_{circle++}";
            string turns = builder.Node($"turns_{name}", "Div", [value, builder.Constant($"period_{name}", [period])]);
            string within = builder.Node($"within_{name}", "Sub", [turns, builder.Node($"whole_{name}", "Floor", [turns])]);
            string angle = builder.Node(
                $"angle_{name}",
                "Cast",
                [builder.Node($"angle_double_{name}", "Mul", [within, builder.Constant($"turn_{name}", [2 * Math.PI])])],
                ("to", (int)OnnxType.Float));
            yield return builder.Node($"sine_{name}", "Sin", [angle]);
            yield return builder.Node($"cosine_{name}", "Cos", [angle]);
        }

        if (column.HasIndicator)
            yield return builder.Node($"indicator_{place}", "Cast", [missing], ("to", (int)OnnxType.Float));
    }

    private static string Scaled(OnnxGraphBuilder builder, string value, double[] shifts, double[] factors, int place)
    {
        string shifted = builder.Node($"shifted_{place}", "Sub", [value, builder.Constant($"shift_{place}", shifts, 1, shifts.Length)]);
        string scaled = builder.Node($"scaled_{place}", "Mul", [shifted, builder.Constant($"factor_{place}", factors, 1, factors.Length)]);
        return builder.Node($"encoded_{place}", "Cast", [scaled], ("to", (int)OnnxType.Float));
    }

    private static string Logarithm(OnnxGraphBuilder builder, string value, int place)
    {
        string size = builder.Node($"size_{place}", "Abs", [value]);
        string more = builder.Node($"more_{place}", "Add", [size, builder.Constant($"one_{place}", [1d])]);
        return builder.Node(
            $"logarithm_{place}", "Mul", [builder.Node($"log_{place}", "Log", [more]), builder.Node($"sign_{place}", "Sign", [value])]);
    }

    /// <summary>
    /// The sum over the stretches between knots of how far the number is into each, which rises from the first rank to the last.
    /// </summary>
    private static string Rank(OnnxGraphBuilder builder, FeatureColumn column, string value, int place)
    {
        int stretches = column.Knots.Count - 1;
        double[] starts = [.. column.Knots.Take(stretches)];
        double[] slopes = [.. Enumerable.Range(0, stretches).Select(i => 1 / (column.Knots[i + 1] - column.Knots[i]))];
        double[] rises = [.. Enumerable.Range(0, stretches).Select(i => column.Ranks[i + 1] - column.Ranks[i])];
        string into = builder.Node($"into_{place}", "Sub", [value, builder.Constant($"knots_{place}", starts, 1, stretches)]);
        string part = builder.Node($"part_{place}", "Mul", [into, builder.Constant($"slopes_{place}", slopes, 1, stretches)]);
        string within = builder.Node(
            $"within_{place}", "Clip", [part, builder.Constant($"clip_from_{place}", [0d]), builder.Constant($"clip_to_{place}", [1d])]);
        string risen = builder.Node($"risen_{place}", "Mul", [within, builder.Constant($"rises_{place}", rises, 1, stretches)]);
        string sum = builder.Node($"sum_{place}", "ReduceSum", [risen, builder.Constant($"axis_{place}", [1L], 1)], ("keepdims", 1));
        return builder.Node($"rank_{place}", "Add", [sum, builder.Constant($"first_rank_{place}", [column.Ranks[0]])]);
    }

    private static string DocOf(FeatureColumn column)
    {
        string kind = column.Kind switch
        {
            ColumnKind.Boolean => "1 for true, 0 for false",
            ColumnKind.Date => "A date, as days since the start of 2000",
            ColumnKind.Duration => "A time span, as seconds",
            ColumnKind.Number or ColumnKind.Category => "A number",
        };
        return column.Fill is { } fill
            ? string.Create(CultureInfo.InvariantCulture, $"{kind}. NaN is a missing value, and counts as {fill}.")
            : $"{kind}.";
    }
}
