namespace MlpPowerShell.Engine;

/// <summary>Names in messages.</summary>
internal static class Listing
{
    private const int Most = 12;

    /// <summary>A number of things of one kind.</summary>
    public static string Count(int count, string kind) => count == 1 ? $"1 {kind}" : $"{count} {kind}s";

    /// <summary>The first names, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : string.Empty);
}
