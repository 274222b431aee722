using Markdig;
using Markdig.Syntax;

namespace MlpPowerShell.Help;

/// <summary>The help of a cmdlet, read from a Markdown page in the layout of platyPS.</summary>
public sealed record HelpPage
{
    /// <summary>The cmdlet.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Synopsis { get; init; }

    /// <summary>The names of its parameter sets, as the headings under SYNTAX give them.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    /// <summary>What it does, in paragraphs of plain text.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>Examples that a reader can run.</summary>
    public required IReadOnlyList<HelpExample> Examples { get; init; }

    /// <summary>A description for each parameter, once for each way that parameter sets take it.</summary>
    public required IReadOnlyList<HelpParameter> Parameters { get; init; }

    /// <summary>The types that it takes from the pipeline.</summary>
    public required IReadOnlyList<HelpType> Inputs { get; init; }

    /// <summary>The types that it writes.</summary>
    public required IReadOnlyList<HelpType> Outputs { get; init; }

    /// <summary>Notes, in paragraphs.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Where to read on: text and address.</summary>
    public required IReadOnlyList<(string Text, string Address)> Links { get; init; }

    /// <summary>Reads a page.</summary>
    /// <exception cref="FormatException">A section is missing, or a heading is not the layout's.</exception>
    public static HelpPage Parse(string markdown)
    {
        MarkdownDocument document = Markdown.Parse(markdown, PlainText.Pipeline);
        Section page = Section.Of(document, level: 1).Single();
        Dictionary<string, Section> sections = page.Children(2).ToDictionary(section => section.Title);
        Section At(string title) => sections.TryGetValue(title, out Section? section)
            ? section : throw new FormatException($"The page of {page.Title} has no section {title}.");

        return new HelpPage
        {
            Name = page.Title,
            Synopsis = string.Join(' ', PlainText.Paragraphs(At("SYNOPSIS").Blocks)),
            ParameterSets = [.. At("SYNTAX").Children(3)
                .Select(set => set.Title.Replace(" (Default)", string.Empty, StringComparison.Ordinal))],
            Description = [.. PlainText.Paragraphs(At("DESCRIPTION").Blocks)],
            Examples = [.. At("EXAMPLES").Children(3).Select(HelpExample.Of)],
            Parameters = [.. At("PARAMETERS").Children(3).Where(section => section.Title.StartsWith('-')).SelectMany(HelpParameter.Of)],
            Inputs = [.. At("INPUTS").Children(3).Select(HelpType.Of)],
            Outputs = [.. At("OUTPUTS").Children(3).Select(HelpType.Of)],
            Notes = [.. PlainText.Paragraphs(At("NOTES").Blocks)],
            Links = [.. PlainText.Links(At("RELATED LINKS").Blocks)],
        };
    }
}

/// <summary>An example: its title, its code and what is to be said of it.</summary>
public sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks)
{
    internal static HelpExample Of(Section section) => new(
        section.Title,
        string.Join("\n\n", section.Blocks.OfType<FencedCodeBlock>().Select(PlainText.CodeOf)),
        [.. PlainText.Paragraphs(section.Blocks.Where(block => block is not FencedCodeBlock))]);
}

/// <summary>A type that goes into a cmdlet or comes out of it.</summary>
public sealed record HelpType(string Name, IReadOnlyList<string> Description)
{
    internal static HelpType Of(Section section) => new(section.Title, [.. PlainText.Paragraphs(section.Blocks)]);
}

/// <summary>A parameter as some parameter sets take it.</summary>
public sealed record HelpParameter(string Name, IReadOnlyList<string> Description, IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>Whether it belongs to a parameter set.</summary>
    public bool IsIn(string parameterSet) =>
        Facts["Parameter Sets"] is "(All)" || Facts["Parameter Sets"].Split(", ").Contains(parameterSet);

    internal static IEnumerable<HelpParameter> Of(Section section)
    {
        string[] description = [.. PlainText.Paragraphs(section.Blocks.Where(block => block is not FencedCodeBlock { Info: "yaml" }))];
        foreach (FencedCodeBlock block in section.Blocks.OfType<FencedCodeBlock>().Where(block => block.Info == "yaml"))
        {
            var facts = PlainText.CodeOf(block).Split('\n')
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => parts[1].Trim());
            yield return new HelpParameter(section.Title[1..], description, facts);
        }
    }
}
