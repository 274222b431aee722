using System.Globalization;
using System.Reflection;

namespace MlpPowerShell.Engine;

/// <summary>Checks options against the ranges that their properties have.</summary>
internal static class OptionCheck
{
    /// <summary>Checks all options of a record that have a range; those that are null have none.</summary>
    /// <exception cref="MlpException">One is outside its range: its identifier is Invalid and the option's name.</exception>
    public static void Ranges(object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<WithinAttribute>() is { } range)
                Range(property.Name, range, property.GetValue(options));
        }
    }

    /// <summary>Checks a value against the range of one option.</summary>
    /// <exception cref="MlpException">It is outside.</exception>
    public static void Range<TOptions>(string option, double value) =>
        Range(option, typeof(TOptions).GetProperty(option)!.GetCustomAttribute<WithinAttribute>()!, value);

    /// <summary>Checks that a value, of whatever it is, is finite and at least 0.</summary>
    /// <exception cref="MlpException">It is not.</exception>
    public static void NotNegative(string errorId, string what, double value)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw Invalid(errorId, $"{what} is {value}; it must be a number from 0 up.");
    }

    /// <summary>An option that is outside its range.</summary>
    public static MlpException Invalid(string errorId, MlpMessage message) => new(errorId, MlpErrorKind.InvalidArgument, message);

    private static void Range(string option, WithinAttribute range, object? value)
    {
        IEnumerable<double> values = value switch
        {
            null => [],
            IEnumerable<double> many => many,
            _ => [Convert.ToDouble(value, CultureInfo.InvariantCulture)],
        };
        foreach (double number in values.Where(number => !range.Contains(number)))
        {
            throw Invalid(
                $"Invalid{option}",
                $"{range.What} is {number}{(range.Unit.Length > 0 ? " " : string.Empty)}{range.Unit}; it must be "
                + $"{(range.LacksOnlyFiniteness(number) ? "finite and " : string.Empty)}{range}{range.Otherwise}.");
        }
    }
}
