using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace MlpPowerShell.Tests;

public sealed class DatasetCmdletTests : IDisposable
{
    private const string People = """
        $people = foreach ($i in 1..60) {
            [pscustomobject]@{
                Name = "person $i"; Age = 20 + $i; City = ('Rome', 'Oslo', 'Lima')[$i % 3]; Member = $i % 2 -eq 0
                Since = [datetime]'2020-01-01' + [timespan]::FromDays(10 * $i); Buys = if ($i % 2 -eq 0) { 'yes' } else { 'no' }
            }
        }

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Objects_become_a_data_set_a_model_and_predictions_of_such_objects()
    {
        PSObject[] result = _session.Run(People + """
            $data = $people | ConvertTo-MlpDataset -Label Buys -Exclude Name -Name people
            $train, $test = $data | Split-MlpDataset -Fraction 0.75 -Stratify -Seed 1
            $model = New-MlpModel -Dataset $train -HiddenSize 8 -Seed 1
            $null = Invoke-MlpTraining $model $train -TestData $test -Epochs 100 -Optimizer Sgd -FullBatch
            Export-MlpModel $model people.safetensors
            $again = Import-MlpModel people.safetensors
            "$($data.Name) $($data.FeatureCount) $($again.InputSize) $($train.Count) $($test.Count) $($test.ClassCounts)"
            "$((Measure-MlpModel $again $test).Accuracy)"
            @{ since = '2021-05-01'; City = 'Oslo'; Age = '33'; Member = 'true' } | Get-MlpPrediction $again | ForEach-Object Prediction
            [pscustomobject]@{ Id = 7; Member = $false; Age = 50; City = 'Rome'; Since = [datetime]'2021-01-01' } |
                Get-MlpPrediction $again -PassThru |
                ForEach-Object { $_.psobject.Properties.Name -join ' '; $_.Prediction }
            $people[0..1] | Get-MlpPrediction $again | ForEach-Object { "$($_.Index) $($_.Label) $($_.IsCorrect)" }
            """);
        Assert.Equal(
            ["people 4 6 45 15 7 8", "1", "yes", "Id Member Age City Since Prediction Confidence", "no", "0 no True", "1 yes True"],
            result.Select(line => line.ToString()!.Replace("8 7", "7 8", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_bad_object_does_not_stop_the_rest()
    {
        const string Objects = """
            @{ Age = 1; City = 'Rome' }, @{ Age = 1; City = 'Mars' }, @{ Age = 1 }, @{ Age = $null; City = 'Rome' },
            @{ Age = 'old'; City = 'Rome' }, 'text', @{ Age = 2; City = 'Lima' } |
                Get-MlpPrediction $model
            """;
        Session.Result strict = _session.Try(People + """
            $data = $people | ConvertTo-MlpDataset Buys -Feature Age, City
            $model = New-MlpModel -Dataset $data -Seed 1 -Missing Refuse -UnknownCategory Error -WarningAction Ignore

            """ + Objects);
        Assert.Equal([0, 5], strict.Output.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Equal(["UnknownCategory", "MissingProperty", "MissingValue", "WrongKind", "NotASample"], Ids(strict));
        Assert.Contains("known are Lima, Oslo, Rome", strict.Errors[0].Exception.Message);
        Assert.Empty(strict.Warnings);

        // What a model was not fitted to is told of once, where nothing else was asked for.
        Session.Result result = _session.Try("$model = New-MlpModel -Dataset $data -Seed 1 -WarningAction Ignore\n" + Objects);
        Assert.Equal([0, 1, 3, 5], result.Output.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Equal(["MissingProperty", "WrongKind", "NotASample"], Ids(result));
        Assert.Equal(2, result.Warnings.Length);
        Assert.Contains("City has 1 value of 1 category that the model does not know", result.Warnings[0]);
        Assert.Contains("Mars", result.Warnings[0]);
        Assert.Contains("Age misses 1 value", result.Warnings[1]);

        static IEnumerable<string> Ids(Session.Result result) => result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void Properties_that_no_table_can_hold_are_left_out_with_one_warning()
    {
        Session.Result result = _session.Try("1..6 | ForEach-Object { [pscustomobject]@{ a = $_; list = 1, $_; map = @{ x = $_ }; "
            + "late = if ($_ -gt 3) { ,@($_) }; y = $_ * 2 } } | ConvertTo-MlpDataset y | ForEach-Object { $_.Columns.Name }");
        Assert.Equal(
            ["Left out: list, map, late, whose values are no single numbers, texts, dates or the like."], result.Warnings);
        Assert.Equal(["a"], result.Output.Select(name => $"{name}"));
        Assert.Empty(_session.Try("[Diagnostics.Process]::GetCurrentProcess() | ConvertTo-MlpDataset -Label WorkingSet64").Errors);
    }

    [Fact]
    public void Objects_that_make_no_data_set_end_the_command_with_advice()
    {
        AssertFails("ColumnNotFound", People + "$people | ConvertTo-MlpDataset Sells");
        AssertFails("ColumnNotFound", "$people | ConvertTo-MlpDataset Buys -Aside Nam");
        AssertFails("ColumnNotFound", "$people | ConvertTo-MlpDataset Buys -ColumnType @{ Nam = 'Category' }");
        AssertFails("InvalidOption", "$people | ConvertTo-MlpDataset Buys -ColumnType @{ Name = 'Text' }");
        AssertFails("WrongKind", "$people | ConvertTo-MlpDataset Buys -ColumnType @{ Name = 'Date' }");
        AssertFails("LabelMissing", "$people | ConvertTo-MlpDataset");
        AssertFails("NotAValue", "[pscustomobject]@{ a = 3; y = 1 }, [pscustomobject]@{ a = 1, 2; y = 1 } | ConvertTo-MlpDataset y");
        AssertFails("NotAValue", "[pscustomobject]@{ a = 1, 2; y = 1 } | ConvertTo-MlpDataset y -Feature a");
        AssertFails("EmptyTable", "@() | ConvertTo-MlpDataset y");
        Assert.Equal("120", _session.Run1<string>("$all = $people | ConvertTo-MlpDataset Buys; \"$((Join-MlpDataset $all $all).Count)\""));
        AssertFails("NoColumns", "$people | ConvertTo-MlpDataset -Like (New-MlpModel -InputSize 1 -OutputSize 2)");
        _session.Run("$heights = [pscustomobject]@{ Height = 1; Buys = 'yes' } | ConvertTo-MlpDataset Buys");
        AssertFails("ColumnNotFound", "$people | ConvertTo-MlpDataset -Like $heights");
    }

    [Fact]
    public void A_data_set_splits_joins_slices_and_turns_back_into_objects()
    {
        Assert.Equal(
            "10 5 5",
            _session.Run1<string>("$test = Import-Mnist -Split Test -First 20; ($test | Split-MlpDataset -Fraction 0.5, 0.25 "
                + "-NoShuffle | ForEach-Object Count) -join ' '"));
        Assert.Equal(
            ["1 15 5", "2 15 5", "3 15 5", "4 15 5"],
            _session.Run("$test | Split-MlpDataset -Folds 4 -Seed 1 | ForEach-Object { \"$($_.Fold) $($_.Training.Count) "
                + "$($_.Test.Count)\" }")
                .Select(line => line.ToString()));
        Assert.Equal(20, _session.Run1<int>("($test | Split-MlpDataset -Fraction 0.5 -Seed 1 | Join-MlpDataset).Count"));
        Assert.Equal(4, _session.Run1<int>("($test | Select-MlpDataset -Label 1, 7 -Skip 1 -First 4).Count"));
        Assert.Equal(
            "7 784",
            _session.Run1<string>("$object = @($test | ConvertFrom-MlpDataset)[0]; \"$($object.Label) $($object.Features.Count)\""));
        string[] ways = ["$test | Split-MlpDataset 0.75", "Split-MlpDataset $test 0.75", "Split-MlpDataset -Dataset $test 0.75"];
        foreach (string split in ways)
            Assert.Equal("15 5", _session.Run1<string>($"({split}).ForEach({{ $_.Count }}) -join ' '"));
        Assert.Equal("16 4", _session.Run1<string>("(Split-MlpDataset $test).ForEach({ $_.Count }) -join ' '"));
        Assert.Equal(4, _session.Run("Split-MlpDataset $test -Folds 4").Length);
        AssertFails("InvalidFraction", "$test | Split-MlpDataset -Fraction 2");
        AssertFails("InvalidFolds", "$test | Split-MlpDataset -Folds 21");
        AssertFails("DatasetsDiffer", "$test, (New-MlpDataset (1, 2) (1, 2)) | Join-MlpDataset");
        AssertFails("UnknownLabel", "$test | Select-MlpDataset -Label x");
    }

    [Fact]
    public void Columns_that_only_later_rows_have_are_read()
    {
        Write("late.svm", "1 1:1\n0 4:2\n");
        Write("late.jsonl", "{\"x\": 1, \"y\": \"a\"}\n{\"x\": 2, \"z\": 3, \"y\": \"b\"}\n");
        Assert.Equal("1 2 3 4", _session.Run1<string>("(Import-MlpDataset late.svm).Columns.Name -join ' '"));
        Assert.Equal("x z", _session.Run1<string>("(Import-MlpDataset late.jsonl).Columns.Name -join ' '"));
    }

    [Fact]
    public void Files_import_with_wildcards_and_errors_by_file()
    {
        Write("a1.csv", "x,y\n1,p\n2,q\n");
        Write("a2.csv", "x;y\n1;p\n2;q\n3;q\n");
        Write("ragged.csv", "x,y\n1,p\n2\n");
        Assert.Equal(
            "a1 and 1 more 5",
            _session.Run1<string>("(Import-MlpDataset a?.csv y | ForEach-Object { \"$($_.Name) $($_.Count)\" }) -join ', '"));
        Assert.Equal(
            "a1 2, a2 3",
            _session.Run1<string>(
                "('a1.csv', 'a2.csv' | Import-MlpDataset -Label y | ForEach-Object { \"$($_.Name) $($_.Count)\" }) -join ', '"));
        Assert.Equal(1, _session.Run1<int>("(Import-MlpDataset a2.csv -Skip 2 -Like (Import-MlpDataset a1.csv)).Count"));
        AssertFails("RaggedRow", "Import-MlpDataset ragged.csv");
        AssertFails("FileNotFound", "Import-MlpDataset nothing.csv y");
        AssertFails("MemoryLimitTooLow", "Import-MlpDataset a1.csv y -Stream -MemoryLimit 10");
        AssertFails("StreamedWhole", "Import-MlpDataset a1.csv y -Stream -First 1");
        AssertFails("FolderNotFound", "Import-MlpDataset -ImageFolder nowhere");
        AssertFails("FolderOfTables", "Import-MlpDataset .");
        Session.Result result = _session.Try("'ragged.csv', 'a1.csv' | Import-MlpDataset -Label y");
        Assert.Single(result.Errors);
        Assert.Single(result.Output);

        _session.Run("$s = Import-MlpDataset a2.csv -Stream; $m = New-MlpModel 4 -Dataset $s -Seed 1; $null = Invoke-MlpTraining $m "
            + "$s -Epochs 2 -BatchSize 2");
        Assert.True(_session.Run1<bool>("$s.IsStreamed"));
        AssertFails("NotInMemory", "Invoke-MlpTraining $m $s -Epochs 1 -FullBatch");
        AssertFails("NotInMemory", "Invoke-MlpTraining (New-MlpModel 4 -Dataset $s -Missing Drop) $s -Epochs 1 -BatchSize 2");
        AssertFails("NotInMemory", "$s | Split-MlpDataset 0.5");
        Assert.Equal(
            ["x int 3", "y string 2"],
            _session.Run("Get-MlpColumn $s | ForEach-Object { \"$($_.Name) $($_.Type) $($_.Distinct)\" }").Select(line => line.ToString()));
    }

    [Fact]
    public void Pictures_are_predicted_by_path_and_by_pipeline()
    {
        string pictures = Path.Combine(Session.Root, "tests", "MlpPowerShell.Engine.Tests", "references", "pictures");
        _session.Run("$train = Import-Mnist -First 20000; $model = New-MlpModel 64 -Dataset $train -Seed 1; $null = "
            + "Invoke-MlpTraining $model $train -Epochs 3 -LearningRate 0.002 -BatchSize 64 -Optimizer Adam -Seed 1");
        PSObject[] predictions = _session.Run("Get-MlpPrediction $model -Path \"$a/0*-?.*\"", pictures);
        Assert.Equal(10, predictions.Length);
        Assert.InRange(
            predictions.Count(one =>
                $"{one.Properties["Prediction"].Value}" == Path.GetFileNameWithoutExtension($"{one.Properties["Path"].Value}")[^1..]),
            8,
            10);
        Assert.Equal(7, _session.Run1<int>("([IO.FileInfo]\"$a/as-it-is.png\" | Get-MlpPrediction $model).Prediction", pictures));

        Write("broken.png", "no picture");
        Session.Result result = _session.Try("Get-MlpPrediction $model -Path broken.png, \"$a/as-it-is.png\"", pictures);
        Assert.Single(result.Output);
        Assert.StartsWith("InvalidPicture,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        AssertFails("NotAnImageModel", "Get-MlpPrediction (New-MlpModel -InputSize 784 -OutputSize 2) -LiteralPath broken.png");

        Directory.CreateDirectory(Path.Combine(_session.Folder, "shapes", "7"));
        Directory.CreateDirectory(Path.Combine(_session.Folder, "shapes", "2"));
        File.Copy(Path.Combine(pictures, "00-7.png"), Path.Combine(_session.Folder, "shapes", "7", "a.png"));
        File.Copy(Path.Combine(pictures, "01-2.jpg"), Path.Combine(_session.Folder, "shapes", "2", "b.jpg"));
        Assert.Equal(
            "shapes 2 28×28 2 7",
            _session.Run1<string>("$d = Import-MlpDataset -ImageFolder shapes -ImageShape 28, 28 -Normalize; \"$($d.Name) $($d.Count) "
                + "$($d.ImageShape) $($d.ClassNames)\""));
    }

    [Fact]
    public void Files_are_rows_like_any_other_for_a_model_that_was_made_of_files()
    {
        for (int i = 1; i <= 8; i++)
            Write($"{(i % 2 == 0 ? "long" : "short")}-{i}.txt", new string('x', i % 2 == 0 ? 1000 * i : i));
        PSObject[] predictions = _session.Run("""
            $files = ([IO.DirectoryInfo]$pwd.ProviderPath).GetFiles('*.txt')
            $data = $files | ForEach-Object { [pscustomobject]@{ Length = $_.Length; Kind = $_.Name -replace '-.*' } } |
                ConvertTo-MlpDataset Kind
            $model = New-MlpModel 4 -Dataset $data -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 200 -Optimizer Sgd -FullBatch
            $files | Get-MlpPrediction $model -PassThru | ForEach-Object { "$($_.Name) $($_.Prediction)" }
            """);
        Assert.All(
            predictions,
            line => Assert.Matches(
                "^(long-. long|short-. short)", line.ToString()!.Replace(".txt", string.Empty, StringComparison.Ordinal)));
        Assert.Equal(8, predictions.Length);
    }

    [Theory]
    [InlineData("0,125;a\n12,375;b", "12.375,a\n7.625,b", "12.375 7.625")]
    [InlineData("0,125;a\n12,375;b", "12.37,a\n7.6,b", "12.37 7.6")]
    [InlineData("0,125;a\n12,375;b", "\"12,375\",a\n\"7,625\",b", "12.375 7.625")]
    [InlineData("0,125;a\n12,375;b\n1.500;a", "1.234,a\n2.345,b", "1234 2345")]
    public void Rows_like_others_with_commas_are_read_so_and_plain_where_no_points_stood_between_groups(
        string like, string rows, string read)
    {
        Write("like.csv", $"x;y\n{like}\n");
        Write("rows.csv", $"x,y\n{rows}\n");
        const string Script = "$like = Import-MlpDataset like.csv y; "
            + "(Import-MlpDataset rows.csv -Like $like {0} | ConvertFrom-MlpDataset | ForEach-Object x) -join ' '";
        foreach (string how in new[] { string.Empty, "-Stream" })
            Assert.Equal(read, _session.Run1<string>(string.Format(CultureInfo.InvariantCulture, Script, how)));
    }

    [Fact]
    public void Downloads_can_be_tried_without_doing_them_and_fail_with_every_reason()
    {
        Assert.Empty(_session.Run("Save-Mnist FashionMnist -WhatIf"));
        Assert.False(Directory.Exists(Path.Combine(_session.Folder, "FashionMnist")));
        Session.Result result = _session.Try("Save-Mnist -Uri http://localhost:1/x, http://localhost:1/y/ -Path digits");
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("DownloadFailed,", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceUnavailable, error.CategoryInfo.Category);
        Assert.Contains("http://localhost:1/x/train-images-idx3-ubyte.gz", error.Exception.Message);
        Assert.Contains("http://localhost:1/y/train-images-idx3-ubyte.gz", error.Exception.Message);

        AssertFails("InvalidUri", "Save-Mnist -Path other -Uri file:///tmp");
        AssertFails("InvalidUri", "Save-Mnist -Path other -Uri mirror/mnist");

        Write("digits/train-images-idx3-ubyte.gz", "something else");
        AssertFails("FileExists", "Save-Mnist -Path digits -Uri http://localhost:1/");
    }

    [Theory]
    [InlineData("t.csv", "*.csv")]
    [InlineData("t.CSV", "*.CSV")]
    [InlineData("t.csv.gz", "*.gz")]
    [InlineData("t.parquet", "*.parquet")]
    public void A_folder_of_tables_is_told_with_what_names_its_files(string name, string files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_session.Folder, "tables")).FullName;
        File.WriteAllText(Path.Combine(folder, name), "x,y\n1,2\n");
        ErrorRecord error = Assert.Single(_session.Try("Import-MlpDataset tables y").Errors);
        Assert.StartsWith("FolderOfTables,", error.FullyQualifiedErrorId);
        Assert.EndsWith($"such as '{Path.Combine(folder, files)}'.", error.Exception.Message);

        // Where there are folders, these may be classes.
        Directory.CreateDirectory(Path.Combine(folder, "class"));
        AssertFails("OneClass", "Import-MlpDataset tables");
    }

    [Fact]
    public void A_label_may_be_called_a_target() => Assert.Equal(
        ["y y y"],
        _session.Run("""
            [IO.File]::WriteAllLines("$PWD/t.csv", @('x,y', '1,2', '2,4', '3,7'))
            $sets = (Import-MlpDataset t.csv -Target y), (Import-MlpDataset t.csv -LabelColumn y), (Import-MlpDataset t.csv -Label y)
            "$($sets | ForEach-Object { $_.LabelColumns[0].Name })"
            """).Select(line => $"{line}"));

    private void AssertFails(string errorId, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_session.Folder, name), content, Encoding.UTF8);
}
