using System.Text;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What stands around the rows, and the encodings of files.</summary>
public sealed partial class TableTextTests
{
    [Theory]
    [InlineData("sep=;\na;y\n1;x\n2;y\n")]
    [InlineData("#TYPE System.Object\n\"a\",\"y\"\n\"1\",\"x\"\n\"2\",\"y\"\n")]
    [InlineData("\n \n\na,y\n1,x\n2,y\n")]
    [InlineData("\"a\" ,\"y\" \n\"1\" ,x\n\"2\",\"y\" \n")]
    [InlineData("\uFEFFa,y\r\n1,x\r\n2,y\r\n")]
    [InlineData("a,y\n1,x\n\n2,y\n\n")]
    public void What_other_programs_write_around_the_rows_is_no_row(string content)
    {
        File.WriteAllText(_path, content);
        AssertSmall(Read(_plain));
        AssertSmall(Streamed(_plain));
    }

    [Fact]
    public void Lines_to_skip_and_comments_are_no_rows_and_count_as_lines()
    {
        File.WriteAllText(_path, "exported, today\n\n# a \"comment\na,y\n1,x\n# another, one\n2,y\n");
        TableReadOptions options = _plain with { SkipLines = 1, Comment = '#' };
        AssertSmall(Read(options));
        AssertSmall(Streamed(options));
        File.AppendAllText(_path, "# and\n1,2,3\n");
        Assert.Contains("line 9,", Assert.Throws<MlpException>(() => Read(options)).Message);
    }

    [Theory]
    [InlineData("2019,2020,2021\n1,2,3\n4,5,6\n", null, "2019", 2)]
    [InlineData("2019,2021,2020\n1,2,3\n4,5,6\n", null, "1", 3)]
    [InlineData("2019,2020,2021\n1,2,3\n4,5,6\n", false, "1", 3)]
    [InlineData("5,6,7\n1,2,3\n4,5,6\n", true, "5", 2)]
    [InlineData("0,1,2\n1,2,3\n4,5,6\n", null, "0", 2)]
    [InlineData("0,1\n1,2\n4,5\n", null, "1", 3)]
    [InlineData(",0,1\n0,2,3\n1,5,6\n", null, "Column 1", 2)]
    [InlineData(",5,1\n0,2,3\n1,5,6\n", null, "1", 3)]
    public void Years_are_a_header_and_whether_there_is_one_can_be_said(string content, bool? said, string first, int rows)
    {
        File.WriteAllText(_path, content);
        MlpTable table = TableReader.Read(_path, _plain with { HasHeader = said });
        Assert.Equal((first, rows), (table.ColumnNames[0], table.Count));
    }

    [Fact]
    public void A_file_without_names_can_be_given_some()
    {
        File.WriteAllText(_path, "1,x\n2,y\n");
        TableReadOptions options = _plain with { Header = ["a", "y"] };
        AssertSmall(Read(options));
        AssertSmall(Streamed(options));
        File.WriteAllText(_path, "u,v\n1,x\n2,y\n");
        AssertSmall(Read(options with { HasHeader = true }));
        AssertSmall(Streamed(options with { HasHeader = true }));
        Assert.Equal("RaggedRow", Assert.Throws<MlpException>(() => Read(_plain with { Header = ["a", "b", "y"] })).ErrorId);
    }

    [Theory]
    [InlineData("latin1")]
    [InlineData("windows-1252")]
    [InlineData("1252")]
    [InlineData("utf-16")]
    [InlineData("utf-32")]
    [InlineData("UTF8")]
    public void A_file_is_read_in_its_encoding(string name)
    {
        const string Text = "city,y\nKöln,x\nKéln,y\nKàln,x\n";
        Encoding encoding = name switch
        {
            "UTF8" => Encoding.UTF8,
            "latin1" or "windows-1252" or "1252" => Encoding.Latin1,
            _ => Encoding.GetEncoding(name),
        };
        File.WriteAllText(_path, Text, encoding);
        MlpDataset data = Read(_plain with { Encoding = name });
        Assert.Equal(["Köln", "Kéln", "Kàln"], Enumerable.Range(0, 3).Select(data.Columns[0].TextAt));
        if (name.StartsWith("utf-", StringComparison.Ordinal))
        {
            Assert.Equal("NotStreamable", Assert.Throws<MlpException>(() => Streamed(_plain with { Encoding = name })).ErrorId);
            return;
        }

        Assert.Equal("Kéln", Streamed(_plain with { Encoding = name }).Columns[0].TextAt(1));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_their_line_and_the_encoding_that_fits()
    {
        File.WriteAllText(_path, "city,y\nBonn,x\nKöln,y\n", Encoding.Latin1);
        var failure = Assert.Throws<MlpException>(() => Read(_plain));
        Assert.Contains("line 3", failure.Message);
        Assert.Contains("F6", failure.Message);
        Assert.Contains("'Köln,y'", failure.Message);
        Assert.Contains("Encoding", failure.Text.ToString(TestData.Say));
        Assert.Equal("UnknownEncoding", Assert.Throws<MlpException>(() => Read(_plain with { Encoding = "klingon" })).ErrorId);
    }

    [Theory]
    [InlineData("[{\"a\":1}]", "JSON")]
    [InlineData("\u0089PNG\r\n", "PNG")]
    [InlineData("a,b\n1,\0\n", "zero")]
    [InlineData("SQLite format 3\0", "SQLite")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("GIF89a", "GIF")]
    public void A_file_of_another_kind_is_no_table(string content, string what)
    {
        File.WriteAllText(_path, content, Encoding.Latin1);
        var failure = Assert.Throws<MlpException>(() => Read(_plain));
        Assert.Equal("NotATable", failure.ErrorId);
        Assert.Contains(what, failure.Message);
    }
}
