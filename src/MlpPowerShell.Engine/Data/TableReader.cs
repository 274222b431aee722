using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads tables from files of text: CSV and its kind, ARFF.</summary>
public static class TableReader
{
    /// <summary>Reads a table from a file, gzipped, alone in a zip archive, or plain.</summary>
    /// <exception cref="MlpException">The file is not there, or not what it seems to be; the message gives line and column.</exception>
    public static MlpTable Read(string path, TableReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        return Repeated(hints => InputFile.ReadText(
            path,
            (content, name) =>
            {
                TextEncodings.CheckIsText(path, content.Head);
                Encoding encoding = TextEncodings.Of(path, options, content.Head);
                using var text = new StreamReader(content, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
                var source = new RowSource(path, name, options, cancellation) { Hints = hints };
                return Decoded(source, () => InputFile.ExtensionOf(name) == ".arff"
                    ? ArffReader.Read(source, text)
                    : SeparatedReader.Read(source, text));
            },
            cancellation));
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
        if (InputFile.ExtensionOf(path) is ".arff")
            throw new MlpException("NotStreamable", MlpErrorKind.InvalidData, $"{path}: ARFF can't be streamed; CSV and IDX can.");
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
