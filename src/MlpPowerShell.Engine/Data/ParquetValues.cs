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
    private readonly bool _areBytes;
    private readonly long[] _numbers;
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly bool[] _isThere;
    private long[] _knownNumbers = [];
    private ReadOnlyMemory<byte>[] _knownBytes = [];
    private int _count;

    private ParquetValues(ParquetElement element, int rows)
    {
        _element = element;
        _areBytes = element.Type is ParquetType.Bytes or ParquetType.FixedBytes or ParquetType.Int96;
        _numbers = _areBytes ? [] : new long[rows];
        _bytes = _areBytes ? new ReadOnlyMemory<byte>[rows] : [];
        _isThere = new bool[rows];
    }

    /// <summary>Reads values.</summary>
    /// <param name="pages">The file.</param>
    /// <param name="column">Where they are.</param>
    /// <param name="element">What they are.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static ParquetValues Read(ParquetPages pages, ParquetChunk column, ParquetElement element, int rows)
    {
        if (column.Count != rows)
            throw new InvalidDataException($"a column has {column.Count} values for {rows} rows");
        var values = new ParquetValues(element, rows);
        foreach (ParquetPage page in pages.Of(column, rows))
        {
            if (page.IsData)
                values.Add(page);
            else
                values.Learn(page);
        }

        return values;
    }

    /// <summary>Whether the value of a row is there.</summary>
    public bool IsThere(int row) => _isThere[row];

    /// <summary>A flag, a whole number, or the bits of another number.</summary>
    public long NumberAt(int row) => _numbers[row];

    /// <summary>The bytes of a value.</summary>
    public ReadOnlySpan<byte> BytesAt(int row) => _bytes[row].Span;

    // Bytes that all have one length.
    private int? Length => _element.Type switch
    {
        ParquetType.Int96 => 12,
        ParquetType.FixedBytes => _element.Length,
        _ => null,
    };

    private int Size => _element.Type is ParquetType.Int32 or ParquetType.Float ? sizeof(int) : sizeof(long);

    private void Learn(ParquetPage page)
    {
        if (_areBytes)
            ParquetEncodings.Plain(page.Content, Length, _knownBytes = new ReadOnlyMemory<byte>[page.Count]);
        else
            ParquetEncodings.Plain(page.Content.Span, Size, _knownNumbers = new long[page.Count]);
    }

    private void Add(ParquetPage page)
    {
        ReadOnlyMemory<byte> content = page.Content;
        Span<bool> isThere = _isThere.AsSpan(_count, page.Count);
        if (_element.IsOptional)
        {
            int length = page.LevelsLength
                ?? System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(ParquetEncodings.Take(ref content, sizeof(int)).Span);
            var levels = new long[page.Count];
            ParquetEncodings.Hybrid(ParquetEncodings.Take(ref content, length).Span, 1, levels);
            for (int i = 0; i < levels.Length; i++)
                isThere[i] = levels[i] == 1;
        }
        else
        {
            content = content[(page.LevelsLength ?? 0)..];
            isThere.Fill(true);
        }

        int there = isThere.Count(true);
        if (_areBytes)
        {
            var bytes = new ReadOnlyMemory<byte>[there];
            Decode(page.Encoding, content, bytes);
            Spread<ReadOnlyMemory<byte>>(isThere, bytes, _bytes.AsSpan(_count, page.Count));
        }
        else
        {
            var numbers = new long[there];
            Decode(page.Encoding, content, numbers);
            Spread<long>(isThere, numbers, _numbers.AsSpan(_count, page.Count));
        }

        _count += page.Count;
    }

    private static void Spread<T>(ReadOnlySpan<bool> isThere, ReadOnlySpan<T> values, Span<T> target)
    {
        int next = 0;
        for (int i = 0; i < target.Length; i++)
        {
            if (isThere[i])
                target[i] = values[next++];
        }
    }

    private void Decode(int encoding, ReadOnlyMemory<byte> content, long[] target)
    {
        bool isFlag = _element.Type == ParquetType.Boolean, isFloat = _element.Type is ParquetType.Float or ParquetType.Double;
        switch (encoding)
        {
            case Plain when isFlag:
                ParquetEncodings.Unpack(content.Span, 1, target);
                break;
            case Plain:
                ParquetEncodings.Plain(content.Span, Size, target);
                break;
            case Runs when isFlag:
                // Their length comes before.
                _ = ParquetEncodings.Take(ref content, sizeof(int));
                ParquetEncodings.Hybrid(content.Span, 1, target);
                break;
            case PlainDictionary or RunDictionary when !isFlag:
                FromKnown(content, target, _knownNumbers);
                break;
            case Delta when !isFlag && !isFloat:
                ReadOnlySpan<byte> rest = content.Span;
                ParquetEncodings.Delta(ref rest, target);
                break;
            case Split when !isFlag:
                var bytes = new ReadOnlyMemory<byte>[target.Length];
                ParquetEncodings.Split(content.Span, Size, bytes);
                for (int i = 0; i < bytes.Length; i++)
                    ParquetEncodings.Plain(bytes[i].Span, Size, target.AsSpan(i, 1));
                break;
            default:
                throw Unknown(encoding);
        }
    }

    private void Decode(int encoding, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte>[] target)
    {
        switch (encoding)
        {
            case Plain:
                ParquetEncodings.Plain(content, Length, target);
                break;
            case PlainDictionary or RunDictionary:
                FromKnown(content, target, _knownBytes);
                break;
            case DeltaLengths:
                ParquetEncodings.DeltaLengths(ref content, target);
                break;
            case DeltaTexts:
                ParquetEncodings.DeltaTexts(content, target);
                break;
            case Split when Length is { } length:
                ParquetEncodings.Split(content.Span, length, target);
                break;
            default:
                throw Unknown(encoding);
        }
    }

    private static void FromKnown<T>(ReadOnlyMemory<byte> content, T[] target, T[] known)
    {
        if (target.Length == 0)
            return;
        var places = new long[target.Length];
        byte width = ParquetEncodings.Take(ref content, 1).Span[0];
        if (width > 0)
            ParquetEncodings.Hybrid(content.Span, width, places);
        for (int i = 0; i < places.Length; i++)
        {
            target[i] = places[i] < known.Length
                ? known[places[i]]
                : throw new InvalidDataException("a column has a value that its dictionary lacks");
        }
    }

    private InvalidDataException Unknown(int encoding) =>
        new($"a column of {_element.Type} is written as {encoding}, an encoding that it can't have");
}
