using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Takes slices of a tile forward as training does: with dropout and what else only training has, and with the slopes to go back along.
/// </summary>
internal sealed unsafe class TrainingForward
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly Tile _tile;
    private readonly InputLoader _inputs;
    private readonly OutputScorer _scorer;
    private readonly LayerNormalizer? _normalizer;
    private readonly AlignedBuffer[] _derivatives;
    private readonly AlignedBuffer?[] _bySlope;

    public TrainingForward(ParameterLayout layout, Tile tile, InputLoader inputs, OutputScorer scorer, LayerNormalizer? normalizer)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _tile = tile;
        _inputs = inputs;
        _scorer = scorer;
        _normalizer = normalizer;
        _derivatives = [.. layout.Layers.SkipLast(1).Select(layer => new AlignedBuffer((long)tile.Room * layer.Stride))];
        _bySlope = [.. layout.Layers.Select(layer => layer.LearnsSlopes ? new AlignedBuffer((long)tile.Room * layer.Stride) : null)];
    }

    /// <summary>What is dropped, or null.</summary>
    public Dropout? Dropout { get; init; }

    /// <summary>Stops the work between two slices.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Samples that the loss is the mean of.</summary>
    public int MeanOver { get; set; }

    /// <summary>Where the derivatives of a hidden layer for a sample of the tile stand.</summary>
    public float* DerivativeOf(int layer, int sample) => _derivatives[layer].Pointer + ((long)sample * _layout.Layers[layer].Stride);

    /// <summary>Where the outputs' derivatives by a layer's slopes stand, for a sample of the tile; null where it learns none.</summary>
    public float* BySlopeOf(int layer, int sample) =>
        _bySlope[layer] is { } derivatives ? derivatives.Pointer + ((long)sample * _layout.Layers[layer].Stride) : null;

    /// <summary>Takes a slice through all layers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunSlice(int slice, int worker)
    {
        for (int i = 0; i < _layout.Layers.Length; i++)
            RunLayer(i, slice, worker);
    }

    /// <summary>Takes a slice through one layer, of a normalized one only up to its sums, and the last one's sums into the loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLayer(int i, int slice, int worker)
    {
        Cancellation.ThrowIfCancellationRequested();
        int from = _tile.FirstOf(slice, out int rows);
        LayerLayout layer = _layout.Layers[i];
        int inputStride = i == 0 ? _inputs.Stride : _layout.Layers[i - 1].Stride;
        float* input = i == 0 ? _inputs.LoadForTraining(from, rows, worker) : _tile.OutputOf(i - 1, from);
        float* output = _tile.OutputOf(i, from);
        new LayerProduct(rows, layer.Inputs, layer.Width, inputStride, layer.Stride)
            .Run(_kernel, input, _tile.Weights + layer.WeightOffset, output);
        if (i == 0 && _tile.Data.Codes is not null)
            _inputs.AddOneHot(from, rows, output, _inputs.Dropout);
        if (layer.Activation is null)
        {
            ScoreSlice(from, rows);
            return;
        }

        if (!layer.IsNormalized)
            Activate(i, from, rows, 0, layer.Width);
    }

    /// <summary>Normalizes some columns of a layer's sums over the tile, and activates them.</summary>
    public void RunPanel(int i, int panel)
    {
        LayerLayout layer = _layout.Layers[i];
        int column = panel * _kernel.PanelWidth;
        int width = Math.Min(_kernel.PanelWidth, layer.Width - column);
        _normalizer!.Forward(i, column, _tile.Count, _tile.OutputOf(i, 0), _tile.Weights);
        Activate(i, 0, _tile.Count, column, width);
    }

    /// <summary>
    /// Activates some columns of a layer's sums, and drops outputs; where their derivatives are dropped too, the deltas that go back
    /// through them are right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate(int i, int from, int rows, int column, int width)
    {
        LayerLayout layer = _layout.Layers[i];
        float* output = _tile.OutputOf(i, from) + column;
        float* derivative = DerivativeOf(i, from) + column;
        float* bySlope = BySlopeOf(i, from) is var start && start == null ? null : start + column;
        var sums = new ActivationRows(rows, width, output, _tile.Weights + layer.BiasOffset + column, derivative, layer.Stride)
        {
            Slopes = _tile.Weights + layer.SlopeOffset + column,
            BySlope = bySlope,
        };
        _kernel.Activate(layer.Activation!, sums);
        if (Dropout is null || !Dropout.IsActive(i + 1))
            return;
        for (int row = 0; row < rows; row++)
        {
            long offset = (long)row * layer.Stride;
            int sample = _tile.Start + from + row;
            Dropout.Apply(i + 1, sample, column, width, output + offset, derivative + offset);
            if (bySlope != null)
                Dropout.Apply(i + 1, sample, column, width, bySlope + offset, null);
        }
    }

    /// <summary>Turns the output layer's sums into slopes of the mean loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreSlice(int from, int rows)
    {
        int last = _layout.Layers.Length - 1;
        float* bias = _tile.Weights + _layout.Layers[last].BiasOffset;
        for (int i = from; i < from + rows; i++)
            _tile.Scored(i, _scorer.Slopes(_tile.Data, _tile.SampleAt(i), _tile.OutputOf(last, i), bias, i, MeanOver));
    }
}
