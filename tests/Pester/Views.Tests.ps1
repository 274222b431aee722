# What stands on the screen, at every width and wherever it is written to.

BeforeAll {
    $module = (Resolve-Path "$PSScriptRoot/../../out/MlpPowerShell").Path
    Import-Module $module -Force
    $rows = 1..60 | ForEach-Object {
        $kind = ('a', 'b', '日本語の名前')[$_ % 3]
        [pscustomobject]@{ x = $_; 'a column with a long name' = [math]::Sin($_); kind = $kind; y = 3 * $_; z = $_ / 1e6 }
    }
    $named = $rows | Select-Object x, 'a column with a long name', kind | ConvertTo-MlpDataset kind
    $number = $rows | Select-Object x, kind, y | ConvertTo-MlpDataset y
    $numbers = $rows | ConvertTo-MlpDataset y, z
    $options = @{ Epochs = 3; BatchSize = 20; Seed = 1; InformationAction = 'Ignore'; WarningAction = 'Ignore' }
    $classifier = New-MlpModel 4 -Dataset $named -Seed 1
    $plain = Invoke-MlpTraining $classifier $named @options -Name 'a plain run'
    $validated = Invoke-MlpTraining (New-MlpModel 4 -Dataset $named -Seed 1) $named $named @options -ValidationFraction 0.2 `
        -Name 'a run that is validated and tested, with 日本語の名前'
    $single = New-MlpModel 4 -Dataset $number -Seed 1
    $regression = Invoke-MlpTraining $single $number $number @options -ValidationFraction 0.2 -Name 'numbers'
    $several = New-MlpModel 4 -Dataset $numbers -Seed 1
    $both = Invoke-MlpTraining $several $numbers @options -Name 'two numbers'
    $evaluation = Measure-MlpModel $classifier $named
    $comparison = Compare-MlpModel $classifier $classifier $named
    $classes = Get-MlpPrediction $classifier $named | Select-Object -First 3
    $pairs = Get-MlpPrediction $several $numbers | Select-Object -First 3
    $sure = Set-MlpCalibration (Set-MlpCalibration $classifier $named Platt) $named Conformal
    $sets = Get-MlpPrediction $sure $named -Confidence 0.9 | Select-Object -First 3
    $interval = Get-MlpPrediction (Set-MlpCalibration $single $number) $number -Confidence 0.9 | Select-Object -First 3
    $intervals = Get-MlpPrediction (Set-MlpCalibration $several $numbers) $numbers -Confidence 0.9 | Select-Object -First 3
    $covered = Measure-MlpModel $sure $named -Confidence 0.9
    Export-MlpModel $classifier "$TestDrive/a model file with a name that is long enough for a narrow window.safetensors"
    $files = Get-ChildItem $TestDrive/*.safetensors | Get-MlpModelInfo
    $all = @{
        cards = $named, $numbers, $classifier, $several, $evaluation, $comparison, $sure, $covered
        epochs = $plain; validated = $validated; regression = $regression; several = $both
        mixed = 0..2 | ForEach-Object { $plain[$_]; $validated[$_]; $regression[$_] }
        classes = $classes; pairs = $pairs; columns = Get-MlpColumn $numbers; files = $files
        sets = $sets; interval = $interval; intervals = $intervals
        groups = Measure-MlpModel $sure $named -By kind -Confidence 0.9; numberGroups = Measure-MlpModel $single $number -By kind
    }
    function LinesOf($objects, [int] $width) { ($objects | Out-String -Width $width) -split '\r?\n' }
}

Describe 'Views' {
    It 'stay within <_> columns' -ForEach 60, 80, 90, 100, 120, 200 {
        foreach ($name in $all.Keys) {
            foreach ($lines in (LinesOf $all[$name] $_), (($all[$name] | Format-Table | Out-String -Width $_) -split '\r?\n')) {
                foreach ($line in $lines) { $Host.UI.RawUI.LengthInBufferCells($line) | Should -BeLessOrEqual $_ -Because "$name $line" }
                # What is too long is broken by the view, and no heading goes on in a second line.
                $lines -join "`n" | Should -Not -Match '(?m)^ *-[- ]*\n *-[- ]*$' -Because $name
            }
        }
    }

    It 'use the columns that there are' {
        (LinesOf $validated 80) -match 'TrainAcc|GradientNorm' | Should -BeNullOrEmpty
        (LinesOf $validated 200) -match 'TrainAcc.*GradientNorm' | Should -HaveCount 1
        $validated | Out-File $TestDrive/wide.txt -Width 200
        (Get-Content $TestDrive/wide.txt) -match 'GradientNorm' | Should -HaveCount 1
    }

    It 'show groups in those columns alone that have values' {
        (LinesOf $all.groups 120)[1] -split ' +' | Should -Be Group, Samples, Loss, Accuracy, MacroF1, Coverage, MeanSize
        (LinesOf $all.numberGroups 120)[1] -split ' +' | Should -Be Group, Samples, Loss, R2, MeanAbsErr
        (LinesOf $all.numberGroups 120) -match '^日本語の名前 ' | Should -HaveCount 1
    }

    It 'show a confusion matrix as its counts' {
        $lines = $evaluation.ConfusionMatrix | Out-String -Stream | Where-Object { $_ }
        $lines | Should -HaveCount 3
        ($lines -split ' +' -ne '' | Measure-Object -Sum).Sum | Should -Be 60
    }

    It 'are the same in Format-Table' -ForEach @(
        'epochs', 'validated', 'mixed', 'classes', 'pairs', 'columns', 'files', 'sets', 'interval', 'intervals', 'groups', 'numberGroups') {
        ($all[$_] | Format-Table | Out-String -Width 100).Trim() | Should -Be ($all[$_] | Out-String -Width 100).Trim()
    }

    It 'name runs whole, and each kind of run adds its columns once' {
        foreach ($width in 60, 100) {
            $text = LinesOf $all.mixed $width | Out-String
            $text.Replace("`n", ' ') -replace ' +', ' ' | Should -Match 'a run that is.*日本語の名前'
            $text | Should -Not -Match '…'
            [regex]::Matches($text, 'TrainLoss').Count | Should -Be 3
        }
    }

    It 'group epochs where that is asked for' {
        $lines = ($plain + $validated | Format-Table -GroupBy Run | Out-String -Width 100) -split '\r?\n'
        $lines -match '^ +Run: a plain run' | Should -HaveCount 1
        $lines -match 'TrainLoss' | Should -HaveCount 2
    }

    It 'name several predicted numbers' {
        (LinesOf $pairs 80) -match '^ Index +y +y error +z +z error$' | Should -HaveCount 1
    }

    It 'show long names rather than bars, and classes that are numbers with all digits' {
        $ids = 1..20 | ForEach-Object { [pscustomobject]@{ x = $_; id = 123456789000.0 + $_ % 2 } } |
            ConvertTo-MlpDataset id -Task Classification
        $kinds = 1..20 | ForEach-Object { [pscustomobject]@{ x = $_; kind = "a class with a long name $($_ % 2)" } } |
            ConvertTo-MlpDataset kind
        $first = { (Get-MlpPrediction (New-MlpModel 2 -Dataset $_ -Seed 1 -WarningAction Ignore) $_)[0] }
        ($ids | ForEach-Object $first | Out-String -Width 80) | Should -Match '12345678900[01] +\d+.\d\d %.* 12345678900[01] '
        ($kinds | ForEach-Object $first | Out-String -Width 80) | Should -Match 'long name \d +\d+.\d\d % a class with a long name \d'
        $head = [pscustomobject]@{ PSTypeName = 'Deserialized.MlpPowerShell.Engine.Network.OutputHead'; Names = 1..1000 }
        ($head | Out-String -Width 80) | Should -Match 'and 988 more'
    }

    It 'keep cards and rows where they come by turns' {
        $lines = LinesOf ($plain[0], $classifier, $classes[0], $named, $plain[1]) 100
        $lines -match '^Epoch +TrainLoss' | Should -HaveCount 2
        $lines -match 'Index +Prediction' | Should -HaveCount 1
        $lines -match '^Loss +: CrossEntropy' | Should -HaveCount 1
        $lines -match '^TrainingLoss' | Should -BeNullOrEmpty
    }

    It 'are those of before for what comes back from a file: <_>' -ForEach 'cards', 'epochs', 'mixed', 'classes', 'pairs', 'columns' {
        $all[$_] | Export-Clixml $TestDrive/back.xml
        (Import-Clixml $TestDrive/back.xml | Out-String -Width 100) | Should -Be ($all[$_] | Out-String -Width 100)
    }

    It 'show what is left of objects where the module came too late' {
        Get-MlpModelInfo "$TestDrive/*.safetensors" | Export-Clixml $TestDrive/left.xml
        (Import-Clixml $TestDrive/left.xml | Out-String -Width 80) |
            Should -Match 'Format +: Safetensors[\s\S]*Tensors +: .*layers.0.bias Float|F32'
        $classifier, $plain[0] | Export-Clixml $TestDrive/left.xml
        $shown = pwsh -NoProfile -Command "`$left = Import-Clixml '$TestDrive/left.xml'; Import-Module '$module'; `$left | Out-String"
        $shown -match '^Run +: a plain run' | Should -HaveCount 1
    }

    It 'colour each line by itself' {
        $PSStyle.OutputRendering = 'Ansi'
        try { ($all.epochs + $all.cards + $all.classes | Out-String) | Should -Not -Match '\e\[0m\e\[[0-9;]+m\e\[0m' }
        finally { $PSStyle.OutputRendering = 'Host' }
    }

    It 'write numbers alike in every culture, as texts do' {
        function All { ($all.Values | ForEach-Object { $_ | Out-String -Width 200 }) + ($all.Values | ForEach-Object { "$_" }) }
        $before = [cultureinfo]::CurrentCulture
        $expected = All
        try {
            [cultureinfo]::CurrentCulture = 'de-DE'
            All | Should -Be $expected
        }
        finally { [cultureinfo]::CurrentCulture = $before }
    }
}

Describe 'Charts of several predicted numbers' {
    It 'show the one that is named' {
        Get-MlpPrediction $several $numbers | Export-MlpChart $TestDrive/z.svg -Target Z
        Get-Content $TestDrive/z.svg -Raw | Should -Match '>z<'
        { Get-MlpPrediction $several $numbers | Export-MlpChart $TestDrive/none.svg -ErrorAction Stop } |
            Should -Throw '*-Target: y, z.*' -ErrorId 'TargetNotFound,*'
        { Get-MlpPrediction $several $numbers | Export-MlpChart $TestDrive/none.svg -Target price -ErrorAction Stop } |
            Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'are in reports, with how texts are read' {
        'x;kind;y', '1,5;p;3', '2,5;none;5', '4,0;q;8' | Set-Content $TestDrive/comma.csv
        $comma = Import-MlpDataset $TestDrive/comma.csv y -MissingValue none -DecimalSeparator ','
        Export-MlpReport (New-MlpModel 2 -Dataset $comma -WarningAction Ignore) $TestDrive/comma.html
        Get-Content $TestDrive/comma.html -Raw |
            Should -Match 'How texts are read[\s\S]*a comma before the fraction, no value where none stands'
        Export-MlpReport $several $TestDrive/both.html $numbers
        $page = Get-Content $TestDrive/both.html -Raw
        $page | Should -Match 'Predictions of y<'
        $page | Should -Match 'Predictions of z<'
    }
}
