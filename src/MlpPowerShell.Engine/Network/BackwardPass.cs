using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>The gradient of the mean loss of any number of samples.</summary>
/// <remarks>
/// A tile goes through in two phases that are shared out among the workers. First its slices go forward through all layers, are scored, and
/// their deltas go back; then blocks of every layer's gradient are summed over the tile's samples. However samples are cut into slices,
/// each goes through the same sums; blocks depend on the sizes alone. So the number of threads changes no bit. Nothing is allocated after
/// the constructor.
/// </remarks>
internal sealed unsafe class BackwardPass
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly Tile _tile;
    private readonly TrainingForward _forward;
    private readonly LayerNormalizer? _normalizer;
    private readonly WeightTransposer _transposer;
    private readonly AlignedBuffer[] _deltas;
    private readonly GradientSums _sums;
    private readonly LayerWork[] _layerWork;
    private readonly Action<int, int> _slice;
    private readonly Action<int>? _progress;
    private float* _gradient;
    private SumMode _mode;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="batchSize">The most samples of one call, so that small batches take little memory.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="options">What there is beside the gradient of the loss, or null.</param>
    public BackwardPass(ParameterLayout layout, int batchSize, int threads, GradientOptions? options = null)
    {
        options ??= new GradientOptions();
        _layout = layout;
        _kernel = layout.Kernel;
        _progress = options.Progress;
        _tile = new Tile(layout, batchSize, threads);
        var inputs = new InputLoader(layout, _tile, options.Distortion) { Dropout = options.Dropout };
        var scorer = new OutputScorer(layout, _tile) { LabelSmoothing = options.LabelSmoothing, ClassWeights = options.ClassWeights };
        _normalizer = layout.IsNormalized
            ? new LayerNormalizer(layout, _tile.Room) { Momentum = options.NormalizationMomentum }
            : null;
        Forward = new ForwardPass(
            layout, _tile, inputs, scorer, _normalizer)
        { Progress = options.Progress, Cancellation = options.Cancellation };
        _forward = new TrainingForward(
            layout, _tile, inputs, scorer, _normalizer)
        { Dropout = options.Dropout, Cancellation = options.Cancellation };
        _transposer = new WeightTransposer(layout);

        // The slopes take the place of the outputs that they are of.
        _deltas = [.. layout.Layers.SkipLast(1).Select(layer => new AlignedBuffer((long)_tile.Room * layer.Stride)), _tile.Outputs[^1]];
        _sums = new GradientSums(layout, _tile, inputs, layer => (nint)_deltas[layer].Pointer, layer => (nint)_forward.BySlopeOf(layer, 0));
        _layerWork = [.. Enumerable.Range(0, layout.Layers.Length).Select(WorkOf)];
        _slice = RunSlice;
    }

    /// <summary>Scores samples in the same memory.</summary>
    public ForwardPass Forward { get; }

    /// <summary>How many threads to use now; at most those of the constructor.</summary>
    public int Threads { get => _tile.Threads; set => _tile.Threads = value; }

    /// <summary>
    /// Whether gradients leave the mean of all batches' statistics in the weights, instead of having the running ones follow.
    /// </summary>
    public bool MeansStatistics { get => _normalizer?.IsMean == true; set => _normalizer!.IsMean = value; }

    /// <inheritdoc cref="GradientSums.Parts"/>
    public ParameterPart[] Parts => _sums.Parts;

    /// <summary>
    /// The one-hot inputs of the batch whose gradient was computed last, with their gradient, which stands nowhere else; null where there
    /// are none.
    /// </summary>
    public OneHotRows? OneHot => _sums.OneHot;

    /// <summary>Scores samples and writes the gradient of their mean loss.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradient">The gradient, laid out as the parameters.</param>
    /// <param name="listener">Who is told what is finished, or null.</param>
    /// <returns>The score of the samples.</returns>
    /// <remarks>Once a part is finished, nothing stops the rest: who steps along them as they come has all of them, or none.</remarks>
    public BatchScore Gradient(Batch batch, AlignedBuffer weights, AlignedBuffer gradient, GradientListener? listener = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, _layout.Length);
        if (_normalizer is not null && batch.Count == 1)
            throw LayerNormalizer.TooFewSamples(1);
        _tile.BeginTraining(batch, weights);
        _gradient = gradient.Pointer;
        _forward.MeanOver = batch.MeanOver;
        _transposer.Transpose(_tile.Weights, Threads);
        _sums.Begin(gradient);
        int tiles = (batch.Count + Tile.Capacity - 1) / Tile.Capacity;
        for (int done = 0, tile = 0; done < batch.Count; done += _tile.Count, tile++)
        {
            _mode = done > 0 ? SumMode.Add : SumMode.Set;
            int count = _normalizer is null ? Math.Min(Tile.Capacity, batch.Count - done) : EvenTile(batch.Count, tile, tiles);
            RunTile(batch.Start + done, count);
            _progress?.Invoke(done + _tile.Count);
            bool isLast = done + _tile.Count == batch.Count;
            bool isFinite = double.IsFinite(_tile.Score.Loss);
            if (isLast)
                listener?.Scored?.Invoke(_tile.Score);
            _sums.AddTile(
                parts: isLast && (isFinite || listener?.Scored is not null) ? listener : null,
                rows: isLast && isFinite ? listener : null);
        }

        GC.KeepAlive(weights);
        GC.KeepAlive(gradient);
        return _tile.Score;
    }

    /// <summary>
    /// Samples of a tile that are normalized by their own statistics: as many as of the others, as few would have poor statistics.
    /// </summary>
    private int EvenTile(int batch, int tile, int tiles)
    {
        int count = (int)(((tile + 1L) * batch / tiles) - ((long)tile * batch / tiles));
        _normalizer!.BeginTile((float)((long)count * tiles) / batch);
        return count;
    }

    private void RunTile(int start, int count)
    {
        _tile.Turn(start, count);
        if (_normalizer is not null)
            RunNormalizedTile();
        else
            WorkerPool.Shared.Run(_tile.Slices, Threads, _slice);
        _tile.AddScores();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunSlice(int slice, int worker)
    {
        _forward.RunSlice(slice, worker);
        for (int i = _layout.Layers.Length - 1; i > 0; i--)
            RunLayer(i, slice);
    }

    /// <summary>Takes a slice's deltas back through one layer and the activation before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunLayer(int i, int slice)
    {
        int from = _tile.FirstOf(slice, out int rows);
        LayerLayout layer = _layout.Layers[i];
        int width = _layout.Layers[i - 1].Width;
        int stride = _layout.Layers[i - 1].Stride;
        float* previous = _deltas[i - 1].Pointer + ((long)from * stride);
        new LayerProduct(rows, layer.Outputs, width, layer.Stride, stride)
            .Run(_kernel, _deltas[i].Pointer + ((long)from * layer.Stride), _transposer.Transposed(i), previous);

        // Rows of a slice follow each other without a gap.
        float* bySlope = _forward.BySlopeOf(i - 1, from);
        if (bySlope != null)
            _kernel.MultiplyElements(rows * stride, bySlope, previous);
        _kernel.MultiplyElements(rows * stride, previous, _forward.DerivativeOf(i - 1, from));
    }

    /// <summary>
    /// Takes a tile forward and back where layers are normalized: each needs the sums of the whole tile before any sample goes on, and the
    /// deltas of the whole tile before any goes further back.
    /// </summary>
    private void RunNormalizedTile()
    {
        foreach (LayerWork layer in _layerWork)
        {
            WorkerPool.Shared.Run(_tile.Slices, Threads, layer.Forward);
            WorkerPool.Shared.Run(layer.Panels, Threads, layer.Normalize);
        }

        for (int i = _layerWork.Length - 1; i > 0; i--)
        {
            WorkerPool.Shared.Run(_tile.Slices, Threads, _layerWork[i].Backward);
            WorkerPool.Shared.Run(_layerWork[i - 1].Panels, Threads, _layerWork[i - 1].Denormalize);
        }
    }

    private LayerWork WorkOf(int i)
    {
        LayerLayout layer = _layout.Layers[i];
        return new LayerWork(
            layer.IsNormalized ? (layer.Width + _kernel.PanelWidth - 1) / _kernel.PanelWidth : 0,
            (slice, worker) => _forward.RunLayer(i, slice, worker),
            (panel, _) => _forward.RunPanel(i, panel),
            (slice, _) => RunLayer(i, slice),
            (panel, _) => _normalizer!.Backward(i, panel * _kernel.PanelWidth, _tile, _deltas[i].Pointer, _gradient, _mode));
    }

    /// <summary>
    /// What there is to do for one layer of a network with batch normalization: panels of columns, and the work on slices and panels.
    /// </summary>
    private sealed record LayerWork(
        int Panels, Action<int, int> Forward, Action<int, int> Normalize, Action<int, int> Backward, Action<int, int> Denormalize);
}
