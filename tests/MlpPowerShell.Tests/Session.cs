using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MlpPowerShell.Tests;

/// <summary>A PowerShell session with the built module, in this process.</summary>
internal sealed class Session : IDisposable
{
    private readonly Runspace _runspace;

    public Session()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        state.ImportPSModule([Path.Combine(ModuleFolder, "MlpPowerShell.psd1")]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    public static string ModuleFolder { get; } = Metadata("ModuleFolder");

    public static string Root { get; } = Path.GetFullPath(Path.Combine(ModuleFolder, "..", ".."));

    public static string ExamplesFolder { get; } = Path.Combine(ModuleFolder, "examples");

    /// <summary>A folder of this session's own, which is its current location.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mlp-session-").FullName;

    public static string Metadata(string key) =>
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a script that must write no error, and returns what it writes.</summary>
    public PSObject[] Run(string script, params object[] arguments)
    {
        Result result = Try(script, arguments);
        Assert.Empty(result.Errors);
        return result.Output;
    }

    /// <summary>Runs a script that must write one value.</summary>
    public T Run1<T>(string script, params object[] arguments) =>
        (T)LanguagePrimitives.ConvertTo(
            Assert.Single(Run(script, arguments)), typeof(T), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Runs a script, and returns what it writes and its errors, the one that ended it included.</summary>
    public Result Try(string script, params object[] arguments)
    {
        using var shell = Create(script, arguments);
        var output = new PSDataCollection<PSObject>();
        var errors = new List<ErrorRecord>();
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException failure)
        {
            errors.Add(failure.ErrorRecord);
        }

        string[] warnings = [.. shell.Streams.Warning.Select(warning => warning.Message)];
        return new Result([.. output], [.. shell.Streams.Error, .. errors], [.. shell.Streams.Progress], warnings);
    }

    /// <summary>A pipeline of this session, to be started and stopped by hand.</summary>
    public System.Management.Automation.PowerShell Create(string script, params object[] arguments)
    {
        var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript($"param($a, $b) Microsoft.PowerShell.Core\\Set-StrictMode -Version Latest; {script}");
        foreach (object argument in arguments)
            shell.AddArgument(argument);
        _runspace.SessionStateProxy.Path.SetLocation(Folder);
        return shell;
    }

    public sealed record Result(PSObject[] Output, ErrorRecord[] Errors, ProgressRecord[] Progress, string[] Warnings);
}
