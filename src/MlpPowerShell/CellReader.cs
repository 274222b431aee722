using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>
/// Values as users give them, on a command line or in the cell of a table: the same in every culture, and refused with a sentence where
/// they can't be meant so. PowerShell would round numbers, take '0,5' for 5, and drop what it can't convert without a word.
/// </summary>
internal static partial class CellReader
{
    private static readonly char[] _separators = [',', ';', ' '];
    private static readonly char[] _textSeparators = [',', ';'];

    /// <summary>A value as one of a type: a number, flag, name of an enum or activation, model or data set, or several.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is none.</exception>
    public static object Read(Type type, object given)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        object value = InputProperties.Unwrapped(given) ?? string.Empty;
        return bare.IsInstanceOfType(value) ? value
            : ObjectReader.Reads(bare) ? ObjectReader.Read(bare, given)
            : bare.IsArray ? Many(bare.GetElementType()!, value)
            : bare == typeof(IReadOnlyList<double>) ? Many(typeof(double), value)
            : bare == typeof(double) ? Number(value)
            : bare == typeof(int) ? Whole(value)
            : bare == typeof(bool) ? Flag(value)
            : bare == typeof(string) ? Convert.ToString(value, CultureInfo.InvariantCulture)!
            : bare == typeof(Activation) ? ActivationOf(value)
            : bare.IsEnum ? Member(bare, value)
            : throw new NotSupportedException($"No cell holds a {bare.Name}.");
    }

    /// <summary>Whether a cell has nothing, or blanks alone.</summary>
    public static bool IsEmpty(object? value) => InputProperties.Unwrapped(value) switch
    {
        null or DBNull => true,
        string text => string.IsNullOrWhiteSpace(text),
        _ => false,
    };

    /// <summary>Whether a value is a text that reads like the name of a file.</summary>
    public static bool IsFileName(object? value) => InputProperties.Unwrapped(value) is string text
        && Path.GetExtension(text) is { Length: > 1 } ending
        && char.IsLetter(ending[1]);

    /// <summary>An error about an argument, which names the run that a cell of a table belongs to.</summary>
    public static ArgumentTransformationMetadataException Refused(string sentence) =>
        new(Printable.Of(SweepRow.BoundRun is { } run ? $"{run}: {sentence}" : sentence));

    /// <summary>A number, which is written with a point.</summary>
    /// <param name="value">The value.</param>
    /// <param name="about">What a message begins with.</param>
    public static double Number(object value, string about = "")
    {
        if (TryNumber(value, out double number))
            return number;
        string point = value is string text ? text.Replace(',', '.') : string.Empty;
        throw Refused(value is string && point != (string)value
            ? $"{about}'{value}' is no number: numbers are written with a point, as {(TryNumber(point, out _) ? point.Trim() : "0.5")}."
            : $"{about}{Shown(value)} is no number.");
    }

    /// <summary>A whole number, which is never rounded.</summary>
    public static int Whole(object value)
    {
        if (TryNumber(value, out double number) && double.IsInteger(number))
        {
            return Math.Abs(number) <= int.MaxValue
                ? (int)number
                : throw Refused($"{Shown(value)} is too large; the largest number here is {int.MaxValue}.");
        }

        throw Refused(value is string text && Thousands().IsMatch(text)
            ? $"'{text}' is no whole number: numbers are written without separators, as {text.Replace(",", string.Empty)}."
            : $"{Shown(value)} is no whole number.");
    }

    /// <summary>A value in a sentence: as it was written, and several with their commas.</summary>
    public static string Shown(object value) => value switch
    {
        string or MlpModel or MlpDataset => $"'{value}'",
        ICollection { Count: 0 } => "An empty list",
        IEnumerable many and not IDictionary => string.Join(", ", many.Cast<object?>().Take(5).Select(item => Shown(item ?? "$null"))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static Array Many(Type type, object value)
    {
        if (type == typeof(double) && value is string cell && DecimalComma().IsMatch(cell))
        {
            throw Refused($"'{cell}' may be the number {cell.Trim().Replace(',', '.')} or two: numbers are written with a point, and "
                + $"several with a blank between them, as '{cell.Trim().Replace(',', ' ')}'.");
        }

        const StringSplitOptions Entries = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        char[] separators = type == typeof(string) ? _textSeparators : _separators;
        object?[] items = value is string text && !ObjectReader.Reads(type) ? text.Split(separators, Entries)
            : value is IEnumerable several and not (IDictionary or string) ? [.. several.Cast<object?>()]
            : [value];
        var array = Array.CreateInstance(type, items.Length);
        for (int i = 0; i < items.Length; i++)
            array.SetValue(Read(type, items[i] ?? string.Empty), i);
        return array;
    }

    public static bool TryNumber(object value, out double number)
    {
        number = 0;
        if (value is string text)
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        if (Type.GetTypeCode(value.GetType()) is < TypeCode.SByte or > TypeCode.Decimal || value is Enum)
            return false;
        number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return true;
    }

    private static object Flag(object value) => value switch
    {
        SwitchParameter given => given,
        string text when bool.TryParse(text, out bool flag) => flag,
        string text when text.Trim().ToLowerInvariant() is "yes" or "no" => text.Trim().Equals("yes", StringComparison.OrdinalIgnoreCase),
        _ when TryNumber(value, out double number) && number is 0 or 1 => TryNumber(value, out double one) && one == 1,
        _ => throw Refused($"{Shown(value)} says neither yes nor no: write True or False."),
    };

    private static Enum Member(Type type, object value)
    {
        // A choice of the enum says its member's name.
        string text = $"{value}";
        if (value is not (string or Enum) && !value.GetType().IsGenericType)
            throw Refused($"{Shown(value)} is none of {string.Join(", ", Enum.GetNames(type))}.");
        try
        {
            return Choice.Named(type, text);
        }
        catch (FormatException failure)
        {
            throw Refused(failure.Message);
        }
    }

    private static Activation ActivationOf(object value)
    {
        try
        {
            return Activation.Named($"{value}".Trim());
        }
        catch (MlpException failure)
        {
            throw Refused(failure.Message);
        }
    }

    // A fraction of a number below 1, unless both parts are 0, which is the same either way.
    [GeneratedRegex(@"^\s*0,[0-9]*[1-9][0-9]*\s*$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex(@"^\s*[0-9]{1,3}(,[0-9]{3})+\s*$")]
    private static partial Regex Thousands();
}
