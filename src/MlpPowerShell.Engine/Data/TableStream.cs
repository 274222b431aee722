namespace MlpPowerShell.Engine.Data;

/// <summary>Rows that stay in their file of separated values, which must not be compressed.</summary>
internal sealed class TableStream : DatasetStream
{
    private readonly string _path;
    private readonly TableReadOptions _options;
    private readonly TableIndex _index;
    private readonly StreamSchema _schema;
    private readonly StreamCache _cache;

    private TableStream(
        FileStamp file, TableReadOptions options, TableIndex index, StreamSchema schema, long memoryLimit, StreamCache cache)
        : base([file], index.Count, BytesPerRow(file.Path, index), memoryLimit)
    {
        _path = file.Path;
        _options = options;
        _index = index;
        _schema = schema;
        _cache = cache;
    }

    public override StreamCache Cache => _cache;

    /// <summary>
    /// Opens a file as a data set. All its rows are read once, within the limit, to know what its columns are and come to; and kept as
    /// what they are in a cache, where there is room for one.
    /// </summary>
    /// <exception cref="MlpException">
    /// The file is compressed, no table, or what <see cref="MlpTable.ToDataset(TableOptions)"/> throws.
    /// </exception>
    public static MlpDataset Open(
        string path, TableReadOptions readOptions, TableOptions tableOptions, StreamOptions streamOptions, CancellationToken cancellation)
    {
        long memoryLimit = streamOptions.MemoryLimit;
        var file = FileStamp.Of(path);
        TableIndex index = TableIndex.Of(path, readOptions, cancellation);
        TableReadOptions options = readOptions with
        {
            Skip = index.HasHeader ? 0 : 1,
            First = int.MaxValue,
            SkipLines = 0,
            Delimiter = index.Delimiter,
        };
        int blocks = (int)Math.Clamp(memoryLimit / (4 * BytesPerRow(path, index) * BlockRows), 1, index.Offsets.Length - 1);
        var plain = new HashSet<string>();
        var cache = new StreamCache(streamOptions.CacheFolder, file.Length);
        while (true)
        {
            cache.Clear();
            var schema = new StreamSchema(path, tableOptions);
            for (int from = 0; from < index.Offsets.Length - 1; from += blocks)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] part = [.. Enumerable.Range(from, Math.Min(blocks, index.Offsets.Length - 1 - from))];
                cache.Add(schema.Add(ReadTable(path, options, index, part)));
                if (schema.TextBytes > memoryLimit / 2)
                {
                    throw new MlpException(
                        "MemoryLimitTooLow",
                        MlpErrorKind.InvalidArgument,
                        $"{path}: the different texts of its columns alone take {SizeText(schema.TextBytes)}, more than half of the "
                        + $"memory limit of {SizeText(memoryLimit)}. Leave columns of texts that hardly recur out, or raise the limit.");
                }
            }

            // What later rows tell holds for earlier ones too: from the start, then.
            TextConventions found = options.Conventions.With(
                schema.Found.Select(column => (column.Column, column.Found with { TakesPlain = false })));
            if (found != options.Conventions)
            {
                plain.UnionWith(schema.Found.Where(column => column.Found.TakesPlain).Select(column => column.Column));
                options = options with { Conventions = found };
                continue;
            }

            schema.CheckValues();
            if (schema.TurnedToTexts is { Count: > 0 } texts)
            {
                Func<string, ColumnKind?>? before = options.KindOf;
                options = options with { KindOf = name => texts.Contains(name) ? ColumnKind.Category : before?.Invoke(name) };
                continue;
            }

            schema.Settle();
            schema.Conventions = options.Conventions.TakingPlain(plain);
            var stream = new TableStream(file, options, index, schema, memoryLimit, cache);
            return MlpDataset.Streamed(stream, stream.Read([0]), index.Count, schema.Features, schema.Labels);
        }
    }

    protected override MlpDataset Read(ReadOnlySpan<int> blocks)
    {
        if (_cache.Read(blocks) is { } columns)
        {
            int[] own = blocks.ToArray();
            return _schema.ToDataset(
                InputFile.NameOf(_path), name => Array.Find(columns, column => column.Name == name)!, row => PlaceOf(own, row));
        }

        MlpTable table = ReadTable(_path, _options, _index, blocks);
        return _schema.ToDataset(table.ShortName, name => table.ColumnAt(table.Find(name)), table.PlaceOf);
    }

    /// <summary>Where a row of some blocks is in the file, for messages: those alone have a use for its line.</summary>
    private string PlaceOf(int[] blocks, int row)
    {
        foreach (int block in blocks)
        {
            if (row < RowsOf(block))
                return ReadTable(_path, _options, _index, [block]).PlaceOf(row);
            row -= RowsOf(block);
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }

    // The text of a chunk, its columns, and what a network takes of them.
    private static double BytesPerRow(string path, TableIndex index) =>
        ((double)new FileInfo(path).Length / index.Count) + (index.Columns * (sizeof(double) + sizeof(float)));

    /// <summary>The line of the file on which a line of some blocks stands that follow its first row.</summary>
    private static Func<int, int> LineOf(TableIndex index, int[] blocks)
    {
        int head = index.FirstRow.AsSpan().TrimEnd("\r\n"u8).Count((byte)'\n') + 1;
        return line =>
        {
            int left = line - head - 1;
            if (left < 0)
                return index.FirstLine + line - 1;
            foreach (int block in blocks)
            {
                int lines = index.Lines[block + 1] - index.Lines[block];
                if (left < lines || block == blocks[^1])
                    return index.Lines[block] + left;
                left -= lines;
            }

            return line;
        };
    }

    private static MlpTable ReadTable(string path, TableReadOptions options, TableIndex index, ReadOnlySpan<int> blocks)
    {
        // As a file of the first row and these blocks alone.
        int[] rows = [.. blocks.ToArray()
            .SelectMany(block => Enumerable.Range(block * BlockRows, Math.Min(BlockRows, index.Count - (block * BlockRows))))];
        var content = new MemoryStream();
        content.Write(index.FirstRow);
        if (index.FirstRow is [.., not ((byte)'\n' or (byte)'\r')])
            content.WriteByte((byte)'\n');
        using (FileStream file = File.OpenRead(path))
        {
            foreach (int block in blocks)
            {
                byte[] bytes = new byte[index.Offsets[block + 1] - index.Offsets[block]];
                file.Position = index.Offsets[block];
                file.ReadExactly(bytes);
                content.Write(bytes);
                if (bytes is [.., not ((byte)'\n' or (byte)'\r')])
                    content.WriteByte((byte)'\n');
            }
        }

        byte[] part = content.ToArray();
        MlpTable table = TableReader.ReadPart(
            path,
            () => new StreamReader(new MemoryStream(part), TextEncodings.Of(options)),
            options,
            LineOf(index, blocks.ToArray()));
        return table.Count == rows.Length
            ? table
            : throw new MlpException(
                "NotStreamable",
                MlpErrorKind.InvalidData,
                $"{path}: some rows after row {rows[0] + 1} do not end where their line does; look for quotes that nothing closes, or "
                + $"read the file whole{Hint.Without(nameof(MlpDataset.IsStreamed))}.");
    }
}
