# How it is to live with the module in a full pwsh: views, colours, completion, objects that travel.

BeforeAll {
    $module = (Resolve-Path "$PSScriptRoot/../../out/MlpPowerShell").Path
    Import-Module $module -Force
    $train = Import-Mnist -Split Train -First 500
    $test = Import-Mnist -Split Test -First 100
    $model = New-MlpModel 16 -Dataset $train -Seed 1
    $epochs = Invoke-MlpTraining $model $train $test -Epochs 3 -BatchSize 50 -Seed 1 -Optimizer Sgd
    $evaluation = Measure-MlpModel $model $test
    function Complete($line) { (TabExpansion2 $line $line.Length).CompletionMatches }
}

Describe 'Views' {
    It 'show a model as a summary, in Format-Table as a row, in Format-List whole' {
        $model | Out-String | Should -Match '784 → 16[\s\S]*Total[\s\S]*Trained\S*\s+: 3 epochs'
        $model | Format-Table | Out-String | Should -Match '784-16-10\s+12,730'
        $list = $model | Format-List | Out-String
        foreach ($property in $model.PSObject.Properties.Name | Where-Object { $_ -ne 'Content' }) {
            $list | Should -Match "(?m)^\S*$property"
        }
    }

    It 'show all of <_> in Format-List' -ForEach 'train', 'evaluation', 'epochs' {
        $object = (Get-Variable $_).Value | Select-Object -First 1
        $list = $object | Format-List | Out-String
        foreach ($property in $object.PSObject.Properties.Name) { $list | Should -Match "(?m)^\S*$property" }
    }

    It 'have colours on a screen and none in files or with NO_COLOR' {
        $escape = [char] 27
        $PSStyle.OutputRendering = 'Ansi'
        try { $evaluation | Out-String | Should -Match $escape }
        finally { $PSStyle.OutputRendering = 'Host' }
        $evaluation, $model, $epochs, $train | ForEach-Object { $_ | Out-File $TestDrive/views.txt -Append }
        Get-Content $TestDrive/views.txt -Raw | Should -Not -Match $escape
        $env:NO_COLOR = 1
        try {
            $plain = pwsh -NoProfile -Command "
                Import-Module '$module'; `$d = Import-Mnist -First 20; `$m = New-MlpModel -Dataset `$d
                `$d; Measure-MlpModel `$m `$d; `$d | Get-MlpPrediction `$m; `$d | Show-MlpSample"
        }
        finally { $env:NO_COLOR = $null }
        $plain | Out-String | Should -Match 'mnist train'
        $plain -match $escape | Should -BeNullOrEmpty
    }

    It 'stream epochs in columns that stay where they are' {
        $rows = ($epochs | Out-String -Stream) -match '^\s+\d+ '
        $rows.Count | Should -Be 3
        ($rows | ForEach-Object { ($_ -replace '^(\s*\S+\s+\S+\s+\S+ %).*', '$1').Length } | Select-Object -Unique).Count | Should -Be 1
        $rows[0] | Should -Match ([regex]::Escape($epochs[0].Run) + '\s*$')
    }
}

Describe 'Objects from files and jobs' {
    It 'print <_> that come from a file' -ForEach 'predictions', 'columns', 'epochs', 'evaluation' {
        $predictions = $test | Get-MlpPrediction $model | Select-Object -First 2
        $columns = Get-MlpColumn $test
        (Get-Variable $_).Value | Export-Clixml $TestDrive/objects.xml
        Import-Clixml $TestDrive/objects.xml | Out-String | Should -Match '\d'
    }

    It 'predict data sets that a job is given' {
        $count = Start-Job { Import-Module $using:module; @(Get-MlpPrediction $using:model $using:test).Count } |
            Receive-Job -Wait -AutoRemoveJob
        $count | Should -Be $test.Count
    }
}

Describe 'Completion' {
    BeforeAll {
        Push-Location $TestDrive
        $null = New-Item letters -ItemType Directory
        'a,b', '1,2' | Set-Content table.csv
        'x' | Set-Content notes.md
        Export-MlpModel $model digits.safetensors
        $global:completionModel = $model
    }

    AfterAll {
        Pop-Location
        Remove-Variable completionModel -Scope Global
    }

    It 'offers the files that a parameter can read, and folders' {
        (Complete 'Import-MlpDataset ').ListItemText | Sort-Object | Should -Be 'letters', 'table.csv'
        (Complete 'Import-MlpModel ').ListItemText | Sort-Object | Should -Be 'digits.safetensors', 'letters'
        (Complete 'Import-Mnist ').ListItemText | Should -Be 'letters'
    }

    It 'offers variables that hold what a parameter takes' {
        (Complete 'Show-MlpWeight comp').CompletionText | Should -Be '$completionModel'
    }

    It 'offers the columns of a table' {
        (Complete 'Import-MlpDataset table.csv -Label ').CompletionText | Should -Be 'a', 'b'
        (Complete 'Import-Csv table.csv | ConvertTo-MlpDataset ').CompletionText | Should -Be 'a', 'b'
        (Complete 'Get-ChildItem | Sort-Object Name | ConvertTo-MlpDataset -Feature Leng').CompletionText | Should -Be 'Length'
    }
}

Describe 'Objects' {
    It 'come back from JSON and Clixml with their figures' {
        ($epochs | ConvertTo-Json -Depth 2 -WarningAction Ignore | ConvertFrom-Json).TestLoss | Should -Be $epochs.TestLoss
        $epochs | Export-Clixml $TestDrive/epochs.xml
        (Import-Clixml $TestDrive/epochs.xml).TestLoss | Should -Be $epochs.TestLoss
        Import-Clixml $TestDrive/epochs.xml | Show-MlpHistory | Should -Not -BeNullOrEmpty
        ($evaluation | ConvertTo-Json -Depth 2 -WarningAction Ignore | ConvertFrom-Json).Accuracy | Should -Be $evaluation.Accuracy
    }

    It 'are models again after Clixml, and predict the same' {
        $model | Export-Clixml $TestDrive/model.xml
        $there = Import-Clixml $TestDrive/model.xml
        (Measure-MlpModel $there $test).Loss | Should -Be $evaluation.Loss
        (Invoke-MlpTraining $there $train -Epochs 1 -BatchSize 50 -Optimizer Sgd).Epoch | Should -Be 4
    }

    It 'are data sets again after Clixml: as where they are, or as their samples' {
        $flowers = Import-Csv "$PSScriptRoot/../tables/iris.csv" | ConvertTo-MlpDataset species
        foreach ($data in $train, ($train | Select-MlpDataset -ByValue), $flowers) {
            $data | Export-Clixml $TestDrive/data.xml
            $there = Import-Clixml $TestDrive/data.xml
            $there.GetType().FullName | Should -Be MlpPowerShell.Engine.Data.MlpDataset
            $options = @{ Epochs = 1; LearningRate = 0.1; Optimizer = 'Sgd'; FullBatch = $true }
            (Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $there @options).TrainingLoss |
                Should -Be (Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $data @options).TrainingLoss
        }

        Import-Mnist | Export-Clixml $TestDrive/mnist.xml
        (Get-Item $TestDrive/mnist.xml).Length | Should -BeLessThan 5kb
    }

    It 'cross a job as models and data sets, both ways' {
        $job = Start-Job -InitializationScript ([scriptblock]::Create("Import-Module '$module'")) {
            Invoke-MlpTraining $using:model $using:train -Epochs 2 -BatchSize 50 -Seed 2 -PassThru -Optimizer Sgd
        }
        $trained = $job | Receive-Job -Wait -AutoRemoveJob
        $trained.EpochsTrained | Should -Be 5
        $here = Import-Clixml (& { $model | Export-Clixml $TestDrive/again.xml; "$TestDrive/again.xml" })
        $null = Invoke-MlpTraining $here $train -Epochs 2 -BatchSize 50 -Seed 2 -Optimizer Sgd
        (Measure-MlpModel $trained $test).Loss | Should -Be (Measure-MlpModel $here $test).Loss
    }
}

Describe 'Manners' {
    It 'unloads and comes back, also with -Force' {
        $lines = pwsh -NoProfile -Command "
            Set-StrictMode -Version Latest; `$ErrorActionPreference = 'Stop'
            foreach (`$i in 1..2) {
                Import-Module '$module'; (New-MlpModel 2 -InputSize 3 -OutputSize 2).Architecture; Remove-Module MlpPowerShell
            }
            Import-Module '$module'; Import-Module '$module' -Force; New-MlpModel 2 -InputSize 3 -OutputSize 2 | Out-String"
        $lines[0..1] | Should -Be '3-2-2', '3-2-2'
        $lines -match '3 → 2' | Should -HaveCount 1
    }

    It 'leaves location, preferences and aliases as they are' {
        $before = $PWD.Path, $ErrorActionPreference, $ProgressPreference, (Get-Alias).Count
        $null = $train | Show-MlpSample -First 1
        $model | Export-MlpChart $TestDrive/weights.svg
        $PWD.Path, $ErrorActionPreference, $ProgressPreference, (Get-Alias).Count | Should -Be $before
        (Get-Module MlpPowerShell).ExportedAliases.Count | Should -Be 0
    }

    It 'writes the types that its cmdlets declare' {
        $folder = $TestDrive
        $written = @{
            'New-MlpModel'       = $model
            'Import-Mnist'       = $train
            'Invoke-MlpTraining' = $epochs[0]
            'Measure-MlpModel'   = $evaluation
            'Get-MlpPrediction'  = ($test | Get-MlpPrediction $model)[0]
            'Show-MlpSample'     = ($test | Show-MlpSample -First 1)[0]
            'Export-MlpReport'   = Export-MlpReport $model $folder/r.html -PassThru
            'Get-MlpSchedule'    = Get-MlpSchedule -Epochs 1 -LearningRate 1
        }
        foreach ($command in $written.Keys) { $written[$command].GetType().FullName | Should -BeIn (Get-Command $command).OutputType.Name }
    }

    It 'tells at each level what belongs there' {
        $fresh = New-MlpModel 4 -Dataset $train -Seed 1
        $options = @{ Epochs = 30; BatchSize = 50; ValidationFraction = 0.2; Patience = 1; MinImprovement = 10; Optimizer = 'Sgd' }
        $streams = Invoke-MlpTraining $fresh $train @options -Seed 1 -Verbose -Debug -InformationVariable said 4>&1 5>&1
        "$streams" | Should -Match 'LearningRate 0.1,'
        "$streams" | Should -Match 'samples a second'
        "$said" | Should -Match ('Trained 2 epochs by Sgd, learning rate 0.1, batches of 50; ' +
            'ValidationLoss has not improved for 1, and the model has the weights of epoch 1.')
    }
}
