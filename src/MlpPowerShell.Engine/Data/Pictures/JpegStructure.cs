using System.Buffers.Binary;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The segments of a JPEG (ITU-T T.81): a marker, and for most a length and as much data; behind the start of a scan, its compressed
/// blocks. The decoder makes grey what a file that breaks off lacks, and knows nothing of the way up.
/// </summary>
internal static class JpegStructure
{
    private const byte Filler = 0xFF, StartOfScan = 0xDA, EndOfImage = 0xD9, Exif = 0xE1;

    // A block of 64 pixels takes a bit at least.
    private const int MostPixelsOfByte = 8 * 64;

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

    /// <summary>Checks the file from its start to the marker that ends it.</summary>
    /// <exception cref="InvalidDataException">The file breaks off, or has no frame.</exception>
    public static PictureHead Check(ReadOnlySpan<byte> bytes)
    {
        var cursor = new FileCursor(bytes);
        cursor.Seek(2);
        var head = new PictureHead(0, 0, 0);
        long scans = 0;
        while (true)
        {
            byte marker = Marker(ref cursor);
            if (marker == EndOfImage)
                break;
            ReadOnlySpan<byte> data = cursor.Take(Math.Max(0, cursor.UInt16BigEndian() - 2));
            if (marker == StartOfScan)
                scans += SkipScan(ref cursor, bytes);
            else if (marker == Exif && data.StartsWith("Exif\0\0"u8))
                head = head with { Orientation = OrientationOf(data[6..]) };
            else if (IsFrame(marker) && data.Length >= 6)
                head = head with { Height = Number(data[1..], bigEndian: true), Width = Number(data[3..], bigEndian: true) };
        }

        return head.Width > 0 ? head with { MostPixels = scans * MostPixelsOfByte } : throw new InvalidDataException("it has no frame");
    }

    private static byte Marker(ref FileCursor cursor)
    {
        if (cursor.Byte() != Filler)
            throw new InvalidDataException($"there is no marker at byte {cursor.Position - 1}");
        byte marker = cursor.Byte();
        while (marker == Filler)
            marker = cursor.Byte();
        return marker;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Goes to the marker behind the blocks of a scan: 0 behind FF makes it a value, D0 to D7 a restart within the scan.</summary>
    /// <returns>The bytes of the scan.</returns>
    private static int SkipScan(ref FileCursor cursor, ReadOnlySpan<byte> bytes)
    {
        int start = cursor.Position;
        while (true)
        {
            int next = bytes[cursor.Position..].IndexOf(Filler);
            cursor.Seek(next < 0 ? bytes.Length + 1L : cursor.Position + next + 1L);
            byte code = cursor.Byte();
            if (code is 0 or (>= 0xD0 and <= 0xD7))
                continue;
            cursor.Seek(cursor.Position - 2);
            return cursor.Position - start;
        }
    }

    /// <summary>
    /// How the picture is to be turned, by the first directory of its metadata (TIFF 6.0 in Exif 2.3); upright where they don't say it.
    /// </summary>
    private static int OrientationOf(ReadOnlySpan<byte> metadata)
    {
        const int Tag = 274, EntryLength = 12;
        if (metadata.Length < 8)
            return 1;
        bool bigEndian = metadata[0] == 'M';
        ReadOnlySpan<byte> place = metadata[4..];
        uint start = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(place) : BinaryPrimitives.ReadUInt32LittleEndian(place);
        if (start > metadata.Length - 2)
            return 1;
        ReadOnlySpan<byte> entries = metadata[(int)(start + 2)..];
        int count = Math.Min(Number(metadata[(int)start..], bigEndian), entries.Length / EntryLength);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = entries[(i * EntryLength)..];
            if (Number(entry, bigEndian) == Tag && Number(entry[8..], bigEndian) is >= 1 and <= 8 and int orientation)
                return orientation;
        }

        return 1;
    }

    private static int Number(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
