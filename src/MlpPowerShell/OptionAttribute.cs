using System.Reflection;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <inheritdoc/>
/// <typeparam name="TOptions">The options that have it.</typeparam>
/// <param name="name">Its name there; without it, the parameter's.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute<TOptions>([CallerMemberName] string name = "") : OptionAttribute(typeof(TOptions).GetProperty(name)!);

/// <summary>
/// Says which of the engine's options a parameter is, which knows what values it takes, and what it is where none is given.
/// </summary>
/// <param name="option">The option.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionAttribute(PropertyInfo option) : CellAttribute(option.PropertyType)
{
    /// <summary>The values that it takes, in words; empty where any will do.</summary>
    public string Range => $"{option.GetCustomAttribute<WithinAttribute>()}";

    /// <summary>Whether something that suits is chosen where none is given, instead of the option's default.</summary>
    public bool IsChosen { get; set; }

    private protected override object? Default =>
        IsChosen || option.IsDefined(typeof(RequiredMemberAttribute))
            ? null
            : option.GetValue(Activator.CreateInstance(option.DeclaringType!));
}
