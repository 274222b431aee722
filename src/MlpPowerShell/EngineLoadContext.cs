using System.Reflection;
using System.Runtime.Loader;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>
/// Loads the engine, and the libraries it uses, apart from the session's other assemblies, so that another module with another version
/// of the same library can live in the same session.
/// </summary>
public sealed class EngineLoadContext : AssemblyLoadContext
{
    private static readonly object _lock = new();
    private static EngineLoadContext? _current;

    private readonly string _folder;

    private EngineLoadContext(string folder)
        : base("MlpPowerShell")
    {
        _folder = folder;
    }

    /// <summary>Makes the engine loadable; the module's script calls it before it imports the cmdlets.</summary>
    public static void Register()
    {
        lock (_lock)
        {
            if (_current is not null)
                return;
            string module = Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location)!;
            _current = new EngineLoadContext(Path.Combine(module, "lib"));
            Default.Resolving += (_, name) => name.Name is "MlpPowerShell.Engine" or "MlpPowerShell.Pictures"
                ? _current.LoadFromAssemblyName(name)
                : null;
        }

        _ = Task.Run(() =>
        {
            if (MlpRank.Current.Ranks > 1)
                Communicator.LeaveAtExit();

            // While the user reads data and creates a model, so that the first epoch doesn't wait for the compiler.
            WarmUp.Run();
        });
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
