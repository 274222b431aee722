using System.Text.Json;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Parquet files of other programs: references/parquet/README.md says which.</summary>
public sealed class ParquetTests : IDisposable
{
    private static readonly TableReadOptions _plain = new();
    private static readonly string _references = Path.Combine(AppContext.BaseDirectory, "references", "parquet");
    private static readonly string _snappy = Path.Combine(_references, "snappy.parquet");

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.parquet");

    public static TheoryData<string> Files { get; } =
        [.. Directory.GetFiles(_references, "*.parquet").Select(path => Path.GetFileName(path)!).Order()];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_Arrow_holds_what_was_written(string name)
    {
        MlpTable table = TableReader.Read(Path.Combine(_references, name), _plain);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(_references, "expected.json")));
        Assert.Equal(expected.RootElement.EnumerateObject().Select(column => column.Name), table.ColumnNames);
        Assert.Equal(46, table.Count);
        foreach (JsonProperty column in expected.RootElement.EnumerateObject())
        {
            DataColumn read = table.ColumnAt(table.Find(column.Name));
            for (int row = 0; row < table.Count; row++)
                AssertSame(column.Value[row], read.ValueAt(row), $"{name}, {column.Name}, row {row}");
        }
    }

    [Fact]
    public void Values_keep_their_types()
    {
        MlpTable table = TableReader.Read(_snappy, _plain);
        Assert.Equal(
            "flag:bool small:SByte port:UInt16 count:int id:long large:UInt64 single:float double:double price:decimal name:string "
            + "all different:string day:DateOnly clock:DateTime moment:DateTime nanos:DateTime time:TimeOnly nothing:int",
            string.Join(' ', table.ColumnNames.Select((name, place) => $"{name}:{table.ColumnAt(place).TypeName}")));
        Assert.Equal(DateTimeKind.Utc, ((DateTime)table.ColumnAt(table.Find("moment")).ValueAt(0)!).Kind);
        Assert.Equal(DateTimeKind.Unspecified, ((DateTime)table.ColumnAt(table.Find("clock")).ValueAt(0)!).Kind);
        Assert.Equal(
            [ColumnKind.Boolean, ColumnKind.Number, ColumnKind.Category, ColumnKind.Date, ColumnKind.Duration],
            new[] { "flag", "price", "name", "day", "time" }.Select(name => table.ColumnAt(table.Find(name)).Kind));
    }

    [Theory]
    [InlineData(0, 46)]
    [InlineData(0, 5)]
    [InlineData(20, 6)]
    [InlineData(23, 23)]
    [InlineData(30, 100)]
    [InlineData(45, 1)]
    public void Rows_can_be_chosen_over_the_bounds_of_groups(int skip, int first)
    {
        MlpTable whole = TableReader.Read(_snappy, _plain), part = TableReader.Read(_snappy, _plain with { Skip = skip, First = first });
        Assert.Equal(Math.Min(first, 46 - skip), part.Count);
        for (int place = 0; place < whole.ColumnNames.Count; place++)
        {
            Assert.Equal(
                Enumerable.Range(skip, part.Count).Select(whole.ColumnAt(place).ValueAt),
                Enumerable.Range(0, part.Count).Select(part.ColumnAt(place).ValueAt));
        }

        Assert.Equal("EmptyTable", Assert.Throws<MlpException>(() => TableReader.Read(_snappy, _plain with { Skip = 46 })).ErrorId);
    }

    [Fact]
    public void Files_of_any_kind_meet_as_one_set()
    {
        MlpTable one = TableReader.Read(_snappy, _plain);
        MlpTable twice = TableReader.Read([_snappy, Path.Combine(_references, "brotli.parquet")], _plain);
        Assert.Equal(92, twice.Count);
        Assert.Equal(one.ColumnAt(4).ValueAt(3), twice.ColumnAt(4).ValueAt(49));
        Assert.Equal("long", twice.ColumnAt(4).TypeName);
        Assert.Equal(one.ColumnNames, TableReader.NamesOf(_snappy, _plain));
        Assert.Equal(DatasetFormat.Parquet, DatasetFormats.Of(_snappy));

        string small = Path.Combine(_references, "small", "t.parquet");
        File.WriteAllText(_path, "w,y,x\n20,1,10\n30,0,20\n");
        MlpTable mixed = TableReader.Read([small, _path], _plain);
        Assert.Equal([1, 2, 3, 4, 10, 20], Enumerable.Range(0, 6).Select(mixed.ColumnAt(mixed.Find("x")).NumberAt));
        Assert.Equal([0, 1, 0, 1, 1, 0], Enumerable.Range(0, 6).Select(mixed.ColumnAt(mixed.Find("y")).NumberAt));
    }

    [Fact]
    public void What_is_left_out_is_not_read()
    {
        var meaning = new TableOptions { Label = ["Y"], IsFeature = name => name == "x" };
        Assert.Equal([false, true, false], new[] { "x", "w", "y" }.Select(meaning.LeavesOut));
        Assert.False((meaning with { Label = ["-1"] }).LeavesOut("w"));
        Assert.False((meaning with { Label = [] }).LeavesOut("w"));
        Assert.False((meaning with { IsAside = name => name == "w" }).LeavesOut("w"));

        // The values of w are damaged.
        string small = Path.Combine(_references, "small", "t.parquet");
        byte[] broken = File.ReadAllBytes(small);
        int second = broken.AsSpan(4).IndexOf("\u0015\u0004\u0015"u8) + 4;
        second += 1 + broken.AsSpan(second + 1).IndexOf("\u0015\u0004\u0015"u8);
        broken[second] = 0xFF;
        File.WriteAllBytes(_path, broken);
        Assert.Equal("FileCorrupt", Assert.Throws<MlpException>(() => TableReader.Read(_path, _plain)).ErrorId);
        MlpDataset data = TableReader.Read(_path, _plain with { IsLeftOut = meaning.LeavesOut }).ToDataset(meaning);
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(data.Columns[0].NumberAt));
    }

    [Fact]
    public void A_data_set_can_be_read_again()
    {
        var meaning = new TableOptions { Label = ["flag"], IsFeature = name => name != "nothing" };
        MlpDataset data = TableReader.Read(_snappy, _plain).ToDataset(meaning);
        Assert.Equal((46, 2, 15), (data.Count, data.ClassCount, data.Columns.Count));
        Assert.Contains("row 24", data.PlaceOf(23));
        Assert.Equal("NotStreamable", Assert.Throws<MlpException>(() => TableReader.OpenStream(
            _snappy, _plain, new TableOptions { Label = ["flag"] }, 1 << 20)).ErrorId);
    }

    [Fact]
    public void Files_of_other_programs_hold_what_they_do()
    {
        MlpTable types = Foreign("alltypes_plain.parquet");
        Assert.Equal(
            "4 True 0 0 0 0 0 0 03/01/09 0 2009-03-01",
            string.Join(' ', types.ColumnNames.Select((_, place) => types.ColumnAt(place).TextAt(0))));
        Assert.Equal(
            "03/01/09 1 2009-03-01T00:01:00",
            string.Join(' ', Enumerable.Range(8, 3).Select(place => types.ColumnAt(place).TextAt(1))));
        Assert.Equal(["1", "2", "24"], new[] { 0, 1, 23 }.Select(Foreign("byte_array_decimal.parquet").ColumnAt(0).TextAt));
        Assert.Equal([1593604800, 1593604801], new[] { 0, 2 }.Select(Foreign("lz4_raw_compressed.parquet").ColumnAt(0).NumberAt));
        Assert.Equal([1593604800, 1593604801], new[] { 0, 2 }.Select(Foreign("hadoop_lz4_compressed.parquet").ColumnAt(0).NumberAt));
        DataColumn flags = Foreign("rle_boolean_encoding.parquet").ColumnAt(0);
        Assert.Equal([true, false, null, true], Enumerable.Range(0, 4).Select(flags.ValueAt));
        Assert.Equal(6, Foreign("sort_columns.parquet").Count);
    }

    [Fact]
    public void Columns_of_lists_and_bytes_are_told_of_once_they_are_wanted()
    {
        MlpTable lists = Foreign("datapage_v2.snappy.parquet");
        Assert.Equal(["a", "b", "c", "d", "e"], lists.ColumnNames);
        Assert.Equal([1, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(lists.ColumnAt(1).NumberAt));
        var failure = Assert.Throws<MlpException>(() => lists.ToDataset(new TableOptions { Label = ["b"] }));
        Assert.Equal("UnreadableColumn", failure.ErrorId);
        Assert.Contains("the column e holds lists or structures. Leave it out", failure.Message);
        Assert.Equal(3, lists.ToDataset(new TableOptions { Label = ["b"], IsFeature = name => name != "e" }).Columns.Count);
        Assert.Equal("UnreadableColumn", Assert.Throws<MlpException>(() => Foreign("nulls.snappy.parquet").ColumnAt(0)).ErrorId);
        Assert.Equal(["\0", "\u0001"], new[] { 0, 1 }.Select(Foreign("binary.parquet").ColumnAt(0).TextAt));
        MlpTable far = Foreign("int96_from_spark.parquet");
        Assert.Contains("dates or times out of range", Assert.Throws<MlpException>(() => far.ColumnAt(0)).Message);
        far = TableReader.Read(Path.Combine(_references, "apache", "int96_from_spark.parquet"), _plain with { First = 4 });
        Assert.Equal("2024-01-01T20:34:56.123456", far.ColumnAt(0).TextAt(0));
        DataColumn halves = Foreign("float16_zeros_and_nans.parquet").ColumnAt(0);
        Assert.Equal([null, (Half)0], new[] { 0, 1 }.Select(halves.ValueAt));
    }

    [Theory]
    [InlineData("ARROW-GH-45185.parquet")]
    [InlineData("PARQUET-1481.parquet")]
    [InlineData("ARROW-RS-GH-6229-LEVELS.parquet")]
    [InlineData("ARROW-RS-GH-6229-DICTHEADER.parquet")]
    [InlineData("datapage_v1-corrupt-checksum.parquet")]
    public void A_broken_file_is_refused(string name)
    {
        var failure = Assert.Throws<MlpException>(() =>
        {
            MlpTable table = Foreign(name);
            for (int place = 0; place < table.ColumnNames.Count; place++)
                table.ColumnAt(place);
        });
        Assert.Contains(name, failure.Message);
    }

    [Fact]
    public void A_file_that_breaks_off_is_never_read_as_whole()
    {
        byte[] whole = File.ReadAllBytes(_snappy);
        for (int length = 4; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.Equal("FileCorrupt", Assert.Throws<MlpException>(() => TableReader.Read(_path, _plain)).ErrorId);
        }
    }

    [Fact]
    public void A_flipped_bit_of_checked_pages_is_found()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(_references, "plain.parquet"));
        MlpTable right = TableReader.Read(Path.Combine(_references, "plain.parquet"), _plain);
        int metadata = BitConverter.ToInt32(whole, whole.Length - 8);
        for (int place = 4; place < whole.Length - 8 - metadata; place += 53)
        {
            byte[] broken = [.. whole];
            broken[place] ^= 0x10;
            File.WriteAllBytes(_path, broken);
            try
            {
                // What is flipped in the head of a page may be its statistics, which nobody looks at.
                MlpTable read = TableReader.Read(_path, _plain);
                for (int column = 0; column < right.ColumnNames.Count; column++)
                {
                    Assert.Equal(
                        Enumerable.Range(0, 46).Select(right.ColumnAt(column).ValueAt),
                        Enumerable.Range(0, 46).Select(read.ColumnAt(column).ValueAt));
                }
            }
            catch (MlpException failure)
            {
                Assert.Equal("FileCorrupt", failure.ErrorId);
            }
        }
    }

    [Fact]
    public void Reading_ends_where_somebody_asks_to_stop()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => TableReader.Read(_snappy, _plain, stop.Token));
    }

    private static MlpTable Foreign(string name) => TableReader.Read(Path.Combine(_references, "apache", name), _plain);

    private static void AssertSame(JsonElement expected, object? value, string where)
    {
        string? text = value switch
        {
            null or bool => null,
            DateOnly day => day.ToString("yyyy-MM-dd"),
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.fff"),
            TimeOnly time => time.ToTimeSpan().ToString("c"),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => $"{value}",
        };
        bool isSame = expected.ValueKind switch
        {
            JsonValueKind.Null => value is null,
            JsonValueKind.True or JsonValueKind.False => value is bool flag && flag == expected.GetBoolean(),
            _ => text == expected.GetString(),
        };
        Assert.True(isSame, $"{where}: {text ?? $"{value}"} instead of {expected}");
    }
}
