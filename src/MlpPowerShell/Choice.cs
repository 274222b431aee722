using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <summary>
/// A value of an enum, as a parameter takes it: by its name, in any case, or as much of it as tells it apart. PowerShell completes
/// parameters of enums by itself, without a word on what the values mean; those of this type are completed by <see
/// cref="EnumCompleter{T}"/>.
/// </summary>
/// <param name="Value">The value.</param>
public readonly record struct Choice<T>(T Value)
    where T : struct, Enum
{
    /// <summary>The value that a text names; PowerShell calls this to convert one.</summary>
    /// <exception cref="FormatException">No value, or more than one, has a name that begins so.</exception>
    public Choice(string name)
        : this((T)Choice.Named(typeof(T), name))
    {
    }

    /// <summary>The value.</summary>
    public static implicit operator T(Choice<T> choice) => choice.Value;

    /// <summary>The choice of a value.</summary>
    public static implicit operator Choice<T>(T value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names of choices.</summary>
internal static class Choice
{
    /// <summary>The member of an enum that a text names, as much of it as tells it apart.</summary>
    /// <exception cref="FormatException">No member, or more than one, has a name that begins so.</exception>
    public static Enum Named(Type type, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        string[] names = Enum.GetNames(type);
        string[] found = Array.FindAll(names, name => name.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        string? whole = Array.Find(found, name => name.Length == text.Length) ?? (found.Length == 1 && text.Length > 0 ? found[0] : null);
        return whole is null
            ? throw new FormatException($"'{text}' is none of {string.Join(", ", names)}{ColumnNames.Hint(names, text)}.")
            : (Enum)Enum.Parse(type, whole);
    }
}
