# What a full pwsh adds: the commands of the Utility and Management modules, tab completion and help, over the module as users have it.

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/MlpPowerShell" -Force
    $train = Import-Mnist -Split Train -First 1000
    $test = Import-Mnist -Split Test -First 200
    function NewModel { New-MlpModel -HiddenSize 32 -Dataset $train -Seed 1 }
}

Describe 'At home in the shell' {
    It 'keeps the cards of what comes one after another, whatever comes between' {
        $model = NewModel
        $objects = $model, $train, (Get-Date), (Measure-MlpModel $model $test), (Compare-MlpModel $model $model $test)
        $lines = ($objects | Out-String) -split '\r?\n'
        $lines | Should -Contain 'Loss    : CrossEntropy'
        $lines -match '^Samples +: 1,000' | Should -HaveCount 1
        $lines -match '^true .* predicted' | Should -HaveCount 1
        $lines -match '95 % confidence' | Should -HaveCount 1
    }

    It 'shows what groups are measured as a row each, and all else as a screenful' {
        $model = NewModel
        $lines = (Measure-MlpModel $model $test -By label | Out-String) -split '\r?\n' -ne ''
        $lines[0] -split ' +' | Should -Be Group, Samples, Loss, Accuracy, MacroF1
        $lines | Should -HaveCount 12
        Measure-MlpModel $model $test -By label | Export-Csv $TestDrive/groups.csv
        $rows = Import-Csv $TestDrive/groups.csv
        ($rows.Samples | Measure-Object -Sum).Sum | Should -Be 200
        Get-Content $TestDrive/groups.csv -Raw | Should -Not -Match 'MlpPowerShell'
        $card = (Measure-MlpModel $model $test | Out-String) -split '\r?\n'
        $card -match '^Accuracy +: .*95 % interval' | Should -HaveCount 1
        $card -match '^(R2|LogLoss)' | Should -HaveCount 0
    }

    It 'shows a model as a table or a list where that is asked for' {
        (NewModel | Format-Table | Out-String) | Should -Match 'Architecture +Parameters'
        (NewModel | Format-List Architecture | Out-String).Trim() | Should -Be 'Architecture : 784-32-10'
    }

    It 'completes a name with brackets as all commands take it' {
        Push-Location $TestDrive
        try {
            $model = NewModel
            Export-MlpModel $model 'b[1].npz'
            foreach ($command in 'Export-MlpModel $model b', 'Import-MlpModel b', 'Get-MlpModelInfo b') {
                (TabExpansion2 $command $command.Length).CompletionMatches.CompletionText -replace '\\', '/' | Should -Be "'./b``[1``].npz'"
            }

            Export-MlpModel $model './b`[1`].npz' -Force
            (Get-ChildItem b*).Name | Should -Be 'b[1].npz'
            (Get-ChildItem b* | Import-MlpModel).Architecture | Should -Be '784-32-10'
        }
        finally { Pop-Location }
    }

    It 'leaves pictures that were looked at to be moved' {
        $folder = New-Item $TestDrive/scans -ItemType Directory
        0..3 | ForEach-Object { $test[$_] | Export-MlpChart "$folder/$_.png" -Title '' }
        Get-ChildItem $folder | Get-MlpPrediction (NewModel) -PassThru | Where-Object Confidence -LE 1 | Move-Item -Destination $TestDrive
        Get-ChildItem $folder | Should -BeNullOrEmpty
        (Get-ChildItem $TestDrive/*.png).Name | Should -Be '0.png', '1.png', '2.png', '3.png'
    }

    It 'brings a comparison back from a job with its figures' {
        $model = NewModel
        $module = (Get-Module MlpPowerShell).Path
        $back = Start-Job { Import-Module $using:module; Compare-MlpModel $using:model $using:model $using:test } |
            Receive-Job -Wait -AutoRemoveJob
        $back.Samples | Should -Be 200
        ($back | Out-String) | Should -Match 'PValue +: 1'
    }

    It 'shows what comes back from jobs and files, of whatever type' {
        $model = NewModel
        Export-MlpModel $model $TestDrive/shown.onnx
        $things = @(
            $model; $train; Invoke-MlpTraining $model $train -Epochs 1; Measure-MlpModel $model $test; Compare-MlpModel $model $model $test
            Get-MlpPrediction $model $test[0]; Get-MlpColumn $train; Get-MlpModelInfo $TestDrive/shown.onnx; Get-MlpRank
            (Get-MlpSchedule -Epochs 1 -LearningRate 1)[0]; (Get-MlpGradient $model $test[-1])[0]; Split-MlpDataset $test -Fold 2
            $model.Layers[0]; $model.History[0].Details
        )
        foreach ($thing in $things) {
            $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($thing))
            ($back | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $thing.GetType().Name
            ($back | Out-String) | Should -Not -Match '^\s*\S*MlpPowerShell\.Engine\S*\s*$' -Because $thing.GetType().Name
        }
    }

    It 'names types in functions, in classes of modules and where errors are caught' {
        Set-Content $TestDrive/Keeper.psm1 @'
            class Keeper { [MlpModel] $Model; [MlpEpoch[]] $Epochs }
            function New-Keeper([MlpModel] $model) { $k = [Keeper]::new(); $k.Model = $model; $k }
'@
        Import-Module $TestDrive/Keeper.psm1
        (New-Keeper (NewModel)).Model.Architecture | Should -Be '784-32-10'
        { New-Keeper $train } | Should -Throw
        $caught = try { Import-MlpModel missing.onnx } catch [MlpException] { $_.Exception.ErrorId }
        $caught | Should -Be FileNotFound
        Remove-Module Keeper
    }
}

Describe 'Epochs in the pipeline' {
    It 'stops after as many epochs as Select-Object -First takes' {
        $model = NewModel
        $epochs = Invoke-MlpTraining $model $train -Epochs 1000000 -LearningRate 0.1 -Optimizer Sgd -FullBatch | Select-Object -First 3
        $epochs.Epoch | Should -Be 1, 2, 3
        $model.EpochsTrained | Should -Be 3
    }

    It 'stops at the first epoch that is good enough' {
        $model = NewModel
        $best = Invoke-MlpTraining $model $train $test -Epochs 1000 -LearningRate 0.5 -BatchSize 50 -Seed 1 -Optimizer Sgd |
            Where-Object TestAccuracy -GT 0.7 | Select-Object -First 1
        $best.TestAccuracy | Should -BeGreaterThan 0.7
        $model.EpochsTrained | Should -Be $best.Epoch
    }

    It 'makes a clean CSV, also through Tee-Object' {
        $path = Join-Path $TestDrive history.csv
        Invoke-MlpTraining (NewModel) $train $test -Epochs 3 -LearningRate 0.1 -Optimizer Sgd -FullBatch |
            Tee-Object -Variable history | Export-Csv $path
        $rows = Import-Csv $path
        $rows.Count | Should -Be 3
        $rows[0].PSObject.Properties.Name -join ',' | Should -Be (
            'Epoch,TrainingLoss,TrainingAccuracy,ValidationLoss,ValidationAccuracy,TestLoss,TestAccuracy,Rate,GradientNorm,IsBest,' +
            'Elapsed,SamplesPerSecond,TrainingR2,TrainingMae,ValidationR2,ValidationMae,TestR2,TestMae,Run,Architecture,Optimizer,' +
            'LearningRate,BatchSize,Seed,Ranks,CommunicationTime,Details')
        [double]::Parse($rows[2].TestLoss, [cultureinfo]::InvariantCulture) | Should -Be $history[2].TestLoss
        [timespan] $rows[0].Elapsed | Should -Be $history[0].Elapsed
    }

    It 'takes its hyperparameters from a CSV' {
        $path = Join-Path $TestDrive runs.csv
        "Epochs,LearningRate,BatchSize`n1,0.1,100`n1,0.2,50" | Set-Content $path
        $epochs = Import-Csv $path | Invoke-MlpTraining (NewModel) $train
        $epochs.LearningRate | Should -Be 0.1, 0.2
    }

    It 'trains a model for each row of a CSV, and groups and sorts by its columns' {
        $path = Join-Path $TestDrive sweep.csv
        @(
            'Name,HiddenSize,Activation,Epochs,LearningRate,BatchSize,Optimizer,Comment'
            'small,16,ReLU,2,0.01,100,Adam,one layer'
            'deep,"32, 16","Tanh, ReLU",3,0.1,,,two layers'
        ) | Set-Content $path
        $epochs = Import-Csv $path | New-MlpModel -Dataset $train -Seed 1 | Invoke-MlpTraining -Dataset $train -TestData $test -Seed 1
        ($epochs | Group-Object Run | ForEach-Object { "$($_.Name) $($_.Count)" }) -join ', ' | Should -Be 'deep 3, small 2'
        ($epochs | Sort-Object TestAccuracy -Descending)[0].Run | Should -BeIn small, deep
        $rows = $epochs | ConvertTo-Csv | ConvertFrom-Csv
        $rows.Architecture | Select-Object -Unique | Should -Be '784-16-10', '784-32-16-10'
        $rows[-1].Comment | Should -Be 'two layers'
        $rows[-1].Details | Should -Match 'Seed 1.*xxh3.*vectors'
    }

    It 'trains the rows of a table in parallel as in order' {
        $module = (Get-Module MlpPowerShell).Path
        $runs = 8, 16, 24 | ForEach-Object {
            [pscustomobject]@{ Name = "width $_"; HiddenSize = $_; Epochs = 2; LearningRate = 0.1; BatchSize = 50; Seed = 1 }
        }
        $inOrder = $runs | New-MlpModel -Dataset $train | Invoke-MlpTraining -Dataset $train
        $parallel = $runs | ForEach-Object -Parallel {
            Import-Module $using:module
            $_ | New-MlpModel -Dataset $using:train | Invoke-MlpTraining -Dataset $using:train
        }
        ($parallel | Sort-Object Run, Epoch).TrainingLoss | Should -Be ($inOrder | Sort-Object Run, Epoch).TrainingLoss
    }

    It 'goes on from a checkpoint, and refuses to lose one' {
        $path = Join-Path $TestDrive run.safetensors
        $training = @{ Epochs = 4; Optimizer = 'Sgd'; LearningRate = 0.1; BatchSize = 100; Seed = 1; CheckpointPath = $path }
        $whole = Invoke-MlpTraining (NewModel) $train -Epochs 4 -LearningRate 0.1 -BatchSize 100 -Seed 1 -Optimizer Sgd
        Invoke-MlpTraining (NewModel) $train @training | Select-Object -First 2 | Out-Null
        { Invoke-MlpTraining (NewModel) $train @training } | Should -Throw -ErrorId 'CheckpointExists,*' -ExpectedMessage '*-Resume*-Force*'
        $rest = Invoke-MlpTraining (NewModel) $train @training -Resume
        $rest.Epoch | Should -Be 3, 4
        $rest.TrainingLoss | Should -Be $whole[2, 3].TrainingLoss
        (Import-MlpModel $path).EpochsTrained | Should -Be 4
    }

    It 'makes JSON' {
        $json = Invoke-MlpTraining (NewModel) $train -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch |
            ConvertTo-Json | ConvertFrom-Json
        $json.Epoch | Should -Be 1
        $json.TestLoss | Should -BeNullOrEmpty
    }

    It 'formats as a table with percent' {
        $table = Invoke-MlpTraining (NewModel) $train $test -Epochs 2 -LearningRate 0.1 -Optimizer Sgd -FullBatch |
            Format-Table | Out-String -Width 80
        $table | Should -Match 'TrainLoss\s+TrainAcc'
        $table | Should -Match '\d+\.\d\d %'
    }

    It 'can be measured' {
        (Measure-Command { Invoke-MlpTraining (NewModel) $train -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch }).Ticks |
            Should -BeGreaterThan 0
    }
}

Describe 'Predictions in the pipeline' {
    It 'sorts and filters' {
        $model = NewModel
        Invoke-MlpTraining $model $train -Epochs 3 -LearningRate 0.1 -BatchSize 32 -Seed 1 -Optimizer Sgd | Out-Null
        $wrong = $test | Get-MlpPrediction $model | Where-Object { -not $_.IsCorrect } | Sort-Object Confidence -Descending
        $wrong.Count | Should -BeGreaterThan 1
        $wrong[0].Confidence | Should -BeGreaterOrEqual $wrong[-1].Confidence
        ($test | Get-MlpPrediction $model | Group-Object IsCorrect | Where-Object Name -EQ False).Count | Should -Be $wrong.Count
        (Measure-MlpModel $model $test).Accuracy | Should -Be ((200 - $wrong.Count) / 200)
    }

    It 'makes a CSV of what matters' {
        $rows = $test | Get-MlpPrediction (NewModel) | Select-Object Index, Prediction, Confidence, Label | ConvertTo-Csv | ConvertFrom-Csv
        $rows.Count | Should -Be 200
        $rows[7].Index | Should -Be 7
    }
}

Describe 'Models and files' {
    It 'takes the paths that other commands give' {
        $model = NewModel
        Export-MlpModel $model TestDrive:/a.safetensors
        $model | Export-MlpModel -Path (Join-Path $TestDrive b.safetensors)
        (Get-ChildItem TestDrive:/*.safetensors | Import-MlpModel).Architecture | Should -Be '784-32-10', '784-32-10'
        { Export-MlpModel $model TestDrive:/a.safetensors } |
            Should -Throw -ErrorId 'FileExists,MlpPowerShell.Commands.ExportMlpModelCommand'
    }

    It 'writes and reads every format' {
        $model = NewModel
        $before = ($test | Get-MlpPrediction $model).Prediction
        $names = 'm.onnx', 'm.npz', 'small.safetensors'
        foreach ($name in $names) {
            Export-MlpModel $model TestDrive:/$name -Precision $(if ($name -eq 'small.safetensors') { 'Half' } else { 'Single' })
        }
        Export-MlpModel $model TestDrive:/torch.bin -Format PyTorch
        foreach ($name in $names) {
            ($test | Get-MlpPrediction (Import-MlpModel TestDrive:/$name)).Prediction | Should -Be $before
        }
        ($test | Get-MlpPrediction (Import-MlpModel TestDrive:/torch.bin -Format PyTorch)).Prediction | Should -Be $before
        [string[]] (Get-ChildItem TestDrive:/m.* | Get-MlpModelInfo).Format | Sort-Object | Should -Be 'Npz', 'Onnx'
    }

    It 'prunes, and trains on without the pruned weights' {
        $pruned = NewModel | Compress-MlpModel -Sparsity 0.9
        $null = Invoke-MlpTraining $pruned $train -Epochs 1 -LearningRate 0.1 -BatchSize 32 -KeepZeros -Optimizer Sgd
        $weights = $pruned.Layers.ForEach({ $_.Weights.ToColumnMajorArray() })
        @($weights -eq 0).Count / $weights.Count | Should -BeGreaterThan 0.89
    }

    It 'says where a file is broken' {
        Set-Content TestDrive:/broken.safetensors 'not a model'
        { Import-MlpModel TestDrive:/broken.safetensors } | Should -Throw -ErrorId 'InvalidSafetensors,*' -ExpectedMessage '*byte 0*'
    }
}

Describe 'Parallel runspaces' {
    It 'train as a single one does' {
        $module = (Get-Module MlpPowerShell).Path
        $alone = Invoke-MlpTraining (NewModel) $train -Epochs 2 -LearningRate 0.1 -BatchSize 32 -Seed 1 -Optimizer Sgd
        $losses = 1..4 | ForEach-Object -Parallel {
            Import-Module $using:module
            $model = New-MlpModel -HiddenSize 32 -Dataset $using:train -Seed 1
            (Invoke-MlpTraining $model $using:train -Epochs 2 -LearningRate 0.1 -BatchSize 32 -Seed 1 -Optimizer Sgd)[-1].TrainingLoss
        }
        $losses | Should -Be (@($alone[-1].TrainingLoss) * 4)
    }
}

Describe 'Errors' {
    It 'name a culture that this machine does not know' -Skip:([cultureinfo]::GetCultures('SpecificCultures').Count -lt 2) {
        $row = [pscustomobject]@{ Epoch = 1; TrainingLoss = '0,5' }
        { $row | Show-MlpHistory -Culture xx-YY } | Should -Throw -ErrorId 'UnknownCulture,*'
        { $row | Export-MlpChart $TestDrive/a.svg -Culture xx-YY -ErrorAction Stop } | Should -Throw -ErrorId 'UnknownCulture,*'
    }

    It 'keeps the last finite weights when a training diverges' {
        $model = NewModel
        { Invoke-MlpTraining $model $train -Epochs 9 -LearningRate 3e38 -Optimizer Sgd -FullBatch } |
            Should -Throw -ErrorId 'TrainingDiverged,*' -ExpectedMessage '*epoch 1, step*'
        $model.Layers[0].Weights.Enumerate().Where({ -not [float]::IsFinite($_) }) | Should -BeNullOrEmpty
    }
}

Describe 'At the prompt' {
    It 'completes <Line>' -ForEach @(
        @{ Line = 'New-MlpModel -Activation Softp'; Text = 'Softplus' }
        @{ Line = 'Invoke-MlpTraining -Optimizer Nes'; Text = 'Nesterov' }
        @{ Line = 'Measure-Mlp'; Text = 'Measure-MlpModel' }
    ) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText | Should -Contain $Text
    }

    It 'has help for <_>' -ForEach (Get-Command -Module (Import-Module "$PSScriptRoot/../../out/MlpPowerShell" -PassThru).Name).Name {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Syntax | Out-String | Should -Match $_
    }
}
