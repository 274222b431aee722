using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MlpPowerShell.Pictures;

/// <summary>Writes pictures as PNG (ISO/IEC 15948).</summary>
public static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The bytes of a PNG file.</summary>
    public static byte[] Encode(Bitmap bitmap)
    {
        using var stream = new MemoryStream();
        Write(bitmap, stream);
        return stream.ToArray();
    }

    /// <summary>Writes a PNG file.</summary>
    public static void Write(Bitmap bitmap, Stream stream)
    {
        stream.Write(Signature);

        // Eight bits a channel, red, green and blue.
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, bitmap.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), bitmap.Height);
        (header[8], header[9]) = (8, 2);
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Compress(bitmap));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static byte[] Compress(Bitmap bitmap)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.SmallestSize))
        {
            for (int y = 0; y < bitmap.Height; y++)
            {
                // The row's filter: none.
                deflate.WriteByte(0);
                deflate.Write(bitmap.Row(y));
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        var check = new Crc32();
        check.Append(type);
        check.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, check.GetCurrentHashAsUInt32());
        stream.Write(number);
    }
}
