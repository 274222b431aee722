using System.Globalization;

namespace MlpPowerShell.Engine;

/// <summary>Names and numbers of things in texts.</summary>
public static class Listing
{
    private const int Most = 12;

    /// <summary>A number of things of one kind: 1 epoch, 2 epochs.</summary>
    public static string Count(int count, string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {kind}{(count == 1 ? string.Empty : "s")}");

    /// <summary>The first names, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : string.Empty);
    }
}
