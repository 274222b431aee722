using System.IO.Compression;
using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Files of other programs, of which nothing is said: references/make_foreign.py says what they hold.</summary>
public sealed class ForeignFileTests : IDisposable
{
    private static readonly TableReadOptions _plain = new();
    private static readonly string _foreign = Path.Combine(AppContext.BaseDirectory, "references", "foreign");

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-foreign-").FullName;

    public static TheoryData<string> Files { get; } =
        [.. Directory.GetFiles(_foreign).Select(path => Path.GetFileName(path)!).Where(name => name != "expected.json").Order()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_holds_what_other_readers_find_in_it(string name)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllText(Path.Combine(_foreign, "expected.json")));
        JsonElement expected = all.RootElement.GetProperty(name);
        MlpTable table = TableReader.Read(Path.Combine(_foreign, name), _plain);
        Assert.Equal(expected.GetProperty("columns").EnumerateArray().Select(column => column.GetString()), table.ColumnNames);
        Assert.Equal(expected.GetProperty("rows").GetArrayLength(), table.Count);
        for (int row = 0; row < table.Count; row++)
        {
            for (int place = 0; place < table.ColumnNames.Count; place++)
            {
                JsonElement value = expected.GetProperty("rows")[row][place];
                DataColumn column = table.ColumnAt(place);
                Assert.True(value.ValueKind switch
                {
                    JsonValueKind.Null => column.IsMissing(row),
                    JsonValueKind.Number => column.Kind == ColumnKind.Number && column.NumberAt(row) == value.GetDouble(),
                    JsonValueKind.String => column.Kind is ColumnKind.Category or ColumnKind.Date
                        && column.TextAt(row) == value.GetString(),
                    _ => column.ValueAt(row) is bool flag && flag == value.GetBoolean(),
                }, $"{name}, {column.Name}, row {row}: {column.ValueAt(row)} instead of {value}");
            }
        }
    }

    [Theory]
    [InlineData("mac.csv")]
    [InlineData("dos.csv")]
    [InlineData("blanks.csv")]
    [InlineData("german.csv")]
    [InlineData("write-table.txt")]
    public void A_stream_reads_them_alike(string name)
    {
        string path = Path.Combine(_foreign, name);
        var options = new TableOptions { Label = ["-1"] };
        MlpDataset whole = TableReader.Read(path, _plain).ToDataset(options);
        MlpDataset streamed = TableReader.OpenStream(path, _plain, options, new StreamOptions { MemoryLimit = 1 << 24 })
            .Stream!.Chunks(null, 0, 0, 1).Single();
        Assert.Equal(Rows(whole), Rows(streamed));
    }

    [Fact]
    public void What_late_rows_tell_holds_for_a_whole_stream()
    {
        string path = Path.Combine(_folder, "late.csv");
        File.WriteAllText(path, "d;n;m;y\n" + string.Concat(Enumerable.Range(0, 3000).Select(i =>
            $"{(i == 2900 ? "31/05/2024" : $"0{1 + (i % 9)}/06/2024")};{(i == 2500 ? "0,5" : "2")};1.{i % 900 + 100};{i % 2}\n")) + "  \n");
        var options = new TableOptions { Label = ["y"] };
        MlpDataset whole = TableReader.Read(path, _plain).ToDataset(options);
        Assert.Equal([ColumnKind.Date, ColumnKind.Number, ColumnKind.Number], whole.Columns.Select(column => column.Kind));
        Assert.Equal((0.5, 1100.0), (whole.Columns[1].NumberAt(2500), whole.Columns[2].NumberAt(0)));
        MlpDataset streamed = TableReader.OpenStream(path, _plain, options, new StreamOptions { MemoryLimit = 400_000 });
        Assert.True(streamed.Parts().Count() > 2);
        Assert.Equal(Rows(whole), streamed.Parts().SelectMany(Rows));
    }

    [Fact]
    public void A_model_remembers_how_its_columns_were_written()
    {
        string path = Path.Combine(_folder, "train.csv"), one = Path.Combine(_folder, "one.csv");
        File.WriteAllText(path, "n;d;y\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"{i},25;{1 + (i % 28)}/3/2024;{i % 2}\n")));
        File.WriteAllText(one, "n;d\n1,500;4/3/2024\n");
        MlpDataset data = TableReader.Read(path, _plain).ToDataset(new TableOptions { Label = ["y"] });
        MlpModel made = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);
        using var file = new MemoryStream(ModelFile.ToBytes(made));
        foreach (MlpModel model in new[] { made, ModelFile.Read(file) })
        {
            DatasetSchema schema = DatasetSchema.Of(model)!;
            MlpTable table = TableReader.Read(one, _plain with
            {
                Conventions = new TextConventions().Over(schema.Conventions),
                KindOf = name => schema.Kinds.TryGetValue(name, out ColumnKind kind) ? kind : null,
            });
            Assert.Equal((1.5, "2024-03-04"), (table.ColumnAt(0).NumberAt(0), table.ColumnAt(1).TextAt(0)));
            var predictor = new MlpPredictor(model);
            Assert.Equal(
                predictor.Predict([1.5, new DateTime(2024, 3, 4)], _ => null).Probabilities,
                predictor.Predict(["1,500", "4/3/2024"], _ => null).Probabilities);
        }

        // What is said counts more.
        TextConventions said = new TextConventions { DecimalSeparator = '.' }.Over(DatasetSchema.Of(made)!.Conventions);
        Assert.Equal(1500, TableReader.Read(one, _plain with { Conventions = said }).ColumnAt(0).NumberAt(0));
    }

    [Theory]
    [InlineData("a.csv", "x,y\n1,a\n2,b,c\n", "line 3, column 3", "Delimiter")]
    [InlineData("b.csv", "x,y\n1,a\n2\n", "line 3, column 2", "Comment")]
    [InlineData("c.jsonl", "{\"x\": 1}\n{\"x\": [1]}\n", "line 2: x is a list", "")]
    [InlineData("d.jsonl", "{\"x\": 1}\n{\"x\": 1,}\n", "line 2: it is no JSON", "")]
    [InlineData("e.jsonl", "{\"x\": 1}\n{\"x\": 1, \"x\": 2}\n", "line 2: x occurs twice", "")]
    [InlineData("f.svm", "1 1:2\n1,2 1:3\n", "line 2: '1,2' are several labels", "")]
    [InlineData("g.svm", "1 1:2\n0 3:1 2:1\n", "line 2: '2' is no number of a feature above", "")]
    [InlineData("h.svm", "1 1:2\n0 1:x\n", "line 2: the value 'x' is no number", "")]
    public void An_error_says_where_and_what_helps(string name, string content, string where, string option)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        MlpException failure = Assert.Throws<MlpException>(() => TableReader.Read(path, _plain));
        Assert.Contains(where, failure.Message);
        Assert.Contains(option, failure.Text.ToString(TestData.Say));
    }

    [Fact]
    public void A_separator_is_a_point_or_a_comma()
    {
        TableReadOptions options = _plain with { Conventions = new() { DecimalSeparator = ';' } };
        Assert.Equal(
            "InvalidDecimalSeparator",
            Assert.Throws<MlpException>(() => TableReader.Read(Path.Combine(_foreign, "german.csv"), options)).ErrorId);
    }

    [Fact]
    public void Sparse_rows_and_weights_of_ARFF_are_read()
    {
        string path = Path.Combine(_folder, "sparse.arff");
        File.WriteAllText(path, "@relation r\n@attribute n numeric\n@attribute c {'it\\'s',b}\n@attribute when date 'dd.MM.yyyy HH:mm'\n"
            + "@attribute z {u,v,w}\n@data\n{0 2.5, 2 \"01.02.2024 12:30\", 3 v}, {2}\n{1 b}\n1\tb  '31.12.2023 00:00',w,\n");
        MlpDataset data = TableReader.Read(path, _plain).ToDataset(new TableOptions());
        Assert.Equal([2f, 1, 1], data.SampleWeights);
        Assert.Equal("z", data.LabelColumns[0].Name);
        Assert.Equal(["u", "v", "w"], data.ClassNames);
        Assert.Equal(["v", "u", "w"], Enumerable.Range(0, 3).Select(data.LabelColumns[0].TextAt));
        Assert.Equal([2.5, 0, 1], Enumerable.Range(0, 3).Select(data.Columns[0].NumberAt));
        Assert.Equal(["it's", "b", "b"], Enumerable.Range(0, 3).Select(data.Columns[1].TextAt));
        Assert.Equal(["2024-02-01T12:30:00", null, "2023-12-31"], Enumerable.Range(0, 3).Select(data.Columns[2].TextAt));
    }

    [Fact]
    public void Several_files_are_one_table_by_the_names_of_their_columns()
    {
        string[] paths = [.. new[] { "a.csv", "b.csv", "c.csv" }.Select(name => Path.Combine(_folder, name))];
        File.WriteAllText(paths[0], "x;t;y\n1.200;5;a\n2.300;6;b\n");
        File.WriteAllText(paths[1], "t;y;x\nseven;a;0,5\n");
        File.WriteAllText(paths[2], "x;y;t\n7;c;\n");
        MlpTable table = TableReader.Read(paths, _plain);
        Assert.Equal(["x", "t", "y"], table.ColumnNames);
        Assert.Equal([1200, 2300, 0.5, 7], Enumerable.Range(0, 4).Select(table.ColumnAt(0).NumberAt));
        Assert.Equal(["5", "6", "seven", null], Enumerable.Range(0, 4).Select(table.ColumnAt(1).TextAt));
        Assert.Contains("b.csv, line 2", table.PlaceOf(2));
        File.WriteAllText(paths[2], "x;z;t\n7;c;\n");
        MlpException failure = Assert.Throws<MlpException>(() => TableReader.Read(paths, _plain));
        Assert.Contains("c.csv lacks the column y", failure.Message);
    }

    [Fact]
    public void A_zip_archive_of_several_tables_or_of_a_spreadsheet_is_refused()
    {
        foreach ((string[] names, string what) in new[]
        {
            (new[] { "a.csv", "b.csv" }, "a.csv"), (["[Content_Types].xml", "xl/a.xml"], "spreadsheet")
        })
        {
            string path = Path.Combine(_folder, "z.zip");
            using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
            {
                foreach (string name in names)
                    archive.CreateEntry(name).Open().Dispose();
            }

            MlpException failure = Assert.Throws<MlpException>(() => TableReader.Read(path, _plain));
            Assert.Equal("NotATable", failure.ErrorId);
            Assert.Contains(what, failure.Message);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_of_in_an_archive_too()
    {
        string path = Path.Combine(_folder, "z.zip");
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        using (Stream entry = archive.CreateEntry("a.csv").Open())
            entry.Write([(byte)'x', (byte)'\n', 0xF6, (byte)'\n']);
        Assert.Contains("line 2: the bytes F6", Assert.Throws<MlpException>(() => TableReader.Read(path, _plain)).Message);
    }

    [Fact]
    public void Zeros_to_the_number_of_features_are_read_and_more_are_refused()
    {
        string path = Path.Combine(_foreign, "sparse.svm");
        Assert.Equal("6", TableReader.Read(path, _plain with { FeatureCount = 6 }).ColumnNames[^1]);
        Assert.Equal(
            "FeatureCountTooLow",
            Assert.Throws<MlpException>(() => TableReader.Read(path, _plain with { FeatureCount = 3 })).ErrorId);
        MlpDataset data = TableReader.Read(path, _plain).ToDataset(new TableOptions());
        Assert.Equal(("label", "qid"), (data.LabelColumns[0].Name, data.AsideColumns[0].Name));
    }

    [Theory]
    [InlineData("a.svm", "1 1:2\n-1 77771:4\n", "FeatureCountTooHigh")]
    [InlineData("a.arff", "@relation r\n@attribute d date d\n@data\n2024-01-01\n", "WrongKind")]
    [InlineData("a.arff", "@relation r\n@attribute d {\u001b]0;t\u0007}\n@data\nx\n", "WrongKind")]
    [InlineData("a.csv", "sep=\"\na;b\n1;2\n", null)]
    public void What_breaking_files_has_found_is_a_sentence_that_can_be_shown(string name, string content, string? errorId)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        MlpException? failure = (MlpException?)Record.Exception(() => TableReader.Read(path, _plain));
        if (errorId is not null)
            Assert.Equal(errorId, failure?.ErrorId);
        Assert.Equal(Printable.Of(failure?.Message ?? string.Empty), failure?.Message ?? string.Empty);
    }

    [Fact]
    public void Names_of_months_of_a_culture_are_read_where_it_is_said()
    {
        System.Globalization.CultureInfo german = Cultures.Of("German");
        german.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        string[] months =
            ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember", ""];
        german.DateTimeFormat.MonthGenitiveNames = months;
        german.DateTimeFormat.AbbreviatedMonthGenitiveNames = [.. months.Select(name => name.Length > 3 ? name[..3] + "." : name)];
        string path = Path.Combine(_folder, "months.csv");
        File.WriteAllText(path, "d;y\n31. Dezember 2024;1\n1. Mär. 2024;2\n2 May 2024;3\n05.06.2024;4\n");
        DataColumn column = TableReader.Read(path, _plain.In(german)).ColumnAt(0);
        Assert.Equal(["2024-12-31", "2024-03-01", "2024-05-02", "2024-06-05"], Enumerable.Range(0, 4).Select(column.TextAt));
    }

    [Fact]
    public async Task A_pipe_is_read_to_its_end_and_left_when_nobody_writes()
    {
        if (OperatingSystem.IsWindows())
            return;
        string pipe = Path.Combine(_folder, "pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task writing = Task.Run(() => File.WriteAllText(pipe, "x,y\n1,a\n2,b\n"), TestContext.Current.CancellationToken);
        using (var piped = PipedFile.Of(pipe, CancellationToken.None))
        {
            Assert.True(piped.IsCopy);
            Assert.Equal(2, TableReader.Read(piped.Path, _plain).Count);
        }

        await writing;
        using var stop = new CancellationTokenSource(100);
        Assert.ThrowsAny<OperationCanceledException>(() => PipedFile.Of(pipe, stop.Token));
        File.WriteAllText(Path.Combine(_folder, "empty"), string.Empty);
        Assert.False(PipedFile.Of(Path.Combine(_folder, "empty"), CancellationToken.None).IsCopy);

        // Whoever still waits for the pipe gets its end.
        await File.WriteAllTextAsync(pipe, string.Empty, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Reading_stops_when_asked()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        string references = Path.Combine(AppContext.BaseDirectory, "references");
        Assert.ThrowsAny<OperationCanceledException>(() => TableReader.Read(Path.Combine(_foreign, "mac.csv"), _plain, stopped.Token));
        Assert.ThrowsAny<OperationCanceledException>(
            () => NumpyReader.Read(Path.Combine(references, "numpy", "f4.npy"), new NumpyReadOptions(), stopped.Token));
        Assert.ThrowsAny<OperationCanceledException>(
            () => PictureReader.ReadFolder(references, new ImageShape(28, 28), normalize: false, null, stopped.Token));
    }

    private static IEnumerable<string> Rows(MlpDataset data) =>
        DatasetRows.Of(data).Select(row => string.Join(' ', row.Select(pair => pair.Value)));
}
