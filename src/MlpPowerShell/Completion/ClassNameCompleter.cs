using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>Completes the classes of the data set that is given, or comes from a variable.</summary>
public sealed class ClassNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Datasets(commandAst, fakeBoundParameters).SelectMany(data => data.ClassNames).Distinct().Where(pattern.IsMatch)
            .Select(name => new CompletionResult(
                ColumnCompleter.Quoted(name), name, CompletionResultType.ParameterValue, $"The class {name}."));
    }

    internal static IEnumerable<MlpDataset> Datasets(CommandAst command, IDictionary bound)
    {
        if (bound["Dataset"] is { } given)
            return new[] { InputProperties.Unwrapped(given) }.OfType<MlpDataset>();

        // A data set that may stand in two places is bound in none while the line is being written.
        IEnumerable<VariableExpressionAst> variables =
            command.Parent is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: VariableExpressionAst variable }, ..] }
            ? [variable]
            : command.CommandElements.OfType<VariableExpressionAst>();
        return variables.SelectMany(SessionVariables.ValuesOf).Select(InputProperties.Unwrapped).OfType<MlpDataset>().Take(1);
    }
}
