using System.IO.Compression;
using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed class TableReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.csv", "x,name,y\n1.5,\"u, \"\"v\"\"\",p\n2,w,q\n")]
    [InlineData("a.csv", "x,name,y\r\n1.5,\"u, \"\"v\"\"\",p\r\n2,w,q")]
    [InlineData("a.csv", "\uFEFFx;name;y\n1.5;\"u, \"\"v\"\"\";p\n2;w;q\n\n")]
    [InlineData("a.tsv", "x\tname\ty\n1.5\t\"u, \"\"v\"\"\"\tp\n2\tw\tq\n")]
    [InlineData("a.csv.gz", "x|name|y\n1.5|\"u, \"\"v\"\"\"|p\n2|w|q\n")]
    [InlineData("a.arff", "% comment\n@relation r\n@attribute x real\n@attribute 'name' string\n@ATTRIBUTE y {p, q}\n\n@data\n1.5,'u, "
        + "\"v\"',p\n% comment\n2,w,q\n")]
    [InlineData("a.arff.gz", "@attribute x numeric\n@attribute name{w,'u, \"v\"'}\n@attribute y {p,q}\n@data\n1.5,'u, \"v\"',p\n2,w,q\n")]
    public void Separated_values_and_ARFF_give_the_same_table(string name, string content)
    {
        MlpTable table = Read(name, content);
        Assert.Equal(["x", "name", "y"], table.ColumnNames);
        Assert.Equal(2, table.Count);
        IEnumerable<string?> texts = from row in new[] { 0, 1 } from column in new[] { 0, 1, 2 } select table.ColumnAt(column).TextAt(row);
        Assert.Equal(["1.5", "u, \"v\"", "p", "2", "w", "q"], texts);
        MlpDataset data = table.ToDataset(new TableOptions { Label = [] });
        Assert.Equal(["p", "q"], data.ClassNames);
        Assert.Equal("a", data.Name);
    }

    [Fact]
    public void Without_a_header_columns_have_numbers()
    {
        MlpTable found = Read("a.csv", "1,2,3\n4,5,6\n");
        Assert.Equal(["1", "2", "3"], found.ColumnNames);
        Assert.Equal(2, found.Count);
        MlpTable told = Read("b.csv", "u,2\nv,5\n", new TableReadOptions { HasHeader = false });
        Assert.Equal(2, told.Count);
        Assert.Equal(1, Read("c.csv", "1,2\n3,4\n", new TableReadOptions { HasHeader = true }).Count);
        Assert.Equal("2", found.ToDataset(new TableOptions { Label = ["1"] }).Columns[0].Name);
        Assert.Equal("1", found.ToDataset(new TableOptions { Label = ["-1"] }).Columns[0].Name);
    }

    [Fact]
    public void Skip_and_first_take_a_slice()
    {
        MlpTable table = Read("a.csv", "x,y\n1,a\n2,b\n3,c\n4,d\n", new TableReadOptions { Skip = 1, First = 2 });
        Assert.Equal(["2", "3"], Enumerable.Range(0, table.Count).Select(row => table.ColumnAt(0).TextAt(row)));
    }

    [Theory]
    [InlineData("RaggedRow", "line 5, column 2: the row has 1 values, and there are 2", "x,y\n1,a\n\"2\n\",b\n5\n")]
    [InlineData("RaggedRow", "line 3, column 3: the row has 3 values, and there are 2", "x,y\n1,a\n2,b,c\n")]
    [InlineData("NotANumber", "line 5, column 1 (x): '3,500'", "x,y\n1,a\n2,b\n\n\"3,500\",a\n4,b\n")]
    [InlineData("DuplicateColumn", "the column x occurs twice", "x,X\n1,a\n")]
    [InlineData("EmptyTable", "the file is empty", "")]
    [InlineData("EmptyTable", "no rows below the header", "x,y\n")]
    public void A_broken_file_is_refused_with_line_and_column(string errorId, string message, string content)
    {
        MlpException failure = Assert.Throws<MlpException>(() => Read("a.csv", content).ToDataset(new TableOptions { Label = ["y"] }));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(message, failure.Message);
        Assert.Contains("a.csv", failure.Message);
    }

    [Theory]
    [InlineData("a.csv", "x,y\n1,a\n", 5, 0, null, "is left of its 2 lines after those that are skipped: skip fewer with SkipLines")]
    [InlineData("a.csv", "x,y\n1,a\n", 0, 5, null, "no row is left after those that are skipped: skip fewer with Skip.")]
    [InlineData("a.jsonl", "{\"x\":1,\"y\":2}\n", 0, 5, null, "skip fewer with Skip.")]
    [InlineData("a.svm", "1 1:2\n", 0, 5, null, "skip fewer with Skip.")]
    [InlineData("a.csv", "1,2,a\n", 0, 0, "x,y", "there are 3 values, and names for 2 columns: x, y. Give a name for each")]
    [InlineData(
        "a.csv", "k,l,m\n1,2,a\n2,3,b\n3,3,a\n4,5,b\n", 0, 0, "x,z,y",
        "say that the first line has names and is to be left out with HasHeader")]
    public void What_options_leave_nothing_of_is_told(string file, string content, int lines, int rows, string? header, string message)
    {
        var options = new TableReadOptions { SkipLines = lines, Skip = rows, Header = header?.Split(',') };
        MlpException failure =
            Assert.Throws<MlpException>(() => Read(file, content, options).ToDataset(new TableOptions { Label = ["y"] }));
        Assert.Contains(message, failure.Text.ToString(hint => $" with {hint.Option}"));
    }

    [Theory]
    [InlineData("OneClass", "a: the label y is 'a' in every row", "x,y\n1,a\n2,a\n")]
    [InlineData("MissingValue", "a, row 2: x has no value", "x,y\n1,a\n,b\n")]
    [InlineData("MissingValue", "a, row 3: x has no value", "x,y\nu,a\nv,b\n,b\n")]
    [InlineData("MissingLabel", "a, row 2: the label y is missing", "x,y\n1,a\n2,\n3,b\n")]
    public void What_a_model_can_not_learn_from_is_refused_with_the_row(string errorId, string message, string content)
    {
        MlpDataset data = Read("a.csv", content).ToDataset(new TableOptions { Label = ["y"] });
        MlpException failure = Assert.Throws<MlpException>(() =>
        {
            var ends = ModelEnds.Fit(data, null, new EncodingOptions { Missing = MissingValues.Refuse });
            MlpModel model = MlpModel.CreateFor(ends, new HiddenLayers([], [Activation.ReLU]), Initializer.Default, 1);
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 1, LearningRate = 0.1 }).Count();
        });
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(message, failure.Message);
    }

    [Theory]
    [InlineData("InvalidArff", "before @data", "@attribute x real\n1,2\n")]
    [InlineData("InvalidArff", "line 1: @attribute needs a name and a type", "@attribute x\n@data\n1\n")]
    [InlineData("InvalidArff", "no @attribute", "@data\n1\n")]
    [InlineData("InvalidArff", "line 4: '2' is no place of a column", "@attribute x real\n@attribute y {a,b}\n@data\n{0 1, 2 a}\n")]
    [InlineData("InvalidArff", "no value between two commas", "@attribute x real\n@attribute y {a,b}\n@data\n1,,a\n")]
    [InlineData("InvalidArff", "relational", "@attribute x relational\n@attribute y real\n@end x\n@data\n1\n")]
    [InlineData("InvalidArff", "never closed", "@attribute x string\n@data\n'a\n")]
    [InlineData("RaggedRow", "line 4, column 3: the row has 3 values or more", "@attribute x real\n@attribute y {a,b}\n@data\n1 a b\n")]
    [InlineData("WrongKind", "line 4, column 2 (y): 'c' is not one of a, b", "@attribute x real\n@attribute y {a,b}\n@data\n1,c\n")]
    [InlineData("WrongKind", "line 5, column 1 (x): 'one' is not a number", "@attribute x real\n@attribute y {a,b}\n@data\n%\none,a\n")]
    public void A_broken_ARFF_is_refused(string errorId, string message, string content)
    {
        MlpException failure = Assert.Throws<MlpException>(() => Read("a.arff", content));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public void A_file_that_is_no_table_takes_no_memory_to_refuse()
    {
        // 200 MB of one character in 200 KB.
        string path = Path.Combine(_folder, "bomb.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            byte[] part = [.. Enumerable.Repeat((byte)'1', 1 << 20)];
            for (int i = 0; i < 200; i++)
                gzip.Write(part);
        }

        MlpException failure = Assert.Throws<MlpException>(() => TableReader.Read(path, new TableReadOptions()));
        Assert.Equal("InvalidTable", failure.ErrorId);
        Assert.Equal("FileNotFound", Assert.Throws<MlpException>(() => TableReader.Read(path + "x", new TableReadOptions())).ErrorId);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(18)]
    [InlineData(300)]
    [InlineData(-9)]
    [InlineData(-1)]
    public void A_gzip_file_that_breaks_off_is_no_short_one(int length)
    {
        _ = Read("a.csv.gz", "x,y\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i * 7919 % 1000},{i % 2}\n")));
        string path = Path.Combine(_folder, "a.csv.gz");
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, length < 0 ? whole[..(whole.Length + length)] : whole[..length]);
        Assert.Equal("FileCorrupt", Assert.Throws<MlpException>(() => TableReader.Read(path, new TableReadOptions())).ErrorId);
    }

    [Theory]
    [InlineData("m.csv")]
    [InlineData("m.tsv.gz", Explicit = true)]
    [InlineData("m.arff", Explicit = true)]
    public void MNIST_is_the_same_in_every_format(string name)
    {
        string path = Path.Combine(_folder, name);
        WriteMnist(path);
        MlpDataset data = TableReader.Read(path, new TableReadOptions()).ToDataset(new TableOptions { Label = [] });
        Assert.Equal(new ImageShape(28, 28), data.ImageShape);
        Assert.Equal(TestData.Test.ClassNames, data.ClassNames);
        DataColumn expected = TestData.Test.LabelColumns[0], labels = data.LabelColumns[0];
        Assert.Equal(Enumerable.Range(0, 10_000).Select(expected.TextAt), Enumerable.Range(0, 10_000).Select(labels.TextAt));

        // What ARFF declares are names, whatever they look like; numbers of CSV are numbers.
        Type type = name.EndsWith(".arff", StringComparison.Ordinal) ? typeof(string) : typeof(int);
        Assert.All(data.Labels, label => Assert.IsType(type, label));
        Assert.Equal(Enumerable.Range(1, 784).Select(i => $"pixel{i}"), data.FeatureNames);
        Assert.Equal(TestData.Test.Bytes, data.Bytes);
        MlpDataset part = TableReader.Read(path, new TableReadOptions { Skip = 9_000 }).ToDataset(new TableOptions { Label = [] });
        Assert.Equal(TestData.Test.Bytes![(9_000 * 784)..], part.Bytes);
    }

    [Fact]
    public void A_streamed_file_trains_as_one_in_memory()
    {
        string path = Path.Combine(_folder, "m.csv");
        MlpDataset whole = DatasetParts.Select(TestData.Test, null, 0, 2_000);
        WriteMnist(path, whole.Count);
        MlpDataset streamed = TableReader.OpenStream(
            path, new TableReadOptions(), new TableOptions { Label = ["class"] }, new StreamOptions { MemoryLimit = 14_000_000 });
        Assert.Equal((2_000, 784, 10, true), (streamed.Count, streamed.FeatureCount, streamed.ClassCount, streamed.IsStreamed));
        MlpDataset[] chunks = [.. streamed.Parts()];
        Assert.InRange(chunks.Length, 3, 40);
        Assert.True(whole.Bytes!.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk.Bytes!).ToArray()));
        Assert.Equal(whole.Labels, chunks.SelectMany(chunk => chunk.Labels));

        // Shuffled, each sample comes once, and no two rounds are alike.
        object?[][] rounds =
            [.. new[] { 0, 1 }.Select(round => streamed.Parts(seed: 1, round).SelectMany(chunk => chunk.Labels).ToArray())];
        Assert.NotEqual(rounds[0], rounds[1]);
        Assert.Equal(whole.Labels.Order(), rounds[0].Order());

        TrainingOptions options = new()
        {
            Epochs = 2,
            LearningRate = 0.001,
            BatchSize = 100,
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
            Seed = 1,
            EvaluateTraining = true,
        };
        double[] accuracies = [.. new[] { streamed, whole, streamed }.Select(data =>
        {
            MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([32], [Activation.ReLU]), Initializer.Default, 1);
            double accuracy = MlpTrainer.Train(model, data, null, options).Last().TrainingAccuracy!.Value;
            Assert.Equal(accuracy, new Evaluation.MlpPredictor(model).Measure(data).Accuracy!.Value, 12);
            return accuracy;
        })];
        Assert.Equal(accuracies[0], accuracies[2]);
        Assert.InRange(accuracies[0], accuracies[1] - 0.02, accuracies[1] + 0.02);
    }

    [Fact]
    public void A_stream_finds_the_same_rows_whatever_the_file_looks_like()
    {
        var text = new StringBuilder("\uFEFFx;name;y\r\n");
        for (int i = 0; i < 1000; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{i}.5;{(i % 5 == 0 ? $"{i % 3}\" pipe" : $"\"a\r\nb\"\"{i % 3}\"")};{i % 2}\r\n{(i % 100 == 0 ? "\r\n" : string.Empty)}");
        }

        string path = Path.Combine(_folder, "odd.csv");
        File.WriteAllText(path, text.ToString().TrimEnd(), new UTF8Encoding(true));
        var options = new TableOptions { Label = ["y"] };
        MlpDataset whole = TableReader.Read(path, new TableReadOptions()).ToDataset(options);
        MlpDataset streamed = TableReader.OpenStream(path, new TableReadOptions(), options, new StreamOptions { MemoryLimit = 1_000_000 });
        Assert.Equal(whole.Count, streamed.Count);
        Assert.Equal(Rows(whole), Rows(streamed));

        string plain = Path.Combine(_folder, "plain.csv");
        File.WriteAllText(plain, string.Concat(Enumerable.Range(0, 700).Select(i => $"{i},{i % 2}\n")));
        MlpDataset numbered = TableReader.OpenStream(
            plain, new TableReadOptions(), new TableOptions { Label = ["2"] }, new StreamOptions { MemoryLimit = 1_000_000 });
        Assert.Equal(Enumerable.Range(0, 700).Select(i => $"{i} {i % 2}"), Rows(numbered));
    }

    [Fact]
    public void A_stream_keeps_its_limit_and_says_what_needs_memory()
    {
        string path = Path.Combine(_folder, "m.csv");
        WriteMnist(path, 4_000);
        var fit = new TableOptions { Label = ["class"] };
        MlpDataset streamed = TableReader.OpenStream(path, new TableReadOptions(), fit, new StreamOptions { MemoryLimit = 24_000_000 });

        // Text, numbers and features of a chunk, four times.
        double bytesPerRow = ((double)new FileInfo(path).Length / 4_000) + (785 * (8 + 4));
        Assert.InRange(streamed.Parts().Max(part => part.Count) * bytesPerRow * 4, 1, 24_000_000);
        MlpModel model = MlpModel.CreateFor(streamed, new HiddenLayers([8], [Activation.ReLU]), Initializer.Default, 1);
        AssertFails(
            "NotInMemory",
            () => _ = MlpTrainer.Train(model, streamed, null, new TrainingOptions { Epochs = 1, LearningRate = 0.1 }).ToArray());
        AssertFails("NotInMemory", () => _ = DatasetParts.Split(streamed, [0.5], new SplitOptions { Seed = 1 }));
        AssertFails("NotInMemory", () => streamed.GetSample(0));
        AssertFails(
            "MemoryLimitTooLow", () => TableReader.OpenStream(path, new TableReadOptions(), fit, new StreamOptions { MemoryLimit = 1000 }));
        AssertFails(
            "NotStreamable",
            () => TableReader.OpenStream(
                Path.Combine(_folder, "a.arff"), new TableReadOptions(), fit, new StreamOptions { MemoryLimit = 1 << 20 }));

        // What is wrong far into the file is found when it is opened, and named; what becomes so later, when it is reached.
        string[] lines = File.ReadAllLines(path);
        lines[3001] = "x" + lines[3001];
        File.WriteAllLines(path, lines);
        MlpException failure = Assert.Throws<MlpException>(
            () => TableReader.OpenStream(path, new TableReadOptions(), fit, new StreamOptions { MemoryLimit = 24_000_000 }));
        Assert.Contains("m.csv, line 3002, column 1 (class): 'x", failure.Message);
        Assert.Contains("m.csv", Assert.Throws<MlpException>(() => streamed.Parts().Count()).Message);
        File.Delete(path);
        AssertFails("FileUnreadable", () => _ = streamed.Parts().Count());

        static void AssertFails(string errorId, Action action) => Assert.Equal(errorId, Assert.Throws<MlpException>(action).ErrorId);
    }

    [Fact]
    public void Unpacked_IDX_files_stream()
    {
        foreach (string name in new[] { "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" })
        {
            using var gzip = new GZipStream(File.OpenRead(Path.Combine(TestData.MnistFolder, name + ".gz")), CompressionMode.Decompress);
            using FileStream file = File.Create(Path.Combine(_folder, name));
            gzip.CopyTo(file);
        }

        MlpDataset streamed = MnistReader.OpenStream(_folder, MnistSplit.Test, 2_000_000);
        MlpDataset[] chunks = [.. streamed.Parts()];
        Assert.True(chunks.Length >= 10);
        Assert.True(TestData.Test.Bytes!.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk.Bytes!).ToArray()));
        Assert.Equal(TestData.Test.Labels, chunks.SelectMany(chunk => chunk.Labels));
        Assert.Equal(
            "NotStreamable",
            Assert.Throws<MlpException>(() => MnistReader.OpenStream(TestData.MnistFolder, MnistSplit.Test, 1 << 24)).ErrorId);
    }

    private static IEnumerable<string> Rows(MlpDataset data) =>
        DatasetRows.Of(data).Select(row => string.Join(' ', row.Select(pair => pair.Value)));

    /// <summary>MNIST's test images as a table: the label first in CSV, last in ARFF.</summary>
    private static void WriteMnist(string path, int count = 10_000)
    {
        bool arff = path.EndsWith(".arff", StringComparison.Ordinal);
        char separator = path.Contains(".tsv", StringComparison.Ordinal) ? '\t' : ',';
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.Create(path), CompressionLevel.Fastest)
            : File.Create(path);
        using var text = new StreamWriter(stream);
        if (arff)
        {
            text.Write("@RELATION mnist_784\n"
                + string.Concat(Enumerable.Range(1, 784).Select(i => $"@ATTRIBUTE pixel{i} real\n"))
                + "@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}\n@DATA\n");
        }
        else
        {
            text.Write($"class{separator}{string.Join(separator, Enumerable.Range(1, 784).Select(i => $"pixel{i}"))}\n");
        }

        for (int i = 0; i < count; i++)
        {
            string pixels = string.Join(separator, TestData.Test.Bytes!.AsSpan(i * 784, 784).ToArray());
            object? label = TestData.Test.Labels[i];
            text.Write(arff ? $"{pixels},{label}\n" : $"{label}{separator}{pixels}\n");
        }
    }

    private MlpTable Read(string name, string content, TableReadOptions? options = null)
    {
        string path = Path.Combine(_folder, name);
        using (Stream stream = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.Create(path), CompressionLevel.Fastest)
            : File.Create(path))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
        }

        return TableReader.Read(path, options ?? new TableReadOptions());
    }
}
