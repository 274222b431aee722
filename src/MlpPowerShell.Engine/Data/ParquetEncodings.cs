using System.Buffers.Binary;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The encodings of values in pages of Parquet (Apache Parquet, "Parquet encoding definitions"). Each gives as many values as are wanted,
/// or throws <see cref="InvalidDataException"/>, as where the bytes break off, before it takes memory for these.
/// </summary>
internal static class ParquetEncodings
{
    private const int MostBits = 64;
    private const int PerMiniblock = 32;

    // Writers take 128 or 1024.
    private const int LargestBlock = 1 << 16;

    /// <summary>Runs of one number, and numbers packed by their bits, in turn.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="width">Bits of a number, at most 32.</param>
    /// <param name="count">How many numbers.</param>
    public static long[] Hybrid(ReadOnlySpan<byte> bytes, int width, int count)
    {
        if (width is < 0 or > 32)
            throw Broken();

        // A few bytes can be a run of any length: only what is said by such takes memory.
        Walk(bytes, width, count, []);
        var numbers = new long[count];
        Walk(bytes, width, count, numbers);
        return numbers;
    }

    /// <summary>Numbers by their differences, packed in blocks by their bits.</summary>
    /// <param name="bytes">The bytes; after, those behind.</param>
    /// <param name="count">How many numbers.</param>
    public static long[] Delta(ref ReadOnlySpan<byte> bytes, int count)
    {
        ulong blockSize = ReadUnsigned(ref bytes), miniblocks = ReadUnsigned(ref bytes), total = ReadUnsigned(ref bytes);
        long last = ReadSigned(ref bytes);
        if (total != (ulong)count || miniblocks is 0 || blockSize > LargestBlock || blockSize % miniblocks != 0)
            throw Broken();
        int size = (int)(blockSize / miniblocks);
        if (size == 0 || size % PerMiniblock != 0 || (ulong)(count / (int)blockSize) * (1 + miniblocks) > (ulong)bytes.Length)
            throw Broken();
        var numbers = new long[count];
        if (count > 0)
            numbers[0] = last;
        var deltas = new long[size];
        for (int filled = 1; filled < count;)
        {
            long least = ReadSigned(ref bytes);
            ReadOnlySpan<byte> widths = Take(ref bytes, (int)miniblocks);
            for (int i = 0; i < widths.Length && filled < count; i++)
            {
                if (widths[i] > MostBits)
                    throw Broken();
                Unpack(Take(ref bytes, size / 8 * widths[i]), widths[i], deltas);
                for (int j = 0; j < size && filled < count; j++)
                    numbers[filled++] = last = unchecked(last + least + deltas[j]);
            }
        }

        return numbers;
    }

    /// <summary>Byte arrays of which all lengths come first.</summary>
    public static ReadOnlyMemory<byte>[] DeltaLengths(ReadOnlyMemory<byte> bytes, int count)
    {
        ReadOnlySpan<byte> rest = bytes.Span;
        long[] lengths = Delta(ref rest, count);
        bytes = bytes[^rest.Length..];
        return Array.ConvertAll(lengths, length => Take(ref bytes, length));
    }

    /// <summary>Byte arrays by what they share with the one before.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="count">How many arrays.</param>
    /// <param name="checkMemory">Is told how many bytes these are, which may be far more than those that tell of them.</param>
    public static ReadOnlyMemory<byte>[] DeltaTexts(ReadOnlyMemory<byte> bytes, int count, Action<long> checkMemory)
    {
        ReadOnlySpan<byte> rest = bytes.Span;
        long[] shared = Delta(ref rest, count);
        ReadOnlyMemory<byte>[] texts = DeltaLengths(bytes[^rest.Length..], count);
        long sum = 0, before = 0;
        for (int i = 0; i < count; i++)
        {
            if (shared[i] < 0 || shared[i] > before)
                throw Broken();
            before = shared[i] + texts[i].Length;
            sum += before;
        }

        checkMemory(sum);
        if (sum > Array.MaxLength)
            throw Broken();
        byte[] all = new byte[sum];
        for (int i = 0, place = 0; i < count; i++)
        {
            var whole = new Memory<byte>(all, place, (int)shared[i] + texts[i].Length);
            if (i > 0)
                texts[i - 1][..(int)shared[i]].CopyTo(whole);
            texts[i].CopyTo(whole[(int)shared[i]..]);
            texts[i] = whole;
            place += whole.Length;
        }

        return texts;
    }

    /// <summary>Numbers of so many bytes as they are.</summary>
    public static long[] Plain(ReadOnlySpan<byte> bytes, int size, int count)
    {
        if ((long)count * size > bytes.Length)
            throw Broken();
        var numbers = new long[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = size == sizeof(int)
                ? BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..])
                : BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
        }

        return numbers;
    }

    /// <summary>Byte arrays as they are: of one length, at least 1, or each behind its own.</summary>
    public static ReadOnlyMemory<byte>[] Plain(ReadOnlyMemory<byte> bytes, int? length, int count)
    {
        if ((long)count * (length ?? sizeof(int)) > bytes.Length)
            throw Broken();
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
            values[i] = Take(ref bytes, length ?? BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, sizeof(int)).Span));
        return values;
    }

    /// <summary>Brings values together of which the first bytes of all are written first, then the second ones.</summary>
    public static byte[] Joined(ReadOnlySpan<byte> bytes, int length, int count)
    {
        if ((long)count * length > bytes.Length)
            throw Broken();
        byte[] joined = new byte[count * length];
        for (int i = 0; i < joined.Length; i++)
            joined[i] = bytes[(i % length * count) + (i / length)];
        return joined;
    }

    /// <summary>Flags, eight a byte.</summary>
    public static long[] Flags(ReadOnlySpan<byte> bytes, int count)
    {
        if (count > 8L * bytes.Length)
            throw Broken();
        var flags = new long[count];
        Unpack(bytes, 1, flags);
        return flags;
    }

    /// <summary>Walks over runs up to so many numbers, which are filled into a target where there is one.</summary>
    private static void Walk(ReadOnlySpan<byte> bytes, int width, int count, Span<long> target)
    {
        for (int filled = 0; filled < count;)
        {
            ulong head = ReadUnsigned(ref bytes), length = head >> 1;
            if (length == 0)
                throw Broken();
            if ((head & 1) == 0)
            {
                int run = (int)Math.Min(length, (ulong)(count - filled));
                long number = (long)LittleEndian(Take(ref bytes, (width + 7) / 8));
                if (!target.IsEmpty)
                    target.Slice(filled, run).Fill(number);
                filled += run;
                continue;
            }

            // Eight numbers a group; the last group of all may be cut where nothing of it is wanted.
            if (length > int.MaxValue / 8)
                throw Broken();
            int numbers = (int)Math.Min(length * 8, (ulong)(count - filled));
            ReadOnlySpan<byte> packed = Take(ref bytes, (int)(((long)numbers * width + 7) / 8));
            if (!target.IsEmpty)
                Unpack(packed, width, target.Slice(filled, numbers));
            bytes = bytes[(int)Math.Min(bytes.Length, ((long)length * width) - packed.Length)..];
            filled += numbers;
        }
    }

    /// <summary>Numbers packed by their bits, the lowest first.</summary>
    private static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<long> target)
    {
        if (((long)target.Length * width) + 7 >> 3 > bytes.Length)
            throw Broken();
        ulong mask = width == MostBits ? ulong.MaxValue : (1UL << width) - 1;
        long place = 0;
        for (int i = 0; i < target.Length; i++, place += width)
        {
            int first = (int)(place >> 3), shift = (int)(place & 7);
            ulong number = first + sizeof(ulong) <= bytes.Length
                ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[first..])
                : LittleEndian(bytes[first..]);
            number >>= shift;
            if (shift + width > MostBits)
                number |= (ulong)bytes[first + sizeof(ulong)] << (MostBits - shift);
            target[i] = (long)(number & mask);
        }
    }

    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count < 0 || count > bytes.Length)
            throw Broken();
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    public static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, long count)
    {
        if (count < 0 || count > bytes.Length)
            throw Broken();
        ReadOnlyMemory<byte> taken = bytes[..(int)count];
        bytes = bytes[(int)count..];
        return taken;
    }

    private static InvalidDataException Broken() => new("its values break off, or are no such values");

    private static ulong LittleEndian(ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (int i = 0; i < bytes.Length; i++)
            number |= (ulong)bytes[i] << (8 * i);
        return number;
    }

    private static long ReadSigned(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = ReadUnsigned(ref bytes);
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    private static ulong ReadUnsigned(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }

        throw Broken();
    }
}
