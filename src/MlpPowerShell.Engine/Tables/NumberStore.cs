namespace MlpPowerShell.Engine.Tables;

/// <summary>The numbers of a table, row after row, in blocks: wide tables of many rows would cost much more as a list for each column.</summary>
internal sealed class NumberStore(int columns)
{
    private const int BlockLength = 1 << 17;

    private readonly int _blockRows = Math.Max(1, BlockLength / columns);
    private readonly List<double[]> _blocks = [];

    /// <summary>Rows begun.</summary>
    public int Rows { get; private set; }

    /// <summary>Begins a row, and gives the place for its numbers.</summary>
    public Span<double> AddRow()
    {
        if (Rows % _blockRows == 0)
            _blocks.Add(GC.AllocateUninitializedArray<double>(_blockRows * columns));
        return Row(Rows++);
    }

    public Span<double> Row(int row) => _blocks[row / _blockRows].AsSpan(row % _blockRows * columns, columns);
}
