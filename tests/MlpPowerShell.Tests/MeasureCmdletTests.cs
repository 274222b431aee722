using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>What is measured, as a user gets it.</summary>
public sealed class MeasureCmdletTests : IDisposable
{
    private const string Setup = """
        $sites = 1..90 | ForEach-Object {
            [pscustomobject]@{ x = $_ * 37 % 100 / 50; y = ($_ * 37 % 100) -gt 60; site = ('north', 'south', $null)[$_ % 3] }
        } | ConvertTo-MlpDataset -Label y -Aside site
        $model = New-MlpModel 6 -Dataset $sites -Seed 1

        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Groups_are_objects_of_their_own()
    {
        Assert.Equal([" 30", "north 30", "south 30"], Lines(
            "Measure-MlpModel $model $sites -By Site | ForEach-Object { \"$($_.Group) $($_.Samples)\" }"));
        Assert.Equal(
            ["MlpPowerShell.Engine.Evaluation.MlpEvaluation#Group"], Lines("(Measure-MlpModel $model $sites -By y)[0].PSTypeNames[0]"));
        Assert.Equal(["first"], Lines(
            "$model.PSObject.Properties.Add([psnoteproperty]::new('Name', 'first')); (Measure-MlpModel $model $sites -By site)[0].Name"));
    }

    [Fact]
    public void A_column_that_is_not_there_is_told_with_the_nearest()
    {
        PSObject[] errors = [.. _session.Run(
            Setup + "try { Measure-MlpModel $model $sites -By sight -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; \"$_\" }")];
        Assert.StartsWith("ColumnsMissing", $"{errors[0]}");
        Assert.Contains("x, y, site", $"{errors[1]}");
    }

    [Fact]
    public void Columns_are_completed() => Assert.Equal(
        ["site"], Lines("(TabExpansion2 'Measure-MlpModel $model $sites -By s').CompletionMatches.CompletionText"));

    [Fact]
    public void All_figures_travel_to_another_process_and_come_back() => Assert.Equal(
        ["True"],
        Lines("""
            $one = Measure-MlpModel $model $sites -By site
            $serializer = [System.Management.Automation.PSSerializer]
            $two = $one | ForEach-Object { $serializer::Deserialize($serializer::Serialize($_)) }
            $texts = foreach ($all in $one, $two) {
                "$($all | ForEach-Object { $_.PSObject.Properties | ForEach-Object { "$($_.Name) $($_.Value)" } })"
            }
            $texts[0] -eq $texts[1] -and $texts[0].Contains('MacroF1 0.')
            """));

    private string[] Lines(string script) =>
    [
        .. _session.Run(Setup + script).Select(output => $"{output}"),
    ];
}
