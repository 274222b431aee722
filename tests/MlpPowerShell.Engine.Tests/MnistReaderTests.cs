using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

public sealed class MnistReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-idx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_shipped_files_are_MNIST()
    {
        // SHA-256 of the unpacked files, as published for MNIST.
        Assert.Equal("BA891046E6505D7AADCBBE25680A0738AD16AEC93BDE7F9B65E87A2FC25776DB", Hash("train-images-idx3-ubyte.gz"));
        Assert.Equal("65A50CBBF4E906D70832878AD85CCDA5333A97F0F4C3DD2EF09A8A9EEF7101C5", Hash("train-labels-idx1-ubyte.gz"));
        Assert.Equal("0FA7898D509279E482958E8CE81C8E77DB3F2F8254E26661CEB7762C4D494CE7", Hash("t10k-images-idx3-ubyte.gz"));
        Assert.Equal("FF7BCFD416DE33731A308C3F266CC351222C34898ECBEAF847F06E48F7EC33F2", Hash("t10k-labels-idx1-ubyte.gz"));

        static string Hash(string name)
        {
            using var gzip = new GZipStream(File.OpenRead(Path.Combine(TestData.MnistFolder, name)), CompressionMode.Decompress);
            return Convert.ToHexString(SHA256.HashData(gzip));
        }
    }

    [Fact]
    public void MNIST_is_read_whole()
    {
        Assert.Equal((60_000, 784, 10), (TestData.Train.Count, TestData.Train.FeatureCount, TestData.Train.ClassCount));
        Assert.Equal(10_000, TestData.Test.Count);
        Assert.Equal(new ImageShape(28, 28), TestData.Train.ImageShape);
        Assert.Equal(new object[] { 5, 0, 4, 1, 9 }, TestData.Train.Labels.Take(5));

        // A byte a pixel and a byte a label, and the names of the classes.
        Assert.Equal((60_000L * 785) + (10 * (22 + 2 + 8)), TestData.Train.MemoryBytes);
    }

    [Fact]
    public void Skip_and_first_take_a_slice_of_the_whole()
    {
        MlpDataset slice = MnistReader.Read(TestData.MnistFolder, MnistSplit.Test, 9_990, 100);
        Assert.Equal(10, slice.Count);
        Assert.Equal(TestData.Test.Labels.Skip(9_990), slice.Labels);
        Assert.Equal(TestData.Test.GetSample(9_999), slice.GetSample(9));
        Assert.Equal(
            "EmptyDataset",
            Assert.Throws<MlpException>(() => MnistReader.Read(TestData.MnistFolder, MnistSplit.Test, 10_000)).ErrorId);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false)]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte", false)]
    [InlineData("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz", true)]
    public void The_familys_names_are_found(string images, string labels, bool compress)
    {
        Write(images, Images(3, 2, 4), compress);
        Write(labels, Labels(1, 26, 7), compress);
        MlpDataset data = MnistReader.Read(_folder, MnistSplit.Train);
        Assert.Equal((3, 8, 27), (data.Count, data.FeatureCount, data.ClassCount));
        Assert.Equal(new ImageShape(2, 4), data.ImageShape);
        Assert.Equal([8 / 255f, 9 / 255f], data.GetSample(1)[..2]);
    }

    [Fact]
    public void A_missing_folder_or_file_is_named()
    {
        AssertFails("FolderNotFound", MlpErrorKind.NotFound, Path.Combine(_folder, "nowhere"), folder: Path.Combine(_folder, "nowhere"));
        AssertFails("FileNotFound", MlpErrorKind.NotFound, "train-images-idx3-ubyte");
        Write("train-images-idx3-ubyte", Images(1, 2, 2));
        AssertFails("FileNotFound", MlpErrorKind.NotFound, "train-labels-idx1-ubyte");
    }

    [Fact]
    public void Two_data_sets_in_one_folder_are_refused()
    {
        Write("emnist-letters-train-images-idx3-ubyte", Images(1, 2, 2));
        Write("emnist-digits-train-images-idx3-ubyte", Images(1, 2, 2));
        AssertFails("AmbiguousFiles", MlpErrorKind.Mismatch, "emnist-digits-train-images-idx3-ubyte");
    }

    [Fact]
    public void Counts_that_differ_are_refused()
    {
        Write("train-images-idx3-ubyte", Images(3, 2, 2));
        Write("train-labels-idx1-ubyte", Labels(1, 2));
        AssertFails("ImageLabelCountMismatch", MlpErrorKind.Mismatch, "3 images");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wrong_magic_number_is_refused(bool compress)
    {
        byte[] images = Images(1, 2, 2);
        images[3] = 1;
        Write("train-images-idx3-ubyte", images, compress);
        Write("train-labels-idx1-ubyte", Labels(1), compress);
        AssertFails("IdxWrongMagic", MlpErrorKind.InvalidData, "0x00000801");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_refused(bool compress)
    {
        byte[] images = Images(3, 4, 4);
        Write("train-labels-idx1-ubyte", Labels(1, 2, 3), compress);
        for (int length = 0; length < images.Length; length++)
        {
            Write("train-images-idx3-ubyte", images[..length], compress);
            AssertFails("IdxTruncated", MlpErrorKind.InvalidData, "ends at");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_past_the_end_are_refused(bool compress)
    {
        Write("train-images-idx3-ubyte", [.. Images(1, 4, 4), 0], compress);
        Write("train-labels-idx1-ubyte", Labels(1), compress);
        AssertFails("IdxOversized", MlpErrorKind.InvalidData, "goes on after the 32 bytes");
    }

    [Fact]
    public void Damaged_compression_is_refused_or_harmless()
    {
        Write("train-labels-idx1-ubyte", Labels([.. Enumerable.Repeat(1, 100)]));
        Write("train-images-idx3-ubyte", Images(100, 9, 9), compress: true);
        string path = Path.Combine(_folder, "train-images-idx3-ubyte");
        byte[] packed = File.ReadAllBytes(path);
        byte[] pixels = MnistReader.Read(_folder, MnistSplit.Train).Bytes!;
        int refused = 0;
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. packed];
            damaged[random.Next(12, damaged.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, damaged);
            try
            {
                // The last byte of the compressed data has bits that mean nothing.
                Assert.Equal(pixels, MnistReader.Read(_folder, MnistSplit.Train).Bytes!);
            }
            catch (MlpException failure)
            {
                Assert.Contains(
                    failure.ErrorId,
                    new[] { "IdxCorrupt", "IdxTruncated", "IdxOversized", "IdxWrongMagic", "IdxWrongSize", "ImageLabelCountMismatch" });
                refused++;
            }
        }

        Assert.True(refused > 150, $"{refused} of 200 were refused");
    }

    [Fact]
    public void A_header_that_announces_more_than_the_file_takes_no_memory()
    {
        byte[] images = Images(1, 2, 2);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), 500_000_000);
        Write("train-images-idx3-ubyte", images);
        byte[] labels = Labels(1);
        BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), 500_000_000);
        Write("train-labels-idx1-ubyte", labels);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertFails("IdxTruncated", MlpErrorKind.InvalidData, "2000000016 in all");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    private static byte[] Images(int count, int height, int width)
    {
        var file = new byte[16 + (count * height * width)];
        file[2] = 8;
        file[3] = 3;
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4), count);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(8), height);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(12), width);
        for (int i = 16; i < file.Length; i++)
            file[i] = (byte)(i - 16);
        return file;
    }

    private static byte[] Labels(params int[] labels) =>
        [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels.Select(label => (byte)label)];

    private void Write(string name, byte[] content, bool compress = false)
    {
        using Stream file = File.Create(Path.Combine(_folder, name));
        using Stream target = compress ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(content);
    }

    private void AssertFails(string errorId, MlpErrorKind kind, string part, string? folder = null)
    {
        var failure = Assert.Throws<MlpException>(() => MnistReader.Read(folder ?? _folder, MnistSplit.Train));
        Assert.Equal((errorId, kind), (failure.ErrorId, failure.Kind));
        Assert.Contains(part, failure.Message);
    }
}
