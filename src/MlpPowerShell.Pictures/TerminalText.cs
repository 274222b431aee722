using System.Globalization;
using System.Text;
using MlpPowerShell.Engine;
using Wcwidth;

namespace MlpPowerShell.Pictures;

/// <summary>
/// Texts as terminals show them, in cells: a character of East Asian writing or an emoji takes two of them, a combining mark none.
/// </summary>
internal static class TerminalText
{
    /// <summary>The cells that a text takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>The cells that a character takes.</summary>
    public static int Width(Rune rune) => Math.Max(UnicodeCalculator.GetWidth(rune.Value), 0);

    /// <summary>A text that has room in so many cells, its end left out where it is longer, in a form that can be shown.</summary>
    public static string Cut(string text, int cells)
    {
        text = Printable.Of(text);
        if (Width(text) <= cells)
            return text;
        int end = 0;
        for (int left = cells - 1; ;)
        {
            // A character stays with its marks.
            int length = StringInfo.GetNextTextElementLength(text, end);
            left -= Width(text.Substring(end, length));
            if (left < 0)
                return text[..end] + "…";
            end += length;
        }
    }

    /// <summary>
    /// Texts that have room in so many cells each: one whose beginning is another's too loses its middle, and not its end.
    /// </summary>
    public static string[] CutApart(IEnumerable<string> texts, int cells)
    {
        string[] whole = [.. texts];
        string[] cut = Array.ConvertAll(whole, text => Cut(text, cells));
        HashSet<string> alike = [.. cut.Zip(whole)
            .GroupBy(pair => pair.First, pair => pair.Second)
            .Where(same => same.Distinct().Count() > 1)
            .Select(same => same.Key)];
        return [.. cut.Select((text, i) => alike.Contains(text) ? CutMiddle(Printable.Of(whole[i]), cells) : text)];
    }

    private static string CutMiddle(string text, int cells)
    {
        if (Width(text) <= cells)
            return text;
        string end = text;
        foreach (int start in StringInfo.ParseCombiningCharacters(text).Append(text.Length))
        {
            end = text[start..];
            if (Width(end) <= cells / 2)
                break;
        }

        return Cut(text, cells - Width(end)) + end;
    }

    /// <summary>A text in lines of at most so many cells, broken between words, and in words that are longer.</summary>
    public static IEnumerable<string> Wrap(string text, int cells)
    {
        var line = new StringBuilder();
        int taken = 0;
        foreach (string word in text.Split(' ').SelectMany(word => Pieces(word, cells)))
        {
            int width = Width(word);
            if (line.Length > 0 && taken + 1 + width > cells)
            {
                yield return line.ToString();
                line.Clear();
                taken = 0;
            }

            taken += line.Length > 0 ? 1 + width : width;
            line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
        }

        yield return line.ToString();
    }

    /// <summary>A text at the left of so many cells.</summary>
    public static string PadRight(string text, int cells) => text + new string(' ', Math.Max(cells - Width(text), 0));

    /// <summary>A text at the right of so many cells.</summary>
    public static string PadLeft(string text, int cells) => new string(' ', Math.Max(cells - Width(text), 0)) + text;

    /// <summary>A word in pieces of at most so many cells.</summary>
    private static IEnumerable<string> Pieces(string word, int cells)
    {
        int start = 0, end = 0, taken = 0;
        while (end < word.Length)
        {
            int length = StringInfo.GetNextTextElementLength(word, end);
            int width = Width(word.Substring(end, length));
            if (taken + width > cells && end > start)
            {
                yield return word[start..end];
                (start, taken) = (end, 0);
            }

            taken += width;
            end += length;
        }

        yield return word[start..];
    }
}
