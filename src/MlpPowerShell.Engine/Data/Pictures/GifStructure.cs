namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The blocks of a GIF (CompuServe, GIF89a): the screen, images and extensions in parts of at most 255 bytes, and a trailer. The decoder
/// leaves white what a file that breaks off lacks.
/// </summary>
internal static class GifStructure
{
    private const byte Extension = 0x21, Image = 0x2C, Trailer = 0x3B;

    // A code of LZW has at most 12 bits, and stands for no more pixels than there are codes, of which some are the colours.
    private const int MostPixelsOfByte = 4096 * 8 / 12;

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "GIF8"u8;

    /// <summary>Checks the file from its start to its trailer.</summary>
    /// <exception cref="InvalidDataException">The file breaks off, or has no image.</exception>
    public static PictureHead Check(ReadOnlySpan<byte> bytes)
    {
        var cursor = new FileCursor(bytes);
        cursor.Seek(6);
        int width = cursor.UInt16(), height = cursor.UInt16();
        byte screen = cursor.Byte();
        cursor.Take(2 + TableLength(screen));
        int images = 0;
        while (true)
        {
            byte kind = cursor.Byte();
            if (kind == Trailer)
                break;
            if (kind == Image)
            {
                cursor.Take(8);
                cursor.Take(TableLength(cursor.Byte()) + 1);
                images++;
            }
            else
            {
                cursor.Take(kind == Extension ? 1 : throw new InvalidDataException($"the block at byte {cursor.Position - 1} is none"));
            }

            for (byte part = cursor.Byte(); part > 0; part = cursor.Byte())
                cursor.Take(part);
        }

        return images > 0
            ? new PictureHead(height, width, (long)bytes.Length * MostPixelsOfByte)
            : throw new InvalidDataException("it has no image");
    }

    private static int TableLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
}
