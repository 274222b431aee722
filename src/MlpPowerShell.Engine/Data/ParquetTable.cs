using Parquet;
using Parquet.Schema;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads tables from Parquet files: typed columns in groups of rows.</summary>
internal static class ParquetTable
{
    // What pandas calls the names of rows, where they have no name.
    private const string RowNames = "__index_level_0__";

    private static readonly ParquetOptions _options = new() { UseDateOnlyTypeForDates = true };

    /// <summary>Whether a file begins as such a file does.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    /// <summary>The names of the columns, of which no values are read.</summary>
    /// <exception cref="MlpException">The file is not there, or damaged.</exception>
    public static IReadOnlyList<string> NamesOf(string path, CancellationToken cancellation) =>
        Opened(path, (file, _) => file.Schema.Fields.Select(field => field.Name).ToArray(), cancellation);

    /// <summary>Reads the rows of a file.</summary>
    /// <exception cref="MlpException">The file is not there, damaged, or has what isn't read.</exception>
    public static MlpTable Read(RowSource source) => Opened(source.Path, (file, pages) => Read(source, file, pages), source.Cancellation);

    private static MlpTable Read(RowSource source, ParquetReader file, ParquetPages pages)
    {
        Field[] fields = [.. file.Schema.Fields];
        string[] names = Array.ConvertAll(fields, field => field.Name);
        MlpTable.CheckNames(source.Path, names);
        ParquetColumn?[] columns = Array.ConvertAll(fields, ParquetColumn.Of);
        long skip = source.Options.Skip, left = source.Options.First;
        int count = 0;
        foreach (ParquetRowGroupReader group in file.RowGroups)
        {
            long rows = group.RowCount;
            if (rows is < 0 or > int.MaxValue)
                throw new InvalidDataException($"a group has {rows} rows");
            int from = (int)Math.Min(skip, rows), take = (int)Math.Min(left, rows - from);
            (skip, left) = (skip - from, left - take);
            if (take == 0)
                continue;
            InputFile.CheckMemory(source.Path, (long)(count + take) * fields.Length * sizeof(float));
            for (int place = 0; place < fields.Length; place++)
            {
                source.Cancellation.ThrowIfCancellationRequested();
                if (columns[place] is not { } column)
                    continue;
                InputFile.CheckMemory(source.Path, rows * (sizeof(long) + sizeof(int)));
                pages.Check(
                    group.GetMetadata((DataField)fields[place])?.MetaData
                        ?? throw new InvalidDataException($"the column {names[place]} is not in all groups of rows"),
                    rows);
                column.Add(group, from, take, source.Cancellation);
            }

            count += take;
        }

        if (count == 0)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{source.Path}: there are no rows.");
        ReadColumn[] read = [.. columns.Select((column, place) => column?.ToColumn() ?? Unreadable(fields[place], count))];
        int before = source.Options.Skip;
        return new MlpTable(source, read, [])
        {
            RowNames = Array.Find(names, name => name == RowNames),
            PlaceOf = row => $"row {before + row + 1}",
        };
    }

    private static ReadColumn Unreadable(Field field, int count)
    {
        double[] missing = new double[count];
        Array.Fill(missing, double.NaN);
        return new ReadColumn(DataColumn.OfNumbers(field.Name, missing))
        {
            Unreadable = field is DataField { IsArray: false } ? "values of a type that isn't read" : "several values in each row",
        };
    }

    private static T Opened<T>(string path, Func<ParquetReader, ParquetPages, T> read, CancellationToken cancellation) =>
        InputFile.ReadPlain(path, stream =>
        {
            try
            {
                var whole = new EndingStream(stream);
                var pages = new ParquetPages(path, whole);
                pages.CheckMetadata();
                ParquetReader file = ParquetReader.CreateAsync(whole, _options, leaveStreamOpen: true, cancellation).GetAwaiter().GetResult();
                return read(file, pages);
            }
            catch (NotSupportedException failure)
            {
                throw new MlpException(
                    "ParquetUnsupported",
                    MlpErrorKind.InvalidData,
                    $"{path} is a Parquet file with something that isn't read: {failure.Message}",
                    failure);
            }
            catch (Exception failure) when (failure is not (MlpException or OperationCanceledException))
            {
                // The library tells of damage by whatever it meets: indexes out of range, casts, lengths below zero.
                throw new MlpException(
                    "FileCorrupt",
                    MlpErrorKind.InvalidData,
                    $"{path}: the Parquet file is damaged: {failure.Message.Split('\n')[0].TrimEnd('.')}. Fetch or write it again.",
                    failure);
            }
        }, cancellation);

    /// <summary>A stream of which nobody reads bytes behind its end, as the library would without end.</summary>
    private sealed class EndingStream(Stream stream) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => stream.Length;

        public override long Position { get => stream.Position; set => stream.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => stream.Read(buffer);

        public override int ReadByte() => stream.ReadByte() is >= 0 and int next ? next
            : throw new InvalidDataException("its metadata breaks off");

        public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
