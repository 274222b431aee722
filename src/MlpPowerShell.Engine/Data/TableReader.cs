using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Sylvan.Data.Csv;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads tables from CSV and its kind, and from ARFF.</summary>
public static class TableReader
{
    private const int LongestLine = 1 << 26;
    private const int RowsBetweenChecks = 1024;
    private const int FirstYear = 1900;
    private const int LastYear = 2100;

    // 0, 1 may well be two values; 0, 1, 2 hardly.
    private const int FewestCounted = 3;

    // Numbers that wait to be packed: all columns' fit the second-level cache, and blocks are not too small to be worth it.
    private const int CellsOfBlock = 1 << 17;
    private const int FewestRowsOfBlock = 256;
    private const int MostRowsOfBlock = 1 << 14;

    /// <summary>Reads a table from a file, gzipped or not: ARFF where its name ends so, else separated values.</summary>
    /// <exception cref="MlpException">The file is not there, or not what its name says; the message gives line and column.</exception>
    public static MlpTable Read(string path, TableReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var source = new Source(path, options, cancellation);
        return WithTexts(asTexts => InputFile.Read(path, stream =>
        {
            TextEncodings.CheckIsText(path, stream);
            using var text = new StreamReader(
                stream, TextEncodings.Of(options), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            return Guarded(
                path,
                options,
                () => InputFile.ExtensionOf(path) == ".arff"
                    ? ReadArff(source, text, asTexts)
                    : ReadSeparated(source, text, null, asTexts));
        }));
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
    /// <param name="placeOf">Tells where a row of the part is in the file.</param>
    internal static MlpTable ReadPart(string path, Func<TextReader> open, TableReadOptions options, Func<int, string> placeOf) =>
        WithTexts(asTexts =>
    {
        using TextReader text = open();
        return Guarded(path, options, () => ReadSeparated(new Source(path, options, CancellationToken.None), text, placeOf, asTexts));
    });

    /// <summary>
    /// Reads a table, and once more where some of its columns turn out to be texts after some rows that looked otherwise.
    /// </summary>
    private static MlpTable WithTexts(Func<IReadOnlySet<int>, MlpTable> read)
    {
        var asTexts = new HashSet<int>();
        while (true)
        {
            MlpTable table = read(asTexts);
            int[] turned = [.. table.ColumnsToReadAsTexts.Except(asTexts)];
            if (turned.Length == 0)
                return table;
            asTexts.UnionWith(turned);
        }
    }

    private static MlpTable Guarded(string path, TableReadOptions options, Func<MlpTable> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw TextEncodings.Wrong(path, options);
        }
        catch (CsvRecordTooLargeException failure)
        {
            throw new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{path}, row {failure.RowNumber}: the row has more than {LongestLine} characters; this is no table, or a quote is "
                + $"missing.",
                failure);
        }
        catch (CsvFormatException failure)
        {
            throw new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{path}, row {failure.RowNumber}, column {failure.FieldOrdinal + 1}: {failure.Message}",
                failure);
        }
    }

    private static MlpTable ReadSeparated(
        Source source, TextReader text, Func<int, string>? placeOf, IReadOnlySet<int> asTexts)
    {
        (string path, TableReadOptions options, _) = source;
        TableStart start = TableStart.Skip(path, text, options);
        char? delimiter = options.Delimiter ?? start.Delimiter ?? (InputFile.ExtensionOf(path) == ".tsv" ? '\t' : null);
        using CsvDataReader rows = Open(source, start.Rows, delimiter, '"', options.Comment ?? '\0');
        if (!rows.Read())
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{path}: the file is empty.");
        string[] first = new string[rows.RowFieldCount];
        for (int i = 0; i < first.Length; i++)
            first[i] = rows.GetFieldSpan(i).Trim().ToString();
        bool header = options.HasHeader ?? (options.Header is null && AreNames(first));
        string[] names = options.Header is { } given ? [.. given]
            : header ? [.. first.Select((name, i) => name.Length > 0 ? name : Unnamed(first, i))]
            : [.. first.Select((_, i) => Numbered(i))];
        int line = start.Lines + 1;
        if (header)
        {
            line += LinesOf(rows);
            if (!rows.Read())
                throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{path}: there are no rows below the header.");
        }

        MlpTable table = ToTable(source, names, rows, line, asTexts, []);
        return new MlpTable(table, header, placeOf) { LinesBefore = start.Lines, Delimiter = delimiter };
    }

    /// <summary>
    /// Whether a first row holds names: something that is no number, one year after another, or numbers from 0 as pandas gives columns,
    /// behind an empty name of its index or not.
    /// </summary>
    private static bool AreNames(string[] first)
    {
        bool areNumbers = first.All(value => Cell.Parse(
            value, out _, out _) is CellKind.Whole or CellKind.Number or CellKind.LongWhole or CellKind.HugeWhole or CellKind.Missing);
        if (!areNumbers)
            return true;
        string[] named = first[0].Length == 0 ? first[1..] : first;
        bool count = named.Length > 0
            && int.TryParse(named[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            && named.Select((value, i) => value == (from + i).ToString(CultureInfo.InvariantCulture)).All(isNext => isNext)
            && (from is 0 or (>= FirstYear and < LastYear));
        return count && named.Length >= (named.Length < first.Length ? 1 : named[0] == "0" ? FewestCounted : 2);
    }

    /// <summary>ARFF (Attribute-Relation File Format): a header that declares each column, and rows of comma-separated values.</summary>
    private static MlpTable ReadArff(
        Source source, TextReader text, IReadOnlySet<int> asTexts)
    {
        string path = source.Path;
        var names = new List<string>();
        var nominal = new HashSet<string>();
        int line = 0;
        while (true)
        {
            string declaration = (ReadLine(path, text) ?? throw Invalid("the file ends before @data")).Trim();
            line++;
            if (declaration.StartsWith("@data", StringComparison.OrdinalIgnoreCase))
                break;
            if (!declaration.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase))
                continue;
            (string name, string type) = NameAndType(declaration["@attribute".Length..].Trim());
            if (name.Length == 0 || type.Length == 0)
                throw Invalid("@attribute needs a name and a type");
            names.Add(name);
            if (type[0] == '{' || type.StartsWith("string", StringComparison.OrdinalIgnoreCase))
                nominal.Add(name);
        }

        if (names.Count == 0)
            throw Invalid("no @attribute comes before @data");
        using CsvDataReader rows = Open(source, text, ',', '\'', '%');
        if (!rows.Read())
            return new MlpTable(path, names);
        if (rows.GetFieldSpan(0).TrimStart().StartsWith("{"))
        {
            throw new MlpException(
                "SparseArff",
                MlpErrorKind.InvalidData,
                $"{path}, line {line + 1 + source.Comments}: the rows are sparse ({{index value, …}}), which is not read; write them "
                + $"out in full.");
        }

        return ToTable(source, [.. names], rows, line + 1, asTexts, nominal);

        MlpException Invalid(string what) => new("InvalidArff", MlpErrorKind.InvalidData, $"{path}, line {line}: {what}.");
    }

    /// <summary>Makes a table of the rows from the one that has been read.</summary>
    private static MlpTable ToTable(
        Source source, string[] names, CsvDataReader rows, int line, IReadOnlySet<int> asTexts, HashSet<string> nominal)
    {
        (string path, TableReadOptions options, _) = source;
        MlpTable.CheckNames(path, names);
        Dictionary<string, ColumnKind> kinds =
            names.Where(name => nominal.Contains(name)).ToDictionary(name => name, _ => ColumnKind.Category);
        foreach (string name in names)
        {
            if (options.KindOf?.Invoke(name) is { } kind)
                kinds[name] = kind;
        }

        int blockRows = Math.Clamp(CellsOfBlock / names.Length, FewestRowsOfBlock, MostRowsOfBlock);
        TextFormats? formats = TextFormats.Of(options.Conventions);
        TextColumnBuilder[] builders =
            [.. names.Select((name, i) => new TextColumnBuilder(
                name, blockRows, asTexts.Contains(i) || IsCategory(name), IsCategory(name), formats))];
        int[] lines = Fill(source, builders, rows, line);
        return new MlpTable(
            path,
            Array.ConvertAll(builders, builder => builder.ToColumn()),
            name => kinds.TryGetValue(name, out ColumnKind kind) ? kind : null)
        {
            ShortName = InputFile.NameOf(path),
            Source = new TableSource(Path.GetFullPath(path), options, kinds),
            PlaceOf = row => $"line {lines[row]}",
            Nominal = nominal,
            Conventions = options.Conventions,
        };

        bool IsCategory(string name) => kinds.TryGetValue(name, out ColumnKind kind) && kind == ColumnKind.Category;
    }

    /// <summary>Adds the rows from the one that has been read; each field is parsed where it stands.</summary>
    /// <returns>The line of each row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Fill(
        Source source, TextColumnBuilder[] builders, CsvDataReader rows, int line)
    {
        (string path, TableReadOptions options, CancellationToken cancellation) = source;
        int columns = builders.Length;
        int seen = 0;
        var lines = new List<int>();
        do
        {
            int fields = rows.RowFieldCount;
            bool blank = fields <= 1 && columns > 1 && (fields == 0 || rows.GetFieldSpan(0).IsWhiteSpace());
            if (!blank && fields != columns)
            {
                MlpMessage advice = string.Empty;
                if (columns == 1)
                    advice = $" Where lines before the table are none of it, leave them out{Hint.With(nameof(options.SkipLines))}.";
                throw new MlpException(
                    "RaggedRow",
                    MlpErrorKind.InvalidData,
                    $"{path}, line {line + source.Comments}, column {Math.Min(fields, columns) + 1}: the row has {fields} values, and "
                    + $"there are {columns} columns.{advice}");
            }

            if (!blank && seen++ >= options.Skip)
            {
                for (int i = 0; i < builders.Length; i++)
                    builders[i].Add(rows.GetFieldSpan(i));
                lines.Add(line + source.Comments);
                if (lines.Count % RowsBetweenChecks == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    InputFile.CheckMemory(path, (long)lines.Count * columns * sizeof(float));
                }
            }

            line += LinesOf(rows);
        }
        while (lines.Count < options.First && rows.Read());
        return [.. lines];
    }

    private static CsvDataReader Open(Source source, TextReader text, char? delimiter, char quote, char comment) =>
        CsvDataReader.Create(text, new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = delimiter,
            Quote = quote,
            Escape = quote,
            Comment = comment,
            CommentHandler = (Action<string>)(_ => source.Comments++),
            BufferSize = 1 << 16,
            MaxBufferSize = LongestLine,

            // Blanks after a closing quote are no part of the value.
            CsvStyle = CsvStyle.Lax,
        });

    /// <summary>The lines that a row takes: more than one where a quoted value goes over their end.</summary>
    private static int LinesOf(CsvDataReader rows) => 1 + rows.GetRawRecordSpan().TrimEnd("\r\n").Count('\n');

    internal static string? ReadLine(string path, TextReader text)
    {
        // A line without end would fill the memory.
        var line = new System.Text.StringBuilder();
        for (int c = text.Read(); c >= 0; c = text.Read())
        {
            if (c == '\n')
                return line.ToString();
            if (line.Length >= LongestLine)
                throw new MlpException("InvalidTable", MlpErrorKind.InvalidData, $"{path}: a line has more than {LongestLine} characters.");
            line.Append((char)c);
        }

        return line.Length > 0 ? line.ToString() : null;
    }

    private static (string Name, string Type) NameAndType(string declaration)
    {
        if (declaration.Length == 0)
            return (string.Empty, string.Empty);
        char quote = declaration[0];
        if (quote is '\'' or '"')
        {
            int close = declaration.IndexOf(quote, 1);
            return close < 0 ? (string.Empty, string.Empty) : (declaration[1..close], declaration[(close + 1)..].Trim());
        }

        int end = declaration.IndexOfAny([' ', '\t', '{']);
        return end < 0 ? (declaration, string.Empty) : (declaration[..end], declaration[end..].Trim());
    }

    /// <summary>What a column without a name is called: by its number, unless another one has that for a name.</summary>
    private static string Unnamed(string[] names, int column) =>
        names.Contains(Numbered(column)) ? $"Column {column + 1}" : Numbered(column);

    private static string Numbered(int column) => (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>A file on its way into a table.</summary>
    private sealed record Source(string Path, TableReadOptions Options, CancellationToken Cancellation)
    {
        /// <summary>Lines that were comments, so far.</summary>
        public int Comments { get; set; }
    }
}
