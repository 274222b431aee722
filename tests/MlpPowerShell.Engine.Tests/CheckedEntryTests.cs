using System.IO.Compression;
using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Archives of arrays in which one bit is another.</summary>
public sealed class CheckedEntryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-entries-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_flipped_bit_of_an_array_is_an_error()
    {
        byte[] x = File.ReadAllBytes(TestData.Reference(Path.Combine("numpy", "f4.npy")));
        byte[] whole = Archive(("x.npy", x));
        string path = PathOf("x.npz");
        File.WriteAllBytes(path, whole);
        NumpyReadOptions[] parts = [new(), new() { First = 1 }, new() { Skip = 3 }];
        Assert.Equal([12, 3, 3], parts.Select(part => NumpyReader.Read(path, part).Floats!.Length));
        foreach ((int place, int bit) in BitsOf(whole, "x.npy"))
        {
            File.WriteAllBytes(path, Flipped(whole, place, bit));
            foreach (NumpyReadOptions part in parts)
                Assert.ThrowsAny<MlpException>(() => NumpyReader.Read(path, part));
        }
    }

    [Fact]
    public void What_is_wrong_with_an_entry_is_said()
    {
        byte[] x = File.ReadAllBytes(TestData.Reference(Path.Combine("numpy", "f4.npy")));
        byte[] whole = Archive(("x.npy", x));
        string path = PathOf("x.npz");
        int last = whole.AsSpan().IndexOf(x) + x.Length - 1;
        File.WriteAllBytes(path, Flipped(whole, last, 1));
        MlpException failure = Assert.Throws<MlpException>(() => NumpyReader.Read(path, new NumpyReadOptions { First = 1 }));
        Assert.Equal("FileCorrupt", failure.ErrorId);
        Assert.Contains($"{path}: x.npy is damaged: its {x.Length} bytes have the CRC-32", failure.Message);
    }

    [Fact]
    public void A_flipped_bit_of_a_model_is_an_error()
    {
        var values = new float[] { 1, 2, 3, 4, 5, 6 };
        byte[] whole = Archive(("W1.npy", Array([2, 3], values)), ("b1.npy", Array([2], values[..2])), ("mlp.json", "{}"u8.ToArray()));
        string path = PathOf("m.npz");
        File.WriteAllBytes(path, whole);
        Assert.Equal(8, ModelFile.Read(path).ParameterCount);
        foreach ((int place, int bit) in new[] { "W1.npy", "b1.npy", "mlp.json" }.SelectMany(name => BitsOf(whole, name)))
        {
            File.WriteAllBytes(path, Flipped(whole, place, bit));
            Assert.ThrowsAny<MlpException>(() => ModelFile.Read(path));
            Assert.ThrowsAny<MlpException>(() => MlpModelInfo.Read(path));
        }
    }

    private static byte[] Array(int[] shape, float[] values)
    {
        using var stream = new MemoryStream();
        NumpyArray.Write(stream, shape, values);
        return stream.ToArray();
    }

    private static byte[] Archive(params (string Name, byte[] Content)[] entries)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }

    // The bytes of an entry stand behind its name and what else its header holds.
    private static IEnumerable<(int Place, int Bit)> BitsOf(byte[] archive, string name)
    {
        using var content = new ZipArchive(new MemoryStream(archive));
        int header = archive.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) - 30;
        int start = header + 30 + name.Length + BitConverter.ToUInt16(archive, header + 28);
        int length = (int)content.GetEntry(name)!.CompressedLength;
        return Enumerable.Range(start, length).Select(place => (place, place % 8));
    }

    private static byte[] Flipped(byte[] whole, int place, int bit)
    {
        byte[] flipped = [.. whole];
        flipped[place] ^= (byte)(1 << bit);
        return flipped;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
