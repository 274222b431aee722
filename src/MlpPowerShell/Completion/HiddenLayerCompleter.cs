using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell;

/// <summary>Completes the activation after the units of a hidden layer, where layers are written in one text: '128 re.</summary>
public sealed partial class HiddenLayerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        Match written = Layers().Match(wordToComplete.Trim('\'', '"'));
        return !written.Success ? [] : Activation.All
            .Where(activation => activation.Kind.StartsWith(written.Groups["name"].Value, StringComparison.OrdinalIgnoreCase))
            .Select(activation => new CompletionResult(
                $"'{written.Groups["before"].Value}{activation.Kind}'",
                activation.Kind,
                CompletionResultType.ParameterValue,
                activation.Summary));
    }

    [GeneratedRegex(@"^(?<before>(.*[,;])?\s*[0-9]+\s+)(?<name>\w*)$")]
    private static partial Regex Layers();
}
