using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MlpPowerShell;

/// <summary>The variables of the session that a line is being completed in.</summary>
internal static class SessionVariables
{
    /// <summary>What a variable of the line holds: one object, or none.</summary>
    public static IEnumerable<PSObject> ValuesOf(VariableExpressionAst variable) => All()
        .Where(held => held.Name.Equals(variable.VariablePath.UserPath, StringComparison.OrdinalIgnoreCase)).Select(held => held.Value);

    /// <summary>All variables that hold something, by name.</summary>
    public static IEnumerable<(string Name, PSObject Value)> All()
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        Collection<PSVariable> variables =
            shell.AddScript("$ExecutionContext.SessionState.InvokeProvider.ChildItem.Get('Variable:', $false)").Invoke<PSVariable>();
        return variables.Where(variable => variable.Value is not null)
            .Select(variable => (variable.Name, PSObject.AsPSObject(variable.Value)));
    }
}
