using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>Completes the columns of the data set that is given, or comes from a variable.</summary>
public sealed class DatasetColumnCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        MlpDataset[] datasets = [.. ClassNameCompleter.Datasets(commandAst, fakeBoundParameters)];

        // Where the first place is for names or the data set, the data set comes first.
        if (datasets.Length == 0 && parameterName == "Name")
        {
            return new VariableCompleter<MlpDataset>()
                .CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
        }

        return datasets.SelectMany(data => data.Columns.Concat(data.LabelColumns).Concat(data.AsideColumns))
            .Select(column => column.Name).Distinct().Where(pattern.IsMatch)
            .Select(name => new CompletionResult(
                ColumnCompleter.Quoted(name), name, CompletionResultType.ParameterValue, $"The column {name}."));
    }
}
