using MlpPowerShell.Engine;

namespace MlpPowerShell.Pictures;

/// <summary>How cards are laid out.</summary>
/// <param name="Columns">How wide the terminal is.</param>
/// <param name="Header">The sequence that starts a label or heading, such as that of PowerShell's table headers.</param>
public sealed record CardStyle(int Columns, string Header)
{
    internal const string Reset = "\e[0m";

    /// <summary>A label or heading.</summary>
    internal string Label(string text) => Header.Length > 0 ? $"{Header}{text}{Reset}" : text;
}

/// <summary>Facts about an object, a label and a value in each line.</summary>
internal sealed class Card(CardStyle style)
{
    /// <summary>Characters that a value has room for however narrow the terminal is.</summary>
    public const int LeastWidth = 20;

    private const int MostLines = 4;

    private readonly List<(string Label, string Value)> _facts = [];

    public Card Add(string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _facts.Add((label, Printable.Of(value)));
        return this;
    }

    /// <summary>Adds as many of some names as a few lines hold, and how many more there are.</summary>
    public Card AddList(string label, IEnumerable<string> names)
    {
        string[] all = [.. names];
        int room = MostLines * Math.Max(style.Columns - LeastWidth, LeastWidth);
        int shown = 0;
        for (int length = 0; shown < all.Length && (length == 0 || length + TerminalText.Width(all[shown]) + 2 <= room); shown++)
            length += TerminalText.Width(all[shown]) + 2;
        string more = shown < all.Length ? $" … and {Figures.Count(all.Length - shown)} more" : string.Empty;
        return Add(label, string.Join(", ", all.Take(shown)) + more);
    }

    /// <summary>The lines; long values go on below their start.</summary>
    public IEnumerable<string> Lines()
    {
        int width = _facts.Max(fact => fact.Label.Length);
        foreach ((string label, string value) in _facts)
        {
            string start = $"{style.Label(label.PadRight(width))} : ";
            foreach (string line in TerminalText.Wrap(value, Math.Max(style.Columns - width - 4, LeastWidth)))
            {
                yield return start + line;
                start = new string(' ', width + 3);
            }
        }
    }
}
