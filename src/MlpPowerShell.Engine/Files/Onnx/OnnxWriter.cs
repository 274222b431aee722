using System.Globalization;
using MlpPowerShell.Engine.Network;
using ProtoBuf;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>
/// Writes a model as a graph of standard operators: bytes of pixels, features, or one input for each named column go in; a label and
/// probabilities, or in regression numbers, come out.
/// </summary>
internal static class OnnxWriter
{
    /// <summary>The fact that names the value which the layers start from, preprocessing done.</summary>
    public const string FeaturesKey = "onnx_features";

    // Of June 2023; the first in which Equal compares texts.
    private const int OperatorSet = 19;
    private const int IrVersion = 9;
    private const string Prediction = "prediction";

    public static void Write(Stream stream, MlpModel model, ModelContent content, WeightPrecision precision)
    {
        var builder = new OnnxGraphBuilder();
        builder.Graph.Doc = $"{model.Architecture}, {model.Activations}";
        string value = model.Input.Columns.Count > 0 ? OnnxColumns.Write(builder, model.Input)
            : model.ImageShape is { } shape ? Pixels(builder, shape)
            : builder.Input("features", OnnxType.Float, model.InputSize, "Features of a sample, as the model was trained on them.");
        string features = value;
        foreach (MlpLayer layer in model.Layers)
            value = Layer(builder, layer, content, precision, value);
        Outputs(builder, model, value);

        var file = new OnnxModel
        {
            IrVersion = IrVersion,
            ProducerName = "MlpPowerShell",
            ProducerVersion = typeof(OnnxWriter).Assembly.GetName().Version?.ToString(3),
            Graph = builder.Graph,
        };
        file.OperatorSets.Add(new OnnxOperatorSet { Version = OperatorSet });
        file.Properties.Add(new OnnxProperty { Key = FeaturesKey, Value = features });
        file.Properties.AddRange(content.Metadata.Select(fact => new OnnxProperty { Key = fact.Key, Value = fact.Value }));
        Serializer.Serialize(stream, file);
    }

    private static string Pixels(OnnxGraphBuilder builder, Data.ImageShape shape)
    {
        string pixels = builder.Input(
            "pixels",
            OnnxType.UInt8,
            shape.Height * shape.Width,
            $"Pixels of an image of {shape.Height} rows of {shape.Width}, 0 to 255, row after row.");
        string floats = builder.Node("pixels_float", "Cast", [pixels], ("to", (int)OnnxType.Float));
        return builder.Node("scaled_features", "Div", [floats, builder.Constant("pixel_range", [255f])]);
    }

    private static string Layer(OnnxGraphBuilder builder, MlpLayer layer, ModelContent content, WeightPrecision precision, string value)
    {
        string weight = Weight(builder, content.Tensors[$"{layer.Name}.weight"], precision);
        string bias = Vector("bias");
        string sums = layer.Normalization is null
            ? builder.Node($"{layer.Name}.sums", "Gemm", [value, weight, bias], ("transB", 1))
            : builder.Node(
                $"{layer.Name}.sums",
                "BatchNormalization",
                [
                    builder.Node($"{layer.Name}.product", "Gemm", [value, weight], ("transB", 1)),
                    Vector("scale"),
                    bias,
                    Vector("running_mean"),
                    Vector("running_var"),
                ],
                ("epsilon", (float)layer.Normalization.Epsilon));

        if (layer.Slopes is not null)
            return builder.Node($"{layer.Name}.output", "PRelu", [sums, Vector("slope")]);
        return layer.Activation is null ? sums : OnnxActivations.Write(builder, layer.Activation, layer.Name, sums);

        string Vector(string field) =>
            builder.Constant($"{layer.Name}.{field}", content.Tensors[$"{layer.Name}.{field}"].Values, layer.OutputSize);
    }

    private static string Weight(OnnxGraphBuilder builder, ModelTensor weight, WeightPrecision precision)
    {
        int[] sizes = [.. weight.Shape];
        return precision switch
        {
            WeightPrecision.Single => builder.Constant(weight.Name, weight.Values, sizes),
            WeightPrecision.Half => builder.Node(
                weight.Name,
                "Cast",
                [builder.Constant($"{weight.Name}_half", Quantization.ToHalf(weight), sizes)],
                ("to", (int)OnnxType.Float)),
            WeightPrecision.Int8 => Int8(),
        };

        string Int8()
        {
            (sbyte[] values, float[] scales) = Quantization.ToInt8(weight);
            string[] inputs =
            [
                builder.Constant($"{weight.Name}_int8", values, sizes),
                builder.Constant($"{weight.Name}_scale", scales, scales.Length),
                builder.Constant($"{weight.Name}_zero", new sbyte[scales.Length], scales.Length),
            ];
            return builder.Node(weight.Name, "DequantizeLinear", inputs, ("axis", 0));
        }
    }

    private static void Outputs(OnnxGraphBuilder builder, MlpModel model, string sums)
    {
        if (model.Output.Calibration is { } calibration && model.Loss.Function() is not OutputFunction.Ordinal)
            sums = OnnxCalibration.Write(builder, calibration, model.Loss.Function(), sums);
        Action write = model.Loss.Function() switch
        {
            OutputFunction.Softmax => () => Classes(builder, model, builder.Node("probabilities", "Softmax", [sums], ("axis", 1))),
            OutputFunction.Sigmoid when !model.Output.IsCumulative => () => Labels(builder, model, sums),
            OutputFunction.Sigmoid or OutputFunction.Ordinal => () => CumulativeClasses(builder, model, sums),
            OutputFunction.Exponential => () => Targets(builder, model, builder.Node("rates", "Exp", [sums])),
            OutputFunction.Identity => () => Targets(builder, model, sums),
        };
        write();
    }

    /// <summary>A class has what the probabilities of all classes above it and above the one before differ by.</summary>
    private static void CumulativeClasses(OnnxGraphBuilder builder, MlpModel model, string sums)
    {
        int steps = model.OutputSize;
        string logits = steps == 1 ? sums : Logits(builder, sums, steps);
        if (model.Loss.Function() == OutputFunction.Ordinal && model.Output.Calibration is { } calibration)
            logits = OnnxCalibration.Write(builder, calibration, OutputFunction.Ordinal, logits);
        string above = builder.Node("probabilities_above", "Sigmoid", [logits]);
        string from = Padded("probabilities_from", [0, 1, 0, 0], 1), to = Padded("probabilities_to", [0, 0, 0, 1], 0);
        Classes(builder, model, builder.Node("probabilities", "Sub", [from, to]));

        string Padded(string name, long[] places, float value) => builder.Node(
            name, "Pad", [above, builder.Constant($"{name}_places", places, 4), builder.Constant($"{name}_value", [value])]);
    }

    /// <summary>The cumulative logits of classes with an order: the first sum, less the softplus of each that follows.</summary>
    private static string Logits(OnnxGraphBuilder builder, string sums, int steps)
    {
        string first = builder.Node("first_logit", "Slice", [sums, At("first_start", 0), At("first_end", 1), At("first_axis", 1)]);
        string others = builder.Node("spacings", "Slice", [sums, At("others_start", 1), At("others_end", steps), At("others_axis", 1)]);
        string falls = builder.Node("falls", "Neg", [builder.Node("spacings_above_0", "Softplus", [others])]);
        string changes = builder.Node("logit_changes", "Concat", [first, falls], ("axis", 1));
        return builder.Node("logits", "CumSum", [changes, builder.Constant("logit_axis", [1L])]);

        string At(string name, long place) => builder.Constant(name, [place], 1);
    }

    private static void Labels(OnnxGraphBuilder builder, MlpModel model, string sums)
    {
        string probabilities = builder.Node("probabilities", "Sigmoid", [sums]);
        string above = builder.Node("above", "Greater", [probabilities, Threshold(builder, model)]);
        string names = Listing.Of([.. model.ClassNames]);
        builder.Output(
            builder.Node("labels", "Cast", [above], ("to", (int)OnnxType.Int64)),
            OnnxType.Int64,
            [model.OutputSize],
            $"1 for each label that is predicted: {names}.");
        builder.Output(probabilities, OnnxType.Float, [model.OutputSize], $"The probability of each label: {names}.");
    }

    private static void Classes(OnnxGraphBuilder builder, MlpModel model, string probabilities)
    {
        string[] names = [.. model.ClassNames];
        bool whole =
            Array.TrueForAll(names, name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        string known = whole
            ? builder.Constant("classes", Array.ConvertAll(names, name => long.Parse(name, CultureInfo.InvariantCulture)), names.Length)
            : builder.Constant("classes", names, names.Length);
        string best = model.Output.Decision is { Threshold: not null }
            ? Decided(builder, model, probabilities)
            : builder.Node("best", "ArgMax", [probabilities], ("axis", 1), ("keepdims", 0));
        string label = builder.Node("label", "Gather", [known, best], ("axis", 0));
        builder.Output(label, whole ? OnnxType.Int64 : OnnxType.String, [], "The predicted class.");
        builder.Output(probabilities, OnnxType.Float, [names.Length], $"The probability of each class: {Listing.Of(names)}.");
    }

    /// <summary>The place of the one of two classes that is the answer by a threshold of the probability of that looked for.</summary>
    private static string Decided(OnnxGraphBuilder builder, MlpModel model, string probabilities)
    {
        int positive = DecisionRule.PlaceIn(model.Output);
        string looked = builder.Node(
            "probability_looked_for", "Gather", [probabilities, builder.Constant("looked_for", [(long)positive])], ("axis", 1));
        string above = builder.Node("above", "Greater", [looked, Threshold(builder, model)]);
        string found = builder.Node("found", "Cast", [above], ("to", (int)OnnxType.Int64));
        return positive == 1 ? found : builder.Node("best", "Sub", [builder.Constant("last", [1L]), found]);
    }

    /// <summary>What a probability is above where it is that of an answer.</summary>
    private static string Threshold(OnnxGraphBuilder builder, MlpModel model)
    {
        float least = DecisionRule.LeastOf(model.Output);
        return builder.Constant("threshold", [least > 0 ? MathF.BitDecrement(least) : -1f]);
    }

    private static void Targets(OnnxGraphBuilder builder, MlpModel model, string sums)
    {
        string doc = $"The predicted numbers: {Listing.Of([.. model.ClassNames])}.";
        IReadOnlyList<FeatureColumn> targets = model.Output.Targets;
        if (targets.Count == 0)
        {
            builder.Output(builder.Node(Prediction, "Identity", [sums]), OnnxType.Float, [model.OutputSize], doc);
            return;
        }

        double[] factors = [.. targets.Select(target => target.Factor)];
        double[] shifts = [.. targets.Select(target => target.Shift)];
        string numbers = builder.Node("prediction_double", "Cast", [sums], ("to", (int)OnnxType.Double));
        string unscaled =
            builder.Node("prediction_unscaled", "Div", [numbers, builder.Constant("target_factor", factors, 1, factors.Length)]);
        bool grows = targets.Any(target => target.IsLogarithmic);
        string shift = builder.Constant("target_shift", shifts, 1, shifts.Length);
        string shifted = builder.Node(grows ? "prediction_shifted" : Prediction, "Add", [unscaled, shift]);
        if (grows)
            OnnxColumns.Exponential(builder, shifted, Prediction, [.. targets.Select(target => target.IsLogarithmic)]);
        builder.Output(Prediction, OnnxType.Double, [model.OutputSize], doc);
    }
}
