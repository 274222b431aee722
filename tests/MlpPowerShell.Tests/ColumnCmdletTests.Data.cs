namespace MlpPowerShell.Tests;

public sealed partial class ColumnCmdletTests
{
    [Fact]
    public void Gaps_are_filled_and_labels_without_a_value_are_not_learned_from()
    {
        Session.Result made = _session.Try("""
            $rows = (1, 'p'), ($null, 'q'), (4, $null), (3, 'q'), (6, 'p') | ForEach-Object { [pscustomobject]@{ x = $_[0]; y = $_[1] } }
            $data = $rows | ConvertTo-MlpDataset y -Name gaps
            $model = New-MlpModel -Dataset $data -Seed 1
            $model.Input.Columns[0].Fill
            """);
        Assert.Empty(made.Errors);
        Assert.Equal(3.5, made.Output[0].BaseObject);
        Assert.Equal("Missing values are filled: x (1, with 3.5).", Assert.Single(made.Warnings));
        AssertFails("MissingLabel", "Invoke-MlpTraining $model $data -Epochs 1");
        AssertFails("MissingLabel", "Measure-MlpModel $model $data");
        Assert.Equal(5, _session.Run("$data | Get-MlpPrediction $model").Length);

        Session.Result dropped = _session.Try("""
            $drops = New-MlpModel -Dataset $data -MissingLabel Drop -WarningAction Ignore
            (Measure-MlpModel $drops $data).Samples
            $null = Invoke-MlpTraining $drops $data -Epochs 1 -Optimizer Sgd -FullBatch
            """);
        Assert.Empty(dropped.Errors);
        Assert.Equal(4, dropped.Output[0].BaseObject);
        Assert.Equal(2, dropped.Warnings.Length);
        Assert.All(dropped.Warnings, warning => Assert.StartsWith("1 row with missing values left out", warning));
        const string Both = "$both = New-MlpModel -Dataset $data -MissingLabel Drop -Missing Drop; (Measure-MlpModel $both $data).Samples";
        Assert.Equal(3, _session.Run1<int>(Both));
        Assert.Equal(["3", "4"], Lines("$both, $drops | Compare-MlpModel $drops -Dataset $data | ForEach-Object Samples"));
        AssertFails("MissingValue", "Measure-MlpModel (New-MlpModel -Dataset $data -Missing Refuse -MissingLabel Drop) $data");
    }

    [Fact]
    public void Arrays_are_taken_as_they_are_unless_asked_otherwise()
    {
        Session.Result plain = _session.Try("""
            $data = New-MlpDataset ((1, 200), (3, 400), (5, 600)) 'a', 'b', 'a'
            (New-MlpModel -Dataset $data).Input.Columns.Count
            """);
        Assert.Equal(0, plain.Output[0].BaseObject);
        Assert.Contains(
            "these features are far from 1: 2 (about 4E+02). Standardizing with -Scaling Standard brings", Assert.Single(plain.Warnings));
        Session.Result scaled = _session.Try("""
            $model = New-MlpModel -Dataset $data -Scaling MinMax -Seed 1
            "$($model.Input.Columns.Shift) $($model.Input.Columns.Factor)"
            """);
        Assert.Equal("1 200 0.25 0.0025", scaled.Output[0].ToString());
        Assert.Empty(scaled.Warnings);
        Assert.Equal("0 200", Text("\"$((New-MlpModel -Dataset $data -ColumnScaling @{ 2 = 'MinMax' }).Input.Columns.Shift)\""));
        Assert.True(_session.Run1<bool>("""
            Export-MlpModel $model arrays.safetensors
            $again = Import-MlpModel arrays.safetensors
            (, (3, 400) | Get-MlpPrediction $model).Confidence -eq (, (3, 400) | Get-MlpPrediction $again).Confidence
            """));
    }

    [Fact]
    public void Suspicious_columns_are_told_of()
    {
        _session.Run("""
            $suspects = foreach ($i in 1..40) {
                $even = $i % 2 -eq 0
                $price = "$($i % 9).5 €"
                [pscustomobject]@{ Row = $i; Key = "k$i"; Same = 1; Price = $price; Fine = [Math]::Sin($i); Twin = -not $even; y = $even }
            }
            $suspects = $suspects | ConvertTo-MlpDataset y
            """);
        const string AsIds = "as an id ";
        Assert.Equal(
            [
                $"Row counts the rows, {AsIds}does", $"Key has another text in nearly every row, {AsIds}has",
                "Same has the same value in every row",
                "Price holds texts that look like numbers written otherwise, such as '1.5 €'", "Fine ",
                "Twin tells the label all by itself", "y ",
            ],
            Lines("$suspects | Get-MlpColumn | ForEach-Object { \"$($_.Name) $($_.Warning)\" }"));

        // Once a command, however many models it makes.
        const string Runs = "$null = 1, 2 | ForEach-Object { [pscustomobject]@{ HiddenSize = $_ } } | New-MlpModel -Dataset $suspects";
        string[] warnings = _session.Try(Runs).Warnings;
        Assert.Equal(5, warnings.Length);
        Assert.Contains("leave it out with -Exclude 'Row'", warnings[0]);
    }

    [Fact]
    public void A_data_set_splits_by_groups_and_by_time()
    {
        _session.Run("""
            $start = [datetime]'2024-01-01'
            $visits = foreach ($i in 1..40) { [pscustomobject]@{ who = $i % 8; when = $start.AddDays(-$i); n = $i; y = $i % 3 } }
            $data = $visits | ConvertTo-MlpDataset y -Aside who, when

            # How many samples two parts have, and how many of the second are of somebody who is in the first too.
            function shared($one, $other) {
                $a = @(($one | ConvertFrom-MlpDataset).who)
                $b = @(($other | ConvertFrom-MlpDataset).who)
                "$($a.Count) $($b.Count) $($b.Where({ $_ -in $a }).Count)"
            }
            function span($part) { $n = @(($part | ConvertFrom-MlpDataset).n); "$($n[0])-$($n[-1])" }
            """);
        Assert.Equal("20 20 0", Text("$parts = $data | Split-MlpDataset 0.5 -Group who -Seed 1; shared $parts[0] $parts[1]"));
        Assert.True(_session.Run1<bool>("""
            $again = $data | Split-MlpDataset 0.5 -Group who -Seed 1
            "$(($again[0] | ConvertFrom-MlpDataset).n)" -eq "$(($parts[0] | ConvertFrom-MlpDataset).n)"
            """));
        Assert.Equal(
            Enumerable.Repeat("30 10 0", 4),
            Lines("$data | Split-MlpDataset -Folds 4 -Group who -Seed 1 | ForEach-Object { shared $_.Training $_.Test }"));

        // The rows go back in time: the first are the latest.
        Assert.Equal("11-40 1-10", Text("$parts = $data | Split-MlpDataset 0.75 -Time when; \"$(span $parts[0]) $(span $parts[1])\""));
        Assert.Equal(
            ["31-40 21-30", "21-40 11-20", "11-40 1-10"],
            Lines("$data | Split-MlpDataset -Folds 3 -Time when | ForEach-Object { \"$(span $_.Training) $(span $_.Test)\" }"));
        AssertFails("ColumnNotFound", "$data | Split-MlpDataset 0.5 -Group whom");
        AssertFails("SplitContradiction", "$data | Split-MlpDataset 0.5 -Group who -Time when");
        AssertFails("SplitContradiction", "$data | Split-MlpDataset 0.5 -Group who -Stratify");
        AssertFails("InvalidFolds", "$data | Split-MlpDataset -Folds 9 -Group who");
        AssertFails("InvalidTime", "New-MlpDataset (1, 2) 'a', 'b' | Split-MlpDataset 0.5 -Time Label");
    }
}
