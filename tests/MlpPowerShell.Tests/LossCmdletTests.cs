using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>Losses and what they leave to be chosen, from the data to a file and back.</summary>
public sealed class LossCmdletTests : IDisposable
{
    private const string Setup = """
        $counts = 1..80 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = $_ % 5; n = ($_ % 7) + ($_ * 3) % 4 } } |
            ConvertTo-MlpDataset -Label n -Task Regression

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("LogCosh", "")]
    [InlineData("Huber", "-HuberDelta 0.4")]
    [InlineData("Quantile", "-Quantile 0.8")]
    [InlineData("Poisson", "")]
    public void Numbers_are_learned_checked_and_kept(string loss, string options)
    {
        PSObject[] output = [.. _session.Run(Setup + $$"""
            $model = New-MlpModel 6 -Dataset $counts -Loss {{loss}} {{options}} -Seed 1 -Activation Tanh `
                -BatchNormalization -NormalizationEpsilon 0.002
            $epochs = Invoke-MlpTraining $model $counts -Epochs 30 -Seed 1 -NormalizationMomentum 0.3
            (Test-MlpGradient $model $counts).Passed -notcontains $false
            $epochs[-1].TrainingR2 -gt 0.3
            $predictions = $counts | Get-MlpPrediction $model
            Export-MlpModel $model m.onnx
            Export-MlpModel $model m.safetensors
            foreach ($file in 'm.onnx', 'm.safetensors') {
                $back = Import-MlpModel $file
                "$($back.Loss) $($back.LossOptions.Given)" -eq "$($model.Loss) $($model.LossOptions.Given)"
                "$($predictions.Prediction)" -eq "$(($counts | Get-MlpPrediction $back).Prediction)"
            }
            (Measure-MlpModel $model $counts).MeanAbsoluteError -lt 2
            """)];
        Assert.Equal(7, output.Length);
        Assert.All(output, value => Assert.Equal(true, value.BaseObject));
    }

    private const string Reviews = """
        $reviews = 1..120 | ForEach-Object {
            $score = ($_ * 37 % 100) / 50 + ($_ % 2)
            [pscustomobject]@{ a = ($_ * 37 % 100) / 50; b = ('no', 'yes')[$_ % 2]
                rating = if ($score -lt 1) { 'bad' } elseif ($score -lt 2) { 'so so' } else { 'good' } }
        } | ConvertTo-MlpDataset -Label rating

        """;

    [Fact]
    public void Classes_with_an_order_are_learned_checked_and_kept()
    {
        PSObject[] output = [.. _session.Run(Reviews + """
            $model = New-MlpModel 6 -Dataset $reviews -Loss Ordinal -ClassOrder bad, 'SO SO', good -Seed 1
            "$($model.ClassNames)" -ceq 'bad so so good'
            $null = Invoke-MlpTraining $model $reviews -Epochs 100 -Optimizer LBFGS -ClassWeight Balanced
            (Test-MlpGradient $model $reviews).Passed -notcontains $false
            $measured = Measure-MlpModel $model $reviews
            $measured.Accuracy -gt 0.9
            $measured.MeanAbsoluteError -lt 0.1
            $predictions = $reviews | Get-MlpPrediction $model
            "$($predictions[0].Probabilities.Count) $($predictions[0].Prediction.GetType().Name)" -eq '3 String'
            foreach ($file in 'm.onnx', 'm.safetensors') {
                Export-MlpModel $model $file
                $back = Import-MlpModel $file
                "$($predictions.Prediction)" -eq "$(($reviews | Get-MlpPrediction $back).Prediction)"
            }
            """)];
        Assert.Equal(7, output.Length);
        Assert.All(output, value => Assert.Equal(true, value.BaseObject));
    }

    [Fact]
    public void A_column_of_a_sweep_gives_the_order()
    {
        PSObject[] output = [.. _session.Run(Reviews + """
            $rows = [pscustomobject]@{ Name = 'ranks'; Loss = 'Ordinal'; ClassOrder = 'bad, so so, good' },
                [pscustomobject]@{ Name = 'names'; Loss = ''; ClassOrder = '' }
            ($rows | New-MlpModel -Dataset $reviews -Linear).ForEach({ "$($_.Loss) $($_.ClassNames -join '|')" })
            """)];
        Assert.Equal(["Ordinal bad|so so|good", "CrossEntropy bad|good|so so"], output.Select(line => $"{line}"));
    }

    [Theory]
    [InlineData("-Loss Ordinal", "Name all of them with -ClassOrder, the lowest first.")]
    [InlineData("-ClassOrder bad, good", "leaves out so so of the label rating.")]
    [InlineData("-ClassOrder bad, good, 'so so', Bad", "The order of the classes has bad 2 times.")]
    public void An_order_that_is_not_known_is_asked_for(string options, string expected) => Assert.EndsWith(
        expected, $"{Assert.Single(_session.Try($"{Reviews}New-MlpModel -Linear -Dataset $reviews {options}").Errors)}");

    [Theory]
    [InlineData(Reviews + "New-MlpModel -Linear -Dataset $reviews -ClassOrder bad, 'so so', good, superb", "is of the class superb")]
    [InlineData(
        Setup + "New-MlpModel -Linear -Dataset $counts -ClassOrder bad", "-ClassOrder has no effect: there are no classes to predict.")]
    public void An_order_of_more_than_there_is_is_answered(string command, string expected) =>
        Assert.Contains(expected, Assert.Single(_session.Try(command).Warnings));

    [Fact]
    public void Patience_that_ends_before_the_average_begins_is_told()
    {
        PSObject[] output = [.. _session.Run(Setup + """
            foreach ($from in 40, 2) {
                $model = New-MlpModel -Linear -Dataset $counts -Seed 1
                $null = Invoke-MlpTraining $model $counts -Epochs 60 -LearningRate 1e-9 -Optimizer Sgd -MinImprovement 1 `
                    -Monitor TrainingLoss -Patience 3 -AverageFrom $from -Seed 1 -WarningVariable said 3> $null
                "$said"
            }
            """)];
        Assert.StartsWith("-AverageFrom 40 has no effect: the training ended after 4 epochs", $"{output[0]}");
        Assert.Equal(string.Empty, $"{output[1]}");
    }

    [Theory]
    [InlineData("Focal", "-FocalGamma 1.5")]
    [InlineData("BinaryFocal", "")]
    public void Classes_are_learned_with_a_focus(string loss, string options)
    {
        PSObject[] output = [.. _session.Run($$"""
            $data = 1..80 |
                ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = $_ % 5; label = if ($_ % 7 -gt 4) { 'rare' } else { 'usual' } } } |
                ConvertTo-MlpDataset -Label label
            $model = New-MlpModel 8 -Dataset $data -Loss {{loss}} {{options}} -Seed 1 -Activation Tanh
            $null = Invoke-MlpTraining $model $data -Epochs 60 -LearningRate 0.02 -ClassWeight @{ rare = 2; usual = 1 } -Seed 1
            (Test-MlpGradient $model $data).Passed -notcontains $false
            (Measure-MlpModel $model $data).Accuracy -gt 0.95
            Export-MlpModel $model m.onnx
            (Import-MlpModel m.onnx).Loss -eq '{{loss}}'
            """)];
        Assert.Equal(3, output.Length);
        Assert.All(output, value => Assert.Equal(true, value.BaseObject));
    }

    [Fact]
    public void A_row_of_a_table_chooses_a_loss_and_its_option()
    {
        Assert.Equal(
            ["Quantile [Quantile, 0.9]", "Quantile ", "Huber [HuberDelta, 0.25]"],
            _session.Run(Setup + """
                [pscustomobject]@{ Loss = 'Quantile'; Quantile = '0.9' }, [pscustomobject]@{ Loss = 'quantile'; Quantile = '' },
                [pscustomobject]@{ Loss = 'Huber'; HuberDelta = '0.25' } |
                    New-MlpModel 4 -Dataset $counts | ForEach-Object { "$($_.Loss) $($_.LossOptions.Given)" }
                """).Select(text => $"{text}"));
    }

    [Theory]
    [InlineData("-Loss Huber -HuberDelta 0.5", "Huber [HuberDelta, 0.5]", null)]
    [InlineData("-Loss Quantile -Quantile 0.9", "Quantile [Quantile, 0.9]", null)]
    [InlineData("-Quantile 0.1", "Quantile [Quantile, 0.1]", null)]
    [InlineData("-Quantile 0.5", "Quantile ", null)]
    [InlineData("-HuberDelta 2", "Quantile [Quantile, 0.8]", "-HuberDelta has no effect: it belongs to the loss Huber.")]
    [InlineData("-Loss LogCosh -FocalGamma 1", "LogCosh ", "-FocalGamma has no effect: it belongs to the losses Focal and BinaryFocal.")]
    public void A_model_is_read_with_another_loss_and_its_option(string options, string expected, string? warning)
    {
        Session.Result result = _session.Try(Setup + $$"""
            New-MlpModel 4 -Dataset $counts -Loss Quantile -Quantile 0.8 | Export-MlpModel -Path m.safetensors
            Import-MlpModel m.safetensors {{options}} | ForEach-Object { "$($_.Loss) $($_.LossOptions.Given)" }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(warning is null ? [] : [warning], result.Warnings);
        Assert.Equal(expected, $"{Assert.Single(result.Output)}");
    }

    [Fact]
    public void A_report_says_what_was_chosen()
    {
        string text = _session.Run1<string>(Setup + """
            $model = New-MlpModel 4 -Dataset $counts -Loss Quantile -Quantile 0.9 -BatchNormalization -NormalizationEpsilon 0.002 -Seed 1
            $null = Invoke-MlpTraining $model $counts -Epochs 1 -Seed 1
            Export-MlpReport $model r.html
            [IO.File]::ReadAllText("$PWD/r.html")
            """);
        Assert.Contains("-Loss Quantile -Quantile 0.9 -BatchNormalization -NormalizationEpsilon 0.002", text);
    }

    [Theory]
    [InlineData(
        "InvalidQuantile",
        "The quantile is 1; it must be above 0 and below 1.",
        "New-MlpModel 4 -Dataset $counts -Loss Quantile -Quantile 1")]
    [InlineData("InvalidHuberDelta", "it must be above 0.", "New-MlpModel 4 -Dataset $counts -Loss Huber -HuberDelta 0")]
    [InlineData("InvalidFocalGamma", "it must be at least 0.", "New-MlpModel 4 -InputSize 2 -OutputSize 2 -Loss Focal -FocalGamma -1")]
    [InlineData(
        "InvalidQuantile",
        "The quantile is 2; it must be above 0 and below 1.",
        "New-MlpModel 4 -Dataset $counts | Export-MlpModel -Path q.onnx; Import-MlpModel q.onnx -Loss Quantile -Quantile 2")]
    [InlineData(
        "InvalidNormalizationEpsilon",
        "it must be at least 1E-12.",
        "New-MlpModel 4 -Dataset $counts -BatchNormalization -NormalizationEpsilon 0")]
    [InlineData(
        "InvalidNormalizationMomentum",
        "it must be above 0 and at most 1.",
        "Invoke-MlpTraining (New-MlpModel 4 -Dataset $counts) $counts -NormalizationMomentum 2")]
    [InlineData(
        "TargetOutsideRange",
        "has targets below 0 (n), which the loss Poisson can't have. "
            + "For other numbers, create the model for the mean squared error with -Loss MeanSquaredError.",
        "New-MlpModel 4 -Loss Poisson -Dataset (1..9 | ForEach-Object { [pscustomobject]@{ a = $_; n = 4.5 - $_ } } | "
            + "ConvertTo-MlpDataset n)")]
    [InlineData(
        "TargetIsText",
        "They look like such: make it a regression with -Task Regression.",
        "New-MlpModel 4 -Loss Poisson -Dataset (1..60 | ForEach-Object { [pscustomobject]@{ a = $_; n = $_ % 4 } } | "
            + "ConvertTo-MlpDataset n)")]
    public void What_a_loss_can_not_have_is_refused_in_a_sentence(string id, string words, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup + script).Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId);
        Assert.Contains(words, error.ToString());
    }
}
