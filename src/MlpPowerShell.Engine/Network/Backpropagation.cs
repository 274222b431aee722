using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// The forward and the backward pass over any number of samples, with memory for one tile of them.
/// </summary>
/// <remarks>
/// A tile goes through in two phases that are shared out among the workers. First its slices, a few samples each, go forward through
/// all layers, are scored, and their deltas go back; then blocks of every layer's gradient are summed over the tile's samples.
/// However samples are cut into slices, each goes through the same sums; blocks depend on the sizes alone. So the number of threads changes no bit.
/// Nothing is allocated after the constructor.
/// </remarks>
internal sealed unsafe class Backpropagation
{
    /// <summary>Samples of a tile: enough to keep its gradient product busy, few enough that its activations stay in the cache.</summary>
    public const int TileCapacity = 256;

    /// <summary>Samples of a slice: the most where the weights fit the second-level cache, as activations then stay in the nearest; the fewest where they don't.</summary>
    private const int SliceRows = 32;

    /// <summary>The most samples of a slice where the weights come from further away: they are read once for all of these.</summary>
    private const int MaxSliceRows = 128;

    /// <summary>Samples between the one being packed and the one asked for from memory: about as long as memory takes to answer.</summary>
    private const int PackAhead = 16;

    /// <summary>Weights that do not fit the second-level cache, in floats.</summary>
    private const long WideLayer = 256 * 1024;

    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly int _inputStride;
    private readonly int _packedLength;
    private readonly bool _isWide;
    private readonly AlignedBuffer _inputs;
    private readonly AlignedBuffer _packed;
    private readonly AlignedBuffer[] _outputs;
    private readonly AlignedBuffer?[] _derivatives;
    private readonly AlignedBuffer?[] _deltas;
    private readonly WeightTransposer? _transposer;
    private readonly OutputScorer _scorer;
    private readonly LayerNormalizer? _normalizer;
    private readonly LayerWork[] _layerWork;
    private readonly double[] _losses = new double[TileCapacity];
    private readonly int[] _correct = new int[TileCapacity];
    private readonly ImageDistortion? _distortion;
    private readonly AlignedBuffer? _distorted;
    private readonly GradientPlan? _plan;
    private readonly Action<int, int> _forwardSlice;
    private readonly Action<int, int> _backwardSlice;
    private readonly Action<int, int> _sumBlock;
    private readonly Action<int, int> _endRows;

    // The tile at work.
    private Samples _data = null!;
    private int[]? _order;
    private AlignedBuffer _weightBuffer = null!;
    private float* _weights;
    private AlignedBuffer? _gradientBuffer;
    private float* _gradient;
    private Action<ParameterPart>? _partDone;
    private Action<int, int>? _rowsDone;
    private bool _rowsFollow;
    private int _start;
    private int _count;
    private int _sliceRows;
    private int _batchCount;
    private bool _accumulate;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="batchSize">The most samples of one call, so that small batches take little memory.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="training">Whether gradients will be asked for.</param>
    /// <param name="distortion">What training images go through, or null.</param>
    public Backpropagation(ParameterLayout layout, int batchSize, int threads, bool training, ImageDistortion? distortion = null)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        Threads = threads;
        int capacity = Math.Min(batchSize, TileCapacity);
        LayerLayout[] layers = layout.Layers;
        _inputStride = _kernel.Pad(layers[0].Inputs);
        _inputs = new AlignedBuffer(Math.Max((long)threads * Math.Min(capacity, SliceRows), capacity) * _inputStride);
        _packedLength = training ? GradientPlan.BlockRows * capacity : 0;
        _packed = new AlignedBuffer((long)threads * _packedLength);
        _isWide = layers.Any(layer => (long)layer.Inputs * layer.Width > WideLayer);
        _outputs = new AlignedBuffer[layers.Length];
        _derivatives = new AlignedBuffer[layers.Length];
        _deltas = new AlignedBuffer[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            long length = (long)capacity * layers[i].Stride;
            _outputs[i] = new AlignedBuffer(length);
            if (!training)
                continue;
            bool hidden = i < layers.Length - 1;
            _derivatives[i] = hidden ? new AlignedBuffer(length) : null;
            _deltas[i] = hidden ? new AlignedBuffer(length) : _outputs[i];
        }

        OneHot = training && layout.OneHot.Count > 0 ? new OneHotRows(layout, capacity) : null;
        _transposer = training ? new WeightTransposer(layout) : null;
        _scorer = new OutputScorer(layout, capacity);
        _normalizer = layout.IsNormalized ? new LayerNormalizer(layout, training ? capacity : 0) : null;
        _distortion = distortion;
        _distorted = distortion is null ? null : new AlignedBuffer((long)capacity * _inputStride);
        _plan = training ? new GradientPlan(layout) : null;
        _layerWork = [.. Enumerable.Range(0, layers.Length).Select(WorkOf)];
        _forwardSlice = (slice, worker) => Forward(slice, worker, training: false);
        _backwardSlice = (slice, worker) =>
        {
            Forward(slice, worker, training: true);
            Backward(slice);
        };
        _sumBlock = SumBlock;
        _endRows = (block, _) => EndRows(block);
    }

    /// <summary>How many threads to use now; at most those of the constructor.</summary>
    public int Threads { get; set; }

    /// <summary>The parts that the gradient is finished in; together they are all parameters but the weights of one-hot inputs.</summary>
    public ParameterPart[] Parts => _plan!.Parts;

    /// <summary>The one-hot inputs of the batch whose gradient was computed last; null where there are none, or no gradients.</summary>
    public OneHotRows? OneHot { get; }

    /// <summary>What gradients are computed without, or null.</summary>
    public Dropout? Dropout { get; init; }

    /// <inheritdoc cref="OutputScorer.LabelSmoothing"/>
    public float LabelSmoothing { get => _scorer.LabelSmoothing; init => _scorer.LabelSmoothing = value; }

    /// <inheritdoc cref="OutputScorer.ClassWeights"/>
    public float[]? ClassWeights { get => _scorer.ClassWeights; init => _scorer.ClassWeights = value; }

    private Dropout? InputDropout => Dropout is not null && Dropout.IsActive(0) ? Dropout : null;

    /// <summary>Called after each tile with the samples done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Stops the work between two slices.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Scores samples and writes the gradient of their mean loss.</summary>
    /// <param name="data">Where the samples are; it must fit the model.</param>
    /// <param name="order">The samples' order, or null for the order of the data.</param>
    /// <param name="start">The first sample's place in the order.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradient">The gradient, laid out as the parameters.</param>
    /// <param name="partDone">
    /// Called by the workers with each of the <see cref="Parts"/> whose gradient is finished, while it is in their cache. Not called where
    /// the loss is not finite, unless somebody is told the score. The gradient of one-hot inputs is
    /// finished when this returns, and only in <see cref="OneHot"/>.
    /// </param>
    /// <param name="rowsDone">
    /// Called likewise with stretches of the rows in <see cref="OneHot"/>, by the place of the first and their number; not called where
    /// the loss is not finite.
    /// </param>
    /// <param name="batchCount">Samples that the loss is the mean of, those that others score included; null for these alone.</param>
    /// <param name="scored">Called with the score once it is known, before the first part is done.</param>
    public BatchScore Gradient(
        Samples data,
        int[]? order,
        int start,
        int count,
        AlignedBuffer weights,
        AlignedBuffer gradient,
        Action<ParameterPart>? partDone = null,
        Action<int, int>? rowsDone = null,
        int? batchCount = null,
        Action<BatchScore>? scored = null)
    {
        Prepare(data, order, weights);
        _gradientBuffer = gradient;
        _gradient = _gradientBuffer.Pointer;
        _batchCount = batchCount ?? count;
        _transposer!.Transpose(_weights, Threads);
        OneHot?.Begin();
        double loss = 0;
        long correct = 0;
        for (int done = 0; done < count; done += TileCapacity)
        {
            _accumulate = done > 0;
            RunTile(start + done, Math.Min(TileCapacity, count - done), _backwardSlice, ref loss, ref correct);
            bool isLast = done + _count == count;
            if (isLast)
                scored?.Invoke(new BatchScore(loss, correct));
            _partDone = isLast && (scored is not null || double.IsFinite(loss)) ? partDone : null;

            // In the last of several tiles there is none of some rows of the batch, so that all of these follow.
            _rowsDone = isLast && double.IsFinite(loss) && OneHot is not null ? rowsDone : null;
            _rowsFollow = _accumulate;
            OneHot?.AddTile(_data, _order, _start, _count);
            WorkerPool.Shared.Run(_plan!.Blocks.Length + (OneHot?.Blocks ?? 0), Threads, _sumBlock);
            if (_rowsDone is not null && _rowsFollow)
                WorkerPool.Shared.Run(OneHot!.BatchBlocks, Threads, _endRows);
            Progress?.Invoke(done + _count);
        }

        return new BatchScore(loss, correct);
    }

    /// <summary>Scores samples.</summary>
    /// <inheritdoc cref="Gradient"/>
    public BatchScore Score(Samples data, int start, int count, AlignedBuffer weights)
    {
        double loss = 0;
        long correct = 0;
        Prepare(data, null, weights);
        _normalizer?.Prepare(_weights);
        for (int done = 0; done < count; done += TileCapacity)
        {
            RunTile(start + done, Math.Min(TileCapacity, count - done), _forwardSlice, ref loss, ref correct);
            Progress?.Invoke(done + _count);
        }

        return new BatchScore(loss, correct, data.UnknownIn(start, count));
    }

    /// <summary>Computes the outputs for some samples: probabilities, or in regression values.</summary>
    /// <param name="data">Where the samples are; it must fit the model, but needs no labels.</param>
    /// <param name="start">The first sample.</param>
    /// <param name="count">How many samples; at most the batch size of the constructor, and one tile.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="outputs">count × outputs of them.</param>
    /// <returns>The samples' score, whose loss means nothing where there are no labels.</returns>
    public BatchScore Predict(Samples data, int start, int count, AlignedBuffer weights, Span<float> outputs)
    {
        double loss = 0;
        long correct = 0;
        Prepare(data, null, weights);
        _normalizer?.Prepare(_weights);
        RunTile(start, count, _forwardSlice, ref loss, ref correct);
        LayerLayout last = _layout.Layers[^1];
        for (int i = 0; i < count; i++)
        {
            new Span<float>(_outputs[^1].Pointer + ((long)i * last.Stride), last.Outputs)
                .CopyTo(outputs[(i * last.Outputs)..]);
        }

        return new BatchScore(loss, correct, data.UnknownIn(start, count));
    }

    private void Prepare(Samples data, int[]? order, AlignedBuffer weights)
    {
        _data = data;
        _order = order;
        _weightBuffer = weights;
        _weights = _weightBuffer.Pointer;
    }

    private void RunTile(int start, int count, Action<int, int> slice, ref double loss, ref long correct)
    {
        _start = start;
        _count = count;
        _sliceRows = SliceRowsOf(count);
        int slices = (count + _sliceRows - 1) / _sliceRows;
        if (_normalizer is not null && slice == _backwardSlice)
            RunNormalizedTile(slices);
        else
            WorkerPool.Shared.Run(slices, Threads, slice);
        for (int i = 0; i < count; i++)
            loss += _losses[i];
        for (int i = 0; i < slices; i++)
            correct += _correct[i];
    }

    /// <summary>Samples of a slice: so many that weights from afar are read seldom, so few that all threads have slices, two each if they can.</summary>
    private int SliceRowsOf(int count)
    {
        int tileRows = _kernel.TileRows;
        return _isWide
            ? Math.Clamp(count / (2 * Threads) / tileRows * tileRows, SliceRows, MaxSliceRows)
            : Math.Clamp(count / 16 / tileRows * tileRows, tileRows, SliceRows);
    }

    // Here and below: compiled with all optimizations at once, as the compiler's first tier would cost the first epoch.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(int slice, int worker, bool training)
    {
        for (int i = 0; i < _layout.Layers.Length; i++)
            ForwardLayer(i, slice, worker, training);
    }

    /// <summary>Takes a slice through one layer; in the training of a normalized layer only up to its sums, and the last one's sums into the loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ForwardLayer(int i, int slice, int worker, bool training)
    {
        Cancellation.ThrowIfCancellationRequested();
        int from = slice * _sliceRows;
        int rows = Math.Min(_sliceRows, _count - from);
        LayerLayout layer = _layout.Layers[i];
        int inputStride = i == 0 ? _inputStride : _layout.Layers[i - 1].Stride;
        float* input = i == 0 ? Inputs(from, rows, worker, training) : _outputs[i - 1].Pointer + ((long)from * inputStride);
        float* output = _outputs[i].Pointer + ((long)from * layer.Stride);
        for (int column = 0; column < layer.Width; column += _kernel.PanelWidth)
        {
            int panelWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
            _kernel.Multiply(
                rows, panelWidth, layer.Inputs, input, inputStride, 1, _weights + layer.WeightOffset + ((long)column * layer.Inputs), panelWidth, output + column, layer.Stride, accumulate: false);
        }

        if (i == 0 && _data.Codes is not null)
            AddOneHot(from, rows, output, training);

        if (layer.Activation is not { } activation)
        {
            ScoreSlice(slice, from, rows, training);
            return;
        }

        if (layer.IsNormalized)
        {
            if (training)
                return;
            _normalizer!.Apply(i, rows, output);
        }

        float* derivative = training ? _derivatives[i]!.Pointer + ((long)from * layer.Stride) : null;
        _kernel.Activate(activation, rows, layer.Width, output, _weights + layer.BiasOffset, derivative, layer.Stride);
        if (training)
            Drop(i + 1, from, rows, output, derivative, layer.Stride);
    }

    /// <summary>
    /// Adds the weights of the one-hot inputs that a slice's samples have to the first layer's sums, and asks for those of the slice that
    /// this worker probably takes next, also across the end of the batch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOneHot(int from, int rows, float* output, bool training)
    {
        LayerLayout layer = _layout.Layers[0];
        int columns = _layout.OneHot.CodeCount;
        int firstInput = _layout.OneHot.FirstInput;
        float* weights = _weights + _layout.OneHot.Offset;
        Dropout? dropout = training ? InputDropout : null;
        int distance = Threads * _sliceRows;
        int last = (_order?.Length ?? _data.Count) - 1 - _start;
        fixed (int* codes = _data.Codes)
        {
            for (int i = from; i < from + rows; i++, output += layer.Stride)
            {
                int* own = codes + ((long)SampleAt(i) * columns);
                int* ahead = codes + ((long)SampleAt(Math.Min(i + distance, last)) * columns);
                for (int c = 0; c < columns; c++)
                    Kernel.Prefetch((byte*)(weights + ((long)Math.Max(0, ahead[c]) * layer.Width)), (nint)layer.Width * sizeof(float));

                // The product with no dense inputs writes nothing.
                bool accumulate = layer.Inputs > 0;
                _kernel.AddRows(dropout is null ? columns : 0, own, layer.Width, weights, layer.Width, output, accumulate);
                for (int c = 0; c < columns && dropout is not null; c++)
                {
                    if (own[c] >= 0 && dropout.Factor(0, _start + i, firstInput + own[c]) is > 0 and var factor)
                        _kernel.AddMultiple(layer.Width, factor, weights + ((long)own[c] * layer.Width), output);
                }
            }
        }
    }

    /// <summary>Loads a slice's features, in training distorted and some of them dropped.</summary>
    private float* Inputs(int from, int rows, int worker, bool training)
    {
        float* input = _inputs.Pointer + ((long)worker * _sliceRows * _inputStride);
        LoadInputs(from, rows, input);
        if (!training)
            return input;
        if (_distorted is not null)
        {
            float* distorted = _distorted.Pointer + ((long)from * _inputStride);
            for (int i = 0; i < rows; i++)
                _distortion!.Distort(input + ((long)i * _inputStride), distorted + ((long)i * _inputStride), _start + from + i, worker);
            input = distorted;
        }

        Drop(0, from, rows, input, null, _inputStride);
        return input;
    }

    /// <summary>Drops values of a slice's rows; where their derivatives are dropped too, the deltas that go back through them are right.</summary>
    private void Drop(int layer, int from, int rows, float* values, float* derivatives, int stride)
    {
        if (Dropout is null || !Dropout.IsActive(layer))
            return;
        int width = layer == 0 ? _layout.Layers[0].Inputs : _layout.Layers[layer - 1].Width;
        for (int i = 0; i < rows; i++)
        {
            Dropout.Apply(layer, _start + from + i, 0, width, values, derivatives);
            values += stride;
            derivatives = derivatives == null ? null : derivatives + stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LoadInputs(int from, int rows, float* target)
    {
        int features = _layout.Layers[0].Inputs;
        fixed (byte* bytes = _data.Bytes)
        fixed (float* floats = _data.Floats)
        {
            for (int i = from; i < from + rows; i++, target += _inputStride)
                FeatureLoader.Load(_kernel, bytes, floats, (long)SampleAt(i) * features, features, target, _kernel.PackWidth);

            // Samples in a random order come from anywhere in memory: ask now for those that this worker probably takes next, also
            // across the end of the batch.
            int ahead = _start + from + (Threads * _sliceRows);
            for (int i = ahead; _order is not null && i < Math.Min(ahead + rows, _order.Length); i++)
                FeatureLoader.Prefetch(bytes, floats, (long)_order[i] * features, features);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SampleAt(int i) => _order is null ? _start + i : _order[_start + i];

    /// <summary>Turns the output layer's sums into predictions, or in training into slopes of the mean loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreSlice(int slice, int from, int rows, bool training)
    {
        LayerLayout layer = _layout.Layers[^1];
        int correct = 0;
        for (int i = from; i < from + rows; i++)
        {
            float* row = _outputs[^1].Pointer + ((long)i * layer.Stride);
            _losses[i] = training
                ? _scorer.Slopes(_data, SampleAt(i), row, _weights + layer.BiasOffset, i, _batchCount, out bool right)
                : _scorer.Predictions(_data, SampleAt(i), row, _weights + layer.BiasOffset, i, out right);
            correct += right ? 1 : 0;
        }

        _correct[slice] = correct;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Backward(int slice)
    {
        for (int i = _layout.Layers.Length - 1; i > 0; i--)
            BackwardLayer(i, slice);
    }

    /// <summary>Takes a slice's deltas back through one layer and the activation before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardLayer(int i, int slice)
    {
        int from = slice * _sliceRows;
        int rows = Math.Min(_sliceRows, _count - from);
        LayerLayout layer = _layout.Layers[i];
        int width = _layout.Layers[i - 1].Width;
        int stride = _layout.Layers[i - 1].Stride;
        float* delta = _deltas[i]!.Pointer + ((long)from * layer.Stride);
        float* previous = _deltas[i - 1]!.Pointer + ((long)from * stride);
        for (int column = 0; column < width; column += _kernel.PanelWidth)
        {
            int panelWidth = Math.Min(_kernel.PanelWidth, width - column);
            _kernel.Multiply(
                rows, panelWidth, layer.Outputs, delta, layer.Stride, 1, _transposer!.Transposed(i) + ((long)column * layer.Outputs), panelWidth, previous + column, stride, accumulate: false);
        }

        // Rows of a slice follow each other without a gap.
        _kernel.MultiplyElements(rows * stride, previous, _derivatives[i - 1]!.Pointer + ((long)from * stride));
    }

    /// <summary>
    /// Takes a tile forward and back where layers are normalized: each needs the sums of the whole tile before any sample goes on, and the
    /// deltas of the whole tile before any goes further back.
    /// </summary>
    private void RunNormalizedTile(int slices)
    {
        foreach (LayerWork layer in _layerWork)
        {
            WorkerPool.Shared.Run(slices, Threads, layer.Forward);
            WorkerPool.Shared.Run(layer.Panels, Threads, layer.Normalize);
        }

        for (int i = _layerWork.Length - 1; i > 0; i--)
        {
            WorkerPool.Shared.Run(slices, Threads, _layerWork[i].Backward);
            WorkerPool.Shared.Run(_layerWork[i - 1].Panels, Threads, _layerWork[i - 1].Denormalize);
        }
    }

    private LayerWork WorkOf(int i)
    {
        LayerLayout layer = _layout.Layers[i];
        return new LayerWork(
            layer.IsNormalized ? (layer.Width + _kernel.PanelWidth - 1) / _kernel.PanelWidth : 0,
            (slice, worker) => ForwardLayer(i, slice, worker, training: true),
            (panel, _) => NormalizePanel(i, panel),
            (slice, _) => BackwardLayer(i, slice),
            (panel, _) => _normalizer!.Backward(i, panel * _kernel.PanelWidth, _count, _deltas[i]!.Pointer, _weights, _gradient, _accumulate));
    }

    /// <summary>Normalizes some columns of a layer's sums over the tile, and activates them.</summary>
    private void NormalizePanel(int i, int panel)
    {
        LayerLayout layer = _layout.Layers[i];
        int column = panel * _kernel.PanelWidth;
        int width = Math.Min(_kernel.PanelWidth, layer.Width - column);
        float* output = _outputs[i].Pointer + column;
        float* derivative = _derivatives[i]!.Pointer + column;
        _normalizer!.Forward(i, column, _count, _outputs[i].Pointer, _weights);
        _kernel.Activate(layer.Activation!, _count, width, output, _weights + layer.BiasOffset + column, derivative, layer.Stride);
        for (int row = 0; row < _count && Dropout is not null && Dropout.IsActive(i + 1); row++)
            Dropout.Apply(i + 1, _start + row, column, width, output + ((long)row * layer.Stride), derivative + ((long)row * layer.Stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumBlock(int index, int worker)
    {
        if (index >= _plan!.Blocks.Length)
        {
            int rows = index - _plan.Blocks.Length;
            OneHot!.SumBlock(rows, _deltas[0]!.Pointer, _layout.Layers[0].Stride, InputDropout, _start);
            if (!_rowsFollow)
                EndRows(rows);
            return;
        }

        GradientBlock block = _plan.Blocks[index];
        LayerLayout layer = _layout.Layers[block.Layer];
        float* delta = _deltas[block.Layer]!.Pointer;
        if (block.Rows == 0)
        {
            if (!layer.IsNormalized)
                _kernel.SumRows(_count, layer.Width, delta, layer.Stride, _gradient + layer.BiasOffset, _accumulate);
            _partDone?.Invoke(Parts[block.FirstPart]);
            return;
        }

        float* packed = _packed.Pointer + ((long)worker * _packedLength);
        PackInputs(block, packed);
        int group = _kernel.PackWidth;
        for (int panel = 0; panel < block.Panels; panel++)
        {
            int column = block.Column + (panel * _kernel.PanelWidth);
            int panelWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
            ParameterPart part = Parts[block.FirstPart + panel];
            for (int row = 0; row < block.Rows; row += group)
            {
                _kernel.Multiply(
                    Math.Min(group, block.Rows - row), panelWidth, _count, packed + ((long)row * _count), 1, group, delta + column, layer.Stride, _gradient + part.Offset + ((long)row * panelWidth), panelWidth, _accumulate);
            }

            _partDone?.Invoke(part);
        }
    }

    /// <summary>Tells that the gradient of a block of the batch's rows is finished.</summary>
    private void EndRows(int block)
    {
        int first = block * OneHotRows.BlockRows;
        _rowsDone?.Invoke(first, Math.Min(OneHotRows.BlockRows, OneHot!.Count - first));
    }

    /// <summary>
    /// Packs a block's columns of the tile's inputs, a group of them after another, each sample after sample, which is how the product
    /// with the inputs' transpose reads them. Features are converted from the data once more: that is less to move than floats from
    /// another core's cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackInputs(GradientBlock block, float* packed)
    {
        int group = _kernel.PackWidth;
        nint groupStride = (nint)group * _count;
        if (block.Layer > 0 || _distorted is not null)
        {
            int stride = block.Layer > 0 ? _layout.Layers[block.Layer - 1].Stride : _inputStride;
            float* source = (block.Layer > 0 ? _outputs[block.Layer - 1] : _distorted!).Pointer + block.Row;
            for (int i = 0; i < _count; i++)
                _kernel.LoadFloats(block.Rows, source + ((long)i * stride), packed + ((long)i * group), groupStride);
            return;
        }

        int features = _layout.Layers[0].Inputs;
        int rowsToDrop = Dropout is not null && Dropout.IsActive(0) ? block.Rows : 0;
        fixed (byte* bytes = _data.Bytes)
        fixed (float* floats = _data.Floats)
        {
            for (int i = 0; i < _count; i++)
            {
                FeatureLoader.Prefetch(bytes, floats, ((long)SampleAt(Math.Min(i + PackAhead, _count - 1)) * features) + block.Row, block.Rows);
                FeatureLoader.Load(_kernel, bytes, floats, ((long)SampleAt(i) * features) + block.Row, block.Rows, packed + ((long)i * group), groupStride);
                for (int row = 0; row < rowsToDrop; row += group)
                    Dropout!.Apply(0, _start + i, block.Row + row, Math.Min(group, block.Rows - row), packed + ((long)i * group) + (row / group * groupStride), null);
            }
        }
    }

    /// <summary>What there is to do for one layer of a network with batch normalization: panels of columns, and the work on slices and panels.</summary>
    private sealed record LayerWork(int Panels, Action<int, int> Forward, Action<int, int> Normalize, Action<int, int> Backward, Action<int, int> Denormalize);
}
