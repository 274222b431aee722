#Requires -Version 7.4
#Requires -Modules MlpPowerShell

<#
    2. The backward pass of a three-layer network.

    Forward, for a batch X of n samples with one-hot labels Y:

        S1 = X W1' + b1     A1 = ReLU(S1)
        S2 = A1 W2' + b2    A2 = sigmoid(S2)
        S3 = A2 W3' + b3    P  = softmax(S3)      loss = the mean over the samples of -log P[label]

    Backward, every gradient a mean over the batch:

        D3 = (P - Y) / n                    dW3 = D3' A2    db3 = the column sums of D3
        D2 = (D3 W3) * A2 * (1 - A2)        dW2 = D2' A1    db2 = the column sums of D2
        D1 = (D2 W2) * ReLU'(S1)            dW1 = D1' X     db1 = the column sums of D1

    The notebook that this follows divides db3 by n a second time; these are the right ones, as the check below shows.
#>
param(
    [int] $Samples = 32
)

$data = Import-Mnist -Split Train -First $Samples
$model = New-MlpModel -HiddenSize 128, 64 -Activation ReLU, Sigmoid -Dataset $data -Initializer LeCun -Seed 1

# One object for each parameter: its name, its shape, its norm, and the gradient itself.
Get-MlpGradient -Model $model -Dataset $data

# Is it right? Move a weight a little up and a little down, and see how the loss changes: that is the slope the gradient claims to be.
# Test-MlpGradient does so in float64 for many weights and reports the largest relative difference.
Test-MlpGradient -Model $model -Dataset $data
