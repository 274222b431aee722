namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>
/// The constants of a graph: initializers, Constant nodes, and what Cast, Identity, Transpose and DequantizeLinear make of them.
/// </summary>
internal sealed class OnnxConstants
{
    private readonly string _path;
    private readonly Dictionary<string, OnnxTensor> _tensors = [];
    private readonly Dictionary<string, OnnxNode> _derived = [];

    // Values that may still be read: each constant is needed a few times at most, and a small file could ask for one again and again.
    private long _budget;

    public OnnxConstants(string path, OnnxGraph graph, long fileLength)
    {
        _path = path;
        _budget = 4 * fileLength;
        foreach (OnnxTensor tensor in graph.Initializers)
            _tensors[tensor.Name] = tensor;
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.Outputs.Count != 1)
                continue;
            if (node.Operator == "Constant" && node.Attributes.Find(attribute => attribute.Tensor is not null)?.Tensor is { } value)
            {
                _tensors[node.Outputs[0]] = value;
            }
            else if (node.Operator is "Cast" or "Identity" or "Transpose" or "DequantizeLinear"
                && node.Inputs.Count > 0
                && Contains(node.Inputs[0]))
            {
                _derived[node.Outputs[0]] = node;
            }
        }
    }

    /// <summary>Whether a value is a constant.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name) || _derived.ContainsKey(name);

    /// <summary>Whether a value is this number.</summary>
    public bool IsScalar(string name, float number) =>
        Contains(name) && Read(name, 0).Values is [var value] && MathF.Abs(value - number) < 1e-6f;

    /// <summary>Weights [out, in] of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="place">Which of its inputs.</param>
    /// <param name="transposed">Whether they are stored so.</param>
    public ModelTensor Matrix(OnnxNode node, int place, bool transposed)
    {
        ModelTensor matrix = Input(node, place);
        if (matrix.Shape.Count != 2)
            throw ModelContent.Unfit(_path, $"has weights {node.Inputs[place]} of {matrix.Shape.Count} dimensions");
        return transposed ? matrix : matrix.Transposed();
    }

    /// <summary>The values of a constant of a node.</summary>
    public float[] Vector(OnnxNode node, int place) => Input(node, place).Values;

    private ModelTensor Input(OnnxNode node, int place)
    {
        if (place >= node.Inputs.Count || !Contains(node.Inputs[place]))
        {
            throw ModelContent.Unfit(
                _path,
                $"is no multilayer perceptron that can be read: input {place} of the node '{node.Name}' ({node.Operator}) is no constant");
        }

        return Read(node.Inputs[place], 0);
    }

    // The depth is bound as a broken graph may go in circles.
    private ModelTensor Read(string name, int depth)
    {
        if (depth > 8)
            throw ModelContent.Unfit(_path, $"computes {name} in too many steps");
        if (_tensors.TryGetValue(name, out OnnxTensor? tensor))
            return Values(name, tensor);
        OnnxNode node = _derived[name];
        ModelTensor source = Read(node.Inputs[0], depth + 1);
        switch (node.Operator)
        {
            case "Transpose" when source.Shape.Count == 2:
                return source.Transposed();
            case "DequantizeLinear":
                return Dequantized(node, source, depth);
            default:
                return source;
        }
    }

    private ModelTensor Dequantized(OnnxNode node, ModelTensor source, int depth)
    {
        if (node.Inputs.Count is not (2 or 3) || !node.Inputs.Skip(1).All(Contains))
            throw ModelContent.Unfit(_path, $"has the node '{node.Name}' ({node.Operator}), whose scale is no constant");
        float[] scales = Read(node.Inputs[1], depth + 1).Values;
        float[] zeros = node.Inputs.Count == 3 ? Read(node.Inputs[2], depth + 1).Values : [0];
        long axis = node.Attributes.Find(attribute => attribute.Name == "axis")?.Int ?? 1;
        bool byRow = axis is 0 or -2 || scales.Length == 1;
        bool fits = source.Shape is [var rows, _]
            && byRow
            && (scales.Length == 1 || scales.Length == rows)
            && (zeros.Length == 1 || zeros.Length == scales.Length);
        if (!fits)
            throw ModelContent.Unfit(_path, $"has the node '{node.Name}' ({node.Operator}), which scales otherwise than by rows");
        var values = new float[source.Values.Length];
        int columns = Math.Max(1, source.Shape[1]);
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / columns;
            values[i] = (source.Values[i] - zeros[zeros.Length == 1 ? 0 : row]) * scales[scales.Length == 1 ? 0 : row];
        }

        return source with { Values = values };
    }

    private ModelTensor Values(string name, OnnxTensor tensor)
    {
        if (tensor.DataLocation != 0)
            throw ModelContent.Unfit(_path, $"keeps {name} in another file, which is not followed; save the model as one file");
        long count = 1;
        foreach (long size in tensor.Sizes ?? [])
        {
            if (size < 0 || size > Array.MaxLength || (count *= size) > Array.MaxLength)
                throw ModelContent.Unfit(_path, $"has {name} of a shape that nothing can hold");
        }

        if ((_budget -= 1 + count) < 0)
            throw ModelContent.Unfit(_path, $"uses {name} more often than a multilayer perceptron would");

        // What a file doesn't hold is not allocated either.
        float[] values = Decoded(name, tensor);
        if (values.Length != count)
            throw ModelContent.Unfit(_path, $"has {name} of shape [{string.Join(", ", tensor.Sizes ?? [])}] with {values.Length} values");
        return new ModelTensor(name, Array.ConvertAll(tensor.Sizes ?? [], size => (int)size), values);
    }

    private float[] Decoded(string name, OnnxTensor tensor) => tensor switch
    {
        { Raw: { } raw } => DecodedRaw(name, tensor.Type, raw),
        { Floats: { } floats } => floats,
        { Doubles: { } doubles } => Array.ConvertAll(doubles, value => (float)value),
        { Longs: { } longs } => Array.ConvertAll(longs, value => (float)value),
        { Ints: { } ints, Type: OnnxType.Float16 } => Array.ConvertAll(ints, value => (float)BitConverter.UInt16BitsToHalf((ushort)value)),
        { Ints: { } ints } => Array.ConvertAll(ints, value => (float)value),
        _ => [],
    };

    private float[] DecodedRaw(string name, OnnxType type, byte[] raw)
    {
        int size = !Enum.IsDefined(type) ? 0 : type switch
        {
            OnnxType.Double or OnnxType.Int64 => 8,
            OnnxType.Float or OnnxType.Int32 => 4,
            OnnxType.Float16 or OnnxType.BFloat16 => 2,
            OnnxType.Int8 or OnnxType.UInt8 => 1,
            OnnxType.None or OnnxType.String => 0,
        };
        if (size == 0)
            throw ModelContent.Unfit(_path, $"has {name} of the type {type}, which is no number that can be read");
        if (raw.Length % size != 0)
            throw ModelContent.Unfit(_path, $"has {name} of {raw.Length} bytes, which is no multiple of {size}");
        return type switch
        {
            OnnxType.Double => LittleEndian.Floats<double>(raw),
            OnnxType.Int64 => LittleEndian.Floats<long>(raw),
            OnnxType.Float => LittleEndian.Values<float>(raw),
            OnnxType.Int32 => LittleEndian.Floats<int>(raw),
            OnnxType.Float16 => LittleEndian.Floats<Half>(raw),
            OnnxType.BFloat16 => LittleEndian.BFloats(raw),
            OnnxType.Int8 => LittleEndian.Floats<sbyte>(raw),
            OnnxType.UInt8 => Array.ConvertAll(raw, value => (float)value),
            OnnxType.None or OnnxType.String => [],
        };
    }
}
