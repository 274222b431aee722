#Requires -Version 7.4
#Requires -Modules MlpPowerShell

<#
    4. Improving it: 98 % of the test set in three epochs.

    What changed against the notebook's recipe, and why it helps:

    - Mini-batches. The notebook takes one step an epoch, along the gradient of all 60,000 images. A gradient of 32 images points
      roughly the same way and costs a 1,875th, so that one epoch takes 1,875 steps instead of one.
    - Nesterov's momentum. Each step goes on in the direction of the steps before: what the batches agree on adds up, their noise
      cancels out.
    - ReLU alone. The slope of a sigmoid is at most 1/4 and vanishes far from 0, which starves the layer before it of gradient.
    - One wider hidden layer. 256 units see more features than 128 and 64 in a row, and one layer is easier to train than two.
    - He's initialization, variance 2/fan-in. ReLU silences half of its units; twice the variance makes up for it.
    - A learning rate that falls. At 0.05 the weights learn fast but jitter around the best place; an epoch at a tenth lets them
      settle. It is worth most of the last percent.
#>
param(
    [int] $Seed = 1
)

$train = Import-Mnist -Split Train
$test = Import-Mnist -Split Test
$model = New-MlpModel -HiddenSize 256 -Activation ReLU -Dataset $train -Initializer He -Seed $Seed

# Hyperparameters come down the pipeline by name: a schedule is a table of them.
$schedule = @(
    [pscustomobject]@{ Epochs = 2; LearningRate = 0.05 }
    [pscustomobject]@{ Epochs = 1; LearningRate = 0.005 }
)
$schedule | Invoke-MlpTraining $model $train -TestData $test -BatchSize 32 -Optimizer Nesterov -Momentum 0.9 -Seed $Seed

$epochs = $model.History
$seconds = 0
foreach ($epoch in $epochs) { $seconds += $epoch.Elapsed.TotalSeconds }
'{0:0.00} % of the test set after {1:0.0} seconds of training.' -f (100 * $epochs[-1].TestAccuracy), $seconds
