using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>Data sets of objects of every kind.</summary>
public sealed class ObjectTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void All_properties_of_all_objects_are_columns()
    {
        Assert.Equal(
            "a:1 B:0 c:2 | y",
            Columns("@{ y = 1; a = 1 } | ForEach-Object { [pscustomobject]@{ a = 1; B = 2 }, [pscustomobject]@{ A = 2; b = 5; y = 3 }, "
                + "[pscustomobject]@{ B = 7; c = 1; y = 4 } } | ConvertTo-MlpDataset y"));
        Assert.Equal(
            "a:0 c:1 | y",
            Columns("[pscustomobject]@{ a = 1; b = 2; y = 1 }, [pscustomobject]@{ a = 2; c = 5; y = 3 } | "
                + "ConvertTo-MlpDataset y -Feature a, c"));
        Assert.Equal(
            "ColumnNotFound",
            Id("[pscustomobject]@{ a = 1 }, [pscustomobject]@{ a = 2; b = 5 } | ConvertTo-MlpDataset y"));
        Assert.Equal("DuplicateColumn", Id("$both = [hashtable]::new(); $both['a'] = 1; $both['A'] = 2; $both['y'] = 1; "
            + "$both | ConvertTo-MlpDataset y"));
    }

    [Fact]
    public void Properties_that_do_not_count_are_not_read()
    {
        const string Script = """
            $script:reads = 0
            $rows = 1..3 | ForEach-Object {
                $row = [pscustomobject]@{ a = $_; y = $_ }
                $row.PSObject.Properties.Add([psscriptproperty]::new('slow', { $script:reads++; 1 }))
                $row
            }
            $null = $rows | ConvertTo-MlpDataset y -Exclude slow
            $null = $rows | ConvertTo-MlpDataset y -Feature a
            $script:reads
            """;
        Assert.Equal(0, _session.Run1<int>(Script));
    }

    [Theory]
    [InlineData("$table | ConvertTo-MlpDataset y")]
    [InlineData("ConvertTo-MlpDataset y -InputObject $table")]
    [InlineData(", $table | ConvertTo-MlpDataset y")]
    [InlineData("$table.Rows | ConvertTo-MlpDataset y")]
    [InlineData(", $table.DefaultView | ConvertTo-MlpDataset y")]
    [InlineData("$table.CreateDataReader() | ConvertTo-MlpDataset y")]
    [InlineData(", $table.CreateDataReader() | ConvertTo-MlpDataset y")]
    [InlineData("ConvertTo-MlpDataset Y -InputObject $table.CreateDataReader()")]
    public void Tables_and_readers_are_rows_by_their_columns(string command)
    {
        const string Table = """
            $table = [System.Data.DataTable]::new()
            $table.Columns.AddRange([System.Data.DataColumn[]] @(
                [System.Data.DataColumn]::new('a', [int]), [System.Data.DataColumn]::new('when', [datetime]),
                [System.Data.DataColumn]::new('y', [string])))
            1..4 | ForEach-Object { $null = $table.Rows.Add($_, [datetime]::new(2024, 1, $_), "k$($_ % 2)") }
            $null = $table.Rows.Add([DBNull]::Value, [DBNull]::Value, 'k1')

            """;
        Assert.Equal("a:1 when:1 | y", Columns(Table + command));
        Assert.Equal(
            "1/Int32 2/Int32 3/Int32 4/Int32",
            _session.Run1<string>(Table + $"(({command}) | ConvertFrom-MlpDataset | Where-Object a | "
                + "ForEach-Object { \"$($_.a)/$($_.a.GetType().Name)\" }) -join ' '"));
    }

    [Fact]
    public void Dates_enums_and_files_are_values()
    {
        Assert.Equal(
            "Date Category | Number",
            Kinds("1..3 | ForEach-Object { [pscustomobject]@{ when = [datetime]::Now.AddHours($_); day = [DayOfWeek] $_; y = $_ } } | "
                + "ConvertTo-MlpDataset y"));
        Assert.Equal(
            "Category Date | Number",
            Kinds("[IO.DirectoryInfo]::new($PSHOME).GetFiles() | ConvertTo-MlpDataset Length -Feature Extension, LastWriteTime"));
    }

    [Fact]
    public void A_label_of_null_is_refused_with_the_number_of_its_object()
    {
        ErrorRecord error = Assert.Single(_session.Try(
            "$gap = [pscustomobject]@{ a = 1; y = 'p' }, [pscustomobject]@{ a = 2; y = $null }, [pscustomobject]@{ a = 3; y = 'q' } | "
            + "ConvertTo-MlpDataset y; Invoke-MlpTraining (New-MlpModel -Dataset $gap) $gap -Epochs 1").Errors);
        Assert.StartsWith("MissingLabel,", error.FullyQualifiedErrorId);
        Assert.Contains("data, row 2: the label y is missing", error.ToString());
    }

    [Fact]
    public void A_bad_file_in_a_folder_of_pictures_is_an_error_of_its_own()
    {
        string folder = _session.Run1<string>("""
            $folder = [IO.Directory]::CreateTempSubdirectory('mlp-folder-').FullName
            $bitmap = [byte[]] (66, 77 + (,0 * 8) + 26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0, 9, 9, 9, 0)
            foreach ($class in 'a', 'b') {
                $null = [IO.Directory]::CreateDirectory("$folder/$class")
                [IO.File]::WriteAllBytes("$folder/$class/good.bmp", $bitmap)
                [IO.File]::WriteAllBytes("$folder/$class/bad.bmp", $bitmap[0..20])
            }
            $folder
            """.ReplaceLineEndings("\n"));
        Session.Result result = _session.Try("(Import-MlpDataset -ImageFolder $folder).Count; 'goes on'");
        Directory.Delete(folder, recursive: true);
        Assert.Equal([2, "goes on"], result.Output.Select(output => output.BaseObject));
        Assert.Equal(["a", "b"], result.Errors.Select(error => Path.GetFileName(Path.GetDirectoryName(error.ToString().Split(':')[0]))));
        Assert.All(result.Errors, error => Assert.StartsWith("InvalidPicture,", error.FullyQualifiedErrorId));
    }

    private string Columns(string command) => _session.Run1<string>(
        $"$data = {(command.Contains('\n', StringComparison.Ordinal) ? $"& {{ {command} }}" : command)}; "
        + "\"$($data.Columns.ForEach({ \"$($_.Name):$($_.MissingCount)\" })) | $($data.LabelColumns.Name)\"");

    private string Kinds(string command) =>
        _session.Run1<string>($"$data = {command}; \"$($data.Columns.Kind) | $($data.LabelColumns.Kind)\"");

    private string Id(string command) => Assert.Single(_session.Try(command).Errors).FullyQualifiedErrorId.Split(',')[0];
}
