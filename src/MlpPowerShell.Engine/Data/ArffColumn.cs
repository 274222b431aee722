using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>What the declaration of an ARFF column says that its values are.</summary>
internal enum ArffType
{
    /// <summary>Numbers: real, integer or numeric.</summary>
    Number,

    /// <summary>One of the declared texts.</summary>
    Nominal,

    /// <summary>Any texts.</summary>
    Text,

    /// <summary>Dates of a format.</summary>
    Date,
}

/// <summary>A column of an ARFF file, which takes the values that were declared.</summary>
internal sealed class ArffColumn
{
    private const int BlockRows = 4096;

    private readonly ArffType _type;
    private readonly DateReader? _dates;
    private readonly TextPool _texts = new();
    private readonly int _declared;
    private readonly List<PackedNumbers> _blocks = [];
    private readonly double[] _numbers;
    private readonly long[] _wholes;
    private int _inBlock;
    private bool _areWhole = true;
    private bool? _areMoments;

    /// <param name="name">The column's name.</param>
    /// <param name="type">What its values are.</param>
    /// <param name="texts">The declared texts of a nominal one.</param>
    /// <param name="dateFormat">The format of dates, as .NET has it; null for ISO 8601.</param>
    public ArffColumn(string name, ArffType type, IReadOnlyList<string> texts, string? dateFormat)
    {
        Name = name;
        _type = type;
        _dates = dateFormat is null ? null : new DateReader([dateFormat], []);
        foreach (string text in texts)
            _ = _texts.CodeOf(text);
        _declared = _texts.Count;
        _numbers = type == ArffType.Number ? new double[BlockRows] : [];
        _wholes = type == ArffType.Number ? [] : new long[BlockRows];
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>Takes a missing value.</summary>
    public void AddMissing() => Append(double.NaN, PackedNumbers.NoWhole);

    /// <summary>Takes what a sparse row leaves out: zero, or the first of the declared texts.</summary>
    public void AddOmitted() => Append(0, _type is ArffType.Number or ArffType.Nominal ? 0 : PackedNumbers.NoWhole);

    /// <summary>Takes the next value.</summary>
    /// <returns>Whether it is what was declared.</returns>
    public bool TryAdd(ReadOnlySpan<char> text)
    {
        switch (_type)
        {
            case ArffType.Number:
                CellKind kind = Cell.Parse(text, out double number, out _);
                if (kind is not (CellKind.Whole or CellKind.Number)
                    && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)))
                {
                    return false;
                }

                _areWhole &= kind == CellKind.Whole;
                Append(number + 0.0, 0);
                return true;
            case ArffType.Date:
                if (!TryReadDate(text, out long ticks))
                    return false;
                Append(0, ticks);
                return true;
            default:
                int code = _texts.CodeOf(text);
                Append(0, code);
                return _type == ArffType.Text || code < _declared;
        }
    }

    /// <summary>What was declared, for messages.</summary>
    public MlpMessage Declared => _type switch
    {
        ArffType.Number => "a number",
        ArffType.Nominal => (MlpMessage)$"one of {Listing.Of(_texts.Texts[.._declared])}",
        ArffType.Text => "a text",
        ArffType.Date => "a date of the declared format, with time zones in all rows or none",
    };

    /// <summary>The column of all values.</summary>
    public DataColumn ToColumn()
    {
        Flush();
        PackedNumbers values = _blocks.Count == 0 ? PackedNumbers.Of([]) : PackedNumbers.Join(_blocks);
        return _type switch
        {
            ArffType.Number => DataColumn.OfPacked(Name, ColumnKind.Number, values, TypeOf(values)),
            ArffType.Nominal => DataColumn.OfCodes(Name, values, _texts.Texts, isDeclared: true),
            ArffType.Text => DataColumn.OfCodes(Name, values, _texts.Texts),
            ArffType.Date => DataColumn.OfTicks(
                Name, ColumnKind.Date, values.ToWholes(), _areMoments == true ? ColumnType.UtcDate : ColumnType.Date),
        };
    }

    private bool TryReadDate(ReadOnlySpan<char> text, out long ticks)
    {
        CellKind kind = CellKind.Text;
        bool isMoment;
        if (_dates is null)
        {
            kind = Cell.Parse(text, out _, out ticks);
            isMoment = kind == CellKind.UtcDate;
        }
        else if (_dates.TryRead(text, out ticks, out isMoment))
        {
            kind = CellKind.Date;
        }

        if (kind is not (CellKind.Date or CellKind.UtcDate) || (_areMoments ?? isMoment) != isMoment)
            return false;
        _areMoments = isMoment;
        return true;
    }

    private ColumnType TypeOf(PackedNumbers values) => !_areWhole ? ColumnType.Double
        : values.StoredAs is TypeCode.Byte or TypeCode.Int16 or TypeCode.Int32 ? ColumnType.Int32
        : ColumnType.Int64;

    private void Append(double number, long whole)
    {
        if (_inBlock == BlockRows)
            Flush();
        if (_type == ArffType.Number)
            _numbers[_inBlock++] = number;
        else
            _wholes[_inBlock++] = whole;
    }

    private void Flush()
    {
        if (_inBlock == 0)
            return;
        _blocks.Add(_type == ArffType.Number
            ? PackedNumbers.Of(_numbers.AsSpan(0, _inBlock))
            : PackedNumbers.OfWhole(_wholes.AsSpan(0, _inBlock)));
        _inBlock = 0;
    }
}
