using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Finds out what separates the values of rows.</summary>
internal static class Delimiters
{
    private const int MostRecords = 20;

    // A comma is also what many write before a fraction, and in texts; the others hardly occur where they separate nothing.
    private static readonly char[] _candidates = ['\t', ';', '|', ','];

    /// <summary>What separates the values at the start of a file, where quoted ones may hold it too.</summary>
    /// <param name="start">The first rows.</param>
    /// <param name="isWhole">Whether the file ends with them.</param>
    /// <param name="comment">What begins a line that is none of the table, or null.</param>
    public static char Of(string start, bool isWhole, char? comment)
    {
        char? best = null;
        int mostAlike = 0;
        foreach (char candidate in _candidates)
        {
            int[] counts = [.. Records(start, candidate, isWhole, comment).Select(record => record.Count)];
            if (counts.Length == 0)
                continue;
            IGrouping<int, int> usual = counts.GroupBy(count => count).MaxBy(group => group.Count())!;
            bool isAlike = counts.Skip(1).All(count => count == counts[^1]) && (counts[0] == counts[^1] || counts[0] == counts[^1] - 1);
            if (usual.Key > 1 && isAlike)
            {
                // Commas below a header without one may stand before fractions, or in texts.
                return candidate == ',' && counts[0] == 1 && AreSpaced(start, isWhole, comment) ? ' ' : candidate;
            }

            if (usual.Key > 1 && usual.Count() > mostAlike)
                (best, mostAlike) = (candidate, usual.Count());
        }

        return best is null or ',' && AreSpaced(start, isWhole, comment) ? ' ' : best ?? ',';
    }

    /// <summary>
    /// Whether single blanks separate values: in rows of nothing but numbers, as NumPy writes them, or below quoted names, as R does.
    /// </summary>
    private static bool AreSpaced(string start, bool isWhole, char? comment)
    {
        List<string>[] records = [.. Records(start, ' ', isWhole, comment)];
        if (records.Length < 2 || records[1].Count < 2)
            return false;
        int columns = records[^1].Count;
        bool areAlike = records.Skip(1).All(record => record.Count == columns);
        bool areNumbers = records.Skip(1).All(record => record.TrueForAll(
            value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)));
        return areAlike
            && ((areNumbers && records[0].Count == columns)
                || (records[0].TrueForAll(name => name is ['"', .., '"']) && columns - records[0].Count is 0 or 1));
    }

    /// <summary>The values of the first records, their quotes with them.</summary>
    private static IEnumerable<List<string>> Records(string text, char delimiter, bool isWhole, char? comment)
    {
        int place = 0;
        for (int records = 0; records < MostRecords && place < text.Length;)
        {
            (List<string> values, int end, bool isEnded) = Record(text, place, delimiter);
            bool isNone = values is [var only] && (string.IsNullOrWhiteSpace(only) || only is "\u001A") || text[place] == comment;
            if (!isEnded && !isWhole && records > 0)
                yield break;
            place = end;
            if (isNone)
                continue;
            records++;
            yield return values;
        }
    }

    private static (List<string> Values, int End, bool IsEnded) Record(string text, int start, char delimiter)
    {
        var values = new List<string>();
        int from = start;
        bool quoted = false;
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && (quoted || i == from))
            {
                // A doubled quote is one of the value's own.
                if (quoted && i + 1 < text.Length && text[i + 1] == '"')
                    i++;
                else
                    quoted = !quoted;
            }
            else if (!quoted && c == delimiter)
            {
                values.Add(text[from..i]);
                from = i + 1;
            }
            else if (!quoted && c is '\n' or '\r')
            {
                values.Add(text[from..i]);
                return (values, c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1, true);
            }
        }

        values.Add(text[from..]);
        return (values, text.Length, false);
    }
}
