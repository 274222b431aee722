using System.Management.Automation;
using System.Xml.Linq;

namespace MlpPowerShell.Tests;

/// <summary>The commands that draw, in the terminal and to files.</summary>
public sealed class PictureCmdletTests : IDisposable
{
    private const string Setup = """
        $test = Import-Mnist -Split Test -First 60
        $model = New-MlpModel 8 -Dataset $test -Seed 1
        $epochs = Invoke-MlpTraining $model $test $test -Epochs 3 -BatchSize 20 -Seed 1 -Optimizer Sgd
        $numbers = New-MlpDataset (1, 2, 3) -Target 2, 4, 6
        """;

    private readonly Session _session = new();

    public PictureCmdletTests() => _session.Run(Setup.ReplaceLineEndings("; ").Replace("$", "$global:", StringComparison.Ordinal));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Samples_are_drawn_with_their_labels_and_predictions()
    {
        string[] lines = Lines("$test | Show-MlpSample -First 2 -Columns 60");
        Assert.Equal(14 + 2, lines.Length);
        Assert.StartsWith("0: 7", lines[14]);
        Assert.Contains("1: 2", lines[14]);
        Assert.Contains(lines, line => line.Contains('@'));
        Assert.Contains("%", Lines("Show-MlpSample $test 3, 5 -Model $model")[14]);
        Assert.Single(
            Lines("Show-MlpSample $test -First 5 -Columns 200"),
            line => line.StartsWith("0: 7", StringComparison.Ordinal) && line.Contains("4: 4", StringComparison.Ordinal));
        Assert.Equal(5, Lines("Show-MlpSample $test -First 5 -Columns 28 -Width 28").Count(line => line.Length == 4 && line[1] == ':'));
    }

    [Fact]
    public void Predictions_are_drawn_with_the_samples_that_they_are_for()
    {
        string[] lines = Lines(
            "$test | Get-MlpPrediction $model | Where-Object { $_.Index -in 7, 9 } | Show-MlpSample $test -Width 28 -Columns "
            + "60 -Color TrueColor");
        Assert.Contains("7: ", lines[14]);
        Assert.Contains("9: ", lines[14]);
        Assert.Contains("\e[3", lines[14]);
        Assert.Contains("▀", lines[0]);
    }

    [Theory]
    [InlineData("Show-MlpSample $test")]
    [InlineData("Export-MlpChart other.svg -Dataset $test")]
    public void Predictions_of_other_samples_are_refused(string command)
    {
        const string Some = "Select-MlpDataset $test -Skip 1 | Get-MlpPrediction $model";
        ErrorRecord refused = Assert.Single(_session.Try($"{Some} | {command}").Errors);
        Assert.StartsWith("OtherSamples,", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("The prediction for sample 0 has the label 2, and sample 0 of", refused.Exception.Message);
        _session.Run($"{Some} | {command.Replace("$test", "(Select-MlpDataset $test -Skip 1)", StringComparison.Ordinal)}");
    }

    [Fact]
    public void Labels_in_another_writing_are_of_the_same_samples() => _session.Run("""
        $texts = New-MlpDataset @((1..9), (2..10)) -Label '1.0', '2.0' -ImageShape 3x3
        $numbers = New-MlpDataset @((1..9), (2..10)) -Label 1, 2 -ImageShape 3x3
        $either = New-MlpModel 4 -Dataset $texts -Seed 1
        $numbers | Get-MlpPrediction $either | Show-MlpSample $numbers
        $numbers | Get-MlpPrediction $either | Show-MlpSample $texts
        """);

    [Fact]
    public void Whole_numbers_up_to_255_are_pixels_and_told_of_where_no_image_is_made_of_them()
    {
        const string Arrays = "New-MlpDataset (ConvertFrom-MlpDataset $test | ForEach-Object { , [int[]]$_.Features })";
        const string Confidences = " | Get-MlpPrediction $model | ForEach-Object Confidence";
        Session.Result images = _session.Try($"{Arrays} -ImageShape 28x28{Confidences}");
        Assert.Empty(images.Warnings);
        Assert.Equal(_session.Run($"$test{Confidences}").Select(item => item.BaseObject), images.Output.Select(item => item.BaseObject));
        Assert.StartsWith(
            "The numbers of data seem to be pixels from 0 to 255", Assert.Single(_session.Try(Arrays + Confidences).Warnings));
    }

    [Fact]
    public void Weights_are_drawn_by_unit()
    {
        Assert.Contains("unit 3", Lines("$model | Show-MlpWeight -Unit 3, 4")[14]);
        Assert.StartsWith("\eP0;1q", Lines("Show-MlpWeight $model -Sixel -First 2")[0]);
    }

    [Fact]
    public void A_history_of_no_finite_figure_is_a_warning() => Assert.Contains(
        "none of the figures is a finite number",
        Assert.Single(_session.Try("[pscustomobject]@{ Epoch = 1; TrainingLoss = [double]::NaN } | Show-MlpHistory").Warnings));

    [Theory]
    [InlineData("Show-MlpHistory")]
    [InlineData("Export-MlpChart gaps.svg")]
    public void Figures_that_can_not_be_drawn_are_told_of_once(string command) => Assert.Contains(
        "training loss in epoch 1 and 1 more.",
        Assert.Single(_session.Try(
            "1..4 | ForEach-Object { [pscustomobject]@{ Epoch = $_; TrainingLoss = if ($_ -gt 2) { 1 } else { [double]::NaN } } } | "
            + command).Warnings));

    [Fact]
    public void Letters_that_a_png_lacks_are_told_of()
    {
        Assert.Contains("日本", Assert.Single(_session.Try("$epochs | Export-MlpChart l.png -Title '日本 loss 日'").Warnings));
        Assert.Empty(_session.Try("$epochs | Export-MlpChart l.svg -Title '日本 loss 日'").Warnings);
        Assert.Empty(_session.Try("$epochs | Export-MlpChart m.png -Title 'Größe №'").Warnings);
    }

    [Fact]
    public void Histories_are_drawn_of_epochs_models_and_rows()
    {
        string[] lines = Lines("$epochs | Show-MlpHistory -Columns 60 -Height 4");
        Assert.Equal(7 + 1 + 7, lines.Length);
        Assert.Contains("* training  + test", lines[0]);
        Assert.Equal(lines, Lines("Show-MlpHistory $model -Columns 60 -Height 4"));
        Assert.Equal(
            lines,
            Lines("$epochs | ForEach-Object { [pscustomobject]@{ Epoch = \"$($_.Epoch)\"; TrainingLoss = \"$($_.TrainingLoss)\"; "
                + "TrainingAccuracy = $_.TrainingAccuracy; TestLoss = $_.TestLoss; TestAccuracy = $_.TestAccuracy; Extra = 1 } } | "
                    + "Show-MlpHistory -Columns 60 -Height 4 -Live"));
        PSObject[] passed = _session.Run("$epochs | Show-MlpHistory -PassThru 6> $null");
        Assert.Equal([1, 2, 3], passed.Select(epoch => (int)epoch.Properties["Epoch"].Value));
    }

    [Theory]
    [InlineData("$epochs", "loss")]
    [InlineData("Measure-MlpModel $model $test", "predicted")]
    [InlineData("Get-MlpSchedule -Schedule Cosine -Epochs 5 -LearningRate 0.1", "learning rate")]
    [InlineData("$test", "0: 7")]
    [InlineData("$model", "unit 0")]
    public void A_chart_shows_what_comes_down_the_pipeline(string source, string text)
    {
        FileInfo svg = _session.Run1<FileInfo>($"{source} | Export-MlpChart chart.svg -PassThru");
        Assert.Contains(XDocument.Load(svg.FullName).Descendants(), element => element.Name.LocalName == "text" && element.Value == text);
        Assert.Empty(_session.Run($"{source} | Export-MlpChart chart.png -Title 'mine'"));
        Assert.Equal(0x89, File.ReadAllBytes(Path.Combine(_session.Folder, "chart.png"))[0]);
    }

    [Fact]
    public void A_report_holds_what_came_of_a_training()
    {
        Assert.Empty(_session.Run("$model | Export-MlpReport -Path r.html -TestData $test -Title Mine"));
        string page = File.ReadAllText(Path.Combine(_session.Folder, "r.html"));
        Assert.Contains("<h1>Mine</h1>", page);
        Assert.Contains("Worst mistakes", page);
        Assert.Contains("-BatchSize 20", page);
        Assert.Empty(_session.Run("Export-MlpReport $model e.html -Epoch $epochs[0]"));
        Assert.DoesNotContain("Confusion matrix", File.ReadAllText(Path.Combine(_session.Folder, "e.html")));
        Assert.Empty(_session.Run("Export-MlpReport $model w.html -WhatIf"));
        Assert.False(File.Exists(Path.Combine(_session.Folder, "w.html")));
    }

    [Theory]
    [InlineData("NoImages", "Show-MlpSample $numbers")]
    [InlineData("NoSuchSample", "Show-MlpSample $test 60")]
    [InlineData("NoSuchUnit", "Show-MlpWeight $model 8")]
    [InlineData("NoHistory", "Show-MlpHistory (New-MlpModel 8 -Dataset $test)")]
    [InlineData("NotAnEpoch", "1 | Show-MlpHistory")]
    [InlineData("NotAnEpoch", "[pscustomobject]@{ Epoch = 1 } | Show-MlpHistory")]
    [InlineData("UnknownPictureFormat", "$epochs | Export-MlpChart chart.gif")]
    [InlineData("MixedObjects", "$test, $model | Export-MlpChart chart.svg")]
    [InlineData("MixedObjects", "$test, $test | Export-MlpChart chart.svg")]
    [InlineData("NotAnEpoch", "'text' | Export-MlpChart chart.svg")]
    [InlineData("DatasetMissing", "$test | Get-MlpPrediction $model | Export-MlpChart chart.svg")]
    [InlineData("NoConfusionMatrix", "Measure-MlpModel (New-MlpModel -Dataset $numbers) $numbers | Export-MlpChart chart.svg")]
    [InlineData("FileExists", "$null = $epochs | Export-MlpChart twice.svg; $epochs | Export-MlpChart twice.svg")]
    [InlineData("FileNotWritten", "$epochs | Export-MlpChart nowhere/chart.svg")]
    [InlineData("NotAFileSystemPath", "Export-MlpReport $model variable:r.html")]
    [InlineData("NotAnEpoch", "[pscustomobject]@{ Epoch = '1'; TrainingLoss = '0,5' } | Show-MlpHistory")]
    [InlineData("OtherModel", "Export-MlpReport (New-MlpModel 9 -Dataset $test) r.html -Epoch $epochs")]
    [InlineData("FileNotWritten", "Export-MlpModel $model nowhere/m.safetensors")]
    public void What_can_not_be_drawn_is_an_error_with_its_own_id(string errorId, string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.Empty(Directory.GetFiles(_session.Folder, "chart*"));
    }

    [Fact]
    public void A_model_comes_back_alive_from_where_it_was_serialized()
    {
        PSObject[] results = _session.Run("""
            $serializer = [System.Management.Automation.PSSerializer]
            $there = $serializer::Deserialize($serializer::Serialize($model))
            $there.GetType().Name
            (Measure-MlpModel $model $test).Loss - (Measure-MlpModel $there $test).Loss
            $there.EpochsTrained
            (Invoke-MlpTraining $there $test -Epochs 1 -BatchSize 20 -Optimizer Sgd).Epoch
            """);
        Assert.Equal(["MlpModel", "0", "3", "4"], results.Select(result => result.ToString()!));
    }

    [Fact]
    public void A_damaged_model_does_not_come_back()
    {
        // As from a session where the module was not loaded: an object with the content's bytes, of which the last are missing.
        ErrorRecord error = Assert.Single(_session.Try("""
            $there = [pscustomobject]@{ Content = [byte[]] (1..40) }
            $there.PSObject.TypeNames.Insert(0, 'Deserialized.MlpPowerShell.Engine.Network.MlpModel')
            Measure-MlpModel -Model $there -Dataset $test
            """).Errors);
        Assert.StartsWith("ParameterArgumentTransformationError", error.FullyQualifiedErrorId);
        Assert.Contains("safetensors", error.ToString());
    }

    private string[] Lines(string script) => [.. _session.Run(script).Select(line => line.ToString()!)];
}
