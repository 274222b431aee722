using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What becomes of the columns of a table of runs, and what is said of a training at its end.</summary>
public sealed class SweepNoteTests : IDisposable
{
    private const string Setup = OptionCmdletTests.Setup;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_parameter_goes_before_its_column_and_the_epochs_have_what_acted()
    {
        Session.Result result = _session.Try(Setup + """
            [pscustomobject]@{ Dropout = 0.1; HiddenSize = 8 }, [pscustomobject]@{ Dropout = ''; HiddenSize = 9 } |
                New-MlpModel 5 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1 -Dropout 0.7 |
                ForEach-Object { "$($_.Dropout) $($_.Architecture) $($_.HiddenSize.Size)" }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(
            ["HiddenSize", "Dropout"],
            result.Warnings.Select(warning => warning.Split('\'')[1]));
        Assert.All(result.Warnings, warning => Assert.EndsWith("is given, and goes before it.", warning));
        Assert.Equal(["0.7 2-5-6 5", "0.7 2-5-6 5"], result.Output.Select(run => $"{run}"));
    }

    [Theory]
    [InlineData("New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1", "Epoch", "each epoch has its own Epoch; did you mean Epochs?")]
    [InlineData("New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1", "elapsed", "each epoch has its own Elapsed.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1", "Epoch", "each epoch has its own Epoch; did you mean Epochs?")]
    [InlineData("New-MlpModel 4 -Dataset $data", "Layers", "each model has its own Layers; did you mean HiddenSize?")]
    public void A_column_called_like_a_figure_is_told_to_be_lost(string command, string column, string words) => Assert.Contains(
        $"The column '{column}' doesn't go along: {words}",
        _session.Try($"{Setup} [pscustomobject]@{{ {column} = 3; Seed = 1 }} | {command}").Warnings);

    [Fact]
    public void Runs_that_differ_in_one_column_have_names_of_their_own()
    {
        PSObject[] epochs = _session.Run(Setup + """
            [pscustomobject]@{ Dropout = '0.5'; Activation = 'Tanh'; LearningRate = 0.1; Comment = 'x' },
            [pscustomobject]@{ Dropout = 0; Activation = 'Tanh'; LearningRate = 0.1 },
            [pscustomobject]@{ Name = 'mine'; Dropout = 0 },
            [pscustomobject]@{ LearningRate = 0.2; Dropout = '' } |
                New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1
            """);
        Assert.Equal(
            [
                "2-4-6 AdamW 0.1 batch 16, Dropout 0.5, Activation Tanh",
                "2-4-6 AdamW 0.1 batch 16, Dropout 0, Activation Tanh",
                "mine",
                "2-4-6 AdamW 0.2 batch 16",
            ],
            epochs.Select(epoch => $"{epoch.Properties["Run"].Value}"));
    }

    [Fact]
    public void Rows_that_train_one_model_are_one_warning()
    {
        Session.Result result = _session.Try(Setup + "0.1, 0.2, 0.3 | ForEach-Object { [pscustomobject]@{ LearningRate = $_ } } | "
            + "Invoke-MlpTraining $model $data -Epochs 1");
        Assert.StartsWith("All rows train one model", Assert.Single(result.Warnings));
        Assert.Equal([1, 2, 3], result.Output.Select(epoch => epoch.Properties["Epoch"].Value));
        Assert.Empty(_session.Try(Setup + "0.1, 0.2 | ForEach-Object { [pscustomobject]@{ LearningRate = $_ } } | "
            + "New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1").Warnings);
    }

    [Theory]
    [InlineData("-Epochs 1", "Trained 1 epoch by AdamW, learning rate 0.01 (OneCycle), batches of 16.")]
    [InlineData("-Epochs 2 -LearningRate 0.1 -Optimizer Sgd -BatchSize 8", "")]
    [InlineData("-Epochs 2 -LearningRate 0.1 -Optimizer Sgd -FullBatch", "")]
    [InlineData("-Epochs 2 -FullBatch", "Trained 2 epochs by Sgd, learning rate 0.1, full batches.")]
    [InlineData("-Epochs 2 -BatchSize 1000 -WarningAction Ignore", "Trained 2 epochs by AdamW, learning rate 0.01 (OneCycle), full batches.")]
    [InlineData("-Epochs 9 -LearningRate 1e-30 -Optimizer Sgd -FullBatch -Patience 2", "Trained 3 epochs by Sgd, learning rate 1E-30, full batches; TrainingLoss has not improved for 2, and the model has the weights of epoch 1.")]
    [InlineData("-Epochs 3 -LearningRate 1e-30 -Optimizer Sgd -FullBatch -RestoreBest", "Trained 3 epochs by Sgd, learning rate 1E-30, full batches; the model has the weights of epoch 1, the best TrainingLoss.")]
    [InlineData("-Epochs 3 -LearningRate 1e-30 -Optimizer Sgd -RestoreBest -OnEpoch { $_.Epoch -lt 2 }", "Trained 2 epochs by Sgd, learning rate 1E-30, batches of 16; the model has the weights of epoch 1, the best TrainingLoss.")]
    public void The_end_says_what_was_chosen_and_whose_weights_there_are(string options, string line) => Assert.Equal(
        line,
        string.Join("; ", _session.Run(
            $"{Setup} $null = Invoke-MlpTraining $model $data -Seed 1 {options} -InformationVariable said 6>$null; $said | ForEach-Object {{ \"$_\" }}")));

    [Fact]
    public void The_ends_of_several_runs_are_told_by_their_names() => Assert.Equal(
        ["a: 40 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16.", "b: 40 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16."],
        _session.Run(Setup + """
            $runs = 'a', 'b' | ForEach-Object { [pscustomobject]@{ Name = $_ } }
            $null = $runs | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -InformationVariable said 6>$null
            $null = $runs | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1 -InformationVariable +said 6>$null
            $said | ForEach-Object { "$_" }
            """).Select(line => $"{line}"));

    [Theory]
    [InlineData("-TestData $data", "The test data are the training data, and")]
    [InlineData("-ValidationData $data", "The validation data are the training data, and")]
    [InlineData("-TestData ($data | Split-MlpDataset 0.5 -Seed 1)[0]", null)]
    public void Data_that_are_the_training_data_are_told_of(string option, string? words)
    {
        string[] warnings = _session.Try($"{Setup} Invoke-MlpTraining $model $data -Epochs 2 {option}").Warnings;
        if (words is null)
            Assert.Empty(warnings);
        else
            Assert.StartsWith(words, Assert.Single(warnings));
    }

    [Fact]
    public void Cells_with_blanks_are_read() => Assert.Equal(
        "2-8-6 Adam 0.1 batch 8 Tanh, Softmax Cosine True",
        _session.Run1<string>(Setup + """
            $epoch = [pscustomobject]@{
                LearningRate = ' 0.1 '; Optimizer = ' adam'; Epochs = '1 '; BatchSize = "`t8"; Schedule = 'Cosine '; HiddenSize = ' 8'
                Activation = 'tanh '; ClassWeight = ' balanced '; NoShuffle = ' True' } | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data
            $options = $epoch.Details.Options
            -join ("$($epoch.Architecture) $($options.Optimizer) $($options.LearningRate) batch $($options.BatchSize) ",
                "$($epoch.Details.Activations) $($options.Schedule) $($options.NoShuffle)")
            """));
}
