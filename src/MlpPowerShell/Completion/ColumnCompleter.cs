using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>
/// Completes the columns of a table: of the file that is imported, or of the objects that come down the pipeline as far as they are known.
/// </summary>
public sealed class ColumnCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Columns(commandAst, fakeBoundParameters).Distinct().Where(pattern.IsMatch).Select(name => new CompletionResult(
            Quoted(name), name, CompletionResultType.ParameterValue, $"The column {name}."));
    }

    private static IEnumerable<string> Columns(CommandAst command, IDictionary bound)
    {
        if ((bound["Path"] ?? bound["LiteralPath"]) is { } path)
            return ColumnsOfFile(First(path));
        if (bound["InputObject"] is { } input)
            return ColumnsOf(input);
        return command.Parent is PipelineAst pipeline ? ColumnsOfPipeline(pipeline, pipeline.PipelineElements.IndexOf(command)) : [];
    }

    /// <summary>What comes out of a pipeline before an element: commands that only filter or order are skipped.</summary>
    private static IEnumerable<string> ColumnsOfPipeline(PipelineAst pipeline, int end)
    {
        for (int i = end - 1; i >= 0; i--)
        {
            switch (pipeline.PipelineElements[i])
            {
                case CommandExpressionAst { Expression: VariableExpressionAst variable }:
                    return SessionVariables.ValuesOf(variable).SelectMany(ColumnsOf);
                case CommandAst command when command.GetCommandName() is { } name:
                    if (name is "Where-Object" or "Sort-Object" or "Tee-Object" or "where" or "?" or "sort" or "tee")
                        continue;
                    return name.Equals("Import-Csv", StringComparison.OrdinalIgnoreCase)
                        ? command.CommandElements.Skip(1)
                            .OfType<StringConstantExpressionAst>()
                            .Take(1)
                            .SelectMany(file => ColumnsOfFile(file.Value))
                        : ColumnsOfCommand(name);
                default:
                    return [];
            }
        }

        return [];
    }

    private static IEnumerable<string> ColumnsOfFile(string path)
    {
        try
        {
            using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
            string file = shell.AddScript("param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)")
                .AddArgument(path)
                .Invoke<string>()[0];
            return TableReader.NamesOf(file, new TableReadOptions());
        }
        catch (Exception failure) when (failure is MlpException or RuntimeException)
        {
            // A file that can't be read has no columns to offer; the command itself will say why.
            return [];
        }
    }

    /// <summary>The properties of what a command declares to write.</summary>
    private static IEnumerable<string> ColumnsOfCommand(string name)
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Get-Command")
            .AddParameter("Name", name)
            .AddParameter("ErrorAction", ActionPreference.Ignore)
            .Invoke<CommandInfo>()
            .SelectMany(command => command.OutputType)
            .Where(type => type.Type is not null)
            .SelectMany(type => type.Type.GetProperties())
            .Select(property => property.Name);
    }

    private static IEnumerable<string> ColumnsOf(object value)
    {
        object? row = InputProperties.Unwrapped(value) is IList list ? (list.Count > 0 ? list[0] : null) : value;
        return row is null ? [] : InputProperties.NamesOf(PSObject.AsPSObject(row));
    }

    private static string First(object value) => value is IList { Count: > 0 } list ? $"{list[0]}" : $"{value}";

    /// <summary>A name as it can stand on a command line.</summary>
    internal static string Quoted(string name) =>
        name.All(c => char.IsLetterOrDigit(c) || c is '_') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
