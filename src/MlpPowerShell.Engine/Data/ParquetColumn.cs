using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>A column of a Parquet file, which takes the values of one group of rows after another.</summary>
internal abstract class ParquetColumn(string name)
{
    private const int JulianDayOf1970 = 2_440_588;

    private static readonly long _start = DateTime.UnixEpoch.Ticks;
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The column's name.</summary>
    protected string Name => name;

    /// <summary>Takes values of a group of rows.</summary>
    /// <param name="values">The values.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">How many.</param>
    public abstract void Add(ParquetValues values, int from, int count);

    /// <summary>The column of all values.</summary>
    public abstract ReadColumn ToColumn();

    /// <summary>What takes the values of a column; null where they are of a type that there is no kind of column for.</summary>
    public static ParquetColumn? Of(ParquetElement element) => (element.Type, element.Meaning) switch
    {
        _ when element.IsRepeated || element.Children > 0 => null,
        (ParquetType.Boolean, _) => new Wholes(element.Name, ColumnKind.Boolean, ColumnType.Boolean, (values, row) => values.NumberAt(row)),
        (ParquetType.Float, _) => new Numbers(
            element.Name, ColumnType.Of(typeof(float)), (values, row) => BitConverter.Int32BitsToSingle((int)values.NumberAt(row))),
        (ParquetType.Double, _) => new Numbers(
            element.Name, ColumnType.Double, (values, row) => BitConverter.Int64BitsToDouble(values.NumberAt(row))),
        (ParquetType.Int96, _) => new Wholes(
            element.Name, ColumnKind.Date, ColumnType.Date, (values, row) => TicksOfJulian(values.BytesAt(row))),
        (_, ParquetMeaning.Decimal) => new Texts(
            element.Name, ColumnKind.Number, ColumnType.Of(typeof(decimal)), (values, row) => Decimal(element, values, row)),
        (ParquetType.Int32 or ParquetType.Int64, ParquetMeaning.Day) => new Wholes(
            element.Name, ColumnKind.Date, ColumnType.Of(typeof(DateOnly)),
            (values, row) => Ticks(_start, values.NumberAt(row), TimeSpan.TicksPerDay)),
        (ParquetType.Int32 or ParquetType.Int64, ParquetMeaning.Time) => new Wholes(
            element.Name, ColumnKind.Duration, ColumnType.Of(typeof(TimeOnly)), (values, row) => Ticks(0, values.NumberAt(row), element)),
        (ParquetType.Int32 or ParquetType.Int64, ParquetMeaning.Moment) => new Wholes(
            element.Name,
            ColumnKind.Date,
            element.IsUtc ? ColumnType.UtcDate : ColumnType.Date,
            (values, row) => Ticks(_start, values.NumberAt(row), element)),
        (ParquetType.Int32 or ParquetType.Int64, ParquetMeaning.None or ParquetMeaning.Integer) => OfIntegers(element),
        (ParquetType.FixedBytes, ParquetMeaning.Half) when element.Length == 2 => new Numbers(
            element.Name, ColumnType.Of(typeof(Half)), (values, row) => (double)BinaryPrimitives.ReadHalfLittleEndian(values.BytesAt(row))),
        (ParquetType.FixedBytes, ParquetMeaning.Uuid) when element.Length == 16 => new Texts(
            element.Name,
            ColumnKind.Category,
            ColumnType.Of(typeof(Guid)),
            (values, row) => $"{new Guid(values.BytesAt(row), bigEndian: true)}"),
        (ParquetType.Bytes or ParquetType.FixedBytes, ParquetMeaning.None or ParquetMeaning.Text) => new Texts(
            element.Name, ColumnKind.Category, ColumnType.Text, (values, row) => Text(values.BytesAt(row))),
        _ => null,
    };

    private static ParquetColumn OfIntegers(ParquetElement element)
    {
        int bits = element.Meaning == ParquetMeaning.Integer ? element.Bits : element.Type == ParquetType.Int32 ? 32 : 64;
        if (bits == 64 && !element.IsSigned)
        {
            return new Texts(
                element.Name,
                ColumnKind.Number,
                ColumnType.Of(typeof(ulong)),
                (values, row) => ((ulong)values.NumberAt(row)).ToString(CultureInfo.InvariantCulture));
        }

        (ColumnType type, Func<long, long> whole) = (bits, element.IsSigned) switch
        {
            (8, true) => (ColumnType.Of(typeof(sbyte)), (Func<long, long>)(number => (sbyte)number)),
            (8, false) => (ColumnType.Of(typeof(byte)), number => (byte)number),
            (16, true) => (ColumnType.Of(typeof(short)), number => (short)number),
            (16, false) => (ColumnType.Of(typeof(ushort)), number => (ushort)number),
            (32, false) => (ColumnType.Of(typeof(uint)), number => (uint)number),
            (32, true) => (ColumnType.Int32, number => (int)number),
            _ => (ColumnType.Int64, number => number),
        };
        return new Wholes(element.Name, ColumnKind.Number, type, (values, row) => whole(values.NumberAt(row)));
    }

    // Nanoseconds are more than ticks tell apart.
    private static long Ticks(long start, long count, ParquetElement element) => element.PerSecond > TimeSpan.TicksPerSecond
        ? Ticks(start, (count / TimeSpan.NanosecondsPerTick) - (count % TimeSpan.NanosecondsPerTick < 0 ? 1 : 0), 1)
        : Ticks(start, count, TimeSpan.TicksPerSecond / element.PerSecond);

    private static long Ticks(long start, long count, long perUnit)
    {
        Int128 ticks = start + ((Int128)count * perUnit);
        return ticks >= 0 && ticks <= (start == 0 ? TimeSpan.TicksPerDay - 1 : DateTime.MaxValue.Ticks)
            ? (long)ticks
            : throw new NotSupportedException("dates or times out of range");
    }

    /// <summary>Nanoseconds of a day, and its Julian number, as Impala and Spark write moments.</summary>
    private static long TicksOfJulian(ReadOnlySpan<byte> bytes)
    {
        long nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        int day = BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(long)..]) - JulianDayOf1970;
        return Ticks(_start + (nanoseconds / TimeSpan.NanosecondsPerTick), day, TimeSpan.TicksPerDay);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new NotSupportedException("bytes that are no text in UTF-8");
        }
    }

    private static string Decimal(ParquetElement element, ParquetValues values, int row)
    {
        BigInteger number = element.Type is ParquetType.Int32 or ParquetType.Int64
            ? values.NumberAt(row)
            : new BigInteger(values.BytesAt(row), isUnsigned: false, isBigEndian: true);
        if (element.Scale is < 0 or > 28 || BigInteger.Abs(number) > (BigInteger)decimal.MaxValue)
            throw new NotSupportedException("decimals of more than 28 digits");
        return ColumnType.TextOf((decimal)number / (decimal)BigInteger.Pow(10, element.Scale));
    }

    private sealed class Wholes(string name, ColumnKind kind, ColumnType type, Func<ParquetValues, int, long> whole) : ParquetColumn(name)
    {
        private readonly List<PackedNumbers> _blocks = [];

        public override void Add(ParquetValues values, int from, int count)
        {
            var block = new long[count];
            for (int i = 0; i < count; i++)
            {
                block[i] = values.IsThere(from + i) ? whole(values, from + i) : PackedNumbers.NoWhole;
                if (values.IsThere(from + i) && block[i] == PackedNumbers.NoWhole)
                    throw new NotSupportedException("the least whole number of 64 bits, which stands for a missing one here");
            }

            _blocks.Add(PackedNumbers.OfWhole(block));
        }

        public override ReadColumn ToColumn() => new(kind is ColumnKind.Date or ColumnKind.Duration
            ? DataColumn.OfTicks(Name, kind, PackedNumbers.Join(_blocks).ToWholes(), type)
            : DataColumn.OfPacked(Name, kind, PackedNumbers.Join(_blocks), type));
    }

    private sealed class Numbers(string name, ColumnType type, Func<ParquetValues, int, double> number) : ParquetColumn(name)
    {
        private readonly List<PackedNumbers> _blocks = [];

        public override void Add(ParquetValues values, int from, int count)
        {
            var block = new double[count];
            for (int i = 0; i < count; i++)
                block[i] = values.IsThere(from + i) ? number(values, from + i) : double.NaN;
            _blocks.Add(PackedNumbers.Of(block));
        }

        public override ReadColumn ToColumn() => new(DataColumn.OfPacked(Name, ColumnKind.Number, PackedNumbers.Join(_blocks), type));
    }

    private sealed class Texts(string name, ColumnKind kind, ColumnType type, Func<ParquetValues, int, string> text) : ParquetColumn(name)
    {
        private readonly TextPool _texts = new();
        private readonly List<int> _codes = [];

        // An empty text is no value, as in any table. What a dictionary has is made a text once, as it may be long and in every row.
        public override void Add(ParquetValues values, int from, int count)
        {
            var known = new Dictionary<long, int>();
            for (int row = from; row < from + count; row++)
            {
                int code = -1;
                if (values.IsThere(row) && !known.TryGetValue(values.NumberAt(row), out code))
                    known[values.NumberAt(row)] = code = text(values, row) is { Length: > 0 } own ? _texts.CodeOf(own) : -1;
                _codes.Add(code);
            }
        }

        public override ReadColumn ToColumn() =>
            new(DataColumn.OfCodes(Name, CollectionsMarshal.AsSpan(_codes), _texts.Texts, type, kind));
    }
}
