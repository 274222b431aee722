#Requires -Version 7.4
<#
.SYNOPSIS
Trains on the tables that tables.py wrote by L-BFGS, with the same penalty, iterations and thread.
.EXAMPLE
./Measure-Lbfgs.ps1 /tmp/tables
#>
param([Parameter(Mandatory)] [string] $Folder)

$ProgressPreference = 'SilentlyContinue'
Import-Module "$PSScriptRoot/../../../out/MlpPowerShell"
$alpha = 0.01

function Median($Values) { ($Values | Sort-Object)[[int](($Values.Count - 1) / 2)] }

foreach ($name in 'digits', 'iris', 'wine', 'breast_cancer', 'diabetes', 'regression') {
    $isRegression = $name -in 'diabetes', 'regression'
    $data = Import-MlpDataset "$Folder/$name.csv" -Label y -Task ($isRegression ? 'Regression' : 'Classification')

    # scikit-learn halves squared errors, and divides its penalty by the number of samples.
    $decay = ($isRegression ? 2 : 1) * $alpha / $data.Count
    $times = $losses = @()
    foreach ($seed in 0..7) {
        $model = New-MlpModel 50 -Dataset $data -Seed $seed -Scaling None -Initializer XavierUniform -WarningAction Ignore
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $epochs = @(Invoke-MlpTraining $model $data -Optimizer LBFGS -Epochs 100 -ThreadCount 1 -WeightDecay $decay)

        # The first training compiles.
        if ($seed -gt 0) {
            $times += $watch.Elapsed.TotalMilliseconds / $epochs.Count
            $losses += $epochs[-1].TrainingLoss
        }
    }

    '{0,-14} {1:0.000} ms an iteration, loss {2:G3}' -f $name, (Median $times), (Median $losses)
}
