using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Commands;

namespace MlpPowerShell;

/// <summary>Completes the functions that Invoke-MlpActivation applies: those of hidden layers, and softmax.</summary>
public sealed class FunctionCompleter : IArgumentCompleter
{
    private readonly ActivationCompleter _activations = new();

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IEnumerable<CompletionResult> results =
            _activations.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
        const string Name = InvokeMlpActivationCommand.SoftmaxName;
        return Name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)
            ? results.Append(new CompletionResult(
                Name, Name, CompletionResultType.ParameterValue, "e^x over the sum of all e^x, of an array as one vector."))
            : results;
    }
}
