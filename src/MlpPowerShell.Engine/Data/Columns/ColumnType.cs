using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>The type that the values of a column had when they came, so that they go out again as what they were.</summary>
/// <param name="Name">The full name of the .NET type.</param>
internal readonly record struct ColumnType(string Name)
{
    private const string RoundTrip = "O";
    private const int LongestName = 1000;

    // Looking through all assemblies takes longer than predicting a row.
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Type> _enums = new();

    public static ColumnType Text { get; } = Of(typeof(string));

    public static ColumnType Double { get; } = Of(typeof(double));

    public static ColumnType Int32 { get; } = Of(typeof(int));

    public static ColumnType Int64 { get; } = Of(typeof(long));

    public static ColumnType Boolean { get; } = Of(typeof(bool));

    public static ColumnType Date { get; } = Of(typeof(DateTime));

    public static ColumnType UtcDate { get; } = new($"{typeof(DateTime).FullName} {nameof(DateTimeKind.Utc)}");

    public static ColumnType Duration { get; } = Of(typeof(TimeSpan));

    /// <summary>The name that PowerShell users know: int, double, string, or the type's own.</summary>
    public string ShortName => Name switch
    {
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.Double" => "double",
        "System.Single" => "float",
        "System.Byte" => "byte",
        "System.Boolean" => "bool",
        "System.String" => "string",
        "System.Decimal" => "decimal",
        _ => Name.Split(' ')[0].Split('.', '+')[^1],
    };

    /// <summary>Whether its dates are moments, with a time zone, and not what a clock shows somewhere.</summary>
    public bool IsMoment => Name == UtcDate.Name || Name == typeof(DateTimeOffset).FullName;

    /// <summary>Whether its numbers are whole ones of at most 64 bits, with a sign or not.</summary>
    public bool IsWhole => Name is "System.SByte" or "System.Byte" or "System.Int16" or "System.UInt16"
        or "System.Int32" or "System.UInt32" or "System.Int64";

    public static ColumnType Of(Type type) => new(type.FullName!);

    /// <summary>The value of that type that a number stands for.</summary>
    public object OfNumber(double number) => Name switch
    {
        "System.Boolean" => number != 0,
        "System.Single" => (float)number,
        "System.Half" => (Half)number,
        "System.Decimal" when Math.Abs(number) < (double)decimal.MaxValue => (decimal)number,
        _ => number,
    };

    /// <summary>The value of that type that a whole number stands for: ticks, of dates and time spans.</summary>
    public object OfWhole(long whole) => Name switch
    {
        "System.Boolean" => whole != 0,
        "System.SByte" => (sbyte)whole,
        "System.Byte" => (byte)whole,
        "System.Int16" => (short)whole,
        "System.UInt16" => (ushort)whole,
        "System.Int32" => (int)whole,
        "System.UInt32" => (uint)whole,
        "System.Int64" => whole,
        "System.DateOnly" => DateOnly.FromDateTime(new DateTime(whole)),
        "System.TimeOnly" => new TimeOnly(whole),
        "System.TimeSpan" => new TimeSpan(whole),
        _ when Name == UtcDate.Name => new DateTime(whole, DateTimeKind.Utc),
        _ when Name == Date.Name => new DateTime(whole),
        _ => OfNumber(whole),
    };

    /// <summary>The text from which <see cref="OfText"/> makes the value again.</summary>
    public static string TextOf(object value) => value switch
    {
        DateTimeOffset date => date.ToString(RoundTrip, CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Local } date => TextOf(date.ToUniversalTime()),
        DateTime date => date.ToString(
            date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>
    /// The value of that type that a text stands for; the text where it stands for none, as that of an enum that this process doesn't know.
    /// </summary>
    public object OfText(string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        switch (Name)
        {
            case "System.String":
                return text;
            case "System.Boolean":
                return bool.TryParse(text, out bool flag) ? flag : text;
            case "System.Decimal":
                return decimal.TryParse(text, NumberStyles.Float, culture, out decimal exact) ? exact : text;
            case "System.UInt64":
                return ulong.TryParse(text, NumberStyles.Integer, culture, out ulong large) ? large : text;
            case "System.Char":
                return text.Length == 1 ? text[0] : text;
            case "System.Guid":
                return Guid.TryParse(text, out Guid guid) ? guid : text;
            case "System.DateTimeOffset":
                return DateTimeOffset.TryParseExact(text, RoundTrip, culture, DateTimeStyles.None, out DateTimeOffset date) ? date : text;
            case "System.TimeSpan":
                return TimeSpan.TryParse(text, culture, out TimeSpan span) ? span : text;
            case "System.TimeOnly":
                return TimeOnly.TryParse(text, culture, out TimeOnly time) ? time : text;
            case "System.DateOnly":
                return DateOnly.TryParse(text, culture, out DateOnly day) ? day : text;
        }

        if (IsDate)
            return DateTime.TryParse(text, culture, DateTimeStyles.AdjustToUniversal, out DateTime moment) ? OfWhole(moment.Ticks) : text;
        bool isFloat = Name is "System.Double" or "System.Single" or "System.Half";
        if (!isFloat && !IsWhole && EnumType() is { } enumType)
            return Enum.TryParse(enumType, text, out object? member) ? member : text;
        if (!isFloat && long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long whole))
            return OfWhole(whole) is var value && Convert.ToDecimal(value, culture) == whole ? value : text;
        return double.TryParse(text, NumberStyles.Float, culture, out double number) ? OfNumber(number) : text;
    }

    private bool IsDate => Name == Date.Name || Name == UtcDate.Name;

    /// <summary>Whether the name is one that a type may have by itself: others would have assemblies loaded for their parts.</summary>
    private bool IsPlain => Name.Length is > 0 and <= LongestName
        && Name.All(character => char.IsLetterOrDigit(character) || character is '.' or '_' or '+');

    /// <summary>The enum of that name, if one of the assemblies that are loaded has it; names come from files, and load nothing.</summary>
    private Type? EnumType()
    {
        if (_enums.TryGetValue(Name, out Type? known))
            return known;
        if (!IsPlain)
            return null;
        foreach (System.Reflection.Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.GetType(Name, throwOnError: false) is { IsEnum: true } type)
                return _enums[Name] = type;
        }

        return null;
    }
}
