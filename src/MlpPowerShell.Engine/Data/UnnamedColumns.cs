using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>What labels and targets are called that came without names.</summary>
internal static class UnnamedColumns
{
    /// <summary>The name of a label.</summary>
    public const string Label = "Label";

    /// <summary>The name of a target; of several ones, before their numbers.</summary>
    private const string Target = "target";

    /// <summary>Whether a target came without a name.</summary>
    public static bool IsTarget(string name) =>
        name == Target
        || (name.StartsWith(Target + ' ', StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Target.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The names of so many targets.</summary>
    public static string[] Targets(int count) =>
        count == 1 ? [Target] : [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Target} {i}"))];
}
