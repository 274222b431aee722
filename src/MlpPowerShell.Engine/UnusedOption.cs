namespace MlpPowerShell.Engine;

/// <summary>An option that is given and does nothing, or not what it is there for, as the others are.</summary>
/// <param name="Option">Its name, a member of the engine.</param>
/// <param name="Needs">What it would take, as a whole clause: it belongs to the schedule Step.</param>
public sealed record UnusedOption(string Option, MlpMessage Needs)
{
    /// <summary>What it does all the same, as a predicate.</summary>
    public string Effect { get; init; } = "has no effect";

    /// <summary>
    /// Whether an option was asked for: it differs from its default, or somebody gave it and it does not say what 0 says, that there is
    /// none.
    /// </summary>
    /// <param name="option">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="plain">Its default.</param>
    /// <param name="isGiven">Which options somebody gave; null where nobody knows.</param>
    internal static bool IsAsked(string option, object? value, object? plain, Func<string, bool>? isGiven) =>
        !Equals(value, plain) || (isGiven?.Invoke(option) == true && value is not (0 or 0.0));

    /// <summary>An option that belongs to other members of an enum than the one that is chosen.</summary>
    internal static UnusedOption Of<T>(string option, string what, IReadOnlyList<T> owners)
        where T : struct, Enum => new(option, owners.Count == 1
            ? $"it belongs to the {what} {owners[0]}"
            : $"it belongs to the {what}{(what.EndsWith('s') ? "es" : "s")} {string.Join(", ", owners.SkipLast(1))} and {owners[^1]}");
}
