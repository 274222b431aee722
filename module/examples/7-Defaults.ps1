#Requires -Version 7.4
#Requires -Modules MlpPowerShell

<#
    7. The same digits with nothing but defaults.

    Two commands with nothing but the data: a hidden layer, AdamW, mini-batches, and one cycle of the learning rate.
    Without -Epochs that takes 40 epochs; a few are enough to see what it is worth.
#>
param(
    [int] $Epochs = 10
)

$train = Import-Mnist -Split Train
$test = Import-Mnist -Split Test
$model = New-MlpModel -Dataset $train -Seed 1
Invoke-MlpTraining $model $train -TestData $test -Epochs $Epochs -Seed 1

# What to try next, with the session that ran this.
@"

What to try next:
    dotnet run -c Release --project src/MlpPowerShell.Shell -- -Interactive
    `$train = Import-Mnist -First 10000; `$model = New-MlpModel -Dataset `$train; Invoke-MlpTraining `$model `$train
    Show-MlpSample `$train -Model `$model
    Show-MlpHistory `$model
    Get-Help about_Mlp_Training
"@
