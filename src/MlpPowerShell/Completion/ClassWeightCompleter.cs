using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Completes the one class weight that has a name.</summary>
public sealed class ClassWeightCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string name = ClassWeights.Balanced.ToString();
        if (name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
        {
            yield return new CompletionResult(
                name, name, CompletionResultType.ParameterValue, "Weights that make all classes count alike.");
        }
    }
}
