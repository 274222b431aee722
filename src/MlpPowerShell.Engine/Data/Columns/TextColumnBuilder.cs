using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Makes a column of texts as they come, one after another, in little more memory than the column will take: what the first value is, the
/// others are taken for, and where that turns out wrong the texts have to be read once more.
/// </summary>
/// <param name="name">The column's name.</param>
/// <param name="blockRows">Rows that are kept before they are packed.</param>
/// <param name="asTexts">Whether all values are texts, whatever they look like.</param>
/// <param name="isAsked">Whether they are so because somebody said so, and not only because they are not all numbers.</param>
/// <param name="formats">How values are written, where somebody said so; null to find out.</param>
internal sealed class TextColumnBuilder(string name, int blockRows, bool asTexts, bool isAsked, TextFormats? formats = null)
{
    private readonly double[] _numbers = asTexts ? [] : new double[blockRows];
    private readonly long[] _wholes = new long[blockRows];
    private readonly List<PackedNumbers> _blocks = [];
    private readonly TextPool _texts = new();
    private Family _family = asTexts ? Family.Texts : Family.None;
    private bool _isUtc;
    private bool _isWhole = true;
    private bool _tellsPoint;
    private bool _mayBeGroups;
    private int _inBlock;
    private int _missing;
    private int _numeric;
    private int _others;
    private int? _oddRow;
    private string? _oddText;

    private enum Family
    {
        None,
        Numbers,
        Flags,
        Dates,
        Durations,
        Texts,
    }

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the next value; blanks around it are part of a text, but of nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<char> text)
    {
        CellKind cell = formats is null
            ? Cell.Parse(text, out double number, out long ticks)
            : formats.Parse(text, out number, out ticks);
        if (cell == CellKind.Number && !_tellsPoint && formats is not { TellsNumbers: true })
            NotePoint(text);
        if (cell <= CellKind.Number && cell != CellKind.Missing && _family == Family.Numbers)
        {
            _isWhole &= cell == CellKind.Whole;
            _numeric++;
            Append(number, 0);
            return;
        }

        if (cell == CellKind.Missing)
        {
            AppendMissing();
            return;
        }

        if (_family == Family.None)
            Begin(cell);
        _numeric += cell is CellKind.Whole or CellKind.Number ? 1 : 0;
        if (cell == CellKind.Text && _oddRow is null)
            (_oddRow, _oddText) = (Count, text.Trim().ToString());
        if (_family == Family.Texts)
            AppendText(text);
        else if (FamilyOf(cell) == _family && (_family != Family.Dates || _isUtc == (cell == CellKind.UtcDate)))
            AppendOwn(cell, number, ticks);
        else
            AppendOther();
    }

    /// <summary>The column of all values.</summary>
    public ReadColumn ToColumn()
    {
        ReadColumn read = Read();
        if (formats?.Decimal is { } known)
            return read with { Decimal = read.Column.Kind == ColumnKind.Number ? known : null };
        if (read.Column.Kind == ColumnKind.Number && read.Found is null && !read.NeedsTexts)
            return read with { Decimal = _tellsPoint ? '.' : null, IsOpen = _mayBeGroups && !_tellsPoint };
        return read;
    }

    private ReadColumn Read()
    {
        Flush();
        PackedNumbers values = _blocks.Count == 0 ? PackedNumbers.Of([]) : PackedNumbers.Join(_blocks);
        _blocks.Clear();

        // Most are numbers: the odd text is a mistake, and no category.
        bool isOdd = !isAsked && _oddRow is not null && _numeric * 2 > Count - _missing;

        // Among 1, 2 and 2,5 the last is not odd: only all of them together tell how they are written.
        if (isOdd && !asTexts && formats is not { TellsNumbers: true } && NumberForm.MayBe(_oddText!))
            return new ReadColumn(DataColumn.OfPacked(name, ColumnKind.Number, values, ColumnType.Double), NeedsTexts: true);
        return _family switch
        {
            Family.Texts => TextsOf(values, isOdd),
            Family.Dates => new ReadColumn(
                DataColumn.OfTicks(name, ColumnKind.Date, values.ToWholes(), _isUtc ? ColumnType.UtcDate : ColumnType.Date),
                NeedsTexts: _others > 0),
            Family.Durations => new ReadColumn(
                DataColumn.OfTicks(name, ColumnKind.Duration, values.ToWholes(), ColumnType.Duration), NeedsTexts: _others > 0),
            Family.Flags => new ReadColumn(
                DataColumn.OfPacked(name, ColumnKind.Boolean, values, ColumnType.Boolean), NeedsTexts: _others > 0),
            Family.Numbers or Family.None => NumbersOf(values, isOdd),
        };
    }

    private ReadColumn TextsOf(PackedNumbers values, bool isOdd)
    {
        string[] texts = _texts.Texts;
        DataColumn coded = DataColumn.OfCodes(name, values.ToCodes(), texts);
        if (isAsked)
            return new ReadColumn(coded);
        bool mayBeNumbers = formats is not { TellsNumbers: true }, mayBeDates = formats is not { TellsDates: true };

        // A sign for percents makes numbers only where all have it: 12% and 12 in one column are anybody's guess.
        bool areNumbers = mayBeNumbers || Array.TrueForAll(texts, NumberForm.IsPercentage);
        if (((areNumbers ? coded.NumbersAsWritten(formats?.Decimal) : null) ?? (mayBeDates ? coded.DatesAsWritten() : null)) is { } written)
            return written;
        bool isOpen = mayBeNumbers && Array.TrueForAll(texts, NumberForm.MayBe);
        if (isOdd)
            return new ReadColumn(coded, _oddRow, _oddText) { IsOpen = isOpen };
        if ((Wholes(values, texts) ?? Numbers(coded, texts)) is { } numbers)
            return new ReadColumn(numbers);
        return (mayBeNumbers ? WithOddNumber(coded, texts) : new ReadColumn(coded)) with { IsOpen = isOpen };
    }

    /// <summary>A column of texts, and which of them is no number where most are, written in another way than usual.</summary>
    private static ReadColumn WithOddNumber(DataColumn coded, string[] texts)
    {
        if (!texts.Any(NumberForm.MayBe))
            return new ReadColumn(coded);
        var counts = new int[texts.Length];
        var firstRows = new int[texts.Length];
        for (int row = coded.Count - 1; row >= 0; row--)
        {
            if (coded.CodeAt(row) is >= 0 and int code)
                (counts[code], firstRows[code]) = (counts[code] + 1, row);
        }

        int odd = NumberForm.OddOf(texts, counts);
        return odd < 0 ? new ReadColumn(coded) : new ReadColumn(coded, firstRows[odd], texts[odd]);
    }

    private ReadColumn NumbersOf(PackedNumbers values, bool isOdd)
    {
        bool isShort = values.StoredAs is TypeCode.Byte or TypeCode.Int16 or TypeCode.Int32;
        ColumnType type = !_isWhole ? ColumnType.Double : isShort ? ColumnType.Int32 : ColumnType.Int64;
        return new ReadColumn(
            DataColumn.OfPacked(name, ColumnKind.Number, values, type), isOdd ? _oddRow : null, _oddText, _others > 0 && !isOdd);
    }

    private static Family FamilyOf(CellKind cell) => cell switch
    {
        CellKind.Whole or CellKind.Number => Family.Numbers,
        CellKind.Flag => Family.Flags,
        CellKind.Date or CellKind.UtcDate => Family.Dates,
        CellKind.Duration => Family.Durations,
        CellKind.LongWhole or CellKind.HugeWhole or CellKind.Missing or CellKind.Text => Family.Texts,
    };

    private void NotePoint(ReadOnlySpan<char> text)
    {
        if (NumberForm.TellsPoint(text) is { } tells)
            (_tellsPoint, _mayBeGroups) = (tells, _mayBeGroups || !tells);
    }

    private void Begin(CellKind cell)
    {
        _family = FamilyOf(cell);

        // Moments with a time zone and dates without one can't be compared.
        _isUtc = cell == CellKind.UtcDate;
        int before = Count;
        Count = 0;
        _missing = 0;
        for (int i = 0; i < before; i++)
            AppendMissing();
    }

    private void AppendOwn(CellKind cell, double number, long ticks)
    {
        _isWhole &= cell == CellKind.Whole;
        Append(number, ticks);
    }

    private void AppendText(ReadOnlySpan<char> text)
    {
        int code = _texts.CodeOf(text);
        Append(code, code);
    }

    private void AppendOther()
    {
        _others++;
        Append(double.NaN, PackedNumbers.NoWhole);
    }

    private void AppendMissing()
    {
        _missing++;
        if (_family == Family.None)
            Count++;
        else
            Append(double.NaN, PackedNumbers.NoWhole);
    }

    private void Append(double number, long whole)
    {
        if (_inBlock == blockRows)
            Flush();
        // Added to 0, what a text writes as -0 is 0 as well, which takes fewer bytes.
        if (_family is Family.Numbers or Family.Flags)
            _numbers[_inBlock++] = number + 0.0;
        else
            _wholes[_inBlock++] = whole;
        Count++;
    }

    private void Flush()
    {
        if (_family == Family.None && Count > 0)
        {
            _family = Family.Numbers;
            Begin(CellKind.Number);
        }

        if (_inBlock == 0)
            return;
        _blocks.Add(_family is Family.Numbers or Family.Flags
            ? PackedNumbers.Of(_numbers.AsSpan(0, _inBlock))
            : PackedNumbers.OfWhole(_wholes.AsSpan(0, _inBlock)));
        _inBlock = 0;
    }

    /// <summary>The column as whole numbers, where all texts are such; else null.</summary>
    private DataColumn? Wholes(PackedNumbers codes, string[] texts)
    {
        var wholes = new long[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            CellKind kind = Cell.Parse(texts[i], out double number, out wholes[i]);
            if (kind is not (CellKind.Whole or CellKind.LongWhole))
                return null;
            wholes[i] = kind == CellKind.Whole ? (long)number : wholes[i];
        }

        long[] values = Array.ConvertAll(codes.ToWholes(), code => code == PackedNumbers.NoWhole ? PackedNumbers.NoWhole : wholes[code]);
        return texts.Length == 0 ? null : DataColumn.OfPacked(name, ColumnKind.Number, PackedNumbers.OfWhole(values), ColumnType.Int64);
    }

    /// <summary>
    /// The column as numbers, where all texts are such and not all of them whole ones of so many digits as ids have; else null.
    /// </summary>
    private DataColumn? Numbers(DataColumn coded, string[] texts)
    {
        // Where a comma is said to stand before the fraction, 1.5 is no number beside 7 either.
        CellKind[] kinds = Array.ConvertAll(texts, text => formats?.Parse(text, out _, out _) ?? Cell.Parse(text, out _, out _));
        bool areNumbers = _numeric > 0
            && Array.TrueForAll(kinds, kind => kind is CellKind.Whole or CellKind.Number or CellKind.LongWhole or CellKind.HugeWhole);
        if (!areNumbers)
            return null;
        return (Array.Exists(kinds, kind => kind is CellKind.LongWhole or CellKind.HugeWhole)
            ? DataColumn.OfDecimals(name, [.. Enumerable.Range(0, coded.Count).Select(coded.TextAt)])
            : null) ?? coded.As(ColumnKind.Number, formats);
    }
}
