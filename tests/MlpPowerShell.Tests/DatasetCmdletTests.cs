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
            $null = Invoke-MlpTraining $model $train -TestData $test -Epochs 100
            Export-MlpModel $model people.safetensors
            $again = Import-MlpModel people.safetensors
            "$($data.Name) $($data.FeatureCount) $($again.InputSize) $($train.Count) $($test.Count) $($test.ClassCounts)"
            "$((Measure-MlpModel $again $test).Accuracy)"
            @{ since = '2021-05-01'; City = 'Oslo'; Age = '33'; Member = 'true' } | Get-MlpPrediction $again | ForEach-Object Prediction
            [pscustomobject]@{ Id = 7; Member = $false; Age = 50; City = 'Rome'; Since = [datetime]'2021-01-01' } | Get-MlpPrediction $again -PassThru |
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
            @{ Age = 1; City = 'Rome' }, @{ Age = 1; City = 'Mars' }, @{ Age = 1 }, @{ Age = $null; City = 'Rome' }, @{ Age = 'old'; City = 'Rome' }, 'text', @{ Age = 2; City = 'Lima' } |
                Get-MlpPrediction $model
            """;
        Session.Result strict = _session.Try(People + """
            $data = $people | ConvertTo-MlpDataset Buys -Feature Age, City
            $model = New-MlpModel -Dataset $data -Seed 1 -Missing Refuse -UnknownCategory Error -WarningAction Ignore

            """ + Objects);
        Assert.Equal([0, 6], strict.Output.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Equal(["UnknownCategory", "MissingProperty", "MissingValue", "WrongKind", "NotASample"], Ids(strict));
        Assert.Contains("known are Lima, Oslo, Rome", strict.Errors[0].Exception.Message);
        Assert.Empty(strict.Warnings);

        // What a model was not fitted to is told of once, where nothing else was asked for.
        Session.Result result = _session.Try("$model = New-MlpModel -Dataset $data -Seed 1 -WarningAction Ignore\n" + Objects);
        Assert.Equal([0, 1, 3, 6], result.Output.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Equal(["MissingProperty", "WrongKind", "NotASample"], Ids(result));
        Assert.Equal(2, result.Warnings.Length);
        Assert.Contains("City has 1 value of 1 category that the model does not know", result.Warnings[0]);
        Assert.Contains("Mars", result.Warnings[0]);
        Assert.Contains("Age misses 1 value", result.Warnings[1]);

        static IEnumerable<string> Ids(Session.Result result) => result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]);
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
        AssertFails("NotAValue", "[pscustomobject]@{ a = 1, 2; y = 1 } | ConvertTo-MlpDataset y");
        AssertFails("EmptyTable", "@() | ConvertTo-MlpDataset y");
        AssertFails("NoColumns", "$people | ConvertTo-MlpDataset -Like (New-MlpModel -InputSize 1 -OutputSize 2)");
        AssertFails("ColumnNotFound", "$people | ConvertTo-MlpDataset -Like ([pscustomobject]@{ Height = 1; Buys = 'yes' } | ConvertTo-MlpDataset Buys)");
    }

    [Fact]
    public void Data_that_make_no_model_end_the_command_with_advice()
    {
        const string Rows = "$data = $people | ConvertTo-MlpDataset Buys -Feature Name, Age\n";
        AssertFails("TooManyCategories", People + "New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Name)");
        AssertFails("OneClass", "New-MlpModel -Dataset ($people[1, 3] | ConvertTo-MlpDataset Buys)");
        AssertFails("EmptyColumn", "New-MlpModel -Dataset ([pscustomobject]@{ x = $null; y = 1 }, [pscustomobject]@{ x = ''; y = 2 } | ConvertTo-MlpDataset y)");
        AssertFails("LabelsMissing", "New-MlpModel -Dataset (New-MlpDataset (1, 2))");
        AssertFails("ColumnNotFound", Rows + "New-MlpModel -Dataset $data -ColumnScaling @{ Agee = 'MinMax' }");
        AssertFails("InvalidOption", Rows + "New-MlpModel -Dataset $data -ColumnScaling @{ Age = 'Minmix' }");
        AssertFails("WrongKind", Rows + "New-MlpModel -Dataset $data -ColumnMissing @{ Age = 'seven' }");
        AssertFails("InvalidMissing", Rows + "New-MlpModel -Dataset $data -ColumnMissing @{ Age = $null }");
        AssertFails("NotADate", Rows + "New-MlpModel -Dataset $data -DatePart @{ Age = 'Hour' }");
        AssertFails("InvalidMaxCategories", Rows + "New-MlpModel -Dataset $data -MaxCategories 1");
        AssertFails("InvalidMinCategoryCount", Rows + "New-MlpModel -Dataset $data -MinCategoryCount 0");
        Assert.Equal(12, _session.Run1<int>("(New-MlpModel -Dataset $data -MaxCategories 10).InputSize"));
    }

    [Fact]
    public void Options_reach_the_model()
    {
        const string Rows = """
            $data = [pscustomobject]@{ a = 1; b = 1; c = 'u'; y = 'p' }, [pscustomobject]@{ a = $null; b = 3; c = 'U'; y = 'q' },
                [pscustomobject]@{ a = 5; b = 9; c = 'v'; y = 'p' } | ConvertTo-MlpDataset y

            """;
        Assert.Equal("a 0 1 3, b 1 0.125 4.33", Numbers("-Missing Mean -Scaling None -ColumnScaling @{ 'B*' = 'MinMax' }"));
        Assert.Equal("a 0 1 7, b 0 1 3", Numbers("-Scaling None -ColumnMissing @{ a = 7 }"));
        Assert.Equal("a 1 0.25 5, b 0 1 3", Numbers("-ColumnScaling @{ '*' = 'None'; a = 'MinMax' } -ColumnMissing @{ a = '5' }"));
        Assert.Equal("a 3 0.5 3, b 3 0.25 3", Numbers("-Scaling Robust"));
        Assert.Equal("a b c=U c=u c=v", Features(string.Empty));
        Assert.Equal("a b c=u c=v", Features("-IgnoreCase"));
        Assert.Equal("a b c=U c=u c=(other)", Features("-MaxCategories 2"));
        Assert.Equal("a b c=u c=(other)", Features("-MinCategoryCount 2 -IgnoreCase"));
        Assert.Equal("a b c=u c=(other)", Features("-UnknownCategory Other -IgnoreCase"));
        Assert.Equal("a b c=U c=u c=v c=none", Features("-ColumnMissing @{ c = 'none' }"));
        Assert.Equal("a a missing b b missing c=U c=u c=v c=", Features("-Missing Indicator"));
        Assert.Equal("when,when Weekday sine,when Weekday cosine,when Hour sine,when Hour cosine", _session.Run1<string>("""
            $days = 1..9 | ForEach-Object { [pscustomobject]@{ when = ([datetime]'2024-01-01').AddHours(7 * $_); y = $_ % 2 } } | ConvertTo-MlpDataset y
            (New-MlpModel -Dataset $days -DatePart @{ when = 'Weekday', 'Hour' }).Input.FeatureNames -join ','
            """));

        string Numbers(string options) => _session.Run1<string>(Rows + $$"""
            $numbers = (New-MlpModel -Dataset $data {{options}}).Input.Columns.Where({ $_.Kind -ne 'Category' })
            $numbers.ForEach({ [string]::Format([cultureinfo]::InvariantCulture, '{0} {1:0.###} {2:0.###} {3:0.##}', $_.Name, $_.Shift, $_.Factor, $_.Fill) }) -join ', '
            """);
        string Features(string options) => _session.Run1<string>(Rows + $"(New-MlpModel -Dataset $data {options}).Input.FeatureNames -join ' '");
    }

    [Fact]
    public void A_table_of_runs_may_say_how_columns_become_features()
    {
        Assert.Equal(["0 1 3", "1 0.5 3", "2 1.22 4"], _session.Run("""
            $data = 1, 1, 2, 3 | ForEach-Object { [pscustomobject]@{ x = $_; c = "c$_"; y = $_ % 2 } } | ConvertTo-MlpDataset y
            [pscustomobject]@{ Scaling = 'None'; MaxCategories = '2'; MinCategoryCount = ''; UnknownCategory = 'ignore' },
                [pscustomobject]@{ Scaling = 'MinMax'; MaxCategories = ''; MinCategoryCount = ''; UnknownCategory = 'other' },
                [pscustomobject]@{ Scaling = ''; Missing = ''; MissingLabel = ''; MaxCategories = ''; MinCategoryCount = ''; UnknownCategory = ''; IgnoreCase = '' } |
                New-MlpModel -Dataset $data |
                ForEach-Object { $x = $_.Input.Columns[0]; [string]::Format([cultureinfo]::InvariantCulture, '{0} {1:0.##} {2}', $x.Shift, $x.Factor, $_.InputSize - 1) }
            """).Select(line => line.ToString()));
    }

    [Fact]
    public void Columns_are_what_they_are_said_to_be_and_keep_to_each_other()
    {
        Write("t.csv", "zip,when,who,y\n1010,2024-01-01,a,p\n2020,2024-01-02,b,q\n1010,2024-01-03,a,p\n3030,2024-01-04,c,q\n");
        Assert.Equal(
            ["zip Feature Category string", "when Feature Date DateTime", "y Label Category string", "who Aside Category string"],
            Columns("$data = Import-MlpDataset t.csv y -ColumnType @{ 'Z*' = 'Category' } -Aside who; $data | Get-MlpColumn"));
        Assert.Equal(["zip Feature Category string", "who Feature Category string"], Columns("Import-MlpDataset t.csv y -Category zip | Get-MlpColumn -Name zip, w?o"));
        Assert.Equal("zip=1010 zip=2020 zip=3030 when", _session.Run1<string>("$model = New-MlpModel -Dataset $data -Seed 1; $model.Input.FeatureNames -join ' '"));

        // Like a data set or a model: its columns, each as what it is there, in whatever order they come.
        const string Turned = "[pscustomobject]@{ y = 'q'; more = 1; when = '2024-02-01'; zip = '2020' }";
        foreach (string like in new[] { "$data", "$model" })
        {
            Assert.Equal(
                ["when Feature Date DateTime", "zip Feature Category string", "y Label Category string"],
                Columns($"$other = {Turned} | ConvertTo-MlpDataset -Like {like} -Name other; $other | Get-MlpColumn"));
            Assert.Equal("q 1", _session.Run1<string>("\"$($other.Labels) $((Measure-MlpModel $model $other).Samples)\""));
        }

        const string Confidences = "({0} | Get-MlpPrediction $model).ForEach({{ $_.Confidence }}) -join ' '";
        Assert.Equal(Of(Confidences, "$data"), Of(Confidences, "$data | ConvertFrom-MlpDataset"));
        AssertFails("ColumnsMissing", "Measure-MlpModel $model (Import-MlpDataset t.csv y -Exclude zip)");
        AssertFails("WrongKind", "Measure-MlpModel $model ([pscustomobject]@{ zip = 1; when = 'soon'; y = 'p' } | ConvertTo-MlpDataset y)");
        AssertFails("ColumnNotFound", "$data | Get-MlpColumn zap");

        string Of(string script, string source) => _session.Run1<string>(string.Format(CultureInfo.InvariantCulture, script, source));
        string[] Columns(string script) =>
            [.. _session.Run(script + " | ForEach-Object { \"$($_.Name) $($_.Role) $($_.Kind) $($_.Type)\" }").Select(line => line.ToString()!)];
    }

    [Fact]
    public void Values_come_back_as_what_they_were()
    {
        Assert.Empty(_session.Run("""
            $rows = foreach ($i in 1..6) {
                [pscustomobject]@{
                    int = $i; long = 10000000000 * $i; double = $i / 3; float = [float]($i / 7); decimal = [decimal]($i / 10); flag = $i % 2 -eq 0; text = "t$i"; zip = "0$i"
                    date = ([datetime]'2024-01-01').AddHours(5 * $i); offset = [DateTimeOffset]::new(2024, 1, $i, 0, 0, 0, [timespan]'02:00'); day = [DateOnly]::new(2024, 1, $i)
                    time = [TimeOnly]::new($i, 30); span = [timespan]::FromMinutes($i); weekday = [DayOfWeek]$i; guid = [guid]::new($i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); letter = [char](64 + $i)
                    y = $i % 3
                }
            }
            $back = @($rows | ConvertTo-MlpDataset y -Aside guid | ConvertFrom-MlpDataset)
            foreach ($i in 0..5) {
                foreach ($name in $rows[0].psobject.Properties.Name) {
                    $was = $rows[$i].$name
                    $is = $back[$i].$name
                    if ($was -ne $is -or $was.GetType() -ne $is.GetType()) { "$name $was $($was.GetType()) $is $($is.GetType())" }
                }
            }
            """));
        foreach ((string label, string type) in new[]
        {
            ("$_ % 2 -eq 0", "bool"), ("$_ % 2", "int"), ("[long]($_ % 2)", "long"), ("\"n$($_ % 2)\"", "string"), ("[DayOfWeek]($_ % 2)", "DayOfWeek"),
            ("[byte]($_ % 2)", "byte"), ("\"0$($_ % 2)\"", "string"), ("[guid]::new($_ % 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)", "guid"),
        })
        {
            Assert.Equal("True True True", _session.Run1<string>($$"""
                $data = 1..12 | ForEach-Object { [pscustomobject]@{ x = $_ % 2; y = {{label}} } } | ConvertTo-MlpDataset y
                $model = New-MlpModel -Dataset $data -Seed 1 -WarningAction Ignore
                Export-MlpModel $model typed.safetensors -Force
                $predictions = @($data | Get-MlpPrediction $model), @($data | Get-MlpPrediction (Import-MlpModel typed.safetensors))
                "$($predictions[0][0].Prediction -is [{{type}}]) $($predictions[0][0].Label -is [{{type}}]) $($predictions[1][0].Prediction -is [{{type}}])"
                """));
        }

        const string Numbers = "$data = 1..20 | ForEach-Object { [pscustomobject]@{ x = $_ * $_; y = ([datetime]'2024-01-01').AddDays($_); z = [timespan]::FromHours($_) } } | ConvertTo-MlpDataset y -Exclude z; ";
        Assert.Equal("DateTime", _session.Run1<string>(Numbers + "@($data | Get-MlpPrediction (New-MlpModel -Dataset $data))[0].Prediction.GetType().Name"));
        Assert.Equal("TimeSpan", _session.Run1<string>(Numbers.Replace("y -Exclude z", "z -Exclude y") + "@($data | Get-MlpPrediction (New-MlpModel -Dataset $data))[0].Prediction.GetType().Name"));
    }

    [Fact]
    public void Classes_meet_by_their_names()
    {
        _session.Run("""
            $all = foreach ($i in 1..30) { [pscustomobject]@{ x = [Math]::Sin($i); y = ('red', 'green', 'blue')[$i % 3] } }
            $model = New-MlpModel -Dataset ($all | ConvertTo-MlpDataset y) -Seed 1
            $some = $all.Where({ $_.y -ne 'blue' }) | ConvertTo-MlpDataset y -Name some
            $more = ($all + [pscustomobject]@{ x = 0; y = 'grey' }) | ConvertTo-MlpDataset y -Name more
            $others = [pscustomobject]@{ x = 0; y = 'grey' }, [pscustomobject]@{ x = 1; y = 'pink' } | ConvertTo-MlpDataset y -Name others
            """);

        // A subset is only a subset: each class is what it was.
        Assert.Equal("blue green red,green red", _session.Run1<string>("\"$($model.ClassNames),$($some.ClassNames)\""));
        Assert.Equal("20 0 True", _session.Run1<string>("""
            $measured = Measure-MlpModel $model $some
            $right = @($some | Get-MlpPrediction $model).Where({ $_.Prediction -eq $_.Label }).Count
            "$($measured.Samples) $($measured.Classes[0].Support) $([Math]::Abs($measured.Accuracy - $right / 20) -lt 1e-9)"
            """));
        Assert.Single(_session.Run("Invoke-MlpTraining $model $some -Epochs 1"));

        // Not known: an error to learn from, a mistake to be measured with, and none at all is an error there too.
        AssertFails("UnknownClass", "Invoke-MlpTraining $model $more -Epochs 1");
        Session.Result measured = _session.Try("(Measure-MlpModel $model $more).Accuracy; @($more | Get-MlpPrediction $model).Where({ $_.IsCorrect }).Count / 31");
        Assert.Empty(measured.Errors);
        Assert.Equal((double)measured.Output[1].BaseObject, (double)measured.Output[0].BaseObject, 1e-9);
        Assert.Contains("1 sample of 1 class that the model does not know count as mistakes: grey", Assert.Single(measured.Warnings));
        AssertFails("UnknownClass", "Measure-MlpModel $model $others");

        // A model of sizes alone takes on the names of what it learns from first.
        Assert.Equal("0 1 2 True,blue green red False", _session.Run1<string>("""
            $plain = New-MlpModel -InputSize 1 -OutputSize 3
            $before = "$($plain.ClassNames) $($plain.Output.IsAnonymous)"
            $null = Invoke-MlpTraining $plain ($all | ConvertTo-MlpDataset y) -Epochs 1
            "$before,$($plain.ClassNames) $($plain.Output.IsAnonymous)"
            """));
        AssertFails("ClassCountMismatch", "Invoke-MlpTraining (New-MlpModel -InputSize 1 -OutputSize 2) ($all | ConvertTo-MlpDataset y) -Epochs 1");
    }

    [Fact]
    public void Gaps_are_filled_and_labels_without_a_value_are_not_learned_from()
    {
        _session.Run("$rows = [pscustomobject]@{ x = 1; y = 'p' }, [pscustomobject]@{ x = $null; y = 'q' }, [pscustomobject]@{ x = 4; y = $null }, [pscustomobject]@{ x = 3; y = 'p' }; $data = $rows | ConvertTo-MlpDataset y -Name gaps");
        Session.Result made = _session.Try("$model = New-MlpModel -Dataset $data -Seed 1; $model.Input.Columns[0].Fill");
        Assert.Empty(made.Errors);
        Assert.Equal(3.0, made.Output[0].BaseObject);
        Assert.Equal("Missing values are filled: x (1, with 3).", Assert.Single(made.Warnings));
        AssertFails("MissingLabel", "Invoke-MlpTraining $model $data -Epochs 1");
        AssertFails("MissingLabel", "Measure-MlpModel $model $data");
        Assert.Equal(4, _session.Run("$data | Get-MlpPrediction $model").Length);

        Session.Result dropped = _session.Try("$drops = New-MlpModel -Dataset $data -MissingLabel Drop -WarningAction Ignore; (Measure-MlpModel $drops $data).Samples; $null = Invoke-MlpTraining $drops $data -Epochs 1");
        Assert.Empty(dropped.Errors);
        Assert.Equal(3, dropped.Output[0].BaseObject);
        Assert.Equal(2, dropped.Warnings.Length);
        Assert.All(dropped.Warnings, warning => Assert.StartsWith("1 row with missing values left out", warning));
        Assert.Equal(2, _session.Run1<int>("$drops = New-MlpModel -Dataset $data -MissingLabel Drop -Missing Drop; (Measure-MlpModel $drops $data).Samples"));
        AssertFails("MissingValue", "Measure-MlpModel (New-MlpModel -Dataset $data -Missing Refuse -MissingLabel Drop) $data");
    }

    [Fact]
    public void Arrays_are_taken_as_they_are_unless_asked_otherwise()
    {
        const string Arrays = "$data = New-MlpDataset ((1, 200), (3, 400), (5, 600)) 'a', 'b', 'a'; ";
        Session.Result plain = _session.Try(Arrays + "(New-MlpModel -Dataset $data).Input.Columns.Count");
        Assert.Equal(0, plain.Output[0].BaseObject);
        Assert.Equal("Numbers of arrays are taken as they are, and these features are far from 1: 2 (about 4E+02). -Scaling Standard brings them there.", Assert.Single(plain.Warnings));
        Session.Result scaled = _session.Try(Arrays + "$model = New-MlpModel -Dataset $data -Scaling MinMax -Seed 1; \"$($model.Input.Columns.Shift) $($model.Input.Columns.Factor)\"");
        Assert.Equal("1 200 0.25 0.0025", scaled.Output[0].ToString());
        Assert.Empty(scaled.Warnings);
        Assert.Equal("0 200", _session.Run1<string>("\"$((New-MlpModel -Dataset $data -ColumnScaling @{ 2 = 'MinMax' }).Input.Columns.Shift)\""));
        Assert.Equal("True", _session.Run1<string>("Export-MlpModel $model arrays.safetensors; \"$((, (3, 400) | Get-MlpPrediction $model).Confidence -eq (, (3, 400) | Get-MlpPrediction (Import-MlpModel arrays.safetensors)).Confidence)\""));
    }

    [Fact]
    public void Suspicious_columns_are_told_of()
    {
        PSObject[] columns = _session.Run("$suspects = 1..40 | ForEach-Object { [pscustomobject]@{ Row = $_; Key = \"k$_\"; Same = 1; Price = \"$($_ * 1.5) €\"; Fine = [Math]::Sin($_); Twin = $_ % 2; y = $_ % 2 -eq 0 } } | ConvertTo-MlpDataset y; $suspects | Get-MlpColumn");
        string?[] warnings = [.. columns.Select(column => (string?)column.Properties["Warning"].Value)];
        Assert.Equal(
            ["counts the rows, as an id does", "has another text in nearly every row, as an id has", "has the same value in every row", "has another text in nearly every row, as an id has", null, "tells the label all by itself", null],
            warnings);
        Session.Result made = _session.Try("$null = New-MlpModel -Dataset $suspects; $null = New-MlpModel -Dataset $suspects");
        Assert.Equal(10, made.Warnings.Length);
        Assert.Contains("leave it out with -Exclude 'Row'", made.Warnings[0]);
        Assert.Equal(5, _session.Try("$null = [pscustomobject]@{ HiddenSize = 1 }, [pscustomobject]@{ HiddenSize = 2 } | New-MlpModel -Dataset $suspects").Warnings.Length);
    }

    [Fact]
    public void A_data_set_splits_joins_slices_and_turns_back_into_objects()
    {
        Assert.Equal("10 5 5", _session.Run1<string>("$test = Import-Mnist -Split Test -First 20; ($test | Split-MlpDataset -Fraction 0.5, 0.25 -NoShuffle | ForEach-Object Count) -join ' '"));
        Assert.Equal(["1 15 5", "2 15 5", "3 15 5", "4 15 5"], _session.Run("$test | Split-MlpDataset -Folds 4 -Seed 1 | ForEach-Object { \"$($_.Fold) $($_.Training.Count) $($_.Test.Count)\" }").Select(line => line.ToString()));
        Assert.Equal(20, _session.Run1<int>("($test | Split-MlpDataset -Fraction 0.5 -Seed 1 | Join-MlpDataset).Count"));
        Assert.Equal(4, _session.Run1<int>("($test | Select-MlpDataset -Label 1, 7 -Skip 1 -First 4).Count"));
        Assert.Equal("7 784", _session.Run1<string>("$object = @($test | ConvertFrom-MlpDataset)[0]; \"$($object.Label) $($object.Features.Count)\""));
        foreach (string split in new[] { "$test | Split-MlpDataset 0.75", "Split-MlpDataset $test 0.75", "Split-MlpDataset -Dataset $test 0.75", "Split-MlpDataset 0.75 -Dataset $test" })
            Assert.Equal("15 5", _session.Run1<string>($"({split}).ForEach({{ $_.Count }}) -join ' '"));
        Assert.Equal("16 4", _session.Run1<string>("(Split-MlpDataset $test).ForEach({ $_.Count }) -join ' '"));
        Assert.Equal("4 4", _session.Run1<string>("\"$(@(Split-MlpDataset $test -Folds 4).Count) $(@($test | Split-MlpDataset -Folds 4).Count)\""));
        AssertFails("InvalidFraction", "$test | Split-MlpDataset -Fraction 2");
        AssertFails("InvalidFolds", "$test | Split-MlpDataset -Folds 21");
        AssertFails("DatasetsDiffer", "$test, (New-MlpDataset (1, 2) (1, 2)) | Join-MlpDataset");
        AssertFails("UnknownLabel", "$test | Select-MlpDataset -Label x");
    }

    [Fact]
    public void A_data_set_splits_by_groups_and_by_time()
    {
        _session.Run("$visits = foreach ($i in 1..40) { [pscustomobject]@{ who = $i % 8; when = ([datetime]'2024-01-01').AddDays(-$i); n = $i; y = $i % 3 } }; $data = $visits | ConvertTo-MlpDataset y -Aside who, when");
        const string Shared = "$a = @(($parts[0] | ConvertFrom-MlpDataset).who); $b = @(($parts[1] | ConvertFrom-MlpDataset).who); ";
        Assert.Equal("20 20 0", _session.Run1<string>("$parts = $data | Split-MlpDataset 0.5 -Group who -Seed 1; " + Shared + "\"$($a.Count) $($b.Count) $($a.Where({ $_ -in $b }).Count)\""));
        Assert.Equal("True", _session.Run1<string>("$again = $data | Split-MlpDataset 0.5 -Group who -Seed 1; \"$(($again[0] | ConvertFrom-MlpDataset).n -join ' ')\" -eq (($parts[0] | ConvertFrom-MlpDataset).n -join ' ')"));
        Assert.Equal(["30 10 0", "30 10 0", "30 10 0", "30 10 0"], _session.Run("$data | Split-MlpDataset -Folds 4 -Group who -Seed 1 | ForEach-Object { $parts = $_.Training, $_.Test; " + Shared + "\"$($a.Count) $($b.Count) $($a.Where({ $_ -in $b }).Count)\" }").Select(line => line.ToString()));

        // The rows go back in time: the first are the latest.
        Assert.Equal("11 40,1 10", _session.Run1<string>("($data | Split-MlpDataset 0.75 -Time when).ForEach({ $n = @(($_ | ConvertFrom-MlpDataset).n); \"$($n[0]) $($n[-1])\" }) -join ','"));
        Assert.Equal(["31 40 21 30", "21 40 11 20", "11 40 1 10"], _session.Run("$data | Split-MlpDataset -Folds 3 -Time when | ForEach-Object { $a = @(($_.Training | ConvertFrom-MlpDataset).n); $b = @(($_.Test | ConvertFrom-MlpDataset).n); \"$($a[0]) $($a[-1]) $($b[0]) $($b[-1])\" }").Select(line => line.ToString()));
        AssertFails("ColumnNotFound", "$data | Split-MlpDataset 0.5 -Group whom");
        AssertFails("SplitContradiction", "$data | Split-MlpDataset 0.5 -Group who -Time when");
        AssertFails("SplitContradiction", "$data | Split-MlpDataset 0.5 -Group who -Stratify");
        AssertFails("InvalidFolds", "$data | Split-MlpDataset -Folds 9 -Group who");
        AssertFails("InvalidTime", "New-MlpDataset (1, 2) 'a', 'b' | Split-MlpDataset 0.5 -Time Label");
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
        AssertFails("FolderNotFound", "Import-MlpDataset -ImageFolder nowhere");
        Session.Result result = _session.Try("'ragged.csv', 'a1.csv' | Import-MlpDataset -Label y");
        Assert.Single(result.Errors);
        Assert.Single(result.Output);

        _session.Run("$s = Import-MlpDataset a2.csv -Stream; $m = New-MlpModel 4 -Dataset $s -Seed 1; $null = Invoke-MlpTraining $m $s -Epochs 2 -BatchSize 2");
        Assert.True(_session.Run1<bool>("$s.IsStreamed"));
        AssertFails("NotInMemory", "Invoke-MlpTraining $m $s -Epochs 1");
        AssertFails("NotInMemory", "Invoke-MlpTraining (New-MlpModel 4 -Dataset $s -Missing Drop) $s -Epochs 1 -BatchSize 2");
        AssertFails("NotInMemory", "$s | Split-MlpDataset 0.5");
        Assert.Equal(["x Feature int 3", "y Label string 2"], _session.Run("$s | Get-MlpColumn | ForEach-Object { \"$($_.Name) $($_.Role) $($_.Type) $($_.Distinct)\" }").Select(line => line.ToString()));
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
