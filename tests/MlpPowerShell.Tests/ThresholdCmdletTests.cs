using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>Thresholds and flat predictions, as a user gets them.</summary>
public sealed class ThresholdCmdletTests : IDisposable
{
    private const string Setup = """
        $rows = 1..200 | ForEach-Object {
            $isFraud = $_ * 37 % 101 -gt 75 -xor $_ % 11 -eq 0
            [pscustomobject]@{ x = $_ * 37 % 101 / 50; z = $_ * 53 % 89; fraud = if ($isFraud) { 'Yes, "so"' } else { 'no' } }
        }
        $data = $rows | ConvertTo-MlpDataset -Label fraud
        $model = New-MlpModel 6 -Dataset $data -Seed 1

        """;

    private const string Numbers = """
        $data = 1..40 | ForEach-Object { [pscustomobject]@{ a = $_ % 9; b = $_ % 7; one = $_ * 2.5; two = $_ % 5 } } |
            ConvertTo-MlpDataset -Label one, two
        $model = New-MlpModel 4 -Dataset $data -Seed 1

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Rows_rise_and_the_recommended_one_becomes_that_of_a_copy()
    {
        Assert.Equal(["True True 8"], Lines("""
            $some = Get-MlpThreshold $model $data -First 8
            $best = $some | Where-Object IsRecommended
            $copy = $best | Copy-MlpModel $model
            $same = $copy.Output.Decision.Threshold -eq $best.Threshold -and $copy.Output.PositiveClass -eq $best.PositiveClass
            [double[]]$sorted = $some.Threshold
            [array]::Sort($sorted)
            "$("$sorted" -eq "$($some.Threshold)") $same $($some.Count)"
            """));
        Assert.Equal(["True"], Lines("""
            $copy = Copy-MlpModel $model -Threshold 0.37 -PositiveClass no
            (Measure-MlpModel $copy $data).Accuracy -eq (Measure-MlpModel $model $data -Threshold 0.37 -PositiveClass no).Accuracy
            """));
        Assert.Equal(["", "0.37"], Lines("""
            $copy = Copy-MlpModel $model -Threshold 0.37
            "$((Copy-MlpModel $copy -Threshold $null).Output.Decision.Threshold)"
            (Copy-MlpModel $copy -PositiveClass no).Output.Decision.Threshold
            """));
    }

    [Fact]
    public void A_threshold_decides_what_is_predicted()
    {
        Assert.Equal(["True"], Lines("""
            $looked = 'Yes, "so"'
            $least = 0.45
            $wrong = $data | Get-MlpPrediction $model -Threshold $least -PositiveClass $looked |
                Where-Object { ($_.Prediction -eq $looked) -ne ($_.Probabilities[[array]::IndexOf($model.ClassNames, $looked)] -ge $least) }
            $null -eq $wrong
            """));
    }

    [Fact]
    public void Costs_are_a_table_of_outcomes()
    {
        Assert.Equal(["True"], Lines("""
            $rows = Get-MlpThreshold $model $data -Cost @{ falsepositive = '2'; FalseNegative = 5 } -All
            $best = $rows | Where-Object IsRecommended
            $best.Cost -eq [Linq.Enumerable]::Min([double[]]$rows.Cost) -and
                [math]::Abs($best.Cost - (2 * $best.FalsePositives + 5 * $best.FalseNegatives) / 200) -lt 1e-12
            """));
        foreach (string costs in new[] { "@{ Miss = 1 }", "@{ FalseNegative = 'much' }", "@{ FalseNegative = [double]::NaN }" })
            Assert.StartsWith("InvalidCost", Fails($"Get-MlpThreshold $model $data -Cost {costs}"));
    }

    [Theory]
    [InlineData("Get-MlpThreshold $model $data -PositiveClass nobody", "UnknownClass")]
    [InlineData("Measure-MlpModel $model $data -PositiveClass nobody", "UnknownClass")]
    [InlineData("$rows | Get-MlpPrediction $model -PositiveClass nobody", "UnknownClass")]
    [InlineData("Copy-MlpModel $model -Threshold 1.5", "InvalidThreshold")]
    [InlineData("Measure-MlpModel $model $data -Threshold 2", "ParameterArgumentValidationError")]
    public void What_does_not_fit_is_an_error(string command, string id) => Assert.StartsWith(id, Fails(command));

    [Fact]
    public void An_error_of_an_argument_is_told_once_for_all_objects() => Assert.Equal(["1"], Lines(
        "$rows | Get-MlpPrediction $model -PositiveClass nobody -ErrorAction SilentlyContinue -ErrorVariable wrong; $wrong.Count"));

    [Fact]
    public void Classes_of_the_model_are_completed() => Assert.Equal(
        ["no", "no", "no", "no"],
        Lines("""
            foreach ($line in 'Get-MlpThreshold $model $data -PositiveClass n', 'Copy-MlpModel $model -PositiveClass n',
                '$data | Get-MlpPrediction $model -PositiveClass n', '$model | Measure-MlpModel -Dataset $data -PositiveClass n') {
                (TabExpansion2 $line).CompletionMatches.CompletionText
            }
            """));

    [Fact]
    public void Flat_predictions_have_a_property_for_each_class()
    {
        Assert.Equal(
            ["Index,Label,IsCorrect,Prediction,Confidence,Probability.Yes, \"so\",Probability.no"],
            Lines("($data | Get-MlpPrediction $model -Flat)[0].PSObject.Properties.Name -join ','"));
        Assert.Equal(["x,z,fraud,MyPrediction,MyConfidence,MyProbability.Yes, \"so\",MyProbability.no"], Lines(
            "($rows[0] | Get-MlpPrediction $model -Flat -PassThru -Prefix My).PSObject.Properties.Name -join ','"));
        Assert.Equal(["True"], Lines("""
            $one = ($data | Get-MlpPrediction $model -Flat).'Probability.no'
            "$one" -eq "$($data | Get-MlpPrediction $model | ForEach-Object { $_.Probabilities[1] })"
            """));
    }

    [Fact]
    public void Many_classes_and_such_of_one_name_in_two_cases_each_have_a_property()
    {
        const string Many = """
            $data = 1..600 | ForEach-Object { [pscustomobject]@{ x = $_; kind = ('a', 'A', '', '*[', "new`nline", "$_")[$_ % 6] } } |
                Where-Object kind -ne '' | ConvertTo-MlpDataset -Label kind
            $model = New-MlpModel 3 -Dataset $data -Seed 1 -WarningAction SilentlyContinue

            """;
        PSObject flat = _session.Run(Many + "($data | Get-MlpPrediction $model -Flat)[0]")[0];
        string[] names = [.. flat.Properties.Select(property => property.Name)];
        Assert.Equal(104 + 5, names.Length);
        Assert.Contains("Probability.A", names);
        Assert.Contains("Probability.a_", names, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Probability.*[", names);
        Assert.Equal(1, names.Where(name => name.StartsWith("Probability.", StringComparison.Ordinal))
            .Sum(name => (float)flat.Properties[name].Value), 1e-5);
    }

    [Fact]
    public void Numbers_have_an_error_each_where_the_truth_is_known()
    {
        Assert.Equal(
            ["Index,Label.one,Label.two,Prediction.one,Prediction.two,Error.one,Error.two"],
            _session.Run(Numbers + "($data | Get-MlpPrediction $model -Flat)[3].PSObject.Properties.Name -join ','")
                .Select(text => $"{text}"));
        Assert.Equal(
            ["True"],
            _session.Run(Numbers + """
                $row = ($data | Get-MlpPrediction $model -Flat)[3]
                [math]::Abs($row.'Prediction.one' - $row.'Label.one' - $row.'Error.one') -lt 1e-9
                """).Select(text => $"{text}"));
        Assert.Equal(
            [""],
            _session.Run(
                Numbers
                    + "[pscustomobject]@{ a = 1; b = 2 } | Get-MlpPrediction $model -Flat | "
                    + "ForEach-Object { \"$($_.'Error.one')$($_.'Label.two')\" }")
            .Select(text => $"{text}"));
    }

    [Fact]
    public void Labels_have_each_an_answer() => Assert.Equal(
        ["Index,Label.warm,Label.dry,IsCorrect,Prediction.warm,Prediction.dry,Confidence,Probability.warm,Probability.dry", "True"],
        _session.Run("""
            $data = 1..40 | ForEach-Object { [pscustomobject]@{ a = $_ % 9; warm = $_ % 9 -gt 4; dry = $_ % 2 -eq 0 } } |
                ConvertTo-MlpDataset -Label warm, dry
            $model = New-MlpModel 4 -Dataset $data -Seed 1
            $row = ($data | Get-MlpPrediction $model -Flat)[3]
            $row.PSObject.Properties.Name -join ','
            $row.'Prediction.dry' -eq ($row.'Probability.dry' -gt 0.5)
            """).Select(text => $"{text}"));

    [Fact]
    public void A_threshold_travels_with_its_model() => Assert.Equal(
        ["0.3"],
        Lines("""
            $copy = Copy-MlpModel $model -Threshold 0.3
            $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($copy))
            $back.Output.Decision.Threshold
            """));

    [Theory]
    [InlineData("Get-MlpThreshold $model $data -All", "", "false positive rate")]
    [InlineData("Get-MlpThreshold $model $data -First 3", "-Kind PrecisionRecall", "precision")]
    [InlineData("Measure-MlpModel $model $data", "-Kind Calibration", "confidence")]
    [InlineData("Measure-MlpModel $model $data", "-Kind Confusion", "predicted")]
    public void They_are_drawn(string source, string options, string axis)
    {
        string svg = string.Join('\n', Lines($"""
            $file = [IO.Path]::Combine([IO.Path]::GetTempPath(), "$([guid]::NewGuid()).svg")
            {source} | Export-MlpChart $file {options}
            [IO.File]::ReadAllText($file)
            [IO.File]::Delete($file)
            """));
        Assert.Contains(axis, svg);
    }

    [Fact]
    public void A_chart_of_another_kind_is_refused()
    {
        Assert.StartsWith("ChartKindMismatch", Fails("Measure-MlpModel $model $data | Export-MlpChart never.svg -Kind Roc"));
        Assert.StartsWith("ChartKindMismatch", Fails("$model | Export-MlpChart never.svg -Kind Calibration"));
        Assert.StartsWith(
            "NoCalibration",
            $"{_session.Run(
                Numbers
                    + "try { Measure-MlpModel $model $data | Export-MlpChart never.svg -Kind Calibration -ErrorAction Stop } catch { "
                    + "$_.FullyQualifiedErrorId }")[0]}");
    }

    private string Fails(string command) =>
        Lines($"try {{ {command} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}")[0];

    private string[] Lines(string script) => [.. _session.Run(Setup + script).Select(output => $"{output}")];
}
