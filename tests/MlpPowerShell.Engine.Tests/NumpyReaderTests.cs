using System.IO.Compression;
using System.Text;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

public sealed class NumpyReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-numpy-").FullName;

    [Fact]
    public void The_ending_of_a_name_tells_one_format()
    {
        string[] endings = [.. Enum.GetValues<DatasetFormat>().SelectMany(DatasetFormats.EndingsOf)];
        Assert.Equal(endings.Length, endings.Distinct().Count());
        foreach (DatasetFormat format in Enum.GetValues<DatasetFormat>())
        {
            Assert.All(
                DatasetFormats.EndingsOf(format),
                ending => Assert.Equal(
                    (format, format), (DatasetFormats.Of("x" + ending), DatasetFormats.Of("x" + ending.ToUpperInvariant() + ".gz"))));
        }

        Assert.Equal(DatasetFormat.Table, DatasetFormats.Of("rows.data"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("i1")]
    [InlineData("u2")]
    [InlineData("i2")]
    [InlineData("u4")]
    [InlineData("i4")]
    [InlineData("u8")]
    [InlineData("i8")]
    [InlineData("f2")]
    [InlineData("f4")]
    [InlineData("f8")]
    [InlineData("big-f4")]
    [InlineData("big-i2")]
    public void Numbers_of_every_type_are_features(string type)
    {
        MlpDataset data = NumpyReader.Read(Numpy(type + ".npy"), new NumpyReadOptions());
        Assert.Equal((4, 3, false), (data.Count, data.FeatureCount, data.HasLabels));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), data.Floats);
    }

    [Fact]
    public void Bytes_are_pixels_and_flags_numbers()
    {
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), NumpyReader.Read(Numpy("u1.npy"), new NumpyReadOptions()).Bytes);
        Assert.Equal([0f, 1, 1], NumpyReader.Read(Numpy("b1.npy"), new NumpyReadOptions()).GetSample(0));
    }

    [Fact]
    public void An_archive_of_images_and_labels_is_a_data_set()
    {
        MlpDataset data = NumpyReader.Read(Numpy("images.npz"), new NumpyReadOptions());
        Assert.Equal(new ImageShape(28, 28), data.ImageShape);
        Assert.Equal(TestData.Test.Bytes![..(5 * 784)], data.Bytes);
        Assert.Equal(new object[] { 7, 2, 1, 0, 4 }, data.Labels);
        Assert.Equal(["0", "1", "2", "4", "7"], data.ClassNames);

        Assert.Equal(
            "ArrayNotFound", Assert.Throws<MlpException>(() => NumpyReader.Read(Numpy("split.npz"), new NumpyReadOptions())).ErrorId);
        MlpDataset part = NumpyReader.Read(Numpy("split.npz"), new NumpyReadOptions { Feature = "x_test", Label = "y_test" });
        Assert.Equal(TestData.Test.GetSample(3), part.GetSample(0));
        MlpDataset slice = NumpyReader.Read(Numpy("images.npz"), new NumpyReadOptions { Skip = 3, First = 1 });
        Assert.Equal(TestData.Test.GetSample(3), slice.GetSample(0));
        Assert.Equal(["0"], slice.ClassNames);
    }

    [Fact]
    public void All_of_MNIST_comes_as_arrays_too()
    {
        byte[] labels = Array.ConvertAll(TestData.Classes(TestData.Test), label => (byte)label);
        MlpDataset data = NumpyReader.Read(
            Write("x.npy", "|u1", "10000, 28, 28", TestData.Test.Bytes!),
            new NumpyReadOptions { LabelPath = Write("y.npy", "|u1", "10000,", labels) });
        Assert.Equal((TestData.Test.ImageShape, 10), (data.ImageShape, data.ClassCount));
        Assert.True(TestData.Test.Bytes!.AsSpan().SequenceEqual(data.Bytes));
        Assert.Equal(TestData.Test.Labels, data.Labels);
    }

    [Fact]
    public void Labels_come_from_a_file_of_their_own_as_classes_or_numbers()
    {
        MlpDataset classes = NumpyReader.Read(
            Numpy("f4.npy"),
            new NumpyReadOptions
            {
                LabelPath = Write(
                "y.npy", "<i8", "4,", [.. new long[] { 5, 9, 5, 7 }.SelectMany(BitConverter.GetBytes)])
            });
        Assert.Equal(["5", "7", "9"], classes.ClassNames);
        Assert.Equal(new object[] { 5, 9, 5, 7 }, classes.Labels);
        long[] large = [5_000_000_000, (1L << 53) + 1, 1L << 53, -1];
        MlpDataset ids = NumpyReader.Read(
            Numpy("f4.npy"),
            new NumpyReadOptions { LabelPath = Write("l.npy", "<i8", "4,", [.. large.SelectMany(BitConverter.GetBytes)]) });
        Assert.Equal(large.Cast<object>(), ids.Labels);
        MlpDataset numbers = NumpyReader.Read(Numpy("f4.npy"), new NumpyReadOptions { LabelPath = Numpy("f8.npy") });
        Assert.Equal(3, numbers.TargetNames.Count);
        Assert.Equal(
            "LabelCountMismatch",
            Assert.Throws<MlpException>(() => NumpyReader.Read(
                Numpy("f4.npy"), new NumpyReadOptions { LabelPath = Write("z.npy", "|u1", "3,", [1, 2, 3]) })).ErrorId);
    }

    [Theory]
    [InlineData("fortran.npy", "InvalidNumpyFile")]
    [InlineData("objects.npy", "InvalidNumpyFile")]
    [InlineData("nowhere.npy", "FileNotFound")]
    public void What_can_not_be_read_is_refused(string name, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => NumpyReader.Read(Numpy(name), new NumpyReadOptions())).ErrorId);

    [Theory]
    [InlineData("<f8", "100000, 13421", "needs 10736800000 bytes")]
    [InlineData("<f4", "2000000000, 2000000000", "more than one data set can hold")]
    [InlineData("<f4", "-1, 3", "lacks type or shape")]
    [InlineData("<f4", "", "a single value")]
    [InlineData("<U8", "2, 3", "lacks type or shape")]
    [InlineData("<f4", "4, 3", "needs 48 bytes")]
    public void A_shape_is_not_believed(string type, string shape, string message)
    {
        string path = Write("a.npy", type, shape, new byte[40]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MlpException failure = Assert.Throws<MlpException>(() => NumpyReader.Read(path, new NumpyReadOptions()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal("InvalidNumpyFile", failure.ErrorId);
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public void Damaged_archives_are_refused()
    {
        byte[] whole = File.ReadAllBytes(Numpy("images.npz"));
        string path = Path.Combine(_folder, "a.npz");
        foreach (int length in new[] { 0, 1, 10, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.ThrowsAny<MlpException>(() => NumpyReader.Read(path, new NumpyReadOptions()));
        }

        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("../x.npy").Open();
            entry.Write(Encoding.ASCII.GetBytes("no array"));
        }

        Assert.Equal(
            "InvalidNumpyFile",
            Assert.Throws<MlpException>(() => NumpyReader.Read(path, new NumpyReadOptions { Feature = "../x" })).ErrorId);
    }

    private static string Numpy(string name) => TestData.Reference(Path.Combine("numpy", name));

    private string Write(string name, string type, string shape, byte[] values)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}\n";
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values]);
        return path;
    }
}
