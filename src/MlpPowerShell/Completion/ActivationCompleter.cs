using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell;

/// <summary>Completes the activation functions, with what each is as the tool tip.</summary>
public sealed class ActivationCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Activation.All.Where(activation => pattern.IsMatch(activation.Kind))
            .Select(activation => new CompletionResult(
                activation.Kind, activation.Kind, CompletionResultType.ParameterValue, activation.Summary));
    }
}
