using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Evaluation;

/// <summary>
/// How far rounding to float32 can move a gradient: an analysis of running errors (Higham, 2002, "Accuracy and Stability of Numerical
/// Algorithms", section 3.3) along the way forward and back, in units of float32's precision. What cancels on the way, such as an output
/// and its target once a model has converged, or all that batch normalization takes off again, leaves its error behind.
/// </summary>
internal sealed class RoundingBound
{
    private const double Precision = 1.0 / (1 << 23);

    private readonly ReferenceNetwork _network;
    private readonly MlpModel _model;
    private readonly int _samples;
    private readonly CancellationToken _cancellation;

    // By layer, sample and unit: the error of what comes in, that of the sums, and that of the deltas by the sums.
    private readonly double[][][] _inputErrors;
    private readonly double[][][] _sumErrors;
    private readonly double[][][] _deltaErrors;

    // By layer, sample and unit: the deltas by the sums, those behind a normalization, and those behind the activation with their errors.
    private readonly double[][][] _deltas;
    private readonly double[][][] _shiftedDeltas;
    private readonly double[][][] _shiftedErrors;
    private readonly double[][][] _outputErrors;

    public RoundingBound(ReferenceNetwork network, CancellationToken cancellation = default)
    {
        _cancellation = cancellation;
        _network = network;
        _model = network.Model;
        _samples = network.SampleCount;
        int layers = _model.Layers.Count;
        (_inputErrors, _sumErrors, _deltaErrors) = (new double[layers][][], new double[layers][][], new double[layers][][]);
        (_deltas, _shiftedDeltas) = (new double[layers][][], new double[layers][][]);
        (_shiftedErrors, _outputErrors) = (new double[layers][][], new double[layers][][]);
        for (int i = 0; i < layers; i++)
            GoForward(i);
        for (int i = layers - 1; i >= 0; i--)
            GoBack(i);
    }

    /// <summary>
    /// The sum over the samples of what each adds to one entry of a gradient, what cancels within it counted by its size.
    /// </summary>
    public double Of(LayerParameter parameter, int unit, int input)
    {
        int i = parameter.Layer;
        double sum = 0;
        for (int s = 0; s < _samples; s++)
        {
            sum += parameter.Kind switch
            {
                ParameterKind.Weight => (_deltaErrors[i][s][unit] * Math.Abs(_network.Inputs[i][s][input]))
                    + (Math.Abs(_deltas[i][s][unit]) * _inputErrors[i][s][input]),
                ParameterKind.Bias => _shiftedErrors[i][s][unit],
                ParameterKind.Scale => (_shiftedErrors[i][s][unit] * Math.Abs(Normalized(i, s, unit)))
                    + (Math.Abs(_shiftedDeltas[i][s][unit]) * _sumErrors[i][s][unit] / _network.DeviationOf(i, unit)),
                ParameterKind.Slope => _outputErrors[i][s][unit]
                    * (Math.Abs(Math.Min(0, _network.Shifted[i][s][unit])) + ErrorOf(i, s, unit)),
                ParameterKind.RunningMean or ParameterKind.RunningVariance => throw new ArgumentException(parameter.Name),
            };
        }

        return sum;
    }

    private void GoForward(int i)
    {
        MlpLayer layer = _model.Layers[i];
        double[][] inputs = _network.Inputs[i];
        _inputErrors[i] = i == 0 ? [.. inputs.Select(values => new double[values.Length])] : OutputErrors(i - 1);
        _sumErrors[i] = new double[_samples][];
        for (int s = 0; s < _samples; s++)
        {
            double[] sizes = [.. inputs[s].Zip(_inputErrors[i][s], (value, error) => Math.Abs(value) + error)];
            _sumErrors[i][s] = [.. Enumerable.Range(0, layer.OutputSize).Select(unit => Product(layer, unit, sizes))];
        }
    }

    /// <summary>The errors of a layer's outputs: those of the sums, behind normalization and bias, times the slope there.</summary>
    private double[][] OutputErrors(int i) => Map(i, (s, unit) =>
    {
        double z = _network.Shifted[i][s][unit];
        return (Math.Abs(Slope(i, unit, z)) * ErrorOf(i, s, unit)) + Math.Abs(ReferenceNetwork.Activated(_model.Layers[i], unit, z));
    });

    /// <summary>The error of what an activation takes.</summary>
    private double ErrorOf(int i, int s, int unit)
    {
        double bias = Math.Abs((double)_model.Layers[i].Biases[unit]);
        if (_model.Layers[i].Normalization is not { } normalization)
            return _sumErrors[i][s][unit] + bias;

        // Mean and deviation have the errors of all samples.
        double normalized = Math.Abs(Normalized(i, s, unit)), deviation = _network.DeviationOf(i, unit);
        double ofMean = 0, ofDeviation = 0;
        for (int other = 0; other < _samples; other++)
        {
            ofMean += _sumErrors[i][other][unit] / _samples;
            ofDeviation += Math.Abs(Normalized(i, other, unit)) * _sumErrors[i][other][unit] / _samples;
        }

        double error = (_sumErrors[i][s][unit] + ofMean + (normalized * ofDeviation)) / deviation;
        return (Math.Abs((double)normalization.Scale[unit]) * (error + normalized)) + bias;
    }

    private void GoBack(int i)
    {
        MlpLayer layer = _model.Layers[i];
        if (i == _model.Layers.Count - 1)
        {
            _shiftedDeltas[i] = [.. Enumerable.Range(0, _samples).Select(_network.DeltasOf)];
            _outputErrors[i] = _shiftedErrors[i] = [.. Enumerable.Range(0, _samples).Select(s => LossErrors(s))];
        }
        else
        {
            MlpLayer next = _model.Layers[i + 1];
            double[][] deltas = Back(next, _deltas[i + 1], weight => weight);
            double[][] errors = Back(next, _deltaErrors[i + 1], Math.Abs);
            _outputErrors[i] = errors;
            _shiftedDeltas[i] = Map(i, (s, unit) => deltas[s][unit] * Slope(i, unit, _network.Shifted[i][s][unit]));
            _shiftedErrors[i] = Map(i, (s, unit) => (errors[s][unit] * Math.Abs(Slope(i, unit, _network.Shifted[i][s][unit])))
                + (Math.Abs(deltas[s][unit]) * SlopeError(i, s, unit)));
        }

        if (layer.Normalization is null)
            (_deltas[i], _deltaErrors[i]) = (_shiftedDeltas[i], _shiftedErrors[i]);
        else
            GoBackThroughNormalization(i, layer.Normalization);
    }

    /// <summary>δ ← γ / σ × (δ - mean(δ) - normalized × mean(δ × normalized)), and the sizes of all that is taken off.</summary>
    private void GoBackThroughNormalization(int i, BatchNormalization normalization)
    {
        _deltas[i] = Map(i, (_, _) => 0);
        _deltaErrors[i] = Map(i, (_, _) => 0);
        for (int unit = 0; unit < _model.Layers[i].OutputSize; unit++)
        {
            double mean = 0, along = 0, meanError = 0, alongError = 0;
            for (int s = 0; s < _samples; s++)
            {
                double normalized = Normalized(i, s, unit), error = _shiftedErrors[i][s][unit], delta = _shiftedDeltas[i][s][unit];
                mean += delta / _samples;
                along += delta * normalized / _samples;
                meanError += error / _samples;
                alongError += ((error * Math.Abs(normalized)) + (Math.Abs(delta) * NormalizedError(i, s, unit))) / _samples;
            }

            double factor = normalization.Scale[unit] / _network.DeviationOf(i, unit);
            for (int s = 0; s < _samples; s++)
            {
                double normalized = Normalized(i, s, unit);
                _deltas[i][s][unit] = factor * (_shiftedDeltas[i][s][unit] - mean - (normalized * along));
                _deltaErrors[i][s][unit] = Math.Abs(factor) * (_shiftedErrors[i][s][unit] + meanError + (Math.Abs(normalized) * alongError)
                    + (NormalizedError(i, s, unit) * Math.Abs(along)));
            }
        }
    }

    /// <summary>
    /// The errors of the loss's slopes by the outputs: a prediction and a target that are close leave what both were rounded by.
    /// </summary>
    private double[] LossErrors(int s)
    {
        int last = _model.Layers.Count - 1;
        double[] outputs = _network.Shifted[last][s], deltas = _network.DeltasOf(s);
        double factor = _network.FactorOf(s);
        double[] errors = [.. outputs.Select((z, unit) => ErrorOf(last, s, unit) + Math.Abs(z))];
        if (_model.Loss.Function() == OutputFunction.Ordinal)
        {
            double[] slopes = _network.OrdinalSlopes(outputs, s);
            IEnumerable<double[]> moved = outputs.Select((z, unit) =>
                _network.OrdinalSlopes([.. outputs.Select((other, j) => j == unit ? z + (Precision * errors[unit]) : other)], s));
            return [.. slopes.Select((slope, unit) =>
                factor * (Math.Abs(slope) + (moved.Sum(other => Math.Abs(other[unit] - slope)) / Precision)))];
        }

        if (_model.EachOutput is { } each)
        {
            bool isIdentity = _model.Loss.Function() == OutputFunction.Identity;
            bool isDifference = !isIdentity && !_model.Loss.Definition().IsFocal;
            return [.. outputs.Select((z, unit) =>
            {
                double target = _network.TargetOf(s, unit), slope = each.Derivative(z, target);
                double apart = Precision * (errors[unit] + (isIdentity ? Math.Abs(target) : 0));
                double moved = Math.Max(
                    Math.Abs(each.Derivative(z + apart, target) - slope), Math.Abs(each.Derivative(z - apart, target) - slope));
                double rounded = isDifference ? slope + (2 * target) : Math.Abs(slope);
                return factor * (rounded + (moved / Precision)) / outputs.Length;
            })];
        }

        double[] probabilities = Softmax.Value(outputs);
        double common = probabilities.Zip(errors, (p, error) => p * error).Sum();
        double[] moves = [.. probabilities.Select((p, unit) => p * (((1 - (2 * p)) * errors[unit]) + common))];
        double ofLabel = Precision * moves.Select((move, unit) => _network.TargetOf(s, unit) * move).Sum();
        double focus = _network.FocusOf(s);
        double apart = Math.Max(
            Math.Abs(_network.FocusOf(s, ofLabel) - focus), Math.Abs(_network.FocusOf(s, -ofLabel) - focus)) / Precision;
        return [.. probabilities.Select((p, unit) => factor * ((focus * (p + _network.TargetOf(s, unit) + moves[unit]))
            + (apart * Math.Abs(p - _network.TargetOf(s, unit)))))];
    }

    private double[][] Back(MlpLayer layer, double[][] values, Func<double, double> of)
    {
        var result = new double[_samples][];
        for (int s = 0; s < _samples; s++)
        {
            result[s] = new double[layer.InputSize];
            for (int unit = 0; unit < layer.OutputSize; unit++)
            {
                _cancellation.ThrowIfCancellationRequested();
                for (int j = 0; j < layer.InputSize; j++)
                    result[s][j] += of(layer.Weights[unit, j]) * values[s][unit];
            }
        }

        return result;
    }

    private double[][] Map(int i, Func<int, int, double> of)
    {
        int[] units = [.. Enumerable.Range(0, _model.Layers[i].OutputSize)];
        return [.. Enumerable.Range(0, _samples).Select(s => Array.ConvertAll(units, unit => of(s, unit)))];
    }

    /// <summary>How far rounding can move the activation's slope: at a kink, from one side to the other.</summary>
    private double SlopeError(int i, int s, int unit)
    {
        double z = _network.Shifted[i][s][unit], slope = Slope(i, unit, z), apart = Precision * (ErrorOf(i, s, unit) + Math.Abs(z));
        double moved = Math.Max(Math.Abs(Slope(i, unit, z + apart) - slope), Math.Abs(Slope(i, unit, z - apart) - slope));
        return Math.Abs(slope) + (moved / Precision);
    }

    private double Slope(int i, int unit, double z) => ReferenceNetwork.Derivative(_model.Layers[i], unit, z);

    private double Normalized(int i, int s, int unit) =>
        (_network.Sums[i][s][unit] - _network.MeanOf(i, unit)) / _network.DeviationOf(i, unit);

    private double NormalizedError(int i, int s, int unit) => _sumErrors[i][s][unit] / _network.DeviationOf(i, unit);

    private double Product(MlpLayer layer, int unit, double[] sizes)
    {
        _cancellation.ThrowIfCancellationRequested();
        double sum = 0;
        for (int j = 0; j < sizes.Length; j++)
            sum += Math.Abs((double)layer.Weights[unit, j]) * sizes[j];
        return sum;
    }
}
