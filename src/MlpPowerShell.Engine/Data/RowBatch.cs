namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Rows that are split into values. They are taken column by column, on all processors, while the next rows are being split: each column
/// still sees its values in their order, and alone.
/// </summary>
/// <param name="columns">How many there are.</param>
internal sealed class RowBatch(int columns)
{
    // All characters of two batches fit the caches, and a column has some thousand values in one.
    private const int FullLength = 1 << 19;

    private readonly List<int> _ends = [];
    private char[] _characters = new char[1 << 12];
    private int _length;

    /// <summary>How many columns there are.</summary>
    public int Columns => columns;

    /// <summary>Whether it is time to take its values.</summary>
    public bool IsFull => _length >= FullLength;

    /// <summary>Adds the value behind the last.</summary>
    public void Add(ReadOnlySpan<char> value)
    {
        if (_characters.Length - _length < value.Length)
            Array.Resize(ref _characters, Math.Max(_characters.Length * 2, _length + value.Length));
        value.CopyTo(_characters.AsSpan(_length));
        _length += value.Length;
        _ends.Add(_length);
    }

    /// <summary>Gives all columns their values, one column after another.</summary>
    public void MoveTo(TextColumnBuilder[] builders)
    {
        for (int column = 0; column < columns; column++)
            Give(builders[column], column);
        Clear();
    }

    /// <summary>Gives all columns their values on all processors.</summary>
    public Task MoveLaterTo(TextColumnBuilder[] builders) => Task.Run(() =>
    {
        Parallel.For(0, columns, column => Give(builders[column], column));
        Clear();
    });

    private void Give(TextColumnBuilder builder, int column)
    {
        for (int place = column; place < _ends.Count; place += columns)
        {
            int start = place > 0 ? _ends[place - 1] : 0;
            builder.Add(_characters.AsSpan(start, _ends[place] - start));
        }
    }

    private void Clear()
    {
        _ends.Clear();
        _length = 0;
    }
}
