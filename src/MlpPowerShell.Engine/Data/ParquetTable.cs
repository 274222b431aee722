using ZstdSharp;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads tables from Parquet files: typed columns in groups of rows.</summary>
internal static class ParquetTable
{
    // What pandas calls the names of rows, where they have no name.
    private const string RowNames = "__index_level_0__";

    private const int RowsAtATime = 1 << 20;

    /// <summary>Whether a file begins as such a file does.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    /// <summary>The names of the columns, of which no values are read.</summary>
    /// <exception cref="MlpException">The file is not there, or damaged.</exception>
    public static IReadOnlyList<string> NamesOf(string path, CancellationToken cancellation) =>
        Opened(path, (file, _) => ColumnsOf(file).Select(column => column.Name).ToArray(), cancellation);

    /// <summary>Reads the rows of a file.</summary>
    /// <exception cref="MlpException">The file is not there, damaged, or has what isn't read.</exception>
    public static MlpTable Read(RowSource source) => Opened(source.Path, (file, pages) => Read(source, file, pages), source.Cancellation);

    private static MlpTable Read(RowSource source, ParquetMetadata file, ParquetPages pages)
    {
        ParquetElement[] elements = [.. ColumnsOf(file)];
        string[] names = Array.ConvertAll(elements, element => element.Name);
        MlpTable.CheckNames(source.Path, names);
        ParquetColumn?[] columns = Array.ConvertAll(elements, ParquetColumn.Of);
        string?[] odd = Array.ConvertAll(elements, element => OddityOf(source, element));
        if (file.Groups.Sum(group => group.Rows) != file.Rows)
            throw new InvalidDataException($"it says that it has {file.Rows} rows, and its groups have others");
        long skip = source.Options.Skip, left = source.Options.First;
        int count = 0;
        foreach (ParquetGroup group in file.Groups)
        {
            if (group.Rows is < 0 or > int.MaxValue)
                throw new InvalidDataException($"a group has {group.Rows} rows");
            int rows = (int)group.Rows, from = (int)Math.Min(skip, rows), take = (int)Math.Min(left, rows - from);
            (skip, left, count) = (skip - from, left - take, checked(count + take));
            if (take == 0)
                continue;
            InputFile.CheckMemory(
                source.Path, ((long)count * odd.Count(what => what is null) * sizeof(float)) + ((long)rows * 2 * sizeof(long)));
            ILookup<string, ParquetChunk> chunks = group.Chunks.ToLookup(chunk => chunk.Path is [var only] ? only : string.Empty);
            for (int place = 0; place < elements.Length; place++)
            {
                if (columns[place] is not { } column || odd[place] is not null)
                    continue;
                try
                {
                    var values = ParquetValues.Read(pages, ChunkOf(chunks, names[place]), elements[place], rows, from + take);
                    for (int start = from; start < from + take; start += RowsAtATime)
                    {
                        source.Cancellation.ThrowIfCancellationRequested();
                        column.Add(values, start, Math.Min(RowsAtATime, from + take - start));
                    }
                }
                catch (NotSupportedException failure)
                {
                    odd[place] = failure.Message;
                }
            }
        }

        if (count == 0)
            throw RowSource.NoRows(source.Path, source.Options);
        ReadColumn[] read = [.. columns.Select((column, place) =>
            column is null || odd[place] is not null ? Unreadable(names[place], count, odd[place]) : column.ToColumn())];
        int before = source.Options.Skip;
        return new MlpTable(source, read, [])
        {
            RowNames = Array.Find(names, name => name == RowNames),
            PlaceOf = row => $"row {before + row + 1}",
        };
    }

    /// <summary>What stands right below the root of the schema, which lists each element before those that it consists of.</summary>
    private static IEnumerable<ParquetElement> ColumnsOf(ParquetMetadata file)
    {
        for (int place = 1; place < file.Schema.Count;)
        {
            yield return file.Schema[place];
            for (long left = 1; left > 0; left--, place++)
                left += place < file.Schema.Count ? file.Schema[place].Children : throw new InvalidDataException("its schema breaks off");
        }
    }

    private static ParquetChunk ChunkOf(ILookup<string, ParquetChunk> chunks, string name) => chunks[name].FirstOrDefault() switch
    {
        null => throw new InvalidDataException($"the column {name} is not in all groups of rows, or encrypted"),
        { IsElsewhere: true } => throw new NotSupportedException("values that are in a file of their own"),
        { } chunk => chunk,
    };

    /// <summary>Why nothing is read of a column; null where it is.</summary>
    private static string? OddityOf(RowSource source, ParquetElement element) =>
        element.Children > 0 || element.IsRepeated ? "lists or structures"
            : element.Name != RowNames && source.Options.IsLeftOut?.Invoke(element.Name) == true ? "what was left out when it was read"
            : null;

    private static ReadColumn Unreadable(string name, int count, string? what)
    {
        double[] missing = new double[count];
        Array.Fill(missing, double.NaN);
        return new ReadColumn(DataColumn.OfNumbers(name, missing)) { Unreadable = what ?? "values of a type that isn't read" };
    }

    private static T Opened<T>(string path, Func<ParquetMetadata, ParquetPages, T> read, CancellationToken cancellation) =>
        InputFile.ReadPlain(path, stream =>
        {
            try
            {
                var pages = new ParquetPages(path, stream);
                return read(pages.ReadMetadata(), pages);
            }
            catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or OverflowException or ZstdException)
            {
                throw new MlpException(
                    "FileCorrupt",
                    MlpErrorKind.InvalidData,
                    $"{path}: the Parquet file is damaged: {failure.Message.Split('\n')[0].TrimEnd('.')}. Fetch or write it again.",
                    failure);
            }
        }, cancellation);
}
