using System.Globalization;
using System.Text;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>Puts a graph together, node by node; a node is named after its one output. A name that is taken gets a line under it.</summary>
internal sealed class OnnxGraphBuilder
{
    private const string BatchSize = "N";

    private readonly HashSet<string> _names = [];

    public OnnxGraph Graph { get; } = new() { Name = "mlp" };

    /// <summary>Adds an input [N, width].</summary>
    public string Input(string name, OnnxType type, int width, string doc)
    {
        name = _names.Take(name);
        Graph.Inputs.Add(Value(name, type, [width], doc));
        return name;
    }

    /// <summary>Names a value as an output [N, sizes…].</summary>
    public void Output(string name, OnnxType type, int[] sizes, string doc) => Graph.Outputs.Add(Value(name, type, sizes, doc));

    /// <summary>Adds a node.</summary>
    /// <param name="output">The name of its output, and its own.</param>
    /// <param name="operation">What it does.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes: long, float or text.</param>
    public string Node(string output, string operation, IEnumerable<string> inputs, params (string Name, object Value)[] attributes)
    {
        output = _names.Take(output);
        var node = new OnnxNode { Name = output, Operator = operation };
        node.Inputs.AddRange(inputs);
        node.Outputs.Add(output);
        node.Attributes.AddRange(attributes.Select(pair => pair.Value switch
        {
            float number => new OnnxAttribute { Name = pair.Name, Type = OnnxAttributeType.Float, Float = number },
            string text => new OnnxAttribute { Name = pair.Name, Type = OnnxAttributeType.Text, Bytes = Encoding.UTF8.GetBytes(text) },
            _ => new OnnxAttribute
            {
                Name = pair.Name,
                Type = OnnxAttributeType.Int,
                Int = Convert.ToInt64(pair.Value, CultureInfo.InvariantCulture),
            },
        }));
        Graph.Nodes.Add(node);
        return output;
    }

    public string Constant(string name, float[] values, params int[] sizes) =>
        Constant(name, OnnxType.Float, LittleEndian.Bytes<float>(values), sizes);

    public string Constant(string name, double[] values, params int[] sizes) =>
        Constant(name, OnnxType.Double, LittleEndian.Bytes<double>(values), sizes);

    public string Constant(string name, long[] values, params int[] sizes) =>
        Constant(name, OnnxType.Int64, LittleEndian.Bytes<long>(values), sizes);

    public string Constant(string name, Half[] values, params int[] sizes) =>
        Constant(name, OnnxType.Float16, LittleEndian.Bytes<Half>(values), sizes);

    public string Constant(string name, sbyte[] values, params int[] sizes) =>
        Constant(name, OnnxType.Int8, LittleEndian.Bytes<sbyte>(values), sizes);

    public string Constant(string name, IEnumerable<string> values, params int[] sizes)
    {
        var tensor = new OnnxTensor
        {
            Name = _names.Take(name),
            Type = OnnxType.String,
            Sizes = Array.ConvertAll(sizes, size => (long)size),
        };
        tensor.Strings.AddRange(values.Select(Encoding.UTF8.GetBytes));
        Graph.Initializers.Add(tensor);
        return tensor.Name;
    }

    private string Constant(string name, OnnxType type, byte[] bytes, int[] sizes)
    {
        Graph.Initializers.Add(new OnnxTensor
        {
            Name = name = _names.Take(name),
            Type = type,
            Raw = bytes,
            Sizes = Array.ConvertAll(sizes, size => (long)size),
        });
        return name;
    }

    private static OnnxValue Value(string name, OnnxType type, int[] sizes, string doc)
    {
        var shape = new OnnxShape();
        shape.Sizes.Add(new OnnxSize { Parameter = BatchSize });
        shape.Sizes.AddRange(sizes.Select(size => new OnnxSize { Value = size }));
        return new OnnxValue
        {
            Name = name,
            Doc = doc,
            Type = new OnnxValueType { Tensor = new OnnxTensorType { Element = type, Shape = shape } },
        };
    }
}
