using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using MlpPowerShell.Engine;

namespace MlpPowerShell;

/// <inheritdoc/>
/// <typeparam name="TOptions">The options that have it.</typeparam>
/// <param name="name">Its name there; without it, the parameter's.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute<TOptions>([CallerMemberName] string name = "") : OptionAttribute(typeof(TOptions).GetProperty(name)!);

/// <summary>Says which of the engine's options a parameter is: an empty text, such as the cell of a CSV, counts as not given.</summary>
/// <param name="option">The option.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionAttribute(PropertyInfo option) : ArgumentTransformationAttribute
{
    /// <summary>The values that it takes, in words; empty where any will do.</summary>
    public string Range => $"{option.GetCustomAttribute<WithinAttribute>()}";

    /// <summary>Whether something that suits is chosen where none is given, instead of the option's default.</summary>
    public bool IsChosen { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        InputProperties.Unwrapped(inputData) is "" ? Default : inputData;

    private object? Default =>
        IsChosen || option.IsDefined(typeof(RequiredMemberAttribute)) ? null : option.GetValue(Activator.CreateInstance(option.DeclaringType!));
}
