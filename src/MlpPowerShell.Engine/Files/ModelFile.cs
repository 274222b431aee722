using System.Globalization;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Engine.Files;

/// <summary>Models as safetensors files: layers.N.weight [out, in] and layers.N.bias [out], the architecture in the metadata.</summary>
public static class ModelFile
{
    // Files of models that an older version knew keep its number, so that older modules read them.
    private const string FirstVersion = "1";
    private const string SecondVersion = "2";
    private const string FormatVersion = "3";
    private const string VersionKey = "mlp_format_version";
    private const string LossKey = "loss";
    private const string ActivationsKey = "hidden_activations";
    private const string ClassesKey = "classes";
    private const string PreprocessingKey = "preprocessing";
    private const string ImageShapeKey = "image_shape";
    private const string EpochsKey = "epochs_trained";

    /// <summary>Writes a model, first beside the file and then in its place, so that there is always the old file or the new one.</summary>
    /// <exception cref="MlpException">The file can't be written.</exception>
    public static void Write(MlpModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, stream => Write(model, stream));
    }

    /// <summary>Writes a model to a stream.</summary>
    public static void Write(MlpModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafetensorsFile.Write(stream, Metadata(model), [.. Tensors(model)]);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="activations">The hidden activations, for a file that does not name them; they go before those of the file.</param>
    /// <exception cref="MlpException">The file is not there, or holds no such model.</exception>
    public static MlpModel Read(string path, IReadOnlyList<ActivationKind>? activations = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Build(path, ReadContent(path), activations);
    }

    /// <summary>Reads a model that was written to a stream, which must be able to seek.</summary>
    /// <exception cref="MlpException">The stream holds no such model.</exception>
    public static MlpModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        const string Name = "The stream";
        return Build(Name, SafetensorsFile.Read(Name, stream), null);
    }

    /// <summary>What a file says of a model beside its tensors.</summary>
    internal static Dictionary<string, string> Metadata(MlpModel model)
    {
        var metadata = new Dictionary<string, string>
        {
            [VersionKey] = model.Preprocessing is not null ? FormatVersion : model.Loss == LossKind.CrossEntropy && !model.HasBatchNormalization ? FirstVersion : SecondVersion,
            [LossKey] = model.Loss.ToString(),
            [ActivationsKey] = string.Join(',', model.Layers.SkipLast(1).Select(layer => layer.ActivationName.ToLowerInvariant())),
            ["output_activation"] = model.Loss.OutputActivation().ToLowerInvariant(),
            [ClassesKey] = JsonSerializer.Serialize(model.ClassNames),
            [EpochsKey] = model.EpochsTrained.ToString(CultureInfo.InvariantCulture),
        };
        if (model.ImageShape is { } shape)
            metadata[ImageShapeKey] = string.Create(CultureInfo.InvariantCulture, $"{shape.Height},{shape.Width}");
        if (model.Preprocessing is not null)
            metadata[PreprocessingKey] = model.Preprocessing.ToJson();
        if (model.History.Count > 0)
            metadata["last_run"] = model.History[^1].Details.ToString();
        return metadata;
    }

    /// <summary>The tensors of a model.</summary>
    internal static IEnumerable<SafetensorsFile.Tensor> Tensors(MlpModel model) => model.Parameters.Select(parameter => new SafetensorsFile.Tensor(
        parameter.Name,
        parameter.Kind == ParameterKind.Weight ? [parameter.Rows, parameter.Columns] : [parameter.Rows],
        new DenseMatrix(parameter.Rows, parameter.Columns, parameter.Values).ToRowMajorArray()));

    /// <summary>Reads a file.</summary>
    /// <exception cref="MlpException">The file is not there, or no safetensors file.</exception>
    internal static SafetensorsFile.Content ReadContent(string path)
    {
        if (!File.Exists(path))
            throw new MlpException("FileNotFound", MlpErrorKind.NotFound, $"There is no file {path}.");
        try
        {
            return SafetensorsFile.Read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException("FileUnreadable", MlpErrorKind.InvalidData, $"{path} can't be read: {failure.Message}", failure);
        }
    }

    /// <summary>Makes a model of a file's content.</summary>
    /// <exception cref="MlpException">The file holds no such model.</exception>
    internal static MlpModel Build(string path, SafetensorsFile.Content content, IReadOnlyList<ActivationKind>? activations)
    {
        if (content.Metadata.TryGetValue(VersionKey, out string? version) && version is not (FirstVersion or SecondVersion or FormatVersion))
            throw new MlpException("ModelTooNew", MlpErrorKind.InvalidData, $"{path} has format version {version}, and this module reads up to version {FormatVersion}; update the module to read it.");

        var weights = new List<SafetensorsFile.Tensor>();
        var biases = new List<SafetensorsFile.Tensor>();
        while (content.Tensors.TryGetValue($"layers.{weights.Count}.weight", out SafetensorsFile.Tensor? weight))
        {
            string biasName = $"layers.{weights.Count}.bias";
            if (!content.Tensors.TryGetValue(biasName, out SafetensorsFile.Tensor? bias))
                throw Unfit(path, $"has {weight.Name} but no {biasName}");
            int inputs = weights.Count > 0 ? weights[^1].Shape[0] : -1;
            if (weight.Shape.Count != 2 || bias.Shape.Count != 1 || bias.Shape[0] != weight.Shape[0] || (inputs >= 0 && weight.Shape[1] != inputs))
                throw Unfit(path, $"has {weight.Name} of shape [{string.Join(", ", weight.Shape)}] and {biasName} of shape [{string.Join(", ", bias.Shape)}], which do not continue the layers before");
            weights.Add(weight);
            biases.Add(bias);
        }

        // A checkpoint holds more than its model.
        bool normalized = content.Tensors.ContainsKey("layers.0.scale");
        bool whole = content.Metadata.ContainsKey(CheckpointFile.StateKey) || content.Tensors.Count == (2 * weights.Count) + (normalized ? 3 * (weights.Count - 1) : 0);
        if (weights.Count == 0 || !whole)
        {
            string names = string.Join(", ", content.Tensors.Keys.Take(8));
            throw Unfit(path, $"has the tensors {(names.Length == 0 ? "of nothing" : names)}; expected layers.0.weight, layers.0.bias, layers.1.weight and so on");
        }

        int[] hidden = [.. weights.SkipLast(1).Select(weight => weight.Shape[0])];
        activations = hidden.Length == 0 ? [ActivationKind.Identity] : activations ?? NamedActivations(path, content.Metadata);
        LossKind loss = content.Metadata.TryGetValue(LossKey, out string? name) ? Named<LossKind>(path, "loss", name) : LossKind.CrossEntropy;
        var model = new MlpModel(weights[0].Shape[1], hidden, weights[^1].Shape[0], activations, loss, normalized);
        foreach (LayerParameter parameter in model.Parameters)
        {
            if (!content.Tensors.TryGetValue(parameter.Name, out SafetensorsFile.Tensor? tensor) || tensor.Values.Length != parameter.Values.Length)
                throw Unfit(path, $"has no {parameter.Name} of {parameter.Values.Length} values");
            Matrix<float>.Build.DenseOfRowMajor(parameter.Rows, parameter.Columns, tensor.Values).CopyTo(new DenseMatrix(parameter.Rows, parameter.Columns, parameter.Values));
        }

        ReadFacts(path, content.Metadata, model);
        return model;
    }

    private static void ReadFacts(string path, IReadOnlyDictionary<string, string> metadata, MlpModel model)
    {
        if (metadata.TryGetValue(ClassesKey, out string? classes))
        {
            try
            {
                model.NameClasses(JsonSerializer.Deserialize<string[]>(classes) ?? []);
            }
            catch (JsonException failure)
            {
                throw Unfit(path, $"names its classes in a way that can't be read ({failure.Message})");
            }
        }

        if (metadata.TryGetValue(PreprocessingKey, out string? preprocessing))
        {
            try
            {
                model.Preprocessing = MlpPreprocessing.FromJson(preprocessing);
            }
            catch (Exception failure) when (failure is JsonException or NotSupportedException)
            {
                throw Unfit(path, $"describes its preprocessing in a way that can't be read ({failure.Message})");
            }

            if (model.Preprocessing.FeatureCount != model.InputSize)
                throw Unfit(path, $"has a preprocessing that makes {model.Preprocessing.FeatureCount} features, and takes {model.InputSize}");
        }

        if (metadata.TryGetValue(ImageShapeKey, out string? image))
        {
            int[] sizes = Array.ConvertAll(image.Split(','), text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0);
            if (sizes.Length != 2 || (long)sizes[0] * sizes[1] != model.InputSize)
                throw Unfit(path, $"has images of the shape {image}, and takes {model.InputSize} features");
            model.ImageShape = new ImageShape(sizes[0], sizes[1]);
        }

        if (metadata.TryGetValue(EpochsKey, out string? epochs) && int.TryParse(epochs, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            model.EpochsTrained = count;
    }

    private static ActivationKind[] NamedActivations(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(ActivationsKey, out string? names))
        {
            throw new MlpException(
                "ActivationUnknown",
                MlpErrorKind.InvalidData,
                $"{path} does not say which activations its hidden layers have. Name them with -Activation, such as -Activation ReLU.");
        }

        return [.. names.Split(',').Select(name => Named<ActivationKind>(path, "activation", name))];
    }

    private static T Named<T>(string path, string what, string name)
        where T : struct, Enum =>
        Enum.TryParse(name, ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : throw Unfit(path, $"names the {what} '{name}', which is none of {string.Join(", ", Enum.GetNames<T>())}");

    private static MlpException Unfit(string path, string what) => new("InvalidModelFile", MlpErrorKind.InvalidData, $"{path} {what}.");
}
