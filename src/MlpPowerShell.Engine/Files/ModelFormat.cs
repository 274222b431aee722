using MlpPowerShell.Engine.Files.Onnx;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>Names the formats of model files.</summary>
public enum ModelFormat
{
    /// <summary>
    /// Our own: safetensors with layers.0.weight, layers.0.bias and so on, and everything else that a model knows in the metadata.
    /// </summary>
    Safetensors,

    /// <summary>Safetensors with the names that PyTorch's nn.Sequential gives: 0.weight, 0.bias, 2.weight and so on.</summary>
    PyTorch,

    /// <summary>ONNX, with the preprocessing and the names of the classes: what ONNX Runtime and many others run.</summary>
    Onnx,

    /// <summary>An archive of NumPy arrays named W1, b1, W2 and so on.</summary>
    Npz,

    /// <summary>A C# class with the weights in it, which predicts without this module; can't be read back.</summary>
    CSharp,
}

/// <summary>All that there is to know of a format of model files.</summary>
internal sealed record ModelFormatDefinition
{
    /// <summary>What the names of such files end with; null where another format has the ending.</summary>
    public string? Ending { get; init; }

    /// <summary>What it can keep of the weights.</summary>
    public IReadOnlyList<WeightPrecision> Precisions { get; init; } = [WeightPrecision.Single];

    /// <summary>Whether such files have weights [out, in] or [in, out], and may not tell which.</summary>
    public bool HasEitherLayout { get; init; }

    /// <summary>Writes a model.</summary>
    public required Action<Stream, ModelToWrite> Write { get; init; }

    /// <summary>Reads a model; null where the format is only written.</summary>
    public Func<string, Stream, ModelReadOptions, ModelContent>? Read { get; init; }

    /// <summary>Reads what a file says of itself; null where the format is only written.</summary>
    public Func<string, Stream, MlpModelInfo>? ReadHead { get; init; }
}

/// <summary>A model on its way into a file.</summary>
/// <param name="Model">The model.</param>
/// <param name="Content">Its tensors and metadata.</param>
/// <param name="Precision">What is kept of the weights.</param>
/// <param name="Name">The file's name without its ending.</param>
internal sealed record ModelToWrite(MlpModel Model, ModelContent Content, WeightPrecision Precision, string Name);

internal static class ModelFormatTable
{
    /// <summary>What there is to know of a format.</summary>
    public static ModelFormatDefinition Definition(this ModelFormat format) => format switch
    {
        ModelFormat.Safetensors => new()
        {
            Ending = ".safetensors",
            Precisions = Enum.GetValues<WeightPrecision>(),
            Write = (stream, model) => SafetensorsFile.Write(
                stream, model.Content.Metadata, [.. model.Content.Tensors.Values], model.Precision),
            Read = (path, stream, _) => TorchNames.ToOurs(path, SafetensorsFile.Read(path, stream)),
            ReadHead = MlpModelInfo.OfSafetensors,
        },
        ModelFormat.PyTorch => new()
        {
            Precisions = [WeightPrecision.Single, WeightPrecision.Half],
            Write = (stream, model) => SafetensorsFile.Write(
                stream, model.Content.Metadata, [.. TorchNames.FromModel(model.Model, model.Content)], model.Precision),
            Read = (path, stream, _) => TorchNames.ToOurs(path, SafetensorsFile.Read(path, stream)),
            ReadHead = MlpModelInfo.OfSafetensors,
        },
        ModelFormat.Onnx => new()
        {
            Ending = ".onnx",
            Precisions = Enum.GetValues<WeightPrecision>(),
            Write = (stream, model) => OnnxWriter.Write(stream, model.Model, model.Content, model.Precision),
            Read = OnnxReader.Read,
            ReadHead = MlpModelInfo.OfOnnx,
        },
        ModelFormat.Npz => new()
        {
            Ending = ".npz",
            Write = (stream, model) => NumpyModelFile.Write(stream, model.Content),
            HasEitherLayout = true,
            Read = NumpyModelFile.Read,
            ReadHead = MlpModelInfo.OfNumpy,
        },
        ModelFormat.CSharp => new()
        {
            Ending = ".cs",
            Write = (stream, model) => CSharpWriter.Write(stream, model.Model, model.Name),
        },
    };
}
