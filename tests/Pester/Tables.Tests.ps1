# Tables from CSV to answers, in a full pwsh.

Describe 'Tables' {
    BeforeAll {
        Import-Module "$PSScriptRoot/../../out/MlpPowerShell" -Force
        $tables = "$PSScriptRoot/../tables"
    }

    It 'goes from a CSV to answers in a CSV' {
        $iris = Import-Csv $tables/iris.csv | ConvertTo-MlpDataset -Label Species
        $train, $test = $iris | Split-MlpDataset -Fraction 0.8 -Stratify -Seed 1
        $model = New-MlpModel -Dataset $train -HiddenSize 16 -Seed 1
        $last = Invoke-MlpTraining $model $train -TestData $test -Epochs 200 -Optimizer Sgd -FullBatch | Select-Object -Last 1
        $last.TestAccuracy | Should -BeGreaterThan 0.85
        Import-Csv $tables/iris.csv | Get-MlpPrediction $model -PassThru | Export-Csv $TestDrive/answers.csv
        $answers = Import-Csv $TestDrive/answers.csv
        $answers[0].PSObject.Properties.Name -join ' ' |
            Should -Be 'sepal_length sepal_width petal_length petal_width species Prediction Confidence'
        @($answers | Where-Object { $_.Prediction -eq $_.species }).Count | Should -BeGreaterThan 135
    }

    It 'prints a data set as a card' {
        $card = Import-MlpDataset $tables/wine.csv -Label cultivar | Out-String -Width 200
        $card | Should -Match 'Samples\s+: 178'
        $card | Should -Match 'Classes\s+: class_0 \(59\), class_1 \(71\), class_2 \(48\)'
        $card | Should -Match 'Columns\s+: 13: alcohol, malic_acid'
    }

    It 'writes probabilities as columns of CSV, and shows thresholds as a table' {
        $data = Import-MlpDataset $tables/breast-cancer.csv -Label diagnosis
        $model = New-MlpModel 8 -Dataset $data -Seed 1
        $null = Invoke-MlpTraining $model $data -Epochs 5 -Seed 1
        $class = $model.ClassNames[1]
        $data | Get-MlpPrediction $model -Flat | Sort-Object "Probability.$class" | Export-Csv $TestDrive/answers.csv
        $back = Import-Csv $TestDrive/answers.csv
        $back.Count | Should -Be $data.Count
        [double] $back[0]."Probability.$class" | Should -BeLessThan ([double] $back[-1]."Probability.$class")
        Get-MlpThreshold $model $data -First 4 | Out-String |
            Should -Match '(?s)PositiveClass: .*Threshold +Best +Precision +Recall +F1 +Specificity.*\*'
        $best = Get-MlpThreshold $model $data -Cost @{ FalseNegative = 3; FalsePositive = 1 } | Where-Object IsRecommended
        $careful = $best | Copy-MlpModel $model
        $careful | Out-String | Should -Match "Decides : .*$class from a probability of 0"
        (Measure-MlpModel $careful $data).Classes[1].Recall | Should -BeExactly $best.Recall
    }

    It 'shows how a model is calibrated, and what holds with a confidence, in jobs too' {
        $train, $held, $new = Import-MlpDataset $tables/breast-cancer.csv -Label diagnosis | Split-MlpDataset 0.5, 0.25 -Seed 1
        $model = New-MlpModel 8 -Dataset $train -Seed 1
        $null = Invoke-MlpTraining $model $train -Epochs 30 -Seed 1
        $sure = $model | Set-MlpCalibration -Dataset $held | Set-MlpCalibration -Dataset $held -Method Conformal
        $sure | Out-String | Should -Match 'Calibrated : temperature [\d.]+, scores of \d+ samples'
        Measure-MlpModel $sure $new -Confidence 0.9 | Out-String | Should -Match 'Coverage +: [\d.]+ % of 90.00 % asked, by sets of [\d.]+'
        $answers = $new | Get-MlpPrediction $sure -Confidence 0.9
        $answers | Out-String | Should -Match 'Prediction +Confidence +Sure +PredictionSet +Label'
        $module = (Get-Module MlpPowerShell).Path
        $there = Start-ThreadJob { Import-Module $using:module; $using:new | Get-MlpPrediction $using:sure -Confidence 0.9 } |
            Receive-Job -Wait -AutoRemoveJob
        "$($there.PredictionSet)" | Should -BeExactly "$($answers.PredictionSet)"
        $process = Start-Job { Import-Module $using:module; $using:new | Get-MlpPrediction $using:sure -Confidence 0.9 } |
            Receive-Job -Wait -AutoRemoveJob
        $process | Out-String | Should -BeExactly ($answers | Out-String)
        $answers | ConvertTo-Json -Depth 3 | ConvertFrom-Json | ForEach-Object { "$($_.PredictionSet)" } |
            Should -Be ($answers | ForEach-Object { "$($_.PredictionSet)" })
    }

    It 'makes a data set of what the shell itself writes' {
        $files = Get-ChildItem $PSScriptRoot/../.. -Recurse -File -Filter *.cs | Select-Object -First 100
        $data = $files | ConvertTo-MlpDataset Length -Feature LastWriteTime, CreationTime, IsReadOnly, Mode
        $data.TargetNames | Should -Be 'Length'
        $data.Count | Should -Be $files.Count
    }

    It 'comes back from ConvertFrom as it was' {
        $rows = Import-Csv $tables/wine.csv
        $back = Import-MlpDataset $tables/wine.csv -Label cultivar | ConvertFrom-MlpDataset
        $back.Count | Should -Be $rows.Count
        foreach ($name in $rows[0].PSObject.Properties.Name) {
            "$($back[17].$name)" | Should -Be $rows[17].$name
        }
    }

    It 'crosses folds as scikit-learn does' {
        $accuracies = Import-MlpDataset $tables/iris.csv -Label species | Split-MlpDataset -Folds 5 -Stratify -Seed 1 | ForEach-Object {
            $model = New-MlpModel 16 -Dataset $_.Training -Seed 1
            (Invoke-MlpTraining $model $_.Training -TestData $_.Test -Epochs 200 -Optimizer Sgd -FullBatch)[-1].TestAccuracy
        }
        ($accuracies | Measure-Object -Average).Average | Should -BeGreaterThan 0.9
    }
}
