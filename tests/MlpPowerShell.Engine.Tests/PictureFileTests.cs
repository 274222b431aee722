using System.Buffers.Binary;
using System.IO.Hashing;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Picture files that break off, are damaged, lie about their size, or are to be turned.</summary>
public sealed class PictureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-picture-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("00-7.png")]
    [InlineData("01-2.jpg")]
    [InlineData("02-1.bmp")]
    [InlineData("03-0.gif")]
    public void A_picture_that_breaks_off_is_refused(string name)
    {
        byte[] whole = Reference(name);
        Assert.Equal(130, Read(whole).Height);
        for (int length = 0; length < whole.Length; length += 1 + (length / 100))
            Refused(whole[..length]);
        Refused(whole[..^1]);
        Assert.Equal(Read(whole).Pixels, Read([.. whole, 1, 2, 3]).Pixels);
    }

    [Fact]
    public void A_flipped_bit_of_a_PNG_is_refused()
    {
        byte[] whole = Reference("00-7.png");
        for (int place = 0; place < whole.Length; place += 7)
        {
            byte[] flipped = [.. whole];
            flipped[place] ^= (byte)(1 << (place % 8));
            Refused(flipped);
        }
    }

    [Theory]
    [InlineData(1, "123 456")]
    [InlineData(2, "321 654")]
    [InlineData(3, "654 321")]
    [InlineData(4, "456 123")]
    [InlineData(5, "14 25 36")]
    [InlineData(6, "41 52 63")]
    [InlineData(7, "63 52 41")]
    [InlineData(8, "36 25 14")]
    public void A_picture_is_turned_as_its_metadata_say(int orientation, string rows)
    {
        Picture turned = new Picture(2, 3, [1, 2, 3, 4, 5, 6]).Turned(orientation);
        string[] expected = rows.Split(' ');
        Assert.Equal((expected.Length, expected[0].Length), (turned.Height, turned.Width));
        Assert.Equal(string.Concat(expected).Select(digit => (byte)(digit - '0')), turned.Pixels);

        byte[] plain = Reference("01-2.jpg");
        foreach (bool bigEndian in new[] { false, true })
            Assert.Equal(Read(plain).Turned(orientation).Pixels, Read(WithOrientation(plain, (ushort)orientation, bigEndian)).Pixels);
    }

    [Fact]
    public void Metadata_without_a_way_up_leave_a_picture_as_it_is()
    {
        byte[] plain = Reference("01-2.jpg");
        foreach (ushort orientation in new ushort[] { 0, 9 })
            Assert.Equal(Read(plain).Pixels, Read(WithOrientation(plain, orientation, bigEndian: true)).Pixels);
        Assert.Equal(Read(plain).Pixels, Read([.. plain[..2], 0xFF, 0xE1, 0, 8, .. "Exif\0\0"u8, .. plain[2..]]).Pixels);
    }

    [Fact]
    public void A_size_is_not_believed()
    {
        byte[] jpeg = Reference("01-2.jpg"), gif = Reference("03-0.gif"), bmp = Reference("02-1.bmp");
        int frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteInt32BigEndian(jpeg.AsSpan(frame + 5), 0x1FFF_1FFF);
        BinaryPrimitives.WriteInt32LittleEndian(gif.AsSpan(6), 0x1FFF_1FFF);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 8000);
        byte[] empty = Png(8000, 8000, 16, new byte[60_000]);
        foreach (byte[] large in new[] { jpeg, gif, bmp, empty })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains("is said to have", Refused(large).Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        }
    }

    private static byte[] Reference(string name) => File.ReadAllBytes(TestData.Reference(Path.Combine("pictures", name)));

    private static byte[] WithOrientation(byte[] jpeg, ushort orientation, bool bigEndian)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. bigEndian ? "MM"u8 : "II"u8, .. Number(42, 2), .. Number(8, 4), .. Number(2, 2),
            .. Number(271, 2), .. Number(2, 2), .. Number(4, 4), .. "abc\0"u8,
            .. Number(274, 2), .. Number(3, 2), .. Number(1, 4), .. Number(orientation, 2), 0, 0, .. Number(0, 4)];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];

        byte[] Number(uint value, int size)
        {
            byte[] bytes = BitConverter.GetBytes(value)[..size];
            return bigEndian ? [.. bytes.Reverse()] : bytes;
        }
    }

    private static byte[] Png(int width, int height, byte depth, byte[] packed)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, 6);
        return [.. PngStructure.Signature, .. Chunk("IHDR", header), .. Chunk("IDAT", packed), .. Chunk("IEND", [])];

        static byte[] Chunk(string name, byte[] data)
        {
            byte[] content = [.. name.Select(letter => (byte)letter), .. data], number = new byte[4], check = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(check, Crc32.HashToUInt32(content));
            return [.. number, .. content, .. check];
        }
    }

    private Picture Read(byte[] bytes)
    {
        string path = Path.Combine(_folder, "picture");
        File.WriteAllBytes(path, bytes);
        return PictureFile.Read(path);
    }

    private MlpException Refused(byte[] bytes)
    {
        MlpException failure = Assert.Throws<MlpException>(() => Read(bytes));
        Assert.Equal("InvalidPicture", failure.ErrorId);
        return failure;
    }
}
