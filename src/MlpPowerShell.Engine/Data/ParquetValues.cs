using System.Buffers.Binary;

namespace MlpPowerShell.Engine.Data;

/// <summary>The values of a column in a group of rows, as they are stored: whole numbers and the bits of others, or bytes.</summary>
internal sealed class ParquetValues
{
    // Encodings, by their numbers in parquet.thrift.
    private const int Plain = 0;
    private const int PlainDictionary = 2;
    private const int Runs = 3;
    private const int Delta = 5;
    private const int DeltaLengths = 6;
    private const int DeltaTexts = 7;
    private const int RunDictionary = 8;
    private const int Split = 9;

    private readonly ParquetElement _element;
    private readonly string _path;
    private readonly bool _areBytes;
    private readonly List<ReadOnlyMemory<byte>> _bytes = [];
    private long[] _numbers = [];
    private bool[] _isThere = [];
    private long[] _known = [];
    private int _count;

    private ParquetValues(ParquetElement element, string path)
    {
        _element = element;
        _path = path;
        _areBytes = element.Type is ParquetType.Bytes or ParquetType.FixedBytes or ParquetType.Int96;
        if (Length < 1)
            throw new InvalidDataException($"a column has values of {Length} bytes");
    }

    /// <summary>Reads the first values of a column.</summary>
    /// <param name="pages">The file.</param>
    /// <param name="column">Where they are.</param>
    /// <param name="element">What they are.</param>
    /// <param name="rows">How many the column has.</param>
    /// <param name="wanted">How many are read at least.</param>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static ParquetValues Read(ParquetPages pages, ParquetChunk column, ParquetElement element, int rows, int wanted)
    {
        if (column.Count != rows)
            throw new InvalidDataException($"a column has {column.Count} values for {rows} rows");
        var values = new ParquetValues(element, pages.Path);
        foreach (ParquetPage page in pages.Of(column, rows))
        {
            if (page.IsData)
                values.Add(page, rows);
            else
                values._known = values.Decode(Plain, page.Content, page.Count);
            if (values._count >= wanted)
                break;
        }

        return values;
    }

    /// <summary>Whether the value of a row is there.</summary>
    public bool IsThere(int row) => _isThere[row];

    /// <summary>A flag, a whole number, or the bits of another number; for bytes, what is the same for those stored once.</summary>
    public long NumberAt(int row) => _numbers[row];

    /// <summary>The bytes of a value.</summary>
    public ReadOnlySpan<byte> BytesAt(int row) => _bytes[(int)_numbers[row]].Span;

    // Bytes that all have one length.
    private int? Length => _element.Type switch
    {
        ParquetType.Int96 => 12,
        ParquetType.FixedBytes => _element.Length,
        _ => null,
    };

    private int Size => _element.Type is ParquetType.Int32 or ParquetType.Float ? sizeof(int) : sizeof(long);

    private void Add(ParquetPage page, int rows)
    {
        ReadOnlyMemory<byte> content = page.Content;
        bool[]? isThere = TakeLevels(page, ref content);
        long[] numbers = Decode(page.Encoding, content, isThere?.Count(there => there) ?? page.Count);

        // What the file says of its rows is not taken for true before there are values for them.
        int end = _count + page.Count;
        if (end > _numbers.Length)
        {
            int room = (int)Math.Clamp(2L * _numbers.Length, end, rows);
            Array.Resize(ref _numbers, room);
            Array.Resize(ref _isThere, room);
        }

        for (int i = 0, next = 0; i < page.Count; i++)
        {
            _isThere[_count + i] = isThere?[i] ?? true;
            if (_isThere[_count + i])
                _numbers[_count + i] = numbers[next++];
        }

        _count = end;
    }

    /// <summary>Which values of a page are there; null for all.</summary>
    private bool[]? TakeLevels(ParquetPage page, ref ReadOnlyMemory<byte> content)
    {
        if (!_element.IsOptional)
        {
            content = content[(page.LevelsLength ?? 0)..];
            return null;
        }

        int length = page.LevelsLength
            ?? BinaryPrimitives.ReadInt32LittleEndian(ParquetEncodings.Take(ref content, sizeof(int)).Span);
        long[] levels = ParquetEncodings.Hybrid(ParquetEncodings.Take(ref content, length).Span, 1, page.Count);
        return Array.ConvertAll(levels, level => level == 1);
    }

    private long[] Decode(int encoding, ReadOnlyMemory<byte> content, int count)
    {
        switch (encoding)
        {
            case Plain when _element.Type == ParquetType.Boolean:
                return ParquetEncodings.Flags(content.Span, count);
            case Plain when _areBytes:
                return Kept(ParquetEncodings.Plain(content, Length, count));
            case Plain:
                return ParquetEncodings.Plain(content.Span, Size, count);
            case Runs when _element.Type == ParquetType.Boolean:
                // Their length comes before.
                _ = ParquetEncodings.Take(ref content, sizeof(int));
                return ParquetEncodings.Hybrid(content.Span, 1, count);
            case PlainDictionary or RunDictionary when _element.Type != ParquetType.Boolean:
                return FromKnown(content, count);
            case Delta when _element.Type is ParquetType.Int32 or ParquetType.Int64:
                ReadOnlySpan<byte> rest = content.Span;
                long[] numbers = ParquetEncodings.Delta(ref rest, count);
                return Size == sizeof(int) ? Array.ConvertAll(numbers, number => (long)(int)number) : numbers;
            case DeltaLengths when _areBytes:
                return Kept(ParquetEncodings.DeltaLengths(content, count));
            case DeltaTexts when _areBytes:
                return Kept(ParquetEncodings.DeltaTexts(content, count, bytes => InputFile.CheckMemory(_path, bytes)));
            case Split when _areBytes && Length is { } length:
                return Kept(ParquetEncodings.Plain(ParquetEncodings.Joined(content.Span, length, count).AsMemory(), length, count));
            case Split when !_areBytes && _element.Type != ParquetType.Boolean:
                return ParquetEncodings.Plain(ParquetEncodings.Joined(content.Span, Size, count), Size, count);
            default:
                throw new InvalidDataException(
                    $"a column of {_element.Type} is written as {encoding}, an encoding that it can't have");
        }
    }

    /// <summary>Keeps byte arrays, and gives their places.</summary>
    private long[] Kept(ReadOnlyMemory<byte>[] values)
    {
        if (Length is { } length && Array.Exists(values, value => value.Length != length))
            throw new InvalidDataException($"a column of {length} bytes has a value of another length");
        var places = new long[values.Length];
        for (int i = 0; i < places.Length; i++)
            places[i] = _bytes.Count + i;
        _bytes.AddRange(values);
        return places;
    }

    private long[] FromKnown(ReadOnlyMemory<byte> content, int count)
    {
        if (count == 0)
            return [];
        byte width = ParquetEncodings.Take(ref content, 1).Span[0];
        long[] places = width > 0 ? ParquetEncodings.Hybrid(content.Span, width, count) : new long[count];
        return Array.ConvertAll(places, place => place < _known.Length
            ? _known[place]
            : throw new InvalidDataException("a column has a value that its dictionary lacks"));
    }
}
