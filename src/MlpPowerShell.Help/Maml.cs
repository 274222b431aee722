using System.Xml.Linq;

namespace MlpPowerShell.Help;

/// <summary>Writes pages as MAML, the XML that Get-Help reads for compiled cmdlets.</summary>
public static class Maml
{
    private static readonly XNamespace _maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace _command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace _dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace _help = "http://msh";

    /// <summary>The help file of a module with these pages.</summary>
    public static XDocument Document(IEnumerable<HelpPage> pages) => new(new XElement(_help + "helpItems",
        new XAttribute("schema", "maml"),
        pages.Select(Command)));

    private static XElement Command(HelpPage page) => new(_command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", _maml),
        new XAttribute(XNamespace.Xmlns + "command", _command),
        new XAttribute(XNamespace.Xmlns + "dev", _dev),
        new XElement(_command + "details",
            new XElement(_command + "name", page.Name),
            new XElement(_command + "verb", page.Name.Split('-')[0]),
            new XElement(_command + "noun", page.Name.Split('-')[1]),
            Described([page.Synopsis])),
        Described(page.Description),
        new XElement(_command + "syntax", page.ParameterSets.Select(set => new XElement(_command + "syntaxItem",
            new XElement(_maml + "name", page.Name),
            page.Parameters.Where(parameter => parameter.IsIn(set)).OrderBy(Order).Select(Parameter)))),
        new XElement(_command + "parameters", page.Parameters.DistinctBy(parameter => parameter.Name).Select(Parameter)),
        new XElement(_command + "inputTypes", page.Inputs.Select(type => Typed(_command + "inputType", type))),
        new XElement(_command + "returnValues", page.Outputs.Select(type => Typed(_command + "returnValue", type))),
        new XElement(_maml + "alertSet", new XElement(_maml + "alert", Paragraphs(page.Notes))),
        new XElement(_command + "examples", page.Examples.Select(Example)),
        new XElement(_command + "relatedLinks", page.Links.Select(link => new XElement(_maml + "navigationLink",
            new XElement(_maml + "linkText", link.Text),
            new XElement(_maml + "uri", link.Address.Contains("://", StringComparison.Ordinal) ? link.Address : string.Empty)))));

    /// <summary>Parameters with a position come first, in that order.</summary>
    private static int Order(HelpParameter parameter) =>
        int.TryParse(parameter.Facts["Position"], out int position) ? position : int.MaxValue;

    private static XElement Parameter(HelpParameter parameter)
    {
        IReadOnlyDictionary<string, string> facts = parameter.Facts;
        string type = facts["Type"];
        return new XElement(_command + "parameter",
            new XAttribute("required", facts["Required"].ToLowerInvariant()),
            new XAttribute("variableLength", type.EndsWith("[]", StringComparison.Ordinal) ? "true" : "false"),
            new XAttribute("globbing", facts["Accept wildcard characters"].ToLowerInvariant()),
            new XAttribute("pipelineInput", facts["Accept pipeline input"]),
            new XAttribute("position", facts["Position"].ToLowerInvariant()),
            new XAttribute("aliases", facts["Aliases"] is { Length: > 0 } aliases ? aliases : "none"),
            new XElement(_maml + "name", parameter.Name),
            Described(parameter.Description),
            type == "SwitchParameter"
                ? null
                : new XElement(
                    _command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), type),
            new XElement(_dev + "type", new XElement(_maml + "name", type), new XElement(_maml + "uri")),
            new XElement(_dev + "defaultValue", facts["Default value"]));
    }

    private static XElement Typed(XName name, HelpType type) => new(name,
        new XElement(_dev + "type", new XElement(_maml + "name", type.Name)),
        Described(type.Description));

    private static XElement Example(HelpExample example, int index) => new(_command + "example",
        new XElement(_maml + "title", $"-------- {example.Title} --------"),
        new XElement(_dev + "code", example.Code),
        new XElement(_dev + "remarks", Paragraphs(example.Remarks), new XElement(_maml + "para")));

    private static XElement Described(IEnumerable<string> paragraphs) => new(_maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(text => new XElement(_maml + "para", text));
}
