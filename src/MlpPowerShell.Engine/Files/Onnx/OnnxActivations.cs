using System.Globalization;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>Writes activations as nodes, by what each says of itself.</summary>
internal static class OnnxActivations
{
    /// <summary>Adds an activation of a value.</summary>
    /// <returns>The name of the result.</returns>
    public static string Write(OnnxGraphBuilder builder, Activation activation, string layer, string x) =>
        Write(builder, activation.Onnx[0], (float)activation.Slope, layer, x);

    /// <summary>Adds a form of an activation.</summary>
    internal static string Write(OnnxGraphBuilder builder, OnnxForm form, float slope, string layer, string x) =>
        Write(builder, form, slope, layer, "output", x);

    private static string Write(OnnxGraphBuilder builder, OnnxForm form, float slope, string layer, string output, string x)
    {
        if (form.Number is { } number)
            return builder.Constant($"{layer}.constant", [number]);
        if (form.Operator is null)
            return x;
        string[] inputs = Array.ConvertAll(
            form.Inputs, input => Write(builder, input, slope, layer, input.Operator?.ToLowerInvariant() ?? string.Empty, x));
        return builder.Node(
            $"{layer}.{output}", form.Operator, inputs,
            [.. form.Attributes.Select(attribute => (attribute.Name, (object?)attribute.Text ?? attribute.Number ?? slope))]);
    }
}

/// <summary>Finds activations in a graph, as any of their forms.</summary>
internal sealed class OnnxActivationFinder(OnnxConstants constants, ILookup<string, OnnxNode> readers)
{
    // No activation has a value that more nodes read.
    private const int MostReaders = 6;

    private static readonly string[] _commutative = ["Add", "Mul"];

    /// <summary>The activation that begins at a value, if there is one, and the node that it ends in.</summary>
    /// <param name="x">The value.</param>
    /// <param name="composite">Whether to look for those of several nodes, or of one.</param>
    public (Activation Activation, OnnxNode End)? Find(string x, bool composite)
    {
        OnnxNode[] next = [.. readers[x].Take(MostReaders + 1)];
        if (next.Length is 0 or > MostReaders)
            return null;
        foreach (Activation activation in Activation.All)
        {
            foreach (OnnxForm form in activation.Onnx.Where(form => form.Operator is not null && form.IsComposite == composite))
            {
                // What reads x, or a value on the way, beside these nodes would lose it.
                var used = new List<OnnxNode>();
                double? slope = null;
                if (Match(form, x, used, ref slope) is { } end && Array.TrueForAll(next, used.Contains))
                    return (slope is { } chosen ? activation.WithSlope(chosen) : activation, end);
            }
        }

        return null;
    }

    private OnnxNode? Match(OnnxForm form, string x, List<OnnxNode> used, ref double? slope)
    {
        var inputs = new string?[form.Inputs.Length];
        string? inner = null;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (form.Inputs[i].Operator is null)
            {
                inputs[i] = form.Inputs[i].Number is null ? x : null;
                continue;
            }

            if (Match(form.Inputs[i], x, used, ref slope) is not { } node || readers[node.Outputs[0]].Take(2).Count() != 1)
                return null;
            inputs[i] = inner = node.Outputs[0];
        }

        foreach (OnnxNode node in readers[inner ?? x])
        {
            if (node.Operator == form.Operator && node.Outputs.Count == 1 && Takes(node, form, inputs) && Has(node, form, ref slope))
            {
                used.Add(node);
                return node;
            }
        }

        return null;
    }

    private bool Takes(OnnxNode node, OnnxForm form, string?[] inputs)
    {
        if (node.Inputs.Count != inputs.Length)
            return false;
        bool straight = true, crossed = inputs.Length == 2 && _commutative.Contains(node.Operator);
        for (int i = 0; i < inputs.Length; i++)
        {
            straight = straight && Is(node.Inputs[i]);
            crossed = crossed && Is(node.Inputs[inputs.Length - 1 - i]);

            bool Is(string name) => inputs[i] is { } value ? name == value : constants.IsScalar(name, form.Inputs[i].Number!.Value);
        }

        return straight || crossed;
    }

    private static bool Has(OnnxNode node, OnnxForm form, ref double? slope)
    {
        foreach (OnnxFormAttribute wanted in form.Attributes)
        {
            OnnxAttribute? given = node.Attributes.Find(attribute => attribute.Name == wanted.Name);
            if (wanted.IsSlope)
            {
                // The decimal that was meant: 0.2, not what is next to it in float32.
                slope = double.Parse(
                    (given?.Float ?? wanted.UsualNumber).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                if (!double.IsFinite(slope.Value))
                    return false;
            }
            else if (wanted.Text is null
                ? !(Math.Abs((given?.Float ?? wanted.UsualNumber) - wanted.Number!.Value) < 1e-6)
                : (given?.Text ?? wanted.UsualText) != wanted.Text)
            {
                return false;
            }
        }

        return true;
    }
}
