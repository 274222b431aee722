using System.Globalization;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Files.Onnx;

/// <summary>
/// The layers that a graph's nodes add up to. Factors and summands go into the weights and biases before or after them, and so does a batch
/// normalization where the model can't keep it: it normalizes either all hidden layers or none.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="work">What may be computed for it.</param>
internal sealed class OnnxLayers(string path, WorkBudget work)
{
    private const float PixelRange = 255;

    private readonly List<Layer> _layers = [];

    // What the inputs of the next layer are multiplied by and moved by; of length 1 where it is the same for all.
    private double[] _scale = [1];
    private double[] _shift = [0];

    /// <summary>Layers so far.</summary>
    public int Count => _layers.Count;

    private bool IsLinear => _layers.Count > 0 && _layers[^1].Activation is null;

    /// <summary>Says that the input is bytes, which the module takes as byte / 255.</summary>
    public void TakesBytes() => _scale = [PixelRange];

    /// <summary>Adds a layer with weights [out, in].</summary>
    public void Add(ModelTensor weights, string node)
    {
        if (IsLinear)
            _layers[^1].Activation = Activation.Identity;
        int outputs = weights.Shape[0], inputs = weights.Shape[1];
        work.Spend((long)outputs * inputs);
        if (outputs == 0
            || inputs == 0
            || !Fits(_scale, inputs)
            || !Fits(_shift, inputs)
            || (_layers.Count > 0 && _layers[^1].Biases.Length != inputs))
        {
            throw Refused(node, $"has weights [{outputs}, {inputs}], which do not fit what comes before");
        }

        var layer = new Layer(inputs, [.. weights.Values], new double[outputs]);
        for (int i = 0; i < outputs; i++)
        {
            for (int j = 0; j < inputs; j++)
            {
                double weight = layer.Weights[(i * inputs) + j];
                layer.Biases[i] += weight * At(_shift, j);
                layer.Weights[(i * inputs) + j] = (float)(weight * At(_scale, j));
            }
        }

        _layers.Add(layer);
        (_scale, _shift) = ([1], [0]);
    }

    /// <summary>Multiplies the values by factors and adds summands, one for all or one for each.</summary>
    public void Scale(float[] factors, float[] summands, string node) => Scale(Doubles(factors), Doubles(summands), node);

    /// <summary>Divides the values.</summary>
    public void Divide(float[] divisors, string node) => Scale(Array.ConvertAll(divisors, divisor => 1d / divisor), [0], node);

    /// <summary>Normalizes the values: (x - mean) / √(variance + ε) × scale + shift.</summary>
    public void Normalize(float[] scale, float[] shift, float[] mean, float[] variance, float epsilon, string node)
    {
        int units = scale.Length;
        if (shift.Length != units || mean.Length != units || variance.Length != units)
            throw Refused(node, "has statistics of different lengths");
        if (IsLinear && _layers[^1].Normalization is null)
        {
            Layer layer = _layers[^1];
            if (layer.Biases.Length != units)
                throw Refused(node, $"has statistics of {units} units, and the layer before has {layer.Biases.Length}");

            // A bias before the normalization only moves the mean.
            double[] means = [.. mean.Zip(layer.Biases, (value, bias) => value - bias)];
            layer.Normalization = new Statistics(Doubles(scale), Doubles(shift), means, Doubles(variance), epsilon);
            layer.Biases = new double[units];
            return;
        }

        double[] factors = [.. scale.Zip(variance, (value, square) => value / Math.Sqrt(square + epsilon))];
        Scale(factors, [.. shift.Select((value, i) => value - (mean[i] * factors[i]))], node);
    }

    /// <summary>Sets what the last layer does with its sums.</summary>
    public void Activate(Activation activation, string node)
    {
        if (!IsLinear)
            throw Refused(node, "is an activation where no layer comes just before");
        _layers[^1].Activation = activation;
    }

    /// <summary>Sets PReLU as what the last layer does with its sums, with a slope for all units or one for each.</summary>
    public void ActivateWithSlopes(float[] slopes, string node)
    {
        Activate(Activation.Named("PReLU"), node);
        if (slopes.Length != 1 && slopes.Length != _layers[^1].Biases.Length)
            throw Refused(node, $"has {slopes.Length} slopes, and the layer before has {_layers[^1].Biases.Length} units");
        _layers[^1].Slopes = slopes;
    }

    /// <summary>The tensors of a model file, and the activations among its facts.</summary>
    public Dictionary<string, ModelTensor> ToTensors(Dictionary<string, string> facts)
    {
        if (!IsLinear)
            throw ModelContent.Unfit(path, "is no multilayer perceptron that can be read: it ends with an activation, or has no layers");
        bool normalized = _layers.Count > 1 && _layers.SkipLast(1).All(layer => layer.Normalization is not null);
        float epsilon = normalized ? CommonEpsilon(facts) : 0;
        var tensors = new Dictionary<string, ModelTensor>();
        for (int i = 0; i < _layers.Count; i++)
        {
            Layer layer = _layers[i];
            bool keeps = normalized && i < _layers.Count - 1;
            if (!keeps)
                layer.TakeIn();
            int units = layer.Biases.Length;
            Add(i, "weight", [units, layer.Inputs], layer.Weights);
            Add(i, "bias", [units], Floats(keeps ? layer.Normalization!.Shift : layer.Biases));
            if (layer.Slopes is { } slopes)
                Add(i, "slope", [slopes.Length], slopes);
            if (!keeps)
                continue;
            Add(i, "scale", [units], Floats(layer.Normalization!.Scale));
            Add(i, "running_mean", [units], Floats(layer.Normalization.Mean));
            double moved = (double)layer.Normalization.Epsilon - epsilon;
            Add(i, "running_var", [units], Floats(Array.ConvertAll(layer.Normalization.Variance, value => value + moved)));
        }

        facts[ModelContent.ActivationsKey] = string.Join(',', _layers.SkipLast(1).Select(layer => layer.Activation));
        return tensors;

        void Add(int layer, string field, int[] shape, float[] values)
        {
            string name = $"layers.{layer}.{field}";
            tensors.Add(name, new ModelTensor(name, shape, values));
        }
    }

    /// <summary>The ε of all layers, which the facts say; where they have several, the variances make up for it.</summary>
    private float CommonEpsilon(Dictionary<string, string> facts)
    {
        const float Usual = (float)BatchNormalization.DefaultEpsilon;
        float[] all = [.. _layers.SkipLast(1).Select(layer => layer.Normalization!.Epsilon).Distinct()];
        if (all is not [var one and >= 1e-12f and not Usual])
            return Usual;
        facts.TryAdd(ModelContent.EpsilonKey, one.ToString("R", CultureInfo.InvariantCulture));
        return one;
    }

    private void Scale(double[] factors, double[] summands, string node)
    {
        if (IsLinear)
        {
            work.Spend(_layers[^1].Weights.Length + _layers[^1].Biases.Length);
            if (!_layers[^1].Scale(factors, summands))
            {
                throw Refused(
                    node,
                    $"has {Math.Max(factors.Length, summands.Length)} values, and the layer before {_layers[^1].Biases.Length} units");
            }

            return;
        }

        // Pixels from 0 to 255 as floats: the module divides bytes by 255 itself.
        if (_layers.Count == 0
            && _scale is [1]
            && _shift is [0]
            && summands is [0]
            && factors is [var factor]
            && Math.Abs((factor * PixelRange) - 1) < 1e-6)
        {
            return;
        }

        int width = new[] { _scale.Length, _shift.Length, factors.Length, summands.Length }.Max();
        work.Spend(width);
        if (!(Fits(_scale, width) && Fits(_shift, width) && Fits(factors, width) && Fits(summands, width)))
            throw Refused(node, $"has {Math.Max(factors.Length, summands.Length)} values, which do not fit those before");
        double[] scale = new double[width], shift = new double[width];
        for (int i = 0; i < width; i++)
        {
            scale[i] = At(_scale, i) * At(factors, i);
            shift[i] = (At(_shift, i) * At(factors, i)) + At(summands, i);
        }

        (_scale, _shift) = (scale, shift);
    }

    private MlpException Refused(string node, string why) =>
        ModelContent.Unfit(path, $"is no multilayer perceptron that can be read: {node} {why}");

    private static bool Fits(double[] values, int width) => values.Length == 1 || values.Length == width;

    private static double At(double[] values, int place) => values[values.Length == 1 ? 0 : place];

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);

    private sealed record Statistics(double[] Scale, double[] Shift, double[] Mean, double[] Variance, float Epsilon);

    private sealed class Layer(int inputs, float[] weights, double[] biases)
    {
        public int Inputs => inputs;

        public float[] Weights => weights;

        public double[] Biases { get; set; } = biases;

        public Statistics? Normalization { get; set; }

        public Activation? Activation { get; set; }

        public float[]? Slopes { get; set; }

        /// <summary>Multiplies the sums and adds to them, if there are as many factors and summands.</summary>
        public bool Scale(double[] factors, double[] summands)
        {
            int units = Biases.Length;
            if (!Fits(factors, units) || !Fits(summands, units))
                return false;
            double[] scaled = Normalization?.Scale ?? Biases, shifted = Normalization?.Shift ?? Biases;
            for (int i = 0; i < units; i++)
            {
                double factor = At(factors, i);
                if (Normalization is not null)
                    scaled[i] *= factor;
                for (int j = 0; Normalization is null && factor != 1 && j < inputs; j++)
                    weights[(i * inputs) + j] = (float)(weights[(i * inputs) + j] * factor);
                shifted[i] = (shifted[i] * factor) + At(summands, i);
            }

            return true;
        }

        /// <summary>Turns the normalization into weights and biases that do the same.</summary>
        public void TakeIn()
        {
            if (Normalization is not { } statistics)
                return;
            Normalization = null;
            double[] factors = [.. statistics.Scale.Zip(
                statistics.Variance, (scale, variance) => scale / Math.Sqrt(variance + statistics.Epsilon))];
            Scale(factors, [.. statistics.Shift.Select((shift, i) => shift - (statistics.Mean[i] * factors[i]))]);
        }
    }
}
