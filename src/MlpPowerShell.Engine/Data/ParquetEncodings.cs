using System.Buffers.Binary;
using System.Numerics;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The encodings of values in pages of Parquet (Apache Parquet, "Parquet encoding definitions"). Each fills what it is given, or throws
/// <see cref="InvalidDataException"/>, as where the bytes break off.
/// </summary>
internal static class ParquetEncodings
{
    private const int MostBits = 64;
    private const int PerMiniblock = 32;

    /// <summary>Runs of one number, and numbers packed by their bits, in turn.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="width">Bits of a number, at most 32.</param>
    /// <param name="target">Takes the numbers.</param>
    public static void Hybrid(ReadOnlySpan<byte> bytes, int width, Span<long> target)
    {
        if (width is < 0 or > 32)
            throw Broken();
        for (int filled = 0; filled < target.Length;)
        {
            ulong head = ReadUnsigned(ref bytes);
            long count = (long)(head >> 1);
            if ((head & 1) == 0)
            {
                int size = (width + 7) / 8;
                long number = (long)LittleEndian(Take(ref bytes, size));
                int run = (int)Math.Min(count, target.Length - filled);
                if (run == 0)
                    throw Broken();
                target.Slice(filled, run).Fill(number);
                filled += run;
                continue;
            }

            // Eight numbers a group; the last group of all may be cut where nothing of it is wanted.
            if (count is 0 or > int.MaxValue / 8)
                throw Broken();
            int numbers = (int)Math.Min(count * 8, target.Length - filled);
            ReadOnlySpan<byte> packed = Take(ref bytes, (int)Math.Min(count * width, ((long)numbers * width + 7) / 8));
            Unpack(packed, width, target.Slice(filled, numbers));
            bytes = bytes[(int)Math.Min(bytes.Length, (count * width) - packed.Length)..];
            filled += numbers;
        }
    }

    /// <summary>Numbers by their differences, packed in blocks by their bits.</summary>
    /// <param name="bytes">The bytes; after, those behind.</param>
    /// <param name="target">Takes the numbers.</param>
    public static void Delta(ref ReadOnlySpan<byte> bytes, Span<long> target)
    {
        ulong blockSize = ReadUnsigned(ref bytes), miniblocks = ReadUnsigned(ref bytes), total = ReadUnsigned(ref bytes);
        long last = ReadSigned(ref bytes);
        if (total != (ulong)target.Length || miniblocks is 0 or > 1 << 16 || blockSize > 1 << 24 || blockSize % miniblocks != 0)
            throw Broken();
        int size = (int)(blockSize / miniblocks);
        if (size == 0 || size % PerMiniblock != 0)
            throw Broken();
        if (target.Length > 0)
            target[0] = last;
        var deltas = new long[size];
        for (int filled = 1; filled < target.Length;)
        {
            long least = ReadSigned(ref bytes);
            ReadOnlySpan<byte> widths = Take(ref bytes, (int)miniblocks);
            for (int i = 0; i < widths.Length && filled < target.Length; i++)
            {
                if (widths[i] > MostBits)
                    throw Broken();
                Unpack(Take(ref bytes, size / 8 * widths[i]), widths[i], deltas);
                for (int j = 0; j < size && filled < target.Length; j++)
                    target[filled++] = last = unchecked(last + least + deltas[j]);
            }
        }
    }

    /// <summary>Byte arrays of which all lengths come first.</summary>
    public static void DeltaLengths(ref ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> target)
    {
        var lengths = new long[target.Length];
        ReadOnlySpan<byte> rest = bytes.Span;
        Delta(ref rest, lengths);
        bytes = bytes[^rest.Length..];
        for (int i = 0; i < lengths.Length; i++)
            target[i] = Take(ref bytes, lengths[i]);
    }

    /// <summary>Byte arrays by what they share with the one before.</summary>
    public static void DeltaTexts(ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> target)
    {
        var shared = new long[target.Length];
        ReadOnlySpan<byte> rest = bytes.Span;
        Delta(ref rest, shared);
        bytes = bytes[^rest.Length..];
        DeltaLengths(ref bytes, target);
        for (int i = 0; i < target.Length; i++)
        {
            if (shared[i] == 0)
                continue;
            if (i == 0 || shared[i] < 0 || shared[i] > target[i - 1].Length)
                throw Broken();
            target[i] = (byte[])[.. target[i - 1].Span[..(int)shared[i]], .. target[i].Span];
        }
    }

    /// <summary>Numbers of so many bytes as they are.</summary>
    public static void Plain(ReadOnlySpan<byte> bytes, int size, Span<long> target)
    {
        if ((long)target.Length * size > bytes.Length)
            throw Broken();
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = size == sizeof(int)
                ? BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..])
                : BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
        }
    }

    /// <summary>Byte arrays as they are: of one length, or each behind its own.</summary>
    public static void Plain(ReadOnlyMemory<byte> bytes, int? length, Span<ReadOnlyMemory<byte>> target)
    {
        for (int i = 0; i < target.Length; i++)
            target[i] = Take(ref bytes, length ?? BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, sizeof(int)).Span));
    }

    /// <summary>The first bytes of all, then the second ones, as arrays.</summary>
    public static void Split(ReadOnlySpan<byte> bytes, int length, Span<ReadOnlyMemory<byte>> target)
    {
        if (length < 0 || (long)target.Length * length > bytes.Length)
            throw Broken();
        for (int i = 0; i < target.Length; i++)
        {
            byte[] own = new byte[length];
            for (int j = 0; j < length; j++)
                own[j] = bytes[(j * target.Length) + i];
            target[i] = own;
        }
    }

    /// <summary>The bits that the largest of some numbers takes.</summary>
    public static int WidthOf(int largest) => MostBits - BitOperations.LeadingZeroCount((ulong)largest);

    /// <summary>Numbers packed by their bits, the lowest first.</summary>
    public static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<long> target)
    {
        if (((long)target.Length * width) + 7 >> 3 > bytes.Length)
            throw Broken();
        long place = 0;
        for (int i = 0; i < target.Length; i++, place += width)
        {
            int first = (int)(place >> 3), shift = (int)(place & 7);
            UInt128 window = 0;
            for (int j = 0; j < (shift + width + 7) / 8; j++)
                window |= (UInt128)bytes[first + j] << (8 * j);
            target[i] = (long)(ulong)(width == MostBits ? window >> shift : (window >> shift) & ((UInt128.One << width) - 1));
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
