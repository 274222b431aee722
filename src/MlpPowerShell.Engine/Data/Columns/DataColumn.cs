using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>One column of a data set, as it was read: values of one kind, each the value that it was, or missing. Immutable.</summary>
public sealed partial class DataColumn
{
    // From here on a double stands for several whole numbers.
    private const double LargestExact = 1L << 53;

    private static readonly long _epoch = new DateTime(2000, 1, 1).Ticks;

    // Numbers, flags, and of dates and time spans ticks over the unit; or the codes of texts.
    private readonly PackedNumbers _values;
    private readonly string[]? _texts;
    private readonly long _unit;
    private readonly Lazy<double[]>? _textNumbers;
    private readonly Lazy<DataColumn> _categories;

    private DataColumn(
        string name, ColumnKind kind, ColumnType type, PackedNumbers values, string[]? texts = null, long unit = 1, bool isDeclared = false)
    {
        Name = name;
        Kind = kind;
        Type = type;
        _values = values;
        _texts = texts;
        _unit = unit;
        IsDeclared = isDeclared;
        if (texts is not null && kind != ColumnKind.Category)
            _textNumbers = new Lazy<double[]>(() => Array.ConvertAll(texts, text => Cell.NumberOf(type.OfText(text), kind)));
        _categories = new Lazy<DataColumn>(ToCategories);
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>What its values are.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The name of the type that its values had when they came: int, double, string and so on.</summary>
    public string TypeName => Type.ShortName;

    /// <summary>Values, the missing ones included.</summary>
    public int Count => _values.Count;

    /// <summary>Missing values.</summary>
    public int MissingCount => _values.MissingCount;

    /// <summary>The different texts of categories, by their codes; empty for other kinds.</summary>
    public IReadOnlyList<string> Texts => Kind == ColumnKind.Category ? _texts! : [];

    /// <summary>
    /// Whether the texts and their order were declared where they came from, so that all of them count even where none has a value.
    /// </summary>
    public bool IsDeclared { get; }

    /// <summary>Bytes of memory that the column takes, its texts included.</summary>
    public long MemoryBytes => _values.Bytes.Length + (_texts?.Sum(text => 22L + (2 * text.Length) + 8) ?? 0);

    internal ColumnType Type { get; }

    /// <summary>The column with each value as a category: its name is its text.</summary>
    internal DataColumn Categories => Kind == ColumnKind.Category ? this : _categories.Value;

    /// <summary>Numbers; NaN is a missing one.</summary>
    internal static DataColumn OfNumbers(string name, ReadOnlySpan<double> numbers, ColumnType? type = null) =>
        new(name, ColumnKind.Number, type ?? ColumnType.Double, PackedNumbers.Of(numbers));

    /// <summary>Numbers or flags that are packed already.</summary>
    internal static DataColumn OfPacked(string name, ColumnKind kind, PackedNumbers numbers, ColumnType type) =>
        new(name, kind, type, numbers);

    /// <summary>Dates or time spans by their ticks, of which the missing ones are <see cref="PackedNumbers.NoWhole"/>.</summary>
    internal static DataColumn OfTicks(string name, ColumnKind kind, ReadOnlySpan<long> ticks, ColumnType type)
    {
        // Days, seconds and milliseconds take fewer bytes than ticks do.
        long unit = 1;
        foreach (long candidate in new[] { TimeSpan.TicksPerDay, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMillisecond })
        {
            bool divides = true;
            foreach (long tick in ticks)
                divides &= tick == PackedNumbers.NoWhole || tick % candidate == 0;
            if (divides)
            {
                unit = candidate;
                break;
            }
        }

        var units = new long[ticks.Length];
        for (int i = 0; i < units.Length; i++)
            units[i] = ticks[i] == PackedNumbers.NoWhole ? ticks[i] : ticks[i] / unit;
        return new DataColumn(name, kind, type, PackedNumbers.OfWhole(units), unit: unit);
    }

    /// <summary>Texts by their codes, of which the missing ones are -1.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="codes">The codes. Copied.</param>
    /// <param name="texts">The texts, all different. Not copied.</param>
    /// <param name="type">The type that each text stands for.</param>
    /// <param name="kind">The kind that this makes it.</param>
    /// <param name="isDeclared">Whether the texts were declared.</param>
    internal static DataColumn OfCodes(
        string name,
        ReadOnlySpan<int> codes,
        string[] texts,
        ColumnType? type = null,
        ColumnKind kind = ColumnKind.Category,
        bool isDeclared = false) =>
        new(name, kind, type ?? ColumnType.Text, PackedNumbers.OfCodes(codes), texts, isDeclared: isDeclared);

    /// <summary>
    /// Numbers with all their digits, from their texts, of which the missing ones are null; null where a decimal can't hold one of them.
    /// </summary>
    internal static DataColumn? OfDecimals(string name, IReadOnlyList<string?> numbers)
    {
        var places = new Dictionary<string, int>();
        var codes = new int[numbers.Count];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (numbers[row] is not { } text)
                continue;
            if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                || (double)number != double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            {
                return null;
            }

            ref int code = ref CollectionsMarshal.GetValueRefOrAddDefault(
                places, number.ToString(CultureInfo.InvariantCulture), out bool isKnown);
            codes[row] = isKnown ? code : code = places.Count - 1;
        }

        return OfCodes(name, codes, [.. places.Keys], ColumnType.Of(typeof(decimal)), ColumnKind.Number);
    }

    /// <summary>Whether a value is missing.</summary>
    public bool IsMissing(int row) => double.IsNaN(_values[row]);

    /// <summary>
    /// A value as a number: dates as days since the start of 2000, time spans as seconds, flags as 1 and 0. NaN where it is missing, or a
    /// category.
    /// </summary>
    public double NumberAt(int row)
    {
        if (_texts is not null)
            return _textNumbers is null || CodeAt(row) is < 0 ? double.NaN : _textNumbers.Value[CodeAt(row)];
        return Kind switch
        {
            ColumnKind.Date => IsMissing(row) ? double.NaN : (TicksAt(row) - _epoch) / (double)TimeSpan.TicksPerDay,
            ColumnKind.Duration => IsMissing(row) ? double.NaN : TicksAt(row) / (double)TimeSpan.TicksPerSecond,
            ColumnKind.Number or ColumnKind.Boolean or ColumnKind.Category => _values[row],
        };
    }

    /// <summary>Copies numbers from a row on, as <see cref="NumberAt"/> gives them.</summary>
    public void CopyNumbers(int start, Span<double> target)
    {
        if (_texts is null && Kind is ColumnKind.Number or ColumnKind.Boolean)
        {
            _values.CopyTo(start, target);
            return;
        }

        for (int i = 0; i < target.Length; i++)
            target[i] = NumberAt(start + i);
    }

    /// <summary>The place of a category among the <see cref="Texts"/>; -1 where it is missing.</summary>
    public int CodeAt(int row) => _values.WholeAt(row) is var code and not PackedNumbers.NoWhole ? (int)code : -1;

    /// <summary>A value's text, as it is called as a class or category; null where it is missing.</summary>
    public string? TextAt(int row) => IsMissing(row) ? null : _texts is not null ? _texts[CodeAt(row)] : ColumnType.TextOf(ValueAt(row)!);

    /// <summary>A value as it came; null where it is missing.</summary>
    public object? ValueAt(int row)
    {
        if (IsMissing(row))
            return null;
        if (_texts is not null)
            return Type.OfText(_texts[CodeAt(row)]);
        if (Kind is ColumnKind.Date or ColumnKind.Duration)
            return Type.OfWhole(TicksAt(row));
        double number = _values[row];
        bool isWhole = _values.Divisor == 1 && _values.WholeAt(row) == number && (number != 0 || !double.IsNegative(number));
        return isWhole ? Type.OfWhole(_values.WholeAt(row)) : Type.OfNumber(number);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} × {Kind}";

    /// <summary>The column with its values as another type of their kind.</summary>
    internal DataColumn Typed(ColumnType type) => type == Type ? this : new(Name, Kind, type, _values, _texts, _unit, IsDeclared);

    /// <summary>The column under another name.</summary>
    internal DataColumn Named(string name) => name == Name ? this : new(name, Kind, Type, _values, _texts, _unit, IsDeclared);

    /// <summary>Categories under other names.</summary>
    /// <param name="texts">A name for each text, all different. Not copied.</param>
    internal DataColumn Called(string[] texts) => new(Name, Kind, Type, _values, texts, _unit, IsDeclared);

    /// <summary>The values of some rows.</summary>
    internal DataColumn Take(ReadOnlySpan<int> rows) => new(Name, Kind, Type, _values.Take(rows), _texts, _unit, IsDeclared);

    // Flags are 0 and 1 among numbers; where all numbers are 0 and 1, they are flags.

    /// <summary>Adds all that a training sees of the column to a hash: values and names, whatever they are stored in.</summary>
    internal void AppendTo(XxHash3 hash)
    {
        hash.Append(Encoding.UTF8.GetBytes($"{Name}\0{Kind}\0{Type.Name}\0{IsDeclared}\0{_unit}\0"));
        _values.AppendTo(hash);
        foreach (string text in _texts ?? [])
            hash.Append(Encoding.UTF8.GetBytes(text + '\0'));
    }

    /// <summary>The column's head and bytes, to be stored.</summary>
    internal (ColumnHead Head, PackedNumbers Values) Stored =>
        (new ColumnHead(
            Name, Kind, Type.Name, _values.StoredAs, _values.Divisor, _values.MissingCount > 0, _unit, _texts, IsDeclared), _values);

    /// <summary>A column that was stored.</summary>
    /// <exception cref="InvalidDataException">Its parts do not fit each other.</exception>
    internal static DataColumn OfStored(ColumnHead head, ReadOnlySpan<byte> bytes)
    {
        PackedNumbers values = PackedNumbers.OfBytes(head.StoredAs, head.Divisor, bytes, head.Misses);
        bool whole = head is { Name: not null, Type: not null, Unit: > 0 }
            && Enum.IsDefined(head.Kind)
            && (head.Kind != ColumnKind.Category || head.Texts is not null)
            && head.Texts?.Contains(null!) != true;
        for (int row = 0; whole && head.Texts is not null && row < values.Count; row++)
            whole = values.WholeAt(row) is var code && (code == PackedNumbers.NoWhole || (code >= 0 && code < head.Texts.Length));
        bool isTime = head.Texts is null && head.Kind is ColumnKind.Date or ColumnKind.Duration;
        long most = DateTime.MaxValue.Ticks / Math.Max(1, head.Unit);
        for (int row = 0; whole && isTime && row < values.Count; row++)
        {
            whole = values.WholeAt(row) is var time
                && (time == PackedNumbers.NoWhole || (time <= most && time >= (head.Kind == ColumnKind.Date ? 0 : -most)));
        }

        return whole ? new DataColumn(head.Name!, head.Kind, new ColumnType(head.Type!), values, head.Texts, head.Unit, head.IsDeclared)
            : throw new InvalidDataException($"the column {head.Name} lacks something, or has values that it can't have");
    }

    /// <summary>The type of dates that were read from the texts.</summary>
    /// <exception cref="MlpException">
    /// Some have a time zone and others none, or nothing tells which of two numbers is the month.
    /// </exception>
    private ColumnType TypeOfDates(CellValue[] read)
    {
        int moment = Array.FindIndex(read, value => value.Form == DateForm.Moment);
        int clock = Array.FindIndex(read, value => value.IsOfKind && value.Form != DateForm.Moment);
        if (moment >= 0 && clock >= 0)
            throw ObjectColumns.DatesMixed(Name, _texts![moment], _texts[clock]);

        // As the shell writes dates, one that has a day above 12 tells that the others begin with the month too.
        int unclear = Array.Exists(read, value => value.Form == DateForm.MonthFirst)
            ? -1
            : Array.FindIndex(read, value => value.Form == DateForm.MonthOrDayFirst);
        if (unclear >= 0)
        {
            throw new MlpException(
                "AmbiguousDate",
                MlpErrorKind.InvalidData,
                $"The column {Name} has '{_texts![unclear]}', and no other value of it tells which number is the month. Write dates "
                + $"as 2024-12-31 has it.");
        }

        return moment >= 0 ? ColumnType.UtcDate : ColumnType.Date;
    }

    private DataColumn ToCategories()
    {
        var places = new Dictionary<string, int>();
        var codes = new int[Count];
        var seen = new Dictionary<double, int>();
        for (int row = 0; row < codes.Length; row++)
        {
            if (IsMissing(row))
            {
                codes[row] = -1;
                continue;
            }

            // Most columns that become categories have few values; the text is made once for each of these.
            double value = _values[row];
            if (!seen.TryGetValue(value, out int code) || Math.Abs(value) > 1e15)
            {
                string text = TextAt(row)!;
                code = places.TryGetValue(text, out int place) ? place : places[text] = places.Count;
                seen[value] = code;
            }

            codes[row] = code;
        }

        // Both flags count even where all are of one kind.
        string[] texts = [.. places.Keys];
        if (Kind != ColumnKind.Boolean)
            return OfCodes(Name, codes, texts, Type);
        int[] flags = Array.ConvertAll(codes, code => code < 0 ? -1 : texts[code] == bool.TrueString ? 1 : 0);
        return OfCodes(Name, flags, [bool.FalseString, bool.TrueString], Type, isDeclared: true);
    }

    private int[] AllCodes()
    {
        var codes = new int[Count];
        for (int row = 0; row < codes.Length; row++)
            codes[row] = CodeAt(row);
        return codes;
    }

    private long TicksAt(int row) => _values.WholeAt(row) * _unit;
}

/// <summary>What a stored column is, its values apart.</summary>
internal sealed record ColumnHead(
    string Name, ColumnKind Kind, string Type, TypeCode StoredAs, double Divisor, bool Misses, long Unit, string[]? Texts, bool IsDeclared);
