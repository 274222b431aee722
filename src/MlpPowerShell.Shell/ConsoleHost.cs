using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace MlpPowerShell.Shell;

/// <summary>The console as PowerShell sees it.</summary>
internal sealed class ConsoleHost : PSHost
{
    private readonly ConsoleUserInterface _ui = new();

    /// <summary>What the script's exit statement said, or null where there was none.</summary>
    public int? ExitCode { get; private set; }

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "MlpPowerShell.Shell";

    public override PSHostUserInterface UI => _ui;

    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version!;

    public void EndProgress() => _ui.EndProgress();

    public override void EnterNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void NotifyBeginApplication()
    {
        // Programs share the console as it is.
    }

    public override void NotifyEndApplication()
    {
        // Programs leave the console as it was.
    }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
