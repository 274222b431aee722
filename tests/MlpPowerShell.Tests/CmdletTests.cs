using System.Collections;
using System.Management.Automation;

namespace MlpPowerShell.Tests;

public sealed class CmdletTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void ReLU_and_its_derivative_go_element_by_element()
    {
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 2, 3, 4], Numbers("-5..4 | Invoke-MlpActivation ReLU"));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], Numbers("-5..4 | Invoke-MlpActivation ReLU -Derivative"));
        Assert.Equal([0.5], Numbers("Invoke-MlpActivation sigmoid 0"));
        Assert.Equal([0, 1], Numbers("-1e308, 1e308 | Invoke-MlpActivation Sigmoid"));
    }

    [Fact]
    public void PReLU_goes_through_the_session()
    {
        Assert.Equal([-0.5, 0, 2], Numbers("-2, 0, 2 | Invoke-MlpActivation PReLU"));
        Assert.Equal([0.25, 1], Numbers("-2, 2 | Invoke-MlpActivation prelu -Derivative"));
        _session.Run("""
            $data = 1..60 | ForEach-Object { [pscustomobject]@{ a = [math]::Sin($_); b = $_ % 7; c = [math]::Cos($_ * $_); y = "c$($_ % 3)" } } | ConvertTo-MlpDataset y
            $model = New-MlpModel 8, 5 -Dataset $data -Activation PReLU -Seed 1
            $null = Invoke-MlpTraining $model $data -Epochs 3 -LearningRate 0.1 -Optimizer Sgd -FullBatch
            """);
        Assert.Equal((3 * 8) + 8 + 8 + (8 * 5) + 5 + 5 + (5 * 3) + 3, _session.Run1<long>("$model.ParameterCount"));
        Assert.Equal(
            ["dW1", "db1", "da1", "dW2", "db2", "da2", "dW3", "db3"],
            _session.Run("Test-MlpGradient $model $data | Where-Object Passed | ForEach-Object Name")
                .Select(name => (string)name.BaseObject));
        Assert.Equal("0", _session.Run1<string>("'' + @($model.Layers[0].Slopes -eq 0.25).Count"));
        const string Same = """-join ($model.Layers[0].Slopes.ForEach({ $_.ToString('R') })) -eq -join ($other.Layers[0].Slopes.ForEach({ $_.ToString('R') }))""";
        Assert.True(_session.Run1<bool>("$other = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($model)); "
            + Same));
        Assert.True(_session.Run1<bool>("Export-MlpModel $model m.onnx; $other = Import-MlpModel m.onnx; " + Same));
        const string Tensors = "(Get-MlpModelInfo m.safetensors).Tensors.Where({ $_.Name -like '*.slope' }).ForEach({ $_.Shape[0] })";
        Assert.Equal("8 5", _session.Run1<string>($"Export-MlpModel $model m.safetensors; {Tensors} -join ' '"));
    }

    [Fact]
    public void Arrays_stay_arrays()
    {
        Assert.Equal([0.0, 2.0], Assert.IsType<double[]>(Assert.Single(_session.Run("Invoke-MlpActivation ReLU -1, 2")).BaseObject));
        Assert.Equal(2, _session.Run("(-1, 2), (3, -4) | Invoke-MlpActivation ReLU").Length);
        var nested = Assert.IsType<object[]>(Assert.Single(_session.Run(", ((-1, 2), (3, -4)) | Invoke-MlpActivation ReLU")).BaseObject);
        Assert.Equal([0.0, 2.0], Assert.IsType<double[]>(nested[0]));
        Assert.Equal([0.0, 3.0], Assert.IsType<double[]>(Assert.Single(_session.Run("Invoke-MlpActivation ReLU '-1', '3'")).BaseObject));
        Assert.Equal(
            1,
            _session.Run1<double>("$s = 0; $softmax = Invoke-MlpActivation Softmax 1e300, 0, -1e300; foreach ($p in $softmax) { $s += "
                + "$p }; $s"));
    }

    [Fact]
    public void One_bad_item_of_a_pipeline_does_not_stop_the_rest()
    {
        Session.Result result = _session.Try("-1, 'seven', 2 | Invoke-MlpActivation ReLU");
        Assert.Equal([0.0, 2.0], result.Output.Select(number => (double)number.BaseObject));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("NotANumber,", error.FullyQualifiedErrorId);
        Assert.Equal("seven", error.TargetObject);
    }

    [Fact]
    public void MNIST_comes_with_the_module()
    {
        Assert.Equal(60_000, _session.Run1<int>("(Import-Mnist).Count"));
        Assert.Equal(25, _session.Run1<int>("(Import-Mnist -Split Test -First 25 -Skip 100).Count"));
    }

    [Fact]
    public void Paths_are_PowerShell_paths()
    {
        string source = Path.Combine(Session.ModuleFolder, "data", "mnist");
        foreach (string folder in new[] { "digits[1]", "digits2" })
        {
            Directory.CreateDirectory(Path.Combine(_session.Folder, folder));
            foreach (string file in Directory.GetFiles(source, "t10k-*"))
                File.Copy(file, Path.Combine(_session.Folder, folder, Path.GetFileName(file)));
        }

        Assert.Equal("digits2 test", _session.Run1<string>("(Import-Mnist ./digits2 -Split Test -First 5).Name"));
        Assert.Equal("digits[1] test", _session.Run1<string>("(Import-Mnist -LiteralPath 'digits[1]' -Split Test -First 5).Name"));
        Assert.Equal(2, _session.Run("Import-Mnist digits* -Split Test -First 5").Length);
        AssertFails("NotAFileSystemPath", "Import-Mnist Env:PATH");
        AssertFails("PathNotFound", "Import-Mnist nodrive:data");
        AssertFails("FileNotFound", "Import-Mnist nothing*");
    }

    [Fact]
    public void Broken_files_are_errors_by_id()
    {
        AssertFails("FolderNotFound", "Import-Mnist nowhere", ErrorCategory.ObjectNotFound, "nowhere");
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 7]);
        AssertFails("FileNotFound", "Import-Mnist .");
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
        AssertFails("IdxTruncated", "Import-Mnist .", ErrorCategory.InvalidData);
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
        AssertFails("IdxOversized", "Import-Mnist .");
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
        AssertFails("ImageLabelCountMismatch", "Import-Mnist .");
        Write("train-images-idx3-ubyte", "not an image file"u8.ToArray());
        AssertFails("IdxWrongMagic", "Import-Mnist .");

        void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_session.Folder, name), content);
    }

    [Fact]
    public void A_model_takes_its_sizes_from_the_data_or_from_parameters()
    {
        Assert.Equal(
            "784-128-64-10", _session.Run1<string>("(New-MlpModel -HiddenSize 128, 64 -Dataset (Import-Mnist -First 1)).Architecture"));
        Assert.Equal("4-3", _session.Run1<string>("(New-MlpModel -InputSize 4 -OutputSize 3).Architecture"));
        Assert.Equal(
            ["4-5-3 Tanh", "4-6-3 ReLU"],
            _session.Run("[pscustomobject]@{ HiddenSize = 5; Activation = 'tanh' }, [pscustomobject]@{ HiddenSize = 6; Activation = "
                + "'relu' } | New-MlpModel -InputSize 4 -OutputSize 3 | ForEach-Object { '{0} {1}' -f $_.Architecture, "
                    + "$_.Layers[0].ActivationName }")
                .Select(text => text.ToString()));
        AssertFails("InvalidHiddenSize", "New-MlpModel 5, 0 -InputSize 4 -OutputSize 3", ErrorCategory.InvalidArgument);
        AssertFails("ActivationCountMismatch", "New-MlpModel 5, 5, 5 -Activation ReLU, Tanh -InputSize 4 -OutputSize 3");
        AssertFails("ParameterArgumentTransformationError", "New-MlpModel 5 -Activation Relo -InputSize 4 -OutputSize 3");
    }

    [Fact]
    public void Epochs_stream_and_stopping_the_pipeline_stops_the_training()
    {
        const string Script = """
            $seen = 0
            do {
                Invoke-MlpTraining $model $data -Epochs 1000000 -LearningRate 0.1 -Optimizer Sgd -FullBatch | ForEach-Object { $seen++; if ($_.Epoch -eq 3) { break } }
            } while ($false)
            '{0} {1} {2}' -f $seen, $model.EpochsTrained, $model.History.Count
            """;
        Assert.Equal("3 3 3", _session.Run1<string>(Setup + Script));
    }

    [Fact]
    public void Ctrl_C_stops_within_an_epoch_and_leaves_the_model_usable()
    {
        // Batches of one sample make an epoch that takes far longer than it waits here.
        _session.Run("$global:data = Import-Mnist; $global:model = New-MlpModel 512 -Dataset $data");
        using var shell = _session.Create("Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.001 -BatchSize 1 -Optimizer Adam");
        using var started = new ManualResetEventSlim();
        shell.Streams.Progress.DataAdded += (_, _) => started.Set();
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(started.Wait(TimeSpan.FromMinutes(1)), "no progress was shown");
        shell.Stop();
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.True(running.AsyncWaitHandle.WaitOne(TimeSpan.FromMinutes(1)), "the pipeline did not end");
        Assert.Equal(0, _session.Run1<int>("$model.EpochsTrained"));
        Assert.True(double.IsFinite(_session.Run1<double>("(Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch).TrainingLoss")));
    }

    [Fact]
    public void An_epoch_is_flat()
    {
        PSObject epoch = Assert.Single(_session.Run(Setup + "Invoke-MlpTraining $model $data $data -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch"));
        Assert.Equal(
            [
                "Epoch",
                "TrainingLoss",
                "TrainingAccuracy",
                "ValidationLoss",
                "ValidationAccuracy",
                "TestLoss",
                "TestAccuracy",
                "LearningRate",
                "GradientNorm",
                "IsBest",
                "Elapsed",
                "SamplesPerSecond",
                "TrainingR2",
                "TrainingMae",
                "ValidationR2",
                "ValidationMae",
                "TestR2",
                "TestMae",
                "Run",
                "Architecture",
                "Optimizer",
                "BatchSize",
                "Seed",
                "Ranks",
                "CommunicationTime",
                "Details",
            ],
            epoch.Properties.Select(property => property.Name));
        Assert.All(epoch.Properties, property => Assert.False(property.Value is IEnumerable and not string));
        Assert.IsType<TimeSpan>(epoch.Properties["Elapsed"].Value);
    }

    [Fact]
    public void PassThru_writes_the_model_instead_of_the_epochs()
    {
        PSObject model =
            Assert.Single(_session.Run(Setup + "$model | Invoke-MlpTraining -Dataset $data -Epochs 2 -LearningRate 0.1 -PassThru -Optimizer Sgd -FullBatch"));
        Assert.Equal(2, ((ICollection)model.Properties["History"].Value).Count);
    }

    [Fact]
    public void A_table_of_hyperparameters_is_a_sweep()
    {
        PSObject[] epochs = _session.Run(Setup + """
            $runs = [pscustomobject]@{ Epochs = '1'; LearningRate = '0.1'; BatchSize = '16'; Optimizer = 'adam' },
                    [pscustomobject]@{ Epochs = '2'; LearningRate = '0.2'; BatchSize = '32'; Optimizer = 'Nesterov' }
            $runs | Invoke-MlpTraining $model $data
            """);
        Assert.Equal([0.1, 0.2, 0.2], epochs.Select(epoch => (double)epoch.Properties["LearningRate"].Value));
        Session.Result partly = _session.Try(Setup
            + "[pscustomobject]@{ LearningRate = -1 }, [pscustomobject]@{ LearningRate = 1 } | Invoke-MlpTraining $model $data -Epochs 1");
        Assert.Single(partly.Output);
        Assert.Equal(
            2,
            _session.Run(Setup
                + "[pscustomobject]@{ Dropout = '0.5'; MaxNorm = '3'; LabelSmoothing = '0.1' } | Invoke-MlpTraining $model $data "
                    + "-Epochs 2 -LearningRate 0.1").Length);
        Assert.StartsWith("InvalidLearningRate,", Assert.Single(partly.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_table_trains_a_model_for_each_row_and_its_columns_stay_with_the_epochs()
    {
        PSObject[] epochs = _session.Run(Setup + """
            $runs = [pscustomobject]@{ Name = 'small'; HiddenSize = '16'; Activation = 'relu'; Epochs = '1'; LearningRate = '0.1'; BatchSize = '16'; Optimizer = 'adam'; Dropout = ''; Note = 'first' },
                    [pscustomobject]@{ Name = 'deep'; HiddenSize = '32, 16'; Activation = 'tanh,relu'; Epochs = '2'; LearningRate = '0.2'; BatchSize = ''; Optimizer = ''; Dropout = '0.1; 0.2'; Note = 'second' }
            $runs | New-MlpModel -Dataset $data -Seed 1 | Invoke-MlpTraining -Dataset $data -Seed 1
            """);
        Assert.Equal(
            ["small 784-16-10 Adam 16 first", "deep 784-32-16-10 AdamW 16 second", "deep 784-32-16-10 AdamW 16 second"],
            epochs.Select(epoch => string.Join(
                ' ', new[] { "Run", "Architecture", "Optimizer", "BatchSize", "Note" }.Select(name => epoch.Properties[name].Value))));
        Assert.Equal("784-16-10 ReLU, Softmax CrossEntropy", _session.Run1<string>(Setup + """
            $m = [pscustomobject]@{ HiddenSize = '16'; Activation = ''; Loss = ''; Seed = '' } | New-MlpModel -Dataset $data
            "$($m.Architecture) $($m.Activations) $($m.Loss)"
            """));
        Assert.Equal("True False True False False", _session.Run1<string>(Setup + """
            $flags = 'True', 'false', '1', '0', ''
            $flags.ForEach({ ([pscustomobject]@{ HiddenSize = 4; BatchNormalization = $_ } | New-MlpModel -Dataset $data).HasBatchNormalization }) -join ' '
            """));
        Assert.Single(_session.Run(Setup
            + "[pscustomobject]@{ BatchSize = ''; MaxNorm = ''; Seed = ''; WarmupEpochs = ''; Monitor = '' } | Invoke-MlpTraining "
                + "$model $data -Epochs 1 -LearningRate 0.1"));
        Assert.Equal("0.1; 0.2", epochs[2].Properties["Dropout"].Value);
        Assert.Null(epochs[0].Properties["Dropout"]);
        Assert.Contains("Dropout 0.1, 0.2", epochs[2].Properties["Details"].Value.ToString());
    }

    [Fact]
    public void A_run_can_be_run_again_from_what_its_epochs_say()
    {
        Assert.Equal(["True", "True", "True"], _session.Run("""
            $data = Import-Mnist -First 300
            $model = New-MlpModel 16 -Dataset $data
            $epochs = Invoke-MlpTraining $model $data -Epochs 3 -LearningRate 0.1 -BatchSize 20 -Dropout 0.2 -RandomShift 1 -ValidationFraction 0.1 -Optimizer Sgd
            $details = $epochs[-1].Details
            $again = New-MlpModel 16 -Dataset $data -Seed $details.InitialSeed
            $repeated = Invoke-MlpTraining $again $data -Epochs 3 -LearningRate 0.1 -BatchSize 20 -Dropout 0.2 -RandomShift 1 -ValidationFraction 0.1 -Seed $details.Seed -Optimizer Sgd
            ($epochs.TrainingLoss -join ' ') -eq ($repeated.TrainingLoss -join ' ')
            "$details" -eq "$($repeated[0].Details)"
            $details.InitialWeights -eq $repeated[0].Details.InitialWeights
            """).Select(result => result.ToString()));
    }

    [Theory]
    [InlineData("-OnEpoch { $_.Epoch -lt 3 }", 3, 3)]
    [InlineData("-OnEpoch { param($epoch) $epoch.Epoch -lt 3 }", 3, 3)]
    [InlineData("-OnEpoch { 'a text'; $null; 0 }", 5, 5)]
    [InlineData("-BatchSize 10 -OnStep { $_.Epoch * 100 + $_.Step -lt 204 }", 1, 1)]
    [InlineData("-FullBatch -OnStep { $true }", 5, 5)]
    public void Hooks_can_end_a_training(string hook, int epochs, int trained)
    {
        PSObject[] output =
            _session.Run(Setup + $"@(Invoke-MlpTraining $model $data -Epochs 5 -LearningRate 0.1 {hook}).Count; $model.EpochsTrained");
        Assert.Equal([epochs, trained], output.Select(count => (int)count.BaseObject));
    }

    [Fact]
    public void An_error_in_a_hook_is_the_users_and_leaves_the_model_usable()
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup
            + "$global:kept = $model; Invoke-MlpTraining $model $data -Epochs 5 -LearningRate 0.1 -OnEpoch { throw 'on purpose' } -Optimizer Sgd -FullBatch").Errors);
        Assert.Contains("on purpose", error.ToString());
        Assert.Equal(
            "1 2",
            _session.Run1<string>("\"$($kept.EpochsTrained) $((Invoke-MlpTraining $kept (Import-Mnist -First 100) -Epochs 1 "
                + "-LearningRate 0.1).Epoch)\""));
    }

    [Fact]
    public void A_training_resumes_from_its_checkpoint()
    {
        const string Training =
            "Invoke-MlpTraining $model $data -Epochs 4 -LearningRate 0.1 -BatchSize 25 -Seed 3 -CheckpointPath run.safetensors -Optimizer Sgd";
        string[] whole = [.. _session.Run(Setup
            + "(Invoke-MlpTraining $model $data -Epochs 4 -LearningRate 0.1 -BatchSize 25 -Seed 3 -Optimizer Sgd).TrainingLoss")
            .Select(loss => loss.ToString()!)];
        _session.Run(Setup + Training + " -OnEpoch { $_.Epoch -lt 2 }");
        AssertFails("CheckpointExists", Setup + Training);
        Assert.Equal(whole[2..], _session.Run(Setup + $"({Training} -Resume).TrainingLoss").Select(loss => loss.ToString()!));
        Assert.Empty(_session.Run(Setup + Training + " -Resume"));
        Assert.Empty(_session.Run(Setup + Training + " -Force -WhatIf"));
        AssertFails("CheckpointMismatch", Setup + Training.Replace("0.1", "0.2") + " -Resume");
        Assert.Equal(4, _session.Run(Setup + Training + " -Force").Length);
        AssertFails("CheckpointPathMissing", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -Resume");
    }

    [Fact]
    public void Images_are_distorted_as_asked_for()
    {
        const string Losses =
            "(Invoke-MlpTraining $model $data -Epochs 2 -LearningRate 0.1 -BatchSize 50 -Seed 1 {0} -Optimizer Sgd).TrainingLoss -join ' '";
        string[] results = [.. new[] { "", "-RandomShift "
            + "2", "-RandomRotation 20", "-RandomScale 0.2", "-RandomShear 20", "-ElasticAlpha 30", "-ElasticAlpha 30 -ElasticSigma 6" }
            .Select(option => _session.Run1<string>(Setup + string.Format(
                System.Globalization.CultureInfo.InvariantCulture, Losses, option)))];
        Assert.Equal(results.Length, results.Distinct().Count());
        AssertFails("InvalidScale", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.1 -RandomScale 1");
        AssertFails(
            "NoImages",
            "$d = New-MlpDataset (1..9) (1..9); Invoke-MlpTraining (New-MlpModel -Dataset $d) $d -Epochs 1 -LearningRate 0.1 "
            + "-RandomShift 1");
    }

    [Fact]
    public void Arrays_become_data_sets_of_every_kind()
    {
        const string Data = """
            $x = foreach ($i in 0..59) { , @(($i / 30 - 1), [Math]::Sin($i)) }
            $numbers = New-MlpDataset $x -Target $x.ForEach({ 3 * $_[0] + $_[1] }) -TargetName price
            $labels = New-MlpDataset $x -Target $x.ForEach({ , @([int]($_[0] -gt 0), [int]($_[1] -gt 0)) }) -TargetName late, up
            $classes = New-MlpDataset $x $x.ForEach({ if ($_[0] -gt $_[1]) { 'yes' } else { 'no' } }) -SampleWeight (1..60) -Name answers
            $training = @{ Epochs = 150; LearningRate = 0.02; Optimizer = 'Adam'; BatchSize = 20; Seed = 1 }

            """;
        PSObject[] models = _session.Run(Data
            + "$numbers, $labels, $classes | ForEach-Object { New-MlpModel 16 -Dataset $_ -Seed 1 }; New-MlpModel -Dataset $classes "
                + "-Loss BinaryCrossEntropy -BatchNormalization; New-MlpModel -Dataset $numbers -Loss Huber -Linear");
        Assert.Equal(
            ["2-16-1 MeanSquaredError", "2-16-2 BinaryCrossEntropy", "2-16-2 CrossEntropy", "2-128-1 BinaryCrossEntropy", "2-1 Huber"],
            models.Select(model => $"{model.Properties["Architecture"].Value} {model.Properties["Loss"].Value}"));

        Assert.True(_session.Run1<double>(Data
            + "$m = New-MlpModel 16 -Activation Tanh -Dataset $numbers -Seed 1; $null = Invoke-MlpTraining $m $numbers @training; "
                + "(Measure-MlpModel $m $numbers).R2") > 0.98);
        Assert.True(_session.Run1<double>(Data
            + "$m = New-MlpModel 16 -Dataset $labels -Seed 1; $null = Invoke-MlpTraining $m $labels @training; (Measure-MlpModel $m "
                + "$labels).Accuracy") > 0.9);
        Assert.Equal("no yes", _session.Run1<string>(Data + "$classes.ClassNames -join ' '"));
        Assert.Equal("2 10", _session.Run1<string>("(New-MlpDataset (1, 2, 3) ('10', '2', '2')).ClassNames -join ' '"));
        Assert.Equal("4×2", _session.Run1<string>("(New-MlpDataset (, (1..8)) -ImageShape 4, 2).ImageShape"));
        AssertFails("RaggedRows", "New-MlpDataset (1, 2), (3, 4, 5)");
        AssertFails("NotANumber", "New-MlpDataset (1, 2), (3, 'x')");
        AssertFails("LabelCountMismatch", "New-MlpDataset (1, 2) 'a'");
        AssertFails("TargetCountMismatch", "New-MlpDataset (1, 2) -Target 1");
        AssertFails("SampleWeightCountMismatch", "New-MlpDataset (1, 2) -SampleWeight 1");
        AssertFails("InvalidSampleWeight", "New-MlpDataset (1, 2) -SampleWeight -1, 1");
        AssertFails("ImageShapeMismatch", "New-MlpDataset (1, 2) -ImageShape 3, 3");
    }

    [Fact]
    public void Models_can_be_compared()
    {
        const string Script = """
            $before = New-MlpModel 16 -Dataset $data -Seed 1
            $after = New-MlpModel 16 -Dataset $data -Seed 1 | Invoke-MlpTraining -Dataset $data -Epochs 100 -LearningRate 0.5 -PassThru -Optimizer Sgd -FullBatch
            $after, $before | Compare-MlpModel $before -Dataset $data
            """;
        PSObject[] comparisons = _session.Run(Setup + Script);
        Assert.True((double)comparisons[0].Properties["PValue"].Value < 0.001);
        Assert.True((double)comparisons[0].Properties["DifferenceLow"].Value > 0.2);
        Assert.Equal(1.0, comparisons[1].Properties["PValue"].Value);
    }

    [Fact]
    public void Class_weights_are_a_name_or_a_table()
    {
        const string Losses = """
            $args = @{ Dataset = $data; Epochs = 2; LearningRate = 0.1 }
            foreach ($weights in 'balanced', @{ 3 = 2.5; '8' = 0 }, $null) {
                (New-MlpModel 8 -Dataset $data -Seed 1 | Invoke-MlpTraining @args -ClassWeight $weights)[-1].TrainingLoss
            }
            """;
        Assert.Equal(3, _session.Run(Setup + Losses).Select(loss => loss.BaseObject).Distinct().Count());
        AssertFails("UnknownClass", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight @{ cat = 1 }");
        AssertFails(
            "ParameterArgumentTransformationError",
            Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight @{ 3 = -1 }",
            ErrorCategory.InvalidData);
        AssertFails(
            "ParameterArgumentTransformationError",
            Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -ClassWeight some",
            ErrorCategory.InvalidData);
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_weights()
    {
        const string Script = """
            $held = Import-Mnist -Split Test -First 200
            $epochs = Invoke-MlpTraining $model $data -ValidationData $held -Patience 2 -Epochs 1000 -LearningRate 0.01 -BatchSize 8 -Optimizer Adam -Seed 1
            $best = $epochs.Where({ $_.IsBest }, 'Last')[0]
            '{0} {1}' -f ($epochs[-1].Epoch - $best.Epoch), [Math]::Abs($best.ValidationLoss - (Measure-MlpModel $model $held).Loss).ToString('F6', [cultureinfo]::InvariantCulture)
            """;
        Assert.Equal("2 0.000000", _session.Run1<string>(Setup + Script));
        AssertFails("MonitorMissing", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -Monitor ValidationLoss");
    }

    [Fact]
    public void A_schedule_can_be_looked_at_and_is_what_the_training_takes()
    {
        const string Script = """
            $run = [pscustomobject]@{ Epochs = '4'; LearningRate = '0.1'; Schedule = 'cosine'; WarmupEpochs = '1' }
            $listed = $run | Get-MlpSchedule
            $taken = $run | Invoke-MlpTraining $model $data -FullBatch
            ($listed.LearningRate -join ' ') -eq ($taken.LearningRate -join ' ')
            """;
        Assert.True(_session.Run1<bool>(Setup + Script));
        Assert.Equal(12, _session.Run("Get-MlpSchedule -Schedule OneCycle -Epochs 4 -StepsPerEpoch 3 -LearningRate 0.1").Length);
        AssertFails("ScheduleNotKnown", "Get-MlpSchedule -Schedule Plateau -Epochs 4 -LearningRate 0.1");
        AssertFails("InvalidEpochs", "Get-MlpSchedule -Epochs 0 -LearningRate 0.1");
        AssertFails("InvalidLearningRate", "Get-MlpSchedule -Epochs 4 -LearningRate -0.1");
        AssertFails("InvalidWarmupEpochs", "Get-MlpSchedule -WarmupEpochs 4 -Epochs 4 -LearningRate 0.1");
    }

    [Fact]
    public void Training_refuses_what_can_not_work()
    {
        AssertFails("InvalidBatchSize", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 1 -BatchSize 0");
        AssertFails("InvalidEpochs", Setup + "Invoke-MlpTraining $model $data -Epochs 0 -LearningRate 1");
        AssertFails(
            "FeatureCountMismatch",
            Setup + "Invoke-MlpTraining (New-MlpModel -InputSize 3 -OutputSize 10) $data -Epochs 1 -LearningRate 1");
        AssertFails("ClassCountMismatch", Setup + "Invoke-MlpTraining (New-MlpModel -InputSize 784 -OutputSize 3) $data -Epochs 1");
        AssertFails(
            "TrainingDiverged", Setup + "Invoke-MlpTraining $model $data -Epochs 9 -LearningRate 3e38", ErrorCategory.InvalidResult);
    }

    [Fact]
    public void Predictions_compare_with_labels_where_there_are_any()
    {
        Assert.Equal("5", _session.Run1<string>("$d = Import-Mnist -First 1; (Get-MlpPrediction (New-MlpModel 5 -Dataset $d) $d).Label"));
        PSObject[] raw = _session.Run(Setup + "$data.GetSample(0), $data.GetSample(1) | Get-MlpPrediction $model");
        PSObject[] whole = _session.Run(Setup + "$data | Get-MlpPrediction $model");
        Assert.Equal(100, whole.Length);
        Assert.Equal([0, 1], raw.Select(prediction => (int)prediction.Properties["Index"].Value));
        Assert.Null(raw[0].Properties["Label"].Value);
        Assert.Equal(whole[1].Properties["Prediction"].Value, raw[1].Properties["Prediction"].Value);
        Assert.Equal(whole[1].Properties["Confidence"].Value, raw[1].Properties["Confidence"].Value);
    }

    [Fact]
    public void Samples_that_do_not_fit_are_errors_of_their_own()
    {
        Session.Result result =
            _session.Try("(1, 2, 3), (1, 2), 'text', (, 4), (4, 5, 6) | Get-MlpPrediction (New-MlpModel -InputSize 3 -OutputSize 2)");
        Assert.Equal(2, result.Output.Length);
        Assert.Equal(
            ["FeatureCountMismatch", "NotASample", "FeatureCountMismatch"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void Gradients_and_their_check()
    {
        PSObject[] gradients = _session.Run(Setup + "Get-MlpGradient -Model $model -Dataset $data");
        Assert.Equal(["dW1", "db1", "dW2", "db2", "dW3", "db3"], gradients.Select(gradient => gradient.Properties["Name"].Value));
        Assert.Contains("DenseMatrix 64x128-Single", gradients[2].Properties["Value"].Value.ToString());
        Assert.All(
            _session.Run(Setup + "Test-MlpGradient $model $data -MaxChecks 20"),
            check => Assert.Equal(true, check.Properties["Passed"].Value));
    }

    [Fact]
    public void Measures_add_up()
    {
        Assert.Equal("100 True", _session.Run1<string>(Setup + """
            $m = Measure-MlpModel $model $data
            $support = 0
            foreach ($class in $m.Classes) { $support += $class.Support }
            $right = @($data | Get-MlpPrediction $model | Where-Object IsCorrect).Count
            '{0} {1}' -f $support, ([Math]::Abs($right / 100 - $m.Accuracy) -lt 1e-9)
            """));
    }

    [Fact]
    public void Models_are_written_safely_and_read_back()
    {
        const string Export = Setup + "Export-MlpModel $model m.safetensors";
        Assert.Empty(_session.Run(Export + " -WhatIf"));
        Assert.Empty(Directory.GetFiles(_session.Folder));
        Assert.Empty(_session.Run(Export));
        AssertFails("FileExists", Export);
        Assert.Equal("m.safetensors", _session.Run1<string>(Export + " -Force -PassThru").Split('/', '\\')[^1]);
        Assert.Equal("784-128-64-10", _session.Run1<string>("(Import-MlpModel m.*).Architecture"));
        Assert.Single(Directory.GetFiles(_session.Folder));
        AssertFails("FileNotFound", "Import-MlpModel none.safetensors", ErrorCategory.ObjectNotFound);
        File.WriteAllText(Path.Combine(_session.Folder, "broken.safetensors"), "this is not a model");
        AssertFails("InvalidSafetensors", "Import-MlpModel broken.safetensors", ErrorCategory.InvalidData, "broken.safetensors");
    }

    [Fact]
    public void Formats_are_told_by_names_and_by_the_parameter()
    {
        _session.Run(Setup + """
            'onnx', 'npz', 'cs', 'safetensors' | ForEach-Object { Export-MlpModel $model "m.$_" }
            Export-MlpModel $model torch.bin -Format pytorch -Precision half
            """);
        Assert.Equal(
            ["Npz", "Onnx", "Safetensors", "PyTorch"],
            _session.Run("Get-MlpModelInfo m.npz, m.onnx, m.safetensors | ForEach-Object { \"$($_.Format)\" }; \"$((Get-MlpModelInfo "
                + "torch.bin -Format Safetensors).Format)\"")
                .Select(value => (string)value.BaseObject));
        Assert.Equal("784-128-64-10", _session.Run1<string>("(Import-MlpModel torch.bin -Format PyTorch).Architecture"));
        AssertFails("UnknownFormat", "Import-MlpModel torch.bin");
        AssertFails("FormatNotRead", "Import-MlpModel m.cs");
        Session.Result several = _session.Try("Get-MlpModelInfo m.*");
        Assert.Equal(
            (3, "FormatNotRead,MlpPowerShell.Commands.GetMlpModelInfoCommand"),
            (several.Output.Length, Assert.Single(several.Errors).FullyQualifiedErrorId));
        AssertFails("PrecisionUnsupported", Setup + "Export-MlpModel $model n.npz -Precision Int8");
        Assert.Equal(
            "MeanSquaredError Numbers 9",
            _session.Run1<string>("""
                $m = Import-MlpModel m.npz -Loss MeanSquaredError
                "$($m.Loss) $($m.Output.Kind) $($m.ClassNames[9])"
                """));
    }

    [Fact]
    public void A_file_without_names_takes_them_from_the_parameter()
    {
        _session.Run("Export-MlpModel (New-MlpModel 4 -InputSize 2 -OutputSize 3 -Seed 1) plain.npz");
        foreach ((string names, string type) in new[] { ("no, maybe, yes", "String"), ("3, 5, 8", "Int32") })
        {
            Assert.Equal(type, _session.Run1<string>($"""
                $model = Import-MlpModel plain.npz -ClassName {names}
                (, (1, 2) | Get-MlpPrediction $model).Prediction.GetType().Name
                """));
        }

        // From then on classes meet by these names, whatever their order is in the data.
        Assert.Equal("True", _session.Run1<string>("""
            $model = Import-MlpModel plain.npz -ClassName no, maybe, yes
            $data = New-MlpDataset ((1, 2), (-3, 4), (5, -6)) 'yes', 'no', 'maybe'
            $right = @($data | Get-MlpPrediction $model).Where({ $_.Prediction -eq $_.Label }).Count
            [Math]::Abs((Measure-MlpModel $model $data).Accuracy - $right / 3) -lt 1e-9 -and "$($model.ClassNames)" -eq 'no maybe yes'
            """));
        AssertFails("WeightLayoutMismatch", "Import-MlpModel plain.npz -WeightLayout InOut");
        AssertFails("ClassCountMismatch", "Import-MlpModel plain.npz -ClassName no, yes");
        AssertFails("DuplicateClass", "Import-MlpModel plain.npz -ClassName no, yes, no");
    }

    [Fact]
    public void What_fewer_bits_cost_is_told()
    {
        PSObject comparison = Assert.Single(_session.Run(Setup + "Export-MlpModel $model small.onnx -Precision Int8 -TestData $data"));
        Assert.Equal(100, comparison.Properties["Samples"].Value);
        Assert.True(new FileInfo(Path.Combine(_session.Folder, "small.onnx")).Length < 150_000);
    }

    [Fact]
    public void A_model_is_pruned_and_stays_as_it_was()
    {
        Assert.Equal("True False", _session.Run1<string>(Setup + """
            $pruned = $model | Compress-MlpModel -Sparsity 0.5
            '{0} {1}' -f ($pruned.Layers[0].Weights.ToColumnMajorArray() -contains 0), ($model.Layers[0].Weights.ToColumnMajorArray() -contains 0)
            """));
        AssertFails("InvalidSparsity", Setup + "Compress-MlpModel $model 1.5");
    }

    [Fact]
    public void The_reference_run_goes_the_same_way_through_the_cmdlets()
    {
        string references = Session.Metadata("References");
        string[] row = File.ReadLines(Path.Combine(references, "seed-128-64.csv")).ElementAt(2).Split(',');
        PSObject epoch = _session.Run("""
            Invoke-MlpTraining (Import-MlpModel $a) (Import-Mnist) (Import-Mnist -Split Test) -Epochs 2 -LearningRate 0.5 -Optimizer Sgd -FullBatch
            """, Path.Combine(references, "seed-128-64.init.safetensors"))[1];
        double expected = double.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1, (double)epoch.Properties["TrainingLoss"].Value / expected, 1e-5);
    }

    private const string Setup = """
        $data = Import-Mnist -First 100
        $model = New-MlpModel 128, 64 -Activation ReLU, Sigmoid -Dataset $data -Seed 1

        """;

    private double[] Numbers(string script) => [.. _session.Run(script).Select(number => (double)number.BaseObject)];

    private void AssertFails(string errorId, string script, ErrorCategory? category = null, object? target = null)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        if (category is not null)
            Assert.Equal(category, error.CategoryInfo.Category);
        if (target is not null)
            Assert.Equal(target, error.TargetObject);
    }
}
