#Requires -Version 7.4
#Requires -Modules MlpPowerShell

<#
    3. Training the notebook's network on MNIST.

    784 pixels, 128 units with ReLU, 64 with the sigmoid, 10 logits into a softmax; full-batch gradient descent at a learning rate
    of 0.5. The weights start normal with variance 1/fan-in and the biases at zero. The notebook calls that Xavier; the field calls it
    LeCun's initialization.

    The notebook's own test figures differ, and these are the right ones. It evaluates its test set through a sigmoid and a second
    softmax instead of the network it trained, which is why it shows a test loss of 2.24 beside a training loss of 0.51; and it
    divides the gradient of the last biases by the batch size twice.
#>
param(
    [int] $Epochs = 100,
    [double] $LearningRate = 0.5,
    [int[]] $HiddenSize = @(128, 64)
)

$train = Import-Mnist -Split Train
$test = Import-Mnist -Split Test
$model = New-MlpModel -HiddenSize $HiddenSize -Activation ReLU, Sigmoid -Dataset $train -Initializer LeCun -Seed 1

# The epochs are objects: shown here as a table while they come, they would go into Export-Csv as well.
Invoke-MlpTraining $model $train -TestData $test -Epochs $Epochs -LearningRate $LearningRate -Optimizer Sgd -FullBatch

# How well it does on digits it has never seen, and some that it gets wrong.
Measure-MlpModel $model $test | Out-Default

$mistakes = $test | Get-MlpPrediction $model | Where-Object { -not $_.IsCorrect }
$mistakes[0..4] | Out-Default
