using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Tables;

/// <summary>The values of one column as they came, and what they turn out to be.</summary>
internal sealed class TableColumn(string name, int index, NumberStore numbers)
{
    private List<string?>? _names;
    private ColumnKind? _kind;
    private int _count;
    private int _numberCount;
    private int? _firstText;

    public string Name => name;

    /// <summary>The column's place in the table, from 0.</summary>
    public int Index => index;

    /// <summary>What all values are; texts as soon as they are not all of one kind. Null where all are missing.</summary>
    public ColumnKind? Kind => _names is null ? _kind : ColumnKind.Category;

    public bool IsEmpty => MissingCount == _count;

    public int MissingCount { get; private set; }

    /// <summary>The largest number.</summary>
    public double Largest { get; private set; } = double.NegativeInfinity;

    /// <summary>Whether all values are whole numbers from 0 to 255.</summary>
    public bool IsBytes { get; private set; } = true;

    /// <summary>The first row whose value is no number where most are; null where there is none such.</summary>
    public int? FirstOddRow => _numberCount * 2 > _count - MissingCount ? _firstText : null;

    /// <summary>Takes the next row's value; returns the number to keep for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Add(Cell cell)
    {
        double number = cell.Number;
        if (cell.Kind == ColumnKind.Number && _kind == ColumnKind.Number && _names is null)
            _numberCount++;
        else
            AddOther(cell);
        IsBytes &= number == (byte)number;
        Largest = Math.Max(Largest, number);
        _count++;
        return number;
    }

    /// <summary>A value as a number, NaN where it is missing; for texts without meaning.</summary>
    public double NumberAt(int row) => numbers.Row(row)[index];

    /// <summary>A value as a category's name, or null where it is missing.</summary>
    public string? NameAt(int row) => _names is not null ? _names[row] : double.IsNaN(NumberAt(row)) ? null : Cell.NameOf(_kind!.Value, NumberAt(row));

    /// <summary>A value as it came; among texts each as what it stands for, so that a wrong one is told from the others.</summary>
    public Cell CellAt(int row)
    {
        if (_names is null)
            return double.IsNaN(NumberAt(row)) ? Cell.Missing : new Cell(_kind, NumberAt(row), null);
        return _names[row] is { } text ? Cell.Parse(text) : Cell.Missing;
    }

    public bool IsMissing(int row) => _names is not null ? _names[row] is null : double.IsNaN(NumberAt(row));

    private void AddOther(Cell cell)
    {
        if (cell.Kind == ColumnKind.Number)
            _numberCount++;
        else if (cell.Kind == ColumnKind.Category)
            _firstText ??= _count;
        if (cell.Kind is null)
            MissingCount++;
        else if (_names is null && (cell.Kind != (_kind ??= cell.Kind) || cell.Kind == ColumnKind.Category))
            _names = [.. Enumerable.Range(0, _count).Select(NameAt)];
        _names?.Add(cell.ToName());
    }
}
