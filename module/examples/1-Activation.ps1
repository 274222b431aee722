#Requires -Version 7.4
#Requires -Modules MlpPowerShell

<#
    1. ReLU and its derivative.

    ReLU lets positive numbers through and stops the rest. Its derivative is 1 where it lets through and 0 where it does not; at 0
    itself, where the slope jumps, it is 0 by convention.
#>

'x          : ' + ((-5..4) -join ' ')
'ReLU(x)    : ' + ((-5..4 | Invoke-MlpActivation ReLU) -join ' ')
"ReLU'(x)   : " + ((-5..4 | Invoke-MlpActivation ReLU -Derivative) -join ' ')

# The sigmoid squeezes any number between 0 and 1, and its derivative is greatest in the middle. Far out it neither overflows nor
# becomes NaN, and neither does softmax, which makes probabilities of any numbers.
''
'{0,6} {1,12} {2,12} {3,12}' -f 'x', 'Sigmoid', 'derivative', 'Tanh'
foreach ($x in -1000, -4, -2, 0, 2, 4, 1000) {
    $row = (Invoke-MlpActivation Sigmoid $x), (Invoke-MlpActivation Sigmoid $x -Derivative), (Invoke-MlpActivation Tanh $x)
    '{0,6} {1,12:0.000000} {2,12:0.000000} {3,12:0.000000}' -f (, $x + $row)
}

''
'Softmax of 1000, 1001, 1002: ' + ((Invoke-MlpActivation Softmax 1000, 1001, 1002).ForEach({ '{0:0.0000}' -f $_ }) -join ' ')
