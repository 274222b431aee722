using System.Buffers.Binary;
using System.IO.Hashing;
using Parquet.Meta;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Checks what a Parquet file says of the sizes of its parts before a reader that believes it takes memory, and the checksums that it has.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="file">Its content.</param>
internal sealed class ParquetPages(string path, Stream file)
{
    // Magic bytes, and before the last four the length of the metadata.
    private const int MagicLength = 4;
    private const int TailLength = 8;
    private const int LongestHeader = 1 << 16;

    // What lengths of repeats can make of a byte: no more than Deflate.
    private const long MostExpansion = InputFile.MostExpansion;

    private static readonly byte[] _magic = "PAR1"u8.ToArray();

    private long _end;

    /// <summary>Checks that the file is whole, and the metadata at its end.</summary>
    /// <exception cref="InvalidDataException">Something is damaged.</exception>
    public void CheckMetadata()
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
        var thrift = new CompactThrift(BytesAt(_end, (int)length));
        int field = 0;
        while (thrift.TryNext(ref field, out int type))
            thrift.Skip(type);
        file.Position = 0;
    }

    /// <summary>Checks the pages of a column in a group of rows.</summary>
    /// <param name="column">What the metadata says of them.</param>
    /// <param name="rows">The rows of the group.</param>
    /// <exception cref="InvalidDataException">They are not what it says, or damaged.</exception>
    public void Check(ColumnMetaData column, long rows)
    {
        if (column.NumValues != rows)
            throw new InvalidDataException($"the column {column.PathInSchema[0]} has {column.NumValues} values for {rows} rows");
        long start = new[] { column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0 }
            .Where(offset => offset != 0)
            .DefaultIfEmpty()
            .Min();
        long end = start + column.TotalCompressedSize;
        if (start < MagicLength || column.TotalCompressedSize < 0 || end > _end)
            throw new InvalidDataException($"the column {column.PathInSchema[0]} lies outside the file");
        long values = 0;
        for (long place = start; values < rows;)
        {
            Page page = ReadHeader(place, end);
            values += page.IsData ? page.Values : 0;
            if (values > rows || (!page.IsData && page.Values > page.UnpackedLength))
                throw new InvalidDataException($"the column {column.PathInSchema[0]} has a page of more values than there can be");
            CheckLength(column.Codec, page);
            if (page.Checksum is { } checksum && Crc32.HashToUInt32(BytesAt(page.Start, page.Length)) != checksum)
                throw new InvalidDataException($"the column {column.PathInSchema[0]} does not have the checksum that it should");
            place = page.Start + page.Length;
        }
    }

    private void CheckLength(CompressionCodec codec, Page page)
    {
        bool isPossible = codec switch
        {
            CompressionCodec.UNCOMPRESSED => page.UnpackedLength == page.Length,
            CompressionCodec.ZSTD or CompressionCodec.BROTLI => true,
            _ => page.UnpackedLength <= (page.Length * MostExpansion) + MostExpansion,
        };
        if (!isPossible)
            throw new InvalidDataException("it has a page of another length than there can be");
        InputFile.CheckMemory(path, page.UnpackedLength + (page.Values * sizeof(long)));
    }

    // The fields of PageHeader, DataPageHeader, DictionaryPageHeader and DataPageHeaderV2 in parquet.thrift.
    private Page ReadHeader(long place, long end)
    {
        byte[] bytes = BytesAt(place, (int)Math.Min(LongestHeader, end - place));
        var thrift = new CompactThrift(bytes);
        long unpacked = -1, length = -1, values = -1;
        uint? checksum = null;
        bool isData = true;
        int field = 0;
        while (thrift.TryNext(ref field, out int type))
        {
            switch (field)
            {
                case 2:
                    unpacked = thrift.ReadInteger();
                    break;
                case 3:
                    length = thrift.ReadInteger();
                    break;
                case 4:
                    checksum = unchecked((uint)thrift.ReadInteger());
                    break;
                case 5 or 7 or 8:
                    isData = field != 7;
                    int inner = 0;
                    while (thrift.TryNext(ref inner, out type))
                    {
                        if (inner == 1)
                            values = thrift.ReadInteger();
                        else
                            thrift.Skip(type);
                    }

                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        long start = place + thrift.Position;
        bool isWhole = unpacked is >= 0 and <= int.MaxValue && length >= 0 && start + length <= end && values is >= 0 and <= int.MaxValue;
        return isWhole ? new Page(start, (int)length, unpacked, values, checksum, isData)
            : throw new InvalidDataException("it has a page that is no page");
    }

    private byte[] BytesAt(long place, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = place;
        file.ReadExactly(bytes);
        return bytes;
    }

    private readonly record struct Page(long Start, int Length, long UnpackedLength, long Values, uint? Checksum, bool IsData);
}
