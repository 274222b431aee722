using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Reads tables from files of text: CSV and its kind, ARFF, lines of JSON, and what LIBSVM and SVMlight take; and from Parquet files.
/// </summary>
public static class TableReader
{
    /// <summary>Reads a table from a file, gzipped, alone in a zip archive, or plain.</summary>
    /// <exception cref="MlpException">The file is not there, or not what it seems to be; the message gives line and column.</exception>
    public static MlpTable Read(string path, TableReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        if (IsParquet(path))
            return ParquetTable.Read(new RowSource(path, path, options, cancellation) { Hints = new ColumnHints() });
        return Repeated(hints => InputFile.ReadText(
            path,
            (content, name) =>
            {
                TextEncodings.CheckIsText(path, content.Head);
                Encoding encoding = TextEncodings.Of(path, options, content.Head);
                using var text = new StreamReader(
                    content, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
                var source = new RowSource(path, name, options, cancellation) { Hints = hints };
                DatasetFormat format = DatasetFormats.Of(name, content.Head);
                return Decoded(source, () => format switch
                {
                    DatasetFormat.Arff => ArffReader.Read(source, text),
                    DatasetFormat.JsonLines => JsonLinesReader.Read(source, text),
                    DatasetFormat.Svmlight => SvmlightReader.Read(source, text),
                    DatasetFormat.Table or DatasetFormat.Numpy or DatasetFormat.Parquet => SeparatedReader.Read(source, text),
                });
            },
            cancellation));
    }

    /// <summary>The names of the columns of a file, of which as few rows are read as tell them.</summary>
    /// <exception cref="MlpException">The file is not there, or no table.</exception>
    public static IReadOnlyList<string> NamesOf(string path, TableReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        if (IsParquet(path))
            return ParquetTable.NamesOf(path, cancellation);

        // Where rows name their columns themselves, only all of them tell which there are.
        bool areNamedFirst = DatasetFormats.Of(path) is DatasetFormat.Table or DatasetFormat.Arff;
        return Read(path, areNamedFirst ? options with { First = 1, Skip = 0 } : options, cancellation).ColumnNames;
    }

    /// <summary>Reads a table from several files, whose rows follow each other in their order.</summary>
    /// <param name="paths">The files, at least one; all have the same columns, in any order.</param>
    /// <param name="options">How each is read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">A file is not there, no table, or has other columns than the first.</exception>
    public static MlpTable Read(IReadOnlyList<string> paths, TableReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths.Count == 1 ? Read(paths[0], options, cancellation) : TableFiles.Read(paths, options, cancellation);
    }

    /// <summary>Opens a file of separated values as a data set whose rows stay there; it must not be compressed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read; it is streamed whole.</param>
    /// <param name="tableOptions">Which columns mean what.</param>
    /// <param name="memoryLimit">The bytes that rows may take in memory at a time.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">The file is not there, compressed, or not what its name says.</exception>
    public static MlpDataset OpenStream(
        string path, TableReadOptions options, TableOptions tableOptions, long memoryLimit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tableOptions);
        if (DatasetFormats.Of(path) is var format and not DatasetFormat.Table)
        {
            throw new MlpException(
                "NotStreamable",
                MlpErrorKind.InvalidData,
                $"{path}: the format {format} can't be streamed; CSV and IDX can. Read it "
                + $"whole{Hint.Without(nameof(MlpDataset.IsStreamed))}.");
        }

        return TableStream.Open(path, options, tableOptions, memoryLimit, cancellation);
    }

    /// <summary>Reads a table from a part of a file of separated values, which starts with the file's first row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens the part.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="lineOf">The line of the file on which a line of the part stands.</param>
    internal static MlpTable ReadPart(string path, Func<TextReader> open, TableReadOptions options, Func<int, int> lineOf) =>
        Repeated(hints =>
        {
            using TextReader text = open();
            var source = new RowSource(path, path, options, CancellationToken.None) { Hints = hints, LineOf = lineOf };
            return Decoded(source, () => SeparatedReader.Read(source, text));
        });

    private static bool IsParquet(string path) => File.Exists(path) && InputFile.ReadPlain(path, file =>
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        return ParquetTable.Begins(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    });

    /// <summary>Reads a table, and once more where some of its columns turn out to be written otherwise than they seemed.</summary>
    private static MlpTable Repeated(Func<ColumnHints, MlpTable> read)
    {
        var hints = new ColumnHints();
        while (true)
        {
            MlpTable table = read(hints);
            if (!hints.Learn(table))
                return table;
        }
    }

    private static MlpTable Decoded(RowSource source, Func<MlpTable> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw TextEncodings.Wrong(source.Path, source.Options);
        }
    }
}
