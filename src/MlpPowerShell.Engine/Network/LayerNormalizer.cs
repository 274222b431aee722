using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// Batch normalization of the hidden layers, a panel of columns at a time, so that any worker does the same sums in the same order.
/// </summary>
internal sealed unsafe class LayerNormalizer
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;

    // By layer: the normalized sums of the tile, what they were multiplied by, and for running statistics the factor and summand of each
    // unit.
    private readonly AlignedBuffer[] _normalized;
    private readonly AlignedBuffer[] _inverseDeviations;
    private readonly AlignedBuffer[] _factors;
    private readonly AlignedBuffer[] _summands;
    private readonly TileTotals[] _biases;
    private readonly TileTotals[] _scales;
    private float _rate;
    private float _weightSeen;
    private bool _isMean;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="capacity">Samples of a tile in training; 0 where there is none.</param>
    public LayerNormalizer(ParameterLayout layout, int capacity)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        LayerLayout[] hidden = layout.Layers[..^1];
        _normalized = [.. hidden.Select(layer => new AlignedBuffer((long)capacity * layer.Stride))];
        _inverseDeviations = [.. hidden.Select(layer => new AlignedBuffer(layer.Width))];
        _factors = [.. hidden.Select(layer => new AlignedBuffer(layer.Width))];
        _summands = [.. hidden.Select(layer => new AlignedBuffer(layer.Width))];
        _biases = [.. hidden.Select(layer => new TileTotals(layer.Width))];
        _scales = [.. hidden.Select(layer => new TileTotals(layer.Width))];
    }

    /// <summary>How much of a batch's statistics the running ones take on, above 0 and at most 1.</summary>
    public float Momentum { get; init; }

    /// <summary>
    /// Whether the running statistics become the mean of those of all tiles since this was set, whatever they were before, instead of
    /// following them.
    /// </summary>
    public bool IsMean
    {
        get => _isMean;
        set => (_isMean, _weightSeen) = (value, 0);
    }

    /// <summary>Begins a tile.</summary>
    /// <param name="weight">
    /// How many samples it has, over how many a tile of its batch has on average: what its statistics count.
    /// </param>
    public void BeginTile(float weight)
    {
        _weightSeen += weight;
        _rate = _isMean ? weight / _weightSeen : MathF.Min(1, Momentum * weight);
    }

    /// <summary>An error that says that samples can't be normalized by their own statistics.</summary>
    public static MlpException TooFewSamples(long count) => new(
        "TooFewSamples",
        MlpErrorKind.InvalidArgument,
        $"A batch has {count} sample{(count == 1 ? string.Empty : "s")}; batch normalization needs at least 2 in each, and of several "
        + "processes in the part of each, as it takes the mean of one from itself and leaves 0.");

    /// <summary>Takes up the running statistics of some weights.</summary>
    public void Prepare(float* weights)
    {
        for (int i = 0; i < _factors.Length; i++)
        {
            LayerLayout layer = _layout.Layers[i];
            for (int j = 0; j < layer.Width; j++)
            {
                float variance = weights[layer.VarianceOffset + j] + _layout.NormalizationEpsilon;
                float factor = weights[layer.ScaleOffset + j] / MathF.Sqrt(variance);
                _factors[i].Pointer[j] = factor;
                _summands[i].Pointer[j] = -weights[layer.MeanOffset + j] * factor;
            }
        }
    }

    /// <summary>Normalizes rows of a layer's sums by the running statistics.</summary>
    public void Apply(int i, int rows, float* sums)
    {
        LayerLayout layer = _layout.Layers[i];
        for (int row = 0; row < rows; row++, sums += layer.Stride)
            _kernel.MultiplyAddElements(layer.Width, sums, _factors[i].Pointer, _summands[i].Pointer);
    }

    /// <summary>
    /// Normalizes a panel of a layer's sums by its own statistics, times γ, and has the running ones take them on (Ioffe and Szegedy, 2015,
    /// algorithm 1; the running variance is the unbiased one, as in PyTorch).
    /// </summary>
    /// <param name="i">The layer.</param>
    /// <param name="column">The panel's first column.</param>
    /// <param name="count">Samples of the tile, at least 2.</param>
    /// <param name="sums">The layer's sums, a sample after another.</param>
    /// <param name="weights">The parameters; the running statistics change.</param>
    public void Forward(int i, int column, int count, float* sums, float* weights)
    {
        LayerLayout layer = _layout.Layers[i];
        int width = Math.Min(_kernel.PanelWidth, layer.Width - column);
        float* means = stackalloc float[width];
        float* variances = stackalloc float[width];
        float* inverse = _inverseDeviations[i].Pointer + column;
        _kernel.ColumnStatistics(count, width, sums + column, layer.Stride, means, variances);
        for (int j = 0; j < width; j++)
        {
            inverse[j] = 1 / MathF.Sqrt(variances[j] + _layout.NormalizationEpsilon);
            float* mean = weights + layer.MeanOffset + column + j;
            float* variance = weights + layer.VarianceOffset + column + j;

            // Never old + rate × (new - old): where the rate is 1, a small new one would keep the roundings of a large old one.
            *mean = ((1 - _rate) * *mean) + (_rate * means[j]);
            *variance = ((1 - _rate) * *variance) + (_rate * (variances[j] * count / (count - 1)));
        }

        float* scales = weights + layer.ScaleOffset + column;
        var columns = new NormalizedColumns(sums + column, layer.Stride, _normalized[i].Pointer + column, inverse, scales);
        _kernel.NormalizeColumns(count, width, columns, means);
    }

    /// <summary>
    /// Turns a panel of deltas behind the normalization into those before it, and adds up the gradients of bias and γ (Ioffe and Szegedy,
    /// 2015, section 3: δ ← γ / √(variance + ε) × (δ - mean(δ) - normalized × mean(δ × normalized))).
    /// </summary>
    /// <param name="i">The layer.</param>
    /// <param name="column">The panel's first column.</param>
    /// <param name="tile">The samples, and the parameters.</param>
    /// <param name="deltas">The layer's deltas, a sample after another.</param>
    /// <param name="gradient">The parameters' gradient.</param>
    /// <param name="mode">What becomes of the gradient that is there.</param>
    public void Backward(int i, int column, Tile tile, float* deltas, float* gradient, SumMode mode)
    {
        LayerLayout layer = _layout.Layers[i];
        int width = Math.Min(_kernel.PanelWidth, layer.Width - column);
        float* byBias = stackalloc float[width];
        float* byScale = stackalloc float[width];
        float* inverse = _inverseDeviations[i].Pointer + column;
        float* scales = tile.Weights + layer.ScaleOffset + column;
        var columns = new NormalizedColumns(deltas + column, layer.Stride, _normalized[i].Pointer + column, inverse, scales);
        _kernel.NormalizeColumnsBackward(tile.Count, width, columns, byBias, byScale);
        _biases[i].Add(column, width, byBias, gradient + layer.BiasOffset + column, mode);
        _scales[i].Add(column, width, byScale, gradient + layer.ScaleOffset + column, mode);
    }
}
