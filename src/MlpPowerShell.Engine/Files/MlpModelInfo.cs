using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files.Onnx;

namespace MlpPowerShell.Engine.Files;

/// <summary>A tensor as the head of a file describes it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of its values, as the format calls it.</param>
/// <param name="Shape">The sizes.</param>
public sealed record MlpTensorInfo(string Name, string Type, IReadOnlyList<int> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}[{string.Join(", ", Shape)}]";
}

/// <summary>What a model file says of itself: read from its head, without the weights.</summary>
public sealed class MlpModelInfo
{
    private MlpModelInfo(
        string path,
        ModelFormat format,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<MlpTensorInfo> tensors,
        string? producer,
        Func<MlpTensorInfo, bool>? isWeight = null)
    {
        Path = path;
        Format = format;
        Metadata = new Facts(metadata.ToDictionary());
        Tensors = new ValueList<MlpTensorInfo>([.. tensors]);
        Producer = producer;
        FileSize = new FileInfo(path).Length;
        MlpTensorInfo[] weights = [.. tensors.Where(tensor => tensor.Shape.Count == 2 && isWeight?.Invoke(tensor) != false)];
        bool isChain = weights.Length > 0 && weights.Zip(weights.Skip(1)).All(pair => pair.First.Shape[0] == pair.Second.Shape[1]);
        Architecture = isChain ? string.Join('-', weights.Select(weight => weight.Shape[1]).Append(weights[^1].Shape[0])) : null;
        WeightType = weights.Length > 0 ? weights[0].Type : null;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The file's format.</summary>
    public ModelFormat Format { get; }

    /// <summary>The version of this module's own metadata, or null where the file comes from elsewhere.</summary>
    public string? FormatVersion => Fact(ModelContent.VersionKey);

    /// <summary>
    /// The sizes of the layers, 784-128-10, or null where the tensors don't follow each other as those of a perceptron do.
    /// </summary>
    public string? Architecture { get; }

    /// <summary>The activations of the hidden layers and the output, or null where the file does not name them.</summary>
    public string? Activations =>
        Fact(ModelContent.ActivationsKey) is { } hidden
            ? string.Join(", ", hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Append(Fact("output_activation")))
            : null;

    /// <summary>What training minimized, or null where the file does not say.</summary>
    public string? Loss => Fact(ModelContent.LossKey);

    /// <summary>The names of the outputs; empty where the file does not say.</summary>
    public IReadOnlyList<string> Classes => new ValueList<string>(ClassesOf(Fact(EndsContent.ClassesKey)));

    /// <summary>Epochs of training, or null where the file does not say.</summary>
    public int? EpochsTrained =>
        int.TryParse(Fact(ModelContent.EpochsKey), NumberStyles.None, CultureInfo.InvariantCulture, out int epochs) ? epochs : null;

    /// <summary>Whether the model knows how rows with named values become its features.</summary>
    public bool HasPreprocessing => Fact(EndsContent.PreprocessingKey) is not null;

    /// <summary>Whether a training can go on from the file.</summary>
    public bool IsCheckpoint => Fact(ModelContent.TrainingStateKey) is not null;

    /// <summary>The type of the weights, as the format calls it.</summary>
    public string? WeightType { get; }

    /// <summary>Numbers in all tensors.</summary>
    public long ValueCount =>
        Tensors.Where(tensor => tensor.Type != nameof(OnnxType.String))
            .Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Bytes of the file.</summary>
    public long FileSize { get; }

    /// <summary>What wrote the file, or null where it does not say.</summary>
    public string? Producer { get; }

    /// <summary>All facts that stand in the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<MlpTensorInfo> Tensors { get; }

    /// <summary>Reads the head of a model file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; null for the one that its name tells.</param>
    /// <exception cref="MlpException">The file is not there, or no such file.</exception>
    public static MlpModelInfo Read(string path, ModelFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ModelFormat known = format ?? ModelFile.FormatOf(path);
        if (known.Definition().ReadHead is not { } read)
            throw ModelFile.NotRead(path, known);
        return InputFile.ReadPlain(path, stream =>
        {
            ModelFile.CheckContent(path, stream, known);
            return read(path, stream);
        });
    }

    /// <inheritdoc/>
    public override string ToString() => $"{System.IO.Path.GetFileName(Path)}: {Architecture ?? $"{Tensors.Count} tensors"}";

    internal static MlpModelInfo OfSafetensors(string path, Stream stream)
    {
        SafetensorsFile.Header header = SafetensorsFile.ReadHeader(path, stream);
        bool ours = header.Metadata.ContainsKey(ModelContent.VersionKey);
        bool torch = header.Fields.Any(field => field.Name == "0.weight");
        MlpTensorInfo[] tensors = [.. header.Fields.Select(field => new MlpTensorInfo(field.Name, field.Type, [.. field.Shape]))];
        return new MlpModelInfo(
            path, torch ? ModelFormat.PyTorch : ModelFormat.Safetensors, header.Metadata, tensors, ours ? "MlpPowerShell" : null);
    }

    internal static MlpModelInfo OfNumpy(string path, Stream stream)
    {
        (IReadOnlyDictionary<string, string> metadata, IReadOnlyList<MlpTensorInfo> arrays) = NumpyModelFile.ReadHeaders(path, stream);
        return new MlpModelInfo(
            path, ModelFormat.Npz, metadata, arrays, metadata.ContainsKey(ModelContent.VersionKey) ? "MlpPowerShell" : null);
    }

    internal static MlpModelInfo OfOnnx(string path, Stream stream)
    {
        OnnxModel head = OnnxReader.ReadHead(path, stream);
        if (head.Graph is not { Nodes.Count: > 0 })
            throw ModelContent.Unfit(path, "has no graph, as every ONNX file has");
        bool transposed = head.Graph?.Nodes.Exists(node => node.Operator == "Gemm"
            && node.Attributes.Exists(attribute => attribute is { Name: "transB", Int: not 0 }))
            ?? false;
        MlpTensorInfo[] tensors =
        [
            .. (head.Graph?.Initializers ?? []).Select(tensor =>
            {
                int[] sizes = Array.ConvertAll(tensor.Sizes ?? [], size => (int)Math.Clamp(size, 0, int.MaxValue));
                return new MlpTensorInfo(
                    tensor.Name, tensor.Type.ToString(), transposed || sizes.Length != 2 ? sizes : [sizes[1], sizes[0]]);
            }),
        ];

        // What scales columns has two dimensions too, and goes into other nodes.
        HashSet<string> weights = [.. (head.Graph?.Nodes
            ?? []).Where(node => node.Operator is "Gemm" or "MatMul" or "Cast" or "DequantizeLinear")
            .SelectMany(node => node.Inputs)];
        return new MlpModelInfo(
            path,
            ModelFormat.Onnx,
            head.Facts(),
            tensors,
            $"{head.ProducerName} {head.ProducerVersion}".Trim(),
            tensor => weights.Contains(tensor.Name));
    }

    private static string[] ClassesOf(string? json)
    {
        try
        {
            return json is null ? [] : JsonSerializer.Deserialize<string[]>(json) ?? [];
        }
        catch (JsonException)
        {
            // The head can be looked at even where the model can't be read.
            return [];
        }
    }

    /// <summary>Facts, which a table of text shows.</summary>
    private sealed class Facts(IDictionary<string, string> facts) : ReadOnlyDictionary<string, string>(facts)
    {
        public override string ToString() => string.Join("; ", this.Select(fact => $"{fact.Key}={fact.Value}"));
    }

    private string? Fact(string key) => Metadata.TryGetValue(key, out string? value) ? value : null;
}
