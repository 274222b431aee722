using System.Globalization;
using System.Runtime.CompilerServices;
using Sylvan.Data.Csv;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads tables from CSV and its kind.</summary>
internal static class SeparatedReader
{
    private const int LongestLine = 1 << 26;
    private const int ValuesBetweenChecks = 1 << 17;
    private const int FirstYear = 1900;
    private const int LastYear = 2100;

    // 0, 1 may well be two values; 0, 1, 2 hardly.
    private const int FewestCounted = 3;

    // What R calls the column of the names of rows, where it is made one.
    private const string RowNames = "row.names";

    /// <summary>Reads the rows of a text.</summary>
    /// <exception cref="MlpException">The text is no table; the message gives line and column.</exception>
    public static MlpTable Read(RowSource source, TextReader text)
    {
        try
        {
            return ReadTable(source, text);
        }
        catch (CsvRecordTooLargeException failure)
        {
            throw new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{source.Path}, row {failure.RowNumber}: the row has more than {LongestLine} characters; this is no table, or a quote "
                + $"is missing.",
                failure);
        }
        catch (CsvConfigurationException failure)
        {
            throw new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{source.Path}: what it says separates values can't do so{Hint.With(nameof(TableReadOptions.Delimiter))}.",
                failure);
        }
        catch (CsvFormatException failure)
        {
            throw new MlpException(
                "InvalidTable",
                MlpErrorKind.InvalidData,
                $"{source.Path}, row {failure.RowNumber}, column {failure.FieldOrdinal + 1}: {failure.Message}",
                failure);
        }
    }

    private static MlpTable ReadTable(RowSource source, TextReader text)
    {
        TableReadOptions options = source.Options;
        TableStart start = TableStart.Skip(
            source.Path, text, options, InputFile.ExtensionOf(source.Name) == ".tsv" ? '\t' : null);
        var comments = new StrongBox<int>();
        using CsvDataReader rows = Open(start, options, comments);
        if (!rows.Read())
            throw Empty(source, start);
        string[] first = new string[rows.RowFieldCount];
        for (int i = 0; i < first.Length; i++)
            first[i] = rows.GetFieldSpan(i).Trim().ToString();
        if (options.Header is { } all && all.Count != first.Length)
        {
            throw new MlpException(
                "RaggedRow",
                MlpErrorKind.InvalidData,
                $"{source.At(start.Lines + 1)}: there are {Listing.Count(first.Length, "value")}, and names for "
                + $"{Listing.Count(all.Count, "column")}: {Listing.Of([.. all])}. Give a name for each, in their "
                + $"order{Hint.With(nameof(TableReadOptions.Header))}.");
        }

        bool header = options.HasHeader ?? (options.Header is null && AreNames(first));
        string[] names = options.Header is { } given ? [.. given]
            : header ? [.. first.Select((name, i) => name.Length > 0 ? name : Unnamed(first, i))]
            : [.. first.Select((_, i) => Numbered(i))];
        int line = start.Lines + 1;
        string? rowNames = null;
        if (header)
        {
            line += LinesOf(rows);
            if (!rows.Read())
                throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{source.Path}: there are no rows below the header.");

            // As R writes tables, their rows have names and the column of these has none; where the last value is empty, the rows end with
            // a separator too many.
            bool hasRowNames = options.Header is null && rows.RowFieldCount == names.Length + 1 && !rows.GetFieldSpan(names.Length).IsEmpty;
            if (hasRowNames && !names.Contains(RowNames, StringComparer.OrdinalIgnoreCase))
                names = [rowNames = RowNames, .. names];
        }

        TextColumnBuilder[] builders = TextColumns.Builders(source, names, rowNames);
        var values = new Values(rows, start.Delimiter);
        int[] lines = Fill(source, builders, values, line, comments);
        return TextColumns.ToTable(source, builders, new RowFacts(lines, header, start.Lines, start.Delimiter, rowNames));
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

    /// <summary>Adds the rows from the one that has been read.</summary>
    /// <returns>The line of each row.</returns>
    private static int[] Fill(RowSource source, TextColumnBuilder[] builders, Values values, int line, StrongBox<int> comments)
    {
        var lines = new List<int>();
        (RowBatch batch, RowBatch other) = (new RowBatch(builders.Length), new RowBatch(builders.Length));
        Task taking = Task.CompletedTask;
        try
        {
            while (Split(source, batch, values, lines, ref line, comments))
            {
                taking.GetAwaiter().GetResult();
                taking = batch.MoveLaterTo(builders);
                (batch, other) = (other, batch);
            }
        }
        finally
        {
            taking.GetAwaiter().GetResult();
        }

        batch.MoveTo(builders);
        return [.. lines];
    }

    /// <summary>Splits rows from the one that has been read, until there are no more, or enough for now.</summary>
    /// <returns>Whether there are more.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Split(
        RowSource source, RowBatch batch, Values values, List<int> lines, ref int line, StrongBox<int> comments)
    {
        TableReadOptions options = source.Options;
        CsvDataReader rows = values.Reader;
        int columns = batch.Columns, uncounted = 0;
        do
        {
            int fields = rows.RowFieldCount;
            bool blank = fields <= 1 && columns > 1 && (fields == 0 || rows.GetFieldSpan(0).IsWhiteSpace());
            if (!blank && fields != columns)
                throw Ragged(source, line + comments.Value, fields, columns, values.Delimiter);
            if (!blank && values.Seen++ >= options.Skip)
            {
                values.BeginRow();
                for (int i = 0; i < columns; i++)
                    batch.Add(values.Next(i));
                lines.Add(line + comments.Value);
                uncounted += columns;
                if (uncounted >= ValuesBetweenChecks)
                {
                    uncounted = 0;
                    source.Check((long)lines.Count * columns);
                }
            }

            line += LinesOf(rows);
            if (lines.Count >= options.First || !rows.Read())
                return false;
        }
        while (!batch.IsFull);
        source.Check((long)lines.Count * columns);
        return true;
    }

    private static MlpException Empty(RowSource source, TableStart start)
    {
        MlpMessage what = "the file is empty.";
        if (source.Options.SkipLines > 0 && start.Lines > 0)
        {
            what = $"nothing is left of its {Listing.Count(start.Lines, "line")} after those that are skipped: skip "
                + $"fewer{Hint.With(nameof(TableReadOptions.SkipLines))}.";
        }

        return new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{source.Path}: {what}");
    }

    private static MlpException Ragged(RowSource source, int line, int fields, int columns, char delimiter)
    {
        MlpMessage advice;
        if (columns == 1)
        {
            advice = $"Where lines before the table are none of it, leave them out{Hint.With(nameof(TableReadOptions.SkipLines))}.";
        }
        else if (fields > columns)
        {
            advice = $"A value that holds the separator '{delimiter}' needs quotes around it; where something else separates values, say "
                + $"what{Hint.With(nameof(TableReadOptions.Delimiter))}.";
        }
        else
        {
            advice = $"Fill in what is missing, or leave its place empty; where it is no row, say what such lines begin "
                + $"with{Hint.With(nameof(TableReadOptions.Comment))}.";
        }

        return new MlpException(
            "RaggedRow",
            MlpErrorKind.InvalidData,
            $"{source.At(line)}, column {Math.Min(fields, columns) + 1}: the row has {fields} values, and there are {columns} columns. "
            + $"{advice}");
    }

    private static CsvDataReader Open(TableStart start, TableReadOptions options, StrongBox<int> comments) =>
        CsvDataReader.Create(start.Rows, new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = start.Delimiter,
            Quote = '"',
            Escape = '"',
            Comment = options.Comment ?? '\0',
            CommentHandler = (Action<string>)(_ => comments.Value++),
            BufferSize = 1 << 16,
            MaxBufferSize = LongestLine,

            // Blanks after a closing quote are no part of the value.
            CsvStyle = CsvStyle.Lax,
        });

    /// <summary>The lines that a row takes: more than one where a quoted value goes over their end.</summary>
    private static int LinesOf(CsvDataReader rows) => 1 + rows.GetRawRecordSpan().TrimEnd("\r\n").Count('\n');

    /// <summary>What a column without a name is called: by its number, unless another one has that for a name.</summary>
    private static string Unnamed(string[] names, int column) =>
        names.Contains(Numbered(column)) ? $"Column {column + 1}" : Numbered(column);

    private static string Numbered(int column) => (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The values of rows, without the blanks around them, but for those within quotes.</summary>
    private sealed class Values(CsvDataReader rows, char delimiter)
    {
        private int _field;
        private int _place;

        public CsvDataReader Reader => rows;

        /// <summary>Rows so far, those that are left out included.</summary>
        public int Seen { get; set; }

        public char Delimiter => delimiter;

        /// <summary>Begins with the row that has been read.</summary>
        public void BeginRow() => (_field, _place) = (0, 0);

        /// <summary>A value behind the last.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ReadOnlySpan<char> Next(int field)
        {
            ReadOnlySpan<char> value = rows.GetFieldSpan(field);
            bool hasBlanks = value.Length > 0 && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]));
            return hasBlanks ? WithoutBlanks(field, value) : value;
        }

        private ReadOnlySpan<char> WithoutBlanks(int field, ReadOnlySpan<char> value)
        {
            ReadOnlySpan<char> row = rows.GetRawRecordSpan().TrimEnd("\r\n");
            while (_field < field)
            {
                _place = End(row) + 1;
                _field++;
            }

            if (_place >= row.Length || row[_place] != '"')
                return value.Trim();
            ReadOnlySpan<char> raw = row[_place..End(row)];
            return value[..^Math.Min(value.Length, raw.Length - raw.TrimEnd().Length)];
        }

        /// <summary>Where the value ends that begins at the place.</summary>
        private int End(ReadOnlySpan<char> row)
        {
            bool quoted = false;
            int end = _place;
            for (; end < row.Length && (quoted || row[end] != delimiter); end++)
                quoted ^= row[end] == '"' && (quoted || end == _place || row[_place] == '"');
            return end;
        }
    }
}
