using System.Text.RegularExpressions;

namespace MlpPowerShell;

/// <summary>What the page about_Mlp_Errors says of each error, which is a part of this assembly.</summary>
internal static partial class ErrorTopic
{
    private static readonly Lazy<Dictionary<string, string>> _advice = new(Read);

    /// <summary>What causes an error, and what to do.</summary>
    public static string? AdviceOn(string errorId) => _advice.Value.GetValueOrDefault(errorId);

    private static Dictionary<string, string> Read()
    {
        using var page = new StreamReader(typeof(ErrorTopic).Assembly.GetManifestResourceStream("about_Mlp_Errors.md")!);
        return Entry().Matches(page.ReadToEnd())
            .SelectMany(entry => entry.Groups["id"].Captures.Select(id => (id.Value, Advice: entry.Groups["advice"].Value)))
            .ToDictionary(entry => entry.Value, entry => $"{char.ToUpperInvariant(entry.Advice[0])}{entry.Advice[1..]}");
    }

    [GeneratedRegex(@"^- (`(?<id>\w+)`(, )?)+: (?<advice>.+)$", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
