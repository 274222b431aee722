using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// The weights of a training, and the steps that they take. A step writes them beside the old ones, so that a step that went wrong can be taken
/// back. Of one-hot inputs it writes the rows that its batch has; before the next step, those catch up that it has not.
/// </summary>
internal sealed unsafe class WeightSteps
{
    /// <summary>Floats of one-hot rows that are updated by one worker at a time.</summary>
    private const int BlockFloats = 8 * 1024;

    /// <summary>Rows between the one being updated and the one asked for from memory.</summary>
    private const int RowsAhead = 8;

    private readonly ParameterLayout _layout;
    private readonly ParameterPart[] _parts;
    private readonly Optimizer _optimizer;
    private readonly TrainingOptions _options;
    private readonly AlignedBuffer _gradient;
    private readonly OneHotRows? _oneHot;
    private readonly int _blockRows;
    private readonly int[] _staleRows;
    private readonly float[] _squares;
    private readonly Action<int, int> _updateChosenAt;
    private readonly Action<int, int> _updateOneHotAt;
    private readonly Action<int, int> _sumSquaresAt;
    private AlignedBuffer _spare;
    private ParameterPart[] _chosenParts = [];
    private int _staleCount;
    private long[] _zeros = [];
    private bool _canTakeBack;

    /// <param name="layout">How everything is laid out.</param>
    /// <param name="parts">The parts that a gradient is finished in. They are walked through in this order.</param>
    /// <param name="optimizer">What decides a step.</param>
    /// <param name="options">Options of the training.</param>
    /// <param name="gradient">The gradient that steps are taken along, of all ranks where there are others.</param>
    /// <param name="oneHot">The one-hot inputs that it is of, or null where the model has none.</param>
    public WeightSteps(
        ParameterLayout layout,
        ParameterPart[] parts,
        Optimizer optimizer,
        TrainingOptions options,
        AlignedBuffer gradient,
        OneHotRows? oneHot)
    {
        _layout = layout;
        _parts = parts;
        _optimizer = optimizer;
        _options = options;
        _gradient = gradient;
        _oneHot = oneHot;
        _blockRows = Math.Max(1, BlockFloats / layout.OneHot.Width);
        _staleRows = new int[layout.OneHot.Count];
        _squares = new float[parts.Length + layout.OneHot.Count];
        Weights = new AlignedBuffer(layout.Length);
        _spare = new AlignedBuffer(layout.Length);
        UpdatePart = part => _squares[part.Index] = _optimizer.Update(part.Offset, part.Length);
        _updateChosenAt = (i, _) => UpdatePart(_chosenParts[i]);
        _updateOneHotAt = (block, _) => UpdateOneHotBlock(block);
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
        SetAllStale();
    }

    /// <summary>The norm of the gradient before a step along it.</summary>
    public double MeasureGradient(int threads)
    {
        WorkerPool.Shared.Run(_parts.Length, threads, _sumSquaresAt);
        for (int i = 0; i < _oneHot?.Count; i++)
            _squares[_parts.Length + i] = _layout.Kernel.SumSquares(_layout.OneHot.Width, _oneHot.Gradient(i));
        return GradientNorm();
    }

    /// <summary>Begins a step, which is complete when all parts have been updated, and the one-hot inputs.</summary>
    public void Begin(double learningRate, double gradientScale) =>
        _optimizer.BeginStep(_layout.Kernel, Weights, _gradient, _spare, _options.Optimizer, learningRate, gradientScale);

    /// <summary>Updates all parts.</summary>
    public void UpdateAll(int threads) => Update(_parts, threads);

    /// <summary>Updates the weights of the one-hot inputs that the gradient is of, where there are any.</summary>
    public void UpdateOneHot(int threads)
    {
        if (_oneHot is not null)
            WorkerPool.Shared.Run((_oneHot.Count + _blockRows - 1) / _blockRows, threads, _updateOneHotAt);
    }

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
        CatchUp();
        (Weights, _spare) = (_spare, Weights);
        _canTakeBack = true;
        if (_options.MaxNorm is { } limit)
        {
            _layout.LimitNorms(Weights, (float)limit);
            SetAllStale();
        }

        KeepZeros();
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
        foreach (float squares in _squares.AsSpan(0, _parts.Length + (_oneHot?.Count ?? 0)))
            sum += squares;
        return Math.Sqrt(sum);
    }

    private void UpdateOneHotBlock(int block)
    {
        ReadOnlySpan<int> rows = _oneHot!.Rows;
        for (int i = block * _blockRows; i < Math.Min((block + 1) * _blockRows, rows.Length); i++)
        {
            _optimizer.Prefetch(_layout.OneHot.RowOffset(rows[Math.Min(i + RowsAhead, rows.Length - 1)]), _layout.OneHot.Width);
            _squares[_parts.Length + i] = _optimizer.Update(_layout.OneHot.RowOffset(rows[i]), _layout.OneHot.Width, _oneHot.Gradient(i));
        }
    }

    /// <summary>Brings the rows of one-hot inputs up to date that the step before wrote, and this one has not.</summary>
    private void CatchUp()
    {
        if (_oneHot is null)
            return;
        foreach (int row in _staleRows.AsSpan(0, _staleCount))
        {
            if (!_oneHot.Contains(row))
                RowOf(Weights, row).CopyTo(RowOf(_spare, row));
        }

        _oneHot.Rows.CopyTo(_staleRows);
        _staleCount = _oneHot.Count;
    }

    private Span<float> RowOf(AlignedBuffer weights, int row) => new(weights.Pointer + _layout.OneHot.RowOffset(row), _layout.OneHot.Width);

    private void SetAllStale()
    {
        for (_staleCount = 0; _staleCount < _staleRows.Length; _staleCount++)
            _staleRows[_staleCount] = _staleCount;
    }

    /// <summary>Sets the weights to zero again that stay so, as far as the step can have changed them.</summary>
    private void KeepZeros()
    {
        OneHotLayout layout = _layout.OneHot;
        int i = 0;
        for (; i < _zeros.Length && _zeros[i] < layout.Offset; i++)
            Weights.Pointer[_zeros[i]] = 0;
        if (i == _zeros.Length)
            return;
        foreach (int row in _oneHot!.Rows)
        {
            long start = layout.RowOffset(row);
            int first = Array.BinarySearch(_zeros, start);
            for (int j = first < 0 ? ~first : first; j < _zeros.Length && _zeros[j] < start + layout.Width; j++)
                Weights.Pointer[_zeros[j]] = 0;
        }
    }
}
