namespace MlpPowerShell.Engine;

/// <summary>
/// The option that does what a message advises. The message is whole without it; who gives options by other names than the engine's, as
/// users of a command line do, can say where it stands what they have to give.
/// </summary>
/// <param name="Option">The name of the option, a member of the engine.</param>
/// <param name="Column">The column that it is to be given for, or null.</param>
/// <param name="Value">The value that it is to have, or null.</param>
/// <param name="IsUnwanted">Whether it is to be left out.</param>
public readonly record struct Hint(string Option, string? Column, string? Value, bool IsUnwanted)
{
    /// <summary>An option to give.</summary>
    public static Hint With(string option, object? value = null) => new(option, null, value?.ToString(), IsUnwanted: false);

    /// <summary>An option to give for a column.</summary>
    public static Hint For(string column, string option, object? value = null) => new(option, column, value?.ToString(), IsUnwanted: false);

    /// <summary>An option to leave out.</summary>
    public static Hint Without(string option) => new(option, null, null, IsUnwanted: true);
}
