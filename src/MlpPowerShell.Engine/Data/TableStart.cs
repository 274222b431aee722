namespace MlpPowerShell.Engine.Data;

/// <summary>The text of a table from its first row on, and what stood before that.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Lines">Lines before them.</param>
/// <param name="Delimiter">What separates their values, as a line sep=; says, or null.</param>
internal sealed record TableStart(TextReader Rows, int Lines, char? Delimiter)
{
    /// <summary>
    /// Reads past the lines that are no rows: those to skip, blank ones, comments, and what other programs write for each other.
    /// </summary>
    public static TableStart Skip(string path, TextReader text, TableReadOptions options)
    {
        char? delimiter = null;
        for (int lines = 0; ; lines++)
        {
            if (TableReader.ReadLine(path, text) is not { } line)
                return new TableStart(TextReader.Null, lines, delimiter);
            if (lines < options.SkipLines || string.IsNullOrWhiteSpace(line) || (options.Comment is { } mark && line.StartsWith(mark)))
                continue;
            if (Separator(line) is { } separator)
                delimiter = separator;
            else if (!line.StartsWith("#TYPE ", StringComparison.Ordinal))
                return new TableStart(new Continued(line + "\n", text), lines, delimiter);
        }
    }

    /// <summary>What a line such as sep=; of a spreadsheet says.</summary>
    private static char? Separator(string line)
    {
        ReadOnlySpan<char> rest = line.AsSpan().TrimEnd("\r\n");
        return rest.Length == "sep=".Length + 1 && rest.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) ? rest[^1] : null;
    }

    /// <summary>A text and what follows it.</summary>
    private sealed class Continued(string start, TextReader rest) : TextReader
    {
        private int _read;

        public override int Peek() => _read < start.Length ? start[_read] : rest.Peek();

        public override int Read() => _read < start.Length ? start[_read++] : rest.Read();

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            int count = Math.Min(buffer.Length, start.Length - _read);
            if (count == 0)
                return rest.Read(buffer);
            start.AsSpan(_read, count).CopyTo(buffer);
            _read += count;
            return count;
        }
    }
}
