using Markdig.Syntax;

namespace MlpPowerShell.Help;

/// <summary>A heading, and the blocks up to the next one of its level.</summary>
internal sealed record Section(string Title, IReadOnlyList<Block> Blocks)
{
    public static IEnumerable<Section> Of(IEnumerable<Block> blocks, int level)
    {
        string? title = null;
        var content = new List<Block>();
        foreach (Block block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level <= level)
            {
                if (title is not null)
                    yield return new Section(title, [.. content]);
                title = PlainText.Of(heading.Inline!);
                content.Clear();
            }
            else
            {
                content.Add(block);
            }
        }

        if (title is not null)
            yield return new Section(title, content);
    }

    public IEnumerable<Section> Children(int level) => Of(Blocks, level);
}
