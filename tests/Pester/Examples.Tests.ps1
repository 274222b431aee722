# Runs every example of every help page, as Get-Help shows it, in a folder with the files and variables that the examples speak of.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../out/MlpPowerShell" -Force
    $examples = foreach ($command in Get-Command -Module MlpPowerShell) {
        foreach ($example in (Get-Help $command.Name).examples.example) {
            @{ Command = $command.Name; Title = $example.title.Trim(' -'); Code = $example.code }
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/MlpPowerShell" -Force

    # So that Import-Module MlpPowerShell, in runspaces and jobs of examples, finds it too.
    $modulePath = $env:PSModulePath
    $env:PSModulePath = (Resolve-Path "$PSScriptRoot/../../out").Path + [IO.Path]::PathSeparator + $modulePath
    $mnist = "$PSScriptRoot/../../data/mnist"
    $tables = "$PSScriptRoot/../tables"

    $train = Import-Mnist -Split Train -First 1000
    $test = Import-Mnist -Split Test -First 300
    $held = Import-Mnist -Split Test -Skip 300 -First 300
    $batch = $train | Select-MlpDataset -First 32
    $pixels = ($test | Select-MlpDataset -First 1 | ConvertFrom-MlpDataset).Features
    $flowers = Import-Csv "$tables/iris.csv" | ForEach-Object {
        [pscustomobject]@{
            SepalLength = $_.sepal_length
            SepalWidth = $_.sepal_width
            PetalLength = $_.petal_length
            PetalWidth = $_.petal_width
            Species = $_.species
        }
    }
    $iris = $flowers | ConvertTo-MlpDataset Species -Name iris
    $houseRows = (1..40).ForEach({
        [pscustomobject]@{
            Id = "h$_"
            Area = 40 + ($_ * 7 % 90)
            Built = if ($_ % 8) { 1950 + $_ } else { $null }
            Zip = ('0101', '8001')[$_ % 2]
            Sold = [datetime]::new(2026, 1, $_ % 28 + 1).ToString('yyyy-MM-dd')
            Price = 100.5 + 3 * $_
        }
    })
    $houses = $houseRows | ConvertTo-MlpDataset Price -Exclude Id -Aside Sold -ColumnType @{ Zip = 'Category' }

    $payments = 1..60 |
        ForEach-Object { [pscustomobject]@{ Amount = 10 + $_ * 7 % 31; Abroad = $_ % 4 -eq 0; Fraud = ('no', 'yes')[$_ % 20 -eq 0] } } |
        ConvertTo-MlpDataset Fraud -Name payments

    function TrainedModel($size, $data, $epochs) {
        New-MlpModel $size -Dataset $data -Seed 1 |
            Invoke-MlpTraining -Dataset $data -Epochs $epochs -BatchSize 50 -Optimizer Adam -Seed 1 -PassThru
    }
    $before = TrainedModel 8 $train 1
    $after = TrainedModel 32 $train 4

    # An array as NumPy writes it, its header padded to 64 bytes.
    function NewArray($path, $type, $shape, [byte[]] $data) {
        $header = "{'descr': '$type', 'fortran_order': False, 'shape': $shape, }".PadRight(117) + "`n"
        $ascii = [Text.Encoding]::ASCII
        $start = [byte[]] (0x93) + $ascii.GetBytes('NUMPY') + [byte[]] (1, 0, 118, 0) + $ascii.GetBytes($header)
        [IO.File]::WriteAllBytes("$PWD/$path", $start + $data)
    }

    # The arrays of a network from 4 inputs by hidden units to outputs, a row for each input of a layer.
    function NewArrays($path, $hidden, $outputs) {
        $null = New-Item layers -ItemType Directory
        NewArray layers/W1.npy '<f4' "(4, $hidden)" ([byte[]]::new(16 * $hidden))
        NewArray layers/b1.npy '<f4' "($hidden,)" ([byte[]]::new(4 * $hidden))
        NewArray layers/W2.npy '<f4' "($hidden, $outputs)" ([byte[]]::new(4 * $hidden * $outputs))
        NewArray layers/b2.npy '<f4' "($outputs,)" ([byte[]]::new(4 * $outputs))
        [IO.Compression.ZipFile]::CreateFromDirectory("$PWD/layers", "$PWD/$path")
        Remove-Item layers -Recurse
    }

    function NewFiles {
        NewArrays clf.npz 5 3
        NewArrays square.npz 4 4
        Export-MlpModel $before before.safetensors
        Copy-Item before.safetensors from-python.safetensors
        Copy-Item before.safetensors digits.safetensors
        Export-MlpModel $before digits.onnx
        Export-MlpModel $before weights.npz
        $flowers | Export-Csv iris.csv
        $flowers | Select-Object -First 5 | Export-Csv new-flowers.csv
        $houseRows | Export-Csv houses.csv
        $houseRows | Select-Object -First 3 | Export-Csv new-houses.csv
        1..30 |
            ForEach-Object {
                [pscustomobject]@{ Patient = "p$($_ % 6)"; Age = 30 + $_; Pulse = 60 + $_ % 9; Outcome = ('ill', 'well')[$_ % 2] }
            } |
            Export-Csv visits.csv
        'Name,HiddenSize,Epochs,LearningRate,BatchSize,Optimizer', 'narrow,8,2,0.1,100,', 'wide,"32 relu, 16 tanh",2,0.001,100,Adam' |
            Set-Content runs.csv
        'Name,Ticket,Class,Fare,Age,Survived', 'A,1,1,80,30,yes', 'B,2,3,7,,no', 'C,3,2,20,41,no', 'D,4,1,90,22,yes' |
            Set-Content passengers.csv
        'Area,Town,Price', '50,A,100.5', '70,B,150.2', '90,A,190.9', '60,B,130.1' | Set-Content train.csv
        'Area,Town,Price', '80,B,170.3' | Set-Content test.csv
        (1..40).ForEach({ [pscustomobject]@{ Hour = $_ % 24; Rain = $_ % 3 -eq 0; Count = 3 * ($_ % 24) + $_ % 5 } }) | Export-Csv rides.csv
        1..30 | ForEach-Object {
            [pscustomobject]@{ Stars = $_ % 6; Words = 10 + $_ % 7; Rating = ('bad', 'middle', 'good')[[Math]::Floor($_ % 6 / 2)] }
        } | Export-Csv reviews.csv
        'Length,Comedy,Drama', '90,1,0', '120,0,1', '100,1,1' | Set-Content films.csv
        'Day,Sales', '1,100.5', '2,130.25', '3,90.125' | Set-Content january.csv
        Copy-Item january.csv february.csv
        1..300 | ForEach-Object { [pscustomobject]@{ Age = $_ % 60; Visits = $_ % 9; Bought = if ($_ % 2) { 'yes' } else { 'no' } } } |
            Export-Csv clicks.csv
        $rows = $train | Select-MlpDataset -First 200 | ConvertFrom-MlpDataset
        $header = 'label,' + ((1..784).ForEach({ "p$_" }) -join ',')
        $lines = foreach ($row in $rows) { "$($row.Label)," + ($row.Features.ForEach({ [Math]::Round(255 * $_) }) -join ',') }
        $header, $lines | Set-Content mnist_train.csv
        $header, $lines[0..20] | Set-Content mnist_test.csv
        '@relation mnist', '@attribute a numeric', '@attribute class {x,y}', '@data',
            (1..14).ForEach({ "$_,$(if ($_ % 2) { 'x' } else { 'y' })" }) | Set-Content mnist_784.arff
        $stream = [IO.Compression.GZipStream]::new([IO.File]::Create("$PWD/mnist_784.arff.gz"), [IO.Compression.CompressionMode]::Compress)
        $stream.Write([IO.File]::ReadAllBytes("$PWD/mnist_784.arff"))
        $stream.Dispose()
        NewArray x.npy '<f4' '(3, 2)' ([float[]] (1, 2, 3, 4, 5, 6)).ForEach({ [BitConverter]::GetBytes($_) })
        NewArray y.npy '<f4' '(3,)' ([float[]] (0.5, 1.5, 2.5)).ForEach({ [BitConverter]::GetBytes($_) })
        NewArray x_train.npy '|u1' '(4, 2, 2)' (1..16)
        NewArray y_train.npy '|u1' '(4,)' (0, 1, 0, 1)
        $null = New-Item arrays -ItemType Directory
        Move-Item x_train.npy, y_train.npy arrays
        [IO.Compression.ZipFile]::CreateFromDirectory("$PWD/arrays", "$PWD/mnist.npz")
        $history = 1..3 |
            ForEach-Object { [pscustomobject]@{ Epoch = $_; TrainingLoss = 1 / $_; TestAccuracy = 1 - 1 / $_; Run = 'last week' } }
        $history | Export-Csv history-before.csv
        $null = New-Item 'FashionMnist', 'data/mnist', 'unpacked', 'letters/a', 'letters/b', 'scans' -ItemType Directory
        Copy-Item "$mnist/*" FashionMnist
        Copy-Item "$mnist/*" data/mnist
        foreach ($file in Get-ChildItem $mnist -Filter *.gz) {
            $in = [IO.Compression.GZipStream]::new([IO.File]::OpenRead($file), [IO.Compression.CompressionMode]::Decompress)
            $out = [IO.File]::Create("$PWD/unpacked/$($file.BaseName)")
            $in.CopyTo($out)
            $in, $out | ForEach-Object Dispose
        }
        foreach ($i in 0, 1) {
            $test | Select-MlpDataset -Skip $i -First 1 | Export-MlpChart "scans/$i.png" -Title '' -Width 150
            Copy-Item "scans/$i.png" "letters/$('ab'[$i])"
        }
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
}

Describe 'Examples' {
    BeforeAll {
        Push-Location $TestDrive
        $null = New-Item files -ItemType Directory
        Set-Location files
        NewFiles
        Pop-Location
    }

    It '<Command>: <Title>' -ForEach $examples {
        $folder = Join-Path $TestDrive ([guid]::NewGuid())
        Copy-Item $TestDrive/files $folder -Recurse
        Push-Location $folder
        try {
            # Nothing is fetched: the folders that would be are there already.
            $PSDefaultParameterValues = @{ 'Save-Mnist:WhatIf' = $true }
            $valid = $payments
            $model = if ($Code -match '\$valid') { TrainedModel 4 $payments 5 }
            elseif ($Code -match 'flowers') { TrainedModel 8 $iris 5 }
            else { TrainedModel 24 $train 3 }
            if ($Code -match 'history.csv \| Show') { Copy-Item history-before.csv history.csv }
            if ($Code -match 'Export-MlpModel \S+ digits') { Remove-Item digits.* }
            if ($Code -match 'setosa') { Export-MlpModel (TrainedModel 8 $iris 1) from-python.safetensors -Force }
            if ($Title -eq 'Replace a file') { Export-MlpModel $model digits.safetensors }
            if ($Code -match 'Save-Mnist EmnistLetters') { $Code = $Code -replace '\| Import-Mnist', '; Import-Mnist FashionMnist' }
            & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'; $Code")) | Out-Null
        }
        finally {
            Pop-Location
            Remove-Item $folder -Recurse -Force
        }
    }
}
