namespace MlpPowerShell.Tests;

public sealed partial class ArgumentTests
{
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
    [InlineData("max_iter", "Epochs")]
    [InlineData("scheduler", "Schedule")]
    [InlineData("Warmup", "WarmupEpochs")]
    [InlineData("random_state", "Seed")]
    [InlineData("Patients", "Patience")]
    [InlineData("Label Smoothing", "LabelSmoothing")]
    [InlineData("Restart", "Restarts")]
    [InlineData("Beta", "Beta1 or Beta2")]
    [InlineData("shuffle", "NoShuffle")]
    [InlineData("Lrate", "LearningRate")]
    [InlineData("Drop", "Dropout")]
    [InlineData("Nodes", "HiddenSize")]
    [InlineData("LayerSizes", "HiddenSize")]
    [InlineData("Scaler", "Scaling")]
    [InlineData("Val", "ValidationFraction")]
    [InlineData("Stop", "Patience")]
    [InlineData("Normalization", "BatchNormalization")]
    [InlineData("Random", "RandomRotation, RandomScale, RandomShear or RandomShift")]
    public void A_column_that_is_nearly_a_parameter_is_one_warning(string column, string parameter)
    {
        Session.Result result = _session.Try($$"""
            {{Setup}}
            1..2 | ForEach-Object { [pscustomobject]@{ '{{column}}' = 1 } } | New-MlpModel 4 -Dataset $data |
                Invoke-MlpTraining -Dataset $data -Epochs 1
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
            "Date", "Time", "Author", "Description", "Experiment", "Kind", "Color", "Test", "Score", "Accuracy",
            "Result", "Results", "Speed", "Mode", "Step",
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
    [InlineData(
        "-FinalLearningRate 0.001 -Schedule Step",
        "-FinalLearningRate has no effect: it belongs to the schedules Cosine, Polynomial and Plateau.")]
    [InlineData("-Restarts 1 -Schedule Step", "-Restarts has no effect: it belongs to the schedule Cosine.")]
    [InlineData("-Power 2", "-Power has no effect: it belongs to the schedule Polynomial.")]
    [InlineData("-PlateauPatience 2", "-PlateauPatience has no effect: it belongs to the schedule Plateau.")]
    [InlineData(
        "-MinImprovement 0.1",
        "-MinImprovement only marks the best epoch: nothing stops early with -Patience or keeps the best weights with -RestoreBest.")]
    [InlineData(
        "-Monitor TrainingLoss",
        "-Monitor only marks the best epoch: nothing stops early with -Patience or keeps the best weights with -RestoreBest.")]
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
    [InlineData(
        "New-MlpModel 8 -Dataset $data -NormalizationEpsilon 0.001",
        "-NormalizationEpsilon has no effect: it needs batch normalization with -BatchNormalization.")]
    [InlineData("New-MlpModel 8 -Dataset $data -BatchNormalization -NormalizationEpsilon 0.001", null)]
    [InlineData("New-MlpModel 8 -Dataset $data -HuberDelta 0.5", "-HuberDelta has no effect: it belongs to the loss Huber.")]
    [InlineData("New-MlpModel 8 -InputSize 3 -OutputSize 1 -Loss Huber -HuberDelta 0.5", null)]
    [InlineData(
        "New-MlpModel 8 -InputSize 3 -OutputSize 1 -Loss LogCosh -Quantile 0.9",
        "-Quantile has no effect: it belongs to the loss Quantile.")]
    [InlineData(
        "New-MlpModel 8 -Dataset $data -FocalGamma 1", "-FocalGamma has no effect: it belongs to the losses Focal and BinaryFocal.")]
    [InlineData("New-MlpModel 8 -Dataset $data -Loss Focal -FocalGamma 1", null)]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 1 -NormalizationMomentum 0.2",
        "-NormalizationMomentum has no effect: it needs a model with batch normalization.")]
    [InlineData(
        "New-MlpModel '8 tanh' -Dataset $data -Activation ReLU",
        "-Activation has no effect: each hidden layer has its own with -HiddenSize.")]
    [InlineData("New-MlpModel '8 tanh, 4' -Dataset $data -Activation ReLU", null)]
    [InlineData("New-MlpModel 8 -Dataset $data -MaxCategories 5", "-MaxCategories has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -MinCategoryCount 2", "-MinCategoryCount has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -UnknownCategory Error", "-UnknownCategory has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -IgnoreCase", "-IgnoreCase has no effect: no column holds categories.")]
    [InlineData("New-MlpModel 8 -Dataset $data -Initializer Zeros", "The weights of hidden layers that all start at zero stay alike")]
    [InlineData("New-MlpModel -Linear -Dataset $data -Initializer Zeros", null)]
    [InlineData(
        "New-MlpModel 4 -Dataset (1..60 | ForEach-Object { [pscustomobject]@{ z = $_ % 3; y = 3.5 } } | ConvertTo-MlpDataset y)",
        "y, which is to be predicted, is the same in every row")]
    [InlineData(
        "New-MlpModel 4 -Dataset (1..60 | ForEach-Object { [pscustomobject]@{ "
            + "when = '{0}.12.24' -f (1 + $_ % 9); y = $_ % 7 } } | ConvertTo-MlpDataset y)",
        "The column when holds dates such as '2.12.24', which count as texts: dates are read as 2024-12-02.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 9 -Schedule Step",
        "-Schedule leaves the learning rate as it is: it comes to no decay: the first would be after 10 epochs with -DecayEvery, "
            + "and there are 9.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 7 -Schedule Plateau",
        "-Schedule leaves the learning rate as it is: it waits for more than 5 epochs without improvement with -PlateauPatience, "
            + "and there are 7 epochs.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 5 -Patience 5",
        "-Patience ends nothing early: 5 epochs are over before 5 go by without improvement.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 1 -KeepZeros",
        "-KeepZeros has no effect: it needs weights that are zero, as pruning leaves them.")]
    [InlineData("Invoke-MlpTraining (Compress-MlpModel $model 0.5) $data -Epochs 1 -KeepZeros", null)]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 5 -AverageFrom 5",
        "-AverageFrom has no effect: it averages the ends of epochs from 5 on, and there are 5.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 5 -AverageFrom 4", null)]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 5 -AverageDecay 0.9", null)]
    [InlineData(
        "[pscustomobject]@{ Dataset = 'x' } | New-MlpModel -Dataset $data",
        "The column 'Dataset' is kept as a note: the text 'x' is no model or data set, which -Dataset takes.")]
    [InlineData(
        "[pscustomobject]@{ TestData = 'x' } | New-MlpModel -Dataset $data",
        "The column 'TestData' is kept as a note: the text 'x' is no model or data set, "
            + "and a training with it fails unless -TestData is given there.")]
    [InlineData(
        "[pscustomobject]@{ Epochs = 1; ErrorAction = 'Stop' } | New-MlpModel -Dataset $data",
        "The column 'ErrorAction' is kept as a note: no column sets -ErrorAction")]
    [InlineData(
        "[pscustomobject]@{ Epochs = 1; Verbose = 'true' } | New-MlpModel -Dataset $data",
        "The column 'Verbose' is kept as a note: no column sets -Verbose")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 1 -FullBatch -NoShuffle",
        "-NoShuffle has no effect: it needs mini-batches, and each step takes all samples.")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 1 -FullBatch -EvaluateTraining",
        "-EvaluateTraining has no effect: it needs mini-batches, and each step takes all samples.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -ValidationFraction 0", null)]
    [InlineData("[pscustomobject]@{ Model = 'x' } | New-MlpModel -Dataset $data", "The column 'Model' is kept as a note")]
    [InlineData(
        "[pscustomobject]@{ InputSize = 3 } | New-MlpModel -Dataset $data",
        "The column 'InputSize' is kept as a note: the data set of -Dataset gives the sizes")]
    [InlineData(
        "[pscustomobject]@{ lr = 0.1; Epochs = 1 } | Invoke-MlpTraining $model $data",
        "The column 'lr' is no parameter and is kept as a note; did you mean LearningRate?")]
    [InlineData(
        "[pscustomobject]@{ HiddenSize = 8; Epochs = 1 } | Invoke-MlpTraining $model $data",
        "The column 'HiddenSize' is kept as a note: it is New-MlpModel's, and the model is made already.")]
    [InlineData(
        "1..2 | ForEach-Object { [pscustomobject]@{ Foo = 1 } } | New-MlpModel 4 -Dataset $data | "
            + "Invoke-MlpTraining -Dataset $data -Epochs 1",
        "No parameter takes the column Foo, and so all is chosen.")]
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
    [InlineData("-Optimizer Adam", "", "True c.safetensors holds a training that is done, which goes on with more -Epochs than it had.")]
    [InlineData("-Optimizer Adam", "-Epochs 203", "201 202 203 Trained 3 epochs by Adam, learning rate 0.001, batches of 16.")]
    [InlineData("", "", "True c.safetensors holds a training that is done, which goes on with more -Epochs than it had.")]
    [InlineData("", "-Epochs 42", "41 42 Trained 2 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16.")]
    public void A_training_that_ended_by_itself_goes_on_where_more_is_asked_for(string how, string more, string expected)
    {
        string result = _session.Run1<string>($$"""
            {{Setup}} $run = @{ Dataset = $data; CheckpointPath = 'c.safetensors'; Resume = $true; Seed = 1 }
            $null = Invoke-MlpTraining $model @run {{how}} -InformationAction Ignore
            $again = New-MlpModel 4 -Dataset $data -Seed 1
            $epochs, $lines = (Invoke-MlpTraining $again @run {{how}} {{more}} 6>&1).Where(
                { $_.PSObject.TypeNames[0] -notmatch 'Information' }, 'Split')
            $isSame = ($again.Layers[0].Weights - $model.Layers[0].Weights).FrobeniusNorm() -eq 0
            (@(if (-not $epochs) { $isSame }) + @($epochs | ForEach-Object Epoch) +
                @($lines | ForEach-Object { "$_" -replace '^.*(c.safetensors)', '$1' })) -join ' '
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
        $options = @{ Dataset = $data; BatchSize = 10; Seed = 1; Optimizer = 'Adam'; LearningRate = 0.01
            CheckpointPath = 'run.safetensors'; Resume = $true }
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
}
