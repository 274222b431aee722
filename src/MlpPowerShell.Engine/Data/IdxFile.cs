using System.Buffers.Binary;
using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// An IDX file of unsigned bytes, the format of the MNIST family: two zero bytes, the type (8), the number of dimensions,
/// each dimension as a big-endian 32-bit number, then the data.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    private const byte UnsignedByte = 8;
    private const int MaxDimensions = 4;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly long _compressedLength;
    private readonly bool _compressed;

    private IdxFile(string path, Stream stream, bool compressed, long length, int[] dimensions)
    {
        _path = path;
        _stream = stream;
        _compressed = compressed;
        _compressedLength = length;
        Dimensions = dimensions;
    }

    /// <summary>The size of each dimension; the first counts the items.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Bytes of one item.</summary>
    public int ItemLength { get; private init; }

    private int HeaderLength => 4 + (4 * Dimensions.Count);

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file, gzipped or not.</param>
    /// <param name="dimensionCount">How many dimensions it must have.</param>
    /// <exception cref="MlpException">The header is not that of such a file, or the file too short for its header.</exception>
    public static IdxFile Open(string path, int dimensionCount)
    {
        InputFile.CheckIsFile(path);
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            long length = stream.Length;
            bool compressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
            stream.Position = 0;
            if (compressed)
                stream = new GZipStream(stream, CompressionMode.Decompress);
            return ReadHeader(path, stream, compressed, length, dimensionCount);
        }
        catch (Exception failure)
        {
            stream.Dispose();
            if (failure is InvalidDataException)
                throw Corrupt(path, failure);
            throw;
        }
    }

    /// <summary>Reads the items from skip, at most count of them, and checks that the file ends where its header says.</summary>
    /// <exception cref="MlpException">The file is shorter or longer than its header says, or its compression is broken.</exception>
    public byte[] Read(int skip, int count)
    {
        skip = Math.Min(skip, Dimensions[0]);
        count = Math.Min(count, Dimensions[0] - skip);
        long total = (long)Dimensions[0] * ItemLength;

        // The header is not believed before memory is taken for it.
        long most = _compressed ? _compressedLength * InputFile.MostExpansion : _compressedLength - HeaderLength;
        if (most < total)
            throw Truncated(HeaderLength + Math.Min(most, total), total);
        if ((long)count * ItemLength > Array.MaxLength)
        {
            throw new MlpException(
                "IdxTooLarge",
                MlpErrorKind.InvalidData,
                $"{_path}: {count} items of {ItemLength} bytes are more than one data set can hold; read "
                + $"fewer{Hint.With(nameof(TableReadOptions.First))}.");
        }

        try
        {
            var data = new byte[count * ItemLength];
            Discard((long)skip * ItemLength, total);
            int read = _stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
            if (read < data.Length)
                throw Truncated(HeaderLength + ((long)skip * ItemLength) + read, total);
            Discard(total - ((long)(skip + count) * ItemLength), total);
            if (_stream.ReadByte() >= 0)
            {
                throw new MlpException(
                    "IdxOversized",
                    MlpErrorKind.InvalidData,
                    $"{_path}: the file goes on after the {HeaderLength + total} bytes that its header announces "
                    + $"({string.Join(" × ", Dimensions)} bytes of data).");
            }

            return data;
        }
        catch (InvalidDataException failure)
        {
            throw Corrupt(_path, failure);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static IdxFile ReadHeader(string path, Stream stream, bool compressed, long length, int dimensionCount)
    {
        Span<byte> header = stackalloc byte[4 + (4 * MaxDimensions)];
        int headerLength = 4 + (4 * dimensionCount);
        header = header[..headerLength];
        int read = stream.ReadAtLeast(header, headerLength, throwOnEndOfStream: false);
        if (read >= 4 && (header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] != dimensionCount))
        {
            throw new MlpException(
                "IdxWrongMagic",
                MlpErrorKind.InvalidData,
                $"{path}: the magic number at byte 0 is 0x{BinaryPrimitives.ReadUInt32BigEndian(header):X8}; an IDX file of "
                + $"{(dimensionCount == 1 ? "labels" : "images")} starts with 0x0000080{dimensionCount}.");
        }

        if (read < headerLength)
        {
            throw new MlpException(
                "IdxTruncated",
                MlpErrorKind.InvalidData,
                $"{path}: the file ends at byte {read}, inside its header of {headerLength} bytes.");
        }

        var dimensions = new int[dimensionCount];
        long itemLength = 1;
        for (int i = 0; i < dimensionCount; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * i))..]);
            itemLength *= i == 0 ? 1 : size;
            if (size > int.MaxValue || itemLength > Array.MaxLength || (i > 0 && size == 0))
            {
                throw new MlpException(
                    "IdxWrongSize",
                    MlpErrorKind.InvalidData,
                    $"{path}: dimension {i + 1} at byte {4 + (4 * i)} is {size}, which no data set of images has.");
            }

            dimensions[i] = (int)size;
        }

        return new IdxFile(path, stream, compressed, length, dimensions) { ItemLength = (int)itemLength };
    }

    private void Discard(long length, long total)
    {
        var scratch = new byte[(int)Math.Min(length, 1 << 16)];
        long left = length;
        while (left > 0)
        {
            int read = _stream.Read(scratch, 0, (int)Math.Min(left, scratch.Length));
            if (read == 0)
                throw Truncated(HeaderLength + total - left, total);
            left -= read;
        }
    }

    private MlpException Truncated(long position, long total) => new(
        "IdxTruncated",
        MlpErrorKind.InvalidData,
        $"{_path}: the {(_compressed ? "unpacked " : string.Empty)}file ends at or before byte {position}; its header announces "
        + $"{string.Join(" × ", Dimensions)} bytes of data, {HeaderLength + total} in all.");

    private static MlpException Corrupt(string path, Exception failure) => new(
        "IdxCorrupt", MlpErrorKind.InvalidData, $"{path}: the gzip data is damaged ({failure.Message}). Fetch the file again.", failure);
}
