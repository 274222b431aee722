using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Tables as other programs and other countries write them.</summary>
public sealed partial class TableTextTests : IDisposable
{
    private static readonly TableReadOptions _plain = new();

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("1,5|2,25|-0,125|7", new[] { 1.5, 2.25, -0.125, 7 })]
    [InlineData("1.234,5|2|12.345.678,25", new[] { 1234.5, 2, 12345678.25 })]
    [InlineData("1,234.5|2|1,234,567", new[] { 1234.5, 2, 1234567 })]
    [InlineData("1,234,567|1,234", new[] { 1234567.0, 1234 })]
    [InlineData("1.234.567|1.234|12", new[] { 1234567.0, 1234, 12 })]
    [InlineData("1'234.5|12|1’000’000", new[] { 1234.5, 12, 1000000 })]
    [InlineData("1 234,5|12|1\u00A0000\u202F000,25", new[] { 1234.5, 12, 1000000.25 })]
    [InlineData("5%|12.5 %|-3%", new[] { 0.05, 0.125, -0.03 })]
    [InlineData("5,5%|12%", new[] { 0.055, 0.12 })]
    [InlineData("0,500|1,250", new[] { 0.5, 1.25 })]
    [InlineData("1234,567|1,250", new[] { 1234.567, 1.25 })]
    [InlineData(",5|-,25|1,5", new[] { 0.5, -0.25, 1.5 })]
    [InlineData("1,5|3,45e-09|1e5|-2,0E+3", new[] { 1.5, 3.45e-9, 1e5, -2000 })]
    [InlineData("1,5||NA|2", new[] { 1.5, double.NaN, double.NaN, 2 })]
    [InlineData("1|2|3|4|5|6|7,5", new[] { 1, 2, 3, 4, 5, 6, 7.5 })]
    public void A_column_of_numbers_is_read_as_it_is_written(string values, double[] expected)
    {
        DataColumn column = Column(values);
        Assert.Equal(ColumnKind.Number, column.Kind);
        Assert.Equal(expected, Enumerable.Range(0, column.Count).Select(column.NumberAt));
    }

    [Theory]
    [InlineData("1,234|5,678", "1,234 may be thousands or not")]
    [InlineData("1,5|1.5", "two ways in one column")]
    [InlineData("1,5|x|y", "most are no numbers")]
    [InlineData("1.2.10|1.3.12", "versions")]
    [InlineData("192.168.100.200|10.0.0.1", "addresses")]
    [InlineData("030 123 456|030 123 457", "telephone numbers")]
    [InlineData("123 456 789|123 456 788", "telephone numbers")]
    [InlineData("007,5|1,5", "a name")]
    [InlineData("1,2,3|1,5", "a list")]
    [InlineData("5%|5", "percents and not")]
    [InlineData("05/06/2024|07/08/2024", "either may be the month")]
    [InlineData("13/01/2024|01/13/2024", "both orders")]
    [InlineData("32.01.2024|01.02.2024", "no such day")]
    [InlineData("01/02/24|02/03/24", "either may be the month")]
    [InlineData("31.12.2024|31.12.24", "two ways in one column")]
    public void What_may_be_read_in_two_ways_stays_text(string values, string why)
    {
        Assert.NotEmpty(why);
        Assert.Equal(ColumnKind.Category, Column(values).Kind);
    }

    [Theory]
    [InlineData("01.03.2024|31.12.2023", "2024-03-01|2023-12-31")]
    [InlineData("1.3.2024 8:05|1.3.2024 17:30:15|2.3.2024", "2024-03-01T08:05:00|2024-03-01T17:30:15|2024-03-02")]
    [InlineData("01/31/2026 14:54:00|02/01/2026 00:00:00", "2026-01-31T14:54:00|2026-02-01")]
    [InlineData("31/01/2026|01/02/2026", "2026-01-31|2026-02-01")]
    [InlineData("1/31/2026 2:54 PM|2/1/2026 12:00 AM", "2026-01-31T14:54:00|2026-02-01")]
    [InlineData("01.02.24|31.12.49|01.01.50", "2024-02-01|2049-12-31|1950-01-01")]
    [InlineData("12/31/24|01/02/99", "2024-12-31|1999-01-02")]
    [InlineData("31-12-2024|01-02-2024", "2024-12-31|2024-02-01")]
    [InlineData("2024/01/31|2024/1/5 12:30:15", "2024-01-31|2024-01-05T12:30:15")]
    [InlineData("31-Dec-2024|1-may-2023", "2024-12-31|2023-05-01")]
    [InlineData("31. December 2024|2. Sep. 2023", "2024-12-31|2023-09-02")]
    [InlineData("Dec 31, 2024 8:05 PM|January 2, 2023", "2024-12-31T20:05:00|2023-01-02")]
    [InlineData("31DEC2024|01MAR2023", "2024-12-31|2023-03-01")]
    [InlineData("2024-01-31 12:00:00 UTC|2024-02-01 00:30:00 UTC", "2024-01-31T12:00:00|2024-02-01T00:30:00")]
    [InlineData("31.01.2024 12:00 +02:00|01.02.2024 00:30 -0130", "2024-01-31T10:00:00|2024-02-01T02:00:00")]
    [InlineData("2024-01-31T12:00:00Z|2024-02-01T12:00:00+01:00", "2024-01-31T12:00:00|2024-02-01T11:00:00")]
    public void A_column_of_dates_is_read_as_it_is_written(string values, string expected)
    {
        DataColumn column = Column(values);
        Assert.Equal(ColumnKind.Date, column.Kind);
        Assert.Equal(expected.Split('|'), Enumerable.Range(0, column.Count).Select(column.TextAt));
    }

    [Fact]
    public void Numbers_written_by_any_culture_are_those_of_the_point()
    {
        var random = new Random(5);
        double[] numbers =
            [.. Enumerable.Range(0, 200).Select(_ => Math.Round((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(7)), 2))];
        foreach ((string point, string group) in new[]
        {
            (",", "."), (".", ","), (",", "\u00A0"), (",", "\u202F"), (".", "’"), (".", "'"), (",", " ")
        })
        {
            var format = new NumberFormatInfo { NumberDecimalSeparator = point, NumberGroupSeparator = group };
            string[] texts = [.. numbers.Select(number => number.ToString("N2", format))];
            DataColumn column = Column(string.Join('|', texts));
            Assert.Equal(ColumnKind.Number, column.Kind);
            Assert.Equal(numbers, Enumerable.Range(0, numbers.Length).Select(column.NumberAt));
        }
    }

    [Fact]
    public void What_is_said_is_done()
    {
        File.WriteAllText(_path, "a;b;d;y\n1,234;1.500;1.2.24;x\n2,5;-;5.2.24;y\n5;999;6.2.24;x\n1e3;k.A.;7.2.24;y\n");
        MlpDataset data = Read(_plain with
        {
            Conventions = new TextConventions { DecimalSeparator = ',', DateFormats = ["d.M.yy"], MissingValues = ["-", "k.A.", "999"] },
        });
        Assert.Equal([1.234, 2.5, 5, 1000], Numbers(data.Columns[0]));
        Assert.Equal([1500, double.NaN, double.NaN, double.NaN], Numbers(data.Columns[1]));
        Assert.Equal("2024-02-05", data.Columns[2].TextAt(1));

        // With a point before the fraction, 1,234 is a thousand and more, and 2,5 is nothing.
        var conventions = new TextConventions { DecimalSeparator = '.', MissingValues = ["-", "999", "K.A.", "2,5"] };
        TableReadOptions point = _plain with { Conventions = conventions };
        Assert.Equal([1234, double.NaN, 5, 1000], Numbers(Read(point).Columns[0]));
        Assert.Equal([1.5, double.NaN, double.NaN, double.NaN], Numbers(Read(point).Columns[1]));
        Assert.Contains("'2,5'", Assert.Throws<MlpException>(() => Read(point with
        {
            Conventions = conventions with { MissingValues = ["-", "k.A."] },
        })).Message);
    }

    [Theory]
    [InlineData(',', "1.234,5|1'234,5|1 234,5|1\u202F234,5|1234,5", 1234.5)]
    [InlineData('.', "1,234.5|1'234.5|1 234.5|1’234.5|1234.5", 1234.5)]
    [InlineData(',', "12,5 %|12,5%|12,50 %", 0.125)]
    public void What_stands_before_the_fraction_leaves_what_stands_between_groups_open(char separator, string values, double expected)
    {
        File.WriteAllText(_path, "v;y\n" + string.Concat(values.Split('|').Select((text, i) => $"{text};{i % 2}\n")));
        DataColumn column = Read(_plain with { Delimiter = ';', Conventions = new() { DecimalSeparator = separator } }).Columns[0];
        Assert.Equal(Enumerable.Repeat(expected, column.Count), Numbers(column));
    }

    [Fact]
    public void A_text_as_long_as_a_book_is_no_number()
    {
        string digits = string.Join(',', Enumerable.Repeat("123", 300_000));
        File.WriteAllText(_path, $"v;y\n{digits};1\n{digits};2\n");
        foreach (char? separator in new char?[] { null, ',', '.' })
        {
            DataColumn column = Read(_plain with { Delimiter = ';', Conventions = new() { DecimalSeparator = separator } }).Columns[0];
            Assert.Equal(ColumnKind.Category, column.Kind);
        }
    }

    [Fact]
    public void A_stray_text_among_numbers_is_a_mistake_however_they_are_written()
    {
        File.WriteAllText(_path, "v;y\n0,5;1\n1,5;2\nk.A.;3\n2,25;4\n");
        var failure = Assert.Throws<MlpException>(() => Read(_plain));
        Assert.Contains("line 4", failure.Message);
        Assert.Contains("[MissingValues 'k.A.']", failure.Text.ToString(TestData.Say));
    }

    [Fact]
    public void A_model_remembers_what_was_said_of_its_source()
    {
        File.WriteAllText(_path, "n;d;c;y\n" + string.Concat(Enumerable.Range(1, 60).Select(i =>
            $"{(i == 7 ? "999" : $"{i}.000")};{1 + (i % 28)}.1.24;{(i % 9 == 0 ? "-" : i % 2 == 0 ? "a" : "b")};{i}\n")));
        var options = _plain with
        {
            Conventions = new() { DecimalSeparator = ',', DateFormats = ["d.M.yy"], MissingValues = ["999", "-"] },
        };
        foreach (MlpDataset data in new[] { Read(options), Streamed(options) })
        {
            MlpModel made = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);
            using var file = new MemoryStream(ModelFile.ToBytes(made));
            foreach (MlpModel model in new[] { made, ModelFile.Read(file) })
            {
                object Of(params object?[] row) => new MlpPredictor(model).Predict(row, _ => null).Prediction;
                Assert.Equal(Of(5000, new DateTime(2024, 1, 6), "b"), Of("5.000", "6.1.24", "b"));
                Assert.Equal(Of(null, new DateTime(2024, 1, 6), null), Of("999", "6.1.24", "-"));
                Assert.NotEqual(Of(5, new DateTime(2024, 1, 6), "b"), Of("5.000", "6.1.24", "b"));
            }
        }
    }

    [Fact]
    public void A_culture_tells_both()
    {
        File.WriteAllText(_path, "a;d;y\n1,234;01.02.2024;x\n2,5;05.02.2024 12:30;y\n");
        CultureInfo german = Cultures.Of("German");
        german.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        MlpDataset data = Read(_plain.In(german));
        Assert.Equal([1.234, 2.5], Numbers(data.Columns[0]));
        Assert.Equal("2024-02-05T12:30:00", data.Columns[1].TextAt(1));
    }

    [Fact]
    public void Rows_to_predict_for_may_be_written_like_the_table()
    {
        File.WriteAllText(
            _path,
            "a;d;y\n" + string.Concat(Enumerable.Range(1, 28).Select(i => $"{i},5;{i:00}.02.2024;{(i % 2 == 0 ? "even" : "odd")}\n")));
        MlpDataset data = Read(_plain);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);
        float[] expected = [.. new MlpPredictor(model).Predict(data).First().Probabilities];
        Assert.Equal(expected, new MlpPredictor(model).Predict(["1,5", "01.02.2024"], _ => null).Probabilities);
        Assert.Equal(expected, new MlpPredictor(model).Predict([1.5, "2024-02-01"], _ => null).Probabilities);

        // The commas of the table tell that this is no thousand.
        Assert.Equal(expected, new MlpPredictor(model).Predict(["1,500", "01.02.2024"], _ => null).Probabilities);
        Assert.Throws<MlpException>(() => new MlpPredictor(model).Predict(["one", "01.02.2024"], _ => null));
    }

    private static void AssertSmall(MlpDataset data)
    {
        Assert.Equal(["a"], data.Columns.Select(column => column.Name));
        Assert.Equal([1.0, 2], Numbers(data.Columns[0]));
        Assert.Equal(["x", "y"], Enumerable.Range(0, 2).Select(data.LabelColumns[0].TextAt));
    }

    private static double[] Numbers(DataColumn column) => [.. Enumerable.Range(0, column.Count).Select(column.NumberAt)];

    private DataColumn Column(string values)
    {
        string[] texts = values.Split('|');
        File.WriteAllText(_path, "value;y\n" + string.Concat(texts.Select((text, i) => $"{text};{i % 2}\n")));
        DataColumn column =
            TableReader.Read(_path, _plain with { Delimiter = ';' }).ToDataset(new TableOptions { Label = ["y"] }).Columns[0];

        // Objects are read as files are, and a stream as its file.
        var table = new MlpTable("objects", ["value", "y"]);
        for (int i = 0; i < texts.Length; i++)
            table.Add([texts[i], i % 2]);
        DataColumn ofObjects = table.ToDataset(new TableOptions { Label = ["y"] }).Columns[0];
        DataColumn ofStream = Streamed(_plain with { Delimiter = ';' }).Columns[0];
        foreach (DataColumn other in new[] { ofObjects, ofStream })
        {
            Assert.Equal(column.Kind, other.Kind);
            Assert.Equal(Enumerable.Range(0, texts.Length).Select(column.TextAt), Enumerable.Range(0, texts.Length).Select(other.TextAt));
        }

        return column;
    }

    private MlpDataset Read(TableReadOptions options) => TableReader.Read(_path, options).ToDataset(new TableOptions { Label = ["y"] });

    /// <summary>The rows of a file that is streamed, which is one chunk.</summary>
    private MlpDataset Streamed(TableReadOptions options) =>
        TableReader.OpenStream(_path, options, new TableOptions { Label = ["y"] }, new StreamOptions { MemoryLimit = 1 << 24 })
            .Stream!.Chunks(null, 0, 0, 1).Single();
}
