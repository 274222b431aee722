using System.Management.Automation;
using System.Text;

namespace MlpPowerShell.Tests;

/// <summary>Columns through the commands: what they are, what a model makes of them, and how data meet it by name.</summary>
public sealed partial class ColumnCmdletTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Columns_are_what_they_are_said_to_be_and_keep_to_each_other()
    {
        Write("t.csv", "zip,when,who,y\n1010,2024-01-01,a,p\n2020,2024-01-02,b,q\n1010,2024-01-03,a,p\n3030,2024-01-04,c,q\n");
        Assert.Equal(
            ["zip Feature Category string", "when Feature Date DateTime", "y Label Category string", "who Aside Category string"],
            Columns("$data = Import-MlpDataset t.csv y -ColumnType @{ 'Z*' = 'Category' } -Aside who; $data | Get-MlpColumn"));
        Assert.Equal(
            ["zip Feature Category string", "who Feature Category string"],
            Columns("Import-MlpDataset t.csv y -Category zip | Get-MlpColumn zip, w?o"));
        const string Model = "$model = New-MlpModel -Dataset $data -Seed 1; $model.Input.FeatureNames -join ' '";
        Assert.Equal("zip=1010 zip=2020 zip=3030 when", Text(Model));

        // Like a data set or a model: its columns, each as what it is there, in whatever order they come.
        foreach (string like in new[] { "$data", "$model" })
        {
            const string Turned = "[pscustomobject]@{ y = 'q'; more = 1; when = '2024-02-01'; zip = '2020' }";
            Assert.Equal(
                ["when Feature Date DateTime", "zip Feature Category string", "y Label Category string"],
                Columns($"$other = {Turned} | ConvertTo-MlpDataset -Like {like} -Name other; Get-MlpColumn $other"));
            Assert.Equal("q 1", Text("\"$($other.Labels) $((Measure-MlpModel $model $other).Samples)\""));
        }

        Assert.Equal(
            Text("($data | Get-MlpPrediction $model).ForEach({ $_.Confidence }) -join ' '"),
            Text("($data | ConvertFrom-MlpDataset | Get-MlpPrediction $model).ForEach({ $_.Confidence }) -join ' '"));
        AssertFails("ColumnsMissing", "Measure-MlpModel $model (Import-MlpDataset t.csv y -Exclude zip)");
        AssertFails("WrongKind", "Measure-MlpModel $model ([pscustomobject]@{ zip = 1; when = 'soon'; y = 'p' } | ConvertTo-MlpDataset y)");
        AssertFails("ColumnNotFound", "$data | Get-MlpColumn zap");

        string[] Columns(string script) => Lines(script + " | ForEach-Object { \"$($_.Name) $($_.Role) $($_.Kind) $($_.Type)\" }");
    }

    [Fact]
    public void Values_come_back_as_what_they_were()
    {
        Assert.Empty(_session.Run("""
            $rows = foreach ($i in 1..6) {
                [pscustomobject]@{
                    int = $i; long = 10000000000 * $i; double = [double]$i / 3; float = [float]($i / 7); decimal = [decimal]($i / 10)
                    flag = $i % 2 -eq 0; text = "t$i"; zip = "0$i"; letter = [char](64 + $i); weekday = [DayOfWeek]$i
                    guid = [guid]::new($i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                    offset = [DateTimeOffset]::new(2024, 1, $i, 0, 0, 0, [timespan]'02:00')
                    date = ([datetime]'2024-01-01').AddHours(5 * $i); day = [DateOnly]::new(2024, 1, $i)
                    time = [TimeOnly]::new($i, 30); span = [timespan]::FromMinutes($i)
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
    }

    [Theory]
    [InlineData("$_ % 2 -eq 0", "bool")]
    [InlineData("$_ % 2", "int")]
    [InlineData("[long]($_ % 2)", "long")]
    [InlineData("[byte]($_ % 2)", "byte")]
    [InlineData("\"n$($_ % 2)\"", "string")]
    [InlineData("\"0$($_ % 2)\"", "string")]
    [InlineData("[DayOfWeek]($_ % 2)", "DayOfWeek")]
    [InlineData("[guid]::new($_ % 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)", "guid")]
    [InlineData("([datetime]'2024-01-01').AddDays($_ % 2)", "datetime", "-Task Classification")]
    [InlineData("([datetime]'2024-01-01').AddDays($_)", "datetime")]
    [InlineData("[timespan]::FromHours($_)", "timespan")]
    public void Predictions_are_of_the_type_of_what_was_learned(string label, string type, string options = "") =>
        Assert.Equal("True True True", Text($$"""
            $data = 1..24 | ForEach-Object { [pscustomobject]@{ x = $_ % 2; y = {{label}} } } | ConvertTo-MlpDataset y {{options}}
            $model = New-MlpModel -Dataset $data -Seed 1 -WarningAction Ignore
            Export-MlpModel $model typed.safetensors
            $first = @($data | Get-MlpPrediction $model)[0]
            $again = @($data | Get-MlpPrediction (Import-MlpModel typed.safetensors))[0]
            "$($first.Prediction -is [{{type}}]) $($first.Label -is [{{type}}]) $($again.Prediction -is [{{type}}])"
            """));

    [Theory]
    [InlineData("int", "double")]
    [InlineData("double", "double")]
    [InlineData("float", "float")]
    [InlineData("decimal", "decimal")]
    public void Numbers_are_predicted_as_what_they_were(string type, string expected) => Assert.Equal("True True", Text($$"""
        $data = (1..20).ForEach({ [pscustomobject]@{ x = $_ % 7; y = [{{type}}]($_ * 3) } }) | ConvertTo-MlpDataset y -Task Regression
        $first = @($data | Get-MlpPrediction (New-MlpModel -Dataset $data -Seed 1))[0]
        "$($first.Prediction -is [{{expected}}]) $($first.Label -is [{{type}}])"
        """));

    [Theory]
    [InlineData("1.1", "1.10", "2.0", "beta")]
    [InlineData("TRUE", "True", "yes", "maybe")]
    [InlineData("2020-01-01", "2020-01-01T00:00:00", "x", "soon")]
    [InlineData("01", "1", "1.0", "+1")]
    public void Texts_that_look_like_numbers_meet_as_texts(string one, string other, string third, string last)
    {
        string rows = $"$texts = '{one}', '{other}', '{third}', '{last}'\n" + """
            $rows = (0..79).ForEach({ [pscustomobject]@{ a = "c$($_ % 4)"; y = $texts[$_ % 4] } })
            $lines = $rows.ForEach({ "$($_.a),$($_.y)" })
            [IO.File]::WriteAllLines("$PWD/all.csv", @('a,y') + $lines)
            $d = Import-MlpDataset all.csv y -Category y
            $m = New-MlpModel -Dataset $d -Seed 1
            $null = Invoke-MlpTraining $m $d -Epochs 100 -LearningRate 0.1 -Seed 1 -Optimizer Sgd -FullBatch
            foreach ($i in 0..3) {
                [IO.File]::WriteAllLines("$PWD/part$i.csv", @('a,y') + $lines.Where({ $_.StartsWith("c$i,") }))
                foreach ($how in @{}, @{ Stream = $true }) { (Measure-MlpModel $m (Import-MlpDataset part$i.csv y -Like $m @how)).Accuracy }

                # Read without the model, a text may be one or another of its; never is another one taken for it.
                $part = Import-MlpDataset part$i.csv y -Task Classification
                $plain = try { (Measure-MlpModel $m $part -ErrorAction Stop).Accuracy } catch { $_.FullyQualifiedErrorId }
                if ($plain -ne 1 -and "$plain" -notlike 'AmbiguousText*') { $plain }
            }
            """;
        Assert.Equal(string.Join(' ', Enumerable.Repeat("1", 8)), string.Join(' ', _session.Run(rows).Select(value => $"{value}")));
    }

    [Fact]
    public void A_comparison_tells_once_of_classes_that_neither_model_knows() => Assert.Equal("True z.", Text("""
        $data = (1..8).ForEach({ [pscustomobject]@{ x = $_ * $_; y = ('p', 'q')[$_ % 2] } }) | ConvertTo-MlpDataset y
        $new = (1..8).ForEach({ [pscustomobject]@{ x = $_ * $_; y = ('p', 'z')[$_ % 2] } }) | ConvertTo-MlpDataset y
        $first, $second = 1, 2 | ForEach-Object { New-MlpModel 3 -Dataset $data -Seed $_ }
        $null = Compare-MlpModel $first $second $new -WarningVariable warnings -WarningAction SilentlyContinue
        "$($warnings.Count -eq 1) $("$warnings".Split(' ')[-1])"
        """));

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
        Assert.Equal("a b c=u c=v", Features("-UnknownCategory Other -IgnoreCase"));
        Assert.Equal("a b c=U c=u c=v c=none", Features("-ColumnMissing @{ c = 'none' }"));
        Assert.Equal("a a missing b c=U c=u c=v", Features("-Missing Indicator"));

        string Numbers(string options) => Text(Rows + $$"""
            $format = '{0} {1:0.###} {2:0.###} {3:0.##}'
            $columns = (New-MlpModel -Dataset $data {{options}}).Input.Columns.Where({ $_.Kind -ne 'Category' })
            $line = { [string]::Format([cultureinfo]::InvariantCulture, $format, $_.Name, $_.Shift, $_.Factor, $_.Fill) }
            $columns.ForEach($line) -join ', '
            """);
        string Features(string options) => Text(Rows + $"(New-MlpModel -Dataset $data {options}).Input.FeatureNames -join ' '");
    }

    [Fact]
    public void Dates_may_go_along_with_their_places_in_week_and_day() =>
        Assert.Equal("when,when Weekday sine,when Weekday cosine,when Hour sine,when Hour cosine", Text("""
            $days = 1..9 | ForEach-Object { [pscustomobject]@{ when = ([datetime]'2024-01-01').AddHours(7 * $_); y = $_ % 2 } }
            (New-MlpModel -Dataset ($days | ConvertTo-MlpDataset y) -DatePart @{ when = 'Weekday', 'Hour' }).Input.FeatureNames -join ','
            """));

    [Fact]
    public void A_table_of_runs_may_say_how_columns_become_features()
    {
        Assert.Equal(["0 1 3 Ignore", "1 0.5 2 Other", "1.75 1.21 3 Other"], Lines("""
            $data = 1, 1, 2, 3 | ForEach-Object { [pscustomobject]@{ x = $_; c = "c$_"; y = $_ % 2 } } | ConvertTo-MlpDataset y
            [pscustomobject]@{ Scaling = 'None'; Missing = ''; MaxCategories = '2'; UnknownCategory = 'ignore' },
                [pscustomobject]@{ Scaling = 'MinMax'; MaxCategories = ''; MinCategoryCount = '2'; UnknownCategory = 'other' },
                [pscustomobject]@{ Scaling = ''; MissingLabel = ''; MinCategoryCount = ''; UnknownCategory = ''; IgnoreCase = '' } |
                 New-MlpModel -Dataset $data | ForEach-Object {
                    $x, $c = $_.Input.Columns
                    [string]::Format([cultureinfo]::InvariantCulture, '{0:0.##} {1:0.##} {2} {3}',
                        $x.Shift, $x.Factor, $_.InputSize - 1, $c.Unknown)
                }
            """));
    }

    [Fact]
    public void Data_that_make_no_model_end_the_command_with_advice()
    {
        _session.Run("""
            $people = foreach ($i in 1..60) { [pscustomobject]@{ Name = "person $i"; Age = $i; Buys = ('no', 'yes')[$i % 2] } }
            $data = $people | ConvertTo-MlpDataset Buys
            $empty = [pscustomobject]@{ x = $null; y = 1 }, [pscustomobject]@{ x = ''; y = 2 } | ConvertTo-MlpDataset y
            """);
        AssertFails("TooManyCategories", "New-MlpModel -Dataset ($people | ConvertTo-MlpDataset Name)");
        AssertFails("OneClass", "New-MlpModel -Dataset ($people[1, 3] | ConvertTo-MlpDataset Buys)");
        AssertFails("EmptyColumn", "New-MlpModel -Dataset $empty");
        AssertFails("LabelsMissing", "New-MlpModel -Dataset (New-MlpDataset (1, 2))");
        AssertFails("ColumnNotFound", "New-MlpModel -Dataset $data -ColumnScaling @{ Agee = 'MinMax' }");
        AssertFails("InvalidOption", "New-MlpModel -Dataset $data -ColumnScaling @{ Age = 'Minmix' }");
        AssertFails("WrongKind", "New-MlpModel -Dataset $data -ColumnMissing @{ Age = 'seven' }");
        AssertFails("InvalidMissing", "New-MlpModel -Dataset $data -ColumnMissing @{ Age = $null }");
        AssertFails("NotADate", "New-MlpModel -Dataset $data -DatePart @{ Age = 'Hour' }");
        AssertFails("InvalidMaxCategories", "New-MlpModel -Dataset $data -MaxCategories 1");
        AssertFails("InvalidMinCategoryCount", "New-MlpModel -Dataset $data -MinCategoryCount 0");

        // Texts that hardly recur have a feature in common, or where that is asked for make many.
        Assert.Equal(3, _session.Run1<int>("(New-MlpModel -Dataset $data).InputSize"));
        Assert.Equal(61, _session.Run1<int>("(New-MlpModel -Dataset $data -UnknownCategory Ignore).InputSize"));
        Assert.Equal(12, _session.Run1<int>("(New-MlpModel -Dataset $data -UnknownCategory Ignore -MaxCategories 10).InputSize"));
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
        Assert.Equal("blue green red,green red", Text("\"$($model.ClassNames),$($some.ClassNames)\""));
        Assert.Equal("20 0 True", Text("""
            $measured = Measure-MlpModel $model $some
            $right = @($some | Get-MlpPrediction $model).Where({ $_.Prediction -eq $_.Label }).Count
            "$($measured.Samples) $($measured.Classes[0].Support) $([Math]::Abs($measured.Accuracy - $right / 20) -lt 1e-9)"
            """));
        Assert.Single(_session.Run("Invoke-MlpTraining $model $some -Epochs 1 -Optimizer Sgd -FullBatch"));

        // Not known: an error to learn from, a mistake to be measured with, and none at all is an error there too.
        AssertFails("UnknownClass", "Invoke-MlpTraining $model $more -Epochs 1");
        Session.Result measured = _session.Try("""
            (Measure-MlpModel $model $more).Accuracy
            @($more | Get-MlpPrediction $model).Where({ $_.IsCorrect }).Count / 31
            """);
        Assert.Empty(measured.Errors);
        Assert.Equal((double)measured.Output[1].BaseObject, (double)measured.Output[0].BaseObject, 1e-9);
        Assert.Contains("1 sample of 1 class that the model does not know count as mistakes: grey", Assert.Single(measured.Warnings));
        AssertFails("UnknownClass", "Measure-MlpModel $model $others");

        // A model of sizes alone takes on the names of what it learns from first.
        Assert.Equal("0 1 2 True,blue green red False", Text("""
            $plain = New-MlpModel -InputSize 1 -OutputSize 3
            $before = "$($plain.ClassNames) $($plain.Output.IsAnonymous)"
            $null = Invoke-MlpTraining $plain ($all | ConvertTo-MlpDataset y) -Epochs 1 -Optimizer Sgd -FullBatch
            "$before,$($plain.ClassNames) $($plain.Output.IsAnonymous)"
            """));
    }

    private string Text(string script) => _session.Run1<string>(script);

    private string[] Lines(string script) => [.. _session.Run(script).Select(line => line.ToString()!)];

    private void AssertFails(string errorId, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_session.Folder, name), content, Encoding.UTF8);
}
