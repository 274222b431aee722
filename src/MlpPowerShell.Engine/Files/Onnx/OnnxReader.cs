using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using ProtoBuf;
using ProtoBuf.Meta;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>
/// Reads a graph that is a multilayer perceptron: from its input, or where the module wrote it from the features, node by node to the
/// probabilities. What only labels them is passed over; anything else is refused by name.
/// </summary>
internal sealed class OnnxReader
{
    private const int MostNodes = 100_000;

    private static readonly string[] _labelling =
    [
        "ArgMax",
        "Gather",
        "ArrayFeatureExtractor",
        "ZipMap",
        "Cast",
        "Reshape",
        "Identity",
        "Greater",
        "Sub",
        "Concat",
        "Pad",
    ];

    private static readonly Lazy<TypeModel> _headModel = new(HeadModel);

    private readonly string _path;
    private readonly OnnxConstants _constants;
    private readonly ILookup<string, OnnxNode> _readers;
    private readonly OnnxLayers _layers;
    private readonly OnnxActivationFinder _activations;

    private OnnxReader(string path, OnnxGraph graph, long fileLength)
    {
        _path = path;
        var work = new WorkBudget(path, fileLength);
        _constants = new OnnxConstants(path, graph, fileLength);
        _readers = graph.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node)))
            .ToLookup(pair => pair.input, pair => pair.node);
        _layers = new OnnxLayers(path, work);
        _activations = new OnnxActivationFinder(_constants, _readers);
    }

    /// <summary>Reads a model's layers.</summary>
    /// <exception cref="MlpException">The file is no ONNX file, or its graph no multilayer perceptron.</exception>
    public static ModelContent Read(string path, Stream stream, ModelReadOptions options)
    {
        InputFile.CheckMemory(path, 2 * stream.Length);
        OnnxModel file = Parse(path, () => Serializer.Deserialize<OnnxModel>(stream));
        OnnxGraph graph = file.Graph ?? throw ModelContent.Unfit(path, "holds no graph");
        if (graph.Nodes.Count > MostNodes)
            throw ModelContent.Unfit(path, $"has {graph.Nodes.Count} nodes, which no multilayer perceptron needs");
        Dictionary<string, string> facts = file.Facts();
        var content = new ModelContent(facts, new Dictionary<string, ModelTensor>());
        content.CheckVersion(path);

        var reader = new OnnxReader(path, graph, stream.Length);
        bool isOurs = facts.TryGetValue(OnnxWriter.FeaturesKey, out string? features);
        LossKind? loss = reader.Walk(isOurs ? features! : reader.InputOf(graph, facts), isOurs);
        if (!facts.ContainsKey(ModelContent.LossKey) && (options.Loss ?? loss) is { } known)
            facts[ModelContent.LossKey] = known.ToString();
        return content with { Tensors = reader._layers.ToTensors(facts) };
    }

    /// <summary>Reads a file without what its tensors hold.</summary>
    /// <exception cref="MlpException">It is no ONNX file.</exception>
    public static OnnxModel ReadHead(string path, Stream stream) => Parse(path, () => _headModel.Value.Deserialize<OnnxModel>(stream));

    private static OnnxModel Parse(string path, Func<OnnxModel> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is ProtoException or InvalidOperationException or EndOfStreamException
            or OverflowException or ArgumentException or FormatException)
        {
            // What protobuf-net says first is about the message; then come guesses about programs that wrote it.
            string reason = failure.Message.Split(';')[0];
            throw new MlpException("InvalidOnnx", MlpErrorKind.InvalidData, $"{path} is no ONNX file: {reason}", failure);
        }
    }

    private static RuntimeTypeModel HeadModel()
    {
        RuntimeTypeModel model = RuntimeTypeModel.Create();
        model.Add<OnnxTensor>(applyDefaultBehaviour: false)
            .Add(1, nameof(OnnxTensor.Sizes))
            .Add(2, nameof(OnnxTensor.Type))
            .Add(8, nameof(OnnxTensor.Name));
        return model;
    }

    /// <summary>The one input that is no weight; its shape tells the size of images.</summary>
    private string InputOf(OnnxGraph graph, Dictionary<string, string> facts)
    {
        OnnxValue[] inputs = [.. graph.Inputs.Where(input => !_constants.Contains(input.Name))];
        if (inputs.Length != 1)
        {
            throw ModelContent.Unfit(
                _path,
                $"has {inputs.Length} inputs ({Listing.Of([.. inputs.Select(input => input.Name)])}); a multilayer perceptron has one");
        }

        List<OnnxSize>? sizes = inputs[0].Type?.Tensor?.Shape?.Sizes;
        long[] image = sizes is null ? [] : [.. sizes.Skip(1).Select(size => size.Value)];
        if (image is [1, > 0, > 0] or [> 0, > 0] or [> 0, > 0, 1])
        {
            (long height, long width) = image is [1, _, _] ? (image[1], image[2]) : (image[0], image[1]);
            facts.TryAdd(EndsContent.ImageShapeKey, string.Create(CultureInfo.InvariantCulture, $"{height},{width}"));
        }

        // Bytes count as byte / 255 in the module.
        if (inputs[0].Type?.Tensor?.Element == OnnxType.UInt8)
            _layers.TakesBytes();
        return inputs[0].Name;
    }

    /// <summary>Follows a value through the graph.</summary>
    /// <returns>The loss that the last node speaks of, or null where it speaks of none.</returns>
    private LossKind? Walk(string value, bool isOurs)
    {
        // A graph with a cycle is none, and the walk would not end.
        var passed = new HashSet<string>();
        while (passed.Add(value))
        {
            OnnxNode[] next = [.. _readers[value]];
            if (next.Length == 0)
                return null;
            if (_activations.Find(value, composite: true) is var (activation, end))
            {
                _layers.Activate(activation, Name(end));
                value = end.Outputs[0];
                continue;
            }

            // In our own graphs, the sums of classes with an order go apart; and the facts say how sums are calibrated.
            if (isOurs && Array.TrueForAll(next, node => node.Operator == "Slice"))
                return LossKind.Ordinal;
            if (isOurs && Array.Exists(next, node => node.Outputs.Exists(Calibrates)))
                return null;

            if (next.Length != 1)
            {
                throw Refused(
                    next[1], $"reads '{value}' beside {Name(next[0])}, and in a multilayer perceptron each value goes into one layer");
            }

            OnnxNode node = next[0];
            if (node.Outputs.Count == 0 || node.Inputs.Count == 0)
                throw Refused(node, "has no input or no output");
            if (node.Operator is "Softmax" or "LogSoftmax")
                return LossKind.CrossEntropy;
            bool isEnd = Array.TrueForAll([.. _readers[node.Outputs[0]]], reader => _labelling.Contains(reader.Operator));
            if (node.Operator == "Sigmoid" && isEnd)
                return LossKind.BinaryCrossEntropy;
            if (node.Operator == "Exp" && isEnd)
                return LossKind.Poisson;

            // In our own graphs, a cast behind the layers begins to scale predictions back, which the module does itself.
            if (node.Operator == "ArgMax" || (isOurs && node.Operator == "Cast" && _layers.Count > 0))
                return null;
            Take(node, value);
            value = node.Outputs[0];
        }

        throw ModelContent.Unfit(_path, "has a graph that goes in circles");
    }

    private static bool Calibrates(string value) => value.StartsWith(OnnxCalibration.Prefix, StringComparison.Ordinal);

    /// <summary>Takes up one node that turns a value into the next.</summary>
    private void Take(OnnxNode node, string value)
    {
        switch (node.Operator)
        {
            case "Gemm":
                Gemm(node, value);
                break;
            case "MatMul":
                if (node.Inputs[0] != value || node.Inputs.Count != 2)
                    throw Refused(node, "has its weights before its values");
                _layers.Add(_constants.Matrix(node, 1, transposed: false), Name(node));
                break;
            case "Add" or "Sub" or "Mul" or "Div":
                Elementwise(node, value);
                break;
            case "BatchNormalization":
                float epsilon = Float(node, "epsilon", 1e-5f);
                _layers.Normalize(
                    _constants.Vector(node, 1),
                    _constants.Vector(node, 2),
                    _constants.Vector(node, 3),
                    _constants.Vector(node, 4),
                    epsilon,
                    Name(node));
                break;
            case "PRelu":
                if (node.Inputs[0] != value)
                    throw Refused(node, "has its slopes before its values");
                _layers.ActivateWithSlopes(_constants.Vector(node, 1), Name(node));
                break;
            case "Flatten" or "Identity" or "Dropout" or "Cast" or "Reshape":
                CheckKeepsSamples(node);
                break;
            default:
                Activate(node, value);
                break;
        }
    }

    private void Gemm(OnnxNode node, string value)
    {
        if (node.Inputs[0] != value || node.Inputs.Count is not (2 or 3) || Int(node, "transA", 0) != 0)
            throw Refused(node, "multiplies something else than values by weights");
        float alpha = Float(node, "alpha", 1), beta = Float(node, "beta", 1);
        ModelTensor weights = _constants.Matrix(node, 1, transposed: Int(node, "transB", 0) != 0);
        _layers.Add(
            alpha == 1 ? weights : weights with { Values = Array.ConvertAll(weights.Values, weight => weight * alpha) }, Name(node));
        if (node.Inputs.Count == 3 && node.Inputs[2].Length > 0)
            _layers.Scale([1], Array.ConvertAll(_constants.Vector(node, 2), bias => bias * beta), Name(node));
    }

    private void Elementwise(OnnxNode node, string value)
    {
        if (node.Inputs.Count != 2)
            throw Refused(node, "has not two inputs");
        int place = node.Inputs[0] == value ? 1 : 0;
        if (place == 0 && node.Operator is "Sub" or "Div")
            throw Refused(node, "takes the values from a constant, or divides one by them");
        float[] constant = _constants.Vector(node, place);
        switch (node.Operator)
        {
            case "Add":
                _layers.Scale([1], constant, Name(node));
                break;
            case "Sub":
                _layers.Scale([1], Array.ConvertAll(constant, number => -number), Name(node));
                break;
            case "Mul":
                _layers.Scale(constant, [0], Name(node));
                break;
            default:
                _layers.Divide(constant, Name(node));
                break;
        }
    }

    private void Activate(OnnxNode node, string value)
    {
        if (_activations.Find(value, composite: false) is not var (activation, _))
            throw Refused(node, "is no part of a multilayer perceptron");
        _layers.Activate(activation, Name(node));
    }

    private void CheckKeepsSamples(OnnxNode node)
    {
        bool keeps = node.Operator switch
        {
            "Flatten" => Int(node, "axis", 1) == 1,
            "Reshape" => node.Inputs.Count == 2 && _constants.Vector(node, 1) is [_, _],
            "Cast" => (OnnxType)Int(node, "to", 1) is OnnxType.Float or OnnxType.Double or OnnxType.Float16,
            _ => true,
        };
        if (!keeps)
            throw Refused(node, "turns samples into something else than vectors of numbers");
    }

    private MlpException Refused(OnnxNode node, string why) =>
        ModelContent.Unfit(_path, $"is no multilayer perceptron that can be read: {Name(node)} {why}");

    private static string Name(OnnxNode node) =>
        $"the node '{(string.IsNullOrEmpty(node.Name) ? node.Outputs.FirstOrDefault() : node.Name)}' ({node.Operator})";

    private static float Float(OnnxNode node, string name, float usual) =>
        node.Attributes.Find(attribute => attribute.Name == name)?.Float ?? usual;

    private static long Int(OnnxNode node, string name, long usual) =>
        node.Attributes.Find(attribute => attribute.Name == name)?.Int ?? usual;
}
