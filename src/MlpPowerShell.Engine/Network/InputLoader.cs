using System.Diagnostics;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Brings the features of a tile's samples to the first layer, and in training to the product that makes its gradient.</summary>
internal sealed unsafe class InputLoader
{
    /// <summary>Samples between the one being packed and the one asked for from memory: about as long as memory takes to answer.</summary>
    private const int PackAhead = 16;

    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly Tile _tile;
    private readonly AlignedBuffer _inputs;
    private readonly ImageDistortion? _distortion;
    private readonly AlignedBuffer? _distorted;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="tile">The samples.</param>
    /// <param name="distortion">What training images go through, or null.</param>
    public InputLoader(ParameterLayout layout, Tile tile, ImageDistortion? distortion = null)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _tile = tile;
        Stride = _kernel.Pad(layout.Layers[0].Inputs);
        _inputs = new AlignedBuffer(Math.Max((long)tile.Threads * Math.Min(tile.Room, Tile.SliceRows), tile.Room) * Stride);
        _distortion = distortion;
        _distorted = distortion is null ? null : new AlignedBuffer((long)tile.Room * Stride);
    }

    /// <summary>Floats from one sample's features to the next.</summary>
    public int Stride { get; }

    /// <summary>What training drops of the inputs, or null.</summary>
    public Dropout? Dropout { get; set => field = value?.IsActive(0) == true ? value : null; }

    /// <summary>Loads the features of some of the tile's samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Load(int from, int rows, int worker)
    {
        float* loaded = _inputs.Pointer + ((long)worker * _tile.RowsOfSlice * Stride);
        Debug.Assert(((worker * (long)_tile.RowsOfSlice) + rows) * Stride <= _inputs.Length, "A worker's inputs end with the buffer.");
        int features = _layout.Layers[0].Inputs;
        float* target = loaded;
        fixed (byte* bytes = _tile.Data.Bytes)
        fixed (float* floats = _tile.Data.Floats)
        {
            for (int i = from; i < from + rows; i++, target += Stride)
                FeatureLoader.Load(_kernel, bytes, floats, (long)_tile.SampleAt(i) * features, features, target, _kernel.PackWidth);

            // Samples in a random order come from anywhere in memory: ask now for those that this worker probably takes next, also
            // across the end of the batch.
            int[]? order = _tile.Order;
            int ahead = _tile.Start + from + _tile.Ahead;
            for (int i = ahead; order is not null && i < Math.Min(ahead + rows, order.Length); i++)
                FeatureLoader.Prefetch(bytes, floats, (long)order[i] * features, features);
        }

        return loaded;
    }

    /// <summary>Loads features as training sees them: distorted, and some of them dropped.</summary>
    public float* LoadForTraining(int from, int rows, int worker)
    {
        float* input = Load(from, rows, worker);
        if (_distorted is not null)
        {
            float* distorted = _distorted.Pointer + ((long)from * Stride);
            for (int i = 0; i < rows; i++)
                _distortion!.Distort(input + ((long)i * Stride), distorted + ((long)i * Stride), _tile.Start + from + i, worker);
            input = distorted;
        }

        for (int i = 0; i < rows && Dropout is not null; i++)
            Dropout.Apply(0, _tile.Start + from + i, 0, _layout.Layers[0].Inputs, input + ((long)i * Stride), null);
        return input;
    }

    /// <summary>
    /// Packs columns of the tile's inputs as training sees them, a group of them after another, each sample after sample, which is how the
    /// product with the inputs' transpose reads them. Features are converted from the data once more: that is less to move than floats from
    /// another core's cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int column, int columns, float* packed)
    {
        if (_distorted is not null)
        {
            Pack(_distorted.Pointer + column, Stride, columns, packed);
            return;
        }

        int group = _kernel.PackWidth;
        int count = _tile.Count;
        nint groupStride = (nint)group * count;
        int features = _layout.Layers[0].Inputs;
        int columnsToDrop = Dropout is not null ? columns : 0;
        fixed (byte* bytes = _tile.Data.Bytes)
        fixed (float* floats = _tile.Data.Floats)
        {
            for (int i = 0; i < count; i++)
            {
                FeatureLoader.Prefetch(
                    bytes, floats, ((long)_tile.SampleAt(Math.Min(i + PackAhead, count - 1)) * features) + column, columns);
                long first = ((long)_tile.SampleAt(i) * features) + column;
                FeatureLoader.Load(_kernel, bytes, floats, first, columns, packed + ((long)i * group), groupStride);
                for (int done = 0; done < columnsToDrop; done += group)
                {
                    float* values = packed + ((long)i * group) + (done / group * groupStride);
                    Dropout!.Apply(0, _tile.Start + i, column + done, Math.Min(group, columns - done), values, null);
                }
            }
        }
    }

    /// <summary>Packs columns of a matrix with a row for each sample likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* source, int stride, int columns, float* packed)
    {
        int group = _kernel.PackWidth;
        nint groupStride = (nint)group * _tile.Count;
        for (int i = 0; i < _tile.Count; i++)
            _kernel.LoadFloats(columns, source + ((long)i * stride), packed + ((long)i * group), groupStride);
    }

    /// <summary>
    /// Adds the weights of the one-hot inputs that some samples have to the first layer's sums, and asks for those that this worker
    /// probably takes next, also across the end of the batch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddOneHot(int from, int rows, float* sums, Dropout? dropout)
    {
        LayerLayout layer = _layout.Layers[0];
        int columns = _layout.OneHot.CodeCount;
        int firstInput = _layout.OneHot.FirstInput;
        float* weights = _tile.Weights + _layout.OneHot.Offset;
        int distance = _tile.Ahead;
        int last = (_tile.Order?.Length ?? _tile.Data.Count) - 1 - _tile.Start;
        fixed (int* codes = _tile.Data.Codes)
        {
            for (int i = from; i < from + rows; i++, sums += layer.Stride)
            {
                int* own = codes + ((long)_tile.SampleAt(i) * columns);
                int* ahead = codes + ((long)_tile.SampleAt(Math.Min(i + distance, last)) * columns);
                for (int c = 0; c < columns; c++)
                    Kernel.Prefetch((byte*)(weights + ((long)Math.Max(0, ahead[c]) * layer.Width)), (nint)layer.Width * sizeof(float));

                // The product with no dense inputs writes nothing.
                SumMode mode = layer.Inputs > 0 ? SumMode.Add : SumMode.Set;
                _kernel.AddRows(dropout is null ? columns : 0, own, layer.Width, weights, layer.Width, sums, mode);
                for (int c = 0; c < columns && dropout is not null; c++)
                {
                    if (own[c] >= 0 && dropout.Factor(0, _tile.Start + i, firstInput + own[c]) is > 0 and var factor)
                        _kernel.AddMultiple(layer.Width, factor, weights + ((long)own[c] * layer.Width), sums);
                }
            }
        }
    }
}
