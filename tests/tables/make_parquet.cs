#:package ParquetSharp@25.0.1.2
#:property ManagePackageVersionsCentrally=false
#:property TreatWarningsAsErrors=false
#:property PublishAot=false

// Writes the Parquet files that tests read, by Apache Arrow's own writer, which is that of pandas too:
// dotnet run tests/tables/make_parquet.cs tests/MlpPowerShell.Engine.Tests/references/parquet

using System.Text.Json;
using ParquetSharp;

string folder = args[0];
Directory.CreateDirectory(folder);
const int Rows = 23, Groups = 2;
var moment = new DateTime(2024, 2, 29, 12, 30, 15, 123);
LogicalType millis = LogicalType.Timestamp(isAdjustedToUtc: false, TimeUnit.Millis),
    micros = LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Micros),
    nanos = LogicalType.Timestamp(isAdjustedToUtc: false, TimeUnit.Nanos);
(Column Column, Func<int, object?> Value)[] columns =
[
    (new Column<bool>("flag"), row => row % 3 == 0),
    (new Column<sbyte>("small"), row => (sbyte)(row - 11)),
    (new Column<ushort>("port"), row => (ushort)(65535 - row)),
    (new Column<int?>("count"), row => row % 5 == 4 ? null : row * 1000),
    (new Column<long>("id"), row => 9007199254740993L + row),
    (new Column<ulong>("large"), row => ulong.MaxValue - (ulong)row),
    (new Column<float?>("single"), row => row % 7 == 0 ? null : row / 4f),
    (new Column<double>("double"), row => row == 3 ? double.NaN : Math.Sqrt(row)),
    (new Column<decimal>("price", LogicalType.Decimal(precision: 28, scale: 3)), row => row - 12.345m),
    (new Column<string>("name"), row => row % 6 == 5 ? null : $"Köln {row % 4}"),
    (new Column<string>("all different"), row => $"row {row * 7919 % 101}"),
    (new Column<Date>("day"), row => new Date(new DateTime(2024, 2, 28).AddDays(row))),
    (new Column<DateTime?>("clock", millis), row => row % 4 == 1 ? null : moment.AddMinutes(row)),
    (new Column<DateTime>("moment", micros), row => DateTime.SpecifyKind(moment.AddHours(row), DateTimeKind.Utc)),
    (new Column<DateTimeNanos>("nanos", nanos), row => new DateTimeNanos(moment.AddSeconds(row))),
    (
        new Column<TimeSpan?>("time", LogicalType.Time(isAdjustedToUtc: false, TimeUnit.Micros)),
        row => row == 2 ? null : TimeSpan.FromSeconds(row * 61.5)),
    (new Column<int?>("nothing"), row => null),
];
var ways = new Dictionary<string, Func<WriterPropertiesBuilder, WriterPropertiesBuilder>>
{
    ["plain"] = to => to.Compression(Compression.Uncompressed).DisableDictionary().EnablePageChecksum(),
    ["snappy"] = to => to.Compression(Compression.Snappy),
    ["gzip-small-pages"] = to => to.Compression(Compression.Gzip).DataPagesize(64).WriteBatchSize(5),
    ["zstd-v2"] = to => to.Compression(Compression.Zstd).DataPageVersion(ParquetDataPageVersion.V2).EnableWritePageIndex(),
    ["brotli"] = to => to.Compression(Compression.Brotli),
    ["lz4"] = to => to.Compression(Compression.Lz4),
    ["delta"] = to => to.Compression(Compression.Snappy).DisableDictionary()
        .Encoding("count", Encoding.DeltaBinaryPacked).Encoding("id", Encoding.DeltaBinaryPacked)
        .Encoding("name", Encoding.DeltaByteArray).Encoding("all different", Encoding.DeltaLengthByteArray)
        .Encoding("single", Encoding.ByteStreamSplit).Encoding("double", Encoding.ByteStreamSplit)
        .Encoding("flag", Encoding.Rle),
};
foreach ((string name, Func<WriterPropertiesBuilder, WriterPropertiesBuilder> way) in ways)
{
    using var properties = way(new WriterPropertiesBuilder()).Build();
    using var file =
        new ParquetFileWriter(Path.Combine(folder, name + ".parquet"), [.. columns.Select(column => column.Column)], properties);
    for (int group = 0; group < Groups; group++)
    {
        using RowGroupWriter rows = file.AppendRowGroup();
        foreach ((Column column, Func<int, object?> value) in columns)
        {
            using LogicalColumnWriter writer = rows.NextColumn().LogicalWriter();
            Array values = Array.CreateInstance(column.LogicalSystemType, Rows);
            for (int row = 0; row < Rows; row++)
                values.SetValue(value((group * Rows) + row), row);
            writer.Apply(new Batch(values));
        }
    }

    file.Close();
}

// A table of small whole numbers, for the options of imports.
Directory.CreateDirectory(Path.Combine(folder, "small"));
using (var file = new ParquetFileWriter(
    Path.Combine(folder, "small", "t.parquet"), [new Column<int>("x"), new Column<int>("w"), new Column<int>("y")]))
{
    using RowGroupWriter rows = file.AppendRowGroup();
    foreach (int[] values in new[] { [1, 2, 3, 4], [2, 3, 5, 4], (int[])[0, 1, 0, 1] })
    {
        using LogicalColumnWriter<int> writer = rows.NextColumn().LogicalWriter<int>();
        writer.WriteBatch(values);
    }

    file.Close();
}

object? Shown(object? value) => value switch
{
    Date date => date.DateTime.ToString("yyyy-MM-dd"),
    DateTimeNanos time => time.DateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff"),
    DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.fff"),
    TimeSpan span => span.ToString("c"),
    double.NaN => null,
    bool flag => flag,
    null => null,
    IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
    _ => value,
};
File.WriteAllText(Path.Combine(folder, "expected.json"), JsonSerializer.Serialize(columns.ToDictionary(
    column => column.Column.Name, column => Enumerable.Range(0, Rows * Groups).Select(row => Shown(column.Value(row))))));

internal sealed class Batch(Array values) : ILogicalColumnWriterVisitor<bool>
{
    public bool OnLogicalColumnWriter<T>(LogicalColumnWriter<T> writer)
    {
        writer.WriteBatch((T[])values);
        return true;
    }
}
