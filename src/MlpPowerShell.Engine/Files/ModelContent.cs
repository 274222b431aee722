using System.Globalization;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Single;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files;

/// <summary>A tensor of a model file.</summary>
/// <param name="Name">The name.</param>
/// <param name="Shape">The sizes; of weights [out, in].</param>
/// <param name="Values">The values, row after row.</param>
internal sealed record ModelTensor(string Name, IReadOnlyList<int> Shape, float[] Values)
{
    /// <summary>Whether the values are whole numbers, and written so.</summary>
    public bool IsWhole { get; init; }

    /// <summary>A matrix's rows as columns.</summary>
    public ModelTensor Transposed()
    {
        int rows = Shape[0], columns = Shape[1];
        var values = new float[Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Values[(i % rows * columns) + (i / rows)];
        return this with { Shape = [columns, rows], Values = values };
    }
}

/// <summary>
/// What a model file holds, whatever its format: tensors called layers.N.weight [out, in], layers.N.bias [out] and so on, and facts.
/// </summary>
/// <param name="Metadata">The facts.</param>
/// <param name="Tensors">The tensors.</param>
internal sealed record ModelContent(IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, ModelTensor> Tensors)
{
    public const string VersionKey = "mlp_format_version";
    public const string LossKey = "loss";
    public const string ActivationsKey = "hidden_activations";
    public const string EpochsKey = "epochs_trained";
    public const string EpsilonKey = "batch_norm_epsilon";

    /// <summary>The metadata that make a model file the checkpoint of a training.</summary>
    public const string TrainingStateKey = "training_state";

    /// <summary>What the names of the model's weights in a checkpoint begin with; nothing for the last ones.</summary>
    public const string WeightsKey = "weights";

    private const string LossOptionsKey = "loss_options";
    private const int NewestVersion = 9;

    private static readonly JsonSerializerOptions _json = new() { IgnoreReadOnlyProperties = true };

    /// <summary>The content that a model's file has.</summary>
    /// <param name="model">The model.</param>
    /// <param name="precision">What the file will keep of the weights.</param>
    public static ModelContent Of(MlpModel model, WeightPrecision precision = WeightPrecision.Single) =>
        new(MetadataOf(model, precision), model.Parameters.Select(TensorOf).ToDictionary(tensor => tensor.Name));

    /// <summary>Makes a model of the content.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="options">What the content may not say.</param>
    /// <exception cref="MlpException">It holds no such model.</exception>
    public MlpModel ToModel(string path, ModelReadOptions options)
    {
        CheckVersion(path);
        List<ModelTensor> weights = Weights(path);

        // A checkpoint holds more than its model. Whether all slopes are there follows from the activations.
        bool normalized = Tensors.ContainsKey("layers.0.scale");
        int slopes = Enumerable.Range(0, weights.Count).Count(layer => Tensors.ContainsKey($"layers.{layer}.slope"));
        int others = (2 * weights.Count) + (normalized ? 3 * (weights.Count - 1) : 0);
        bool whole = Metadata.ContainsKey(TrainingStateKey) || Tensors.Count == slopes + others;
        if (weights.Count == 0 || !whole)
        {
            string names = string.Join(", ", Tensors.Keys.Take(8));
            throw Unfit(
                path,
                $"has the tensors {(names.Length == 0 ? "of nothing" : names)}; expected layers.0.weight, layers.0.bias, "
                + $"layers.1.weight and so on, or those of nn.Sequential");
        }

        int[] hidden = [.. weights.SkipLast(1).Select(weight => weight.Shape[0])];
        IReadOnlyList<Activation> activations = hidden.Length == 0 ? [Activation.Identity] : options.Activations ?? NamedActivations(path);
        LossKind loss = options.Loss
            ?? (Metadata.TryGetValue(LossKey, out string? name)
                ? Named<LossKind>(path, "loss", name)
                : weights[^1].Shape[0] > 1
                ? LossKind.CrossEntropy
                : LossKind.MeanSquaredError);
        TellOverruled(options, loss, activations);
        var layers = new HiddenLayers(hidden, activations)
        {
            BatchNormalization = normalized,
            NormalizationEpsilon = Fact<double?>(path, EpsilonKey) ?? BatchNormalization.DefaultEpsilon,
        };
        LossOptions lossOptions = Fact<LossOptions>(path, LossOptionsKey) ?? new LossOptions();
        CheckRanges(path, layers, lossOptions);
        lossOptions = options.ChooseLossOptions?.Invoke(lossOptions) ?? lossOptions;
        var model = new MlpModel(weights[0].Shape[1], layers, weights[^1].Shape[0], loss, lossOptions);
        foreach (MlpLayer layer in model.Layers.Where(layer => layer.Slopes is null && Tensors.ContainsKey($"{layer.Name}.slope")))
            throw Unfit(path, $"has learned slopes, {layer.Name}.slope, and {layer.ActivationName} has none; PReLU has");
        foreach (LayerParameter parameter in model.Parameters)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            Fill(path, parameter);
        }

        ReadFacts(path, model);
        return model;
    }

    /// <summary>Checks that this version of the module knows the file's.</summary>
    /// <exception cref="MlpException">It is newer.</exception>
    public void CheckVersion(string path)
    {
        if (Metadata.TryGetValue(VersionKey, out string? version)
            && !(int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is >= 1 and <= NewestVersion))
        {
            throw new MlpException(
                "ModelTooNew",
                MlpErrorKind.InvalidData,
                $"{path} has format version {version}, and this module reads up to version {NewestVersion}; update the module to read it.");
        }
    }

    /// <summary>Says that a file holds no model.</summary>
    public static MlpException Unfit(string path, string what) => new("InvalidModelFile", MlpErrorKind.InvalidData, $"{path} {what}.");

    /// <summary>A fact that is JSON; null where the file does not say it.</summary>
    private T? Fact<T>(string path, string key)
    {
        try
        {
            return Metadata.TryGetValue(key, out string? json) ? JsonSerializer.Deserialize<T>(json) : default;
        }
        catch (JsonException failure)
        {
            throw Unfit(path, $"says its {key} in a way that can't be read ({failure.Message})");
        }
    }

    private static void CheckRanges(string path, params object[] options)
    {
        try
        {
            foreach (object record in options)
                OptionCheck.Ranges(record);
        }
        catch (MlpException failure)
        {
            throw Unfit(path, $"has an option that no model can have: {failure.Message.TrimEnd('.')}");
        }
    }

    private void Fill(string path, LayerParameter parameter)
    {
        string prefix = Metadata.GetValueOrDefault(WeightsKey, string.Empty);
        float[] values = Tensors.TryGetValue(prefix + parameter.Name, out ModelTensor? tensor) ? tensor.Values : [];

        // Elsewhere, units may share a slope.
        if (parameter.Kind == ParameterKind.Slope && values is [var shared])
            values = [.. Enumerable.Repeat(shared, parameter.Rows)];
        if (values.Length != parameter.Values.Length)
            throw Unfit(path, $"has no {parameter.Name} of {parameter.Values.Length} values");
        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and int odd)
            throw Unfit(path, $"has {values[odd]} among the values of {parameter.Name}, and a network is made of finite numbers");
        if (prefix.Length > 0)
        {
            // What a training remembers is written as the parameters hold it, column after column.
            values.CopyTo(parameter.Values);
            return;
        }

        Matrix<float>.Build.DenseOfRowMajor(parameter.Rows, parameter.Columns, values)
            .CopyTo(new DenseMatrix(parameter.Rows, parameter.Columns, parameter.Values));
    }

    private List<ModelTensor> Weights(string path)
    {
        var weights = new List<ModelTensor>();
        while (Tensors.TryGetValue($"layers.{weights.Count}.weight", out ModelTensor? weight))
        {
            string biasName = $"layers.{weights.Count}.bias";
            if (!Tensors.TryGetValue(biasName, out ModelTensor? bias))
                throw Unfit(path, $"has {weight.Name} but no {biasName}");
            int inputs = weights.Count > 0 ? weights[^1].Shape[0] : -1;
            if (weight.Shape.Count != 2
                || bias.Shape.Count != 1
                || bias.Shape[0] != weight.Shape[0]
                || (inputs >= 0 && weight.Shape[1] != inputs))
            {
                throw Unfit(
                    path,
                    $"has {weight.Name} of shape [{string.Join(", ", weight.Shape)}] and {biasName} of shape "
                    + $"[{string.Join(", ", bias.Shape)}], which do not continue the layers before");
            }

            weights.Add(weight);
        }

        return weights;
    }

    private static Dictionary<string, string> MetadataOf(MlpModel model, WeightPrecision precision)
    {
        var metadata = new Dictionary<string, string>
        {
            [VersionKey] = VersionOf(model, precision).ToString(CultureInfo.InvariantCulture),
            [LossKey] = model.Loss.ToString(),
            [ActivationsKey] = string.Join(',', model.Layers.SkipLast(1).Select(layer => layer.ActivationName.ToLowerInvariant())),
            ["output_activation"] = model.Loss.Function().ToString().ToLowerInvariant(),
            [EpochsKey] = model.EpochsTrained.ToString(CultureInfo.InvariantCulture),
        };
        if (model.LossOptions.Given.Any())
            metadata[LossOptionsKey] = JsonSerializer.Serialize(model.LossOptions, _json);
        if (IsOwnEpsilon(model))
            metadata[EpsilonKey] = JsonSerializer.Serialize(model.NormalizationEpsilon);
        EndsContent.Write(model, metadata);
        if (model.LastTraining is { } training)
            metadata["last_run"] = training.ToString()!;
        return metadata;
    }

    // Files of models that an older version knew keep its number, so that older modules read them.
    private static int VersionOf(MlpModel model, WeightPrecision precision) => new[]
    {
        model.Loss.Definition().Version,
        model.HasBatchNormalization ? 2 : 1,
        EndsContent.HasColumns(model) ? 3 : 1,
        precision != WeightPrecision.Single ? 4 : 1,
        EndsContent.IsNew(model.Input) ? 5 : 1,
        model.LossOptions.Given.Any() || IsOwnEpsilon(model) ? 6 : 1,
        model.Output.Decision is not null ? 8 : 1,
        model.Output.Calibration is not null || model.Output.Conformal is not null ? 9 : 1,
    }.Max();

    private static bool IsOwnEpsilon(MlpModel model) =>
        model.NormalizationEpsilon is { } epsilon && epsilon != BatchNormalization.DefaultEpsilon;

    private static ModelTensor TensorOf(LayerParameter parameter) => new(
        parameter.Name,
        parameter.Kind == ParameterKind.Weight ? [parameter.Rows, parameter.Columns] : [parameter.Rows],
        new DenseMatrix(parameter.Rows, parameter.Columns, parameter.Values).ToRowMajorArray());

    private void ReadFacts(string path, MlpModel model)
    {
        EndsContent.Read(path, Metadata, model);
        if (Metadata.TryGetValue(EpochsKey, out string? epochs)
            && int.TryParse(epochs, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            model.EpochsTrained = count;
        }
    }

    /// <summary>Tells what is not as the file says.</summary>
    private void TellOverruled(ModelReadOptions options, LossKind loss, IReadOnlyList<Activation> activations)
    {
        string given = string.Join(", ", activations);
        string own = Metadata.GetValueOrDefault(ActivationsKey, given).Replace(",", ", ", StringComparison.Ordinal);
        bool isOne = own.Split(", ").All(name => name.Equals(given, StringComparison.OrdinalIgnoreCase));
        if (options.Activations is not null && !isOne && !own.Equals(given, StringComparison.OrdinalIgnoreCase))
            options.Overruled?.Invoke(nameof(options.Activations), given, own);

        // Another loss of the same outputs trains on otherwise, and predicts the same.
        if (Metadata.TryGetValue(LossKey, out string? name)
            && Enum.TryParse(name, out LossKind said)
            && said.Function() != loss.Function())
        {
            options.Overruled?.Invoke(nameof(options.Loss), $"{loss}", name);
        }
    }

    private Activation[] NamedActivations(string path)
    {
        if (!Metadata.TryGetValue(ActivationsKey, out string? names))
        {
            throw new MlpException(
                "ActivationUnknown",
                MlpErrorKind.InvalidData,
                $"{path} does not say which activations its hidden layers have. Name "
                + $"them{Hint.With(nameof(ModelReadOptions.Activations), "ReLU")}, for example.");
        }

        return [.. names.Split(',').Select(name => NamedActivation(path, name))];
    }

    private static Activation NamedActivation(string path, string name)
    {
        try
        {
            return Activation.Named(name);
        }
        catch (MlpException failure)
        {
            throw Unfit(path, $"names the activation '{name}': {failure.Message.TrimEnd('.')}");
        }
    }

    private static T Named<T>(string path, string what, string name)
        where T : struct, Enum =>
        Enum.TryParse(name, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw Unfit(path, $"names the {what} '{name}', which is none of {string.Join(", ", Enum.GetNames<T>())}");
}
