using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MlpPowerShell;

/// <summary>The variables of the session that a line is being completed in.</summary>
internal static class SessionVariables
{
    /// <summary>All variables that hold something, by name.</summary>
    public static IEnumerable<(string Name, PSObject Value)> All()
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        Collection<PSVariable> variables = shell.AddScript("$ExecutionContext.SessionState.InvokeProvider.ChildItem.Get('Variable:', $false)").Invoke<PSVariable>();
        return variables.Where(variable => variable.Value is not null).Select(variable => (variable.Name, PSObject.AsPSObject(variable.Value)));
    }
}
