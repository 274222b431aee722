using System.Management.Automation;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Tests;

/// <summary>What an error is beside its message: id, category, advice, and its place in the documentation.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_error_is_documented_with_its_cause_and_cure()
    {
        string sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Session.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        string[] ids =
        [
            .. Ids(sources, @"""([A-Z]\w+)"",\s*MlpErrorKind\."),
            .. Ids(sources, @"(?:Invalid|NotNegative)\(\s*""([A-Z]\w+)"""),
            .. Ids(sources, @"\[Within\([^\n]*\)\]\s+public (?:required )?\S+ (\w+)").Select(option => $"Invalid{option}"),
        ];
        string[] entries = [.. File.ReadLines(Path.Combine(Session.Root, "docs", "about_Mlp_Errors.md"))
            .Where(line => line.StartsWith("- `", StringComparison.Ordinal))];
        Assert.Equal(
            ids.Distinct().Order(StringComparer.Ordinal),
            entries.SelectMany(entry => Ids(entry.Split(": ")[0], @"`(\w+)`")).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.Matches(@": .+[.;]( .+)?\.$", entry));

        static IEnumerable<string> Ids(string text, string pattern) => Regex.Matches(text, pattern).Select(match => match.Groups[1].Value);
    }

    [Theory]
    [InlineData("Import-MlpDataset missing.csv", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Export-MlpModel $model there.onnx", "FileExists", ErrorCategory.ResourceExists)]
    [InlineData("Export-MlpModel $model nowhere/a.onnx", "FileNotWritten", ErrorCategory.WriteError)]
    [InlineData("Invoke-MlpTraining $model $data -LearningRate -1", "InvalidLearningRate", ErrorCategory.InvalidArgument)]
    [InlineData("Get-MlpPrediction $model ([double[]] (1, 2, 3))", "FeatureCountMismatch", ErrorCategory.InvalidOperation)]
    [InlineData("Import-MlpModel broken.onnx", "InvalidOnnx", ErrorCategory.InvalidData)]
    public void An_error_has_an_id_a_category_and_a_way_to_read_on(string script, string id, ErrorCategory category)
    {
        _session.Run("""
            $global:model = New-MlpModel 2 -InputSize 2 -OutputSize 2
            $global:data = New-MlpDataset @(@(1, 2), @(3, 4)) -Label 0, 1
            Export-MlpModel $model there.onnx
            [IO.File]::WriteAllText("$PWD/broken.onnx", 'no network at all')
            """);
        ErrorRecord error = Assert.Single(_session.Try(script).Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal($"Get-Help about_Mlp_Errors says more on {id}.", error.ErrorDetails.RecommendedAction);
        Assert.Equal(error.Exception.Message, error.ErrorDetails.Message);
    }

    [Theory]
    [InlineData("-ErrorAction Stop; 'after'", false)]
    [InlineData("-ErrorAction SilentlyContinue -ErrorVariable seen; \"$? $($seen.Count)\"", true)]
    [InlineData("-ErrorAction Ignore; \"$? 1\"", true)]
    public void ErrorAction_means_what_it_says_everywhere(string action, bool goesOn)
    {
        foreach (string command in new[]
        {
            "Import-MlpDataset missing.csv",
            "Import-MlpModel missing.onnx",
            "Import-Mnist missing",
            "Get-MlpModelInfo missing.onnx",
            "New-MlpModel 2 -InputSize 0 -OutputSize 2",
            "Export-MlpModel (New-MlpModel 2 -InputSize 2 -OutputSize 2) nowhere/a.onnx",
            "Get-MlpSchedule -Epochs 0 -LearningRate 1",
            "Get-MlpPrediction (New-MlpModel 2 -InputSize 2 -OutputSize 2) ([double[]] (1, 2, 3))",
        })
        {
            Session.Result result = _session.Try($"$seen = @(); {command} {action}");
            Assert.Equal(goesOn ? ["False 1"] : [], result.Output.Select(value => value.ToString()));
            Assert.Equal(goesOn ? 0 : 1, result.Errors.Length);
        }
    }
}
