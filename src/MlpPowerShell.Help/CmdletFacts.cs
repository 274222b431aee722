using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Help;

/// <summary>Rewrites what a page says of a cmdlet's syntax and parameters from the cmdlet itself; the words are left alone.</summary>
public static partial class CmdletFacts
{
    private const int SyntaxWidth = 110;

    private static readonly Dictionary<string, string> _ofTheShell = new()
    {
        ["WhatIf"] = "Says what would happen, and does nothing.",
        ["Confirm"] = "Asks before anything happens.",
    };

    /// <summary>The page with its SYNTAX and the facts of its parameters as the cmdlet has them.</summary>
    /// <remarks>A parameter that the page lacks gets a heading without a description; one that the cmdlet lacks loses its own.</remarks>
    public static string Update(string page, CmdletInfo cmdlet)
    {
        string[] parts = SectionHeading().Split(page.ReplaceLineEndings("\n"));
        Replace("SYNTAX", Syntax(cmdlet));
        int parameters = Array.FindIndex(parts, part => part.StartsWith("## PARAMETERS", StringComparison.Ordinal));
        Replace("PARAMETERS", Parameters(cmdlet, parts[parameters]));
        return string.Concat(parts);

        void Replace(string title, string content)
        {
            int place = Array.FindIndex(parts, part => part.StartsWith($"## {title}", StringComparison.Ordinal));
            parts[place] = $"## {title}\n\n{content}";
        }
    }

    /// <summary>The parameters of a cmdlet's own, in the order of their names.</summary>
    public static IEnumerable<ParameterMetadata> ParametersOf(CmdletInfo cmdlet) => cmdlet.Parameters.Values
        .Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal);

    private static string Syntax(CmdletInfo cmdlet)
    {
        var text = new StringBuilder();
        foreach (CommandParameterSetInfo set in cmdlet.ParameterSets)
        {
            string heading = set.Name == ParameterAttribute.AllParameterSets ? "(All)" : set.Name;
            text.Append($"### {heading}{(set.IsDefault && cmdlet.ParameterSets.Count > 1 ? " (Default)" : string.Empty)}\n\n```\n");
            foreach (string line in Wrap(Choice().Replace($"{cmdlet.Name} {set}", "$1")))
                text.Append(line).Append('\n');
            text.Append("```\n\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Wrap(string syntax) =>
        PlainText.Wrap(SyntaxPart().Matches(syntax).Select(part => part.Value), SyntaxWidth, hanging: "    ");

    private static string Parameters(CmdletInfo cmdlet, string section)
    {
        Dictionary<string, string> descriptions = ParameterHeading().Matches(section)
            .ToDictionary(
                match => match.Groups["name"].Value, match => FactsBlock().Replace(match.Groups["text"].Value, string.Empty).Trim());
        var text = new StringBuilder();
        foreach (ParameterMetadata parameter in ParametersOf(cmdlet))
        {
            text.Append($"### -{parameter.Name}\n\n");
            string? description = descriptions.GetValueOrDefault(parameter.Name) is { Length: > 0 } written
                ? written
                : _ofTheShell.GetValueOrDefault(parameter.Name);
            if (description is not null)
                text.Append(description).Append("\n\n");
            foreach (string facts in FactsOf(cmdlet, parameter))
                text.Append($"```yaml\n{facts}```\n\n");
        }

        return text.Append("### CommonParameters\n\nThis cmdlet supports the common parameters; see `Get-Help about_CommonParameters`.\n\n")
            .ToString();
    }

    /// <summary>A block for each different way in which parameter sets take the parameter.</summary>
    private static IEnumerable<string> FactsOf(CmdletInfo cmdlet, ParameterMetadata parameter)
    {
        string aliases = string.Join(", ", parameter.Aliases);
        string standard = DefaultOf(cmdlet, parameter);
        bool wildcards = parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any();
        return parameter.ParameterSets
            .GroupBy(set => (Required: set.Value.IsMandatory, set.Value.Position, Pipeline: Pipeline(set.Value)), set => set.Key)
            .Select(group => string.Concat(
                $"Type: {TypeName(parameter.ParameterType)}\n",
                $"Parameter Sets: {(group.Contains(ParameterAttribute.AllParameterSets) ? "(All)" : string.Join(", ", group))}\n",
                Line("Aliases", aliases),
                Line("Accepted values", string.Join(", ", ValuesOf(parameter))),
                $"Required: {group.Key.Required}\n",
                $"Position: {(group.Key.Position == int.MinValue ? "Named" : group.Key.Position)}\n",
                Line("Default value", standard),
                $"Accept pipeline input: {group.Key.Pipeline}\n",
                $"Accept wildcard characters: {wildcards}\n"));
    }

    private static string Line(string name, string value) => $"{name}: {value}".TrimEnd() + "\n";

    private static string Pipeline(ParameterSetMetadata set) => (set.ValueFromPipeline, set.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };


    private static string TypeName(Type type) => type.IsArray ? TypeName(type.GetElementType()!) + "[]" : Bare(type).Name;

    /// <summary>The type itself where a parameter's may be null, or is wrapped to be completed.</summary>
    private static Type Bare(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsGenericType && type.Name.StartsWith("Choice`", StringComparison.Ordinal) ? type.GetGenericArguments()[0] : type;
    }

    private static string[] ValuesOf(ParameterMetadata parameter)
    {
        Type type = Bare(parameter.ParameterType);
        type = Bare(type.IsArray ? type.GetElementType()! : type);
        return type.IsEnum ? Enum.GetNames(type) : RangeOf(parameter) is { Length: > 0 } range ? [range] : [];
    }

    /// <summary>The range of the option that a parameter is, from the engine's own table.</summary>
    private static string? RangeOf(ParameterMetadata parameter) =>
        parameter.Attributes.Select(attribute => attribute.GetType().GetProperty("Range")?.GetValue(attribute) as string)
            .FirstOrDefault(range => range is not null);

    /// <summary>What a new cmdlet has in the parameter's property.</summary>
    private static string DefaultOf(CmdletInfo cmdlet, ParameterMetadata parameter)
    {
        if (cmdlet.ImplementingType.GetProperty(parameter.Name) is not { } property)
            return parameter.ParameterType == typeof(SwitchParameter) ? "False" : string.Empty;
        var fresh = (Cmdlet)Activator.CreateInstance(cmdlet.ImplementingType)!;
        using (fresh as IDisposable)
        {
            return property.GetValue(fresh) switch
            {
                System.Collections.ICollection { Count: 0 } => string.Empty,
                Array array => string.Join(", ", array.Cast<object>()),
                IFormattable number and not Enum => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                var value => $"{value}",
            };
        }
    }

    [GeneratedRegex("^(?=## )", RegexOptions.Multiline)]
    private static partial Regex SectionHeading();

    [GeneratedRegex(@"\[(?>[^][]|\[(?<depth>)|\](?<-depth>))*(?(depth)(?!))\]|-\S+ <[^>]*>|\S+")]
    private static partial Regex SyntaxPart();

    [GeneratedRegex(@"^### -(?<name>\w+)\n(?<text>.*?)(?=^### |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ParameterHeading();

    [GeneratedRegex(@"Choice\[(\w+)\]")]
    private static partial Regex Choice();

    [GeneratedRegex("```yaml\n.*?```\n*", RegexOptions.Singleline)]
    private static partial Regex FactsBlock();
}
