using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Xml.Linq;

namespace MlpPowerShell;

/// <summary>Completes the values of an enum, with what its documentation says of each as the tool tip.</summary>
public sealed class EnumCompleter<T> : IArgumentCompleter
    where T : struct, Enum
{
    private static readonly Lazy<Dictionary<string, string>> _summaries = new(ReadSummaries);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Enum.GetNames<T>().Where(pattern.IsMatch)
            .Select(name => new CompletionResult(
                name, name, CompletionResultType.ParameterValue, _summaries.Value.GetValueOrDefault(name, name)));
    }

    /// <summary>The summaries of the values, from the documentation that lies beside the assembly.</summary>
    private static Dictionary<string, string> ReadSummaries()
    {
        string file = Path.ChangeExtension(typeof(T).Assembly.Location, ".xml"), prefix = $"F:{typeof(T).FullName}.";
        if (!File.Exists(file))
            return [];
        return XDocument.Load(file).Descendants("member")
            .Where(member => ((string)member.Attribute("name")!).StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(
                member => ((string)member.Attribute("name")!)[prefix.Length..],
                member => string.Join(' ', member.Element("summary")!.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }
}
