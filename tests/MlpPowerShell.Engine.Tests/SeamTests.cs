using System.Globalization;
using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What was read in one way and meets something read in another.</summary>
public sealed class SeamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-seams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a,b,y\n", "b,a,y\n")]
    [InlineData("a,b,y\n", "a,b,y\n9,9,q\n")]
    public void A_streamed_file_that_has_changed_is_told_of(string before, string after)
    {
        string rows = string.Concat(Enumerable.Range(0, 600).Select(i => $"{i % 7},{i % 5},{(i % 2 == 0 ? "p" : "q")}\n"));
        string path = Write("s.csv", before + rows);
        MlpDataset data =
            TableReader.OpenStream(path, new TableReadOptions(), new TableOptions(), new StreamOptions { MemoryLimit = 1 << 24 });
        Assert.Equal(600, data.Parts().Sum(part => part.Count));
        File.WriteAllText(path, after + rows);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        MlpException failure = Assert.Throws<MlpException>(() => data.Parts().Sum(part => part.Count));
        Assert.Equal(("DatasetChanged", true), (failure.ErrorId, failure.Message.Contains("import it again", StringComparison.Ordinal)));
        File.Delete(path);
        Assert.Equal("FileUnreadable", Assert.Throws<MlpException>(() => data.Parts().Count()).ErrorId);
    }

    [Theory]
    [InlineData("0,1,1,0", MlpTask.Classification)]
    [InlineData("0,1,0.5,0", MlpTask.Regression)]
    public void Labels_of_arrays_are_classes_where_those_of_tables_are(string labels, MlpTask expected)
    {
        double[] numbers = [.. labels.Split(',').Select(TestData.Number)];
        MlpDataset table = Read(
            "y.csv",
            "x,y\n" + string.Concat(numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number},{number:0.0}\n"))));
        MlpDataset arrays = NumpyReader.Read(Array("x.npy", [1, 2, 3, 4]), new NumpyReadOptions { LabelPath = Array("y.npy", numbers) });
        Assert.Equal((expected, expected), (table.Task, arrays.Task));
        Assert.Equal(table.ClassNames, arrays.ClassNames);
        Assert.Equal(table.Labels, arrays.Labels);
    }

    [Fact]
    public void Columns_of_other_kinds_do_not_become_categories_when_joined()
    {
        MlpException failure = Assert.Throws<MlpException>(() => Joined([1.5, 2.5], ["none", "some"]));
        Assert.Equal("DatasetsDiffer", failure.ErrorId);
        Assert.Contains("column a: it holds a number in each row of one, and a category", failure.Message);
        Assert.Equal(
            "DatasetsDiffer",
            Assert.Throws<MlpException>(() => Joined([1, 2], [new DateTime(2024, 1, 1), new DateTime(2024, 1, 2)])).ErrorId);

        // What both can be, they are.
        AssertJoined(ColumnKind.Boolean, "bool", [true, false], [1, 0], [true, false, true, false]);
        AssertJoined(ColumnKind.Number, "double", [true, false], [3, 0], [1.0, 0.0, 3.0, 0.0]);
        AssertJoined(ColumnKind.Number, "int", [1, 2], [null, null], [1, 2, null, null]);
        AssertJoined(ColumnKind.Number, "double", [1, 2], [0.5, 1.0], [1.0, 2.0, 0.5, 1.0]);
        AssertJoined(ColumnKind.Category, "string", [null, null], ["u", "v"], [null, null, "u", "v"]);
        var day = new DateOnly(2024, 1, 2);
        AssertJoined(
            ColumnKind.Date,
            "DateTime",
            [day, day],
            [new DateTime(2024, 1, 3, 4, 5, 6), null],
            [new DateTime(2024, 1, 2), new DateTime(2024, 1, 2), new DateTime(2024, 1, 3, 4, 5, 6), null]);
        var moment = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        MlpDataset moments = Joined([moment, null], [moment.UtcDateTime, moment.UtcDateTime]);
        Assert.Equal(
            new object?[] { moment.UtcDateTime, null, moment.UtcDateTime, moment.UtcDateTime },
            Enumerable.Range(0, 4).Select(moments.Columns[0].ValueAt));
    }

    [Fact]
    public void A_local_date_comes_back_as_the_same_moment_in_universal_time()
    {
        var local = new DateTime(2024, 7, 2, 3, 4, 5, DateTimeKind.Local);
        MlpDataset data = Table(["d", "y"], [[local, "p"], [local.ToUniversalTime(), "q"]]);
        Assert.All([0, 1], row => Assert.Equal(local.ToUniversalTime(), data.Columns[0].ValueAt(row)));
        Assert.Equal(DateTimeKind.Utc, ((DateTime)data.Columns[0].ValueAt(0)!).Kind);
    }

    [Theory]
    [InlineData("2024-01-{0:00}", "2024-01-{0:00}T10:00:00Z")]
    [InlineData("2024-01-{0:00}T10:00:00", "2024-01-{0:00}T10:00:00Z")]
    public void Dates_with_and_without_a_time_zone_in_one_column_are_told_of(string some, string others)
    {
        IEnumerable<string> rows = Enumerable.Range(0, 300)
            .Select(i => string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Format(CultureInfo.InvariantCulture, i % 2 == 0 ? some : others, (i % 28) + 1)},{(i % 3 == 0 ? "p" : "q")}\n"));
        string path = Write("m.csv", "d,y\n" + string.Concat(rows));
        MlpDataset whole = TableReader.Read(path, new TableReadOptions()).ToDataset(new TableOptions());
        foreach (MlpDataset data in new[]
        {
            whole, TableReader.OpenStream(path, new TableReadOptions(), new TableOptions(), new StreamOptions { MemoryLimit = 1 << 24 })
        })
        {
            MlpColumn column = ColumnReport.Of(data).First();
            Assert.Equal("Category", column.Kind);
            Assert.Contains(
                "dates with a time zone, such as '2024-01-02T10:00:00Z', and dates without one, such as '2024-01-01", column.Warning);
        }

        Assert.Equal(
            "DatesMixed",
            Assert.Throws<MlpException>(() => TableReader.Read(
                path, new TableReadOptions { KindOf = name => name == "d" ? ColumnKind.Date : null })
                .ToDataset(new TableOptions())).ErrorId);
    }

    [Fact]
    public void Moments_that_only_later_rows_of_a_stream_have_make_no_column_of_moments()
    {
        string rows = string.Concat(Enumerable.Range(0, 2000)
            .Select(i => $"2024-01-{(i % 28) + 1:00}T10:00:00{(i < 1000 ? string.Empty : "Z")},{(i % 3 == 0 ? "p" : "q")}\n"));
        MlpDataset data = TableReader.OpenStream(
            Write("l.csv", "d,y\n" + rows), new TableReadOptions(), new TableOptions(), new StreamOptions { MemoryLimit = 1 << 17 });
        Assert.Equal(ColumnKind.Category, data.Statistics[0].Kind);
    }

    [Fact]
    public void The_first_and_the_last_date_of_a_stream_are_those_of_the_file()
    {
        string path = Write("q.csv", "d,y\n2020-01-01T01:17:00,a\n2020-12-13T00:26:00,b\n2020-05-05T05:05:05.123,a\n");
        MlpDataset whole = TableReader.Read(path, new TableReadOptions()).ToDataset(new TableOptions());
        MlpDataset stream =
            TableReader.OpenStream(path, new TableReadOptions(), new TableOptions(), new StreamOptions { MemoryLimit = 1 << 24 });
        (MlpColumn one, MlpColumn other) = (ColumnReport.Of(whole).First(), ColumnReport.Of(stream).First());
        Assert.Equal((new DateTime(2020, 1, 1, 1, 17, 0), new DateTime(2020, 12, 13, 0, 26, 0)), (other.Minimum, other.Maximum));
        Assert.Equal((one.Minimum, one.Maximum), (other.Minimum, other.Maximum));
    }

    [Fact]
    public void Predictions_of_logarithms_keep_the_figures_of_a_narrow_range()
    {
        var random = new Random(1);
        double[] x = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())];
        MlpDataset data = Table(["x", "y"], x.Select(number => new object?[] { number, 1_000_000 + (5 * number) + random.NextDouble() }));
        var model = MlpModel.CreateFor(
            ModelEnds.Fit(data, null, new EncodingOptions { Scaling = FeatureScaling.Log }),
            new HiddenLayers([], [Activation.ReLU]),
            Initializer.Default,
            1);
        MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
        Assert.InRange(predictions.Select(prediction => prediction.Prediction).Distinct().Count(), 295, 300);
        double error = predictions.Average(prediction => Math.Abs((double)prediction.Prediction - (double)prediction.Label!));
        Assert.Equal(1, new MlpPredictor(model).Measure(data).MeanAbsoluteError!.Value / error, 1e-5);
    }

    private static void AssertJoined(ColumnKind kind, string type, object?[] first, object?[] second, object?[] expected)
    {
        DataColumn column = Joined(first, second).Columns[0];
        Assert.Equal((kind, type), (column.Kind, column.TypeName));
        Assert.Equal(expected, Enumerable.Range(0, column.Count).Select(column.ValueAt));
    }

    private static MlpDataset Joined(object?[] first, object?[] second) =>
        DatasetParts.Join([.. new[] { first, second }.Select(values => Table(
            ["a", "y"], values.Select((value, i) => new[] { value, i % 2 == 0 ? "p" : "q" })))]);

    private static MlpDataset Table(string[] names, IEnumerable<object?[]> rows)
    {
        var table = new MlpTable("t", names);
        foreach (object?[] row in rows)
            table.Add(row);
        return table.ToDataset(new TableOptions());
    }

    private MlpDataset Read(string name, string text) =>
        TableReader.Read(Write(name, text), new TableReadOptions()).ToDataset(new TableOptions());

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Array(string name, double[] values)
    {
        string header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({values.Length},), }}\n";
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(
            path,
            [
                0x93,
                .. "NUMPY"u8,
                1,
                0,
                (byte)header.Length,
                0,
                .. Encoding.ASCII.GetBytes(header),
                .. values.SelectMany(BitConverter.GetBytes),
            ]);
        return path;
    }
}
