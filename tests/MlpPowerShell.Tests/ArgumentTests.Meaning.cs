using System.Management.Automation;

namespace MlpPowerShell.Tests;

public sealed partial class ArgumentTests
{
    [Theory]
    [InlineData("NoShuffle = 'True'; BatchSize = 10", "BatchSize=10 NoShuffle=True")]
    [InlineData("NoShuffle = 'false'; BatchSize = 10", "BatchSize=10")]
    [InlineData("NoShuffle = 1; BatchSize = 10", "BatchSize=10 NoShuffle=True")]
    [InlineData("NoShuffle = ''; BatchSize = 10", "BatchSize=10")]
    [InlineData("NoShuffle = $null; BatchSize = 10", "BatchSize=10")]
    [InlineData("RestoreBest = $true; FullBatch = 1", "FullBatch=True RestoreBest=True")]
    [InlineData("RestoreBest = '0'; FullBatch = 'true'", "FullBatch=True")]
    [InlineData("EvaluateTraining = 'TRUE'; BatchSize = 10", "BatchSize=10 EvaluateTraining=True")]
    [InlineData("KeepZeros = 'true'; FullBatch = 'True'", "FullBatch=True")]
    public void Switches_are_set_by_columns(string cells, string options)
    {
        string script = $$"""
            {{Setup}}
            [pscustomobject]@{ {{cells}} } | Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -Seed 1 |
                ForEach-Object { ($_.Details.Options.GetEnumerator() | Where-Object Key -notin Epochs, LearningRate, Optimizer, Seed |
                    ForEach-Object { "$($_.Key)=$($_.Value)" }) -join ' ' }
            """;
        Assert.Equal(options, _session.Run1<string>(script));
    }

    [Theory]
    [InlineData(
        "Invoke-MlpTraining $data $model -Epochs 1",
        "'data: 60 samples of 2 columns, 6 classes' is a data set and no model; "
            + "where both are given, the model comes first, and where that comes down the pipeline, -Dataset names the data.")]
    [InlineData("$model | Invoke-MlpTraining $data -Epochs 1", "is a data set and no model")]
    [InlineData("Measure-MlpModel $data $model", "is a data set and no model")]
    [InlineData("Measure-MlpModel $model $model", "'MlpModel 2-4-6' is a model and no data set")]
    [InlineData("$model | Measure-MlpModel", "is a model and no data set")]
    [InlineData("Get-MlpPrediction $data $model", "is a data set and no model")]
    [InlineData("Get-MlpPrediction $model $model", "'MlpModel 2-4-6' is no sample")]
    [InlineData("Get-MlpPrediction $model 3", "3 is no sample")]
    [InlineData("Get-MlpPrediction $model foo.png", "'foo.png' is no sample")]
    [InlineData("Get-MlpGradient $data $model", "is a data set and no model")]
    [InlineData("Test-MlpGradient $data $model", "is a data set and no model")]
    [InlineData("Compare-MlpModel $model $data $model", "is a data set and no model")]
    [InlineData("Compress-MlpModel $data 0.5", "is a data set and no model")]
    [InlineData("Export-MlpReport $data x.html", "is a data set and no model")]
    [InlineData("Export-MlpModel foo.onnx $model", "is a model, and the path of a file belongs here.")]
    [InlineData("Show-MlpWeight $data", "is a data set and no model")]
    [InlineData("Show-MlpSample $model", "is a model and no data set")]
    [InlineData("ConvertFrom-MlpDataset $model", "is a model and no data set")]
    [InlineData("Join-MlpDataset $data, $model", "is a model and no data set")]
    [InlineData("$model | Split-MlpDataset 0.5", "is a model and no data set")]
    [InlineData("Split-MlpDataset wine.csv 0.8", "'wine.csv' is no number. Import-MlpDataset reads files.")]
    [InlineData(
        "New-MlpDataset ([pscustomobject]@{ a = 1; y = 2 })",
        "Feature 1 is a row with named values, and no array of numbers: ConvertTo-MlpDataset makes a data set of such.")]
    [InlineData("New-MlpDataset (1, 2) -Target (1, @{ y = 2 })", "Target 2 is a row with named values")]
    [InlineData("New-MlpDataset wine.csv kind", "Feature 1 is 'wine.csv', which is no number. Import-MlpDataset reads files.")]
    [InlineData("Join-MlpDataset $data wine.csv", "'wine.csv' is no data set; Import-MlpDataset reads files.")]
    [InlineData("[pscustomobject]@{ a = 1 } | Get-MlpPrediction (New-MlpModel 2 -InputSize 2 -OutputSize 2)", "'@{a=1}' is no sample: ")]
    [InlineData("Split-MlpDataset 0.8 $data", "'data: 60 samples of 2 columns, 6 classes' is no number")]
    [InlineData("$data | Split-MlpDataset '0,8;0,1'", "The fractions are 0, 8, 0, 1; each must be above 0")]
    [InlineData("Split-MlpDataset $data -Folds 2.5", "2.5 is no whole number")]
    [InlineData("New-MlpModel $data", "is a data set; the sizes of the hidden layers come first")]
    [InlineData("New-MlpModel 4 -Dataset foo.csv", "'foo.csv' is no data set; Import-MlpDataset reads files.")]
    [InlineData("New-MlpModel 4 -Dataset (1..3)", "One data set is wanted, and there are 3 objects")]
    [InlineData("Invoke-MlpTraining model.json $data -Epochs 1", "'model.json' is no model; Import-MlpModel reads files of models.")]
    [InlineData("Invoke-MlpTraining $model, $model $data -Epochs 1", "One model is wanted, and there are 2 objects.")]
    [InlineData("Invoke-MlpTraining $model $data, $data -Epochs 1", "Join-MlpDataset joins data sets")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -TestData $model", "is a model and no data set")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -ValidationData 0.2", "'0.2' is no data set")]
    [InlineData("Invoke-MlpTraining $model ([pscustomobject]@{ a = 1 }) -Epochs 1", "ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("Measure-MlpModel $model ([pscustomobject]@{ Content = [byte[]](1, 2, 3) })", "ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("Measure-MlpModel 3 $data", "'3' is no model")]
    [InlineData("Show-MlpSample $data -Index 1.5", "1.5 is no whole number")]
    [InlineData("Export-MlpModel $model x.onnx -Precision Dbl", "'Dbl' is none of ")]
    [InlineData("ConvertTo-MlpDataset -InputObject ([pscustomobject]@{ a = 1; b = 2 }) b -Task Regresion", "(did you mean Regression?)")]
    [InlineData("Import-MlpModel $model", "'MlpModel 2-4-6' is a model, and the path of a file belongs here.")]
    [InlineData("$model | Import-MlpModel", "is a model, and the path of a file belongs here.")]
    [InlineData("Import-MlpDataset $data", "is a data set, and the path of a file belongs here.")]
    [InlineData("Export-MlpModel $model $data", "is a data set, and the path of a file belongs here.")]
    [InlineData("Export-MlpChart (Measure-MlpModel $model $data) x.svg", "is no path, and the path of a file belongs here.")]
    [InlineData("Export-MlpReport $model $data", "is a data set, and the path of a file belongs here.")]
    [InlineData(
        "[pscustomobject]@{ a = 1 } | Import-MlpDataset",
        "'@{a=1}' is a row, and the path of a file belongs here; ConvertTo-MlpDataset makes a data set of rows.")]
    [InlineData("$data | ConvertTo-MlpDataset -Label label", "'data: 60 samples of 2 columns, 6 classes' is a data set already.")]
    [InlineData("$model | ConvertTo-MlpDataset -Label label", "'MlpModel 2-4-6' is a model: a data set is made of objects.")]
    [InlineData("Get-MlpPrediction $model -Path absent.csv", "There is no file ")]
    [InlineData("New-MlpModel 4 -Dataset @()", "An empty list is no data set.")]
    [InlineData("Measure-MlpModel $model @{ a = 1 }", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("1..5 | ConvertTo-MlpDataset -Label y", "1 is no row: a data set is made of objects, whose properties are its columns")]
    [InlineData("'a', 'b' | ConvertTo-MlpDataset -Label y", "'a' is no row")]
    [InlineData(
        "Export-MlpModel $model m.safetensors; Import-MlpDataset m.safetensors label",
        "is called like the file of a model, which Import-MlpModel reads.")]
    [InlineData(
        "Export-MlpModel $model m.safetensors; [IO.File]::Move(\"$PWD/m.safetensors\", \"$PWD/m.onnx\"); Import-MlpModel m.onnx",
        "is read as Onnx, and looks like a file of the format Safetensors: say so with -Format Safetensors.")]
    [InlineData(
        "Export-MlpModel $model m.safetensors; [IO.File]::Move(\"$PWD/m.safetensors\", \"$PWD/m.onnx\"); Get-MlpModelInfo m.onnx",
        "looks like a file of the format Safetensors")]
    [InlineData(
        "Export-MlpModel $model m.npz; [IO.File]::Move(\"$PWD/m.npz\", \"$PWD/m.safetensors\"); Import-MlpModel m.safetensors",
        "looks like a file of the format Npz")]
    [InlineData("[IO.File]::WriteAllText(\"$PWD/m.onnx\", 'no model at all'); Import-MlpModel m.onnx", "m.onnx is no ONNX file: ")]
    [InlineData(
        "Export-MlpModel $model m.onnx -Format Npz",
        "is called like a file of the format Onnx, and is to be one of Npz: name it otherwise, or write it without -Format.")]
    [InlineData("Export-MlpModel $model m.onnx -Format Npz -WhatIf", "is to be one of Npz")]
    [InlineData("Export-MlpModel $model m.npz -Precision Half -WhatIf", "The format Npz does not hold weights as Half")]
    [InlineData("New-MlpModel -Dataset $data -ColumnScaling @{ a = 'Foo' }", "-ColumnScaling, a: 'Foo' is none of Standard, MinMax, ")]
    [InlineData("New-MlpModel 4 -Linear -Dataset $data", "A linear model has no hidden layers, and -HiddenSize asks for some.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 0 -WhatIf", "The number of epochs is 0; it must be at least 1.")]
    [InlineData("Invoke-MlpTraining $model $data -Dropout 2 -WhatIf", "A dropout rate is 2")]
    [InlineData(
        "Invoke-MlpTraining $model (1..9 | ForEach-Object { [pscustomobject]@{ c = $_; label = 'a' } } | "
            + "ConvertTo-MlpDataset label) -WhatIf",
        "c")]
    [InlineData("3 | Invoke-MlpTraining $model $data -Epochs 1", "3 is no row of a table of runs")]
    [InlineData(
        "[pscustomobject]@{ Name = 'two'; LearningRate = '0,1' } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data",
        "Run two: '0,1' is no number")]
    [InlineData("[pscustomobject]@{ Name = 'two'; LearningRate = '0,1' } | Invoke-MlpTraining $model $data", "Run two: '0,1' is no number")]
    [InlineData(
        "[pscustomobject]@{ Run = 'two'; HiddenSize = '8x' } | New-MlpModel -Dataset $data",
        "Run two: '8x' is no whole number. Hidden layers are")]
    [InlineData(
        "[pscustomobject]@{ Name = 'two'; LearningRate = -1 } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data",
        "Run two: The learning rate is -1")]
    [InlineData("[pscustomobject]@{ Name = 'two'; HiddenSize = 0 } | New-MlpModel -Dataset $data", "Run two: A hidden size is 0")]
    [InlineData(
        "$run = @{ CheckpointPath = 'c.safetensors'; Schedule = 'Cosine'; Seed = 1; Resume = $true }; "
            + "$null = Invoke-MlpTraining $model $data @run -Epochs 10 -OnEpoch { $_.Epoch -lt 4 }; "
            + "Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $data @run -Epochs 20",
        "c.safetensors is of a training of 10 epochs, 4 of which are done, and its schedule Cosine goes over all of them")]
    [InlineData(
        "[IO.File]::WriteAllText(\"$PWD/s.csv\", \"a,y`n1,p`n2,q`n\"); $sent = [Management.Automation.PSSerializer]; "
            + "New-MlpModel 2 $sent::Deserialize($sent::Serialize((Import-MlpDataset s.csv y -Stream)))",
        "A streamed data set can't leave the process that opened it")]
    public void A_misdirected_argument_is_answered_with_a_sentence(string script, string words)
    {
        string error = Assert.Single(_session.Try(Setup + script).Errors).ToString();
        Assert.Contains(words, error);
        Assert.DoesNotContain("Specified method", error);
        Assert.DoesNotContain("`", error);
        Assert.DoesNotContain("MlpPowerShell.Engine", error);
    }

    [Theory]
    [InlineData("$rows | Measure-MlpModel", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Measure-MlpModel $model", "is no data set; ConvertTo-MlpDataset makes one of objects. Where other objects come")]
    [InlineData("$rows | Get-MlpThreshold $model", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("$rows | Invoke-MlpTraining $model -Epochs 1", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("$rows | Invoke-MlpTraining -Dataset $data -Epochs 1", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | New-MlpModel 4", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData(
        "[pscustomobject]@{ Name = 'two'; LearningRate = 0.1 } | Invoke-MlpTraining $model",
        "Run two: '@{Name=two; LearningRate=0.1}' is no data set")]
    [InlineData("$rows | Split-MlpDataset 0.5", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("1..9 | Split-MlpDataset 0.5", "'1' is no data set")]
    [InlineData("'a.csv', 'b.csv' | Split-MlpDataset 0.5", "'a.csv' is no data set; Import-MlpDataset reads files.")]
    [InlineData("$rows | Select-MlpDataset -First 2", "is no data set")]
    [InlineData("$rows | Get-MlpColumn", "is no data set")]
    [InlineData("$rows | Show-MlpSample", "is no data set")]
    [InlineData("$rows | ConvertFrom-MlpDataset", "is no data set")]
    [InlineData("$rows | Copy-MlpModel", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Compress-MlpModel -Sparsity 0.5", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Compare-MlpModel $model -Dataset $data", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Export-MlpModel -Path x.onnx", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Export-MlpReport -Path x.html", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Show-MlpWeight", "is no model; New-MlpModel makes one.")]
    [InlineData("$rows | Test-MlpGradient $model", "is no data set")]
    [InlineData("$rows | Get-MlpGradient $model", "is no data set")]
    [InlineData("$rows | Join-MlpDataset", "is no data set; ConvertTo-MlpDataset makes one of objects.")]
    [InlineData("$null | Join-MlpDataset", "There is no data set to join.")]
    [InlineData("1, 2 | Join-MlpDataset", "'1' is no data set")]
    [InlineData(
        "Select-MlpDataset $data -First 9 | Invoke-MlpTraining $model $data -Epochs 1",
        "The data set 'data: 9 samples of 2 columns, 6 classes' came down the pipeline, "
            + "and the command has what it needs from its arguments")]
    [InlineData("Copy-MlpModel $model | Invoke-MlpTraining $model $data -Epochs 1", "The model 'MlpModel 2-4-6' came down the pipeline")]
    [InlineData("Select-MlpDataset $data -First 9 | New-MlpModel 4 -Dataset $data", "The data set 'data: 9 samples")]
    [InlineData("$model | New-MlpModel 4 -Dataset $data", "The model 'MlpModel 2-4-6' came down the pipeline")]
    [InlineData(
        "Measure-MlpModel $model $data | Invoke-MlpTraining $model $data -Epochs 1",
        "is no row of a table of runs, whose columns are parameters.")]
    [InlineData("{ 8 } | New-MlpModel 4 -Dataset $data", "is no row of a table of runs")]
    [InlineData(", (1, 2) | New-MlpModel 4 -Dataset $data", "is no row of a table of runs")]
    [InlineData("Get-Command Get-MlpRank | New-MlpModel 4 -Dataset $data", "is no row of a table of runs")]
    [InlineData(
        "New-MlpModel -Dataset $data -InputObject ([pscustomobject]@{ HiddenSize = 3 })",
        "where it comes down the pipeline: $row | New-MlpModel.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -InputObject ([pscustomobject]@{ Epochs = 1 })",
        "where it comes down the pipeline: $row | Invoke-MlpTraining.")]
    [InlineData("New-MlpModel '1,024' -Dataset $data", "'1,024' may be one number or several layers: write 1024 or '1, 024'.")]
    [InlineData("[pscustomobject]@{ HiddenSize = '12,048' } | New-MlpModel -Dataset $data", "write 12048 or")]
    [InlineData("$data, $data | Measure-MlpModel", "is a data set and no model; where both are given, the model comes first")]
    [InlineData("$model, $model | Measure-MlpModel", "is a model and no data set")]
    [InlineData("$data, $data | Copy-MlpModel", "is a data set and no model")]
    [InlineData("$null | Measure-MlpModel $model", "-Dataset is $null.")]
    [InlineData("$null | Invoke-MlpTraining $model -Epochs 1", "-Dataset is $null.")]
    [InlineData("Measure-MlpModel $model $null", "-Dataset is $null.")]
    [InlineData("New-MlpModel 4 $null", "-Dataset is $null.")]
    [InlineData(
        "$rows | Import-MlpDataset", "is a row, and the path of a file belongs here; ConvertTo-MlpDataset makes a data set of rows.")]
    [InlineData("$rows | Import-MlpModel", "is a row, and the path of a file belongs here")]
    [InlineData("$rows | Get-MlpModelInfo", "is a row, and the path of a file belongs here")]
    [InlineData("$data, $data | Import-MlpModel", "is a data set, and the path of a file belongs here.")]
    [InlineData("Import-MlpDataset $null", "-Path is $null.")]
    [InlineData("Import-MlpModel $null", "-Path is $null.")]
    [InlineData("Get-MlpColumn iris.csv", "-Dataset is missing.")]
    [InlineData("'x', 'y', '1' | Invoke-MlpActivation ReLU", "'x' is not a number.")]
    [InlineData(
        "1..9 | ForEach-Object { [pscustomobject]@{ Epoch = $_; TrainingLoss = \"0,$_\" } } | Show-MlpHistory", "'0,1' is no number")]
    [InlineData(
        "$rows | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Epochs 1",
        "where models come down the pipeline, -Dataset names the data.")]
    [InlineData("New-MlpModel -Dataset $data -ColumnScaling Log", "'Log' is no hashtable such as @{ Age = 'MinMax' }.")]
    [InlineData("New-MlpModel -Dataset $data -ColumnMissing $null", "'$null' is no hashtable such as @{ Age = 'Mean' }.")]
    [InlineData("New-MlpModel -Dataset $data -DatePart Hour", "'Hour' is no hashtable such as")]
    [InlineData("Get-MlpThreshold $model $data -Cost 5", "5 is no hashtable such as @{ FalseNegative = 5; FalsePositive = 1 }.")]
    [InlineData(
        "Export-MlpChart x.svg (Measure-MlpModel $model $data) -Kind History",
        "'History' is none of Confusion, Calibration, Roc, PrecisionRecall.")]
    public void What_is_of_a_wrong_kind_throughout_is_one_error(string script, string words)
    {
        Session.Result result = _session.Try($"{Setup} $rows = 1..9 | ForEach-Object {{ [pscustomobject]@{{ a = $_; b = 2 }} }}; {script}");
        string error = Assert.Single(result.Errors).ToString();
        Assert.Contains(words, error);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void What_is_of_a_wrong_kind_among_others_is_an_error_of_its_own()
    {
        Session.Result result = _session.Try($"{Setup} $model, 5, $model, $data, $model | Measure-MlpModel -Dataset $data");
        Assert.Equal(3, result.Output.Length);
        Assert.Equal(
            ["'5' is no model; New-MlpModel makes one.", "'data: 60"],
            result.Errors.Select((error, i) => i == 0 ? $"{error}" : $"{error}"[..9]));
    }

    [Theory]
    [InlineData("$model")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($model))")]
    public void A_row_brings_its_model_and_its_data(string model)
    {
        PSObject[] epochs = _session.Run($$"""
            {{Setup}}
            $model = {{model}}
            [pscustomobject]@{ Name = 'one'; Epochs = 1; Model = $model; Dataset = $data } | Invoke-MlpTraining
            """);
        Assert.Equal("one", Assert.Single(epochs).Properties["Run"].Value);
    }

    [Fact]
    public void A_refused_object_does_not_haunt_the_next_command()
    {
        Session.Result result =
            _session.Try($"{Setup} 5 | Measure-MlpModel $model; Measure-MlpModel $model $data; $data | Measure-MlpModel $model");
        Assert.Single(result.Errors);
        Assert.Equal(2, result.Output.Length);
    }

    [Theory]
    [InlineData("$data | Invoke-MlpTraining $model -Epochs 1 | ForEach-Object Run", "2-4-6 AdamW 0.01 batch 16")]
    [InlineData("$data | Invoke-MlpTraining $model -Epochs 1 -Name mine | ForEach-Object Run", "mine")]
    [InlineData("$model | Invoke-MlpTraining -Dataset $data -Epochs 1 | ForEach-Object Run", "2-4-6 AdamW 0.01 batch 16")]
    [InlineData("$data | New-MlpModel 16", "MlpModel 2-16-6")]
    [InlineData("New-MlpModel 16 @($data)", "MlpModel 2-16-6")]
    [InlineData("Export-MlpModel $model m.safetensors; (Get-MlpModelInfo m.safetensors | Import-MlpModel).Architecture", "2-4-6")]
    [InlineData(
        "Export-MlpModel $model m.safetensors; ([pscustomobject]@{ Path = 'm.safetensors' } | Import-MlpModel).Architecture", "2-4-6")]
    [InlineData(
        "Export-MlpModel $model m.safetensors; ([pscustomobject]@{ LiteralPath = 'm.safetensors' } | Import-MlpModel).Architecture",
        "2-4-6")]
    [InlineData("(Measure-MlpModel @($model) @(, $data)).Samples", "60")]
    [InlineData("New-MlpModel 128 $data", "MlpModel 2-128-6")]
    [InlineData("[pscustomobject]@{ HiddenSize = '8' } | New-MlpModel -Dataset $data", "MlpModel 2-8-6")]
    [InlineData("[pscustomobject]@{ HiddenSize = '8'; InputSize = '3'; OutputSize = '2' } | New-MlpModel", "MlpModel 3-8-2")]
    [InlineData("@($model, $model | Measure-MlpModel -Dataset $data).Count", "2")]
    [InlineData("@($data, $data | Measure-MlpModel $model).Count", "2")]
    [InlineData("@($data | Split-MlpDataset 0.8).Count", "2")]
    [InlineData("@(Split-MlpDataset $data '0.5; 0.25').Count", "3")]
    [InlineData("@($data | Split-MlpDataset 0.5 0.25).Count", "3")]
    [InlineData("@($data, $data | Split-MlpDataset 0.5, 0.25).Count", "6")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -Name '' | ForEach-Object Run", "2-4-6 AdamW 0.01 batch 16")]
    [InlineData("(New-MlpDataset (1..2 | ForEach-Object { , [byte[]]::new(64) }) -Label 0, 1 -ImageShape 8x8).ImageShape", "8×8")]
    [InlineData("(New-MlpDataset (1..2 | ForEach-Object { , [byte[]]::new(32) }) -Label 0, 1 -ImageShape '4, 8').ImageShape", "4×8")]
    [InlineData("Export-MlpModel $model m.safetensors -Format PyTorch; (Import-MlpModel m.safetensors).Architecture", "2-4-6")]
    [InlineData(
        "(([pscustomobject]@{ Epochs = 1; Dropout = '' }, [pscustomobject]@{ Epochs = 1; "
            + "Dropout = '0.5' } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data)"
        + " | ForEach-Object { \"[$($_.psobject.Properties['Dropout'].Value)]\" }) -join ' '", "[] [0.5]")]
    [InlineData("[pscustomobject]@{ Note = 'n'; Epochs = 1 } | Invoke-MlpTraining $model $data | ForEach-Object Note", "n")]
    [InlineData(
        "$files = 'p/x/1.png', 'p/y/2.png'; $null = [IO.Directory]::CreateDirectory(\"$PWD/p/x\"), "
            + "[IO.Directory]::CreateDirectory(\"$PWD/p/y\"); "
            + "$png = [Convert]::FromBase64String('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAA"
            + "DklEQVR4nGPgOsEQJQcABCoBS87LZrEAAAAASUVORK5CYII='); "
            + "$files | ForEach-Object { [IO.File]::WriteAllBytes(\"$PWD/$_\", $png) }; $pictures = Import-MlpDataset p; "
            + "@(Get-MlpPrediction (New-MlpModel 2 $pictures) p/x/1.png).Count",
        "1")]
    public void What_can_only_be_meant_so_works(string script, string result) =>
        Assert.Equal(result, _session.Run1<string>($"{Setup} {script}"));
}
