using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What comes of two commands that are given data alone.</summary>
public sealed class DefaultTests : IDisposable
{
    // A smooth function of three columns, one in thousands and one of texts, as numbers of a million and as classes.
    private const string Rows = """
        $random = [Random]::new(1)
        $rows = 1..600 | ForEach-Object {
            $x = 6 * $random.NextDouble() - 3; $z = 5000 + 1000 * $random.NextDouble(); $kind = ('red', 'green', 'blue')[$random.Next(3)]
            $number = 1e6 * ([Math]::Sin($x) + ($z - 5500) / 500 + @{ red = 0; green = 1; blue = -2 }[$kind])
            [pscustomobject]@{ x = $x; z = $z; kind = $kind; number = $number; class = if ($number -gt 0) { 'high' } else { 'low' } }
        }

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(1, 160)]
    [InlineData(16, 160)]
    [InlineData(17, 80)]
    [InlineData(48, 54)]
    [InlineData(64, 40)]
    [InlineData(1000, 40)]
    public void A_training_has_forty_epochs_or_160_steps(int rows, int epochs) => Assert.Equal(epochs, _session.Run1<int>($$"""
        $data = 1..{{rows}} | ForEach-Object { [pscustomobject]@{ x = [math]::Sin($_); y = [math]::Cos($_) } } | ConvertTo-MlpDataset y
        @(Invoke-MlpTraining (New-MlpModel 2 $data) $data 3>$null).Count
        """));

    [Fact]
    public void A_column_of_ids_does_not_spoil_what_is_learned_without_it()
    {
        // Each row's name is its own; what counts is x.
        Assert.InRange(
            _session.Run1<double>("""
                $random = [random]::new(3)
                $rows = 1..400 | ForEach-Object {
                    $x = 2 * $random.NextDouble() - 1
                    [pscustomobject]@{ x = $x; id = "u$_"; y = if ($x -gt 0.2) { 'p' } else { 'q' } }
                }
                $train, $test = $rows | ConvertTo-MlpDataset y | Split-MlpDataset 0.75 -Seed 1
                $model = New-MlpModel -Dataset $train -Seed 1 3>$null
                $null = Invoke-MlpTraining $model $train -Seed 1
                (Measure-MlpModel $model $test 3>$null).Accuracy
                """),
            0.95,
            1);
    }

    [Theory]
    [InlineData("number", "$measured.R2", 0.97)]
    [InlineData("class", "$measured.Accuracy", 0.95)]
    public void A_table_is_learned_without_options(string label, string figure, double least)
    {
        string other = label == "number" ? "class" : "number";
        double score = _session.Run1<double>(Rows + $$"""
            $train, $test = $rows | ConvertTo-MlpDataset {{label}} -Exclude {{other}} | Split-MlpDataset 0.75 -Seed 1
            $model = New-MlpModel -Dataset $train -Seed 1
            $null = Invoke-MlpTraining $model $train -Seed 1
            $measured = Measure-MlpModel $model $test
            {{figure}}
            """);
        Assert.InRange(score, least, 1);
    }

    [Fact]
    public void Images_are_learned_without_options()
    {
        double accuracy = _session.Run1<double>("""
            $train = Import-Mnist -First 3000
            $model = New-MlpModel -Dataset $train -Seed 1
            $null = Invoke-MlpTraining $model $train -Seed 1
            (Measure-MlpModel $model (Import-Mnist -Split Test -First 2000)).Accuracy
            """);
        Assert.InRange(accuracy, 0.88, 1);
    }

    [Fact]
    public void Arrays_with_targets_far_from_0_are_learned_too()
    {
        double r2 = _session.Run1<double>("""
            $x = 1..200 | ForEach-Object { , @(($_ / 100.0 - 1), ($_ % 7 / 7.0)) }
            $data = New-MlpDataset $x -Target (0..199 | ForEach-Object { 50000 + 1000 * $x[$_][0] + 300 * $x[$_][1] })
            $model = New-MlpModel -Dataset $data -Seed 1
            $null = Invoke-MlpTraining $model $data -Seed 1
            (Measure-MlpModel $model $data).R2
            """);
        Assert.InRange(r2, 0.98, 1);
    }

    [Fact]
    public void A_feature_that_swings_is_learned_as_its_kinks_are_spread()
    {
        double r2 = _session.Run1<double>("""
            $random = [Random]::new(1)
            $rows = 1..2500 | ForEach-Object { $x = 2 * $random.NextDouble() - 1; [pscustomobject]@{ x = $x; y = [Math]::Sin(12 * $x) } }
            $train, $test = $rows | ConvertTo-MlpDataset y | Split-MlpDataset 0.8 -Seed 1
            $model = New-MlpModel -Dataset $train -Seed 1
            $null = Invoke-MlpTraining $model $train -Seed 1
            (Measure-MlpModel $model $test).R2
            """);
        Assert.InRange(r2, 0.6, 1);
    }

    [Theory]
    [InlineData("New-MlpModel -Dataset $data -Seed 1", true)]
    [InlineData("New-MlpModel 128 -Initializer PyTorch -Dataset $data -Seed 1", true)]
    [InlineData("New-MlpModel 128 -Dataset $data -Seed 1", false)]
    [InlineData("New-MlpModel -Dataset $data -Activation Tanh -Seed 1", false)]
    [InlineData("New-MlpModel -Dataset $data -Initializer He -Seed 1", false)]
    [InlineData("New-MlpModel -Linear -Dataset $data -Seed 1", false)]
    public void Only_where_the_layer_is_chosen_are_its_biases(string script, bool areDrawn) =>
        Assert.Equal(areDrawn, _session.Run1<bool>($"$data = Import-Mnist -First 20; ({script}).Layers[0].Biases.L2Norm() -gt 0"));

    [Theory]
    [InlineData("Sgd", "0.1", "0.02")]
    [InlineData("Momentum", "0.05", "0.005")]
    [InlineData("Nesterov", "0.05", "0.005")]
    [InlineData("Adam", "0.001", "0.001")]
    public void The_learning_rate_suits_optimizer_and_loss(string optimizer, string ofClasses, string ofNumbers)
    {
        string script = Rows + $$"""
            $rates = foreach ($label in 'class', 'number') {
                $data = $rows | ConvertTo-MlpDataset $label -Exclude (@('class', 'number') -ne $label)
                (Invoke-MlpTraining (New-MlpModel -Dataset $data -Seed 1) $data -Epochs 1 -Optimizer {{optimizer}} -Seed 1).LearningRate
            }
            $rates -join ' '
            """;
        Assert.Equal($"{ofClasses} {ofNumbers}", _session.Run1<string>(script));
    }

    [Theory]
    [InlineData("Sgd")]
    [InlineData("Momentum")]
    [InlineData("Nesterov")]
    public void A_regression_of_many_columns_does_not_diverge(string optimizer) => Assert.InRange(_session.Run1<double>($$"""
            $random = [Random]::new(1)
            $x = 1..300 | ForEach-Object { , @(1..100 | ForEach-Object { 4 * $random.NextDouble() - 2 }) }
            $data = New-MlpDataset $x -Target ($x | ForEach-Object { $_[0] - $_[1] })
            $model = New-MlpModel -Dataset $data -Seed 1
            (Invoke-MlpTraining $model $data -Epochs 20 -Optimizer {{optimizer}} -Seed 1)[-1].TrainingLoss
            """), 0, 0.5);

    [Theory]
    [InlineData("New-MlpModel -Linear -Dataset $data")]
    [InlineData("New-MlpModel @() -Dataset $data")]
    [InlineData("[pscustomobject]@{ Linear = 'true'; HiddenSize = '' } | New-MlpModel -Dataset $data")]
    [InlineData("New-MlpModel -InputSize 784 -OutputSize 10")]
    public void A_linear_model_has_no_hidden_layer(string script) =>
        Assert.Equal("784-10", _session.Run1<string>($"$data = Import-Mnist -First 20; ({script}).Architecture"));

    [Theory]
    [InlineData("", "AdamW 0.01 16 0.1 OneCycle")]
    [InlineData("-Optimizer Sgd", "Sgd 0.1 16  ")]
    [InlineData("-Optimizer AdamW", "AdamW 0.001 16 0.01 ")]
    [InlineData("-WeightDecay 0.5", "AdamW 0.01 16 0.5 OneCycle")]
    [InlineData("-LearningRate 0.02 -BatchSize 5", "AdamW 0.02 5 0.1 ")]
    [InlineData("-FullBatch", "Sgd 0.1   ")]
    [InlineData("-FullBatch -Optimizer Adam", "Adam 0.001   ")]
    [InlineData("-BatchSize 32 -ValidationFraction 0.25", "AdamW 0.01 32 0.1 OneCycle")]
    [InlineData("-Schedule Constant", "AdamW 0.001 16 0.1 ")]
    [InlineData("-Schedule Cosine", "AdamW 0.001 16 0.1 Cosine")]
    [InlineData("-Patience 1", "AdamW 0.001 16 0.1 ")]
    public void What_is_given_is_used_and_the_rest_chosen(string options, string chosen) => Assert.Equal(
        chosen,
        _session.Run1<string>("$data = Import-Mnist -First 40; $d = (Invoke-MlpTraining (New-MlpModel -Dataset $data) $data -Epochs 2 "
            + $"{options} 3>$null)[0].Details; "
            + "\"$($d.Optimizer) $($d.LearningRate) $($d.BatchSize) $($d.Options['WeightDecay']) $($d.Options['Schedule'])\""));

    [Fact]
    public void A_training_of_which_nothing_is_said_is_one_cycle_of_the_rate_and_ends_with_its_last_weights()
    {
        Session.Result result = _session.Try("""
            $data = Import-Mnist -First 300
            $model = New-MlpModel -Dataset $data -Seed 1
            $epochs = Invoke-MlpTraining $model $data -Seed 1 -InformationVariable said
            $rates = $epochs.Rate
            $top = [array]::IndexOf($rates, [Linq.Enumerable]::Max([double[]]$rates))
            $restores = $epochs[-1].Details.Options['RestoreBest']
            "$($epochs.Count) $top $($rates[0] -lt 0.001) $($rates[$top] -gt 0.0099) $($rates[-1] -lt 1e-4) $restores"
            "$said"
            """);
        Assert.Empty(result.Errors);
        Assert.Equal("40 11 True True True ", $"{result.Output[0]}");
        Assert.Equal("Trained 40 epochs by AdamW, learning rate 0.01 (OneCycle), batches of 16.", $"{result.Output[1]}");
    }

    [Theory]
    [InlineData("", 40, "learning rate 0.01 (OneCycle), batches of 16; the model has the weights of epoch {0}, the best ValidationLoss.")]
    [InlineData(
        "-Optimizer AdamW",
        0,
        "learning rate 0.001, batches of 16; ValidationLoss has not improved for 26, and the model has the weights of epoch {0}.")]
    public void With_validation_data_a_training_without_epochs_ends_with_the_weights_of_its_best_epoch(
        string options, int epochs, string said)
    {
        Session.Result result = _session.Try($$"""
            $data = Import-Mnist -First 300
            $model = New-MlpModel -Dataset $data -Seed 1
            $held = Import-Mnist -Split Test -First 300
            $epochs = Invoke-MlpTraining $model $data -ValidationData $held -Seed 1 {{options}} -InformationVariable said
            $best = $epochs.Where({ $_.IsBest })[-1]
            $best.Epoch
            if ({{epochs}}) { $epochs.Count -eq {{epochs}} } else { $epochs.Count - $best.Epoch -eq 26 }
            [Math]::Abs((Measure-MlpModel $model (Import-Mnist -Split Test -First 300)).Loss - $best.ValidationLoss) -lt 1e-5
            "$said"
            """);
        Assert.Empty(result.Errors);
        Assert.Equal("True True", $"{result.Output[1]} {result.Output[2]}");
        Assert.EndsWith(string.Format(System.Globalization.CultureInfo.InvariantCulture, said, result.Output[0]), $"{result.Output[3]}");
    }

    [Theory]
    [InlineData("-Schedule OneCycle -LearningRate 0.005")]
    [InlineData("-Schedule Cosine -Optimizer Adam")]
    [InlineData("-Schedule Polynomial")]
    public void A_schedule_that_goes_over_the_whole_training_is_gone_through(string options)
    {
        PSObject[] rates = _session.Run("$data = Import-Mnist -First 60; "
            + $"(Invoke-MlpTraining (New-MlpModel -Dataset $data -Seed 1) $data -Seed 1 {options} 6>$null).Rate");
        Assert.Equal(40, rates.Length);
        Assert.True((double)rates[^1].BaseObject < 0.1 * rates.Max(rate => (double)rate.BaseObject));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("-ValidationFraction 0.2", true)]
    [InlineData("-ValidationFraction 0.2 -Schedule Cosine -Optimizer Adam", true)]
    [InlineData("-ValidationFraction 0.2 -Schedule Cosine -Patience 40", false)]
    [InlineData("-ValidationFraction 0.2 -Epochs 3", false)]
    [InlineData("-ValidationFraction 0.2 -Epochs 3 -RestoreBest", true)]
    public void Where_only_validation_data_are_given_they_choose_the_epoch(string options, bool restores) => Assert.Equal(
        restores,
        _session.Run1<bool>("$data = Import-Mnist -First 60; $model = New-MlpModel -Dataset $data -Seed 1; "
            + $"[bool] (Invoke-MlpTraining $model $data {options} 6>$null)[0].Details.Options['RestoreBest']"));

    [Fact]
    public void Contradictions_are_errors()
    {
        Assert.Contains(
            "give one of them",
            $"{Assert.Single(_session.Try(
                "$d = Import-Mnist -First 20; Invoke-MlpTraining (New-MlpModel -Dataset $d) $d -FullBatch -BatchSize 5").Errors)}");
        Assert.Contains(
            "linear model has no hidden layers",
            $"{Assert.Single(_session.Try("New-MlpModel 4 -Linear -Dataset (Import-Mnist -First 20)").Errors)}");
    }

    [Theory]
    [InlineData("", "12 of 12")]
    [InlineData("-BatchSize 12", "12 of 12")]
    [InlineData("-BatchSize 13", "13 of 12: -BatchSize takes all samples at once: there are 12, and each epoch is one step.")]
    public void Batches_are_of_the_samples_that_a_validation_part_leaves(string batch, string told) => Assert.Equal(
        told,
        _session.Run1<string>($$"""
            $few = 1..15 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; y = $_ * 1.5 } } | ConvertTo-MlpDataset y
            $model = New-MlpModel 4 -Dataset $few -Seed 1
            $run = Invoke-MlpTraining $model $few -Epochs 1 -ValidationFraction 0.2 {{batch}} `
                -WarningVariable warned -WarningAction SilentlyContinue
            "$($run.Details.BatchSize) of 12$(if ($warned) { ": $warned" })"
            """));
}
