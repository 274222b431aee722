using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What errors and warnings say: whole sentences, with the nearest right name.</summary>
public sealed class SentenceTests : IDisposable
{
    private const string Setup = """
        $rows = 1..20 | ForEach-Object { [pscustomobject]@{ n = $_ % 7; c = "c$($_ % 3)"; y = ('low', 'high')[$_ % 2] } }
        $data = $rows | ConvertTo-MlpDataset y
        $test = $rows[0..5] | ConvertTo-MlpDataset y -Like $data
        $model = New-MlpModel 3 -Dataset $data -Seed 1
        [IO.File]::WriteAllLines("$PWD/s.csv", @('a,y') + (1..600 | ForEach-Object { "$($_ % 97),p$($_ % 2)" }))

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Invoke-MlpActivation Rlu 1", "Softsign, Softmax (did you mean ReLU?).")]
    [InlineData("Invoke-MlpActivation 'ReLU(1)' 1", "has a slope, and ReLU has none to choose; LeakyReLU")]
    [InlineData("New-MlpModel -Dataset $data -Loss Ordinal -ClassOrder high, other", "and has other, which no sample is.")]
    [InlineData(
        "New-MlpModel -Dataset $data -Loss Ordinal -ClassOrder low, higher",
        "has higher (did you mean high?), which no sample is.")]
    [InlineData("Import-MlpDataset s.csv y -Stream -MemoryLimit 10", "more than half of the memory limit of 10 bytes.")]
    public void An_error_says(string script, string words)
    {
        string said = $"{Assert.Single(_session.Try(Setup + script).Errors)}";
        Assert.Contains(words, said);
        Assert.DoesNotContain(", Softmax.", said);
    }

    [Theory]
    [InlineData("Invoke-MlpTraining $streamed $s -Epochs 1 -BatchSize 10")]
    [InlineData("Measure-MlpModel $streamed $s")]
    public void A_stream_whose_file_is_gone_is_an_error_of_ours(string script)
    {
        ErrorRecord error = Assert.Single(_session.Try(Setup + $$"""
            $s = Import-MlpDataset s.csv y -Stream
            $streamed = New-MlpModel 3 -Dataset $s
            [IO.File]::Delete("$PWD/s.csv")
            {{script}}
            """).Errors);
        Assert.StartsWith("FileUnreadable,", error.FullyQualifiedErrorId);
        Assert.Contains("s.csv can't be read any more", $"{error}");
    }

    [Theory]
    [InlineData("-Monitor TestLoss -RestoreBest", true)]
    [InlineData("-Monitor TestAccuracy -Patience 1", true)]
    [InlineData("-Monitor TrainingLoss -RestoreBest", false)]
    public void To_choose_by_the_test_data_is_told_of(string options, bool isTold)
    {
        Session.Result result =
            _session.Try($"{Setup}Invoke-MlpTraining $model $data $test -Epochs 3 -LearningRate 0.1 -BatchSize 8 {options}");
        Assert.Empty(result.Errors);
        Assert.Equal(isTold ? 1 : 0, result.Warnings.Count(warning =>
            warning.StartsWith("The best epoch is chosen by the test data with -Monitor Test", StringComparison.Ordinal)));
    }
}
