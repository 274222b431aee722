namespace MlpPowerShell.Tests;

/// <summary>How trainings end, and what is left of them: weights, checkpoints, rows.</summary>
public sealed class RunEndTests : IDisposable
{
    private const string Setup = OptionCmdletTests.Setup + """
        $train, $other = $data | Split-MlpDataset 0.6 -Seed 1
        $run = @{ Dataset = $train; ValidationData = $other; Seed = 4; LearningRate = 0.05; Optimizer = 'Adam'; BatchSize = 4 }
        function Loss($of) { (Measure-MlpModel $of $other).Loss.ToString('G5', [cultureinfo]::InvariantCulture) }

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-RestoreBest", "-OnEpoch { $_.Epoch -lt 30 }")]
    [InlineData("-RestoreBest", "-OnStep { $_.Epoch -lt 30 }")]
    [InlineData("-Patience 200", "-OnEpoch { $_.Epoch -lt 30 }")]
    public void However_a_training_ends_the_best_weights_come_back(string keeping, string ending)
    {
        string[] losses = _session.Run1<string>($$"""
            {{Setup}}
            $epochs = Invoke-MlpTraining $model @run -Epochs 300 {{keeping}} {{ending}} -WarningAction Ignore 6>$null
            $best = ($epochs | Where-Object IsBest)[-1]
            "$(Loss $model) $($best.ValidationLoss.ToString('G5', [cultureinfo]::InvariantCulture)) $($best.Epoch -lt $epochs[-1].Epoch)"
            """).Split(' ');
        Assert.Equal(losses[1], losses[0]);
        Assert.Equal("True", losses[2]);
    }

    [Theory]
    [InlineData("-Patience 40 -RestoreBest:$false")]
    [InlineData("-RestoreBest:$false")]
    public void What_is_told_to_keep_the_last_weights_keeps_them(string options) => Assert.Equal(
        "True",
        _session.Run1<string>($$"""
            {{Setup}}
            $run.Remove('Optimizer'); $run.Remove('LearningRate')
            $epochs = Invoke-MlpTraining $model @run {{options}} 6>$null
            (Loss $model) -eq $epochs[-1].ValidationLoss.ToString('G5', [cultureinfo]::InvariantCulture)
            """));

    [Theory]
    [InlineData("-Epochs 60 -RestoreBest")]
    [InlineData("-Epochs 200 -Patience 20")]
    [InlineData("-Epochs 20")]
    public void The_checkpoint_of_a_finished_training_is_read_as_its_model(string options) => Assert.Equal(
        "True True",
        _session.Run1<string>($$"""
            {{Setup}}
            $null = Invoke-MlpTraining $model @run {{options}} -CheckpointPath c.safetensors 6>$null
            $same = (Loss (Import-MlpModel c.safetensors)) -eq (Loss $model)

            # To go on, the last weights are what counts.
            $again = New-MlpModel 4 -Dataset $data -Seed 1; $whole = New-MlpModel 4 -Dataset $data -Seed 1
            $more = @{ Epochs = 230 }
            if ('{{options}}' -match 'Patience') { $more.Patience = 60 }
            if ('{{options}}' -match 'Best') { $more.RestoreBest = $true }
            $rest = Invoke-MlpTraining $again @run @more -CheckpointPath c.safetensors -Resume 6>$null -WarningAction Ignore
            $all = Invoke-MlpTraining $whole @run @more 6>$null -WarningAction Ignore
            "$same $($rest[-1].TrainingLoss -eq $all[-1].TrainingLoss)"
            """));

    [Fact]
    public void What_was_chosen_of_the_best_weights_is_taken_from_the_checkpoint() => Assert.Equal(
        "55 56",
        _session.Run1<string>($$"""
            {{Setup}}
            $run = @{ ValidationData = $other; Seed = 1; CheckpointPath = 'c.safetensors' }
            $null = Invoke-MlpTraining $model $train @run 6>$null
            (Invoke-MlpTraining $model $train @run -Resume -Epochs 56 6>$null).Epoch -join ' '
            """));

    [Theory]
    [InlineData("-Epochs 100 -Patience 3 -LearningRate 1e-30", "-Patience")]
    [InlineData("-Epochs 3 -Patience 30", "-Epochs")]
    [InlineData("-Epochs 3", "-Epochs")]
    public void A_done_training_says_what_it_needs_to_go_on(string options, string more) => Assert.EndsWith(
        $"which goes on with more {more} than it had.",
        _session.Run1<string>($$"""
            {{Setup}} $run.Remove('LearningRate')
            $null = Invoke-MlpTraining $model @run {{options}} -CheckpointPath c.safetensors -WarningAction Ignore 6>$null
            Invoke-MlpTraining $model @run {{options}} -CheckpointPath c.safetensors -Resume -WarningAction Ignore 6>&1 |
                ForEach-Object { "$_" }
            """));

    [Theory]
    [InlineData("-ClassOrder f, e, d, c, b, a", "", "ClassNames is a, b, c, d, e, f here and f, e, d, c, b, a there")]
    [InlineData("-Scaling MinMax", "", "what a becomes is ")]
    [InlineData("-ColumnScaling @{ b = 'Log' }", "", "what b becomes is ")]
    [InlineData("-Scaling MinMax", "-Label b -Task Regression", "; what b becomes is ")]
    public void A_model_that_takes_data_otherwise_does_not_go_on_from_a_checkpoint(string ends, string label, string difference) =>
        Assert.Matches(
            $"is the checkpoint of another training: .*{difference}",
            _session.Run1<string>($$"""
                $rows = 1..60 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = $_ % 5; label = 'abcdef'[$_ % 6] } }
                $data = $rows | ConvertTo-MlpDataset {{(label.Length > 0 ? label : "-Label label")}}
                $run = @{ Dataset = $data; Epochs = 2; Seed = 1; CheckpointPath = 'ends.safetensors'; Resume = $true }
                $null = New-MlpModel 4 -Dataset $data -Seed 1 {{ends}} | Invoke-MlpTraining @run -OnEpoch { $false } 6>$null
                function Content { [Convert]::ToBase64String([System.IO.File]::ReadAllBytes("$PWD/ends.safetensors")) }
                $before = Content
                try { $null = New-MlpModel 4 -Dataset $data -Seed 1 | Invoke-MlpTraining @run -ErrorAction Stop } catch { "$_" }
                if ((Content) -ne $before) { 'written' }
                $null = New-MlpModel 4 -Dataset $data -Seed 1 {{ends}} | Invoke-MlpTraining @run -ErrorAction Stop 6>$null
                """));

    [Theory]
    [InlineData("-Patience 3", "; ValidationLoss has not improved for 3, and the model has the weights that it began with.")]
    [InlineData("-RestoreBest", "; the model has the weights that it began with, as no epoch had a better ValidationLoss.")]
    public void A_training_that_made_nothing_better_says_so(string options, string ending)
    {
        string[] said = _session.Run1<string>($$"""
            {{Setup}}
            $null = Invoke-MlpTraining $model @run -Epochs 30 -RestoreBest 6>$null
            $before = Loss $model
            $run.Optimizer = 'Sgd'; $run.LearningRate = 50
            $said = Invoke-MlpTraining $model @run -Epochs 9 {{options}} 6>&1 |
                Where-Object { $_ -is [System.Management.Automation.InformationRecord] }
            "$($before -eq (Loss $model))|$said"
            """).Split('|');
        Assert.Equal("True", said[0]);
        Assert.EndsWith(ending, said[1]);
    }

    [Fact]
    public void Runs_do_not_share_a_checkpoint()
    {
        Session.Result result = _session.Try(
            Setup + "'a', 'b' | ForEach-Object { [pscustomobject]@{ Name = $_ } } | New-MlpModel 4 -Dataset $data | "
            + "Invoke-MlpTraining -Dataset $data -Epochs 1 -CheckpointPath c.safetensors -Resume");
        Assert.Contains("is the checkpoint of a run before this one", Assert.Single(result.Errors).ToString());
        Assert.Equal("a", Assert.Single(result.Output).Properties["Run"].Value);
    }

    [Theory]
    [InlineData("$null | New-MlpModel -Dataset $data", "$null came down the pipeline")]
    [InlineData("$null | Invoke-MlpTraining $model $data -Epochs 1", "$null came down the pipeline")]
    [InlineData("[IO.DirectoryInfo]'/' | New-MlpModel -Dataset $data", "is a folder and no row of a table of runs")]
    [InlineData(
        "[IO.FileInfo]'runs.csv' | Invoke-MlpTraining $model $data -Epochs 1",
        "runs.csv is a file and no row of a table of runs: Import-Csv reads such a table.")]
    [InlineData("$model | Invoke-MlpTraining $data -Epochs 1", "-Dataset names the data.")]
    [InlineData(
        "[pscustomobject]@{ Name = 'r'; ClassWeight = '0=2' } | Invoke-MlpTraining $model $data -Epochs 1", "Run r: '0=2' is not Balanced")]
    [InlineData(
        "[pscustomobject]@{ Name = 'r'; ClassWeight = '{ 0: }' } | Invoke-MlpTraining $model $data -Epochs 1",
        "Run r: '{ 0: }' holds no classes and weights")]
    public void What_is_no_row_is_an_error(string script, string words) =>
        Assert.Contains(words, Assert.Single(_session.Try(OptionCmdletTests.Setup + script).Errors).ToString());

    [Theory]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -ValidationData $null", "-ValidationData is $null, and so there are none.")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs 1 -TestData $null", "-TestData is $null, and so there are none.")]
    [InlineData(
        "$train, $other = $data | Split-MlpDataset 0.5; Invoke-MlpTraining $model $train $other -Epochs 1 -ValidationData $other",
        "The validation data are the test data: ")]
    [InlineData(
        "1, 2 | ForEach-Object { [pscustomobject]@{ Name = 'a'; Seed = $_ } } | New-MlpModel 4 -Dataset $data | "
            + "Invoke-MlpTraining -Dataset $data -Epochs 1",
        "Several runs are called a, ")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 9 -Schedule Plateau -Patience 3",
        "-Schedule leaves the learning rate as it is: the training ends after 3 epochs without improvement")]
    [InlineData(
        "Invoke-MlpTraining $model $data -Epochs 9 -Optimizer LBFGS -Schedule Cosine",
        "-Schedule has no effect: LBFGS searches for the length of each step.")]
    public void What_can_hardly_be_meant_is_one_warning(string script, string words) =>
        Assert.StartsWith(words, Assert.Single(_session.Try(OptionCmdletTests.Setup + script).Warnings));

    [Fact]
    public void A_run_is_trained_again_from_one_of_its_epochs() => Assert.Equal(
        "True 2-8-5-6 Tanh, Sigmoid, Softmax Momentum 0.3 Cosine {\"a\":2.5}",
        _session.Run1<string>(OptionCmdletTests.Setup + """
            $row = [pscustomobject]@{ HiddenSize = '8 tanh, 5 sigmoid'; Epochs = 3; LearningRate = 0.3; Optimizer = 'Momentum'
                Schedule = 'Cosine'; BatchSize = 8; Seed = 7 }
            $first = $row | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data -ClassWeight @{ a = 2.5 }
            $again = $first[-1] | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data
            $same = ($first.TrainingLoss -join ' ') -eq ($again.TrainingLoss -join ' ')
            $of = $again[-1].Details
            "$same $($of.Architecture) $($of.Activations) $($of.Optimizer) $($of.LearningRate) $(
                $of.Options.Schedule) $($of.Options.ClassWeight)"
            """));

    [Fact]
    public void Epochs_keep_the_rate_of_their_run_and_tell_their_own() => Assert.Equal(
        "0.1 0.1 0.1; falling",
        _session.Run1<string>(OptionCmdletTests.Setup + """
            $epochs = [pscustomobject]@{ LearningRate = 0.1; Schedule = 'Cosine'; Epochs = 3 } | New-MlpModel 4 -Dataset $data |
                Invoke-MlpTraining -Dataset $data
            $isFalling = $epochs[0].Rate -gt $epochs[1].Rate -and $epochs[1].Rate -gt $epochs[2].Rate
            "$($epochs.LearningRate -join ' '); $(if ($isFalling) { 'falling' })"
            """));

    [Fact]
    public void Several_values_of_a_cell_go_along_as_one_text() => Assert.Equal(
        "0.1, 0.2",
        _session.Run1<string>(
            OptionCmdletTests.Setup
            + "([pscustomobject]@{ Dropout = 0.1, 0.2; HiddenSize = 8, 4; Epochs = 1 } | New-MlpModel -Dataset $data | "
            + "Invoke-MlpTraining -Dataset $data).Dropout"));

    [Fact]
    public void Epochs_written_in_another_culture_are_drawn_in_it()
    {
        const string Rows =
            "$written = [cultureinfo]::InvariantCulture.Clone(); $written.NumberFormat = [Globalization.NumberFormatInfo]@{ "
            + "NumberDecimalSeparator = ','; NumberGroupSeparator = '.' }; "
            + "$rows = 1..3 | ForEach-Object { [pscustomobject]@{ Epoch = \"$_\"; TrainingLoss = \"0,$(9 - $_)\" } };";
        Assert.Contains("With -Culture de-DE", _session.Try(Rows + "$rows | Show-MlpHistory").Errors[0].ToString());
        Assert.Contains("loss", string.Concat(_session.Run(Rows + "$rows | Show-MlpHistory -Culture $written").Select(line => $"{line}")));
        _session.Run(Rows + "$rows | Export-MlpChart c.svg -Culture $written");
        Assert.Contains("0.8", File.ReadAllText(Path.Combine(_session.Folder, "c.svg")));
    }

    [Fact]
    public void The_least_confident_prediction_has_a_row() => Assert.DoesNotContain(
        string.Empty,
        _session.Run1<string>("""
            $many = 0..899 | ForEach-Object { [pscustomobject]@{ a = $_ % 7; b = "k$($_ % 300)" } } | ConvertTo-MlpDataset b
            [string]::Join("`n", ($many | Get-MlpPrediction (New-MlpModel 4 -Dataset $many -Seed 1 -WarningAction Ignore) |
                Microsoft.PowerShell.Core\ForEach-Object -Begin { $i = 0 } {
                    if ($i++ -lt 5) { [MlpPowerShell.Views]::Whole($_, $ExecutionContext, 'x').Trim() } }))
            """).Split('\n'));
}
