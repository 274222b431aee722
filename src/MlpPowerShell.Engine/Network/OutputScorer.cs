using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Scores the output layer's sums against labels or targets, a sample at a time.</summary>
internal sealed unsafe class OutputScorer
{
    /// <summary>The least slope that counts: what is multiplied with it by another 1e-7 is still a normal number.</summary>
    private const float LeastSlope = 1e-30f;

    private readonly OutputLoss? _each;
    private readonly Kernel _kernel;
    private readonly double _focus;
    private readonly OutputFunction _function;
    private readonly int _outputs;
    private readonly Tile _tile;
    private readonly AlignedBuffer _targets;
    private readonly AlignedBuffer _noBias;
    private readonly OutputCalibration? _calibration;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="tile">The samples at work.</param>
    public OutputScorer(ParameterLayout layout, Tile tile)
    {
        _tile = tile;
        _each = layout.EachOutput;
        _focus = layout.Focus;
        _function = layout.Loss.Function();
        _kernel = layout.Kernel;
        _outputs = layout.Layers[^1].Outputs;
        _targets = new AlignedBuffer(_each is null ? 0 : (long)tile.Room * _outputs);
        _calibration = layout.Calibration;
        _noBias = new AlignedBuffer(_calibration is null ? 0 : layout.Layers[^1].Width);
    }

    /// <summary>The part of each sample's label that gradients spread evenly over all classes, from 0 to below 1.</summary>
    public float LabelSmoothing { get; set; }

    /// <summary>How much a sample of each class counts in gradients and their loss, or null where all count 1.</summary>
    public float[]? ClassWeights { get; set; }

    /// <summary>Measures how far numbers are off; null where nobody asks for it.</summary>
    public TargetErrors? Errors { get; set; }

    /// <summary>Whether predictions are the sums of the output layer themselves, as calibrations are fitted to.</summary>
    public bool KeepsSums { get; set; }

    /// <summary>The largest value's place, the first of equals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int j = 1; j < values.Length; j++)
        {
            if (values[j] > values[best])
                best = j;
        }

        return best;
    }

    /// <summary>
    /// Writes the probability of each class: the outputs, or where there is one less, what lies between those of all above.
    /// </summary>
    public static void CopyProbabilities(ReadOnlySpan<float> outputs, Span<float> probabilities)
    {
        outputs.CopyTo(probabilities);
        if (outputs.Length == probabilities.Length)
            return;
        for (int j = 0; j < probabilities.Length; j++)
            probabilities[j] = (j > 0 ? outputs[j - 1] : 1) - (j < outputs.Length ? outputs[j] : 0);
    }

    /// <summary>
    /// Whether a place, which may be none, is that of the largest value, and of equals the first one's; no value is NaN. Without a branch
    /// for each value: where the guess of a network changes from sample to sample, a processor can't guess it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsFirstLargest(ReadOnlySpan<float> values, int place)
    {
        if (place < 0)
            return false;
        float largest = values[place];
        bool isLargest = true;
        for (int j = 0; j < place; j++)
            isLargest &= values[j] < largest;
        for (int j = place + 1; j < values.Length; j++)
            isLargest &= values[j] <= largest;
        return isLargest;
    }

    /// <summary>Turns a sample's sums into predictions.</summary>
    /// <param name="data">Where the sample is.</param>
    /// <param name="sample">Which it is.</param>
    /// <param name="row">The sums.</param>
    /// <param name="bias">The output layer's biases, which are added first.</param>
    /// <param name="place">The sample's place in the tile.</param>
    /// <returns>The score, which has no loss where the sample has neither a target nor a class of the model.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SampleScore Predictions(Samples data, int sample, float* row, float* bias, int place)
    {
        bool correct;
        float loss;
        int label = LabelOf(data, sample);
        if (KeepsSums || _calibration is not null)
        {
            var sums = new Span<float>(row, _outputs);
            for (int j = 0; j < sums.Length; j++)
                sums[j] += bias[j];
            if (KeepsSums)
                return default;
            _calibration!.Apply(_function, sums);
            bias = _noBias.Pointer;
        }

        if (_each is not null)
        {
            loss = ScoreEach(data, sample, row, bias, place, ScoreResult.Predictions, out correct);
        }
        else if (_function == OutputFunction.Ordinal)
        {
            loss = ScoreOrdinal(label, row, bias, ScoreResult.Predictions, out correct);
        }
        else
        {
            loss = _kernel.SoftmaxCrossEntropy(_outputs, row, bias, Math.Max(0, label), smoothing: 0);
            var outputs = new Span<float>(row, _outputs);
            correct = float.IsFinite(loss) && IsFirstLargest(outputs, label);
            if (_focus > 0 && label >= 0)
                loss = Focal.Score(outputs, label, loss, _focus, out _);
        }

        return label < 0 && data.Targets is null ? default : new SampleScore(loss, data.WeightOf(sample), correct);
    }

    /// <summary>Turns a sample's sums into slopes of the batch's mean loss.</summary>
    /// <param name="data">Where the sample is; its class, if it has one, is the model's.</param>
    /// <param name="sample">Which it is.</param>
    /// <param name="row">The sums.</param>
    /// <param name="bias">The output layer's biases, which are added first.</param>
    /// <param name="place">The sample's place in the tile.</param>
    /// <param name="batchCount">Samples of the batch.</param>
    /// <returns>The score, whose loss counts the weight of the sample times that of its class.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SampleScore Slopes(Samples data, int sample, float* row, float* bias, int place, int batchCount)
    {
        bool correct;
        float weight = (ClassWeights is null ? 1f : ClassWeights[data.Labels![sample]]) * data.WeightOf(sample);
        var outputs = new Span<float>(row, _outputs);
        if (_each is not null || _function == OutputFunction.Ordinal)
        {
            float sum = _each is not null
                ? ScoreEach(data, sample, row, bias, place, ScoreResult.Slopes, out correct)
                : ScoreOrdinal(data.Labels![sample], row, bias, ScoreResult.Slopes, out correct);
            for (int j = 0; j < outputs.Length; j++)
                outputs[j] = Felt(outputs[j] * (weight / batchCount));
            return new SampleScore(sum, weight, correct);
        }

        // (p - y) × weight / samples, y smoothed.
        int label = data.Labels![sample];
        float loss = _kernel.SoftmaxCrossEntropy(_outputs, row, bias, label, LabelSmoothing);
        correct = float.IsFinite(loss) && IsFirstLargest(outputs, label);
        float factor = 1f;
        if (_focus > 0)
            loss = Focal.Score(outputs, label, loss, _focus, out factor);
        float spread = LabelSmoothing / outputs.Length;
        outputs[label] -= 1f - LabelSmoothing;
        for (int j = 0; j < outputs.Length; j++)
            outputs[j] = Felt(weight * factor * (outputs[j] - spread) / batchCount);
        return new SampleScore(loss, weight, correct);
    }

    /// <summary>
    /// A slope, or 0 where it is so small that nothing feels it: products with less would be subnormal numbers, which processors take many
    /// times as long for, and a network that is sure of its samples is full of them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Felt(float slope) => MathF.Abs(slope) < LeastSlope ? 0 : slope;

    /// <summary>Scores a sample whose class has a place in an order.</summary>
    private float ScoreOrdinal(int label, float* row, float* bias, ScoreResult result, out bool correct)
    {
        var outputs = new Span<float>(row, _outputs);
        for (int j = 0; j < outputs.Length; j++)
            outputs[j] += bias[j];
        float loss = (float)Ordinal.Score(outputs, Math.Max(0, label), result, out int best);
        correct = best == label && float.IsFinite(loss);
        return loss;
    }

    /// <summary>Scores a sample each of whose outputs has a target of its own.</summary>
    private float ScoreEach(Samples data, int sample, float* row, float* bias, int place, ScoreResult result, out bool correct)
    {
        var outputs = new Span<float>(row, _outputs);
        var targets = new Span<float>(_targets.Pointer + ((long)place * _outputs), _outputs);
        int label = LabelOf(data, sample);
        if (data.Targets is not null)
            data.Targets.AsSpan(sample * targets.Length, targets.Length).CopyTo(targets);
        else
            FillTargets(label, targets);
        for (int j = 0; j < outputs.Length; j++)
            outputs[j] += bias[j];
        if (Errors is not null)
            _tile.Off(place, Errors.Of(outputs, targets));
        int best = ArgMax(outputs);
        float smoothing = result == ScoreResult.Slopes ? LabelSmoothing : 0f;
        float score = _each!.Score(outputs, targets, smoothing, result, out correct);
        if (result == ScoreResult.Predictions && _function == OutputFunction.Sigmoid)
            KeepFirst(outputs, best);
        if (data.Labels is not null && outputs.Length > 1)
            correct = best == label;
        correct &= float.IsFinite(score);
        return score;
    }

    /// <summary>
    /// Keeps the answer what it was before rounding: where float32 can't tell predictions apart, as sigmoids of 20 and 30, the largest
    /// stays ahead by the last bit.
    /// </summary>
    private static void KeepFirst(Span<float> predictions, int best)
    {
        for (int j = 0; j < best; j++)
        {
            if (!(predictions[j] >= predictions[best]))
                continue;
            if (predictions[best] > 0)
                predictions[j] = MathF.BitDecrement(predictions[best]);
            else
                predictions[best] = float.Epsilon;
        }
    }

    /// <summary>A label as targets: 1 for its class and 0 for the others, or one number for two classes.</summary>
    private static void FillTargets(int label, Span<float> targets)
    {
        for (int j = 0; j < targets.Length; j++)
            targets[j] = targets.Length == 1 ? Math.Max(0, label) : j == label ? 1 : 0;
    }

    /// <summary>A sample's class, or -1 where it has none that the network knows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LabelOf(Samples data, int sample) => data.Labels is { } labels ? labels[sample] : -1;
}
