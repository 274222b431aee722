using System.Buffers.Binary;
using System.IO.Hashing;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The chunks of a PNG (ISO/IEC 15948): a length, 4 letters, as much data, and a CRC-32 of letters and data. The decoder takes memory for a
/// length before it looks whether the file holds as much, and leaves the CRC-32 alone.
/// </summary>
internal static class PngStructure
{
    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Checks the file from its start to the chunk that ends it.</summary>
    /// <exception cref="InvalidDataException">A chunk is damaged, or the file breaks off.</exception>
    public static PictureHead Check(ReadOnlySpan<byte> bytes)
    {
        var cursor = new FileCursor(bytes);
        cursor.Seek(Signature.Length);
        ReadOnlySpan<byte> header = [];
        long packed = 0;
        while (true)
        {
            uint length = cursor.UInt32BigEndian();
            int start = cursor.Position;
            ReadOnlySpan<byte> name = cursor.Take(4), data = cursor.Take(length);
            if (Crc32.HashToUInt32(bytes[start..cursor.Position]) != cursor.UInt32BigEndian())
                throw new InvalidDataException($"the chunk at byte {start - 4} is damaged: its CRC-32 is another");
            if (header.IsEmpty)
                header = name.SequenceEqual("IHDR"u8) && length >= 13 ? data : throw new InvalidDataException("it has no header");
            if (name.SequenceEqual("IDAT"u8))
                packed += length;
            if (name.SequenceEqual("IEND"u8))
                break;
        }

        // A row takes a byte for its filter besides its pixels.
        long width = BinaryPrimitives.ReadUInt32BigEndian(header), height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int channels = header[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        long row = 1 + (((width * channels * header[8]) + 7) / 8);
        return new PictureHead(height, width, packed * InputFile.MostExpansion / row * width);
    }
}
