using System.Text.Json;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Checkpoints: a model file that also holds the state of its training. Buffers laid out as the parameters become tensors named like those
/// of the model, with a prefix.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>What the names of the best weights begin with.</summary>
    public const string BestPrefix = "best.";

    /// <summary>How a state becomes text.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes a checkpoint in the place of the one before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model, with the weights after the epoch.</param>
    /// <param name="state">The state after it.</param>
    /// <param name="layout">How the buffers are laid out.</param>
    /// <param name="buffers">Optimizer memory and the like, each with its prefix.</param>
    /// <param name="best">Whether the file, read as a model, has the best of the weights, which are among the buffers.</param>
    /// <exception cref="MlpException">The file can't be written.</exception>
    public static void Write(
        string path,
        MlpModel model,
        TrainingState state,
        ParameterLayout layout,
        IEnumerable<(string Prefix, AlignedBuffer Buffer)> buffers,
        bool best)
    {
        ModelContent content = ModelContent.Of(model);
        var metadata = new Dictionary<string, string>(content.Metadata)
        {
            [ModelContent.TrainingStateKey] = JsonSerializer.Serialize(state, Json),
            [ModelContent.WeightsKey] = best ? BestPrefix : string.Empty,
        };
        IEnumerable<ModelTensor> memory = buffers.SelectMany(entry => ToTensors(entry.Prefix, entry.Buffer, layout));
        AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, metadata, [.. content.Tensors.Values, .. memory]));
    }

    /// <summary>Reads a checkpoint's state, its model with the weights of the last epoch, and what else it holds.</summary>
    /// <exception cref="MlpException">The file is no checkpoint.</exception>
    public static (TrainingState State, MlpModel Model, ModelContent Content) Read(string path)
    {
        ModelContent read = SafetensorsFile.Read(path);
        ModelContent content = read with { Metadata = read.Metadata.Where(fact => fact.Key != ModelContent.WeightsKey).ToDictionary() };
        return (StateOf(path, content.Metadata), content.ToModel(path, new ModelReadOptions()), content);
    }

    /// <summary>Reads a checkpoint's state, and none of its tensors.</summary>
    /// <exception cref="MlpException">The file is no checkpoint.</exception>
    public static TrainingState ReadState(string path) =>
        StateOf(path, InputFile.ReadPlain(path, stream => SafetensorsFile.ReadHeader(path, stream)).Metadata);

    private static TrainingState StateOf(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(ModelContent.TrainingStateKey, out string? json))
            throw Invalid(path, "is no checkpoint: it holds no state of a training");
        try
        {
            TrainingState? state = JsonSerializer.Deserialize<TrainingState>(json, Json);
            if (state is not { Run: not null, Schedule: not null, Stopping: not null, History: not null, Runs: not null, EpochsDone: >= 0 }
                || state.History.Contains(null!)
                || state.Runs.Any(run => run is not { Run: not null, Epochs: > 0 })
                || state.Runs.Sum(run => (long)run.Epochs) != state.History.Count)
            {
                throw Invalid(path, "has a state with something missing");
            }

            return state;
        }
        catch (JsonException failure)
        {
            throw Invalid(path, $"has a state that can't be read ({failure.Message})");
        }
    }

    /// <summary>Fills a buffer that is laid out as the parameters.</summary>
    /// <exception cref="MlpException">The checkpoint lacks one of its tensors.</exception>
    public static void Fill(string path, ModelContent content, string prefix, AlignedBuffer buffer, ParameterLayout layout)
    {
        foreach (ParameterTensor tensor in layout.Tensors)
        {
            string name = prefix + tensor.Name;
            if (!content.Tensors.TryGetValue(name, out ModelTensor? saved) || saved.Values.Length != tensor.Length)
                throw Invalid(path, $"has no tensor {name} of {tensor.Length} values");
            tensor.Pack(saved.Values, buffer);
        }
    }

    private static IEnumerable<ModelTensor> ToTensors(string prefix, AlignedBuffer buffer, ParameterLayout layout)
    {
        foreach (ParameterTensor tensor in layout.Tensors)
        {
            var values = new float[tensor.Length];
            tensor.Unpack(buffer, values);
            yield return new ModelTensor(prefix + tensor.Name, [tensor.Length], values);
        }
    }

    private static MlpException Invalid(string path, string what) => new("InvalidCheckpoint", MlpErrorKind.InvalidData, $"{path} {what}.");
}
