using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>
/// The rows of weights whose one-hot inputs the samples of a batch have. These alone have a gradient and take a step, so that what a step
/// costs depends on the batch, and not on how many one-hot inputs there are.
/// </summary>
/// <remarks>
/// The samples of a tile that have a row are chained in their order, in which the row's gradient is summed, whoever sums it. The gradients
/// of the batch's rows stand one after another, so that those of a small batch stay in the cache.
/// </remarks>
internal sealed unsafe class OneHotRows
{
    /// <summary>Rows that are summed by one worker at a time.</summary>
    public const int BlockRows = 16;

    /// <summary>Rows between the one being summed and the one asked for, where the batch had them before.</summary>
    private const int RowsAhead = 4;

    /// <summary>Deltas that are added up in one go.</summary>
    private const int MaxRun = 32;

    private readonly OneHotLayout _layout;
    private readonly bool _isHeld;
    private readonly Kernel _kernel;
    private readonly int[] _rows;
    private readonly Trace[] _traces;
    private readonly AlignedBuffer _gradients;

    // Of the tile: its rows by their places among the batch's, the first code of each, for every code the next of its row, and how many
    // rows the batch had before.
    private readonly int[] _tileRows;
    private readonly int[] _first;
    private readonly int[] _next;
    private int _batch;
    private int _tile;
    private int _tileCount;
    private int _known;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="capacity">Samples of a tile.</param>
    public OneHotRows(ParameterLayout layout, int capacity)
    {
        _layout = layout.OneHot;
        _kernel = layout.Kernel;
        _isHeld = layout.HeldLayer == 0;
        _rows = new int[_layout.Count];
        _traces = new Trace[_layout.Count];
        _gradients = new AlignedBuffer((long)_layout.Count * _layout.Width);
        _tileRows = new int[capacity * _layout.CodeCount];
        _first = new int[_tileRows.Length];
        _next = new int[_tileRows.Length];
    }

    /// <summary>The batch's rows, each once.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>How many rows the batch has.</summary>
    public int Count { get; private set; }

    /// <summary>Blocks of rows of the tile, whose gradients can be summed one beside the other.</summary>
    public int Blocks => (_tileCount + BlockRows - 1) / BlockRows;

    /// <summary>Blocks of rows of the batch, which are those of its tile where it has one.</summary>
    public int BatchBlocks => (Count + BlockRows - 1) / BlockRows;

    /// <summary>Whether a row is of the batch.</summary>
    public bool Contains(int row) => _traces[row].Batch == _batch;

    /// <summary>The gradient of one of the batch's rows.</summary>
    /// <param name="i">Its place among <see cref="Rows"/>.</param>
    public float* Gradient(int i) => _gradients.Pointer + ((long)i * _layout.Width);

    /// <summary>Begins a batch.</summary>
    public void Begin()
    {
        _batch++;
        Count = 0;
    }

    /// <summary>Takes up the samples of the batch's next tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTile(Samples data, int[]? order, int start, int count)
    {
        _tile++;
        _tileCount = 0;
        _known = Count;
        int columns = _layout.CodeCount;
        int place = 0;
        for (int i = start; i < start + count; i++)
        {
            int sample = order is null ? i : order[i];
            foreach (int row in data.Codes.AsSpan(sample * columns, columns))
            {
                if (row >= 0)
                    Chain(row, place);
                place++;
            }
        }
    }

    /// <summary>Adds up the gradient of a block of the tile's rows.</summary>
    /// <param name="block">The block.</param>
    /// <param name="deltas">The first layer's deltas, a sample of the tile after another.</param>
    /// <param name="stride">Floats from one sample's to the next.</param>
    /// <param name="dropout">What the inputs were dropped by, or null.</param>
    /// <param name="start">The tile's first sample's place in the epoch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SumBlock(int block, float* deltas, int stride, Dropout? dropout, int start)
    {
        int* samples = stackalloc int[MaxRun];
        int end = Math.Min((block + 1) * BlockRows, _tileCount);
        for (int i = block * BlockRows; i < end; i++)
        {
            if (_tileRows[Math.Min(i + RowsAhead, end - 1)] is var ahead && ahead < _known)
                Kernel.Prefetch((byte*)Gradient(ahead), (nint)_layout.Width * sizeof(float));
            if (dropout is not null)
            {
                SumDropped(i, deltas, stride, dropout, start);
                continue;
            }

            SumMode mode = _tileRows[i] < _known ? SumMode.Add : SumMode.Set;
            for (int code = _first[i]; code >= 0; mode = SumMode.Add)
            {
                int count = 0;
                for (; code >= 0 && count < MaxRun; code = _next[code])
                    samples[count++] = code / _layout.CodeCount;
                _kernel.AddRows(count, samples, _layout.Width, deltas, stride, Gradient(_tileRows[i]), mode);
            }
        }

        for (int i = block * BlockRows; _isHeld && i < end; i++)
            new Span<float>(Gradient(_tileRows[i]), _layout.Width)[1..].Clear();
    }

    /// <summary>Writes the gradient of all rows, most of it zero, into one laid out as the parameters, and marks the batch's.</summary>
    public void Spread(AlignedBuffer gradient)
    {
        new Span<float>(gradient.Pointer + _layout.Offset, (int)(_layout.End - _layout.Offset)).Clear();
        for (int i = 0; i < Count; i++)
        {
            new Span<float>(Gradient(i), _layout.Width).CopyTo(RowOf(gradient, _rows[i]));
            gradient.Pointer[_layout.MarkOffset + _rows[i]] = 1f;
        }
    }

    /// <summary>Takes the marked rows of such a gradient for the batch's: of several ones that were added, all that any had.</summary>
    public void Gather(AlignedBuffer gradient)
    {
        Begin();
        for (int row = 0; row < _layout.Count; row++)
        {
            if (gradient.Pointer[_layout.MarkOffset + row] > 0)
                RowOf(gradient, row).CopyTo(new Span<float>(Gradient(Add(row)), _layout.Width));
        }
    }

    /// <summary>Adds up the gradient of one of the tile's rows, where inputs were dropped.</summary>
    private void SumDropped(int i, float* deltas, int stride, Dropout dropout, int start)
    {
        int input = _layout.FirstInput + _rows[_tileRows[i]];
        float* sums = Gradient(_tileRows[i]);
        if (_tileRows[i] >= _known)
            new Span<float>(sums, _layout.Width).Clear();
        for (int code = _first[i]; code >= 0; code = _next[code])
        {
            int sample = code / _layout.CodeCount;
            float factor = dropout.Factor(0, start + sample, input);
            if (factor > 0)
                _kernel.AddMultiple(_layout.Width, factor, deltas + ((long)sample * stride), sums);
        }
    }

    private Span<float> RowOf(AlignedBuffer gradient, int row) => new(gradient.Pointer + _layout.RowOffset(row), _layout.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Chain(int row, int code)
    {
        ref Trace trace = ref _traces[row];
        _next[code] = -1;
        if (trace.Tile == _tile)
        {
            _next[trace.Last] = code;
        }
        else
        {
            trace.Tile = _tile;
            if (trace.Batch != _batch)
                Add(row);
            _tileRows[_tileCount] = trace.Place;
            _first[_tileCount++] = code;
        }

        trace.Last = code;
    }

    private int Add(int row)
    {
        _traces[row].Batch = _batch;
        _rows[Count] = row;
        return _traces[row].Place = Count++;
    }

    /// <summary>Where a row was seen last: in which batch, at which place there, in which tile, and by which code of the tile.</summary>
    private record struct Trace(int Batch, int Place, int Tile, int Last);
}
