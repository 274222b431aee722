using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// The network written down as the textbook has it, in float64, sample by sample: no code in common with the kernels that it checks.
/// </summary>
internal sealed class ReferenceNetwork
{
    /// <summary>The step of the central differences: the cube root of float64's precision, where truncation and rounding balance.</summary>
    private const double Step = 6e-6;

    private readonly MlpModel _model;
    private readonly Samples _samples;

    // By layer and sample: what comes in, and the sums of the weighted inputs.
    private readonly double[][][] _inputs;
    private readonly double[][][] _sums;

    public ReferenceNetwork(MlpModel model, Samples samples)
    {
        _model = model;
        _samples = samples;
        _inputs = new double[model.Layers.Count][][];
        _sums = new double[model.Layers.Count][][];
        double[][] values = [.. Enumerable.Range(0, samples.Count).Select(Features)];
        for (int i = 0; i < model.Layers.Count; i++)
        {
            _inputs[i] = values;
            _sums[i] = Sums(model.Layers[i], values);
            values = Activate(model.Layers[i], Shift(model.Layers[i], _sums[i]));
        }
    }

    /// <summary>The parameters that have gradients.</summary>
    public IEnumerable<LayerParameter> Parameters => _model.Parameters.Where(parameter => parameter.Kind.IsTrained());

    /// <summary>The mean loss over the samples.</summary>
    public double Loss => LossFrom(_model.Layers.Count - 1, _sums[^1], null);

    /// <summary>The central difference of the mean loss by one entry of a parameter.</summary>
    public double Difference(LayerParameter parameter, int unit, int input)
    {
        // A parameter of a unit moves that unit's sum alone, so that only what follows it is computed anew.
        double[][] sums = _sums[parameter.Layer];
        double LossAt(double step)
        {
            if (parameter.Kind != ParameterKind.Weight)
                return LossFrom(parameter.Layer, sums, (parameter.Kind, unit, step));
            double[][] moved = [.. sums.Select((sum, sample) => Moved(sum, unit, step * _inputs[parameter.Layer][sample][input]))];
            return LossFrom(parameter.Layer, moved, null);
        }

        return (LossAt(Step) - LossAt(-Step)) / (2 * Step);
    }

    private double LossFrom(int layer, double[][] sums, (ParameterKind Kind, int Unit, double Step)? change)
    {
        double[][] values = Shift(_model.Layers[layer], sums, change);
        for (int i = layer; i < _model.Layers.Count - 1; i++)
        {
            double[][] activated = Activate(_model.Layers[i], values, i == layer ? change : null);
            values = Shift(_model.Layers[i + 1], Sums(_model.Layers[i + 1], activated));
        }

        return values.Select(LossOf).Average();
    }

    private double LossOf(double[] outputs, int sample)
    {
        if (_model.Loss.Definition().Each is not { } each)
            return Softmax.CrossEntropy(outputs, _samples.Labels![sample]);
        double sum = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            double target = _samples.Targets is { } targets ? targets[(sample * outputs.Length) + j]
                : outputs.Length == 1 ? _samples.Labels![sample]
                : _samples.Labels![sample] == j ? 1 : 0;
            sum += each.Value(outputs[j], target);
        }

        return sum / outputs.Length;
    }

    /// <summary>A sample's inputs in the model's order, one-hot ones spread out.</summary>
    private double[] Features(int sample)
    {
        InputPlan plan = _model.InputPlan;
        var features = new double[_model.InputSize];
        int start = sample * plan.DenseCount;
        for (int i = 0; i < plan.DenseCount; i++)
            features[plan.ModelInput(i)] = _samples.Floats?[start + i] ?? _samples.Bytes![start + i] / 255f;
        foreach (int code in _samples.Codes.AsSpan(sample * plan.CodeCount, plan.CodeCount))
        {
            if (code >= 0)
                features[plan.ModelInput(plan.DenseCount + code)]++;
        }

        return features;
    }

    private static double[] Moved(double[] values, int unit, double by)
    {
        var moved = (double[])values.Clone();
        moved[unit] += by;
        return moved;
    }

    private static double[][] Sums(MlpLayer layer, double[][] inputs)
    {
        var weights = layer.Weights.ToRowMajorArray();
        return [.. inputs.Select(values =>
        {
            var sums = new double[layer.OutputSize];
            for (int unit = 0; unit < sums.Length; unit++)
            {
                for (int i = 0; i < values.Length; i++)
                    sums[unit] += (double)weights[(unit * values.Length) + i] * values[i];
            }

            return sums;
        })];
    }

    /// <summary>
    /// Adds the biases, after the normalization over all samples where there is one. A change is to one unit's bias or scale.
    /// </summary>
    private static double[][] Shift(MlpLayer layer, double[][] sums, (ParameterKind Kind, int Unit, double Step)? change = null)
    {
        double[][] result = [.. sums.Select(sum => (double[])sum.Clone())];
        for (int unit = 0; unit < layer.OutputSize; unit++)
        {
            double mean = 0, scale = 1, bias = layer.Biases[unit];
            if (change is var (kind, changed, step) && changed == unit)
            {
                bias += kind == ParameterKind.Bias ? step : 0;
                scale += kind == ParameterKind.Scale ? step : 0;
            }

            if (layer.Normalization is { } normalization)
            {
                mean = sums.Average(sum => sum[unit]);
                double variance = sums.Average(sum => (sum[unit] - mean) * (sum[unit] - mean));
                scale = (scale - 1 + normalization.Scale[unit]) / Math.Sqrt(variance + BatchNormalization.Epsilon);
            }

            foreach (double[] values in result)
                values[unit] = ((values[unit] - mean) * scale) + bias;
        }

        return result;
    }

    /// <summary>Applies the layer's activation. A change is to one unit's slope.</summary>
    private static double[][] Activate(MlpLayer layer, double[][] sums, (ParameterKind Kind, int Unit, double Step)? change = null)
    {
        if (layer.Slopes is not { } slopes)
            return layer.Activation is { } activation ? [.. sums.Select(sum => Array.ConvertAll(sum, activation.Value))] : sums;
        double[] moved = [.. slopes.Select(slope => (double)slope)];
        if (change is (ParameterKind.Slope, var changed, var step))
            moved[changed] += step;
        return [.. sums.Select(sum => sum.Select((z, unit) => Math.Max(0, z) + (moved[unit] * Math.Min(0, z))).ToArray())];
    }
}
