using System.Text;

namespace MlpPowerShell.Engine;

/// <summary>
/// Texts from files, on their way to a terminal, a message or a picture: what would do something there, such as set the window's title or
/// turn the direction of writing, shows as a symbol.
/// </summary>
public static class Printable
{
    /// <summary>The symbol for NUL, which those of the other control characters follow.</summary>
    private const int Symbols = 0x2400;

    private const char SymbolOfDelete = '\u2421';
    private const char Other = '\uFFFD';

    /// <summary>A text with symbols for control characters and for what turns the direction of writing.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (char c in text)
        {
            if (ShownFor(c) != c || char.IsSurrogate(c))
                return Shown(text);
        }

        return text;
    }

    /// <summary>The same, cut off where it is longer than so many characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most characters, above 0.</param>
    public static string Of(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(text.Length <= most ? text : text[..most] + "…");
    }

    private static string Shown(string text)
    {
        // Halves of pairs are no characters, which XML has no place for.
        var shown = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text, i))
                shown.Append(text[i]).Append(text[++i]);
            else
                shown.Append(char.IsSurrogate(text[i]) ? Other : ShownFor(text[i]));
        }

        return shown.ToString();
    }

    private static char ShownFor(char c) => c switch
    {
        < ' ' => (char)(Symbols + c),
        '\u007F' => SymbolOfDelete,
        >= '\u0080' and <= '\u009F' => Other,
        '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => Other,
        '\u2028' or '\u2029' or '\uFFFE' or '\uFFFF' => Other,
        _ => c,
    };
}
