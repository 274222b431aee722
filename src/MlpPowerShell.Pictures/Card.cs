using System.Text;

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
    private readonly List<(string Label, string Value)> _facts = [];

    public Card Add(string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _facts.Add((label, value));
        return this;
    }

    /// <summary>The lines; long values go on below their start.</summary>
    public IEnumerable<string> Lines()
    {
        int width = _facts.Max(fact => fact.Label.Length);
        foreach ((string label, string value) in _facts)
        {
            string start = $"{style.Label(label.PadRight(width))} : ";
            foreach (string line in Wrap(value, Math.Max(style.Columns - width - 4, 20)))
            {
                yield return start + line;
                start = new string(' ', width + 3);
            }
        }
    }

    private static IEnumerable<string> Wrap(string value, int width)
    {
        var line = new StringBuilder();
        foreach (string word in value.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
        }

        yield return line.ToString();
    }
}
