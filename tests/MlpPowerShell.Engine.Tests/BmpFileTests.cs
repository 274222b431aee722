using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>BMP files of every kind, byte by byte.</summary>
public sealed class BmpFileTests
{
    private static readonly byte[] _grays = [0, 0, 0, 0, 80, 80, 80, 0, 160, 160, 160, 0, 240, 240, 240, 0];

    [Fact]
    public void Rows_come_from_the_lowest_or_the_highest_on()
    {
        byte[] rows = [10, 10, 10, 20, 20, 20, 0, 0, 30, 30, 30, 40, 40, 40, 0, 0];
        Assert.Equal([30, 40, 10, 20], Read(Info(2, 2, 24), [], rows));
        Assert.Equal([10, 20, 30, 40], Read(Info(2, -2, 24), [], rows));
    }

    [Fact]
    public void The_pixels_start_where_the_file_says()
    {
        byte[] rows = [10, 10, 10, 20, 20, 20, 0, 0];
        Assert.Equal([10, 20], BmpFile.Decode(Bmp(Info(2, 1, 24), [], rows, gap: 5)).Pixels);
        Assert.Equal([80, 240], BmpFile.Decode(Bmp(Info(2, 1, 8, colors: 4), _grays, [1, 3, 0, 0], gap: 1078)).Pixels);
    }

    [Theory]
    [InlineData(1, new byte[] { 0b0110_0000, 0, 0, 0 }, new byte[] { 0, 80, 80 })]
    [InlineData(2, new byte[] { 0b0110_1100, 0, 0, 0 }, new byte[] { 80, 160, 240 })]
    [InlineData(4, new byte[] { 0x31, 0x20, 0, 0 }, new byte[] { 240, 80, 160 })]
    [InlineData(8, new byte[] { 3, 1, 2, 0 }, new byte[] { 240, 80, 160 })]
    public void Pixels_are_numbers_of_colours(short bits, byte[] row, byte[] expected) =>
        Assert.Equal(expected, Read(Info(3, 1, bits, colors: bits == 1 ? 2 : 4), bits == 1 ? _grays[..8] : _grays, row));

    [Fact]
    public void The_oldest_header_has_colours_of_three_bytes()
    {
        byte[] header = [12, 0, 0, 0, 2, 0, 1, 0, 1, 0, 1, 0];
        Assert.Equal([200, 100], Read(header, [100, 100, 100, 200, 200, 200], [0b1000_0000, 0, 0, 0]));
    }

    [Fact]
    public void Pixels_of_16_and_32_bits_have_masks()
    {
        Assert.Equal([255, 76], Read(Info(2, 1, 16), [], [0xFF, 0x7F, 0x00, 0x7C]));
        byte[] masks565 = [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0];
        Assert.Equal([255, 150], Read(Info(2, 1, 16, BmpCompression.Masks), masks565, [0xFF, 0xFF, 0xE0, 0x07]));
        Assert.Equal([30, 150], Read(Info(2, 1, 32), [], [30, 30, 30, 0, 0, 255, 0, 7]));

        // Red, green, blue and opacity from the lowest byte on, in a header of the fourth version.
        byte[] rest = [255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, .. new byte[52]];
        byte[] header = [.. Info(2, 1, 32, BmpCompression.Masks), .. rest];
        header[0] = 108;
        Assert.Equal([255, 29], Read(header, [], [9, 9, 9, 0, 0, 0, 255, 255]));
        Assert.Equal([9, 29], Read(header, [], [9, 9, 9, 0, 0, 0, 255, 0]));
    }

    [Fact]
    public void Runs_are_unrolled()
    {
        // Three of colour 1; pixels 2, 3, 0 one by one, filled up; a row's end; a step; one of colour 3.
        byte[] runs8 = [3, 1, 0, 3, 2, 3, 0, 0, 0, 0, 0, 2, 4, 0, 1, 3, 0, 1];
        byte[] picture = [0, 0, 0, 0, 240, 0, 80, 80, 80, 160, 240, 0];
        Assert.Equal(picture, Read(Info(6, 2, 8, BmpCompression.Runs8, 4), _grays, runs8));
        byte[] runs4 = [3, 0x11, 0, 3, 0x23, 0x00, 0, 0, 0, 2, 4, 0, 1, 0x30, 0, 1];
        Assert.Equal(picture, Read(Info(6, 2, 4, BmpCompression.Runs4, 4), _grays, runs4));
        Assert.Equal([80, 160, 80], Read(Info(3, 1, 4, BmpCompression.Runs4, 4), _grays, [3, 0x12]));
        for (int length = 0; length < runs8.Length; length++)
            Refused(Info(6, 2, 8, BmpCompression.Runs8, 4), _grays, runs8[..length]);
        Refused(Info(6, 2, 8, BmpCompression.Runs8, 4), _grays, [7, 1, 0, 1]);
    }

    [Fact]
    public void What_is_damaged_or_of_another_kind_is_refused()
    {
        Refused(Info(1, 1, 8, colors: 4), _grays, [4, 0, 0, 0]);
        Refused(Info(1, 1, 24), [], [1, 2, 3]);
        Refused(Info(1, 1, 5), [], [1, 2, 3, 4]);
        Refused(Info(1, 1, 24, (BmpCompression)4), [], [1, 2, 3, 4]);
        Refused(Info(1, 1, 16, BmpCompression.Masks), [0, 0xF1, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0], [1, 2, 3, 4]);
    }

    private static byte[] Read(byte[] header, byte[] colors, byte[] rows) => BmpFile.Decode(Bmp(header, colors, rows, gap: 0)).Pixels;

    private static void Refused(byte[] header, byte[] colors, byte[] rows) =>
        Assert.Throws<InvalidDataException>(() => Read(header, colors, rows));

    private static byte[] Info(int width, int height, short bits, BmpCompression compression = BmpCompression.None, int colors = 0) =>
    [
        40, 0, 0, 0, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 1, 0, .. BitConverter.GetBytes(bits),
        .. BitConverter.GetBytes((int)compression), .. new byte[12], .. BitConverter.GetBytes(colors), .. new byte[4],
    ];

    private static byte[] Bmp(byte[] header, byte[] colors, byte[] rows, int gap)
    {
        byte[] start = BitConverter.GetBytes(14 + header.Length + colors.Length + gap);
        return [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, .. start, .. header, .. colors, .. new byte[gap], .. rows];
    }
}
