namespace MlpPowerShell.Tests;

/// <summary>Texts of strangers, in files and tables, which would do something in a terminal or break a picture.</summary>
public sealed class PrintableTests : IDisposable
{
    /// <summary>Sets the title, clears the screen, fills the clipboard, rings, turns the direction, and is no XML.</summary>
    private const string Setup = """
        $evil = "`e]0;owned`a", "`e[2J", "`e]52;c;cm0=`a", "a`u{202E}b`u{000B}c", "half`u{D83D}"
        $rows = 0..49 | ForEach-Object { $row = @{ y = $evil[$_ % 5]; z = $_ }; $row["n`e[31mame"] = $_ % 7; [pscustomobject]$row }
        $data = $rows | ConvertTo-MlpDataset y
        $model = New-MlpModel 4 -Dataset $data -Seed 1 -WarningAction Ignore
        $epochs = Invoke-MlpTraining $model $data $data -Epochs 2 -Name "run`e[2J" -WarningAction Ignore
        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Views_show_symbols_for_what_would_do_something()
    {
        string[] shown =
        [
            "$data",
            "$model",
            "$epochs",
            "$data | Get-MlpPrediction $model",
            "$data | Get-MlpColumn",
            "Measure-MlpModel $model $data",
            "$epochs + (Invoke-MlpTraining $model $data -Epochs 2 -Name other) | Show-MlpHistory",
        ];
        const string Line = "-- next --";
        string script = string.Join($"\n'{Line}'\n", shown.Select(show => $"{show} | Out-Default"));
        (int exitCode, string output, string error) = ShellTests.Run("-Command", $"{Setup}\n{script}");
        Assert.True(exitCode == 0, error);
        string[] views = output.Split(Line);
        Assert.Equal(shown.Length, views.Length);
        Assert.All(views, view =>
        {
            Assert.DoesNotContain(view, IsOdd);
            Assert.Matches("[\u241B\uFFFD\u240B]", view);
        });
    }

    [Theory]
    [InlineData("Import-MlpDataset \"nothing`e[2J.csv\"")]
    [InlineData("$data | Select-MlpDataset -Label \"x`e]0;t`a\"")]
    [InlineData("$rows | ConvertTo-MlpDataset \"y`e[2J\"")]
    [InlineData("New-MlpModel -HiddenSize \"4`e[2J\" -Dataset $data")]
    [InlineData("Invoke-MlpTraining $model $data -Epochs \"5`e[2J\"")]
    [InlineData("Measure-MlpModel $model ($rows | ForEach-Object { @{ other = $_.y; y = \"u`e[2J$($_.z)\" } } | ConvertTo-MlpDataset y)")]
    public void Errors_quote_them_so_too(string script)
    {
        Session.Result result = _session.Try($"{Setup}\n{script}");
        string said = Assert.Single(result.Errors).Exception.Message;
        Assert.DoesNotContain(said, IsOdd);
        Assert.Contains('\u241B', said);
        Assert.All(result.Warnings, warning => Assert.DoesNotContain(warning, IsOdd));
    }

    [Fact]
    public void Charts_and_reports_can_be_made_of_them()
    {
        _session.Run($$"""
            {{Setup}}
            $epochs | Export-MlpChart e.svg
            Measure-MlpModel $model $data | Export-MlpChart m.svg
            Measure-MlpModel $model $data | Export-MlpChart m.png
            Export-MlpReport $model r.html $data
            """);
        foreach (string file in new[] { "e.svg", "m.svg", "r.html" })
        {
            string text = File.ReadAllText(Path.Combine(_session.Folder, file));
            Assert.DoesNotContain(
                text.Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\t", string.Empty, StringComparison.Ordinal), IsOdd);
            if (file.EndsWith(".svg", StringComparison.Ordinal))
                _ = System.Xml.Linq.XDocument.Parse(text);
        }
    }

    [Fact]
    public void Messages_are_short_however_long_what_they_quote()
    {
        Session.Result result = _session.Try("Import-MlpDataset ('x' * 100000 + '.csv')");
        Assert.InRange(Assert.Single(result.Errors).Exception.Message.Length, 100, 1000);
    }

    private static bool IsOdd(char c) => (char.IsControl(c) && c is not ('\n' or '\r')) || c is '\u202E' || char.IsSurrogate(c);
}
