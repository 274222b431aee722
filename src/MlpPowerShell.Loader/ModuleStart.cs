using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace MlpPowerShell.Loader;

/// <summary>What PowerShell runs when it imports the module, before it looks at the cmdlets.</summary>
public sealed class ModuleStart : IModuleAssemblyInitializer
{
    private const string Module = "MlpPowerShell";

    /// <inheritdoc/>
    public void OnImport()
    {
        string folder = Path.GetDirectoryName(typeof(ModuleStart).Assembly.Location)!;
        if (LoadedElsewhere(folder) is { } other)
        {
            throw new PSInvalidOperationException(
                $"Another {Module} is loaded in this session, from {other}, and .NET can't load two; import this one in a new session.");
        }

        EngineLoadContext.Register(Path.Combine(folder, "lib"), TypeNames.Add);
    }

    /// <summary>Where another version, or a copy of this one, was loaded from; null where none was.</summary>
    private static string? LoadedElsewhere(string folder)
    {
        Assembly? cmdlets = AssemblyLoadContext.Default.Assemblies.FirstOrDefault(assembly => assembly.GetName().Name == Module);
        if (cmdlets is not null && Path.GetDirectoryName(cmdlets.Location) is { } other && other != folder)
            return other;

        // What is imported right now is not in the list yet: what is must be a copy.
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Microsoft.PowerShell.Core\\Get-Module").AddParameter("Name", Module).Invoke<PSModuleInfo>()
            .FirstOrDefault()?.ModuleBase;
    }
}
