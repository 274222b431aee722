using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace MlpPowerShell.Engine.Data;

/// <summary>A page of values, unpacked.</summary>
/// <param name="IsData">Whether it has values of rows, and no dictionary.</param>
/// <param name="Count">Its values, the missing ones included.</param>
/// <param name="Encoding">How they are written.</param>
/// <param name="Content">The bytes.</param>
/// <param name="LevelsLength">Bytes that say which values are missing, where the page's head tells.</param>
internal sealed record ParquetPage(bool IsData, int Count, int Encoding, ReadOnlyMemory<byte> Content, int? LevelsLength);

/// <summary>
/// The pages of a Parquet file. Checks what the file says of the sizes of its parts before memory is taken for them, and its checksums.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="file">Its content.</param>
internal sealed class ParquetPages(string path, Stream file)
{
    // Magic bytes, and before the last four the length of the metadata.
    private const int MagicLength = 4;
    private const int TailLength = 8;
    private const int LongestHeader = 1 << 16;

    // Copies of Snappy take three bytes for 64 at least, and lengths in LZ4 are told by bytes of up to 255.
    private const int MostOfSnappy = 22;
    private const int MostOfLz4 = 255;
    private const int FirstUnpacked = 1 << 16;

    private static readonly byte[] _magic = "PAR1"u8.ToArray();

    private readonly byte[] _window = new byte[2 * LongestHeader];
    private long _windowStart;
    private int _windowLength;
    private long _end;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Reads what the file says of itself at its end, and checks that it is whole.</summary>
    /// <exception cref="InvalidDataException">Something is damaged.</exception>
    public ParquetMetadata ReadMetadata()
    {
        if (file.Length < MagicLength + TailLength)
            throw new InvalidDataException("it is too short");
        byte[] tail = BytesAt(file.Length - TailLength, TailLength);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail.AsSpan(MagicLength).SequenceEqual(_magic))
            throw new InvalidDataException("it breaks off, as it does not end as such files do");
        if (length > file.Length - MagicLength - TailLength)
            throw new InvalidDataException("its metadata is longer than the file");
        _end = file.Length - TailLength - length;
        return ParquetMetadata.Read(BytesAt(_end, (int)length));
    }

    /// <summary>The pages of a column in a group of rows.</summary>
    /// <param name="column">What the metadata says of them.</param>
    /// <param name="rows">The rows of the group.</param>
    /// <exception cref="InvalidDataException">They are not what it says, or damaged.</exception>
    public IEnumerable<ParquetPage> Of(ParquetChunk column, long rows)
    {
        long start = column.Dictionary > 0 ? Math.Min(column.Dictionary, column.FirstPage) : column.FirstPage;
        if (start < MagicLength || start > _end || column.Length < 0 || column.Length > _end - start)
            throw new InvalidDataException("a column lies outside the file");
        long values = 0, end = start + column.Length, unpackedSum = 0;
        for (long place = start; values < rows;)
        {
            Head head = ReadHead(place, end);
            values += head.IsData ? head.Values : 0;
            if (values > rows)
                throw new InvalidDataException("a page has more values than there can be");
            if (!head.IsData && place > start)
                throw new InvalidDataException("a column has a dictionary behind its values");
            unpackedSum += head.UnpackedLength;
            InputFile.CheckMemory(path, unpackedSum + (values * (sizeof(long) + sizeof(bool))));
            byte[] packed = BytesAt(head.Start, head.Length);
            if (head.Checksum is { } checksum && Crc32.HashToUInt32(packed) != checksum)
                throw new InvalidDataException("a page does not have the checksum that it should");

            // What says which values are repeated or missing stands before what is packed, where the head tells how long it is.
            int repeats = head.RepeatsLength, levels = repeats + (head.LevelsLength ?? 0);
            byte[] unpacked = head.IsPacked && column.Codec != ParquetCodec.Uncompressed
                ? Unpacked(column.Codec, packed.AsMemory(levels), (int)head.UnpackedLength - levels)
                : packed[levels..];
            if (unpacked.Length != head.UnpackedLength - levels)
                throw new InvalidDataException("a page has another length than it says");
            yield return new ParquetPage(
                head.IsData,
                (int)head.Values,
                (int)head.Encoding,
                levels > repeats ? (byte[])[.. packed.AsSpan(repeats, levels - repeats), .. unpacked] : unpacked,
                head.LevelsLength);
            place = head.Start + head.Length;
        }
    }

    private static byte[] Unpacked(ParquetCodec codec, ReadOnlyMemory<byte> packed, int length) => codec switch
    {
        _ when length == 0 => [],
        ParquetCodec.Snappy => Unpacked(packed.Span, length, MostOfSnappy, (from, to) =>
            Snappy.GetUncompressedLength(from) == to.Length && Snappy.Decompress(from, to) == to.Length),
        ParquetCodec.Lz4Raw => Unpacked(packed.Span, length, MostOfLz4, (from, to) => LZ4Codec.Decode(from, to) == to.Length),
        ParquetCodec.Lz4 => Unpacked(packed.Span, length, MostOfLz4, (from, to) =>
            OfHadoop(from, to) || LZ4Codec.Decode(from, to) == to.Length),
        ParquetCodec.Gzip => Unpacked(new WholeGzipStream(new MemoryStream(packed.ToArray())), length),
        ParquetCodec.Brotli => OfBrotli(packed.Span, length),
        ParquetCodec.Zstd => Unpacked(new DecompressionStream(new MemoryStream(packed.ToArray())), length),
        _ => throw new NotSupportedException($"values that are packed by {codec}"),
    };

    private delegate bool Unpacker(ReadOnlySpan<byte> packed, Span<byte> unpacked);

    private static byte[] Unpacked(ReadOnlySpan<byte> packed, int length, int mostPerByte, Unpacker unpack)
    {
        if (length > (long)packed.Length * mostPerByte)
            throw Broken();
        byte[] unpacked = new byte[length];
        return unpack(packed, unpacked) ? unpacked : throw Broken();
    }

    /// <summary>Unpacks what may be any number of times as long as it is packed: takes memory as it comes.</summary>
    private static byte[] Unpacked(Stream content, int length)
    {
        using Stream stream = content;
        byte[] unpacked = new byte[Math.Min(length, FirstUnpacked)];
        for (int filled = 0; filled < length;)
        {
            if (filled == unpacked.Length)
                Array.Resize(ref unpacked, (int)Math.Min(length, 2L * filled));
            int read = stream.Read(unpacked.AsSpan(filled));
            filled += read > 0 ? read : throw Broken();
        }

        return stream.ReadByte() < 0 ? unpacked : throw Broken();
    }

    // A stream of Brotli doesn't tell whether what it read was whole.
    private static byte[] OfBrotli(ReadOnlySpan<byte> packed, int length)
    {
        using var decoder = new BrotliDecoder();
        byte[] unpacked = new byte[Math.Min(length, FirstUnpacked)];
        for (int filled = 0; ;)
        {
            OperationStatus status = decoder.Decompress(packed, unpacked.AsSpan(filled), out int consumed, out int written);
            packed = packed[consumed..];
            filled += written;
            if (status == OperationStatus.Done)
                return filled == length && packed.IsEmpty ? unpacked : throw Broken();
            if (status != OperationStatus.DestinationTooSmall || filled == length)
                throw Broken();
            if (filled == unpacked.Length)
                Array.Resize(ref unpacked, (int)Math.Min(length, 2L * filled));
        }
    }

    private static InvalidDataException Broken() => new("a page can't be unpacked");

    /// <summary>Blocks as Hadoop writes them, each behind its lengths.</summary>
    private static bool OfHadoop(ReadOnlySpan<byte> packed, Span<byte> target)
    {
        while (packed.Length > 2 * sizeof(int))
        {
            uint unpackedLength = BinaryPrimitives.ReadUInt32BigEndian(packed);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(packed[sizeof(int)..]);
            packed = packed[(2 * sizeof(int))..];
            if (unpackedLength > target.Length || length > packed.Length)
                return false;
            if (LZ4Codec.Decode(packed[..(int)length], target[..(int)unpackedLength]) != (int)unpackedLength)
                return false;
            packed = packed[(int)length..];
            target = target[(int)unpackedLength..];
        }

        return packed.IsEmpty && target.IsEmpty;
    }

    // The fields of PageHeader, DataPageHeader, DictionaryPageHeader and DataPageHeaderV2 in parquet.thrift.
    private Head ReadHead(long place, long end)
    {
        var thrift = new CompactThrift(HeadAt(place, end));
        var head = new Head { IsPacked = true };
        int field = 0;
        while (thrift.TryNext(ref field, out int type))
        {
            switch (field)
            {
                case 1:
                    head.Type = thrift.ReadInteger();
                    break;
                case 2:
                    head.UnpackedLength = thrift.ReadInteger();
                    break;
                case 3:
                    long length = thrift.ReadInteger();
                    head.Length = length is >= 0 and <= int.MaxValue ? (int)length : -1;
                    break;
                case 4:
                    head.Checksum = unchecked((uint)thrift.ReadInteger());
                    break;
                case 5 or 7 or 8:
                    ReadValues(ref thrift, head, field == 8);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        head.Start = place + thrift.Position;
        return head.IsPossible && head.Start + head.Length <= end ? head : throw new InvalidDataException("a page is none");
    }

    private static void ReadValues(ref CompactThrift thrift, Head head, bool hasLevels)
    {
        int field = 0;
        while (thrift.TryNext(ref field, out int type))
        {
            switch (field)
            {
                case 1:
                    head.Values = thrift.ReadInteger();
                    break;
                case 2 when !hasLevels:
                case 4 when hasLevels:
                    head.Encoding = thrift.ReadInteger();
                    break;
                case 5 when hasLevels:
                    head.LevelsLength = (int)Math.Clamp(thrift.ReadInteger(), -1, int.MaxValue);
                    break;
                case 6 when hasLevels:
                    head.RepeatsLength = (int)Math.Clamp(thrift.ReadInteger(), -1, int.MaxValue);
                    break;
                case 7 when hasLevels:
                    head.IsPacked = type == CompactThrift.True;
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
    }

    // Pages may be small, so that what is read at a time serves the heads of many.
    private ReadOnlySpan<byte> HeadAt(long place, long end)
    {
        int length = (int)Math.Min(LongestHeader, end - place);
        if (place < _windowStart || place + length > _windowStart + _windowLength)
        {
            (_windowStart, _windowLength) = (place, (int)Math.Min(_window.Length, file.Length - place));
            file.Position = place;
            file.ReadExactly(_window.AsSpan(0, _windowLength));
        }

        return _window.AsSpan((int)(place - _windowStart), length);
    }

    private byte[] BytesAt(long place, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = place;
        file.ReadExactly(bytes);
        return bytes;
    }

    private sealed class Head
    {
        private const int DataPage = 0;
        private const int DictionaryPage = 2;
        private const int DataPage2 = 3;

        public long Type { get; set; } = -1;

        public long UnpackedLength { get; set; } = -1;

        public int Length { get; set; } = -1;

        public uint? Checksum { get; set; }

        public long Values { get; set; } = -1;

        public long Encoding { get; set; } = -1;

        public int? LevelsLength { get; set; }

        public int RepeatsLength { get; set; }

        public bool IsPacked { get; set; }

        public long Start { get; set; }

        public bool IsData => Type != DictionaryPage;

        public bool IsPossible => Type is DataPage or DictionaryPage or DataPage2
            && UnpackedLength is >= 0 and <= int.MaxValue
            && Length >= 0
            && Values is >= 0 and <= int.MaxValue
            && LevelsLength is null or >= 0
            && RepeatsLength >= 0
            && (long)RepeatsLength + (LevelsLength ?? 0) <= Math.Min(Length, UnpackedLength);
    }
}
