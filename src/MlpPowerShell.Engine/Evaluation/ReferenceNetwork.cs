using MlpPowerShell.Engine.Data;
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
    private readonly MlpDataset _dataset;

    // By layer and sample: what comes in, and the sums before the activation.
    private readonly double[][][] _inputs;
    private readonly double[][][] _sums;

    public ReferenceNetwork(MlpModel model, MlpDataset dataset)
    {
        _model = model;
        _dataset = dataset;
        _inputs = [.. model.Layers.Select(_ => new double[dataset.Count][])];
        _sums = [.. model.Layers.Select(_ => new double[dataset.Count][])];
        for (int sample = 0; sample < dataset.Count; sample++)
        {
            double[] values = Array.ConvertAll(dataset.GetSample(sample), x => (double)x);
            for (int i = 0; i < model.Layers.Count; i++)
            {
                _inputs[i][sample] = values;
                _sums[i][sample] = Sums(model.Layers[i], values);
                values = Activate(model.Layers[i], _sums[i][sample]);
            }
        }
    }

    /// <summary>The mean loss over the samples.</summary>
    public double Loss => _sums[^1].Select(LossOf).Average();

    /// <summary>The central difference of the mean loss by one weight.</summary>
    public double WeightDifference(int layer, int unit, int input) => Difference(layer, unit, sample => _inputs[layer][sample][input]);

    /// <summary>The central difference of the mean loss by one bias.</summary>
    public double BiasDifference(int layer, int unit) => Difference(layer, unit, _ => 1);

    /// <summary>A parameter of a unit moves that unit's sum alone, so that only what follows it is computed anew.</summary>
    private double Difference(int layer, int unit, Func<int, double> slope)
    {
        double total = 0;
        for (int sample = 0; sample < _dataset.Count; sample++)
        {
            double factor = slope(sample);
            if (factor != 0)
                total += (LossFrom(layer, unit, sample, Step * factor) - LossFrom(layer, unit, sample, -Step * factor)) / (2 * Step);
        }

        return total / _dataset.Count;
    }

    private double LossFrom(int layer, int unit, int sample, double shift)
    {
        var sums = (double[])_sums[layer][sample].Clone();
        sums[unit] += shift;
        for (int i = layer; i < _model.Layers.Count - 1; i++)
            sums = Sums(_model.Layers[i + 1], Activate(_model.Layers[i], sums));
        return LossOf(sums, sample);
    }

    private double LossOf(double[] outputs, int sample)
    {
        if (_model.Loss == LossKind.CrossEntropy)
            return Softmax.CrossEntropy(outputs, _dataset.Labels.Span[sample]);
        double sum = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            double target = _dataset.HasTargets ? _dataset.Targets.Span[(sample * outputs.Length) + j]
                : outputs.Length == 1 ? _dataset.Labels.Span[sample]
                : _dataset.Labels.Span[sample] == j ? 1 : 0;
            sum += OutputLoss.Value(_model.Loss, outputs[j], target);
        }

        return sum / outputs.Length;
    }

    private static double[] Sums(MlpLayer layer, double[] values)
    {
        var sums = new double[layer.OutputSize];
        for (int unit = 0; unit < sums.Length; unit++)
        {
            double sum = layer.Biases[unit];
            for (int i = 0; i < values.Length; i++)
                sum += (double)layer.Weights[unit, i] * values[i];
            sums[unit] = sum;
        }

        return sums;
    }

    private static double[] Activate(MlpLayer layer, double[] sums) =>
        layer.Activation is { } activation ? Array.ConvertAll(sums, activation.Value) : sums;
}
