using Parquet;
using Parquet.Schema;

namespace MlpPowerShell.Engine.Data;

/// <summary>A column of a Parquet file, which takes the values of one group of rows after another.</summary>
internal abstract class ParquetColumn
{
    /// <summary>Takes values of a group of rows.</summary>
    /// <param name="group">The group.</param>
    /// <param name="from">The first of its rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public abstract void Add(ParquetRowGroupReader group, int from, int count, CancellationToken cancellation);

    /// <summary>The column of all values.</summary>
    public abstract ReadColumn ToColumn();

    /// <summary>What takes the values of a field; null where they are no single values of a type that there is a kind of column for.</summary>
    public static ParquetColumn? Of(Field field) => field is not DataField { IsArray: false } data ? null : data switch
    {
        DateTimeDataField date => OfWholes<DateTime>(
            date, ColumnKind.Date, value => value.Ticks,
            date.IsAdjustedToUTC && date.DateTimeFormat != DateTimeFormat.Impala ? ColumnType.UtcDate : ColumnType.Date),
        TimeDataField time => OfTimes(time),
        _ when data.ClrType == typeof(bool) =>
            OfWholes<bool>(data, ColumnKind.Boolean, value => value ? 1 : 0, ColumnType.Boolean),
        _ when data.ClrType == typeof(sbyte) => OfWholes<sbyte>(data, value => value),
        _ when data.ClrType == typeof(byte) => OfWholes<byte>(data, value => value),
        _ when data.ClrType == typeof(short) => OfWholes<short>(data, value => value),
        _ when data.ClrType == typeof(ushort) => OfWholes<ushort>(data, value => value),
        _ when data.ClrType == typeof(int) => OfWholes<int>(data, value => value),
        _ when data.ClrType == typeof(uint) => OfWholes<uint>(data, value => value),
        _ when data.ClrType == typeof(long) => OfWholes<long>(data, value => value),
        _ when data.ClrType == typeof(float) => OfNumbers<float>(data, value => value),
        _ when data.ClrType == typeof(double) => OfNumbers<double>(data, value => value),
        _ when data.ClrType == typeof(DateOnly) => OfWholes<DateOnly>(
            data, ColumnKind.Date, value => value.DayNumber * TimeSpan.TicksPerDay, ColumnType.Of(typeof(DateOnly))),
        _ when data.ClrType == typeof(decimal) => OfTexts<decimal>(data, ColumnKind.Number, value => ColumnType.TextOf(value).AsMemory()),
        _ when data.ClrType == typeof(ulong) => OfTexts<ulong>(data, ColumnKind.Number, value => ColumnType.TextOf(value).AsMemory()),
        _ when data.ClrType == typeof(Guid) => OfTexts<Guid>(data, ColumnKind.Category, value => ColumnType.TextOf(value).AsMemory()),
        _ when data.ClrType == typeof(ReadOnlyMemory<char>) => new Texts<ReadOnlyMemory<char>>(
            data, ColumnKind.Category, ColumnType.Text, value => value),
        _ when data.ClrType == typeof(ReadOnlyMemory<byte>) => new Texts<ReadOnlyMemory<byte>>(
            data, ColumnKind.Category, ColumnType.Text, value => System.Text.Encoding.UTF8.GetString(value.Span).AsMemory()),
        _ => null,
    };

    private static ParquetColumn OfTimes(TimeDataField time)
    {
        // Ticks are hundreds of nanoseconds.
        ColumnType type = ColumnType.Of(typeof(TimeOnly));
        return time.Precision switch
        {
            TimeUnitPrecision.Millis =>
                OfWholes<int>(time, ColumnKind.Duration, value => value * TimeSpan.TicksPerMillisecond, type),
            TimeUnitPrecision.Micros =>
                OfWholes<long>(time, ColumnKind.Duration, value => value * TimeSpan.TicksPerMicrosecond, type),
            _ => OfWholes<long>(time, ColumnKind.Duration, value => value / TimeSpan.NanosecondsPerTick, type),
        };
    }

    private static Wholes<T> OfWholes<T>(DataField field, Func<T, long> whole)
        where T : struct => OfWholes(field, ColumnKind.Number, whole, ColumnType.Of(typeof(T)));

    private static Wholes<T> OfWholes<T>(DataField field, ColumnKind kind, Func<T, long> whole, ColumnType type)
        where T : struct => new(field, kind, type, whole);

    private static Numbers<T> OfNumbers<T>(DataField field, Func<T, double> number)
        where T : struct => new(field, number);

    private static Texts<T> OfTexts<T>(DataField field, ColumnKind kind, Func<T, ReadOnlyMemory<char>> text)
        where T : struct => new(field, kind, ColumnType.Of(typeof(T)), text);

    /// <summary>A column of values of one type.</summary>
    private abstract class Typed<T>(DataField field) : ParquetColumn
        where T : struct
    {
        protected string Name { get; } = field.Name;

        public sealed override void Add(ParquetRowGroupReader group, int from, int count, CancellationToken cancellation)
        {
            // Arrays of its own for each group: what a damaged page leaves out would be what another column had.
            int rows = checked((int)group.RowCount);
            var values = new T[rows];
            int[] levels = field.IsNullable ? new int[rows] : [];
            Memory<int>? toLevels = field.IsNullable ? levels : (Memory<int>?)null;
            group.ReadRawAsync(field, values.AsMemory(), toLevels, null, cancellation)
                .AsTask().GetAwaiter().GetResult();
            int next = 0;
            for (int row = 0; row < from && field.IsNullable; row++)
                next += levels[row];
            Begin(count);
            for (int row = from; row < from + count; row++)
            {
                if (field.IsNullable && levels[row] == 0)
                    AddMissing(row - from);
                else
                    Add(row - from, values[field.IsNullable ? next++ : row]);
            }

            End();
        }

        protected abstract void Begin(int count);

        protected abstract void Add(int row, T value);

        protected abstract void AddMissing(int row);

        protected abstract void End();
    }

    private sealed class Wholes<T>(DataField field, ColumnKind kind, ColumnType type, Func<T, long> whole) : Typed<T>(field)
        where T : struct
    {
        private readonly List<PackedNumbers> _blocks = [];
        private long[] _values = [];

        public override ReadColumn ToColumn()
        {
            PackedNumbers all = _blocks.Count == 0 ? PackedNumbers.Of([]) : PackedNumbers.Join(_blocks);
            return new ReadColumn(kind is ColumnKind.Date or ColumnKind.Duration
                ? DataColumn.OfTicks(Name, kind, all.ToWholes(), type)
                : DataColumn.OfPacked(Name, kind, all, type));
        }

        protected override void Begin(int count) => _values = new long[count];

        protected override void Add(int row, T value)
        {
            _values[row] = whole(value);
            if (_values[row] == PackedNumbers.NoWhole)
                throw new InvalidDataException($"the column {Name} has a value out of range ({value})");
        }

        protected override void AddMissing(int row) => _values[row] = PackedNumbers.NoWhole;

        protected override void End() => _blocks.Add(PackedNumbers.OfWhole(_values));
    }

    private sealed class Numbers<T>(DataField field, Func<T, double> number) : Typed<T>(field)
        where T : struct
    {
        private readonly List<PackedNumbers> _blocks = [];
        private double[] _values = [];

        public override ReadColumn ToColumn() => new(DataColumn.OfPacked(
            Name,
            ColumnKind.Number,
            _blocks.Count == 0 ? PackedNumbers.Of([]) : PackedNumbers.Join(_blocks),
            ColumnType.Of(typeof(T))));

        protected override void Begin(int count) => _values = new double[count];

        protected override void Add(int row, T value) => _values[row] = number(value);

        protected override void AddMissing(int row) => _values[row] = double.NaN;

        protected override void End() => _blocks.Add(PackedNumbers.Of(_values));
    }

    private sealed class Texts<T>(DataField field, ColumnKind kind, ColumnType type, Func<T, ReadOnlyMemory<char>> text) : Typed<T>(field)
        where T : struct
    {
        private const char NoLetter = '\uFFFD';

        private readonly TextPool _texts = new();
        private readonly List<int> _codes = [];

        public override ReadColumn ToColumn() => new(DataColumn.OfCodes(
            Name, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_codes), _texts.Texts, type, kind))
        {
            Unreadable = Array.Exists(_texts.Texts, one => one.Contains(NoLetter)) ? (MlpMessage)"bytes that are no text in UTF-8" : null,
        };

        protected override void Begin(int count) => _codes.EnsureCapacity(_codes.Count + count);

        // An empty text is no value, as in any table.
        protected override void Add(int row, T value) => _codes.Add(text(value) is { Length: > 0 } own ? _texts.CodeOf(own.Span) : -1);

        protected override void AddMissing(int row) => _codes.Add(-1);

        protected override void End()
        {
        }
    }
}
