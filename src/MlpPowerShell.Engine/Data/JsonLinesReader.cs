using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace MlpPowerShell.Engine.Data;

/// <summary>Reads lines of JSON: an object each, whose members are values by the names of their columns.</summary>
internal static class JsonLinesReader
{
    private const int ValuesBetweenChecks = 1 << 17;

    /// <summary>Whether a text begins as such a file does.</summary>
    public static bool Begins(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> start = text.TrimStart("\uFEFF \t\r\n");
        return start is ['{', ..] && start[1..].TrimStart() is ['"' or '}', ..];
    }

    /// <summary>Reads the rows of a text.</summary>
    /// <exception cref="MlpException">It is no such text; the message gives line and column.</exception>
    public static MlpTable Read(RowSource source, TextReader text)
    {
        var lines = new TextLines(source.Path, text);
        var columns = new Columns(source);
        var bytes = new byte[1 << 12];
        int seen = 0, uncounted = 0;
        while (columns.Lines.Count < source.Options.First && lines.TryNext(out ReadOnlySpan<char> line))
        {
            line = line.Trim("\uFEFF \t");
            if (line.IsEmpty || seen++ < source.Options.Skip)
                continue;
            if (bytes.Length < Encoding.UTF8.GetMaxByteCount(line.Length))
                bytes = new byte[Encoding.UTF8.GetMaxByteCount(line.Length)];
            int length = Encoding.UTF8.GetBytes(line, bytes);
            uncounted += columns.Add(lines.Number, bytes.AsSpan(0, length));
            if (uncounted >= ValuesBetweenChecks)
            {
                uncounted = 0;

                // A value is an object until all are read.
                source.Check((long)columns.Lines.Count * columns.Names.Count * sizeof(double));
            }
        }

        return columns.ToTable();
    }

    /// <summary>The values so far, those of a column together.</summary>
    private sealed class Columns(RowSource source)
    {
        private readonly Dictionary<string, int> _places = [];
        private readonly List<List<object?>> _values = [];

        /// <summary>The line of each row.</summary>
        public List<int> Lines { get; } = [];

        /// <summary>The names of the columns in the order in which they first occur.</summary>
        public List<string> Names { get; } = [];

        /// <summary>Adds a row.</summary>
        /// <returns>How many values it has.</returns>
        public int Add(int line, ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            int count = 0;
            try
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                    throw Invalid(line, "the line is no object; each line holds one, such as {\"x\": 1, \"y\": 2}");
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    _ = reader.Read();
                    List<object?> column = ColumnOf(name);
                    if (column.Count > Lines.Count)
                        throw Invalid(line, $"{name} occurs twice");
                    column.Add(ValueOf(ref reader, line, name));
                    count++;
                }

                // Reads on to the end of the line, where nothing may follow.
                while (reader.Read())
                {
                }
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException)
            {
                string place = failure is JsonException { BytePositionInLine: { } before } ? $" from byte {before + 1} on" : string.Empty;
                throw Invalid(line, $"it is no JSON{place}");
            }

            Lines.Add(line);
            return count;
        }

        public MlpTable ToTable()
        {
            if (Lines.Count == 0)
                throw RowSource.NoRows(source.Path, source.Options);
            foreach (List<object?> column in _values)
                CollectionsMarshal.SetCount(column, Lines.Count);
            return new MlpTable(source, Names, _values, Lines);
        }

        private List<object?> ColumnOf(string name)
        {
            if (!_places.TryGetValue(name, out int place))
            {
                _places[name] = place = Names.Count;
                Names.Add(name);
                _values.Add([]);
            }

            // What lines before did not have is missing.
            List<object?> column = _values[place];
            while (column.Count < Lines.Count)
                column.Add(null);
            return column;
        }

        private object? ValueOf(ref Utf8JsonReader reader, int line, string name) => reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.TryGetInt64(out long whole) => whole,
            JsonTokenType.Number => reader.GetDouble(),
            _ => throw Invalid(
                line,
                $"{name} is {(reader.TokenType == JsonTokenType.StartArray ? "a list" : "an object")}, and values are single numbers, "
                + $"texts, true, false or null; spread it over columns of its own"),
        };

        private MlpException Invalid(int line, MlpMessage what) =>
            new("InvalidJson", MlpErrorKind.InvalidData, $"{source.At(line)}: {what}.");
    }
}
