using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Predicts for any number of samples, and scores them: slices of a tile go forward through all layers.</summary>
/// <remarks>Nothing is allocated after the constructor.</remarks>
internal sealed unsafe class ForwardPass
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly Tile _tile;
    private readonly InputLoader _inputs;
    private readonly OutputScorer _scorer;
    private readonly LayerNormalizer? _normalizer;
    private readonly Action<int, int> _slice;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="batchSize">The most samples of one call, so that small batches take little memory.</param>
    /// <param name="threads">The most threads to use.</param>
    public ForwardPass(ParameterLayout layout, int batchSize, int threads)
        : this(layout, new Tile(layout, batchSize, threads))
    {
    }

    /// <summary>A pass that shares the memory of a training, and its threads.</summary>
    public ForwardPass(ParameterLayout layout, Tile tile, InputLoader inputs, OutputScorer scorer, LayerNormalizer? normalizer)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _tile = tile;
        _inputs = inputs;
        _scorer = scorer;
        _normalizer = normalizer;
        _slice = RunSlice;
    }

    private ForwardPass(ParameterLayout layout, Tile tile)
        : this(
            layout,
            tile,
            new InputLoader(layout, tile),
            new OutputScorer(layout, tile),
            layout.IsNormalized ? new LayerNormalizer(layout, 0) : null)
    {
    }

    /// <summary>Called after each tile with the samples done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Stops the work between two slices.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <inheritdoc cref="Tile.ScoreOf"/>
    public SampleScore ScoreOf(int sample) => _tile.ScoreOf(sample);

    /// <inheritdoc cref="OutputScorer.Errors"/>
    public TargetErrors? Errors { set => _scorer.Errors = value; }

    /// <inheritdoc cref="OutputScorer.KeepsSums"/>
    public bool KeepsSums { set => _scorer.KeepsSums = value; }

    /// <summary>Scores samples.</summary>
    /// <param name="data">Where the samples are; it must fit the model.</param>
    /// <param name="start">The first sample.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="weights">The parameters.</param>
    public BatchScore Score(Samples data, int start, int count, AlignedBuffer weights)
    {
        Begin(data, start, count, weights);
        for (int done = 0; done < count; done += Tile.Capacity)
        {
            RunTile(start + done, Math.Min(Tile.Capacity, count - done));
            Progress?.Invoke(done + _tile.Count);
        }

        return _tile.Score;
    }

    /// <summary>Computes the outputs for some samples: probabilities, or in regression values.</summary>
    /// <param name="data">Where the samples are; it must fit the model, but needs no labels.</param>
    /// <param name="start">The first sample.</param>
    /// <param name="count">How many samples; at most the batch size of the constructor, and one tile.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="outputs">count × outputs of them.</param>
    public void Predict(Samples data, int start, int count, AlignedBuffer weights, Span<float> outputs)
    {
        Begin(data, start, count, weights);
        RunTile(start, count);
        int last = _layout.Layers.Length - 1;
        int width = _layout.Layers[last].Outputs;
        for (int i = 0; i < count; i++)
            new Span<float>(_tile.OutputOf(last, i), width).CopyTo(outputs[(i * width)..]);
    }

    private void Begin(Samples data, int start, int count, AlignedBuffer weights)
    {
        _tile.Begin(data, start, count, weights);
        _normalizer?.Prepare(_tile.Weights);
    }

    private void RunTile(int start, int count)
    {
        _tile.Turn(start, count);
        WorkerPool.Shared.Run(_tile.Slices, _tile.Threads, _slice);
        _tile.AddScores();
    }

    // Here and elsewhere: compiled with all optimizations at once, as the compiler's first tier would cost the first epoch.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunSlice(int slice, int worker)
    {
        int from = _tile.FirstOf(slice, out int rows);
        float* input = _inputs.Load(from, rows, worker);
        int inputStride = _inputs.Stride;
        for (int i = 0; i < _layout.Layers.Length; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            LayerLayout layer = _layout.Layers[i];
            float* output = _tile.OutputOf(i, from);
            new LayerProduct(rows, layer.Inputs, layer.Width, inputStride, layer.Stride)
                .Run(_kernel, input, _tile.Weights + layer.WeightOffset, output);
            if (i == 0 && _tile.Data.Codes is not null)
                _inputs.AddOneHot(from, rows, output, null);
            if (layer.Activation is { } activation)
            {
                if (layer.IsNormalized)
                    _normalizer!.Apply(i, rows, output);
                var sums = new ActivationRows(rows, layer.Width, output, _tile.Weights + layer.BiasOffset, null, layer.Stride)
                {
                    Slopes = _tile.Weights + layer.SlopeOffset,
                };
                _kernel.Activate(activation, sums);
            }

            input = output;
            inputStride = layer.Stride;
        }

        ScoreSlice(from, rows);
    }

    /// <summary>Turns the output layer's sums into predictions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreSlice(int from, int rows)
    {
        int last = _layout.Layers.Length - 1;
        float* bias = _tile.Weights + _layout.Layers[last].BiasOffset;
        for (int i = from; i < from + rows; i++)
            _tile.Scored(i, _scorer.Predictions(_tile.Data, _tile.SampleAt(i), _tile.OutputOf(last, i), bias, i));
    }
}
