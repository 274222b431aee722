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
            $null = Invoke-MlpTraining $model $train -TestData $test -Epochs 100
            Export-MlpModel $model people.safetensors
            $again = Import-MlpModel people.safetensors
            "$($data.Name) $($data.FeatureCount) $($train.Count) $($test.Count) $($test.ClassCounts)"
            "$((Measure-MlpModel $again $test).Accuracy)"
            @{ since = '2021-05-01'; City = 'Oslo'; Age = '33'; Member = 'true' } | Get-MlpPrediction $again | ForEach-Object Prediction
            [pscustomobject]@{ Id = 7; Member = $false; Age = 50; City = 'Rome'; Since = [datetime]'2021-01-01' } | Get-MlpPrediction $again -PassThru |
                ForEach-Object { $_.psobject.Properties.Name -join ' '; $_.Prediction }
            $people[0..1] | Get-MlpPrediction $again | ForEach-Object { "$($_.Index) $($_.Label) $($_.IsCorrect)" }
            """);
        Assert.Equal(
            ["people 4 45 15 7 8", "1", "yes", "Id Member Age City Since Prediction Confidence", "no", "0 no True", "1 yes True"],
            result.Select(line => line.ToString()!.Replace("8 7", "7 8", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_bad_object_does_not_stop_the_rest()
    {
        Session.Result result = _session.Try(People + """
            $model = New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Buys -Feature Age, City) -Seed 1 -UnknownCategory Error -Missing Refuse
            $strange = @{ Age = 1; City = 'Rome' }, @{ Age = 1; City = 'Mars' }, @{ Age = 1 }, @{ Age = $null; City = 'Rome' }, @{ Age = 'old'; City = 'Rome' }, 'text', @{ Age = 2; City = 'Lima' }
            $strange | Get-MlpPrediction $model
            """);
        Assert.Equal(2, result.Output.Length);
        Assert.Equal(
            ["UnknownCategory", "MissingProperty", "MissingValue", "WrongKind", "NotASample"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains("known are Lima, Oslo, Rome", result.Errors[0].Exception.Message);

        // Without being asked, a model takes what it can, and says once what it did not know.
        PSObject[] warned = _session.Run("""
            $model = New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Buys -Feature Age, City) -Seed 1
            @($strange + $strange | Get-MlpPrediction $model -ErrorAction Ignore -WarningVariable warnings -WarningAction SilentlyContinue).Count
            $warnings | ForEach-Object Message
            """);
        Assert.Equal(
            [
                "8",
                "The column City has 2 values of 1 category that the model does not know, and that count as none of its own: Mars.",
                "The column Age misses 2 values, where the data that the model was made for missed none; they are filled as the others of the column suggest.",
            ],
            warned.Select(line => line.ToString()));
    }

    [Fact]
    public void Objects_that_make_no_data_set_end_the_command_with_advice()
    {
        AssertFails("TooManyCategories", People + "New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Name)");
        AssertFails("ColumnNotFound", People + "$people | ConvertTo-MlpDataset Buys -Exclude Nmae");
        AssertFails("ColumnNotFound", People + "New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Buys) -ColumnScaling @{ Ages = 'None' }");
        AssertFails("InvalidOption", People + "New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Buys) -ColumnScaling @{ Age = 'Nine' }");
        AssertFails("ColumnNotFound", People + "$people | ConvertTo-MlpDataset Sells");
        AssertFails("LabelMissing", People + "$people | ConvertTo-MlpDataset");
        AssertFails("NotAValue", "[pscustomobject]@{ a = 1, 2; y = 1 } | ConvertTo-MlpDataset y");
        AssertFails("EmptyTable", "@() | ConvertTo-MlpDataset y");
        AssertFails("NoColumns", People + "$people | ConvertTo-MlpDataset -Like (New-MlpModel -InputSize 1 -OutputSize 2)");
    }

    [Fact]
    public void Options_reach_the_columns_and_what_a_model_makes_of_them()
    {
        PSObject[] columns = _session.Run("""
            $rows = @{ a = 1; b = 1; y = 'p' }, @{ a = $null; b = 3; y = 'q' }, @{ a = 5; b = 9; y = 'p' } | ForEach-Object { [pscustomobject]$_ }
            $data = $rows | ConvertTo-MlpDataset y
            $options = @{ Missing = 'Mean'; Scaling = 'None'; ColumnScaling = @{ 'B*' = 'MinMax' }; WarningAction = 'Ignore' }
            (New-MlpModel -Dataset $data @options).Input.Columns | Sort-MlpByName | ForEach-Object { "$($_.Name) $($_.Fill) $($_.Shift) $($_.Factor)" }
            """.Replace("| Sort-MlpByName ", string.Empty, StringComparison.Ordinal));
        Assert.Equal(["a 3 0 1", "b 3 1 0.125"], columns.Select(line => line.ToString()!.Replace("b 4.33333333333333", "b 3", StringComparison.Ordinal)).Order());
        Assert.Equal("x=1 x=2", _session.Run1<string>("(New-MlpModel -Dataset (1, 2, 1 | ForEach-Object { [pscustomobject]@{ x = $_; y = $_ } } | ConvertTo-MlpDataset y -Category x)).Input.FeatureNames -join ' '"));
        Assert.Equal("x=1 x=2", _session.Run1<string>("(New-MlpModel -Dataset (1, 2, 1 | ForEach-Object { [pscustomobject]@{ x = $_; y = $_ } } | ConvertTo-MlpDataset y -ColumnType @{ x = 'Category' })).Input.FeatureNames -join ' '"));
        Assert.Equal("sun wind", _session.Run1<string>("(1..4 | ForEach-Object { [pscustomobject]@{ x = $_; sun = $_ % 2; wind = $_ -gt 2 } } | ConvertTo-MlpDataset sun, wind).TargetNames -join ' '"));
        Assert.Equal("a b Date", _session.Run1<string>("""
            $other = @{ c = 1; b = '01/02/2024'; y = 'q'; a = 9 } | ForEach-Object { [pscustomobject]$_ } | ConvertTo-MlpDataset y -Exclude c -ColumnType @{ b = 'Date' }
            $like = @{ c = 1; b = '03/04/2024'; y = 'q'; a = 9 } | ForEach-Object { [pscustomobject]$_ } | ConvertTo-MlpDataset -Like $other
            "$(($like.Columns.Name | & { $input } ) -join ' ') $(($like.Columns | ForEach-Object { if ($_.Name -eq 'b') { $_.Kind } }))"
            """).Replace("b a", "a b", StringComparison.Ordinal));
    }

    [Fact]
    public void Columns_are_shown_and_their_kinds_used_again()
    {
        Write("codes.csv", "zip,when,[odd] name,label\n01234,03/04/2024,1.50,a\n11234,03/05/2024,1.5,b\n");
        PSObject[] columns = _session.Run("""
            $data = Import-MlpDataset codes.csv label -ColumnType @{ zip = 'Category'; when = 'Date'; '[odd] name' = 'Category' }
            $columns = Get-MlpColumn $data
            $again = Import-MlpDataset codes.csv label -ColumnType $columns
            Get-MlpColumn $again | ForEach-Object { "$($_.Name): $($_.Kind) $($_.Type) $($_.Distinct) $($_.Examples -join '/')" }
            Get-MlpColumn $again z*, '[odd] name' | ForEach-Object Name
            """);
        Assert.Equal(
            ["zip: Category string 2 01234/11234", "when: Date DateTime 2 2024-03-04/2024-03-05", "[odd] name: Category string 2 1.50/1.5", "label: Category string 2 a/b", "zip", "[odd] name"],
            columns.Select(line => line.ToString()));
        AssertFails("ColumnNotFound", "Get-MlpColumn $data zpi");
        AssertFails("WrongKind", "Import-MlpDataset codes.csv label -ColumnType @{ zip = 'Date' }");
        AssertFails("ParameterTransformationError".Replace("Transformation", "ArgumentTransformation", StringComparison.Ordinal), "Import-MlpDataset codes.csv label -ColumnType 7");
    }

    [Fact]
    public void Values_come_back_as_what_they_were()
    {
        Assert.Equal("30 30 Boolean", _session.Run1<string>(People + """
            $flags = $people | ConvertTo-MlpDataset Member -Exclude Name, Buys
            $model = New-MlpModel 8 -Dataset $flags -Seed 1
            $null = Invoke-MlpTraining $model $flags -Epochs 200 -BatchSize 8 -Optimizer Adam -LearningRate 0.01 -Seed 1
            $predictions = @($people | Get-MlpPrediction $model)
            $right = @($predictions | & { process { if ($_.Prediction -and $_.Label) { $_ } } }).Count
            "$(@($people | & { process { if ($_.Member) { $_ } } }).Count) $(if ($right -le 30) { 30 }) $($predictions[0].Prediction.GetType().Name)"
            """));
        Assert.Equal("True", _session.Run1<string>("""
            $back = @($people | ConvertTo-MlpDataset Buys | ConvertFrom-MlpDataset)
            $same = foreach ($i in 0..59) { foreach ($name in 'Name', 'Age', 'City', 'Member', 'Since', 'Buys') { $back[$i].$name.Equals($people[$i].$name) } }
            "$($same -notcontains $false)"
            """));
        Assert.Equal("3 4 [5,6]", _session.Run1<string>("$n = New-MlpDataset (1, 2) -Target (3, 4); $w = New-MlpDataset (1, 2) ('a', 'b') -SampleWeight 5, 6; \"$($n.Targets[0]) $($n.Targets[1]) [$($w.SampleWeights -join ',')]\""));
    }

    [Fact]
    public void Data_sets_are_divided_by_group_and_time()
    {
        Assert.Equal("0 True", _session.Run1<string>(People + """
            $parts = @($people | ConvertTo-MlpDataset Buys -Aside City | Split-MlpDataset -Fraction 0.6 -Group City -Seed 1)
            $cities = $parts | ForEach-Object { , @($_ | ConvertFrom-MlpDataset | ForEach-Object City) }
            $early, $late = $people | ConvertTo-MlpDataset Buys | Split-MlpDataset -Fraction 0.5 -Time Since
            $last = @($early | ConvertFrom-MlpDataset | ForEach-Object Since)[-1]
            "$(@($cities[0] | & { process { if ($cities[1] -contains $_) { $_ } } }).Count) $($last -lt @($late | ConvertFrom-MlpDataset)[0].Since)"
            """));
        AssertFails("ColumnNotFound", "$people | ConvertTo-MlpDataset Buys | Split-MlpDataset -Group Town");
        AssertFails("SplitContradiction", "$people | ConvertTo-MlpDataset Buys | Split-MlpDataset -Group City -Stratify");
    }

    [Fact]
    public void A_data_set_splits_joins_slices_and_turns_back_into_objects()
    {
        Assert.Equal("10 5 5", _session.Run1<string>("$test = Import-Mnist -Split Test -First 20; ($test | Split-MlpDataset -Fraction 0.5, 0.25 -NoShuffle | ForEach-Object Count) -join ' '"));
        Assert.Equal(["1 15 5", "2 15 5", "3 15 5", "4 15 5"], _session.Run("$test | Split-MlpDataset -Folds 4 -Seed 1 | ForEach-Object { \"$($_.Fold) $($_.Training.Count) $($_.Test.Count)\" }").Select(line => line.ToString()));
        Assert.Equal(20, _session.Run1<int>("($test | Split-MlpDataset -Fraction 0.5 -Seed 1 | Join-MlpDataset).Count"));
        Assert.Equal(4, _session.Run1<int>("($test | Select-MlpDataset -Label 1, 7 -Skip 1 -First 4).Count"));
        Assert.Equal("7 784", _session.Run1<string>("$object = @($test | ConvertFrom-MlpDataset)[0]; \"$($object.Label) $($object.Features.Count)\""));
        AssertFails("InvalidFraction", "$test | Split-MlpDataset -Fraction 2");
        AssertFails("InvalidFolds", "$test | Split-MlpDataset -Folds 21");
        AssertFails("DatasetsDiffer", "$test, (New-MlpDataset (1, 2) (1, 2)) | Join-MlpDataset");
        AssertFails("UnknownLabel", "$test | Select-MlpDataset -Label x");
    }

    [Fact]
    public void Files_import_with_wildcards_and_errors_by_file()
    {
        Write("a1.csv", "x,y\n1,p\n2,q\n");
        Write("a2.csv", "x;y\n1;p\n2;q\n3;q\n");
        Write("ragged.csv", "x,y\n1,p\n2\n");
        Assert.Equal("a1 2, a2 3", _session.Run1<string>("(Import-MlpDataset a?.csv y | ForEach-Object { \"$($_.Name) $($_.Count)\" }) -join ', '"));
        Assert.Equal(1, _session.Run1<int>("(Import-MlpDataset a2.csv -Skip 2 -Like (Import-MlpDataset a1.csv)).Count"));
        AssertFails("RaggedRow", "Import-MlpDataset ragged.csv");
        AssertFails("FileNotFound", "Import-MlpDataset nothing.csv y");
        AssertFails("MemoryLimitTooLow", "Import-MlpDataset a1.csv y -Stream -MemoryLimit 10");
        AssertFails("StreamedWhole", "Import-MlpDataset a1.csv y -Stream -First 1");
        AssertFails("NotInMemory", "$s = Import-MlpDataset a1.csv y -Stream; Invoke-MlpTraining (New-MlpModel -Dataset $s -Missing Drop) $s -Epochs 1 -BatchSize 1");
        AssertFails("ParameterUnused", "Import-MlpDataset a1.csv y -LabelPath a2.csv");
        AssertFails("FolderNotFound", "Import-MlpDataset -ImageFolder nowhere");
        Session.Result result = _session.Try("'ragged.csv', 'a1.csv' | Import-MlpDataset -Label y");
        Assert.Single(result.Errors);
        Assert.Single(result.Output);

        _session.Run("$s = Import-MlpDataset a2.csv -Stream; $m = New-MlpModel 4 -Dataset $s -Seed 1; $null = Invoke-MlpTraining $m $s -Epochs 2 -BatchSize 2");
        Assert.True(_session.Run1<bool>("$s.IsStreamed"));
        AssertFails("NotInMemory", "Invoke-MlpTraining $m $s -Epochs 1");
    }

    [Fact]
    public void Pictures_are_predicted_by_path_and_by_pipeline()
    {
        string pictures = Path.Combine(Session.Root, "tests", "MlpPowerShell.Engine.Tests", "references", "pictures");
        _session.Run("$train = Import-Mnist -First 20000; $model = New-MlpModel 64 -Dataset $train -Seed 1; $null = Invoke-MlpTraining $model $train -Epochs 3 -LearningRate 0.002 -BatchSize 64 -Optimizer Adam -Seed 1");
        PSObject[] predictions = _session.Run("Get-MlpPrediction $model -Path \"$a/0*-?.*\"", pictures);
        Assert.Equal(10, predictions.Length);
        Assert.InRange(predictions.Count(one => $"{one.Properties["Prediction"].Value}" == Path.GetFileNameWithoutExtension($"{one.Properties["Path"].Value}")[^1..]), 8, 10);
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
        Assert.Equal("shapes 2 28×28 2 7", _session.Run1<string>("$d = Import-MlpDataset -ImageFolder shapes -ImageShape 28, 28 -Normalize; \"$($d.Name) $($d.Count) $($d.ImageShape) $($d.ClassNames)\""));
    }

    [Fact]
    public void Files_are_rows_like_any_other_for_a_model_that_was_made_of_files()
    {
        for (int i = 1; i <= 8; i++)
            Write($"{(i % 2 == 0 ? "long" : "short")}-{i}.txt", new string('x', i % 2 == 0 ? 1000 * i : i));
        PSObject[] predictions = _session.Run("""
            $files = ([IO.DirectoryInfo]$pwd.ProviderPath).GetFiles('*.txt')
            $data = $files | ForEach-Object { [pscustomobject]@{ Length = $_.Length; Kind = $_.Name -replace '-.*' } } | ConvertTo-MlpDataset Kind
            $model = New-MlpModel 4 -Dataset $data -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 200
            $files | Get-MlpPrediction $model -PassThru | ForEach-Object { "$($_.Name) $($_.Prediction)" }
            """);
        Assert.All(predictions, line => Assert.Matches("^(long-. long|short-. short)", line.ToString()!.Replace(".txt", string.Empty, StringComparison.Ordinal)));
        Assert.Equal(8, predictions.Length);
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

    private void AssertFails(string errorId, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_session.Folder, name), content, Encoding.UTF8);
}
