using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Sums blocks of every layer's gradient over a tile's samples; blocks depend on the sizes of the layers alone.</summary>
internal sealed unsafe class GradientSums
{
    private readonly ParameterLayout _layout;
    private readonly Kernel _kernel;
    private readonly Tile _tile;
    private readonly InputLoader _inputs;
    private readonly Func<int, nint> _deltas;
    private readonly Func<int, nint> _slopeDeltas;
    private readonly GradientPlan _plan;
    private readonly int _packedLength;
    private readonly AlignedBuffer _packed;
    private readonly AlignedBuffer[] _tileSums;
    private readonly TileTotals[] _biases;
    private readonly TileTotals[] _slopes;
    private readonly Action<int, int> _sumBlock;
    private readonly Action<int, int> _endRows;
    private float* _gradient;
    private GradientListener? _parts;
    private GradientListener? _rows;
    private SumMode _mode;
    private bool _rowsFollow;

    /// <param name="layout">Where the parameters stand.</param>
    /// <param name="tile">The samples.</param>
    /// <param name="inputs">Their features.</param>
    /// <param name="deltas">The address of a layer's deltas for the tile, a sample after another.</param>
    /// <param name="slopeDeltas">The same of those by the slopes of a layer that learns some.</param>
    public GradientSums(ParameterLayout layout, Tile tile, InputLoader inputs, Func<int, nint> deltas, Func<int, nint> slopeDeltas)
    {
        _layout = layout;
        _kernel = layout.Kernel;
        _tile = tile;
        _inputs = inputs;
        _deltas = deltas;
        _slopeDeltas = slopeDeltas;
        _plan = new GradientPlan(layout);
        _packedLength = GradientPlan.BlockRows * tile.Room;
        _packed = new AlignedBuffer((long)tile.Threads * _packedLength);
        _tileSums = [.. layout.Layers.Select(layer => new AlignedBuffer(layer.Width))];
        _biases = [.. layout.Layers.Select(layer => new TileTotals(layer.Width))];
        _slopes = [.. layout.Layers.Select(layer => new TileTotals(layer.LearnsSlopes ? layer.Width : 0))];
        OneHot = layout.OneHot.Count > 0 ? new OneHotRows(layout, tile.Room) : null;
        _sumBlock = SumBlock;
        _endRows = (block, _) => EndRows(block);
    }

    /// <summary>The parts that the gradient is finished in; together they are all parameters but the weights of one-hot inputs.</summary>
    public ParameterPart[] Parts => _plan.Parts;

    /// <summary>The one-hot inputs of the batch at work, or null where there are none.</summary>
    public OneHotRows? OneHot { get; }

    /// <summary>Begins a batch.</summary>
    public void Begin(AlignedBuffer gradient)
    {
        _gradient = gradient.Pointer;
        _mode = SumMode.Set;
        OneHot?.Begin();
    }

    /// <summary>Adds the tile to the batch's sums.</summary>
    /// <param name="parts">Who is told of parts that are finished, or null.</param>
    /// <param name="rows">Who is told of rows that are finished, or null.</param>
    public void AddTile(GradientListener? parts, GradientListener? rows)
    {
        // In the last of several tiles there is none of some rows of the batch, so that all of these follow.
        _rowsFollow = _mode == SumMode.Add;
        _parts = parts;
        _rows = OneHot is null ? null : rows;
        OneHot?.AddTile(_tile.Data, _tile.Order, _tile.Start, _tile.Count);
        WorkerPool.Shared.Run(_plan.Blocks.Length + (OneHot?.Blocks ?? 0), _tile.Threads, _sumBlock);
        if (_rows is not null && _rowsFollow)
            WorkerPool.Shared.Run(OneHot!.BatchBlocks, _tile.Threads, _endRows);
        _mode = SumMode.Add;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumBlock(int index, int worker)
    {
        if (index >= _plan.Blocks.Length)
        {
            int rows = index - _plan.Blocks.Length;
            OneHot!.SumBlock(rows, (float*)_deltas(0), _layout.Layers[0].Stride, _inputs.Dropout, _tile.Start);
            if (!_rowsFollow)
                EndRows(rows);
            return;
        }

        GradientBlock block = _plan.Blocks[index];
        LayerLayout layer = _layout.Layers[block.Layer];
        float* delta = (float*)_deltas(block.Layer);
        int count = _tile.Count;
        if (block.Rows == 0)
        {
            if (!layer.IsNormalized)
                SumUnits(block.Layer, delta, _biases[block.Layer], _gradient + layer.BiasOffset);
            _parts?.PartDone?.Invoke(Parts[block.FirstPart]);
            if (!layer.LearnsSlopes)
                return;

            // The sum of δ min(0, z) over the samples (He et al., 2015, equation 8), δ being the slope of the loss by the output.
            SumUnits(block.Layer, (float*)_slopeDeltas(block.Layer), _slopes[block.Layer], _gradient + layer.SlopeOffset);
            _parts?.PartDone?.Invoke(Parts[block.FirstPart + 1]);
            return;
        }

        float* packed = _packed.Pointer + ((long)worker * _packedLength);
        if (block.Layer > 0)
            _inputs.Pack(_tile.OutputOf(block.Layer - 1, 0) + block.Row, _layout.Layers[block.Layer - 1].Stride, block.Rows, packed);
        else
            _inputs.Pack(block.Row, block.Rows, packed);
        int group = _kernel.PackWidth;
        for (int panel = 0; panel < block.Panels; panel++)
        {
            int column = block.Column + (panel * _kernel.PanelWidth);
            int panelWidth = Math.Min(_kernel.PanelWidth, layer.Width - column);
            ParameterPart part = Parts[block.FirstPart + panel];
            for (int row = 0; row < block.Rows; row += group)
            {
                float* left = packed + ((long)row * count);
                float* sums = _gradient + part.Offset + ((long)row * panelWidth);
                int rows = Math.Min(group, block.Rows - row);
                var arrays = new ProductArrays(left, 1, group, delta + column, layer.Stride, sums, panelWidth);
                _kernel.Multiply(rows, panelWidth, count, arrays, _mode);
            }

            if (block.Layer == _layout.HeldLayer)
                Hold(_gradient + part.Offset, block.Rows, panelWidth, isFirst: column == 0);
            _parts?.PartDone?.Invoke(part);
        }
    }

    /// <summary>Leaves of rows of a panel what is the first unit's.</summary>
    private static void Hold(float* sums, int rows, int panelWidth, bool isFirst)
    {
        int learned = isFirst ? 1 : 0;
        for (int row = 0; row < rows; row++)
            new Span<float>(sums + ((long)row * panelWidth) + learned, panelWidth - learned).Clear();
    }

    /// <summary>Sums the deltas of a layer's units over the tile, and adds them to those of the batch.</summary>
    private void SumUnits(int i, float* deltas, TileTotals totals, float* sums)
    {
        LayerLayout layer = _layout.Layers[i];
        float* tile = _tileSums[i].Pointer;
        _kernel.SumRows(_tile.Count, layer.Width, deltas, layer.Stride, tile);
        totals.Add(0, layer.Width, tile, sums, _mode);
    }

    /// <summary>Tells that the gradient of a block of the batch's rows is finished.</summary>
    private void EndRows(int block)
    {
        int first = block * OneHotRows.BlockRows;
        _rows?.RowsDone?.Invoke(first, Math.Min(OneHotRows.BlockRows, OneHot!.Count - first));
    }
}
