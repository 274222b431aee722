using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What is wrong with all that comes down a pipeline is one error; what is wrong with some of it is one for each.</summary>
public sealed class AlikeErrorTests : IDisposable
{
    private const string Setup = """
        $rows = 1..20 | ForEach-Object { [pscustomobject]@{ n = $_ % 7; c = "c$($_ % 3)"; y = "y$($_ % 2)" } }
        $data = $rows | ConvertTo-MlpDataset y
        $runs = 1..20 | ForEach-Object { [pscustomobject]@{ HiddenSize = $_; Seed = $_ } }
        $model = New-MlpModel 3 -Dataset $data -Seed 1

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("$runs | New-MlpModel -Dataset $data -ColumnScaling @{ n = 'Standrad' }", "InvalidOption")]
    [InlineData("$runs | New-MlpModel -Dataset $data | Invoke-MlpTraining -Dataset $data -LearningRate -1", "InvalidLearningRate")]
    [InlineData("1..20 | ForEach-Object { [pscustomobject]@{ n = $_ } } | Get-MlpPrediction $model", "MissingProperty")]
    [InlineData("1..20 | ForEach-Object { [pscustomobject]@{ n = \"a$_\"; c = 'c1' } } | Get-MlpPrediction $model", "WrongKind")]
    public void What_is_wrong_with_all_is_one_error_and_a_count(string script, string id)
    {
        Session.Result result = _session.Try(Setup + script);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith($"{id},", error.FullyQualifiedErrorId);
        Assert.Single(result.Warnings, warning => warning.StartsWith("19 more failed for the same reason: ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_some_is_an_error_for_each_with_its_object()
    {
        Session.Result result = _session.Try(Setup + """
            $rows[3].n = 'three'
            $rows[0].n = 'none'
            $rows[1].n = 'one'
            $rows | Get-MlpPrediction $model
            """);
        Assert.Equal(17, result.Output.Length);
        Assert.Empty(result.Warnings);
        Assert.Equal(
            ["none", "one", "three"],
            result.Errors.Select(error => $"{PSObject.AsPSObject(error.TargetObject).Properties["n"].Value}"));
    }

    [Fact]
    public void Runs_that_fail_for_different_reasons_are_an_error_each()
    {
        Session.Result result = _session.Try(Setup + """
            -1, -2, -2 | ForEach-Object { [pscustomobject]@{ LearningRate = $_ } } | Invoke-MlpTraining $model $data
            """);
        Assert.Equal(2, result.Errors.Length);
        Assert.Single(result.Warnings, warning => warning.StartsWith("1 more failed for the same reason: ", StringComparison.Ordinal));
    }
}
