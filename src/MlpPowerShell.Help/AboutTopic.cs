using System.Text;
using Markdig;

namespace MlpPowerShell.Help;

/// <summary>Turns an about page into the plain text that Get-Help shows for the topic.</summary>
public static class AboutTopic
{
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

    private static IEnumerable<string> Wrap(string line) =>
        PlainText.Wrap(line, PlainText.Width, hanging: line.StartsWith("- ", StringComparison.Ordinal) ? "  " : string.Empty);
}
