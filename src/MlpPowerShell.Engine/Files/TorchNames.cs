using System.Text.RegularExpressions;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// The names that PyTorch gives the tensors of an nn.Sequential of Linear, BatchNorm1d, PReLU and other activations (0.weight, 0.bias,
/// 2.weight, …), and those of modules with attributes (fc1.weight, fc2.weight, …): numbers in names, or else the places in the file, tell
/// the order.
/// </summary>
internal static partial class TorchNames
{
    private static readonly string[] _fields = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

    /// <summary>
    /// A model's tensors by PyTorch's names. A layer with batch normalization is a Linear without bias, as the normalization adds one.
    /// </summary>
    public static IEnumerable<ModelTensor> FromModel(MlpModel model, ModelContent content)
    {
        int module = 0;
        foreach (MlpLayer layer in model.Layers)
        {
            yield return Named($"{module}.weight", "weight");
            if (layer.Normalization is null)
            {
                yield return Named($"{module}.bias", "bias");
            }
            else
            {
                module++;
                yield return Named($"{module}.weight", "scale");
                yield return Named($"{module}.bias", "bias");
                yield return Named($"{module}.running_mean", "running_mean");
                yield return Named($"{module}.running_var", "running_var");
                yield return new ModelTensor($"{module}.num_batches_tracked", [], [0]) { IsWhole = true };
            }

            if (layer.Slopes is not null)
                yield return Named($"{module + 1}.weight", "slope");

            // The activation is a module too, except where there is none.
            module += Activation.Identity.Equals(layer.Activation) ? 1 : 2;

            ModelTensor Named(string name, string ours) => content.Tensors[$"{layer.Name}.{ours}"] with { Name = name };
        }
    }

    /// <summary>Content with our names, where it has PyTorch's; else as it is.</summary>
    /// <exception cref="MlpException">There are PyTorch's names, but of something else than a multilayer perceptron.</exception>
    public static ModelContent ToOurs(string path, ModelContent content)
    {
        if (content.Tensors.Count == 0 || content.Tensors.ContainsKey("layers.0.weight"))
            return content;
        var modules = new List<(string Prefix, Dictionary<string, ModelTensor> Tensors)>();
        foreach (ModelTensor tensor in content.Tensors.Values)
        {
            int dot = tensor.Name.LastIndexOf('.');
            if (dot < 0 || !_fields.Contains(tensor.Name[(dot + 1)..]))
                return content;
            string prefix = tensor.Name[..dot];
            int known = modules.FindIndex(module => module.Prefix == prefix);
            if (known < 0)
                modules.Add((prefix, []));
            modules[known < 0 ? ^1 : known].Tensors[tensor.Name[(dot + 1)..]] = tensor;
        }

        var ours = new Dictionary<string, ModelTensor>();
        int layers = 0;
        foreach ((string prefix, Dictionary<string, ModelTensor> tensors) in modules
            .OrderBy(module => Key(module.Prefix), StringComparer.Ordinal)
            .ThenBy(ComesAfter))
        {
            if (!tensors.TryGetValue("weight", out ModelTensor? weight))
                throw ModelContent.Unfit(path, $"has the module {prefix} without a weight");
            if (tensors.ContainsKey("running_mean"))
            {
                AddNormalization(path, prefix, tensors, ours, layers);
                continue;
            }

            if (IsSlopes(tensors))
            {
                if (layers == 0 || ours.ContainsKey($"layers.{layers - 1}.slope"))
                    throw ModelContent.Unfit(path, $"has the slopes {weight.Name} where no layer comes just before");
                Add(ours, layers - 1, "slope", weight);
                continue;
            }

            if (weight.Shape.Count != 2)
            {
                throw ModelContent.Unfit(
                    path, $"has {weight.Name} of shape [{string.Join(", ", weight.Shape)}], which is no layer of a multilayer perceptron");
            }

            Add(ours, layers, "weight", weight);
            Add(
                ours,
                layers,
                "bias",
                tensors.GetValueOrDefault("bias") ?? new ModelTensor(string.Empty, [weight.Shape[0]], new float[weight.Shape[0]]));
            layers++;
        }

        return content with { Tensors = ours };
    }

    private static bool IsSlopes(Dictionary<string, ModelTensor> tensors) =>
        tensors.Count == 1 && tensors.TryGetValue("weight", out ModelTensor? weight) && weight.Shape.Count == 1;

    // Where attributes have numbers, act1 belongs behind fc1, and sorted files have it before.
    private static bool ComesAfter((string Prefix, Dictionary<string, ModelTensor> Tensors) module) =>
        Number().IsMatch(module.Prefix) && IsSlopes(module.Tensors);

    private static void AddNormalization(
        string path, string prefix, Dictionary<string, ModelTensor> tensors, Dictionary<string, ModelTensor> ours, int layers)
    {
        if (layers == 0 || ours.ContainsKey($"layers.{layers - 1}.scale"))
            throw ModelContent.Unfit(path, $"has the batch normalization {prefix} where no layer comes just before");
        ModelTensor bias = ours[$"layers.{layers - 1}.bias"];
        if (!tensors.TryGetValue("bias", out ModelTensor? shift) || !tensors.TryGetValue("running_var", out ModelTensor? variance)
            || tensors.Any(entry => entry.Key != "num_batches_tracked" && entry.Value.Values.Length != bias.Values.Length))
        {
            throw ModelContent.Unfit(path, $"has the batch normalization {prefix}, whose tensors do not fit the layer before");
        }

        // A bias before the normalization only moves the mean.
        ModelTensor mean = tensors["running_mean"];
        Add(ours, layers - 1, "bias", shift);
        Add(ours, layers - 1, "scale", tensors["weight"]);
        Add(
            ours,
            layers - 1,
            "running_mean",
            mean with { Values = [.. mean.Values.Zip(bias.Values, (running, before) => running - before)] });
        Add(ours, layers - 1, "running_var", variance);
    }

    private static void Add(Dictionary<string, ModelTensor> ours, int layer, string field, ModelTensor tensor)
    {
        string name = $"layers.{layer}.{field}";
        ours[name] = tensor with { Name = name };
    }

    // Numbers sort as numbers when they are equally long. Without any, the order of the file remains, as the sort is stable.
    private static string Key(string prefix) => string.Concat(Number().Matches(prefix).Select(match => match.Value.PadLeft(10, '0') + '.'));

    [GeneratedRegex("[0-9]{1,9}")]
    private static partial Regex Number();
}
