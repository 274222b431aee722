using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell;

/// <summary>Completes variables that hold an object of a type, or a list that begins with one.</summary>
public sealed class VariableCompleter<T> : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.TrimStart('$') + "*", WildcardOptions.IgnoreCase);
        return from variable in SessionVariables.All()
               where pattern.IsMatch(variable.Name) && Holds(variable.Value.BaseObject)
               orderby variable.Name
               select new CompletionResult(
                   $"${variable.Name}", variable.Name, CompletionResultType.Variable, Text(variable.Value.BaseObject));
    }

    private static bool Holds(object value) =>
        value is T || (value is IList { Count: > 0 } list && InputProperties.Unwrapped(list[0]) is T);

    private static string Text(object value) =>
        value is IList list ? $"{list.Count} × {InputProperties.Unwrapped(list[0])!.GetType().Name}" : $"{value}";
}

/// <summary>Completes variables that hold a data set or a model.</summary>
public sealed class LikeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        new IArgumentCompleter[] { new VariableCompleter<MlpDataset>(), new VariableCompleter<MlpModel>() }.SelectMany(completer =>
            completer.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters));
}
