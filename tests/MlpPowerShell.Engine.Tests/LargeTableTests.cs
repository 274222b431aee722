using System.Globalization;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Tables of more rows than are split at one go are what they would be row by row.</summary>
public sealed class LargeTableTests : IDisposable
{
    private const int Count = 60_000;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_values_are_in_their_rows_and_their_places_known()
    {
        string path = Write(Row);
        MlpTable table = TableReader.Read(path, new TableReadOptions());
        Assert.Equal(Count, table.Count);
        DataColumn[] columns = [.. Enumerable.Range(0, 5).Select(table.ColumnAt)];
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i, columns[0].ValueAt(i));
            Assert.Equal(NumberOf(i), columns[1].NumberAt(i));
            Assert.Equal(i % 4 == 0 ? null : TextOf(i), columns[2].TextAt(i));
            Assert.Equal(DayOf(i), columns[3].ValueAt(i));
            Assert.Equal(i % 2 == 0, columns[4].ValueAt(i));
        }

        // A header, rows of a line or two, and a blank line behind each thousandth.
        foreach (int i in new[] { 0, 30_001, Count - 1 })
        {
            int breaks = Enumerable.Range(0, i).Count(row => row % 4 != 0 && row % 5 == 0), blank = i / 1_000;
            Assert.Equal($"line {2 + i + breaks + blank}", table.PlaceOf(i));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 20_000)]
    [InlineData(17_003, 25_000)]
    [InlineData(59_999, int.MaxValue)]
    public void Rows_are_left_out_wherever_they_are(int skip, int first)
    {
        MlpTable table = TableReader.Read(Write(Row), new TableReadOptions { Skip = skip, First = first });
        Assert.Equal(Math.Min(first, Count - skip), table.Count);
        Assert.Equal(skip, table.ColumnAt(0).NumberAt(0));
        Assert.Equal(skip + table.Count - 1, table.ColumnAt(0).NumberAt(table.Count - 1));
    }

    [Fact]
    public void What_is_wrong_far_into_the_file_is_named_by_its_line()
    {
        string path = Write(i => i == 50_000 ? "1,2" : $"{i},1,a,2024-01-01,true");
        MlpException failure = Assert.Throws<MlpException>(() => TableReader.Read(path, new TableReadOptions()));
        Assert.Equal("RaggedRow", failure.ErrorId);
        Assert.Contains("line 50052", failure.Message);
        path = Write(i => i == 50_000 ? "x,1,a,2024-01-01,true" : $"{i},1,a,2024-01-01,true");
        MlpTable table = TableReader.Read(path, new TableReadOptions());
        failure = Assert.Throws<MlpException>(() => table.ToDataset(new TableOptions { Label = ["5"] }));
        Assert.Equal("NotANumber", failure.ErrorId);
        Assert.Contains("line 50052, column 1", failure.Message);
    }

    [Fact]
    public void A_column_that_turns_out_to_be_texts_late_is_one_from_the_start()
    {
        MlpTable table = TableReader.Read(
            Write(i => $"{(i < 20_000 ? $"{i}" : $"t{i % 50}")},{i % 3}.5,a,2024-01-01,true"), new TableReadOptions());
        Assert.Equal(ColumnKind.Category, table.ColumnAt(0).Kind);
        Assert.Equal(("12345", "t49"), (table.ColumnAt(0).TextAt(12_345), table.ColumnAt(0).TextAt(59_999)));
        Assert.Equal(20_050, table.ColumnAt(0).Texts.Count);
    }

    [Fact]
    public void Wide_rows_and_long_values_are_whole()
    {
        string path = Path.Combine(_folder, "wide.csv");
        string text = new('q', 700_000);
        File.WriteAllText(path, $"a,b,y\n1,{text},0\n2,\"{text}\n{text}\",1\n3,c,1\n");
        MlpTable table = TableReader.Read(path, new TableReadOptions());
        Assert.Equal([text, $"{text}\n{text}", "c"], table.ColumnAt(1).Texts);
        Assert.Equal("line 5", table.PlaceOf(2));
    }

    [Fact]
    public void Numbers_of_few_digits_are_the_nearest_doubles()
    {
        var random = new Random(3);
        for (int i = 0; i < 200_000; i++)
        {
            int digits = random.Next(1, 16), point = random.Next(0, digits + 1);
            string number = string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.Next(10)))).Insert(point, ".");
            string text = (random.Next(2) == 0 ? "-" : string.Empty) + number;
            bool isName = number.Length > 1 && number[0] == '0' && number[1] != '.';
            CellKind kind = Cell.Parse(text, out double read, out _);
            Assert.Equal(isName ? CellKind.Text : CellKind.Number, kind);
            double expected = isName ? double.NaN : double.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(read));
        }
    }

    [Theory]
    [InlineData("1.2.3", "Text")]
    [InlineData("1..", "Text")]
    [InlineData("-.", "Text")]
    [InlineData("-", "Text")]
    [InlineData("5.", "Number")]
    [InlineData("-.5", "Number")]
    [InlineData("+1.5", "Number")]
    [InlineData("-0", "Number")]
    [InlineData("-7", "Whole")]
    [InlineData("1.5-", "Text")]
    [InlineData("2024-02-29", "Date")]
    [InlineData("2023-02-29", "Text")]
    [InlineData("0000-01-01", "Text")]
    [InlineData("2024-13-01", "Text")]
    [InlineData("2024-01-00", "Text")]
    [InlineData("2024-1-01Z", "UtcDate")]
    [InlineData("2024-01-3x", "Text")]
    public void Values_are_taken_for_what_they_are(string text, string kind) =>
        Assert.Equal(kind, Cell.Parse(text, out _, out _).ToString());

    private static double NumberOf(int i) => i % 3 == 0 ? i / 8.0 : -i / 3.0;

    private static DateTime DayOf(int i) => new DateTime(1999, 12, 31).AddDays(i % 10_000);

    private static string TextOf(int i) => i % 5 == 0 ? $"a, \"b\"\n{i % 70}" : $"text {i % 900}";

    private static string Row(int i)
    {
        string text = i % 4 == 0 ? string.Empty : $"\"{TextOf(i).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        string number = NumberOf(i).ToString("R", CultureInfo.InvariantCulture);
        return $"{i},{number},{text},{DayOf(i):yyyy-MM-dd},{(i % 2 == 0 ? "true" : "FALSE")}";
    }

    private string Write(Func<int, string> row)
    {
        string path = Path.Combine(_folder, "t.csv");
        IEnumerable<string> rows = Enumerable.Range(0, Count).Select(i => row(i) + (i % 1_000 == 999 ? "\n\n" : "\n"));
        File.WriteAllText(path, "id,number,text,day,y\n" + string.Concat(rows));
        return path;
    }
}
