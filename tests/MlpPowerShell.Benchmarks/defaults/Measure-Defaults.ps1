#requires -Module MlpPowerShell
# Trains on the tables that tables.py has written, without any option but one thread, and scores the test parts: accuracy, or R2. All tables
# are gone through twice, and the second time counts: in the first, .NET compiles what it finds to be used often.
param([Parameter(Mandatory)][string]$Folder)
$tables = foreach ($file in Get-ChildItem $Folder -Filter *-train.csv) {
    $train = Import-MlpDataset $file -Label y -WarningAction Ignore
    [pscustomobject]@{
        Name  = $file.Name -replace '-train.csv'
        Train = $train
        Test  = Import-MlpDataset ($file.FullName -replace '-train', '-test') -Label y -Like $train -WarningAction Ignore
    }
}
$rows = foreach ($table in $tables + $tables) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $scores = foreach ($seed in 1..3) {
        $model = New-MlpModel -Dataset $table.Train -Seed $seed -WarningAction Ignore
        $epochs = Invoke-MlpTraining $model $table.Train -Seed $seed -ThreadCount 1 6>$null
        $measured = Measure-MlpModel $model $table.Test
        $measured.Accuracy ?? $measured.R2
    }
    [pscustomobject]@{
        Table   = $table.Name
        Rows    = $table.Train.Count
        Score   = [Math]::Round(($scores | Measure-Object -Average).Average, 3)
        Epochs  = $epochs.Count
        Seconds = [Math]::Round($watch.Elapsed.TotalSeconds / 3, 3)
    }
}
$rows | Select-Object -Last @($tables).Count
