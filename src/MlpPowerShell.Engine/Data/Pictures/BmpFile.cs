using System.Buffers.Binary;
using System.Numerics;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Reads BMP files: 1 to 32 bits a pixel, runs and masks, wherever in the file the pixels start. The common decoder takes them to follow
/// the headers, knows no runs, and makes black what a file that breaks off lacks.
/// </summary>
internal static class BmpFile
{
    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "BM"u8;

    /// <summary>What the file says of itself.</summary>
    /// <exception cref="InvalidDataException">Its headers are of another kind, or it breaks off.</exception>
    public static PictureHead Check(ReadOnlySpan<byte> bytes)
    {
        var header = BmpHeader.Read(bytes);
        bool hasRuns = header.Compression is BmpCompression.Runs4 or BmpCompression.Runs8;
        return new PictureHead(
            header.Height,
            header.Width,
            hasRuns ? bytes.Length * InputFile.MostExpansion : bytes.Length * 8L / header.Bits);
    }

    /// <summary>The brightness of each pixel, from the highest row on.</summary>
    /// <exception cref="InvalidDataException">The pixels are damaged, or the file breaks off.</exception>
    public static Picture Decode(ReadOnlySpan<byte> bytes)
    {
        var header = BmpHeader.Read(bytes);
        var picture = new Picture((int)header.Height, (int)header.Width, new byte[header.Height * header.Width]);
        var cursor = new FileCursor(bytes);
        cursor.Seek(header.Start);
        if (header.Compression is BmpCompression.Runs4 or BmpCompression.Runs8)
        {
            DecodeRuns(ref cursor, header, picture);
            return picture;
        }

        bool allHidden = header.Masks is [_, _, _, not 0] && IsHidden(cursor, header);
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> row = cursor.Take(header.RowLength);
            Span<byte> target = RowOf(picture, header, y);
            for (int x = 0; x < target.Length; x++)
            {
                target[x] = header.Bits <= 8
                    ? Shade(header, (row[x * header.Bits / 8] >> (8 - header.Bits - (x * header.Bits % 8))) & ((1 << header.Bits) - 1))
                    : Shade(header.Masks, PixelAt(row, x, header.Bits), allHidden);
            }
        }

        return picture;
    }

    /// <summary>Whether no pixel of a picture with opacity would be seen: then its opacity was left out.</summary>
    private static bool IsHidden(FileCursor cursor, BmpHeader header)
    {
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = cursor.Take(header.RowLength);
            for (int x = 0; x < header.Width; x++)
            {
                if ((PixelAt(row, x, header.Bits) & header.Masks[3]) != 0)
                    return false;
            }
        }

        return true;
    }

    private static uint PixelAt(ReadOnlySpan<byte> row, int x, int bits) => bits switch
    {
        16 => BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]),
        24 => row[3 * x] | ((uint)row[(3 * x) + 1] << 8) | ((uint)row[(3 * x) + 2] << 16),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]),
    };

    private static byte Shade(BmpHeader header, int color) => color < header.Palette.Length
        ? header.Palette[color]
        : throw new InvalidDataException($"a pixel has the colour {color} of a palette of {header.Palette.Length}");

    private static byte Shade(IReadOnlyList<uint> masks, uint pixel, bool allHidden)
    {
        int red = Part(pixel, masks[0]), green = Part(pixel, masks[1]), blue = Part(pixel, masks[2]);
        return masks[3] == 0 || allHidden
            ? Luma.Of(red, green, blue)
            : Luma.Of(red, green, blue, Part(pixel, masks[3]) / 255.0);
    }

    /// <summary>The bits of a mask as a number from 0 to 255.</summary>
    private static int Part(uint pixel, uint mask)
    {
        if (mask == 0)
            return 0;
        int shift = BitOperations.TrailingZeroCount(mask);
        ulong most = mask >> shift;
        return (int)(((((ulong)(pixel & mask) >> shift) * 255) + (most / 2)) / most);
    }

    private static Span<byte> RowOf(Picture picture, BmpHeader header, int y) =>
        picture.Pixels.AsSpan((header.IsTopDown ? y : picture.Height - 1 - y) * picture.Width, picture.Width);

    /// <summary>
    /// Runs are pairs of a count and a colour, for 4 bits two by turns. Behind a count of 0 stand 0 for the row's end, 1 for the picture's,
    /// 2 for a step right and on, or a count of pixels one by one, which take whole pairs of bytes.
    /// </summary>
    private static void DecodeRuns(ref FileCursor cursor, BmpHeader header, Picture picture)
    {
        const byte RowEnd = 0, PictureEnd = 1, Step = 2;
        bool isNarrow = header.Compression == BmpCompression.Runs4;
        picture.Pixels.AsSpan().Fill(Shade(header, 0));
        (int x, int y) = (0, 0);
        while (!cursor.IsAtEnd || y < picture.Height - 1 || (y == picture.Height - 1 && x < picture.Width))
        {
            byte count = cursor.Byte(), code = cursor.Byte();
            if (count > 0)
            {
                Put(count, [code], repeats: true);
                continue;
            }

            switch (code)
            {
                case RowEnd:
                    (x, y) = (0, y + 1);
                    break;
                case PictureEnd:
                    return;
                case Step:
                    (x, y) = (x + cursor.Byte(), y + cursor.Byte());
                    break;
                default:
                    Put(code, cursor.Take(isNarrow ? (code + 3) / 4 * 2 : (code + 1) / 2 * 2), repeats: false);
                    break;
            }
        }

        void Put(int count, ReadOnlySpan<byte> colors, bool repeats)
        {
            if (y >= picture.Height || x + count > picture.Width)
                throw new InvalidDataException($"the pixels of row {y + 1} go beyond its end");
            Span<byte> target = RowOf(picture, header, y).Slice(x, count);
            for (int i = 0; i < count; i++)
            {
                byte pair = colors[repeats ? 0 : isNarrow ? i / 2 : i];
                target[i] = Shade(header, !isNarrow ? pair : i % 2 == 0 ? pair >> 4 : pair & 15);
            }

            x += count;
        }
    }
}
