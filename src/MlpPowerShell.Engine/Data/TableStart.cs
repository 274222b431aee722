namespace MlpPowerShell.Engine.Data;

/// <summary>The text of a table from its first row on, and what stood before that.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Lines">Lines before them.</param>
/// <param name="Delimiter">What separates their values, as was asked for, a line sep=; says, or the first rows tell.</param>
internal sealed record TableStart(TextReader Rows, int Lines, char Delimiter)
{
    private const int LongestLine = 1 << 26;
    private const int LookedAt = 1 << 16;

    /// <summary>
    /// Reads past the lines that are no rows: those to skip, blank ones, comments, and what other programs write for each other.
    /// </summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="usual">What separates values in such a file, where that is known; null to find out.</param>
    public static TableStart Skip(string path, TextReader text, TableReadOptions options, char? usual)
    {
        char? delimiter = null;
        for (int lines = 0; ; lines++)
        {
            if (ReadLine(path, text, out string end) is not { } line)
                return new TableStart(TextReader.Null, lines, ',');
            if (lines < options.SkipLines || string.IsNullOrWhiteSpace(line) || (options.Comment is { } mark && line.StartsWith(mark)))
                continue;
            if (Separator(line) is { } separator)
            {
                delimiter = separator;
                continue;
            }

            if (line.StartsWith("#TYPE ", StringComparison.Ordinal))
                continue;
            var more = new char[LookedAt];
            int count = text.ReadBlock(more);
            string start = string.Concat(line, end, more.AsSpan(0, count));
            delimiter = options.Delimiter ?? delimiter ?? usual ?? Delimiters.Of(start, count < more.Length, options.Comment);
            return new TableStart(new Continued(start, text), lines, delimiter.Value);
        }
    }

    /// <summary>A line without its end; null at the end of the text.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="end">The end, of one or two characters, or none.</param>
    public static string? ReadLine(string path, TextReader text, out string end)
    {
        // A line without end would fill the memory.
        var line = new System.Text.StringBuilder();
        for (int c = text.Read(); c >= 0; c = text.Read())
        {
            if (c is '\n' or '\r')
            {
                bool isPair = c == '\r' && text.Peek() == '\n';
                end = isPair ? $"\r{(char)text.Read()}" : ((char)c).ToString();
                return line.ToString();
            }

            if (line.Length >= LongestLine)
                throw new MlpException("InvalidTable", MlpErrorKind.InvalidData, $"{path}: a line has more than {LongestLine} characters.");
            line.Append((char)c);
        }

        end = string.Empty;
        return line.Length > 0 ? line.ToString() : null;
    }

    /// <summary>What a line such as sep=; of a spreadsheet says.</summary>
    private static char? Separator(string line) =>
        line.Length == "sep=".Length + 1 && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) ? line[^1] : null;

    /// <summary>A text and what follows it, without the character that ends texts of DOS.</summary>
    private sealed class Continued(string start, TextReader rest) : TextReader
    {
        private const char DosEnd = '\u001A';

        private int _read;

        public override int Peek() => _read < start.Length ? start[_read] : rest.Peek();

        public override int Read()
        {
            Span<char> one = stackalloc char[1];
            return Read(one) == 0 ? -1 : one[0];
        }

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            int count = Math.Min(buffer.Length, start.Length - _read);
            if (count == 0)
            {
                count = rest.Read(buffer);
            }
            else
            {
                start.AsSpan(_read, count).CopyTo(buffer);
                _read += count;
            }

            return count > 0 && buffer[count - 1] == DosEnd && Peek() < 0 ? count - 1 : count;
        }
    }
}
