using System.Management.Automation;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>Has the engine made ready when the module is imported, once in a process.</summary>
public sealed class EngineStart : IModuleAssemblyInitializer
{
    private static int _hasStarted;

    /// <inheritdoc/>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref _hasStarted, 1) == 1)
            return;
        _ = Task.Run(() =>
        {
            if (MlpRank.Current.Ranks > 1)
                Communicator.LeaveAtExit();

            // While the user reads data and creates a model, so that the first epoch doesn't wait for the compiler.
            WarmUp.Run();
        });
    }
}
