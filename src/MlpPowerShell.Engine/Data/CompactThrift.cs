namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Walks over structures in Thrift's compact protocol, as Parquet has its metadata, and believes none of their lengths (Apache Thrift,
/// "Thrift compact protocol encoding").
/// </summary>
/// <param name="bytes">The bytes from the start of a structure on.</param>
internal ref struct CompactThrift(ReadOnlySpan<byte> bytes)
{
    /// <summary>The type of a field that is true.</summary>
    public const int True = 1;

    private const int MostNested = 32;
    private const int False = 2;
    private const int Byte = 3;
    private const int Int16 = 4;
    private const int Int64 = 6;
    private const int Double = 7;
    private const int Binary = 8;
    private const int List = 9;
    private const int Set = 10;
    private const int Map = 11;
    private const int Struct = 12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes walked over.</summary>
    public int Position { get; private set; }

    /// <summary>Goes on to the next field of a structure.</summary>
    /// <param name="field">The number of the last field, which becomes that of the next.</param>
    /// <param name="type">Its type.</param>
    /// <returns>Whether there is one; false at the structure's end.</returns>
    public bool TryNext(ref int field, out int type)
    {
        byte head = Next();
        type = head & 0x0F;
        if (type == 0)
            return false;
        field = head >> 4 > 0 ? field + (head >> 4) : checked((int)ReadInteger());
        return true;
    }

    /// <summary>A whole number with a sign.</summary>
    public long ReadInteger()
    {
        ulong number = ReadUnsigned();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    /// <summary>A whole number of one byte.</summary>
    public int ReadByte() => (sbyte)Next();

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadUnsigned();
        Advance(length);
        return _bytes.Slice(Position - (int)length, (int)length);
    }

    /// <summary>How many elements a list has, which follow.</summary>
    public int ReadCount() => ReadList().Count;

    /// <summary>Walks over a value.</summary>
    /// <exception cref="InvalidDataException">It has no end, or is of no type.</exception>
    public void Skip(int type, int nested = 0)
    {
        if (nested > MostNested)
            throw new InvalidDataException("its metadata is nested too deep");
        switch (type)
        {
            case True or False:
                return;
            case Byte:
                Advance(1);
                return;
            case >= Int16 and <= Int64:
                _ = ReadUnsigned();
                return;
            case Double:
                Advance(sizeof(double));
                return;
            case Binary:
                Advance(ReadUnsigned());
                return;
            case List or Set:
                SkipList(nested);
                return;
            case Map:
                SkipMap(nested);
                return;
            case Struct:
                int field = 0;
                while (TryNext(ref field, out int inner))
                    Skip(inner, nested + 1);
                return;
            default:
                throw new InvalidDataException($"its metadata has a value of no type ({type})");
        }
    }

    private void SkipList(int nested)
    {
        (int count, int type) = ReadList();
        for (int i = 0; i < count; i++)
        {
            // Flags are a byte each in a list, and none as a field.
            if (type is True or False)
                Advance(1);
            else
                Skip(type, nested + 1);
        }
    }

    private (int Count, int Type) ReadList()
    {
        byte head = Next();
        ulong count = head >> 4 == 15 ? ReadUnsigned() : (ulong)(head >> 4);
        CheckCount(count);
        return ((int)count, head & 0x0F);
    }

    private void SkipMap(int nested)
    {
        ulong count = ReadUnsigned();
        CheckCount(count);
        int types = count > 0 ? Next() : 0;
        for (ulong i = 0; i < count; i++)
        {
            Skip(types >> 4, nested + 1);
            Skip(types & 0x0F, nested + 1);
        }
    }

    // Each element takes a byte at least.
    private readonly void CheckCount(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Position))
            throw new InvalidDataException("its metadata has a list of more than there is");
    }

    private byte Next()
    {
        Advance(1);
        return _bytes[Position - 1];
    }

    private void Advance(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Position))
            throw new InvalidDataException("its metadata breaks off");
        Position += (int)count;
    }

    private ulong ReadUnsigned()
    {
        ulong number = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = Next();
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }

        throw new InvalidDataException("its metadata has a number without end");
    }
}
