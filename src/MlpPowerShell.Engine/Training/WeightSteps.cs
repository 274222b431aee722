using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>The weights of a training, and the steps that they take, the last of which can be taken back.</summary>
/// <remarks>
/// A step writes the weights beside the old ones, and the two buffers change places. Not so where there are one-hot inputs, of which a
/// step writes a few rows only: there it writes in place, and what was there goes into the other buffer, parts at their place, and rows
/// one after another, in the order of the batch.
/// </remarks>
internal sealed unsafe class WeightSteps
{
    /// <summary>Floats of one-hot rows that are updated by one worker at a time.</summary>
    private const int BlockFloats = 8 * 1024;

    private readonly ParameterLayout _layout;
    private readonly ParameterPart[] _parts;
    private readonly Optimizer _optimizer;
    private readonly TrainingOptions _options;
    private readonly AlignedBuffer _gradient;
    private readonly OneHotRows? _oneHot;
    private readonly IdleDecay _decay;
    private readonly int _blockRows;
    private readonly double[] _squares;
    private readonly float[] _rowSquares;

    // Of what is written in place: for each part, and then for each row of the batch, the step that wrote it last, and which row it was.
    private readonly int[] _writtenIn;
    private readonly int[] _oldRows;
    private readonly Action<int, int> _updateChosenAt;
    private readonly Action<int, int> _updateOneHotAt;
    private readonly Action<int, int> _sumSquaresAt;
    private AlignedBuffer _weights;
    private AlignedBuffer _spare;
    private ParameterPart[] _chosenParts = [];
    private long[] _zeros = [];
    private int _step;
    private int _completeStep;
    private bool _isUnderWay;

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
        _decay = new IdleDecay(layout);
        _blockRows = Math.Max(1, BlockFloats / layout.OneHot.Width);
        _squares = new double[parts.Length + layout.OneHot.Count];
        _rowSquares = new float[layout.OneHot.Count];
        _writtenIn = new int[_squares.Length];
        _oldRows = new int[layout.OneHot.Count];
        _weights = new AlignedBuffer(layout.Length);
        _spare = new AlignedBuffer(layout.Length);
        UpdatePart = oneHot is null ? UpdateBeside : UpdateInPlace;
        _updateChosenAt = (i, _) => UpdatePart(_chosenParts[i]);
        UpdateRows = UpdateRowsInPlace;
        _updateOneHotAt = (block, _) => UpdateRowsInPlace(block * _blockRows, Math.Min(_blockRows, _oneHot!.Count - (block * _blockRows)));
        _sumSquaresAt = (i, _) => _squares[_parts[i].Index] = SumSquares(_gradient.Pointer + _parts[i].Offset, _parts[i].Length);
    }

    /// <summary>The weights after the last complete step.</summary>
    public AlignedBuffer Weights
    {
        get
        {
            _decay.CatchUp(_weights);
            return _weights;
        }
    }

    /// <summary>The same, as far as some samples have one-hot inputs: what others weigh may be put off.</summary>
    public AlignedBuffer WeightsOf(Samples? data, int[]? order, int start, int count)
    {
        if (_oneHot is not null && data is not null)
            _decay.CatchUp(data, order, start, count, _weights);
        return _weights;
    }

    /// <summary>Updates one part in a step that has begun; from any thread.</summary>
    public Action<ParameterPart> UpdatePart { get; }

    /// <summary>
    /// Updates some rows of the one-hot inputs, by the place of the first and their number, in a step that has begun; from any thread.
    /// </summary>
    public Action<int, int> UpdateRows { get; }

    /// <summary>Takes on a model's weights; those that are zero stay so where that is asked for.</summary>
    public void Load(MlpModel model)
    {
        _layout.Pack(model, _weights);
        _zeros = _options.KeepZeros ? _layout.ZeroWeights(model) : [];
        Settle();
    }

    /// <summary>Takes the weights as they are for those after a complete step, though no step has led to them.</summary>
    public void Settle()
    {
        _layout.CopyStatistics(_weights, _spare);
        _decay.Reset();
    }

    /// <summary>Takes on weights that no step has led to.</summary>
    public void Load(AlignedBuffer weights)
    {
        weights.CopyTo(_weights);
        (_step, _completeStep) = (0, 0);
        Array.Clear(_writtenIn);
        Settle();
    }

    /// <summary>The stretches of the parameters that weight decay is for, of one-hot inputs those that the gradient is of.</summary>
    public IEnumerable<(long Offset, int Length)> Decayed
    {
        get
        {
            foreach (ParameterPart part in _parts.Where(Decays))
                yield return (part.Offset, part.Length);
            for (int i = 0; i < _oneHot?.Count; i++)
                yield return (_layout.OneHot.RowOffset(_oneHot.Rows[i]), _layout.OneHot.Width);
        }
    }

    /// <summary>Sets a gradient to zero where weights are zero that stay so.</summary>
    public void KeepZerosOf(AlignedBuffer gradient)
    {
        foreach (long place in _zeros)
            gradient.Pointer[place] = 0;
    }

    /// <summary>The norm of the gradient before a step along it.</summary>
    public double MeasureGradient(int threads)
    {
        WorkerPool.Shared.Run(_parts.Length, threads, _sumSquaresAt);
        for (int i = 0; i < _oneHot?.Count; i++)
            _squares[_parts.Length + i] = SumSquares(_oneHot.Gradient(i), _layout.OneHot.Width);
        return GradientNorm();
    }

    /// <summary>Begins a step, which is complete when all parts have been updated, and the one-hot inputs.</summary>
    public void Begin(double learningRate, double gradientScale)
    {
        _step++;
        _isUnderWay = false;
        AlignedBuffer next = _oneHot is null ? _spare : _weights;
        _optimizer.BeginStep(_layout.Kernel, _weights, _gradient, next, _options.Optimizer, learningRate, gradientScale);
    }

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
    /// <param name="statistics">
    /// Where the running statistics of batch normalization are, which no step changes; by the weights before it if null.
    /// </param>
    /// <returns>Whether all weights are finite; otherwise they stay those before the step.</returns>
    public bool TryEnd(AlignedBuffer? statistics = null)
    {
        if (!_optimizer.IsFinite)
        {
            _ = TryAbandon();
            return false;
        }

        statistics ??= _weights;
        if (_oneHot is null)
            (_weights, _spare) = (_spare, _weights);
        _layout.CopyStatistics(statistics, _weights);
        _layout.CopyStatistics(_weights, _spare);
        _optimizer.EndStep();
        _completeStep = _step;
        if (_options.MaxNorm is not null)
            KeepOtherRows();
        _decay.Advance(_oneHot is null ? [] : _oneHot.Rows, _optimizer.Idle, _weights);
        if (_options.MaxNorm is { } limit)
        {
            _decay.CatchUp(_weights);
            _layout.LimitNorms(_weights, (float)limit);
        }

        KeepZeros();
        return true;
    }

    /// <summary>Gives up what is not complete of a step, if there is one: the weights are those before it.</summary>
    /// <returns>Whether what the optimizer remembers is that before it too; otherwise it is of half a step, and worth nothing.</returns>
    public bool TryAbandon()
    {
        // The forward pass has changed them; beside the weights, they are still those before it.
        _layout.CopyStatistics(_spare, _weights);
        if (_step == _completeStep)
            return true;
        Restore(_step);
        return !_isUnderWay;
    }

    /// <summary>
    /// Goes back to the weights before the last complete step, if there was one; its decay stays with one-hot rows that it did not update.
    /// </summary>
    public void TakeBack()
    {
        _layout.CopyStatistics(_spare, _weights);
        if (_completeStep == 0)
            return;
        if (_oneHot is null)
            (_weights, _spare) = (_spare, _weights);
        else
            Restore(_completeStep);
        _completeStep = 0;
    }

    /// <summary>The norm of the gradient of the last step.</summary>
    public double GradientNorm()
    {
        double sum = 0;
        foreach (double squares in _squares.AsSpan(0, _parts.Length + (_oneHot?.Count ?? 0)))
            sum += squares;
        return Math.Sqrt(sum);
    }

    private void UpdateBeside(ParameterPart part)
    {
        Touch();
        Take(part);
    }

    private void UpdateInPlace(ParameterPart part)
    {
        Touch();
        Copy(_weights.Pointer + part.Offset, _spare.Pointer + part.Offset, part.Length);
        _writtenIn[part.Index] = _step;
        Take(part);
    }

    private void Take(ParameterPart part)
    {
        float squares = Decays(part) ? _optimizer.Update(part.Offset, part.Length) : _optimizer.UpdateUndecayed(part.Offset, part.Length);
        _squares[part.Index] = SquareSum.Exact(squares, _gradient.Pointer + part.Offset, part.Length);
    }

    private bool Decays(ParameterPart part) => part.IsWeights || _options.Optimizer.DecayBias;

    private double SumSquares(float* values, int length) => SquareSum.Exact(_layout.Kernel.SumSquares(length, values), values, length);

    private void UpdateRowsInPlace(int first, int count)
    {
        Touch();
        OneHotLayout layout = _layout.OneHot;
        ReadOnlySpan<int> rows = _oneHot!.Rows.Slice(first, count);
        Span<float> squares = _rowSquares.AsSpan(first, rows.Length);

        // Those of other processes' samples, which no forward pass here has asked for.
        foreach (int row in rows)
            _decay.CatchUp(row, _weights);
        _optimizer.UpdateRows(layout.Offset, layout.Width, rows, _oneHot.Gradient(first), OldRow(first), squares);
        for (int i = 0; i < squares.Length; i++)
            _squares[_parts.Length + first + i] = SquareSum.Exact(squares[i], _oneHot.Gradient(first + i), layout.Width);
        rows.CopyTo(_oldRows.AsSpan(first));
        _writtenIn.AsSpan(_parts.Length + first, rows.Length).Fill(_step);
    }

    /// <summary>Notes that the step has begun to change what the optimizer remembers; written once, as all workers read it.</summary>
    private void Touch()
    {
        if (!_isUnderWay)
            _isUnderWay = true;
    }

    /// <summary>Keeps the rows of one-hot inputs that the batch has not, behind those that it has.</summary>
    private void KeepOtherRows()
    {
        int i = _oneHot?.Count ?? 0;
        for (int row = 0; row < _oldRows.Length; row++)
        {
            if (_oneHot!.Contains(row))
                continue;
            Copy(Row(row), OldRow(i), _layout.OneHot.Width);
            _oldRows[i] = row;
            _writtenIn[_parts.Length + i++] = _step;
        }
    }

    /// <summary>Undoes what a step wrote in place.</summary>
    private void Restore(int step)
    {
        foreach (ParameterPart part in _parts.Where(part => _writtenIn[part.Index] == step))
            Copy(_spare.Pointer + part.Offset, _weights.Pointer + part.Offset, part.Length);
        for (int i = 0; i < _oldRows.Length; i++)
        {
            if (_writtenIn[_parts.Length + i] == step)
                Copy(OldRow(i), Row(_oldRows[i]), _layout.OneHot.Width);
        }
    }

    private float* Row(int row) => _weights.Pointer + _layout.OneHot.RowOffset(row);

    /// <summary>Where one of the batch's rows is kept as it was before the step.</summary>
    private float* OldRow(int i) => _spare.Pointer + _layout.OneHot.RowOffset(i);

    private static void Copy(float* source, float* target, int length) =>
        new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));

    /// <summary>Sets the weights to zero again that stay so, as far as the step can have changed them.</summary>
    private void KeepZeros()
    {
        OneHotLayout layout = _layout.OneHot;
        int i = 0;
        for (; i < _zeros.Length && _zeros[i] < layout.Offset; i++)
            _weights.Pointer[_zeros[i]] = 0;
        if (i == _zeros.Length)
            return;
        foreach (int row in _oneHot!.Rows)
        {
            long start = layout.RowOffset(row);
            int first = Array.BinarySearch(_zeros, start);
            for (int j = first < 0 ? ~first : first; j < _zeros.Length && _zeros[j] < start + layout.Width; j++)
                _weights.Pointer[_zeros[j]] = 0;
        }
    }
}
