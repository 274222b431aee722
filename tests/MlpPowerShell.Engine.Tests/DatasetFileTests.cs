using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell.Engine.Tests;

public sealed class DatasetFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-dataset-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds() => ["bytes", "floats", "unlabelled", "weighted", "targets", "table", "regression", "empty"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Samples_come_back_as_they_were(string kind)
    {
        MlpDataset data = kind switch
        {
            "bytes" => TestData.Test.Take([.. Enumerable.Range(0, 50)]).WithoutOrigin(),
            "floats" => TestData.Random(1, 40, 5, 3),
            "unlabelled" => new MlpDataset("unlabelled", new float[] { 1, 2, 3, 4 }, null, 2, []),
            "weighted" => TestData.Random(1, 4, 5, 3).WithSampleWeights([1, 0, 2, 3]),
            "targets" => TestData.Random(1, 4, 5, 3).WithTargets([1, 2, 3, 4, 5, 6, 7, 8], ["a", "b"]),
            "table" => TravelTestModels.Table("kind"),
            "regression" => TravelTestModels.Table("price"),
            _ => new MlpDataset("empty", Array.Empty<float>(), null, 2, []),
        };
        using MemoryStream stream = Written(data);
        MlpDataset back = DatasetFile.Read(stream);
        Assert.Equal(data.Fingerprint, back.Fingerprint);
        Assert.Equal((data.Count, data.FeatureCount, data.ImageShape), (back.Count, back.FeatureCount, back.ImageShape));
        Assert.Equal((data.Task, data.PictureStyle), (back.Task, back.PictureStyle));
        Assert.Equal(Rows(data), Rows(back));
    }

    [Fact]
    public void MNIST_goes_as_where_it_is_and_parts_of_it_as_which_they_are()
    {
        using (MemoryStream whole = Written(TestData.Train))
        {
            Assert.True(whole.Length < 2000);
            Assert.Equal(TestData.Train.Fingerprint, DatasetFile.Read(whole).Fingerprint);
        }

        MlpDataset part = TestData.Test.Take([.. Enumerable.Range(0, 1000).Select(i => 9999 - (2 * i))]).Take([5, 7, 900]);
        using MemoryStream stream = Written(part);
        Assert.True(stream.Length < 2000);
        Assert.Equal(part.Fingerprint, DatasetFile.Read(stream).Fingerprint);

        using MemoryStream value = Written(part.WithoutOrigin());
        Assert.Equal(part.Fingerprint, DatasetFile.Read(value).Fingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3,,5\n")]
    public void A_table_goes_as_its_file_and_how_it_was_read(string gap)
    {
        string file = Path.Combine(_folder, "rows.csv");
        File.WriteAllText(file, "size,colour,price\n1,red,10.5\n2.5,blue,20\n4,red,30\n" + gap + "7,green,15\n");
        var options = new TableReadOptions { KindOf = name => name == "size" ? ColumnKind.Category : null };
        var roles = new TableOptions { Label = ["price"], IsAside = name => name == "colour" };
        MlpDataset data = TableReader.Read(file, options).ToDataset(roles);
        Assert.Equal(gap.Length > 0 ? 5 : 4, data.Count);
        foreach (MlpDataset sent in new[] { data, data.Take([3, 1]) })
        {
            using MemoryStream stream = Written(sent);
            MlpDataset back = DatasetFile.Read(stream);
            Assert.Equal(sent.Fingerprint, back.Fingerprint);
            Assert.Equal(("size", ColumnKind.Category), (back.Columns.Single().Name, back.Columns.Single().Kind));
            Assert.Equal(("colour", MlpTask.Regression), (back.AsideColumns.Single().Name, back.Task));
            Assert.Equal(Rows(sent), Rows(back));
        }

        using MemoryStream reference = Written(data), value = Written(data.WithoutOrigin());
        File.WriteAllText(file, "size,colour,price\n1,red,10.5\n2.5,blue,20\n4,red,31\n7,green,15\n8,red,1.5\n");
        Assert.Equal("DatasetChanged", Assert.Throws<MlpException>(() => DatasetFile.Read(reference)).ErrorId);
        File.WriteAllText(file, "size,colour,price\n1,red,10.5\n");
        reference.Position = 0;
        Assert.Equal("DatasetChanged", Assert.Throws<MlpException>(() => DatasetFile.Read(reference)).ErrorId);
        Assert.Equal(data.Fingerprint, DatasetFile.Read(value).Fingerprint);
    }

    [Fact]
    public void Arrays_go_as_their_files()
    {
        string file = Path.Combine(_folder, "x.npy");
        byte[] header = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0];
        string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (5000, 2), }".PadRight(117) + "\n";
        float[] values = [.. Enumerable.Range(0, 10000).Select(i => i / 7f)];
        File.WriteAllBytes(file, [.. header, .. System.Text.Encoding.ASCII.GetBytes(text), .. LittleEndian.Bytes<float>(values)]);
        MlpDataset data = NumpyReader.Read(file, new NumpyReadOptions { Skip = 10, First = 4000 });
        using MemoryStream stream = Written(data);
        Assert.True(stream.Length < 1000);
        Assert.Equal(data.Fingerprint, DatasetFile.Read(stream).Fingerprint);
    }

    [Fact]
    public void Files_that_have_changed_are_an_error()
    {
        foreach (string file in Directory.GetFiles(TestData.MnistFolder, "t10k*"))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        MlpDataset data = MnistReader.Read(_folder, MnistSplit.Test, first: 100);
        using MemoryStream stream = Written(data);
        Assert.Equal(data.Fingerprint, DatasetFile.Read(stream).Fingerprint);

        string labels = Directory.GetFiles(_folder, "*labels*").Single(), images = Directory.GetFiles(_folder, "*images*").Single();
        File.Delete(labels);
        File.WriteAllBytes(labels[..^3], [0, 0, 8, 1, 0, 0, 0, 100, .. new byte[100]]);
        File.Delete(images);
        File.WriteAllBytes(images[..^3], [0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[100 * 784]]);
        stream.Position = 0;
        Assert.Equal("DatasetChanged", Assert.Throws<MlpException>(() => DatasetFile.Read(stream)).ErrorId);

        File.Delete(labels[..^3]);
        stream.Position = 0;
        Assert.Equal("FileNotFound", Assert.Throws<MlpException>(() => DatasetFile.Read(stream)).ErrorId);
    }

    [Fact]
    public void Every_truncation_is_an_error()
    {
        byte[] whole = Written(TestData.Random(1, 3, 2, 2)).ToArray();
        for (int length = 0; length < whole.Length - 2; length++)
        {
            using var stream = new MemoryStream(whole[..length]);
            Assert.Equal("InvalidDatasetContent", Assert.Throws<MlpException>(() => DatasetFile.Read(stream)).ErrorId);
        }
    }

    /// <summary>All values, with the types that they have.</summary>
    private static IEnumerable<string> Rows(MlpDataset data) =>
        from row in DatasetRows.Of(data)
        from pair in row
        select $"{pair.Key}: {pair.Value?.GetType().Name} {(pair.Value is float[] many ? string.Join(' ', many) : pair.Value)}";

    private static MemoryStream Written(MlpDataset data) => new(DatasetFile.ToBytes(data));
}
