using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What comes from elsewhere is what it was there, or a warning or an error says so.</summary>
public sealed class SeamTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-MlpModel 4 -InputSize 2 -OutputSize 3 -Seed 1")]
    [InlineData("New-MlpModel 4 -Dataset (New-MlpDataset $arrays $labels) -Scaling Standard -Seed 1")]
    public void A_model_that_learns_from_columns_meets_them_by_name_from_then_on(string model) => Assert.Equal(
        "True True True ColumnsMissing",
        _session.Run1<string>($$"""
            $rows = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = 3 * ($_ % 5); label = 'abc'[$_ % 3] } }
            $arrays = $rows | ForEach-Object { , [double[]]($_.a, $_.b) }
            $labels = $rows | ForEach-Object { [string] $_.label }
            $turned = $rows | ForEach-Object { [pscustomobject]@{ label = $_.label; b = $_.b; a = $_.a } }
            $data = $rows | ConvertTo-MlpDataset -Label label
            $model = {{model}}
            $null = Invoke-MlpTraining $model $data -Epochs 3 -Seed 1 -LearningRate 0.01 6>$null
            function Answers($in) { ($in | Get-MlpPrediction $model | ForEach-Object { $_.Confidence.ToString('R') }) -join ' ' }
            $known = Answers $data
            $sameTurned = $known -eq (Answers ($turned | ConvertTo-MlpDataset -Label label))
            $sameArrays = $known -eq (Answers $arrays)
            $model | Export-MlpModel -Path named.safetensors
            $model = Import-MlpModel named.safetensors
            $sameRead = $known -eq (Answers ($turned | ConvertTo-MlpDataset -Label label))
            $other = $rows | ForEach-Object { [pscustomobject]@{ a = $_.a; c = $_.b; label = $_.label } } |
                ConvertTo-MlpDataset -Label label
            try { $null = $other | Get-MlpPrediction $model -ErrorAction Stop } catch { $id = $_.FullyQualifiedErrorId -replace ',.*' }
            "$sameTurned $sameArrays $sameRead $id"
            """));

    [Theory]
    [InlineData("MissingValue", "Feature 1, number 2 is missing", "New-MlpDataset ((1, ''), (2, 3))")]
    [InlineData("MissingValue", "Feature 2, number 1 is missing", "New-MlpDataset ((1, 2), ($null, 3))")]
    [InlineData("NotANumber", "Feature 2, number 1 is '3,5'", "New-MlpDataset ((1, 2), ('3,5', 3))")]
    [InlineData("NotANumber", "Feature 1, number 1 is '5'", "New-MlpDataset @([char]'5', 6)")]
    [InlineData("NotANumber", "Feature 1, number 1", "New-MlpDataset @([datetime]'2024-01-01', 6)")]
    [InlineData("NotANumber", "Target 1, number 1 is '1,234.5'", "New-MlpDataset (1, 2) -Target '1,234.5', 2")]
    [InlineData("MissingValue", "Target 2, number 1", "New-MlpDataset (1, 2) -Target 1, ''")]
    [InlineData("NotANumber", "SampleWeight, number 2 is '1,5'", "New-MlpDataset (1, 2) 'a', 'b' -SampleWeight 1, '1,5'")]
    [InlineData("NotANumber", "Sample 1, number 1 is '3,5'", ", @('3,5', '7') | Get-MlpPrediction $model")]
    [InlineData("MissingValue", "Sample 1, number 2", ", @('3.5', $null) | Get-MlpPrediction $model")]
    [InlineData("NotASample", "is no sample", "'3' | Get-MlpPrediction $model")]
    [InlineData("NotANumber", "'3,5'", "Invoke-MlpActivation ReLU '3,5'")]
    [InlineData("NotANumber", "''", "Invoke-MlpActivation ReLU '', '1'")]
    public void What_is_no_number_is_none_in_an_array(string id, string message, string script)
    {
        _session.Run("$model = New-MlpModel -InputSize 2 -OutputSize 2 -Seed 1");
        AssertFails(id, message, script);
    }

    [Fact]
    public void Texts_of_numbers_are_read_without_a_culture()
    {
        const string Script = """
            $german = [cultureinfo]::InvariantCulture.Clone()
            $german.NumberFormat.NumberDecimalSeparator = ','
            $german.NumberFormat.NumberGroupSeparator = '.'
            $before = [cultureinfo]::CurrentCulture
            [cultureinfo]::CurrentCulture = $german
            try {
                $data = New-MlpDataset ((' 1.5 ', '-2e1'), ('.5', $true)) -Target '1.25', 3 -SampleWeight '2.5', 1
                $data.GetSample(0) + $data.GetSample(1) + $data.Targets + $data.SampleWeights
            }
            finally { [cultureinfo]::CurrentCulture = $before }
            """;
        Assert.Equal([1.5, -20, 0.5, 1, 1.25, 3, 2.5, 1], _session.Run(Script).Select(number => Convert.ToDouble(number.BaseObject, null)));
    }

    [Theory]
    [InlineData("0, 1, 0, 1", "Regression")]
    [InlineData("(0, 1), (1, 1), (0, 0), (1, 0)", "MultiLabel")]
    public void One_target_is_a_number_and_several_of_0_and_1_are_labels(string targets, string task) =>
        Assert.Equal(task, _session.Run1<string>($"(New-MlpDataset (1..4) -Target {targets}).Task"));

    [Fact]
    public void Rows_of_a_DataTable_have_their_columns_alone()
    {
        const string Script = """
            $table = [Data.DataTable]::new()
            $null = 'a', 'Table', 'y' | ForEach-Object { $table.Columns.Add($_, $(if ($_ -eq 'y') { [string] } else { [int] })) }
            $null = 1..20 | ForEach-Object { $table.Rows.Add($(if ($_ % 5) { $_ } else { [DBNull]::Value }), $_ % 3, "c$($_ % 2)") }
            $rows = ConvertTo-MlpDataset -InputObject @($table.Rows) y
            $views = ConvertTo-MlpDataset -InputObject @([Data.DataView]::new($table).GetEnumerator()) y
            $model = New-MlpModel -Dataset $rows -Seed 1 -WarningAction Ignore
            "$($rows.Columns) $($rows.Columns[0].MissingCount) | $($views.Columns) | $(@($table.Rows | Get-MlpPrediction $model).Count)"
            """;
        Assert.Equal("a: 20 × Number Table: 20 × Number 4 | a: 20 × Number Table: 20 × Number | 20", _session.Run1<string>(Script));
    }

    [Fact]
    public void A_member_of_an_enum_has_its_name_wherever_it_comes_from()
    {
        const string Script = """
            $rows = 0..20 | ForEach-Object { [pscustomobject]@{ day = [DayOfWeek]($_ % 7); y = @('work', 'end')[$_ % 7 -in 0, 6] } }
            $sent = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($rows))
            $model = New-MlpModel -Dataset ($rows | ConvertTo-MlpDataset y) -Seed 1 -WarningAction Ignore
            (($rows | Get-MlpPrediction $model).Confidence -join ' ') -eq (($sent | Get-MlpPrediction $model).Confidence -join ' ')
            (($sent | ConvertTo-MlpDataset day).ClassNames -join ' ')
            """;
        Session.Result result = _session.Try(Script);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["True", "Friday Monday Saturday Sunday Thursday Tuesday Wednesday"], result.Output.Select(line => $"{line}"));
    }

    [Theory]
    [InlineData("x[1]", "x[1]")]
    [InlineData("Y1", "y1")]
    [InlineData("x?", "X2 x1 x2 x[")]
    [InlineData("x2", "x2")]
    [InlineData("x[", "x[")]
    public void A_class_is_meant_by_its_name_before_its_pattern(string pattern, string expected)
    {
        const string Script = "$data = 'x[1]', 'x1', 'x2', 'x', 'X2', 'y1', 'x[' | ForEach-Object { @{ x = 1; y = $_ } } | "
            + "ConvertTo-MlpDataset y; ($data | Select-MlpDataset -Label $a).Labels -join ' '";
        Assert.Equal(expected.Split(' ').Order(), _session.Run1<string>(Script, pattern).Split(' ').Order());
    }

    [Fact]
    public void A_header_that_is_a_sample_is_told_of()
    {
        const string Rows = "5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n6.0,3.1,Iris-versicolor\n6.1,3.0,Iris-virginica\n";
        File.WriteAllText(Path.Combine(_session.Folder, "iris.data.csv"), Rows);
        File.WriteAllText(Path.Combine(_session.Folder, "one.csv"), Rows.Replace("4.9,3.0,Iris-setosa\n", string.Empty));
        File.WriteAllText(Path.Combine(_session.Folder, "years.csv"), "2019,2020,y\n1,2,a\n3,4,b\n");
        Assert.Contains("-NoHeader", Assert.Single(_session.Try("$null = Import-MlpDataset iris.data.csv -1").Warnings));
        Assert.Contains("-NoHeader", Assert.Single(_session.Try("$null = Import-MlpDataset one.csv -1").Warnings));
        Assert.Contains("-NoHeader", Assert.Single(_session.Try("$null = Import-MlpDataset iris.data.csv -1 -Stream").Warnings));
        Assert.Contains(
            "called like a value",
            _session.Run1<string>("(Import-MlpDataset iris.data.csv -1 -WarningAction Ignore | Get-MlpColumn Iris-setosa).Warning"));
        Assert.Empty(_session.Try("$null = Import-MlpDataset years.csv y; $null = Import-MlpDataset iris.data.csv -1 -NoHeader; $null "
            + "= Import-MlpDataset iris.data.csv 1 -NoHeader").Warnings);
        Assert.Equal(4, _session.Run1<int>("(Import-MlpDataset iris.data.csv -1 -NoHeader).Count"));
    }

    [Fact]
    public void Dates_are_the_same_moments_in_every_time_zone()
    {
        const string Script = """
            $start = [datetime]::new(2024, 6, 1, 10, 0, 0, [DateTimeKind]::Utc)
            $utc = 0..39 | ForEach-Object { [pscustomobject]@{ d = $start.AddHours(5 * $_); y = "c$($_ % 2)" } }
            $local = $utc | ForEach-Object { [pscustomobject]@{ d = $_.d.ToLocalTime(); y = $_.y } }
            $offset = $utc | ForEach-Object { [pscustomobject]@{ d = ([DateTimeOffset]$_.d).ToOffset([timespan]'05:00'); y = $_.y } }
            $text = $utc | ForEach-Object { [pscustomobject]@{ d = $_.d.ToString('o'); y = $_.y } }
            $model = New-MlpModel -Dataset ($utc | ConvertTo-MlpDataset y) -DatePart @{ d = 'Hour' } -Seed 1
            $seen = @()
            foreach ($rows in $utc, $local, $offset, $text) {
                $data = $rows | ConvertTo-MlpDataset y
                $answers = $rows.ForEach({ ($_ | Get-MlpPrediction $model).Confidence }) -join ' '
                if ($answers -ne (($data | Get-MlpPrediction $model).Confidence -join ' ')) { 'rows and data set differ' }
                $seen += @($answers)
            }
            $back = ($local | ConvertTo-MlpDataset y | ConvertFrom-MlpDataset)[0].d
            $both = @($utc[0..19]) + @($local[20..39]) | ConvertTo-MlpDataset y
            $first, $second = $both | Split-MlpDataset 0.5 -Time d
            $alike = @($seen.Where({ $_ -and $_ -eq $seen[0] })).Count
            $isLast = $first.Columns[0].ValueAt(19) -eq $utc[19].d
            "$([TimeZoneInfo]::Local.BaseUtcOffset) $alike $($back.Kind) $($back -eq $utc[0].d) $isLast"
            """;
        Assert.Equal(["05:30:00 4 Utc True True"], ShellTests.RunIn("Asia/Kolkata", _session.Folder, Script));
    }

    [Fact]
    public void Moments_and_clocks_are_not_mixed_silently()
    {
        const string Rows = "$clock = 0..29 | ForEach-Object { [pscustomobject]@{ d = ([datetime]'2024-01-01').AddDays($_); y = "
            + "\"c$($_ % 2)\" } }; $moment = $clock | ForEach-Object { [pscustomobject]@{ d = [datetime]::SpecifyKind($_.d, 'Utc'); y "
                + "= $_.y } }; ";
        AssertFails("DatesMixed", "The column d", Rows + "$clock + $moment | ConvertTo-MlpDataset y");
        AssertFails(
            "DatesMixed", "The column d", Rows + "($clock | ConvertTo-MlpDataset y), ($moment | ConvertTo-MlpDataset y) | Join-MlpDataset");
        foreach ((string known, string met) in new[] { ("clock", "moment"), ("moment", "clock") })
        {
            const string Fit = "$model = New-MlpModel -Dataset (${0} | ConvertTo-MlpDataset y) -Seed 1 -WarningAction Ignore; ";
            string fit = Rows + Fit.Replace("{0}", known);
            Assert.Contains(
                "The column d has dates", Assert.Single(_session.Try($"{fit}$null = ${met} | Get-MlpPrediction $model").Warnings));
            Assert.Contains(
                "The column d has dates",
                Assert.Single(_session.Try($"{fit}$null = ${met} | ConvertTo-MlpDataset y | Measure-MlpModel $model").Warnings));
            Assert.Empty(_session.Try($"{fit}$null = ${known} | Get-MlpPrediction $model").Warnings);
        }
    }

    [Fact]
    public void Dates_whose_month_nothing_tells_are_refused()
    {
        const string Fit = "$model = New-MlpModel -Dataset (0..29 | ForEach-Object { @{ d = ([datetime]'2024-01-01').AddDays($_); y = "
            + "$_ % 2 } } | ConvertTo-MlpDataset y) -Seed 1 -WarningAction Ignore; ";
        AssertFails("AmbiguousDate", "10/01/2024", Fit + "[pscustomobject]@{ d = '10/01/2024 00:00:00' } | Get-MlpPrediction $model");
        AssertFails(
            "AmbiguousDate",
            "10/01/2024",
            "'10/01/2024 00:00:00', '05/06/2024 00:00:00' | ForEach-Object { @{ d = $_; y = 'a' } } | ConvertTo-MlpDataset y "
            + "-ColumnType @{ d = 'Date' }");
        const string DayFirst =
            "'13/01/2024 00:00:00', '05/06/2024 00:00:00' | ForEach-Object { @{ d = $_; y = 'a' } } | ConvertTo-MlpDataset y "
            + "-ColumnType @{ d = 'Date' } | ConvertFrom-MlpDataset";
        Assert.Equal("0113 0605", _session.Run1<string>($"({DayFirst}).d.ForEach({{ $_.ToString('MMdd') }}) -join ' '"));
        const string Clear = "'10/01/2024 00:00:00', '05/16/2024 00:00:00', '07/07/2024 00:00:00' | ForEach-Object { @{ d = $_; y = "
            + "'a' } } | ConvertTo-MlpDataset y -ColumnType @{ d = 'Date' } | ConvertFrom-MlpDataset";
        Assert.Equal("1001 0516 0707", _session.Run1<string>($"({Clear}).d.ForEach({{ $_.ToString('MMdd') }}) -join ' '"));
    }

    [Theory]
    [InlineData("Import-MlpDataset nowhere.csv")]
    [InlineData("Import-MlpModel nowhere.mlp")]
    [InlineData("'3' | ForEach-Object { Get-MlpPrediction $model $_ @ }")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 30 -LearningRate 1e30 @ | Where-Object Epoch -gt 100")]
    [InlineData("Invoke-MlpActivation Nothing 3")]
    [InlineData("Split-MlpDataset $data 2")]
    public void An_error_action_is_honoured_whatever_ends_the_command(string script)
    {
        const string Setup =
            "$data = New-MlpDataset ((1, 2), (3, 4), (5, 7)) 'a', 'b', 'a'; $model = New-MlpModel 3 -Dataset $data -Seed 1; ";
        string With(string action) => Setup + (script.Contains('@') ? script.Replace("@", action) : $"{script} {action}");

        Session.Result silent =
            _session.Try(With("-ErrorAction SilentlyContinue -ErrorVariable failed") + "; \"$($failed.Count) went on\"");
        Assert.Empty(silent.Errors);
        Assert.Equal("1 went on", Assert.Single(silent.Output).ToString());
        Assert.Equal("caught", Assert.Single(_session.Run($"{Setup}try {{ {With("")} }} catch {{ 'caught' }}")).ToString());
        Assert.Equal(
            "caught", Assert.Single(_session.Run($"{Setup}try {{ {With("-ErrorAction Stop")} }} catch {{ 'caught' }}")).ToString());
    }

    [Theory]
    [InlineData("-Seed has no effect with -NoShuffle", "$null = $data | Split-MlpDataset 0.5 -NoShuffle -Seed 3")]
    [InlineData("-NoShuffle has no effect with -Time", "$null = $table | Split-MlpDataset 0.5 -NoShuffle -Time a")]
    [InlineData("No sample is left", "$null = $data | Select-MlpDataset -Skip 10")]
    [InlineData(
        "-BatchSize takes all samples at once: there are 3, and each epoch is one step.",
        "$null = Invoke-MlpTraining $model $data -Epochs 1 -BatchSize 5")]
    [InlineData("-NoNormalize has no effect", "$null = $data | Get-MlpPrediction $model -NoNormalize")]
    public void What_has_no_effect_is_told(string warning, string script)
    {
        const string Setup =
            "$data = New-MlpDataset ((1, 2), (3, 4), (5, 7)) 'a', 'b', 'a'; $model = New-MlpModel 3 -Dataset $data -Seed 1; "
            + "$table = 1..9 | ForEach-Object { @{ a = $_ % 4; y = $_ % 2 } } | ConvertTo-MlpDataset y; ";
        Session.Result result = _session.Try(Setup + script);
        Assert.Empty(result.Errors);
        Assert.StartsWith(warning, Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Optimizer LBFGS")]
    [InlineData("-Optimizer LBFGS -ValidationFraction 0.2")]
    [InlineData("-Optimizer LBFGS -FullBatch -WeightDecay 0.01")]
    [InlineData("-FullBatch")]
    public void What_is_chosen_by_itself_is_never_told_of_as_without_effect(string options)
    {
        const string Setup = "$data = 1..40 | ForEach-Object { @{ a = $_ % 7; b = $_ % 3; y = $_ % 2 } } | ConvertTo-MlpDataset y; ";
        Session.Result result =
            _session.Try($"{Setup}$null = Invoke-MlpTraining (New-MlpModel 3 -Dataset $data -Seed 1) $data -Seed 1 {options}");
        Assert.Empty(result.Errors);
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("no effect", StringComparison.Ordinal));
    }

    [Fact]
    public void Weights_that_are_all_zero_are_refused() => AssertFails(
        "InvalidSampleWeight", "the weights of all samples are 0", "New-MlpDataset ((1, 2), (3, 4)) 'a', 'b' -SampleWeight 0, 0");

    [Fact]
    public void Several_values_of_a_prediction_are_shown_as_values()
    {
        const string Script = """
            $data = 1..20 | ForEach-Object { [pscustomobject]@{ x = $_; y = 2 * $_; z = $_ - 0.5 } } | ConvertTo-MlpDataset y, z
            $model = New-MlpModel 4 -Dataset $data -Seed 1
            $answer = $data | Get-MlpPrediction $model | & { process { $_ } } | ForEach-Object { $_ }
            $kinds = $answer[0].Prediction -match '^[-\d.]+$' | ForEach-Object { 'number' }
            "$($answer[0].Label.ToString()) | $($answer[0].Prediction.Count) $kinds"
            "$($answer[0].Prediction.ToString() -eq "$($answer[0].Prediction[0]), $($answer[0].Prediction[1])")"
            $classes = New-MlpDataset ((1, 2), (3, 4), (5, 7)) 'a', 'b', 'a'
            $sure = @($classes | Get-MlpPrediction (New-MlpModel 3 -Dataset $classes -Seed 1))
            "$($sure[0].Probabilities.ToString() -match '^0\.\d+, 0\.\d+$')"
            """;
        Assert.Equal(["2, 0.5 | 2 number number", "True", "True"], _session.Run(Script).Select(line => line.ToString()));
    }

    private void AssertFails(string id, string message, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.Exception.Message);
    }
}
