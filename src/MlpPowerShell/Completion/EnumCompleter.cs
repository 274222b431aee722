using System.Xml.Linq;

namespace MlpPowerShell;

/// <summary>Completes the values of an enum, with what its documentation says of each as the tool tip.</summary>
public sealed class EnumCompleter<T> : NameCompleter
    where T : struct, Enum
{
    private static readonly Lazy<Dictionary<string, string>> _summaries = new(ReadSummaries);

    private protected override IEnumerable<(string Name, string Meaning)> Names =>
        Enum.GetNames<T>().Select(name => (name, _summaries.Value.GetValueOrDefault(name, name)));

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
