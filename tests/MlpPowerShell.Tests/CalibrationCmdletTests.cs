namespace MlpPowerShell.Tests;

/// <summary>Calibration, and what holds with a confidence, as a user gets them.</summary>
public sealed class CalibrationCmdletTests : IDisposable
{
    private const string Setup = """
        function Rows($from, $to) {
            $from..$to | ForEach-Object {
                $kind = ('ant', 'bee', 'wasp "so"')[[int](($_ * 37 % 101) / 34 + ($_ * 29 % 7) / 6) % 3]
                [pscustomobject]@{ x = $_ * 37 % 101 / 50; z = $_ * 53 % 89; kind = $kind }
            }
        }
        $train, $held, $new = @(1, 200), @(201, 400), @(401, 600) | ForEach-Object { Rows $_[0] $_[1] | ConvertTo-MlpDataset -Label kind }
        $model = New-MlpModel 12 -Dataset $train -Seed 1
        $null = Invoke-MlpTraining $model $train -Epochs 40 -Seed 1 -InformationAction Ignore

        """;

    private const string Numbers = """
        function Rows($from, $to) {
            $from..$to | ForEach-Object {
                $when = [datetime]::new(2024, 1, 1).AddDays($_ * 37 % 101 + $_ * 31 % 11)
                [pscustomobject]@{ a = $_ * 37 % 101; one = $_ * 37 % 101 + $_ * 29 % 13; when = $when }
            }
        }
        $train, $held, $new = @(1, 100), @(101, 200), @(201, 300) |
            ForEach-Object { Rows $_[0] $_[1] | ConvertTo-MlpDataset -Label one -Exclude when }
        $model = New-MlpModel 6 -Dataset $train -Seed 1
        $null = Invoke-MlpTraining $model $train -Epochs 10 -Seed 1 -InformationAction Ignore

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_copy_is_calibrated_and_the_model_stays_as_it_is() => Assert.Equal(
        ["True True True True"],
        Lines("""
            $before = Measure-MlpModel $model $held
            $copy = Set-MlpCalibration $model $held
            $after = Measure-MlpModel $copy $held
            $undone = Copy-MlpModel $copy -NoCalibration
            $same = $model, $undone | ForEach-Object { (Measure-MlpModel $_ $held).LogLoss -eq $before.LogLoss }
            "$($after.LogLoss -lt $before.LogLoss) $($after.Accuracy -eq $before.Accuracy) $same"
            """));

    [Fact]
    public void Columns_of_the_samples_stand_in_any_order() => Assert.Equal(
        ["True"],
        Lines("""
            $other = Rows 201 400 | ForEach-Object { [pscustomobject]@{ kind = $_.kind; z = $_.z; more = 'b'; X = $_.x } } |
                ConvertTo-MlpDataset -Label kind -Exclude more
            $one, $two = $other, $held | ForEach-Object { (Set-MlpCalibration $model $_).Output.Calibration.Temperature }
            $one -eq $two
            """));

    [Fact]
    public void Sets_are_a_property_of_predictions_and_a_column_for_each_class()
    {
        Assert.Equal(["True True"], Lines("""
            $safe = Set-MlpCalibration $model $held -Method Conformal
            $answers = $new | Get-MlpPrediction $safe -Confidence 0.9
            $coverage = @($answers | Where-Object { $_.Label -in $_.PredictionSet }).Count / 200
            $evaluation = Measure-MlpModel $safe $new -Confidence 0.9
            "$($evaluation.Coverage -eq $coverage) $($evaluation.Coverage -gt 0.8)"
            """));
        Assert.Equal(
            ["InSet.ant,InSet.bee,InSet.wasp \"so\"", "True"],
            Lines("""
                $safe = Set-MlpCalibration $model $held Conformal
                $flat = ($new | Get-MlpPrediction $safe -Confidence 0.9 -Flat)[0]
                ($flat.PSObject.Properties.Name -like 'InSet*') -join ','
                $flat.'InSet.bee' -eq ('bee' -in ($new | Get-MlpPrediction $safe -Confidence 0.9)[0].PredictionSet)
                """));
        Assert.Equal(
            ["x,z,kind,Prediction,Confidence,PredictionSet", "x,z,kind,Prediction,Confidence"],
            Lines("""
                $safe = Set-MlpCalibration $model $held Conformal
                (Rows 401 401 | Get-MlpPrediction $safe -Confidence 0.9 -PassThru).PSObject.Properties.Name -join ','
                (Rows 401 401 | Get-MlpPrediction $safe -PassThru).PSObject.Properties.Name -join ','
                """));
    }

    [Fact]
    public void Intervals_are_a_lower_and_an_upper_end()
    {
        Assert.Equal(["True True"], Of(Numbers, """
            $safe = Set-MlpCalibration $model $held
            $answers = $new | Get-MlpPrediction $safe -Confidence 0.9
            $coverage = @($answers | Where-Object { $_.Lower -le $_.Label -and $_.Label -le $_.Upper }).Count / 100
            "$((Measure-MlpModel $safe $new -Confidence 0.9).Coverage -eq $coverage) $($coverage -gt 0.8)"
            """));
        Assert.Equal(["Index,Label,Prediction,Error,Lower,Upper"], Of(Numbers, """
            $safe = Set-MlpCalibration $model $held
            ($new | Get-MlpPrediction $safe -Confidence 0.9 -Flat)[0].PSObject.Properties.Name -join ','
            """));
    }

    [Fact]
    public void Dates_have_dates_for_ends() => Assert.Equal(
        ["True DateTime"],
        Of(Numbers, """
            $days = Rows 1 200 | ConvertTo-MlpDataset -Label when -Exclude one -Task Regression
            $calendar = New-MlpModel 4 -Dataset $days -Seed 1 | Set-MlpCalibration -Dataset $days
            $row = Rows 300 300 | Get-MlpPrediction $calendar -Confidence 0.8
            "$($row.Lower -lt $row.Prediction -and $row.Prediction -lt $row.Upper) $($row.Lower.GetType().Name)"
            """));

    [Fact]
    public void They_travel_with_their_model_and_predictions_with_their_sets() => Assert.Equal(
        ["True True", "True", "True True"],
        Lines("""
            $safe = Set-MlpCalibration $model $held | Set-MlpCalibration -Dataset $held -Method Conformal
            function Travelled($object) {
                $serializer = [System.Management.Automation.PSSerializer]
                $serializer::Deserialize($serializer::Serialize($object))
            }
            $back = Travelled $safe
            "$($back.Output.Calibration.Temperature -eq $safe.Output.Calibration.Temperature) $($back.Output.Conformal.Count -eq 200)"
            $answers = $new | Get-MlpPrediction $safe -Confidence 0.9
            "$($answers.PredictionSet)" -eq "$((Travelled $answers).PredictionSet)"
            $evaluation = Measure-MlpModel $safe $new -Confidence 0.9
            "$((Travelled $evaluation).Coverage -eq $evaluation.Coverage) $((Travelled $evaluation).MeanSize -eq $evaluation.MeanSize)"
            """));

    [Fact]
    public void Groups_have_each_a_coverage() => Assert.Equal(
        ["ant,bee,wasp \"so\"", "True"],
        Lines("""
            $safe = Set-MlpCalibration $model $held Conformal
            $groups = Measure-MlpModel $safe $new -Confidence 0.9 -By kind
            $groups.Group -join ','
            $mean = [Linq.Enumerable]::Sum([double[]]($groups | ForEach-Object { $_.Coverage * $_.Samples })) / 200
            [math]::Abs($mean - (Measure-MlpModel $safe $new -Confidence 0.9).Coverage) -lt 1e-12
            """));

    [Theory]
    [InlineData("Set-MlpCalibration $safe $held Platt", "conformal scores were of other probabilities")]
    [InlineData("Invoke-MlpTraining $safe $train -Epochs 1", "calibrate it anew after the training")]
    [InlineData(
        "Rows 201 400 | ForEach-Object { if ($_.x -gt 1.6) { $_.kind = 'moth' }; $_ } | "
            + "ConvertTo-MlpDataset -Label kind | Set-MlpCalibration $safe -Method Platt",
        "are left out: moth")]
    public void What_is_lost_or_left_out_is_told(string command, string warning)
    {
        string pipeline = command.Contains("| Set-MlpCalibration", StringComparison.Ordinal)
            ? "$strange = " + command.Replace(" | Set-MlpCalibration $safe -Method Platt", "; Set-MlpCalibration $safe $strange Platt")
            : command;
        Assert.Contains(warning, string.Join('\n', Lines($$"""
            $safe = Set-MlpCalibration $model $held Conformal
            & { {{pipeline}} } -WarningVariable none 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }
            """)));
    }

    [Fact]
    public void Samples_that_the_model_has_learned_from_are_told()
    {
        Assert.Contains("are those that the model has learned from", Lines("Set-MlpCalibration $model $train 3>&1")[0]);
        Assert.DoesNotContain("learned from", string.Join(' ', Lines("Set-MlpCalibration $model $held 3>&1")));
    }

    [Fact]
    public void Quantiles_and_a_spread_make_intervals_that_differ() => Assert.Equal(
        ["True True", "True", "True"],
        Of(Numbers, """
            $low, $high = 0.1, 0.9 | ForEach-Object {
                New-MlpModel 6 -Dataset $train -Seed 1 -Loss Quantile -Quantile $_ |
                    Invoke-MlpTraining -Dataset $train -Epochs 10 -PassThru -InformationAction Ignore
            }
            function Widths($model) {
                $new | Get-MlpPrediction $model -Confidence 0.9 | ForEach-Object { [math]::Round($_.Upper - $_.Lower, 6) }
            }
            $safe = (Set-MlpCalibration $model $held -Between $low, $high),
                (Set-MlpCalibration $model $held -Method Conformal -Spread $high)
            $different = $safe | ForEach-Object { [System.Collections.Generic.HashSet[double]]::new([double[]](Widths $_)).Count -gt 1 }
            "$($different[0]) $($different[1])"
            $serializer = [System.Management.Automation.PSSerializer]
            $back = $serializer::Deserialize($serializer::Serialize($safe[0]))
            "$(Widths $back)" -eq "$(Widths $safe[0])"
            $row = [pscustomobject]@{ A = 40 } | Get-MlpPrediction $safe[0] -Confidence 0.9
            $row.Lower -lt $row.Upper
            """));

    [Fact]
    public void Columns_of_other_models_are_wanted_of_rows_and_data_sets_alike() => Assert.Equal(
        ["a", "True", "MissingProperty", "ColumnsMissing", "b,a", "a,b", "a"],
        Of(Numbers, """
            function Wide($from, $to) { Rows $from $to | ForEach-Object { [pscustomobject]@{ a = $_.a; b = $_.one % 7; one = $_.one } } }
            $wide = Wide 1 100 | ConvertTo-MlpDataset -Label one
            $safe = Set-MlpCalibration $model $wide -Spread (New-MlpModel 4 -Dataset $wide -Seed 1)
            $model.Input.Names -join ','
            $whole, $row = ($wide | Get-MlpPrediction $safe -Confidence 0.9)[4], (Wide 5 5 | Get-MlpPrediction $safe -Confidence 0.9)
            $whole.Lower -eq $row.Lower -and $row.Lower -lt $row.Upper
            foreach ($narrow in (Rows 5 5), $new) {
                try { $narrow | Get-MlpPrediction $safe -Confidence 0.9 -ErrorAction Stop }
                catch { ($_.FullyQualifiedErrorId -split ',')[0] }
            }
            [IO.File]::WriteAllText("$PWD/wide.csv", "c,b,a,one`n1,2,3,4`n2,3,4,5`n")
            [IO.File]::WriteAllText("$PWD/narrow.csv", "c,a,one`n1,3,4`n2,4,5`n")
            $wide, $narrow = 'wide.csv', 'narrow.csv' | ForEach-Object { Import-MlpDataset $_ -Like $safe }
            foreach ($read in $wide, (Wide 1 9 | ConvertTo-MlpDataset -Like $safe), $narrow) { $read.Columns.Name -join ',' }
            """));

    [Fact]
    public void A_calibration_that_goes_with_the_weights_is_told_once() => Assert.Equal(
        ["1", "True", "0", "True"],
        Lines("""
            $safe = Set-MlpCalibration $model $held Conformal
            $sparse = $safe, $safe | Compress-MlpModel -Sparsity 0.5 -WarningVariable told -WarningAction SilentlyContinue
            $told.Count
            $null -eq $sparse[1].Output.Conformal -and "$told".Contains('calibrate the copy anew, with Set-MlpCalibration')
            $whole = Compress-MlpModel $safe 0 -WarningVariable told
            $told.Count
            $null -ne $whole.Output.Conformal
            """));

    [Fact]
    public void A_report_names_the_calibration() => Assert.Equal(
        ["True", "False"],
        Lines("""
            $safe = Set-MlpCalibration $model $held Platt | Set-MlpCalibration -Dataset $held -Method Conformal
            foreach ($one in $safe, $model) {
                $null = Export-MlpReport $one report.html -Force
                [IO.File]::ReadAllText("$PWD/report.html").Contains('<th>Calibrated</th><td>Platt, scores of 200 samples</td>')
            }
            """));

    [Fact]
    public void A_warning_that_is_the_same_for_several_models_is_told_once() => Assert.Equal(
        ["1"],
        Lines("""
            $strange = Rows 201 400 | ForEach-Object { if ($_.x -gt 1.6) { $_.kind = 'moth' }; $_ } | ConvertTo-MlpDataset -Label kind
            $null = $model, $model | Measure-MlpModel -Dataset $strange -WarningVariable told -WarningAction SilentlyContinue
            $told.Count
            """));

    [Fact]
    public void A_threshold_goes_with_other_probabilities_and_a_warning() => Assert.Contains(
        "The threshold 0.3 was one of other probabilities",
        string.Join('\n', _session.Run("""
            $rows = 1..200 | ForEach-Object { [pscustomobject]@{ x = $_ * 37 % 101; y = ($_ * 37 % 101 -gt 50) -xor ($_ % 9 -eq 0) } }
            $data = $rows | ConvertTo-MlpDataset -Label y
            $model = New-MlpModel 4 -Dataset $data -Seed 1 | Copy-MlpModel -Threshold 0.3
            $null = Invoke-MlpTraining $model $data -Epochs 5 -InformationAction Ignore
            Set-MlpCalibration $model $data 3>&1
            """).Select(output => $"{output}")));

    [Theory]
    [InlineData("$new | Get-MlpPrediction $model -Confidence 0.9", "NotConformal")]
    [InlineData("Measure-MlpModel $model $new -Confidence 0.9", "NotConformal")]
    [InlineData("Measure-MlpModel (Set-MlpCalibration $model $held Conformal) $new -Confidence 90", "InvalidConfidence")]
    [InlineData("Measure-MlpModel (Set-MlpCalibration $model $held Conformal) $new -Confidence 0.999", "ConfidenceTooHigh")]
    [InlineData("Set-MlpCalibration $model $held Platt -Spread $model", "CompanionUnused")]
    [InlineData("Set-MlpCalibration $model $held -Spread $model", "NotACompanion")]
    [InlineData("Set-MlpCalibration $model $held -Between $model", "ParameterArgumentValidationError")]
    [InlineData("Set-MlpCalibration $model $held Best", "ParameterArgumentTransformationError")]
    [InlineData(
        "Set-MlpCalibration $model (1..20 | ForEach-Object { [pscustomobject]@{ x = $_; kind = 'ant' } } | "
            + "ConvertTo-MlpDataset -Label kind)",
        "ColumnsMissing")]
    [InlineData(
        "Set-MlpCalibration $model (1..20 | ForEach-Object { [pscustomobject]@{ x = $_; z = 2 } } | ConvertTo-MlpDataset -Label z)",
        "UnknownClass")]
    public void What_does_not_fit_is_an_error(string command, string id) =>
        Assert.StartsWith(id, Lines($"try {{ {command} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}")[0]);

    [Fact]
    public void What_to_do_first_is_told() => Assert.EndsWith(
        "Calibrate it with Set-MlpCalibration -Method Conformal on samples that it has not learned from.",
        Lines("try { $new | Get-MlpPrediction $model -Confidence 0.9 } catch { \"$_\" }")[0]);

    [Fact]
    public void An_error_of_an_argument_is_told_once_for_all_objects() => Assert.Equal(
        ["1"],
            Lines("Rows 1 9 | Get-MlpPrediction $model -Confidence 0.9 -ErrorAction SilentlyContinue -ErrorVariable wrong; $wrong.Count"));

    [Fact]
    public void Models_and_methods_are_completed() => Assert.Equal(
        ["$model", "Isotonic"],
        Lines("""
            (TabExpansion2 'Set-MlpCalibration $mod').CompletionMatches[0].CompletionText
            (TabExpansion2 'Set-MlpCalibration $model $held -Method I').CompletionMatches.CompletionText
            """));

    private string[] Lines(string script) => Of(Setup, script);

    private string[] Of(string setup, string script) => [.. _session.Run(setup + script).Select(output => $"{output}")];
}
