using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// The network written down as the textbook has it, in float64, sample by sample: no code in common with the kernels that it checks.
/// </summary>
internal sealed class ReferenceNetwork
{
    /// <summary>
    /// How far a central difference moves a unit's sum: the cube root of float64's precision, where truncation and rounding balance.
    /// </summary>
    private const double Step = 6e-6;

    private readonly MlpModel _model;
    private readonly Samples _samples;
    private readonly CancellationToken _cancellation;
    private readonly (double Mean, double Deviation)[][] _statistics;

    public ReferenceNetwork(MlpModel model, Samples samples, CancellationToken cancellation = default)
    {
        _model = model;
        _samples = samples;
        _cancellation = cancellation;
        Inputs = new double[model.Layers.Count][][];
        Sums = new double[model.Layers.Count][][];
        Shifted = new double[model.Layers.Count][][];
        _statistics = new (double, double)[model.Layers.Count][];
        double[][] values = [.. Enumerable.Range(0, samples.Count).Select(Features)];
        for (int i = 0; i < model.Layers.Count; i++)
        {
            Inputs[i] = values;
            Sums[i] = SumsOf(model.Layers[i], values);
            int[] units = [.. Enumerable.Range(0, model.Layers[i].OutputSize)];
            _statistics[i] = Array.ConvertAll(units, unit => StatisticsOf(model.Layers[i], Sums[i], unit));
            Shifted[i] = Shift(model.Layers[i], Sums[i]);
            values = Activate(i, Shifted[i]);
        }

    }

    /// <summary>The network.</summary>
    public MlpModel Model => _model;

    /// <summary>How many samples it has taken.</summary>
    public int SampleCount => _samples.Count;

    /// <summary>By layer and sample: what comes in.</summary>
    public double[][][] Inputs { get; }

    /// <summary>By layer and sample: the sums of the weighted inputs.</summary>
    public double[][][] Sums { get; }

    /// <summary>By layer and sample: what the activation takes, with the biases, and normalized where that is asked for.</summary>
    public double[][][] Shifted { get; }

    /// <summary>The parameters that have gradients.</summary>
    public IEnumerable<LayerParameter> Parameters => _model.Parameters.Where(parameter => parameter.Kind.IsTrained());

    /// <summary>The mean loss over the samples.</summary>
    public double Loss => LossOf(Shifted[^1]);

    /// <summary>
    /// The central difference of the mean loss by one entry of a parameter. What would pass a kink goes on straight, so that this is the
    /// slope on the side of the kink where the network stands; 0 by a weight that stays what it is.
    /// </summary>
    public double Difference(LayerParameter parameter, int unit, int input)
    {
        if (parameter.Kind == ParameterKind.Weight && _model.IsHeld(parameter.Layer, unit))
            return 0;

        // A parameter of a unit moves that unit's sum alone, so that only what follows it is computed anew.
        double[][] sums = Sums[parameter.Layer];
        double step = Step / Reach(parameter, unit, input);
        return (LossAt(step) - LossAt(-step)) / (2 * step);

        double LossAt(double step)
        {
            if (parameter.Kind != ParameterKind.Weight)
                return LossFrom(parameter.Layer, sums, (parameter.Kind, unit, step));
            double[][] moved = [.. sums.Select((sum, sample) => Moved(sum, unit, step * Inputs[parameter.Layer][sample][input]))];
            return LossFrom(parameter.Layer, moved, null);
        }
    }

    /// <summary>The slopes of the loss by a sample's outputs, a mean over the samples.</summary>
    public double[] DeltasOf(int sample)
    {
        double[] outputs = Shifted[^1][sample];
        double factor = FactorOf(sample);
        if (_model.Loss.Function() == OutputFunction.Ordinal)
            return [.. OrdinalSlopes(outputs, sample).Select(slope => factor * slope)];
        return _model.EachOutput is { } each
            ? [.. outputs.Select((z, unit) => factor * each.Derivative(z, TargetOf(sample, unit)) / outputs.Length)]
            : [.. Softmax.Value(outputs).Select((p, unit) => factor * FocusOf(sample) * (p - TargetOf(sample, unit)))];
    }

    /// <summary>The slopes of the loss of classes with an order by a sample's outputs.</summary>
    public double[] OrdinalSlopes(double[] outputs, int sample)
    {
        double[] slopes = [.. outputs];
        Ordinal.Score<double>(slopes, _samples.Labels![sample], ScoreResult.Slopes, out _);
        return slopes;
    }

    /// <summary>What a focal loss multiplies the slopes of a sample's cross-entropy by; 1 with cross-entropy itself.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="moved">How far the probability of its class is moved.</param>
    public double FocusOf(int sample, double moved = 0)
    {
        double[] outputs = Shifted[^1][sample];
        int label = _samples.Labels![sample];
        double probability = Math.Clamp(Softmax.Value(outputs)[label] + moved, 1e-300, 1);
        double surprise = moved == 0 ? Softmax.CrossEntropy(outputs, label) : -Math.Log(probability);
        return Focal.Factor(probability, 1 - probability, surprise, _model.Focus);
    }

    /// <summary>What a sample's loss counts in the mean.</summary>
    public double FactorOf(int sample) => (_samples.Weights?[sample] ?? 1.0) / _samples.Count;

    /// <summary>What an output should be.</summary>
    public double TargetOf(int sample, int output) => _samples.Targets is { } targets ? targets[(sample * _model.OutputSize) + output]
        : _model.OutputSize == 1 ? _samples.Labels![sample]
        : _samples.Labels![sample] == output ? 1 : 0;

    /// <summary>The mean of a unit's sums where they are normalized.</summary>
    public double MeanOf(int layer, int unit) => _statistics[layer][unit].Mean;

    /// <summary>What a unit's sums are divided by: 1 where they are not normalized.</summary>
    public double DeviationOf(int layer, int unit) => _statistics[layer][unit].Deviation;

    /// <summary>
    /// How far an entry moves its unit's sum, behind a normalization, at most for one of the samples; 1 where it moves none.
    /// </summary>
    private double Reach(LayerParameter parameter, int unit, int input)
    {
        double most = parameter.Kind switch
        {
            ParameterKind.Weight => Inputs[parameter.Layer].Max(values => Math.Abs(values[input])) / DeviationOf(parameter.Layer, unit),
            ParameterKind.Slope => Shifted[parameter.Layer].Max(values => -Math.Min(0, values[unit])),
            ParameterKind.Bias or ParameterKind.Scale => 1,
            ParameterKind.RunningMean or ParameterKind.RunningVariance => throw new ArgumentException(parameter.Name),
        };
        return most > 0 ? most : 1;
    }

    private double LossFrom(int layer, double[][] sums, (ParameterKind Kind, int Unit, double Step)? change)
    {
        double[][] values = Shift(_model.Layers[layer], sums, change);
        for (int i = layer; i < _model.Layers.Count - 1; i++)
        {
            double[][] activated = Activate(i, values, i == layer ? change : null);
            values = Shift(_model.Layers[i + 1], SumsOf(_model.Layers[i + 1], activated));
        }

        return LossOf(values);
    }

    private double LossOf(double[][] outputs) => outputs.Select((values, sample) => FactorOf(sample) * LossOf(values, sample)).Sum();

    private double LossOf(double[] outputs, int sample)
    {
        if (_model.Loss.Function() == OutputFunction.Ordinal)
            return Ordinal.Score<double>([.. outputs], _samples.Labels![sample], ScoreResult.Slopes, out _);
        if (_model.EachOutput is not { } each)
            return Softmax.FocalLoss(outputs, _samples.Labels![sample], _model.Focus);
        double sum = 0;
        for (int j = 0; j < outputs.Length; j++)
        {
            double target = TargetOf(sample, j);
            double stands = Shifted[^1][sample][j];
            sum += Straight(stands, outputs[j], output => each.Value(output, target), output => each.Derivative(output, target));
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

    private double[][] SumsOf(MlpLayer layer, double[][] inputs)
    {
        var weights = layer.Weights.ToRowMajorArray();
        return [.. inputs.Select(values =>
        {
            var sums = new double[layer.OutputSize];
            for (int unit = 0; unit < sums.Length; unit++)
            {
                _cancellation.ThrowIfCancellationRequested();
                for (int i = 0; i < values.Length; i++)
                    sums[unit] += (double)weights[(unit * values.Length) + i] * values[i];
            }

            return sums;
        })];
    }

    private static (double Mean, double Deviation) StatisticsOf(MlpLayer layer, double[][] sums, int unit)
    {
        if (layer.Normalization is null)
            return (0, 1);
        double mean = sums.Average(sum => sum[unit]);
        return (mean, Math.Sqrt(sums.Average(sum => (sum[unit] - mean) * (sum[unit] - mean)) + layer.Normalization.Epsilon));
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
                (mean, double deviation) = StatisticsOf(layer, sums, unit);
                scale = (scale - 1 + normalization.Scale[unit]) / deviation;
            }

            foreach (double[] values in result)
                values[unit] = ((values[unit] - mean) * scale) + bias;
        }

        return result;
    }

    /// <summary>The derivative of a unit's activation.</summary>
    public static double Derivative(MlpLayer layer, int unit, double z) =>
        layer.Slopes is { } slopes ? (z > 0 ? 1 : slopes[unit]) : layer.Activation!.Derivative(z);

    /// <summary>What a unit's activation makes of its sum.</summary>
    public static double Activated(MlpLayer layer, int unit, double z) => layer.Slopes is { } slopes
        ? Math.Max(0, z) + (slopes[unit] * Math.Min(0, z))
        : layer.Activation!.Value(z);

    /// <summary>Applies a layer's activation. A change is to one unit's slope.</summary>
    private double[][] Activate(int i, double[][] sums, (ParameterKind Kind, int Unit, double Step)? change = null)
    {
        MlpLayer layer = _model.Layers[i];
        if (layer.Activation is null)
            return sums;
        return [.. sums.Select((sum, sample) => sum.Select((z, unit) =>
        {
            double by = change is (ParameterKind.Slope, var changed, var step) && changed == unit ? step : 0;
            return (by * Math.Min(0, z))
                + Straight(Shifted[i][sample][unit], z, z => Activated(layer, unit, z), z => Derivative(layer, unit, z));
        }).ToArray())];
    }

    /// <summary>A function's value near where the network stands, without the kink, if there is one between.</summary>
    private static double Straight(double stands, double at, Func<double, double> value, Func<double, double> slope)
    {
        // No function of ours bends so much elsewhere.
        const double Bend = 100;
        double apart = at - stands;
        return apart != 0 && Math.Abs(slope(at) - slope(stands)) > Bend * Math.Abs(apart)
            ? value(stands) + (slope(stands) * apart)
            : value(at);
    }
}
