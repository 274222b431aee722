using System.Reflection;
using System.Runtime.Loader;

namespace MlpPowerShell.Loader;

/// <summary>
/// Loads the engine, and the libraries it uses, apart from the session's other assemblies, so that another module with another version
/// of the same library can live in the same session.
/// </summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("MlpPowerShell")
{
    private static readonly object _lock = new();
    private static EngineLoadContext? _current;

    /// <summary>Makes the engine loadable.</summary>
    /// <param name="folder">Where its assembly is, and the libraries.</param>
    /// <param name="loaded">What is done with the engine once in a process, before anything else is.</param>
    public static void Register(string folder, Action<Assembly> loaded)
    {
        lock (_lock)
        {
            if (_current is not null)
                return;
            _current = new EngineLoadContext(folder);
            Default.Resolving += (_, name) => name.Name is "MlpPowerShell.Engine" or "MlpPowerShell.Pictures"
                ? _current.LoadFromAssemblyName(name)
                : null;
            loaded(_current.LoadFromAssemblyName(new AssemblyName("MlpPowerShell.Engine")));
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
