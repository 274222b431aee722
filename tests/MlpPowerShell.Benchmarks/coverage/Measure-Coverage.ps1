#requires -Module MlpPowerShell
# How often sets and intervals of a confidence hold what is true, on ten of the tables that defaults/tables.py has written. Each is divided
# anew for each seed: half to train on with defaults, a quarter to calibrate on, a quarter to measure. The figures are means over the seeds.
param([Parameter(Mandatory)][string]$Folder, [double[]]$Confidence = (0.8, 0.9, 0.95), [int]$Seeds = 20)
foreach ($name in 'iris', 'wine', 'cancer', 'digits', 'moons', 'class4', 'diabetes', 'friedman1', 'friedman2', 'wavy') {
    $whole = Get-ChildItem "$Folder/$name-*.csv" | Import-Csv | ConvertTo-MlpDataset y -Name $name -WarningAction Ignore
    $rows = foreach ($seed in 1..$Seeds) {
        $train, $held, $test = $whole | Split-MlpDataset 0.5, 0.25 -Seed $seed
        $model = New-MlpModel -Dataset $train -Seed $seed -WarningAction Ignore
        $null = Invoke-MlpTraining $model $train -Seed $seed 6>$null
        $sure = Set-MlpCalibration $model $held -Method Conformal
        foreach ($level in $Confidence) {
            Measure-MlpModel $sure $test -Confidence $level |
                Select-Object Confidence, Coverage, MeanSize, @{ n = 'Score'; e = { $_.Accuracy ?? $_.R2 } }
        }
    }
    foreach ($group in $rows | Group-Object Confidence) {
        $coverage = $group.Group | Measure-Object Coverage -Average -StandardDeviation
        [pscustomobject]@{
            Table      = $name
            Calibrated = $held.Count
            Score      = ($group.Group | Measure-Object Score -Average).Average
            Confidence = [double] $group.Name
            Coverage   = $coverage.Average
            Deviation  = $coverage.StandardDeviation
            MeanSize   = ($group.Group | Measure-Object MeanSize -Average).Average
        }
    }
}
