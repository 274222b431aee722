using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What parameters say of one column goes together, or is told of.</summary>
public sealed class ColumnUseTests : IDisposable
{
    private const string Setup = """
        [IO.File]::WriteAllText("$PWD/t.csv", "a,b,c,y`n1,2,p,u`n2,3,q,v`n3,5,p,u`n4,4,q,v`n")
        $rows = 1..4 | ForEach-Object { [pscustomobject]@{ a = $_; b = $_ % 3; c = "p$($_ % 2)"; y = "u$($_ % 2)" } }
        $data = $rows | ConvertTo-MlpDataset y -Feature a, c

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-Label y -Aside y", "-Label and -Aside both name y:")]
    [InlineData("-Label y -Exclude Y", "-Label and -Exclude both name y:")]
    [InlineData("-Label y -Feature a, y", "-Label and -Feature both name y:")]
    [InlineData("-Label y -Feature a, b -Exclude b", "-Feature and -Exclude both name b:")]
    [InlineData("-Label y -Feature a, b -Aside b", "-Feature and -Aside both name b:")]
    [InlineData("-Label y -Aside b -Exclude b", "-Exclude and -Aside both name b:")]
    [InlineData("-Aside y", "-Aside names y, which is the column to predict: name another one with -Label.")]
    [InlineData("-Label y -ColumnType @{ b = 'Number' } -Category b", "-ColumnType says that b is a Number, and -Category names it:")]
    [InlineData("-Label y -ColumnType @{ b = 'Number' } -Category '?'", "-ColumnType says that b is a Number, and -Category names it:")]
    [InlineData("-Like $data -Exclude c", "-Exclude names c, which is a feature of what -Like names:")]
    [InlineData("-Like $data -Exclude '[c-d]'", "-Exclude names c, which is a feature of what -Like names:")]
    [InlineData("-Like $data -Aside a", "-Aside names a, which is a feature of what -Like names:")]
    [InlineData("-Like $data -Label a", "-Label names a, which is a feature of what -Like names:")]
    [InlineData(
        "-Like $data -ColumnType @{ a = 'Category' }", "-ColumnType says that a is a Category, and in what -Like names it is a Number:")]
    [InlineData("-Like $data -Category a", "-Category says that a is a Category, and in what -Like names it is a Number:")]
    public void What_contradicts_is_refused(string parameters, string message)
    {
        foreach (string command in new[] { "$rows | ConvertTo-MlpDataset", "Import-MlpDataset t.csv", "Import-MlpDataset t.csv -Stream" })
        {
            ErrorRecord error = Assert.Single(_session.Try($"{Setup} {command} {parameters}").Errors);
            Assert.StartsWith("ColumnContradiction,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.StartsWith(message, error.Exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_label_that_is_found_by_its_name_is_not_left_out()
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup + "Import-MlpDataset t.csv -Exclude y").Errors);
        Assert.Equal("-Exclude names y, which is the column to predict: name another one with -Label.", error.Exception.Message);
        error = Assert.Single(_session.Try(Setup + "$rows | ConvertTo-MlpDataset -Exclude y").Errors);
        Assert.StartsWith("LabelMissing,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Label y -Feature a, c -Exclude b", "-Exclude has no effect on b: none but features can be left out.")]
    [InlineData("-Label y -Exclude 'y*'", "-Exclude has no effect on y*: none but features can be left out.")]
    [InlineData("-Label y -Exclude b -Category b", "-Category has no effect on b: the column is left out.")]
    [InlineData("-Like $data -Exclude b", "-Exclude has no effect: the features are those of what -Like names, and no others.")]
    [InlineData("-Like $data -Feature a", "-Feature has no effect: the features are those of what -Like names, and no others.")]
    public void What_does_nothing_is_told_of(string parameters, string warning)
    {
        foreach (string command in new[] { "$rows | ConvertTo-MlpDataset", "Import-MlpDataset t.csv" })
        {
            Session.Result result = _session.Try($"{Setup} {command} {parameters}");
            Assert.Empty(result.Errors);
            Assert.Equal(warning, Assert.Single(result.Warnings));
        }
    }

    [Theory]
    [InlineData("-Label y -Feature '*' -Exclude b -Aside c", "a | c")]
    [InlineData("-Label y -Exclude 'b*' -Category '[bc]' -Feature a, c, '[a-b]'", "a c |")]
    [InlineData("-Label y -ColumnType @{ '*' = 'Category' } -Category b", "a b c |")]
    [InlineData("-Label y -ColumnType @{ b = 'Category' } -Category b -Aside a", "b c | a")]
    [InlineData("-Like $data -ColumnType @{ a = 'Number'; b = 'Category' } -Aside b", "a c | b")]
    [InlineData("-Like $data -Label y -Category c", "a c |")]
    public void What_goes_together_is_taken(string parameters, string columns)
    {
        foreach (string command in new[] { "$rows | ConvertTo-MlpDataset", "Import-MlpDataset t.csv" })
        {
            Session.Result result = _session.Try($"{Setup} {command} {parameters} | "
                + "ForEach-Object { \"$($_.Columns.Name) | $($_.AsideColumns | ForEach-Object Name)\".Trim() }");
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
            Assert.Equal(columns, $"{Assert.Single(result.Output)}");
        }
    }
}
