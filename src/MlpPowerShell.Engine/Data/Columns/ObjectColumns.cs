using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>Makes columns of the values of objects, each of the type that the values have.</summary>
internal static class ObjectColumns
{
    private const int BlockRows = 4096;

    /// <summary>The column of some values.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">Values of any simple types; what is missing is null, an empty text or NaN.</param>
    /// <param name="asTexts">Whether each value is a category, whatever it is.</param>
    /// <param name="formats">How texts write values, where somebody said so.</param>
    public static ReadColumn Of(string name, IReadOnlyList<object?> values, bool asTexts, TextFormats? formats = null)
    {
        Type[] types = [.. values.Where(value => !IsMissing(value)).Select(value => value!.GetType()).Distinct()];
        if (Array.Exists(types, IsName))
            return OfTexts(name, values, asTexts: true, null, formats);
        bool hasLeast = Array.Exists(types, type => type == typeof(long)) && values.Contains(PackedNumbers.NoWhole);
        if (asTexts || types.Length == 0 || hasLeast || Array.Exists(types, type => type == typeof(string) || KindOf(type) is null))
        {
            ColumnType? type = types.Length == 1 && types[0] != typeof(string) ? ColumnType.Of(types[0]) : null;
            return OfTexts(name, values, asTexts, type, formats);
        }

        if (Array.TrueForAll(types, type => KindOf(type) == ColumnKind.Date))
            CheckClocks(name, values);
        if (types.Length > 1 && Array.TrueForAll(types, type => KindOf(type) == ColumnKind.Date))
        {
            return new ReadColumn(DataColumn.OfTicks(
                name, ColumnKind.Date, Ticks(values), values.Any(IsMoment) ? ColumnType.UtcDate : ColumnType.Date));
        }

        if (types.Length == 1)
            return new ReadColumn(OfType(name, values, types[0]));
        if (Array.TrueForAll(types, IsWhole))
            return new ReadColumn(DataColumn.OfPacked(name, ColumnKind.Number, PackedNumbers.OfWhole(Wholes(values)), ColumnType.Int64));
        return Array.TrueForAll(types, type => KindOf(type) == ColumnKind.Number)
            ? new ReadColumn(DataColumn.OfNumbers(name, Numbers(values, ColumnKind.Number)))
            : OfTexts(name, values, asTexts, null, formats);
    }

    /// <summary>Whether a value stands for none.</summary>
    public static bool IsMissing(object? value) =>
        value is null or DBNull or double.NaN or float.NaN
            || (value is Half half && Half.IsNaN(half))
            || (value is string text && Cell.IsMissing(text));

    /// <summary>
    /// Whether a value is a single one, and one that has a text: no collection, and no object that only its properties tell apart.
    /// </summary>
    public static bool IsValue(object? value) =>
        value is null or string or IFormattable or IConvertible
            || (value is not IEnumerable && value.ToString() is { Length: > 0 } text && text != value.GetType().FullName);

    /// <summary>The error of what <see cref="IsValue"/> is not true for.</summary>
    public static MlpException NotAValue(object? value, string column) => new(
        "NotAValue", MlpErrorKind.InvalidData, $"A value is a {value!.GetType().Name}, which is no single number, text, date or the "
            + $"like. Leave the column out{Hint.For(column, nameof(TableOptions.IsFeature))}.");

    private static bool IsWhole(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Int64 && !type.IsEnum;

    // The version 1.10 is not the number 1.1.
    private static bool IsName(Type type) => type != typeof(string) && KindOf(type) is null && !IsLarge(type);

    private static bool IsLarge(Type type) => type == typeof(BigInteger) || type == typeof(Int128) || type == typeof(UInt128);

    private static ColumnKind? KindOf(Type type) => type switch
    {
        _ when type == typeof(bool) => ColumnKind.Boolean,
        _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) => ColumnKind.Date,
        _ when type == typeof(TimeSpan) || type == typeof(TimeOnly) => ColumnKind.Duration,
        _ when type.IsEnum || type == typeof(char) || type == typeof(Guid) => ColumnKind.Category,
        _ when type == typeof(Half) || Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal => ColumnKind.Number,
        _ => null,
    };

    private static DataColumn OfType(string name, IReadOnlyList<object?> values, Type type)
    {
        if (type == typeof(bool))
            return DataColumn.OfPacked(name, ColumnKind.Boolean, PackedNumbers.Of(Numbers(values, ColumnKind.Boolean)), ColumnType.Boolean);
        if (IsWhole(type))
            return DataColumn.OfPacked(name, ColumnKind.Number, PackedNumbers.OfWhole(Wholes(values)), ColumnType.Of(type));
        if (type == typeof(double) || type == typeof(float) || type == typeof(Half))
            return DataColumn.OfNumbers(name, Numbers(values, ColumnKind.Number), ColumnType.Of(type));
        if (type == typeof(DateTime))
            return DataColumn.OfTicks(name, ColumnKind.Date, Ticks(values), values.Any(IsMoment) ? ColumnType.UtcDate : ColumnType.Date);
        if (type == typeof(DateOnly) || type == typeof(TimeSpan) || type == typeof(TimeOnly))
            return DataColumn.OfTicks(name, KindOf(type)!.Value, Ticks(values), ColumnType.Of(type));

        // What has more to it than a number of 64 bits is kept by its text.
        (int[] codes, string[] texts) = Coded(values);
        return DataColumn.OfCodes(name, codes, texts, ColumnType.Of(type), KindOf(type)!.Value);
    }

    private static ReadColumn OfTexts(
        string name, IReadOnlyList<object?> values, bool asTexts, ColumnType? type, TextFormats? formats)
    {
        if (asTexts && type is not null)
        {
            (int[] codes, string[] texts) = Coded(values);
            return new ReadColumn(DataColumn.OfCodes(name, codes, texts, type));
        }

        ReadColumn read = Build(asTexts, isAsked: asTexts);
        return read.NeedsTexts ? Build(asTexts: true, isAsked: false) : read;

        ReadColumn Build(bool asTexts, bool isAsked)
        {
            var builder = new TextColumnBuilder(name, Math.Clamp(values.Count, 1, BlockRows), asTexts, isAsked, formats);
            foreach (object? value in values)
                builder.Add(value is string text ? text : IsMissing(value) ? string.Empty : ColumnType.TextOf(value!));
            return builder.ToColumn();
        }
    }

    /// <summary>Whether a value is a date with a time zone.</summary>
    public static bool IsMoment(object? value) => value is DateTimeOffset or DateTime { Kind: not DateTimeKind.Unspecified };

    // What a clock shows somewhere comes before or after a moment, nobody knows which.
    private static void CheckClocks(string name, IReadOnlyList<object?> values)
    {
        object? moment = values.FirstOrDefault(IsMoment), clock = values.FirstOrDefault(value => !IsMissing(value) && !IsMoment(value));
        if (moment is not null && clock is not null)
            throw DatesMixed(name, ColumnType.TextOf(moment), ColumnType.TextOf(clock));
    }

    /// <summary>The error of a column that holds dates with a time zone and dates without.</summary>
    public static MlpException DatesMixed(string name, string moment, string clock) => new(
        "DatesMixed", MlpErrorKind.InvalidData, $"The column {name} holds dates with a time zone, such as {moment}, and dates without "
            + $"one, such as {clock}, which can't be compared. Give all of them a time zone, or none.");

    private static double[] Numbers(IReadOnlyList<object?> values, ColumnKind kind)
    {
        var numbers = new double[values.Count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = IsMissing(values[i]) ? double.NaN : values[i] is Half half ? (double)half : Cell.NumberOf(values[i], kind);
        return numbers;
    }

    private static long[] Wholes(IReadOnlyList<object?> values)
    {
        var wholes = new long[values.Count];
        for (int i = 0; i < wholes.Length; i++)
        {
            wholes[i] = IsMissing(values[i])
                ? PackedNumbers.NoWhole
                : Convert.ToInt64(values[i], System.Globalization.CultureInfo.InvariantCulture);
        }

        return wholes;
    }

    private static long[] Ticks(IReadOnlyList<object?> values)
    {
        var ticks = new long[values.Count];
        for (int i = 0; i < ticks.Length; i++)
        {
            ticks[i] = values[i] switch
            {
                DateTime { Kind: DateTimeKind.Local } date => date.ToUniversalTime().Ticks,
                DateTime date => date.Ticks,
                DateTimeOffset date => date.UtcTicks,
                DateOnly day => day.ToDateTime(TimeOnly.MinValue).Ticks,
                TimeSpan span => span.Ticks,
                TimeOnly time => time.Ticks,
                _ => PackedNumbers.NoWhole,
            };
        }

        return ticks;
    }

    private static (int[] Codes, string[] Texts) Coded(IReadOnlyList<object?> values)
    {
        var places = new Dictionary<string, int>();
        var codes = new int[values.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            if (IsMissing(values[i]))
            {
                codes[i] = -1;
                continue;
            }

            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, ColumnType.TextOf(values[i]!), out bool known);
            codes[i] = known ? place : place = places.Count - 1;
        }

        return (codes, [.. places.Keys]);
    }
}
