using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// The weights of a training, and the steps that they take. A step writes them beside the old ones, so that a step that went wrong can be taken
/// back.
/// </summary>
internal sealed unsafe class WeightSteps
{
    private readonly ParameterLayout _layout;
    private readonly ParameterPart[] _parts;
    private readonly Optimizer _optimizer;
    private readonly TrainingOptions _options;
    private readonly AlignedBuffer _gradient;
    private readonly float[] _squares;
    private readonly Action<int, int> _updateChosenAt;
    private readonly Action<int, int> _sumSquaresAt;
    private AlignedBuffer _spare;
    private ParameterPart[] _chosenParts = [];
    private long[] _zeros = [];
    private bool _canTakeBack;

    /// <param name="layout">How everything is laid out.</param>
    /// <param name="parts">The parts that a gradient is finished in; together all parameters. They are walked through in this order.</param>
    /// <param name="optimizer">What decides a step.</param>
    /// <param name="options">Options of the training.</param>
    /// <param name="gradient">The gradient that steps are taken along, of all ranks where there are others.</param>
    public WeightSteps(ParameterLayout layout, ParameterPart[] parts, Optimizer optimizer, TrainingOptions options, AlignedBuffer gradient)
    {
        _layout = layout;
        _parts = parts;
        _optimizer = optimizer;
        _options = options;
        _gradient = gradient;
        _squares = new float[parts.Length];
        Weights = new AlignedBuffer(layout.Length);
        _spare = new AlignedBuffer(layout.Length);
        UpdatePart = part => _squares[part.Index] = _optimizer.Update(part.Offset, part.Length);
        _updateChosenAt = (i, _) => UpdatePart(_chosenParts[i]);
        _sumSquaresAt = (i, _) => _squares[_parts[i].Index] = _layout.Kernel.SumSquares(_parts[i].Length, _gradient.Pointer + _parts[i].Offset);
    }

    /// <summary>The weights after the last complete step.</summary>
    public AlignedBuffer Weights { get; private set; }

    /// <summary>Updates one part in a step that has begun; from any thread.</summary>
    public Action<ParameterPart> UpdatePart { get; }

    /// <summary>Takes on a model's weights; those that are zero stay so where that is asked for.</summary>
    public void Load(MlpModel model)
    {
        _layout.Pack(model, Weights);
        _zeros = _options.KeepZeros ? _layout.ZeroWeights(model) : [];
    }

    /// <summary>The norm of the gradient before a step along it.</summary>
    public double MeasureGradient(int threads)
    {
        WorkerPool.Shared.Run(_parts.Length, threads, _sumSquaresAt);
        return GradientNorm();
    }

    /// <summary>Begins a step, which is complete when all parts have been updated.</summary>
    public void Begin(double learningRate, double gradientScale) =>
        _optimizer.BeginStep(_layout.Kernel, Weights, _gradient, _spare, _options.Optimizer, learningRate, gradientScale);

    /// <summary>Updates all parts.</summary>
    public void UpdateAll(int threads) => Update(_parts, threads);

    /// <summary>Updates some of the parts.</summary>
    public void Update(ParameterPart[] parts, int threads)
    {
        _chosenParts = parts;
        WorkerPool.Shared.Run(parts.Length, threads, _updateChosenAt);
    }

    /// <summary>Ends a step.</summary>
    /// <param name="statistics">Where the running statistics of batch normalization are, which no step changes.</param>
    /// <returns>Whether all weights are finite; otherwise they stay those before the step.</returns>
    public bool TryEnd(AlignedBuffer statistics)
    {
        if (!_optimizer.IsFinite)
            return false;
        _layout.CopyStatistics(statistics, _spare);
        (Weights, _spare) = (_spare, Weights);
        _canTakeBack = true;
        if (_options.MaxNorm is { } limit)
            _layout.LimitNorms(Weights, (float)limit);
        foreach (long place in _zeros)
            Weights.Pointer[place] = 0;
        return true;
    }

    /// <summary>Goes back to the weights before the last step, if there was one.</summary>
    public void TakeBack()
    {
        if (_canTakeBack)
            (Weights, _spare) = (_spare, Weights);
        _canTakeBack = false;
    }

    /// <summary>The norm of the gradient of the last step.</summary>
    public double GradientNorm()
    {
        double sum = 0;
        foreach (float squares in _squares)
            sum += squares;
        return Math.Sqrt(sum);
    }
}
