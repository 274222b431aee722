using System.Text;
using Markdig;

namespace MlpPowerShell.Help;

/// <summary>Turns an about page into the plain text that Get-Help shows for the topic.</summary>
public static class AboutTopic
{
    private const int Width = 80;

    /// <summary>The text, its paragraphs wrapped at 80 columns; what is indented, as code and tables are, stays as it is.</summary>
    public static string ToText(string markdown)
    {
        var text = new StringBuilder();
        foreach (string paragraph in PlainText.Paragraphs(Markdown.Parse(markdown, PlainText.Pipeline)))
        {
            foreach (string line in paragraph.Split('\n'))
                text.AppendJoin('\n', line.StartsWith("    ", StringComparison.Ordinal) ? [line] : Wrap(line)).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Wrap(string line)
    {
        string hanging = line.StartsWith("- ", StringComparison.Ordinal) ? "  " : string.Empty;
        var wrapped = new StringBuilder();
        foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (wrapped.Length > 0 && wrapped.Length + 1 + word.Length > Width)
            {
                yield return wrapped.ToString();
                wrapped.Clear().Append(hanging).Append(word);
            }
            else
            {
                wrapped.Append(wrapped.Length > 0 ? " " : string.Empty).Append(word);
            }
        }

        yield return wrapped.ToString();
    }
}
