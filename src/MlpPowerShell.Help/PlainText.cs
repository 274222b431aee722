using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MlpPowerShell.Help;

/// <summary>What Markdown says, without its marks.</summary>
internal static class PlainText
{
    /// <summary>The columns that text is wrapped at.</summary>
    public const int Width = 80;

    public static MarkdownPipeline Pipeline { get; } = new MarkdownPipelineBuilder().UsePipeTables().UseYamlFrontMatter().Build();

    /// <summary>Each block as a paragraph; rows of tables and items of lists are lines.</summary>
    public static IEnumerable<string> Paragraphs(IEnumerable<Block> blocks) => blocks.Select(Of).Where(text => text.Length > 0);

    public static string Of(ContainerInline inlines)
    {
        var text = new StringBuilder();
        foreach (Inline inline in inlines)
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                LineBreakInline lineBreak => lineBreak.IsHard ? "\n" : " ",
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                AutolinkInline link => link.Url,
                ContainerInline container => Of(container),
                _ => string.Empty,
            });
        }

        return text.ToString();
    }

    public static string CodeOf(LeafBlock block) => block.Lines.ToString().ReplaceLineEndings("\n").TrimEnd();

    public static IEnumerable<(string Text, string Address)> Links(IEnumerable<Block> blocks) => blocks
        .OfType<LeafBlock>()
        .SelectMany(block => block.Inline!.Descendants<LinkInline>())
        .Select(link => (Of(link), link.Url!));

    /// <summary>The lines of a text no wider than that, as far as its words allow; all but the first begin with what hangs.</summary>
    public static IEnumerable<string> Wrap(string text, int width, string hanging = "") =>
        Wrap(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), width, hanging);

    /// <summary>The same of words that may have spaces in them.</summary>
    public static IEnumerable<string> Wrap(IEnumerable<string> words, int width, string hanging)
    {
        var line = new StringBuilder();
        foreach (string word in words)
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear().Append(hanging).Append(word);
            }
            else
            {
                line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
            }
        }

        yield return line.ToString();
    }

    private static string Of(Block block) => block switch
    {
        Markdig.Extensions.Yaml.YamlFrontMatterBlock => string.Empty,
        CodeBlock code => Indent(CodeOf(code)),
        HeadingBlock heading => Of(heading.Inline!).ToUpperInvariant(),
        LeafBlock { Inline: { } inline } => Of(inline),
        ListBlock list => string.Join(
            '\n', list.Cast<ListItemBlock>().Select((item, i) => (list.IsOrdered ? $"{i + 1}. " : "- ") + OfAll(item))),
        Table table => string.Join('\n', Rows(table)),
        ContainerBlock container => OfAll(container),
        _ => string.Empty,
    };

    private static string OfAll(ContainerBlock container) => string.Join('\n', Paragraphs(container));

    private static string Indent(string text) => "    " + text.Replace("\n", "\n    ", StringComparison.Ordinal);

    private static IEnumerable<string> Rows(Table table)
    {
        string[][] cells = [.. table.Cast<TableRow>().Select(row => row.Cast<TableCell>().Select(OfAll).ToArray())];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];
        int last = 4 + widths.SkipLast(1).Sum(width => width + 2);
        return cells.SelectMany(row => Wrap(row[^1], Width - last)
            .Select((line, i) => ("    "
                + string.Concat(row.SkipLast(1).Select((cell, c) => (i == 0 ? cell : string.Empty).PadRight(widths[c] + 2)))
                + line).TrimEnd()));
    }
}
