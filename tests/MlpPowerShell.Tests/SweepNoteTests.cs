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
    [InlineData(
        "New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1",
        "Epoch",
        "each epoch has its own Epoch; did you mean Epochs?")]
    [InlineData(
        "New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1", "elapsed", "each epoch has its own Elapsed.")]
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
    public void Columns_that_a_model_has_as_properties_go_along_to_its_epochs()
    {
        const string Table = "[pscustomobject]@{ Loss = 'focal' }, [pscustomobject]@{ Initializer = 'Xavier' }";
        PSObject[] epochs = _session.Run($"{Setup} {Table} | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1");
        Assert.Equal(
            ["2-4-6 AdamW 0.01 batch 16, Loss Focal", "2-4-6 AdamW 0.01 batch 16, Initializer Xavier"],
            epochs.Select(epoch => $"{epoch.Properties["Run"].Value}"));
        Assert.Equal("Focal", $"{epochs[0].Properties["Loss"].Value}");
        Assert.Equal(
            "Focal",
            _session.Run1<string>($"{Setup} $epoch = ({Table})[0] | New-MlpModel 4 -Dataset $data |"
                + " Invoke-MlpTraining -Dataset $data -Epochs 1; \"$(($epoch | New-MlpModel -Dataset $data).Loss)\""));
    }

    [Fact]
    public void What_two_columns_set_the_one_with_the_name_of_the_parameter_does()
    {
        Session.Result result = _session.Try(Setup + """
            [pscustomobject]@{ Run = 'a'; Name = 'b' } | New-MlpModel 4 -Dataset $data |
                Invoke-MlpTraining -Dataset $data -Epochs 1 -Momentum 0.5 | ForEach-Object Run
            """);
        Assert.Equal(["b"], result.Output.Select(run => $"{run}"));
        Assert.Equal(
            [
                "The column 'Run' is not used: it means -Name, and the column 'Name' is there too.",
                "Run b: -Momentum has no effect: it belongs to the optimizers Momentum and Nesterov.",
            ],
            result.Warnings.Distinct());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-Linear", 0)]
    [InlineData("-HiddenSize 4", 0)]
    [InlineData("-HiddenSize @()", 1)]
    [InlineData("-HiddenSize @() -Linear", 0)]
    public void A_model_that_is_linear_for_want_of_sizes_is_told_of(string options, int warnings) => Assert.Equal(
        warnings,
        _session.Try($"{Setup} New-MlpModel {options} -Dataset $data").Warnings
            .Count(warning => warning.StartsWith("-HiddenSize is empty, and so the model is linear", StringComparison.Ordinal)));

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
    [InlineData(
        "-Epochs 2 -BatchSize 1000 -WarningAction Ignore", "Trained 2 epochs by AdamW, learning rate 0.01 (OneCycle), full batches.")]
    [InlineData(
        "-Epochs 9 -LearningRate 1e-30 -Optimizer Sgd -FullBatch -Patience 2",
        "Trained 3 epochs by Sgd, learning rate 1E-30, full batches; "
            + "TrainingLoss has not improved for 2, and the model has the weights of epoch 1.")]
    [InlineData(
        "-Epochs 3 -LearningRate 1e-30 -Optimizer Sgd -FullBatch -RestoreBest",
        "Trained 3 epochs by Sgd, learning rate 1E-30, full batches; the model has the weights of epoch 1, the best TrainingLoss.")]
    [InlineData(
        "-Epochs 3 -LearningRate 1e-30 -Optimizer Sgd -RestoreBest -OnEpoch { $_.Epoch -lt 2 }",
        "Trained 2 epochs by Sgd, learning rate 1E-30, batches of 16; the model has the weights of epoch 1, the best TrainingLoss.")]
    public void The_end_says_what_was_chosen_and_whose_weights_there_are(string options, string line) => Assert.Equal(
        line,
        string.Join("; ", _session.Run(
            $"{Setup} $null = Invoke-MlpTraining $model $data -Seed 1 {options} -InformationVariable said 6>$null; "
                + $"$said | ForEach-Object {{ \"$_\" }}")));

    [Fact]
    public void The_ends_of_several_runs_are_told_by_their_names() => Assert.Equal(
        [
            "a: 40 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16.",
            "b: 40 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16."
        ],
        _session.Run(Setup + """
            $runs = 'a', 'b' | ForEach-Object { [pscustomobject]@{ Name = $_ } }
            $null = $runs | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -InformationVariable said 6>$null
            $null = $runs | New-MlpModel 4 -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1 -InformationVariable +said 6>$null
            $said | ForEach-Object { "$_" }
            """).Select(line => $"{line}"));

    [Theory]
    [InlineData("-TestData $data", "The test data are the training data, and")]
    [InlineData("-ValidationData $data", "The validation data are the training data, and")]
    [InlineData("-TestData ($data | Select-MlpDataset -First 20)", "The samples of the test data stand in the training data too, and")]
    [InlineData(
        "-ValidationData ($data | Split-MlpDataset -Fraction 0.5 -Seed 3)[0]",
        "The samples of the validation data stand in the training data too, and")]
    [InlineData(
        "-TestData (1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = 0.5; label = 'a' } } | ConvertTo-MlpDataset -Label label)",
        null)]
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
                Activation = 'tanh '; ClassWeight = ' balanced '; NoShuffle = ' True' } | New-MlpModel -Dataset $data |
                    Invoke-MlpTraining -Dataset $data
            $options = $epoch.Details.Options
            -join ("$($epoch.Architecture) $($options.Optimizer) $($options.LearningRate) batch $($options.BatchSize) ",
                "$($epoch.Details.Activations) $($options.Schedule) $($options.NoShuffle)")
            """));

    [Fact]
    public void Runs_that_have_no_name_of_their_own_are_told_apart()
    {
        Session.Result result = _session.Try(Setup + """
            $rows = '4 relu', '4 tanh', '4 relu', '5' | ForEach-Object { [pscustomobject]@{ HiddenSize = $_; Epochs = 1; Note = 'n' } }
            $rows | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data | ForEach-Object Run
            """);
        Assert.Equal(
            [
                "2-4-6 AdamW 0.01 batch 16, Epochs 1", "2-4-6 AdamW 0.01 batch 16, Epochs 1 (2)",
                "2-4-6 AdamW 0.01 batch 16, Epochs 1 (3)", "2-5-6 AdamW 0.01 batch 16, Epochs 1"
            ],
            result.Output.Select(run => $"{run}"));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("HiddenSize = ' '", "128")]
    [InlineData("HiddenSize = ''", "128")]
    [InlineData("Dropout = ' '; LearningRate = ' '; Seed = ' '; FullBatch = ' '; Optimizer = ' '; Name = ' '; CheckpointPath = ' '", "128")]
    [InlineData("CheckpointPath = ''; Loss = ''; Initializer = ' '", "128")]
    public void Blanks_are_an_empty_cell(string cells, string units)
    {
        Session.Result result = _session.Try(Setup + $$"""
            [pscustomobject]@{ {{cells}} } | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data -Epochs 1 | ForEach-Object Run
            """);
        Assert.Empty(result.Errors);
        Assert.Equal($"2-{units}-6 AdamW 0.01 batch 16", $"{Assert.Single(result.Output)}");
    }

    [Theory]
    [InlineData("New-MlpModel -Dataset $data", "HiddenSize = '4x'", "Row 3: '4x' is no whole number.")]
    [InlineData("Invoke-MlpTraining $model $data", "Epochs = 'three'", "Row 3: 'three' is no whole number.")]
    [InlineData("Invoke-MlpTraining $model $data", "Epochs = 0", "Row 3: The number of epochs is 0")]
    [InlineData("Invoke-MlpTraining $model $data", "Epochs = 0; Name = 'bad'", "Run bad: The number of epochs is 0")]
    public void A_mistake_in_a_row_without_a_name_is_told_with_its_number(string command, string bad, string words)
    {
        Session.Result result = _session.Try(
            $"{Setup} [pscustomobject]@{{ Epochs = 1; Note = 1 }}, [pscustomobject]@{{ Epochs = 1; Note = 2 }}, "
            + $"[pscustomobject]@{{ {bad} }}, [pscustomobject]@{{ Epochs = 1; Note = 4 }} | {command}");
        Assert.Contains(words, Assert.Single(result.Errors).ToString());
        Assert.Equal(3, result.Output.Length);
    }
}
