using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What is given counts: what can't be meant so is an error with a sentence, and never the default without a word.</summary>
public sealed class ArgumentTests : IDisposable
{
    private const string Setup = OptionCmdletTests.Setup;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_cell_that_no_parameter_can_read_is_an_error_on_every_cmdlet()
    {
        int tried = 0;
        foreach (CmdletInfo cmdlet in _session.Run("Get-Command -Module MlpPowerShell").Select(command => (CmdletInfo)command.BaseObject))
        {
            string input = cmdlet.Parameters.Values
                .Where(parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline))
                .Select(parameter => parameter.ParameterType.Name == "MlpModel" ? "$model" : "[pscustomobject]@{}")
                .DefaultIfEmpty("[pscustomobject]@{}")
                .First();
            foreach (ParameterMetadata parameter in cmdlet.Parameters.Values.Where(IsConverted))
            {
                string others = cmdlet.Name switch
                {
                    "Invoke-MlpTraining" => "-Dataset $data -Epochs 1",
                    "New-MlpModel" when parameter.Name is "InputSize" => "-OutputSize 2",
                    "New-MlpModel" when parameter.Name is "OutputSize" => "-InputSize 2",
                    "New-MlpModel" => "-Dataset $data",
                    "Get-MlpSchedule" => "-Epochs 3 -LearningRate 0.1",
                    _ => string.Empty,
                };
                Session.Result result = _session.Try($$"""
                    {{Setup}}
                    $piped = {{input}}
                    $piped.PSObject.Properties.Add([psnoteproperty]::new('{{parameter.Name}}', 'no-such'))
                    $piped | {{cmdlet.Name}} {{others.Replace($"-{parameter.Name} ", "-Verbose:$false #")}}
                    """);
                Assert.True(result.Errors.Length == 1 && result.Output.Length == 0, $"{cmdlet.Name} -{parameter.Name}");
                Assert.Contains($"'{parameter.Name}'", result.Errors[0].ToString());
                Assert.Contains("'no-such", result.Errors[0].ToString());
                tried++;
            }
        }

        Assert.True(tried > 60, $"{tried} tried");
    }

    [Theory]
    [InlineData("LearningRate = '0.5x'", "'0.5x' is no number.")]
    [InlineData("LearningRate = '0,5'", "'0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("LearningRate = 'a,b'", "'a,b' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("LearningRate = '1e-3x'", "'1e-3x' is no number.")]
    [InlineData("LearningRate = $true", "True is no number.")]
    [InlineData("LearningRate = 0.1, 0.2", "0.1, 0.2 is no number.")]
    [InlineData("LearningRate = '-1'", "The learning rate is -1; it must be above 0.")]
    [InlineData("LearningRate = 'NaN'", "The learning rate is NaN; it must be above 0.")]
    [InlineData("BatchSize = '1k'", "'1k' is no whole number.")]
    [InlineData("BatchSize = 64.5", "64.5 is no whole number.")]
    [InlineData("BatchSize = '64.5'", "'64.5' is no whole number.")]
    [InlineData("BatchSize = '1,000'", "'1,000' is no whole number: numbers are written without separators, as 1000.")]
    [InlineData("BatchSize = '1e12'", "'1e12' is too large; the largest number here is 2147483647.")]
    [InlineData("BatchSize = 'all'", "'all' is no whole number.")]
    [InlineData("BatchSize = 0", "The batch size is 0; it must be at least 1")]
    [InlineData("Patience = 'never'", "'never' is no whole number.")]
    [InlineData("Patience = 2.5", "2.5 is no whole number.")]
    [InlineData("Seed = 'x'", "'x' is no whole number.")]
    [InlineData("Seed = 1.5", "1.5 is no whole number.")]
    [InlineData("Seed = [datetime]'2024-01-01'", "is no whole number.")]
    [InlineData("Dropout = 'x'", "'x' is no number.")]
    [InlineData("Dropout = '0.2; much'", "'much' is no number.")]
    [InlineData("Dropout = '1.5'", "A dropout rate is 1.5; it must be at least 0 and below 1.")]
    [InlineData("Dropout = '0.5%'", "'0.5%' is no number.")]
    [InlineData("Optimizer = 'Adm'", "'Adm' is none of Sgd, Momentum, Nesterov, ")]
    [InlineData("Optimizer = 'Adm'", "(did you mean Adam?)")]
    [InlineData("Optimizer = 3", "3 is none of Sgd, ")]
    [InlineData("Optimizer = 'N'", "'N' is none of Sgd, ")]
    [InlineData("Schedule = 'Cosinus'", "(did you mean Cosine?)")]
    [InlineData("Monitor = 'ValLoss'", "'ValLoss' is none of ")]
    [InlineData("WarmupEpochs = 'one'", "'one' is no number.")]
    [InlineData("DecayEvery = '10 epochs'", "'10 epochs' is no whole number.")]
    [InlineData("Restarts = 'none'", "'none' is no whole number.")]
    [InlineData("Momentum = '.9.'", "'.9.' is no number.")]
    [InlineData("WeightDecay = '1e-4 '", null)]
    [InlineData("ClassWeight = 'foo'", "'foo' is not Balanced, nor a hashtable")]
    [InlineData("ClassWeight = @{ a = '0,5' }", "'0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("NoShuffle = 'maybe'", "'maybe' says neither yes nor no: write True or False.")]
    [InlineData("RestoreBest = 2", "2 says neither yes nor no: write True or False.")]
    [InlineData("KeepZeros = 'ja'", "'ja' says neither yes nor no: write True or False.")]
    [InlineData("HiddenSize = 'abc'", "'abc' is no whole number. Hidden layers are written as 128, 64")]
    [InlineData("HiddenSize = 64.5", "64.5 is no whole number.")]
    [InlineData("HiddenSize = '128 RLU'", "(did you mean ReLU?)")]
    [InlineData("HiddenSize = '128x64'", "'128x64' is no whole number.")]
    [InlineData("Activation = 'RLU'", "(did you mean ReLU?)")]
    [InlineData("Loss = 'CrossEntrpy'", "(did you mean CrossEntropy?)")]
    [InlineData("Initializer = 'Kaimng'", "'Kaimng' is none of Default, Xavier, ")]
    [InlineData("MaxCategories = 'few'", "'few' is no whole number.")]
    [InlineData("Scaling = 'Standart'", "(did you mean Standard?)")]
    [InlineData("BatchNormalization = 'perhaps'", "'perhaps' says neither yes nor no: write True or False.")]
    public void A_cell_of_a_sweep_is_read_or_refused(string cell, string? words)
    {
        Session.Result result = _session.Try($$"""
            {{Setup}}
            [pscustomobject]@{ {{cell}} } | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        if (words is null)
        {
            Assert.Empty(result.Errors);
            Assert.Single(result.Output);
            return;
        }

        Assert.Contains(words, Assert.Single(result.Errors).ToString());
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-LearningRate '0,5'", "'0,5' is no number: numbers are written with a point, as 0.5.")]
    [InlineData("-LearningRate 0,5", "0, 5 is no number.")]
    [InlineData("-Epochs 2.5", "2.5 is no whole number.")]
    [InlineData("-Epochs ten", "'ten' is no whole number.")]
    [InlineData("-Optimizer Adm", "(did you mean Adam?)")]
    [InlineData("-Optimizer ''", null)]
    [InlineData("-Schedule 'one cycle'", "(did you mean OneCycle?)")]
    [InlineData("-BatchSize 10.0", null)]
    public void An_argument_is_read_or_refused(string arguments, string? words)
    {
        Session.Result result = _session.Try($"{Setup} Invoke-MlpTraining $model $data "
            + (arguments.Contains("-Epochs", StringComparison.Ordinal) ? arguments : $"-Epochs 1 {arguments}"));
        if (words is null)
            Assert.Empty(result.Errors);
        else
            Assert.Contains(words, Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void One_bad_row_is_one_error_and_the_others_are_trained()
    {
        Session.Result result = _session.Try(Setup + """
            [pscustomobject]@{ Name = 'one'; LearningRate = '0.1' },
            [pscustomobject]@{ Name = 'two'; LearningRate = '0,1' },
            [pscustomobject]@{ Name = 'three'; LearningRate = '0.2' } |
                New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        Assert.Contains("'0,1' is no number", Assert.Single(result.Errors).ToString());
        Assert.Equal(["one", "three"], result.Output.Select(epoch => $"{epoch.Properties["Run"].Value}"));
    }

    [Fact]
    public void A_culture_changes_nothing_about_arguments()
    {
        Session.Result result = _session.Try(Setup + """
            $culture = [cultureinfo][cultureinfo]::InvariantCulture.Clone()
            $culture.NumberFormat.NumberDecimalSeparator = ','
            $culture.NumberFormat.NumberGroupSeparator = '.'
            [Threading.Thread]::CurrentThread.CurrentCulture = $culture
            Invoke-MlpTraining $model $data -Epochs 1 -LearningRate '0.5' -Seed 1
            Invoke-MlpTraining $model $data -Epochs 1 -LearningRate '0,5' -Seed 1
            """);
        Assert.Equal(0.5, Assert.Single(result.Output).Properties["LearningRate"].Value);
        Assert.Contains("written with a point", Assert.Single(result.Errors).ToString());
    }

    [Theory]
    [InlineData("NoShuffle = 'True'; BatchSize = 10", "BatchSize=10 Shuffle=False")]
    [InlineData("NoShuffle = 'false'; BatchSize = 10", "BatchSize=10")]
    [InlineData("NoShuffle = 1; BatchSize = 10", "BatchSize=10 Shuffle=False")]
    [InlineData("NoShuffle = ''; BatchSize = 10", "BatchSize=10")]
    [InlineData("NoShuffle = $null; BatchSize = 10", "BatchSize=10")]
    [InlineData("RestoreBest = $true; FullBatch = 1", "RestoreBest=True")]
    [InlineData("RestoreBest = '0'; FullBatch = 'true'", "")]
    [InlineData("EvaluateTraining = 'TRUE'; BatchSize = 10", "BatchSize=10 EvaluateTraining=True")]
    [InlineData("KeepZeros = 'true'; FullBatch = 'True'", "KeepZeros=True")]
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
    [InlineData("Invoke-MlpTraining $data $model -Epochs 1", "'data: 60 samples of 2 columns, 6 classes' is a data set and no model; where both are given, the model comes first.")]
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
    [InlineData("Export-MlpModel foo.onnx $model", "'foo.onnx' is no model; Import-MlpModel reads files of models.")]
    [InlineData("Show-MlpWeight $data", "is a data set and no model")]
    [InlineData("Show-MlpSample $model", "is a model and no data set")]
    [InlineData("ConvertFrom-MlpDataset $model", "is a model and no data set")]
    [InlineData("Join-MlpDataset $data, $model", "is a model and no data set")]
    [InlineData("$model | Split-MlpDataset 0.5", "is a model and no data set")]
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
    [InlineData("1..5 | ConvertTo-MlpDataset -Label y", "1 is no row: a data set is made of objects, whose properties are its columns")]
    [InlineData("'a', 'b' | ConvertTo-MlpDataset -Label y", "'a' is no row")]
    [InlineData("Export-MlpModel $model m.safetensors; Import-MlpDataset m.safetensors label", "is called like the file of a model, which Import-MlpModel reads.")]
    [InlineData("Export-MlpModel $model m.safetensors; [IO.File]::Move(\"$PWD/m.safetensors\", \"$PWD/m.onnx\"); Import-MlpModel m.onnx", "is read as Onnx, and looks like a file of the format Safetensors: say so with -Format Safetensors.")]
    [InlineData("Export-MlpModel $model m.safetensors; [IO.File]::Move(\"$PWD/m.safetensors\", \"$PWD/m.onnx\"); Get-MlpModelInfo m.onnx", "looks like a file of the format Safetensors")]
    [InlineData("Export-MlpModel $model m.npz; [IO.File]::Move(\"$PWD/m.npz\", \"$PWD/m.safetensors\"); Import-MlpModel m.safetensors", "looks like a file of the format Npz")]
    [InlineData("[IO.File]::WriteAllText(\"$PWD/m.onnx\", 'no model at all'); Import-MlpModel m.onnx", "m.onnx is no ONNX file: ")]
    [InlineData("Export-MlpModel $model m.onnx -Format Npz", "is called like a file of the format Onnx, and is to be one of Npz: name it otherwise, or write it without -Format.")]
    [InlineData("Export-MlpModel $model m.onnx -Format Npz -WhatIf", "is to be one of Npz")]
    [InlineData("Export-MlpModel $model m.npz -Precision Half -WhatIf", "The format Npz does not hold weights as Half")]
    [InlineData("New-MlpModel -Dataset $data -ColumnScaling @{ a = 'Foo' }", "-ColumnScaling, a: 'Foo' is none of Standard, MinMax, ")]
    [InlineData("New-MlpModel 4 -Linear -Dataset $data", "A linear model has no hidden layers, and -HiddenSize asks for some.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 0 -WhatIf", "The number of epochs is 0; it must be at least 1.")]
    [InlineData("Invoke-MlpTraining $model $data -Dropout 2 -WhatIf", "A dropout rate is 2")]
    [InlineData("Invoke-MlpTraining $model (1..9 | ForEach-Object { [pscustomobject]@{ c = $_; label = 'a' } } | ConvertTo-MlpDataset label) -WhatIf", "c")]
    [InlineData("3 | Invoke-MlpTraining $model $data -Epochs 1", "3 is no row of a table of runs")]
    [InlineData("[pscustomobject]@{ Name = 'two'; LearningRate = '0,1' } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data", "Run two: '0,1' is no number")]
    [InlineData("[pscustomobject]@{ Name = 'two'; LearningRate = '0,1' } | Invoke-MlpTraining $model $data", "Run two: '0,1' is no number")]
    [InlineData("[pscustomobject]@{ Run = 'two'; HiddenSize = '8x' } | New-MlpModel -Dataset $data", "Run two: '8x' is no whole number. Hidden layers are")]
    [InlineData("[pscustomobject]@{ Name = 'two'; LearningRate = -1 } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data", "Run two: The learning rate is -1")]
    [InlineData("[pscustomobject]@{ Name = 'two'; HiddenSize = 0 } | New-MlpModel -Dataset $data", "Run two: A hidden size is 0")]
    [InlineData("$run = @{ CheckpointPath = 'c.safetensors'; Schedule = 'Cosine'; Seed = 1; Resume = $true }; $null = Invoke-MlpTraining $model $data @run -Epochs 10 -OnEpoch { $_.Epoch -lt 4 }; "
        + "Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $data @run -Epochs 20", "c.safetensors is of a training of 10 epochs, 4 of which are done, and its schedule Cosine goes over all of them")]
    [InlineData("[IO.File]::WriteAllText(\"$PWD/s.csv\", \"a,y`n1,p`n2,q`n\"); $sent = [Management.Automation.PSSerializer]; New-MlpModel 2 $sent::Deserialize($sent::Serialize((Import-MlpDataset s.csv y -Stream)))", "A streamed data set can't leave the process that opened it")]
    public void A_misdirected_argument_is_answered_with_a_sentence(string script, string words)
    {
        string error = Assert.Single(_session.Try(Setup + script).Errors).ToString();
        Assert.Contains(words, error);
        Assert.DoesNotContain("Specified method", error);
        Assert.DoesNotContain("`", error);
        Assert.DoesNotContain("MlpPowerShell.Engine", error);
    }

    [Theory]
    [InlineData("$data | Invoke-MlpTraining $model -Epochs 1 | ForEach-Object Run", "2-4-6 AdamW 0.001 batch 16")]
    [InlineData("$data | Invoke-MlpTraining $model -Epochs 1 -Name mine | ForEach-Object Run", "mine")]
    [InlineData("$model | Invoke-MlpTraining -Dataset $data -Epochs 1 | ForEach-Object Run", "2-4-6 AdamW 0.001 batch 16")]
    [InlineData("$data | New-MlpModel 16", "MlpModel 2-16-6")]
    [InlineData("New-MlpModel 128 $data", "MlpModel 2-128-6")]
    [InlineData("[pscustomobject]@{ HiddenSize = '8' } | New-MlpModel -Dataset $data", "MlpModel 2-8-6")]
    [InlineData("[pscustomobject]@{ HiddenSize = '8'; InputSize = '3'; OutputSize = '2' } | New-MlpModel", "MlpModel 3-8-2")]
    [InlineData("@($model, $model | Measure-MlpModel -Dataset $data).Count", "2")]
    [InlineData("@($data, $data | Measure-MlpModel $model).Count", "2")]
    [InlineData("@($data | Split-MlpDataset 0.8).Count", "2")]
    [InlineData("@(Split-MlpDataset $data '0.5; 0.25').Count", "3")]
    [InlineData("@($data | Split-MlpDataset 0.5 0.25).Count", "3")]
    [InlineData("@($data, $data | Split-MlpDataset 0.5, 0.25).Count", "6")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -Name '' | ForEach-Object Run", "2-4-6 AdamW 0.001 batch 16")]
    [InlineData("(New-MlpDataset (1..2 | ForEach-Object { , [byte[]]::new(64) }) -Label 0, 1 -ImageShape 8x8).ImageShape", "8×8")]
    [InlineData("(New-MlpDataset (1..2 | ForEach-Object { , [byte[]]::new(32) }) -Label 0, 1 -ImageShape '4, 8').ImageShape", "4×8")]
    [InlineData("Export-MlpModel $model m.safetensors -Format PyTorch; (Import-MlpModel m.safetensors).Architecture", "2-4-6")]
    [InlineData("[pscustomobject]@{ Note = 'n'; Epochs = 1 } | Invoke-MlpTraining $model $data | ForEach-Object Note", "n")]
    [InlineData("$files = 'p/x/1.png', 'p/y/2.png'; $null = [IO.Directory]::CreateDirectory(\"$PWD/p/x\"), [IO.Directory]::CreateDirectory(\"$PWD/p/y\"); "
        + "$png = [Convert]::FromBase64String('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGPgOsEQJQcABCoBS87LZrEAAAAASUVORK5CYII='); "
        + "$files | ForEach-Object { [IO.File]::WriteAllBytes(\"$PWD/$_\", $png) }; $pictures = Import-MlpDataset p; "
        + "@(Get-MlpPrediction (New-MlpModel 2 $pictures) p/x/1.png).Count", "1")]
    public void What_can_only_be_meant_so_works(string script, string result) =>
        Assert.Equal(result, _session.Run1<string>($"{Setup} {script}"));

    [Theory]
    [InlineData("Learning Rate", "LearningRate")]
    [InlineData("learning_rate", "LearningRate")]
    [InlineData("learning-rate", "LearningRate")]
    [InlineData("LearnRate", "LearningRate")]
    [InlineData("lr", "LearningRate")]
    [InlineData("LR", "LearningRate")]
    [InlineData("bs", "BatchSize")]
    [InlineData("batch_size", "BatchSize")]
    [InlineData("Batchsise", "BatchSize")]
    [InlineData("Batch", "BatchSize")]
    [InlineData("optim", "Optimizer")]
    [InlineData("optimiser", "Optimizer")]
    [InlineData("Optimzer", "Optimizer")]
    [InlineData("wd", "WeightDecay")]
    [InlineData("weight_decay", "WeightDecay")]
    [InlineData("L2", "WeightDecay")]
    [InlineData("activation_function", "Activation")]
    [InlineData("Activaton", "Activation")]
    [InlineData("Hidden Size", "HiddenSize")]
    [InlineData("hidden_layer_sizes", "HiddenSize")]
    [InlineData("Initialiser", "Initializer")]
    [InlineData("Batch Normalisation", "BatchNormalization")]
    [InlineData("batch_norm", "BatchNormalization")]
    [InlineData("Drop Out", "Dropout")]
    [InlineData("epoch", "Epochs")]
    [InlineData("max_iter", "Epochs")]
    [InlineData("scheduler", "Schedule")]
    [InlineData("Warmup", "WarmupEpochs")]
    [InlineData("random_state", "Seed")]
    [InlineData("Patients", "Patience")]
    [InlineData("Label Smoothing", "LabelSmoothing")]
    [InlineData("Restart", "Restarts")]
    [InlineData("Beta", "Beta1")]
    [InlineData("shuffle", "NoShuffle")]
    public void A_column_that_is_nearly_a_parameter_is_one_warning(string column, string parameter)
    {
        Session.Result result = _session.Try($$"""
            {{Setup}}
            1..2 | ForEach-Object { [pscustomobject]@{ '{{column}}' = 1 } } | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        Assert.Empty(result.Errors);
        Assert.Equal([$"The column '{column}' is no parameter and is kept as a note; did you mean {parameter}?"], result.Warnings);
        Assert.All(result.Output, epoch => Assert.Equal(1, epoch.Properties[column].Value));
    }

    [Fact]
    public void A_column_that_is_a_note_is_no_warning()
    {
        string[] columns = [
            "Name", "Run", "Note", "Notes", "Comment", "Group", "Tag", "Fold", "Data", "Trial", "Id", "Index",
            "Date", "Time", "Author", "Description", "Experiment", "Kind", "Color", "Test", "Score", "Accuracy", "Result", "Results", "Speed", "Mode", "Step",
            "Data set", "Cost", "Task", "Path", "File", "Machine", "Trial number", "Version", "x", "nr",
        ];
        Session.Result result = _session.Try($$"""
            {{Setup}}
            [pscustomobject]@{ {{string.Join("; ", columns.Select(column => $"'{column}' = 1"))}}; lr = '' } | New-MlpModel 4 -Dataset $data
            """);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void A_column_of_a_parameter_that_no_column_sets_is_a_warning() => Assert.Equal(
        ["The column 'PassThru' is kept as a note: no column sets -PassThru, which is given on the command line."],
        _session.Try(Setup + "[pscustomobject]@{ PassThru = 'True' } | New-MlpModel 4 -Dataset $data").Warnings);

    [Theory]
    [InlineData("-Momentum 0.9 -Optimizer Adam", "-Momentum has no effect: it belongs to the optimizers Momentum and Nesterov.")]
    [InlineData("-Alpha 0.9 -Optimizer Sgd", "-Alpha has no effect: it belongs to the optimizer RMSprop.")]
    [InlineData("-DecayEvery 3", "-DecayEvery has no effect: it belongs to the schedule Step.")]
    [InlineData("-DecayRate 0.5 -Schedule Cosine", "-DecayRate has no effect: it belongs to the schedules Step, Exponential and Plateau.")]
    [InlineData("-FinalLearningRate 0.001 -Schedule Step", "-FinalLearningRate has no effect: it belongs to the schedules Cosine, Polynomial and Plateau.")]
    [InlineData("-Restarts 1 -Schedule Step", "-Restarts has no effect: it belongs to the schedule Cosine.")]
    [InlineData("-Power 2", "-Power has no effect: it belongs to the schedule Polynomial.")]
    [InlineData("-PlateauPatience 2", "-PlateauPatience has no effect: it belongs to the schedule Plateau.")]
    [InlineData("-MinImprovement 0.1", "-MinImprovement has no effect: it only marks the best epoch without early stopping with -Patience or keeping the best weights with -RestoreBest.")]
    [InlineData("-Monitor TrainingLoss", "-Monitor has no effect: it only marks the best epoch without early stopping with -Patience or keeping the best weights with -RestoreBest.")]
    [InlineData("-CheckpointEvery 3", "-CheckpointEvery has no effect: it needs a checkpoint with -CheckpointPath.")]
    [InlineData("-Force", "-Force has no effect: it needs a checkpoint with -CheckpointPath.")]
    [InlineData("-ElasticSigma 3", "-ElasticSigma has no effect: it needs elastic distortions with -ElasticAlpha.")]
    [InlineData("-MinImprovement 0.1 -Patience 2", null)]
    [InlineData("-DecayEvery 3 -Schedule Step -DecayRate 0.5", null)]
    [InlineData("-Optimizer Nesterov -Momentum 0.5", null)]
    [InlineData("-NoShuffle -EvaluateTraining -BatchSize 10", null)]
    public void An_option_without_effect_is_a_warning_that_says_what_it_needs(string options, string? warning)
    {
        Session.Result result = _session.Try($"{Setup} $model, $model | Invoke-MlpTraining -Dataset $data -Epochs 12 {options}");
        Assert.Empty(result.Errors);
        Assert.Equal(warning is null ? [] : [warning], result.Warnings);
        string name = options.Split(' ')[0][1..];
        if (warning is not null && name is not ("Monitor" or "MinImprovement"))
            Assert.All(result.Output, epoch => Assert.DoesNotContain($"{name} ", $"{epoch.Properties["Details"].Value}"));
    }

    [Theory]
    [InlineData("New-MlpModel -Linear -Dataset $data -Activation Tanh", "-Activation has no effect: it needs a hidden layer.")]
    [InlineData("New-MlpModel -Linear -Dataset $data -BatchNormalization", "-BatchNormalization has no effect: it needs a hidden layer.")]
    [InlineData("New-MlpModel -InputSize 3 -OutputSize 2 -Activation Tanh", "-Activation has no effect: it needs a hidden layer.")]
    [InlineData("New-MlpModel '8 tanh' -Dataset $data -Activation ReLU", "-Activation has no effect: each hidden layer has its own with -HiddenSize.")]
    [InlineData("New-MlpModel '8 tanh, 4' -Dataset $data -Activation ReLU", null)]
    [InlineData("New-MlpModel 8 -Dataset $data -MaxCategories 5", "-MaxCategories has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -MinCategoryCount 2", "-MinCategoryCount has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -UnknownCategory Error", "-UnknownCategory has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -IgnoreCase", "-IgnoreCase has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -Initializer Zeros", "The weights of hidden layers that all start at zero stay alike")]
    [InlineData("New-MlpModel -Linear -Dataset $data -Initializer Zeros", null)]
    [InlineData("New-MlpModel 4 -Dataset (1..60 | ForEach-Object { [pscustomobject]@{ z = $_ % 3; y = 3.5 } } | ConvertTo-MlpDataset y)", "y, which is to be predicted, is the same in every row")]
    [InlineData("New-MlpModel 4 -Dataset (1..60 | ForEach-Object { [pscustomobject]@{ when = '{0:d2}.12.2024' -f (1 + $_ % 20); y = $_ % 7 } } | ConvertTo-MlpDataset y)", "The column when holds dates such as '02.12.2024', which count as texts: dates are read as 2024-12-02.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 9 -Schedule Step", "-Schedule has no effect: it comes to no decay: the first would be after 10 epochs with -DecayEvery, and there are 9.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 7 -Schedule Plateau", "-Schedule has no effect: it waits for more than 5 epochs without improvement with -PlateauPatience, and there are 7 epochs.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 5 -Patience 5", "-Patience has no effect: it only keeps the best weights, as 5 epochs are over before 5 go by without improvement.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -KeepZeros", "-KeepZeros has no effect: it needs weights that are zero, as pruning leaves them.")]
    [InlineData("Invoke-MlpTraining (Compress-MlpModel $model 0.5) $data -Epochs 1 -KeepZeros", null)]
    [InlineData("[pscustomobject]@{ Dataset = 'x' } | New-MlpModel -Dataset $data", "The column 'Dataset' is kept as a note: the text 'x' is no model or data set, which -Dataset takes.")]
    [InlineData("[pscustomobject]@{ Model = 'x' } | New-MlpModel -Dataset $data", "The column 'Model' is kept as a note")]
    [InlineData("[pscustomobject]@{ InputSize = 3 } | New-MlpModel -Dataset $data", "The column 'InputSize' is kept as a note: the data set of -Dataset gives the sizes")]
    [InlineData("[pscustomobject]@{ lr = 0.1; Epochs = 1 } | Invoke-MlpTraining $model $data", "The column 'lr' is no parameter and is kept as a note; did you mean LearningRate?")]
    [InlineData("[pscustomobject]@{ HiddenSize = 8; Epochs = 1 } | Invoke-MlpTraining $model $data", "The column 'HiddenSize' is kept as a note: it is New-MlpModel's, and the model is made already.")]
    [InlineData("1..2 | ForEach-Object { [pscustomobject]@{ Foo = 1 } } | Invoke-MlpTraining $model $data -Epochs 1", "No parameter takes the column Foo, and so all is chosen.")]
    public void What_does_nothing_as_it_is_given_is_one_warning(string script, string? warning)
    {
        Session.Result result = _session.Try(Setup + script);
        Assert.Empty(result.Errors);
        if (warning is null)
            Assert.Empty(result.Warnings);
        else
            Assert.StartsWith(warning, Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData("", "True c.safetensors holds a training that is done, which goes on with more -Epochs or -Patience than it had.")]
    [InlineData("-Epochs 203", "201 202 203")]
    public void A_training_that_ended_by_itself_goes_on_where_more_is_asked_for(string more, string expected)
    {
        string result = _session.Run1<string>($$"""
            {{Setup}} $run = @{ Dataset = $data; CheckpointPath = 'c.safetensors'; Resume = $true; Seed = 1 }
            $null = Invoke-MlpTraining $model @run -InformationAction Ignore
            $again = New-MlpModel 4 -Dataset $data -Seed 1
            $epochs, $lines = (Invoke-MlpTraining $again @run {{more}} 6>&1).Where({ $_.PSObject.TypeNames[0] -notmatch 'Information' }, 'Split')
            $isSame = ($again.Layers[0].Weights - $model.Layers[0].Weights).FrobeniusNorm() -eq 0
            (@(if (-not $epochs) { $isSame }) + @($epochs | ForEach-Object Epoch) + @($lines | ForEach-Object { "$_" -replace '^.*(c.safetensors)', '$1' })) -join ' '
            """);
        Assert.Equal(expected, result.Trim());
    }

    [Theory]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -CheckpointPath run.onnx", "name it run.safetensors.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -CheckpointPath run.npz -Force", "a checkpoint is one of Safetensors")]
    [InlineData("Get-MlpSchedule -Epochs 3 -LearningRate '0,1'", "as 0.1.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -Resume", "There is nothing to resume from")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -RandomShift 2", "has no images to distort")]
    public void What_can_not_be_meant_is_an_error(string script, string words) =>
        Assert.Contains(words, Assert.Single(_session.Try(Setup + script).Errors).ToString());

    [Fact]
    public void A_schedule_warns_of_what_it_does_not_have() => Assert.Equal(
        ["-Power has no effect: it belongs to the schedule Polynomial."],
        _session.Try("Get-MlpSchedule -Epochs 3 -LearningRate 0.1 -Power 2").Warnings);

    [Fact]
    public void A_finished_training_goes_on_for_more_epochs() => Assert.Equal("3 4", _session.Run1<string>(Setup + """
        $options = @{ Dataset = $data; BatchSize = 10; Seed = 1; Optimizer = 'Adam'; LearningRate = 0.01; CheckpointPath = 'run.safetensors'; Resume = $true }
        $null = Invoke-MlpTraining $model @options -Epochs 2
        (Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) @options -Epochs 4 | ForEach-Object Epoch) -join ' '
        """));

    [Fact]
    public void A_comparison_that_can_not_be_made_keeps_the_file_from_being_written() => Assert.Equal(
        "NotAClassifier False",
        _session.Run1<string>("""
            $numbers = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; y = $_ * 1.5 } } | ConvertTo-MlpDataset y
            $regression = New-MlpModel 4 -Dataset $numbers -Seed 1
            try { Export-MlpModel $regression r.onnx -TestData $numbers } catch { $id = $_.FullyQualifiedErrorId -replace ',.*' }
            "$id $([IO.File]::Exists("$PWD/r.onnx"))"
            """));

    [Fact]
    public void Features_that_are_left_as_they_are_leave_targets_scaled() => Assert.Equal(
        "True 1",
        _session.Run1<string>("""
            $numbers = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; y = $_ * 1.5 } } | ConvertTo-MlpDataset y
            $features = New-MlpModel 4 -Dataset $numbers -Scaling None
            $all = New-MlpModel 4 -Dataset $numbers -Scaling None -ColumnScaling @{ y = 'None' }
            "$($features.Output.Targets[0].Factor -lt 0.1) $($all.Output.Targets[0].Factor)"
            """));

    private static bool IsConverted(ParameterMetadata parameter)
    {
        Type type = parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName)
            && type != typeof(string) && type != typeof(object) && type != typeof(PSObject)
            && type.Name is not ("MlpModel" or "MlpDataset");
    }

    [Theory]
    [InlineData("@{ HiddenSize = 8 }", "A hashtable is no row of a table of runs")]
    [InlineData("8, 16", " is no row of a table of runs")]
    [InlineData("'8 tanh'", "'8 tanh' is no row of a table of runs")]
    public void What_is_no_row_of_a_table_of_runs_is_an_error(string rows, string sentence) =>
        Assert.All(_session.Try($"{Setup}{rows} | New-MlpModel -Dataset $data").Errors, error => Assert.Contains(sentence, $"{error}"));

    [Theory]
    [InlineData("'HiddenSize;Epochs' = '8;1'", "No parameter takes the column HiddenSize;Epochs, and so all is chosen; its name looks like several")]
    [InlineData("Foo = 1; Bar = 2", "No parameter takes any of the columns Foo, Bar, and so all is chosen.")]
    [InlineData("HiddenSize = 2; WhatIf = 'true'", "The column 'WhatIf' is kept as a note")]
    public void A_row_of_which_nothing_is_understood_is_one_warning(string cells, string sentence)
    {
        string script = $"{Setup}1..2 | ForEach-Object {{ [pscustomobject]@{{ {cells} }} }} | New-MlpModel -Dataset $data";
        Assert.StartsWith(sentence, Assert.Single(_session.Try(script).Warnings));
    }

    [Fact]
    public void A_run_without_a_seed_is_resumed_with_the_seed_that_was_drawn()
    {
        const string Script = """
            $run = @{ Epochs = 4; LearningRate = 0.1; CheckpointPath = 'drawn.safetensors' }
            $first = @(Invoke-MlpTraining $model $data @run -OnEpoch { $_.Epoch -lt 2 })
            $again = New-MlpModel 4 -Dataset $data -Seed 1
            $rest = @(Invoke-MlpTraining $again $data @run -Resume)
            $whole = @(Invoke-MlpTraining (New-MlpModel 4 -Dataset $data -Seed 1) $data -Epochs 4 -LearningRate 0.1 -Seed $first[0].Seed)
            "$($rest.Epoch) $($rest[-1].TrainingLoss -eq $whole[-1].TrainingLoss)"
            """;
        Assert.Equal("3 4 True", _session.Run1<string>(Setup + Script));
        Assert.Contains(
            "can't be both resumed from and replaced",
            $"{Assert.Single(_session.Try("Invoke-MlpTraining $again $data @run -Resume -Force").Errors)}");
    }

    [Fact]
    public void A_two_dimensional_array_is_its_rows() => Assert.Equal(
        "4 2",
        _session.Run1<string>("$table = [double[,]]::new(4, 2); $d = New-MlpDataset $table -Label 0, 1, 0, 1; \"$($d.Count) $($d.FeatureCount)\""));

    [Theory]
    [InlineData("1e-20")]
    [InlineData("1e-9")]
    [InlineData("1e12")]
    public void Predictions_keep_seven_digits_at_every_scale(string scale)
    {
        string script = $$"""
            $rows = 1..100 | ForEach-Object { [pscustomobject]@{ a = $_ / 100; y = $_ * {{scale}} } }
            $data = $rows | ConvertTo-MlpDataset y
            $model = New-MlpModel 8 -Dataset $data -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 30 -LearningRate 0.01 -Seed 1
            $answers = @($data | Get-MlpPrediction $model)
            $errors = 0..99 | ForEach-Object { [Math]::Pow(($answers[$_].Prediction - $rows[$_].y) / {{scale}}, 2) }
            $mean = 0; $errors | ForEach-Object { $mean += $_ / 100 }
            [Math]::Abs([Math]::Sqrt($mean) / ((Measure-MlpModel $model $data).RootMeanSquaredError / {{scale}}) - 1)
            """;
        Assert.InRange(_session.Run1<double>(script), 0, 1e-4);
    }

    [Theory]
    [InlineData("-Fraction 0.8 -Stratify")]
    [InlineData("-Folds 3 -Group a")]
    public void A_streamed_data_set_is_divided_by_none_of_its_columns(string options)
    {
        string script = "[IO.File]::WriteAllText(\"$PWD/s.csv\", \"a,b,y`n1,2,p`n2,3,q`n3,4,p`n4,5,q`n\"); "
            + $"Import-MlpDataset s.csv y -Stream | Split-MlpDataset {options}";
        Assert.StartsWith("NotInMemory,", Assert.Single(_session.Try(script).Errors).FullyQualifiedErrorId);
    }
}
