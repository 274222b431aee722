using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlpPowerShell;

/// <summary>Completes names of which there is a list.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <summary>The names, each with what it stands for.</summary>
    private protected abstract IEnumerable<(string Name, string Meaning)> Names { get; }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Names.Where(name => pattern.IsMatch(name.Name))
            .Select(name => new CompletionResult(name.Name, name.Name, CompletionResultType.ParameterValue, name.Meaning));
    }
}

/// <summary>Completes the encodings that tables are mostly in.</summary>
public sealed class EncodingCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Meaning)> Names { get; } =
    [
        ("utf-8", "Unicode, the default"),
        ("utf-16", "Unicode as Windows saves it where asked for"),
        ("windows-1252", "Western Europe, as old Windows programs save it"),
        ("latin1", "Western Europe, ISO 8859-1"),
        ("windows-1250", "Central Europe"),
        ("windows-1251", "Cyrillic"),
        ("shift_jis", "Japanese"),
        ("gb18030", "Chinese"),
        ("euc-kr", "Korean"),
    ];
}

/// <summary>Completes the cultures that this machine knows.</summary>
public sealed class CultureCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Meaning)> Names =>
        CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(culture => (culture.Name, culture.EnglishName));
}
