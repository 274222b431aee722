using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Completes the classes or labels of the model that is given, or comes from a variable.</summary>
public sealed class ModelClassCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        IEnumerable<VariableExpressionAst> variables =
            commandAst.Parent is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: VariableExpressionAst variable }, ..] }
            ? [variable, .. commandAst.CommandElements.OfType<VariableExpressionAst>()]
            : commandAst.CommandElements.OfType<VariableExpressionAst>();
        return variables.SelectMany(SessionVariables.ValuesOf).Append(fakeBoundParameters["Model"]).Select(InputProperties.Unwrapped)
            .OfType<MlpModel>()
            .Take(1)
            .SelectMany(model => model.ClassNames)
            .Where(pattern.IsMatch)
            .Select(name => new CompletionResult(
                ColumnCompleter.Quoted(name), name, CompletionResultType.ParameterValue, $"The class {name}."));
    }
}
