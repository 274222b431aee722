namespace MlpPowerShell.Engine.Tables;

/// <summary>The values of one column as they came, and what they turn out to be.</summary>
internal sealed class TableColumn(string name)
{
    private readonly List<double> _numbers = [];
    private List<string?>? _names;
    private ColumnKind? _kind;
    private int _numberCount;
    private int? _firstText;

    public string Name => name;

    public int Count => _numbers.Count;

    /// <summary>What all values are; texts as soon as they are not all of one kind. Null where all are missing.</summary>
    public ColumnKind? Kind => _names is null ? _kind : ColumnKind.Category;

    /// <summary>The first row whose value is no number where most are; null where there is none such.</summary>
    public int? FirstOddRow => _numberCount * 2 > Count - MissingCount ? _firstText : null;

    public int MissingCount { get; private set; }

    /// <summary>The values as numbers, NaN where one is missing; for texts without meaning.</summary>
    public ReadOnlySpan<double> Numbers => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_numbers);

    public void Add(Cell cell)
    {
        if (cell.Kind == ColumnKind.Number)
            _numberCount++;
        else if (cell.Kind == ColumnKind.Category)
            _firstText ??= Count;
        if (cell.Kind is null)
            MissingCount++;
        else if (_names is null && (cell.Kind != (_kind ??= cell.Kind) || cell.Kind == ColumnKind.Category))
            _names = [.. _numbers.Select((_, row) => NameAt(row))];
        _numbers.Add(cell.Number);
        _names?.Add(cell.ToName());
    }

    /// <summary>A value as a category's name, or null where it is missing.</summary>
    public string? NameAt(int row) => _names is not null ? _names[row] : double.IsNaN(_numbers[row]) ? null : Cell.NameOf(_kind!.Value, _numbers[row]);

    /// <summary>A value as it came, but for texts that numbers and texts have in common.</summary>
    public Cell CellAt(int row)
    {
        if (_names is null)
            return double.IsNaN(_numbers[row]) ? Cell.Missing : new Cell(_kind, _numbers[row], null);
        return _names[row] is { } name ? new Cell(ColumnKind.Category, double.NaN, name) : Cell.Missing;
    }

    public bool IsMissing(int row) => _names is not null ? _names[row] is null : double.IsNaN(_numbers[row]);
}
