using System.Globalization;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Reads ARFF (Attribute-Relation File Format) as Weka does: a header that declares each column, and rows of values, all of them or in
/// braces those that are not zero with their places.
/// </summary>
internal static class ArffReader
{
    private const string IsoDate = "yyyy-MM-dd'T'HH:mm:ss";
    private const int ValuesBetweenChecks = 1 << 17;

    /// <summary>Whether a text begins as such a file does, comments aside.</summary>
    public static bool Begins(ReadOnlySpan<char> text)
    {
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> word = line.TrimStart("\uFEFF \t");
            if (word.IsEmpty || word[0] == '%')
                continue;
            return word.StartsWith("@relation", StringComparison.OrdinalIgnoreCase)
                || word.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase);
        }

        return false;
    }

    /// <summary>Reads the rows of a text.</summary>
    /// <exception cref="MlpException">It is no such text; the message gives line and column.</exception>
    public static MlpTable Read(RowSource source, TextReader text)
    {
        var lines = new TextLines(source.Path, text);
        ArffColumn[] columns = ReadHeader(source, lines);
        string[] names = Array.ConvertAll(columns, column => column.Name);
        MlpTable.CheckNames(source.Path, names);
        var numbers = new List<int>();
        var weights = new List<float>();
        int seen = 0, uncounted = 0;
        while (numbers.Count < source.Options.First && lines.TryNext(out ReadOnlySpan<char> line))
        {
            if (line.TrimStart(" \t,") is [] or ['%', ..] || seen++ < source.Options.Skip)
                continue;
            weights.Add(ReadRow(source, lines.Number, line, columns));
            numbers.Add(lines.Number);
            uncounted += columns.Length;
            if (uncounted >= ValuesBetweenChecks)
            {
                uncounted = 0;
                source.Check((long)numbers.Count * columns.Length);
            }
        }

        return new MlpTable(source, Array.ConvertAll(columns, column => new ReadColumn(column.ToColumn())), [.. numbers])
        {
            DefaultLabel = Array.Find(names, name => name.Equals("class", StringComparison.OrdinalIgnoreCase)) ?? names[^1],
            Weights = weights.TrueForAll(weight => weight == 1) ? null : [.. weights],
        };
    }

    private static ArffColumn[] ReadHeader(RowSource source, TextLines lines)
    {
        var columns = new List<ArffColumn>();
        while (lines.TryNext(out ReadOnlySpan<char> line))
        {
            source.Cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<char> declaration = line.Trim("\uFEFF \t");
            if (declaration is [] or ['%', ..])
                continue;
            if (declaration.StartsWith("@data", StringComparison.OrdinalIgnoreCase))
            {
                return columns.Count > 0 ? [.. columns] : throw Invalid(source, lines.Number, "no @attribute comes before @data");
            }

            if (declaration.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase))
                columns.Add(Declared(source, lines.Number, declaration["@attribute".Length..]));
            else if (!declaration.StartsWith("@relation", StringComparison.OrdinalIgnoreCase))
                throw Invalid(source, lines.Number, $"'{declaration.ToString()}' comes before @data and is no @attribute");
        }

        throw Invalid(source, lines.Number, "the file ends before @data");
    }

    private static ArffColumn Declared(RowSource source, int line, ReadOnlySpan<char> declaration)
    {
        var tokens = new ArffTokens(declaration);
        string? name = tokens.TryNext() ? tokens.Value.ToString() : null;
        if (string.IsNullOrEmpty(name) || !tokens.TryNext())
            throw Invalid(source, line, tokens.Fault ?? "@attribute needs a name and a type");
        string type = tokens.Value.ToString();
        switch (tokens.IsQuoted ? string.Empty : type.ToLowerInvariant())
        {
            case "{":
                return new ArffColumn(name, ArffType.Nominal, Texts(source, line, ref tokens), null);
            case "real" or "integer" or "numeric":
                return new ArffColumn(name, ArffType.Number, [], null);
            case "string":
                return new ArffColumn(name, ArffType.Text, [], null);
            case "date":
                string? format = tokens.TryNext() ? tokens.Value.ToString() : null;
                return new ArffColumn(name, ArffType.Date, [], format is null or IsoDate ? null : Translated(format));
            case "relational":
                throw Invalid(source, line, $"{name} is relational, a table in each row, which is not read; write its columns out");
            default:
                throw Invalid(
                    source, line, $"{name} is declared as {type}; there are real, integer, numeric, string, date and {{a, b, …}}");
        }
    }

    private static List<string> Texts(RowSource source, int line, ref ArffTokens tokens)
    {
        var texts = new List<string>();
        while (tokens.TryNext())
        {
            if (!tokens.IsQuoted && tokens.Value is "}")
                return texts;
            texts.Add(tokens.Value.ToString());
        }

        throw Invalid(source, line, tokens.Fault ?? "the declared values lack a brace at their end");
    }

    /// <summary>A format of dates of Java's SimpleDateFormat as .NET has it.</summary>
    private static string Translated(string format)
    {
        var own = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in format)
        {
            isQuoted ^= c == '\'';
            own.Append(c switch
            {
                _ when isQuoted => c.ToString(),
                'a' => "tt",
                'S' => "f",
                'E' => "d",
                'z' or 'Z' or 'X' => "K",
                _ => c.ToString(),
            });
        }

        return own.ToString();
    }

    /// <summary>Adds the values of a row to the columns.</summary>
    /// <returns>The weight of the row.</returns>
    private static float ReadRow(RowSource source, int line, ReadOnlySpan<char> row, ArffColumn[] columns)
    {
        var tokens = new ArffTokens(row);
        if (row.TrimStart() is ['{', ..])
            return ReadSparse(source, line, ref tokens, columns);
        int count = 0;
        while (tokens.TryNext())
        {
            if (count == columns.Length)
            {
                if (!tokens.IsQuoted && tokens.Value is "{")
                    return ReadWeight(source, line, ref tokens);
                throw Ragged(source, line, count + 1, columns.Length);
            }

            Add(source, line, columns, count++, tokens);
        }

        if (tokens.Fault is { } fault)
            throw Invalid(source, line, fault);
        return count == columns.Length ? 1 : throw Ragged(source, line, count, columns.Length);
    }

    private static float ReadSparse(RowSource source, int line, ref ArffTokens tokens, ArffColumn[] columns)
    {
        _ = tokens.TryNext();
        int next = 0;
        while (tokens.TryNext())
        {
            if (!tokens.IsQuoted && tokens.Value is "}")
            {
                while (next < columns.Length)
                    columns[next++].AddOmitted();
                bool isWeighted = tokens.TryNext() && !tokens.IsQuoted && tokens.Value is "{";
                return isWeighted ? ReadWeight(source, line, ref tokens) : 1;
            }

            if (!int.TryParse(tokens.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int place)
                || place < next
                || place >= columns.Length)
            {
                throw Invalid(
                    source,
                    line,
                    $"'{tokens.Value.ToString()}' is no place of a column, from 0 to {columns.Length - 1}, each after the last");
            }

            while (next < place)
                columns[next++].AddOmitted();
            if (!tokens.TryNext())
                break;
            Add(source, line, columns, next++, tokens);
        }

        throw Invalid(source, line, tokens.Fault ?? "the sparse row lacks a brace at its end");
    }

    private static float ReadWeight(RowSource source, int line, ref ArffTokens tokens)
    {
        bool isWeight = tokens.TryNext()
            & float.TryParse(tokens.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float weight)
            & tokens.TryNext() && tokens.Value is "}" && float.IsFinite(weight) && weight >= 0;
        return isWeight ? weight : throw Invalid(source, line, "what stands in braces behind the values is no weight");
    }

    private static void Add(RowSource source, int line, ArffColumn[] columns, int place, ArffTokens tokens)
    {
        ArffColumn column = columns[place];
        if (!tokens.IsQuoted && tokens.Value is "?")
        {
            column.AddMissing();
        }
        else if (!column.TryAdd(tokens.Value))
        {
            throw new MlpException(
                "WrongKind",
                MlpErrorKind.InvalidData,
                $"{source.At(line)}, column {place + 1} ({column.Name}): '{tokens.Value.ToString()}' is not {column.Declared}. Correct the "
                + $"value or the declaration; a missing value is written as ?.");
        }
    }

    private static MlpException Ragged(RowSource source, int line, int count, int columns) => new(
        "RaggedRow",
        MlpErrorKind.InvalidData,
        $"{source.At(line)}, column {Math.Min(count, columns) + 1}: the row has {count} values or more, and {columns} columns are "
        + $"declared. A value with blanks or commas needs quotes around it, and a missing one is written as ?.");

    private static MlpException Invalid(RowSource source, int line, MlpMessage what) =>
        new("InvalidArff", MlpErrorKind.InvalidData, $"{source.At(line)}: {what}.");
}
