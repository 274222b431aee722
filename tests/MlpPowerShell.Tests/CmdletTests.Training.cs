using System.Collections;
using System.Management.Automation;

namespace MlpPowerShell.Tests;

public sealed partial class CmdletTests
{
    [Fact]
    public void Epochs_stream_and_stopping_the_pipeline_stops_the_training()
    {
        const string Script = """
            $seen = 0
            do {
                Invoke-MlpTraining $model $data -Epochs 1000000 -LearningRate 0.1 -Optimizer Sgd -FullBatch |
                    ForEach-Object { $seen++; if ($_.Epoch -eq 3) { break } }
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
        Assert.True(double.IsFinite(_session.Run1<double>(
            "(Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch).TrainingLoss")));
    }

    [Fact]
    public void An_epoch_is_flat()
    {
        PSObject epoch = Assert.Single(
            _session.Run(Setup + "Invoke-MlpTraining $model $data $data -Epochs 1 -LearningRate 0.1 -Optimizer Sgd -FullBatch"));
        Assert.Equal(
            [
                "Epoch",
                "TrainingLoss",
                "TrainingAccuracy",
                "ValidationLoss",
                "ValidationAccuracy",
                "TestLoss",
                "TestAccuracy",
                "Rate",
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
                "LearningRate",
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
            Assert.Single(_session.Run(
                Setup + "$model | Invoke-MlpTraining -Dataset $data -Epochs 2 -LearningRate 0.1 -PassThru -Optimizer Sgd -FullBatch"));
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
            $runs = [pscustomobject]@{ Name = 'small'; HiddenSize = '16'; Activation = 'relu'; Epochs = '1'; LearningRate = '0.1'
                                    BatchSize = '16'; Optimizer = 'adam'; Dropout = ''; Note = 'first' },
                    [pscustomobject]@{ Name = 'deep'; HiddenSize = '32, 16'; Activation = 'tanh,relu'; Epochs = '2'; LearningRate = '0.2'
                        BatchSize = ''; Optimizer = ''; Dropout = '0.1; 0.2'; Note = 'second' }
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
            $models = $flags | ForEach-Object { [pscustomobject]@{ HiddenSize = 4; BatchNormalization = $_ } } | New-MlpModel -Dataset $data
            $models.HasBatchNormalization -join ' '
            """));
        Assert.Single(_session.Run(Setup
            + "[pscustomobject]@{ BatchSize = ''; MaxNorm = ''; Seed = ''; WarmupEpochs = ''; Monitor = '' } | Invoke-MlpTraining "
                + "$model $data -Epochs 1 -LearningRate 0.1"));
        Assert.Equal("0.1; 0.2", epochs[2].Properties["Dropout"].Value);
        Assert.Equal(string.Empty, epochs[0].Properties["Dropout"].Value);
        Assert.Contains("Dropout 0.1, 0.2", epochs[2].Properties["Details"].Value.ToString());
    }

    [Fact]
    public void A_run_can_be_run_again_from_what_its_epochs_say()
    {
        Assert.Equal(["True", "True", "True"], _session.Run("""
            $data = Import-Mnist -First 300
            $model = New-MlpModel 16 -Dataset $data
            $options = @{ Epochs = 3; LearningRate = 0.1; BatchSize = 20; Dropout = 0.2; RandomShift = 1; Optimizer = 'Sgd' }
            $epochs = Invoke-MlpTraining $model $data @options -ValidationFraction 0.1
            $details = $epochs[-1].Details
            $again = New-MlpModel 16 -Dataset $data -Seed $details.InitialSeed
            $repeated = Invoke-MlpTraining $again $data @options -ValidationFraction 0.1 -Seed $details.Seed
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
            + "$global:kept = $model; Invoke-MlpTraining $model $data -Epochs 5 -LearningRate 0.1 -OnEpoch { throw 'on purpose' } "
            + "-Optimizer Sgd -FullBatch").Errors);
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
            "Invoke-MlpTraining $model $data -Epochs 4 -LearningRate 0.1 -BatchSize 25 -Seed 3 "
                + "-CheckpointPath run.safetensors -Optimizer Sgd";
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
        AssertFails("InvalidRandomScale", Setup + "Invoke-MlpTraining $model $data -Epochs 1 -LearningRate 0.1 -RandomScale 1");
        AssertFails(
            "NoImages",
            "$d = New-MlpDataset (1..9) (1..9); Invoke-MlpTraining (New-MlpModel -Dataset $d) $d -Epochs 1 -LearningRate 0.1 "
            + "-RandomShift 1");
    }
}
