using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What may be misread: it is read right, left text, refused, or told of.</summary>
public sealed class ReadingDoubtTests : IDisposable
{
    private static readonly TableReadOptions _plain = new();

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("HH.mm", "12.30|00.05", "2000-01-01T12:30:00|2000-01-01T00:05:00")]
    [InlineData("d.M.", "1.2.|29.2.|31.12.", "2000-02-01|2000-02-29|2000-12-31")]
    [InlineData("d MMM", "1 Feb|29 feb.", "2000-02-01|2000-02-29")]
    [InlineData("MMM 'y' d", "Feb y 3|Mar y 4", "2000-02-03|2000-03-04")]
    [InlineData("yyyy", "1999|2024", "1999-01-01|2024-01-01")]
    [InlineData("MM/yy", "12/99|01/24", "1999-12-01|2024-01-01")]
    public void What_a_format_leaves_out_does_not_depend_on_today(string format, string values, string expected)
    {
        DataColumn column = Column(values, _plain with { Conventions = new() { DateFormats = [format] } });
        Assert.Equal(expected.Split('|'), Texts(column));
    }

    [Fact]
    public void Times_of_ARFF_do_not_depend_on_today()
    {
        string path =
            Write("t.arff", "@relation r\n@attribute t date \"HH:mm\"\n@attribute d date 'd.M.'\n@data\n12:30,29.2.\n00:00,1.1.\n");
        MlpTable table = TableReader.Read(path, _plain);
        Assert.Equal(["2000-01-01T12:30:00", "2000-01-01"], Texts(table.ColumnAt(0)));
        Assert.Equal(["2000-02-29", "2000-01-01"], Texts(table.ColumnAt(1)));
    }

    [Theory]
    [InlineData("99/12/31|24/01/02", "1999-12-31|2024-01-02")]
    [InlineData("31/12/24|01/02/99", "2024-12-31|1999-02-01")]
    [InlineData("12/31/24|13/01/24", null)]
    [InlineData("24/12/31|24/01/02", null)]
    [InlineData("24/12/31", null)]
    public void Years_of_two_digits_are_known_by_what_is_no_day(string values, string? expected)
    {
        DataColumn column = Column(values, _plain);
        Assert.Equal(expected is null ? ColumnKind.Category : ColumnKind.Date, column.Kind);
        if (expected is not null)
            Assert.Equal(expected.Split('|'), Texts(column));
    }

    [Fact]
    public void Years_in_doubt_are_told_of()
    {
        string path = Write("t.csv", "d,y\n24/12/31,a\n24/01/02,b\n");
        MlpColumn column = ColumnReport.Of(Read(path, _plain)).First();
        Assert.Equal(
            "holds dates such as '24/12/31', which may be written as d/M/yy or yy/M/d, and so counts as texts", column.Warning?.ToString());
    }

    [Theory]
    [InlineData("Tue, 05 Mar 2024 10:00:00 GMT|Wed, 06 Mar 2024 23:59:59 GMT", "2024-03-05T10:00:00|2024-03-06T23:59:59")]
    [InlineData("Tue, 05 Mar 2024 10:00:00 +0200|Wed, 6 Mar 2024 00:00:00 -0130", "2024-03-05T08:00:00|2024-03-06T01:30:00")]
    [InlineData("Tue Mar  5 10:00:00 2024|Sat Mar 16 01:02:03 2024", "2024-03-05T10:00:00|2024-03-16T01:02:03")]
    [InlineData("10/Oct/2000:13:55:36 -0700|11/Oct/2000:00:00:00 +0000", "2000-10-10T20:55:36|2000-10-11")]
    [InlineData("Tuesday, March 5, 2024|Wednesday, March 6, 2024", "2024-03-05|2024-03-06")]
    public void Dates_of_mail_and_servers_are_dates(string values, string expected)
    {
        DataColumn column = Column(values, _plain);
        Assert.Equal(ColumnKind.Date, column.Kind);
        Assert.Equal(expected.Split('|'), Texts(column));
    }

    [Theory]
    [InlineData("Mon, 05 Mar 2024 10:00:00 GMT|Wed, 06 Mar 2024 10:00:00 GMT", "a Tuesday")]
    [InlineData("Tue Mar 32 10:00:00 2024|Sat Mar 16 01:02:03 2024", "no such day")]
    public void A_wrong_day_makes_no_date(string values, string why)
    {
        Assert.NotEmpty(why);
        Assert.Equal(ColumnKind.Category, Column(values, _plain).Kind);
    }

    [Theory]
    [InlineData("00:00:01.123456789|01:02:03.5", 1.1234567, 3723.5)]
    [InlineData("00:00:01.1234567|1.00:00:00.123000000", 1.1234567, 86400.123)]
    public void Time_spans_may_have_nanoseconds(string values, double first, double second)
    {
        DataColumn column = Column(values, _plain);
        Assert.Equal((ColumnKind.Duration, first, second), (column.Kind, column.NumberAt(0), column.NumberAt(1)));
    }

    [Theory]
    [InlineData("12%|5.5 %|100%|-3%", new[] { 0.12, 0.055, 1, -0.03 })]
    [InlineData("5,5%|1.234,5%|7%", new[] { 0.055, 12.345, 0.07 })]
    [InlineData("1e2%|2.5e-1%", new[] { 1, 0.0025 })]
    public void Percents_count_as_what_they_are(string values, double[] expected)
    {
        foreach (TextConventions said in new[] { new TextConventions(), new() { DecimalSeparator = values.Contains(',') ? ',' : '.' } })
            Assert.Equal(expected, Numbers(Column(values, _plain with { Conventions = said })));
    }

    [Fact]
    public void Percents_and_plain_numbers_are_no_column_together()
    {
        Assert.Equal(ColumnKind.Category, Column("5%|5", _plain).Kind);
        Assert.Equal(ColumnKind.Category, Column("5,5%|5,5", _plain with { Conventions = new() { DecimalSeparator = ',' } }).Kind);
        string one = Write("1.csv", "p;y\n5%;a\n"), other = Write("2.csv", "p;y\n0.05;a\n");
        Assert.Equal(ColumnKind.Category, TableReader.Read([one, other], _plain with { Delimiter = ';' }).ColumnAt(0).Kind);
        string rows = string.Concat(Enumerable.Range(0, 3000).Select(i => i < 2000 ? $"{i % 7}%,a\n" : $"{i % 7},b\n"));
        DatasetStream stream = TableReader.OpenStream(
            Write("3.csv", "p,y\n" + rows),
            _plain,
            new TableOptions { Label = ["y"] },
            new StreamOptions { MemoryLimit = 1 << 16 }).Stream!;
        Assert.Equal(ColumnKind.Category, stream.Chunks(null, 0, 0, 1).First().Columns[0].Kind);
    }

    [Fact]
    public void A_model_of_percents_and_one_of_fractions_take_both()
    {
        string rows = "{0},y\n12{1},1\n50{1},2\n75{1},2\n";
        MlpDataset percents = Read(Write("p.csv", string.Format(CultureInfo.InvariantCulture, rows, "p", "%")), _plain);
        MlpDataset fractions = Read(Write("f.csv", "p,y\n0.12,1\n0.5,2\n0.75,2\n"), _plain);
        MlpDataset points = Read(Write("n.csv", string.Format(CultureInfo.InvariantCulture, rows, "p", "")), _plain);
        MlpModel ofPercents = Model(percents), ofFractions = Model(fractions), ofPoints = Model(points);
        float[] expected = Predict(ofPercents, 0.12, out string[] none);
        Assert.Empty(none);
        Assert.Equal(expected, Predict(ofPercents, "12%", out none));
        Assert.Empty(none);
        Assert.Equal(expected, Predict(ofPercents, "0.12", out none));
        Assert.Equal(expected, Predict(ofFractions, "12 %", out string[] told));
        Assert.Equal(["Percents"], told);
        _ = Predict(ofPoints, "12%", out told);
        Assert.Equal(["Percents"], told);
        Assert.Equal(["Percents"], NotesOf(ofPoints, percents));
        Assert.Empty(NotesOf(ofPercents, percents));
    }

    [Theory]
    [InlineData("12345678901234567\n", "12345678901234568\n15\n", "long", "12345678901234567|12345678901234568|15")]
    [InlineData("12345678901234567\n", "1.5\n-0.25\n", "decimal", "12345678901234567|1.5|-0.25")]
    [InlineData("7\n", "12345678901234567890\n\n1\n", "decimal", "7|12345678901234567890||1")]
    [InlineData("12345678901234567\n", "1e300\n", "double", "12345678901234568|1E+300")]
    [InlineData("1\n2\n", "3.5\n", "double", "1|2|3.5")]
    public void Numbers_of_several_files_keep_their_digits(string first, string second, string type, string expected)
    {
        static string Rows(string values) => "a,y\n" + values.Replace("\n", ",x\n", StringComparison.Ordinal);
        DataColumn together = TableReader.Read([Write("1.csv", Rows(first)), Write("2.csv", Rows(second))], _plain).ColumnAt(0);
        DataColumn whole = TableReader.Read(Write("3.csv", Rows(first + second)), _plain).ColumnAt(0);
        foreach (DataColumn column in new[] { together, whole })
        {
            Assert.Equal((ColumnKind.Number, type), (column.Kind, column.TypeName == "int" ? "long" : column.TypeName));
            Assert.Equal(expected.Split('|'), Texts(column).Select(text => text ?? ""));
        }
    }

    [Fact]
    public void The_least_whole_number_is_there()
    {
        DataColumn column = Column("-9223372036854775808|1", _plain);
        Assert.Equal((0, "-9223372036854775808"), (column.MissingCount, column.TextAt(0)));
        var table = new MlpTable("objects", ["a"]);
        table.Add([long.MinValue]);
        table.Add([1L]);
        Assert.Equal((0, "-9223372036854775808"), (table.ColumnAt(0).MissingCount, table.ColumnAt(0).TextAt(0)));
    }

    [Theory]
    [InlineData("d\n31/12/2024\n2/1/2024\n", "d\n1/2/2024\n3/4/2024\n", "read as dates because that of 1")]
    [InlineData("d;n\n1,5;1\n2,25;2\n", "d;n\n1.500;1\n2.250;2\n", "read as that of 1")]
    [InlineData("d;n\n1,5;1\n2,25;2\n", "d;n\n1,500;1\n2,250;2\n", "read as that of 1")]
    [InlineData("d;n\n1,5;1\n2,25;2\n", "d;n\n1;1\n2;2\n", null)]
    [InlineData("d;n\n1,5;1\n2,25;2\n", "d;n\n1,5;1\n2,75;2\n", null)]
    public void What_one_file_decides_for_another_is_told_of(string first, string second, string? expected)
    {
        MlpTable table = TableReader.Read([Write("1.csv", first), Write("2.csv", second)], _plain);
        if (expected is null)
            Assert.Empty(table.Warnings);
        else
            Assert.Contains(expected, Assert.Single(table.Warnings).ToString().Replace(_folder + Path.DirectorySeparatorChar, ""));
    }

    [Fact]
    public void Files_that_contradict_each_other_are_not_mixed()
    {
        MlpTable table = TableReader.Read([Write("1.csv", "d,y\n31/12/2024,1\n"), Write("2.csv", "d,y\n12/31/2024,1\n")], _plain);
        Assert.Equal(["31/12/2024", "12/31/2024"], Texts(table.ColumnAt(0)));
        table = TableReader.Read([Write("1.csv", "d;y\n1,5;1\n2,25;2\n3,5;2\n"), Write("2.csv", "d;y\n1.25;1\n7;1\n")], _plain);
        Assert.Equal(["1,5", "2,25", "3,5", "1.25", "7"], Texts(table.ColumnAt(0)));
    }

    [Fact]
    public void Numbers_with_a_point_are_taken_like_those_of_any_origin_with_commas()
    {
        string first = Write("1.csv", "a;y\n1,5;1\n2,25;2\n"), second = Write("2.csv", "a;y\n3,5;1\n7;2\n");
        string points = Write("3.csv", "a;y\n12.375;1\n"), more = Write("4.csv", "a;y\n2.5;1\n");
        TextConventions[] known =
        [
            Read(first, _plain).Conventions!,
            TableReader.Read([first, second], _plain).ToDataset(new TableOptions { Label = ["y"] }).Conventions!,
            TableReader.OpenStream(first, _plain, new TableOptions { Label = ["y"] }, new StreamOptions { MemoryLimit = 1 << 20 })
                .Stream!.Chunks(null, 0, 0, 1).First().Conventions!,
        ];
        foreach (TextConventions conventions in known)
        {
            TableReadOptions like = _plain with { Delimiter = ';', Conventions = conventions };
            Assert.Equal(12.375, TableReader.Read(points, like).ColumnAt(0).NumberAt(0));
            Assert.Equal([12.375, 2.5], Numbers(TableReader.Read([points, more], like).ColumnAt(0)));
            MlpDataset stream =
                TableReader.OpenStream(points, like, new TableOptions { Label = ["y"] }, new StreamOptions { MemoryLimit = 1 << 20 });
            Assert.Equal(12.375, stream.Stream!.Chunks(null, 0, 0, 1).First().Columns[0].NumberAt(0));
        }
    }

    [Theory]
    [InlineData("1.5|2.25")]
    [InlineData("1.5|a|b")]
    [InlineData("1.5")]
    [InlineData(".5|1,5")]
    [InlineData("1.5e3|1,5")]
    [InlineData("1.5|7")]
    public void A_point_is_no_comma(string values)
    {
        TableReadOptions comma = _plain with { Conventions = new() { DecimalSeparator = ',' } };
        Assert.Equal(ColumnKind.Category, Column(values, comma).Kind);
        var asked = comma with { KindOf = name => name == "v" ? ColumnKind.Number : null };
        Assert.Throws<MlpException>(() => Column(values, asked));
        Assert.Throws<MlpException>(() => TableReader.OpenStream(
            Path.Combine(_folder, "column.csv"),
            asked with { Delimiter = ';' },
            new TableOptions { Label = ["y"] },
            new StreamOptions { MemoryLimit = 1 << 20 }));
    }

    [Fact]
    public void A_culture_may_write_years_short_or_whole()
    {
        var american = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        american.DateTimeFormat.ShortDatePattern = "M/d/yyyy";
        Assert.Equal(["2024-01-02", "2024-01-03"], Texts(Column("1/2/24|1/3/2024", _plain.In(american))));
        american.DateTimeFormat.ShortDatePattern = "dd/MM/yy";
        Assert.Equal(["2024-02-01", "2024-03-01"], Texts(Column("1/2/24|01/3/2024", _plain.In(american))));
    }

    [Fact]
    public void A_culture_of_another_calendar_or_point_is_refused_unless_the_file_is_said_to_have_ours()
    {
        var thai = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        thai.DateTimeFormat = ThaiDates();
        Assert.Equal("OtherCalendar", Assert.Throws<MlpException>(() => _plain.In(thai)).ErrorId);
        TableReadOptions said = (_plain with { Conventions = new() { DateFormats = ["d/M/yyyy"] } }).In(thai);
        Assert.Equal(["2024-02-01"], Texts(Column("1/2/2024", said)));
        var persian = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        persian.NumberFormat.NumberDecimalSeparator = "٫";
        Assert.Equal("InvalidDecimalSeparator", Assert.Throws<MlpException>(() => _plain.In(persian)).ErrorId);
        Assert.Equal([1.5], Numbers(Column("1.5", (_plain with { Conventions = new() { DecimalSeparator = '.' } }).In(persian))));
    }

    [Theory]
    [InlineData("\"a\" \"b\" \"y\"\n\"1\" 1,5 2 \"x\"\n\"2\" 2,5 3 \"y\"\n", 1.5)]
    [InlineData("\"a\" \"b\" \"y\"\n\"1\" 1.5 2 \"x, z\"\n\"2\" 2.5 3 \"y, z\"\n", 1.5)]
    [InlineData("\"a\" \"b\" \"y\"\n1,5 2 \"x\"\n2,5 3 \"y\"\n", 1.5)]
    [InlineData("\"a\",\"b\",\"y\"\n\"1\",1.5,2,\"x 1\"\n\"2\",2.5,3,\"y 2\"\n", 1.5)]
    public void A_comma_in_every_row_of_R_separates_nothing(string content, double first)
    {
        MlpTable table = TableReader.Read(Write("r.txt", content), _plain);
        Assert.Equal(["a", "b", "y"], table.ColumnNames.TakeLast(3));
        Assert.Equal(first, table.ColumnAt(table.Find("a")).NumberAt(0));
    }

    [Fact]
    public void Parts_of_features_from_0_on_keep_their_numbers()
    {
        string whole = Write("w.svm", "1 0:2 2:4\n0 1:5 2:1\n"), part = Write("p.svm", "1 1:7\n0 2:3\n");
        MlpTable like = TableReader.Read(part, _plain with { FeatureCount = 3, FirstFeature = 0 });
        MlpTable together = TableReader.Read([part, whole], _plain);
        foreach (MlpTable table in new[] { like, together })
        {
            Assert.Equal(["label", "0", "1", "2"], table.ColumnNames);
            Assert.Equal((7, 3), (table.ColumnAt(2).NumberAt(0), table.ColumnAt(3).NumberAt(1)));
        }
    }

    [Fact]
    public void Bytes_of_an_array_come_back_as_bytes()
    {
        var data = new MlpDataset("bytes", [1, 2, 254, 255], null, 2, []);
        Assert.Equal(new byte[] { 254, 255 }, DatasetRows.Of(data).Last()[0].Value);
    }

    private static DateTimeFormatInfo ThaiDates()
    {
        // A calendar can only be set where the culture has it, which not every machine knows.
        var dates = (DateTimeFormatInfo)DateTimeFormatInfo.InvariantInfo.Clone();
        typeof(DateTimeFormatInfo).GetField("calendar", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .SetValue(dates, new ThaiBuddhistCalendar());
        return dates;
    }

    [Fact]
    public void Points_where_a_comma_is_said_to_stand_are_told()
    {
        string rows = string.Concat(Enumerable.Range(1, 40).Select(i => $"{i % 9}.{i % 7}5;{i % 5},5;{i % 2}\n"));
        MlpDataset data = Read(Write("points.csv", $"x;z;y\n{rows}"), _plain with { Conventions = new() { DecimalSeparator = ',' } });
        Assert.Equal(
            "The column x holds numbers with a point before the fraction, such as '1.15', and is read as with a comma, so that they "
            + "are texts. Have it read as it is written.",
            Assert.Single(ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions()))).ToString());
    }

    private static MlpModel Model(MlpDataset data) =>
        MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);

    private static float[] Predict(MlpModel model, object value, out string[] notes)
    {
        var predictor = new MlpPredictor(model);
        float[] probabilities = [.. predictor.Predict([value], _ => null).Probabilities];
        notes = [.. predictor.Notes.Sentences.Select(note => note.Id)];
        return probabilities;
    }

    private static string[] NotesOf(MlpModel model, MlpDataset data)
    {
        var predictor = new MlpPredictor(model);
        _ = predictor.Predict(data).Count();
        return [.. predictor.Notes.Sentences.Select(note => note.Id)];
    }

    private static double[] Numbers(DataColumn column) => [.. Enumerable.Range(0, column.Count).Select(column.NumberAt)];

    private static string?[] Texts(DataColumn column) => [.. Enumerable.Range(0, column.Count).Select(column.TextAt)];

    private static MlpDataset Read(string path, TableReadOptions options) =>
        TableReader.Read(path, options).ToDataset(new TableOptions { Label = ["y"] });

    private DataColumn Column(string values, TableReadOptions options) => Read(
        Write("column.csv", "v;y\n" + string.Concat(values.Split('|').Select((text, i) => $"{text};{i % 2}\n"))),
        options with { Delimiter = ';' }).Columns[0];

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
