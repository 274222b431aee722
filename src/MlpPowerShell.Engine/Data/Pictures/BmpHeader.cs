using System.Numerics;

namespace MlpPowerShell.Engine.Data;

/// <summary>How the pixels of a BMP are stored.</summary>
internal enum BmpCompression
{
    /// <summary>Rows of pixels, each filled up to whole groups of 4 bytes.</summary>
    None = 0,

    /// <summary>Runs of pixels of 8 bits.</summary>
    Runs8 = 1,

    /// <summary>Runs of pixels of 4 bits.</summary>
    Runs4 = 2,

    /// <summary>As without compression, red, green and blue by masks.</summary>
    Masks = 3,

    /// <summary>As without compression, red, green, blue and opacity by masks.</summary>
    MasksWithOpacity = 6,
}

/// <summary>The headers of a BMP (Microsoft, BITMAPFILEHEADER with BITMAPCOREHEADER, BITMAPINFOHEADER, V4 or V5).</summary>
internal sealed class BmpHeader
{
    private const int FileHeader = 14, CoreHeader = 12, InfoHeader = 40, HeaderWithOpacity = 56;

    private BmpHeader(long width, long height, bool isTopDown, int bits, BmpCompression compression)
    {
        (Width, Height, IsTopDown, Bits, Compression) = (width, height, isTopDown, bits, compression);
    }

    /// <summary>Pixels of a row.</summary>
    public long Width { get; }

    /// <summary>Rows.</summary>
    public long Height { get; }

    /// <summary>Whether the first row is the highest; mostly it is the lowest.</summary>
    public bool IsTopDown { get; }

    /// <summary>Bits of a pixel.</summary>
    public int Bits { get; }

    /// <summary>How the pixels are stored.</summary>
    public BmpCompression Compression { get; }

    /// <summary>Where the pixels start in the file.</summary>
    public long Start { get; private init; }

    /// <summary>The bits of a pixel that are its red, green, blue and opacity; opacity has none where all are opaque.</summary>
    public IReadOnlyList<uint> Masks { get; private init; } = [];

    /// <summary>The brightness of each colour that pixels of at most 8 bits have numbers of.</summary>
    public byte[] Palette { get; private init; } = [];

    /// <summary>Bytes of a row without compression.</summary>
    public long RowLength => ((Width * Bits) + 31) / 32 * 4;

    /// <summary>Reads the headers and the palette.</summary>
    /// <exception cref="InvalidDataException">They are of another kind, or the file breaks off.</exception>
    public static BmpHeader Read(ReadOnlySpan<byte> bytes)
    {
        var cursor = new FileCursor(bytes);
        cursor.Seek(10);
        uint start = cursor.UInt32();
        uint length = cursor.UInt32();
        bool isCore = length == CoreHeader;
        if (!isCore && length < InfoHeader)
            throw new InvalidDataException($"a header of {length} bytes is none of BMP");
        long width = isCore ? cursor.UInt16() : (int)cursor.UInt32();
        long height = isCore ? cursor.UInt16() : (int)cursor.UInt32();
        cursor.Take(2);
        int bits = cursor.UInt16();
        var compression = (BmpCompression)(isCore ? 0 : cursor.UInt32());
        if (!IsKnown(bits, compression))
            throw new InvalidDataException($"pixels of {bits} bits with compression {compression:D} are not read");
        uint colors = 0;
        if (!isCore)
        {
            cursor.Take(12);
            colors = cursor.UInt32();
        }

        long palette = FileHeader + length + (length == InfoHeader ? MasksLength(compression) : 0);
        return new BmpHeader(width, Math.Abs(height), height < 0, bits, compression)
        {
            Start = start,
            Masks = bits > 8 ? ReadMasks(ref cursor, bits, compression, length) : [],
            Palette = bits > 8 ? [] : ReadPalette(bytes, palette, colors == 0 ? 1 << bits : Math.Min(colors, 1 << bits), isCore ? 3 : 4),
        };
    }

    private static bool IsKnown(int bits, BmpCompression compression) => compression switch
    {
        BmpCompression.None => bits is 1 or 2 or 4 or 8 or 16 or 24 or 32,
        BmpCompression.Runs8 => bits == 8,
        BmpCompression.Runs4 => bits == 4,
        BmpCompression.Masks or BmpCompression.MasksWithOpacity => bits is 16 or 32,
        _ => false,
    };

    private static int MasksLength(BmpCompression compression) => compression switch
    {
        BmpCompression.Masks => 12,
        BmpCompression.MasksWithOpacity => 16,
        _ => 0,
    };

    private static uint[] ReadMasks(ref FileCursor cursor, int bits, BmpCompression compression, uint length)
    {
        if (MasksLength(compression) == 0)
            return bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF0000, 0xFF00, 0xFF, 0];

        // The masks stand in the longer headers, and behind the one that has no room for them.
        cursor.Seek(FileHeader + InfoHeader);
        bool hasOpacity = compression == BmpCompression.MasksWithOpacity || length >= HeaderWithOpacity;
        uint[] masks = [cursor.UInt32(), cursor.UInt32(), cursor.UInt32(), hasOpacity ? cursor.UInt32() : 0];
        foreach (uint mask in masks)
        {
            // The bits of a mask are neighbours.
            uint run = mask >> BitOperations.TrailingZeroCount(mask);
            if (mask != 0 && (run & (run + 1)) != 0)
                throw new InvalidDataException($"the mask {mask:X8} has gaps");
        }

        return masks;
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> bytes, long place, long colors, int size)
    {
        var cursor = new FileCursor(bytes);
        cursor.Seek(place);
        var palette = new byte[colors];
        for (int i = 0; i < palette.Length; i++)
        {
            ReadOnlySpan<byte> color = cursor.Take(size);
            palette[i] = Luma.Of(color[2], color[1], color[0]);
        }

        return palette;
    }
}
