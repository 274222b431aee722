#requires -Module MlpPowerShell
# Trains on the tables that tables.py has written, without any option, and scores the test parts: accuracy, or R2.
param([Parameter(Mandatory)][string]$Folder)
foreach ($file in Get-ChildItem $Folder -Filter *-train.csv) {
    $train = Import-MlpDataset $file -Label y -WarningAction Ignore
    $test = Import-MlpDataset ($file.FullName -replace '-train', '-test') -Label y -Like $train -WarningAction Ignore
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $scores = foreach ($seed in 1..3) {
        $model = New-MlpModel -Dataset $train -Seed $seed -WarningAction Ignore
        $epochs = Invoke-MlpTraining $model $train -Seed $seed 6>$null
        $measured = Measure-MlpModel $model $test
        $measured.Accuracy ?? $measured.R2
    }
    [pscustomobject]@{
        Table   = $file.Name -replace '-train.csv'
        Rows    = $train.Count
        Score   = [Math]::Round(($scores | Measure-Object -Average).Average, 3)
        Epochs  = $epochs.Count
        Seconds = [Math]::Round($watch.Elapsed.TotalSeconds / 3, 2)
    }
}
