using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// The samples at work, some of a batch: where they and the weights are, the outputs of all layers for them, and what they scored. What it
/// is given is checked here, once, so that the passes can follow pointers.
/// </summary>
/// <remarks>
/// Workers share a tile out in slices, a few samples each. However samples are cut into slices, each goes through the same sums.
/// </remarks>
internal sealed unsafe class Tile
{
    /// <summary>The most samples: enough to keep the gradient product busy, few enough that the activations stay in the cache.</summary>
    public const int Capacity = 256;

    /// <summary>
    /// Samples of a slice: the most where the weights fit the second-level cache, as activations then stay in the nearest; the fewest where
    /// they don't.
    /// </summary>
    public const int SliceRows = 32;

    /// <summary>The most samples of a slice where the weights come from further away: they are read once for all of these.</summary>
    private const int MaxSliceRows = 128;

    /// <summary>Weights that do not fit the second-level cache, in floats.</summary>
    private const long WideLayer = 256 * 1024;

    private readonly ParameterLayout _layout;
    private readonly bool _isWide;
    private readonly SampleScore[] _scores = new SampleScore[Capacity];
    private readonly (double Unexplained, double Distance)[] _errors;
    private AlignedBuffer _weights = null!;
    private Samples? _checked;
    private int _leastLabel;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="batchSize">The most samples of one batch, so that small batches take little memory.</param>
    /// <param name="threads">The most threads that share the slices.</param>
    public Tile(ParameterLayout layout, int batchSize, int threads)
    {
        _layout = layout;
        Room = Math.Min(batchSize, Capacity);
        Threads = threads;
        _isWide = layout.Layers.Any(layer => (long)layer.Inputs * layer.Width > WideLayer);
        _errors = new (double, double)[layout.Loss.IsRegression() ? Capacity : 0];
        Outputs = [.. layout.Layers.Select(layer => new AlignedBuffer((long)Room * layer.Stride))];
    }

    /// <summary>Samples that there is memory for.</summary>
    public int Room { get; }

    /// <summary>How many threads to use now; at most those of the constructor.</summary>
    public int Threads { get; set; }

    /// <summary>By layer, the outputs of the tile's samples, one after another.</summary>
    public AlignedBuffer[] Outputs { get; }

    /// <summary>Where the samples are.</summary>
    public Samples Data { get; private set; } = null!;

    /// <summary>The samples' order, or null for the order of the data.</summary>
    public int[]? Order { get; private set; }

    /// <summary>The parameters.</summary>
    public float* Weights { get; private set; }

    /// <summary>The place of the tile's first sample.</summary>
    public int Start { get; private set; }

    /// <summary>Samples of the tile.</summary>
    public int Count { get; private set; }

    /// <summary>Samples of a slice.</summary>
    public int RowsOfSlice { get; private set; }

    /// <summary>Slices of the tile.</summary>
    public int Slices { get; private set; }

    /// <summary>What the batch's tiles have scored so far.</summary>
    public BatchScore Score { get; private set; }

    /// <summary>Samples between the one at work and the one that the same worker probably takes next.</summary>
    public int Ahead => Threads * RowsOfSlice;

    /// <summary>Begins a batch that is scored, or predicted for.</summary>
    /// <exception cref="ArgumentException">Samples or weights do not fit the network.</exception>
    public void Begin(Samples data, int start, int count, AlignedBuffer weights) =>
        Begin(new Batch(data, null, start, count), weights, leastLabel: -1);

    /// <summary>Begins a batch that is learned from, whose samples all have a class of the model, where they have classes.</summary>
    /// <exception cref="ArgumentException">Samples or weights do not fit the network.</exception>
    public void BeginTraining(Batch batch, AlignedBuffer weights) => Begin(batch, weights, leastLabel: 0);

    /// <summary>Turns to the next samples of the batch.</summary>
    public void Turn(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Room);
        Start = start;
        Count = count;
        RowsOfSlice = RowsOfSliceFor(count);
        Slices = (count + RowsOfSlice - 1) / RowsOfSlice;
        if (Order is null)
            return;

        // Those that are asked for ahead are among them.
        foreach (int sample in Order.AsSpan(start, Math.Min(count + Ahead + RowsOfSlice, Order.Length - start)))
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sample, (uint)Data.Count);
    }

    /// <summary>The first sample of a slice and how many it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FirstOf(int slice, out int rows)
    {
        int first = slice * RowsOfSlice;
        rows = Math.Min(RowsOfSlice, Count - first);
        return first;
    }

    /// <summary>Which sample of the data has a place in the tile, or behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SampleAt(int i) => Order is null ? Start + i : Order[Start + i];

    /// <summary>Where the outputs of a layer for a sample of the tile stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* OutputOf(int layer, int sample) => Outputs[layer].Pointer + ((long)sample * _layout.Layers[layer].Stride);

    /// <summary>What one sample of the tile scored, which means nothing where it has no label.</summary>
    public SampleScore ScoreOf(int sample) => _scores[sample];

    /// <summary>Takes what one sample scored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scored(int sample, SampleScore score) => _scores[sample] = score;

    /// <summary>Takes how far the numbers for one sample are off.</summary>
    public void Off(int sample, (double Unexplained, double Distance) error) => _errors[sample] = error;

    /// <summary>Adds what the tile has scored to the batch's score, in the order of its samples, each times its weight.</summary>
    public void AddScores()
    {
        BatchScore score = Score;
        for (int i = 0; i < Count; i++)
        {
            (float loss, float lossWeight, bool isRight) = _scores[i];
            (double unexplained, double distance) = i < _errors.Length ? _errors[i] : default;
            double weight = Data.WeightOf(SampleAt(i));
            score = new BatchScore(
                score.Loss + ((double)lossWeight * loss),
                score.LossWeight + lossWeight,
                score.Correct + (isRight ? weight : 0),
                score.Weight + weight,
                score.Unexplained + (weight * unexplained),
                score.Distance + (weight * distance));
        }

        Score = score;
    }

    private void Begin(Batch batch, AlignedBuffer weights, int leastLabel)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, _layout.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(batch.Start);
        ArgumentOutOfRangeException.ThrowIfNegative(batch.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)batch.Start + batch.Count, batch.Order?.Length ?? batch.Data.Count);
        if (!ReferenceEquals(batch.Data, _checked) || leastLabel > _leastLabel)
        {
            batch.Data.Check(_layout, leastLabel);
            (_checked, _leastLabel) = (batch.Data, leastLabel);
        }

        Data = batch.Data;
        Order = batch.Order;
        _weights = weights;
        Weights = _weights.Pointer;
        Score = default;
    }

    /// <summary>
    /// Samples of a slice: so many that weights from afar are read seldom, so few that all threads have slices, two each if they can.
    /// </summary>
    private int RowsOfSliceFor(int count)
    {
        int tileRows = _layout.Kernel.TileRows;
        return _isWide
            ? Math.Clamp(count / (2 * Threads) / tileRows * tileRows, SliceRows, MaxSliceRows)
            : Math.Clamp(count / 16 / tileRows * tileRows, tileRows, SliceRows);
    }
}
