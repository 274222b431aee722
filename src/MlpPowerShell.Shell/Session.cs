using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace MlpPowerShell.Shell;

/// <summary>A PowerShell session with the module imported, on the console.</summary>
internal sealed class Session
{
    private readonly ConsoleHost _host = new();
    private readonly Runspace _runspace;
    private System.Management.Automation.PowerShell? _running;
    private volatile bool _wasStopped;

    public Session()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(ModuleFolder, "MlpPowerShell.psd1")]);
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            _wasStopped = true;
            _running?.BeginStop(null, null);
        };
    }

    /// <summary>The built module: beside the program where it was published so, otherwise where the build assembled it.</summary>
    public static string ModuleFolder { get; } = FindModule();

    /// <summary>Says what this shell is and what it lacks.</summary>
    public static void Announce()
    {
        string version = typeof(PSObject).Assembly.GetName().Version!.ToString(2);
        Console.WriteLine($"MlpPowerShell in an embedded PowerShell {version} engine.");
        Console.WriteLine("Beside a full pwsh it lacks the commands of the Utility and Management modules (Export-Csv, Select-Object,");
        Console.WriteLine("Sort-Object, Format-Table, Get-ChildItem and the like), jobs, remoting, profiles and line editing.");
        Console.WriteLine();
    }

    /// <summary>Runs a script file, and returns its exit code.</summary>
    public int RunScript(string path, string[] arguments)
    {
        if (!File.Exists(path))
        {
            _host.UI.WriteErrorLine($"There is no script {path}.");
            return 64;
        }

        ScriptBlockAst script = Parser.ParseFile(Path.GetFullPath(path), out _, out ParseError[] errors);
        foreach (ParseError error in errors)
            _host.UI.WriteErrorLine($"{path}, line {error.Extent.StartLineNumber}: {error.Message}");
        if (errors.Length > 0)
            return 1;

        // A script block rather than the file's name: its exit statement ends the session, as with pwsh -File.
        (Hashtable named, List<object> positional) = Bind(arguments);
        return Run(shell => shell.AddScript("param($script, $named, $positional) & $script @named @positional")
            .AddArgument(script.GetScriptBlock()).AddArgument(named).AddArgument(positional));
    }

    /// <summary>Runs some PowerShell, and returns its exit code: 1 also where the last statement failed.</summary>
    public int RunCommand(string text) =>
        Run(shell => shell.AddScript($"{text}{Environment.NewLine}if (-not $?) {{ exit 1 }}"));

    /// <summary>Reads and runs lines until exit or the end of the input, and returns the exit code.</summary>
    public int RunPrompt()
    {
        while (_host.ExitCode is null)
        {
            Console.Write($"MLP {_runspace.SessionStateProxy.Path.CurrentLocation}> ");
            string? line = ReadStatement();
            if (line is null)
                break;
            if (!string.IsNullOrWhiteSpace(line))
                Run(shell => shell.AddScript(line));
        }

        return _host.ExitCode ?? 0;
    }

    /// <summary>Reads on while a block, a string or a pipeline is open.</summary>
    private static string? ReadStatement()
    {
        string? text = Console.ReadLine();
        while (text is not null)
        {
            Parser.ParseInput(text, out _, out var errors);
            if (!errors.Any(error => error.IncompleteInput))
                return text;
            Console.Write(">> ");
            string? more = Console.ReadLine();
            if (more is null)
                return text;
            text += Environment.NewLine + more;
        }

        return null;
    }

    /// <summary>Tells parameters, with their values or as switches, from positional arguments.</summary>
    private static (Hashtable Named, List<object> Positional) Bind(string[] arguments)
    {
        var named = new Hashtable();
        var positional = new List<object>();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!IsParameter(arguments[i]))
                positional.Add(arguments[i]);
            else if (i + 1 < arguments.Length && !IsParameter(arguments[i + 1]))
                named[arguments[i][1..]] = arguments[++i];
            else
                named[arguments[i][1..]] = true;
        }

        return (named, positional);

        static bool IsParameter(string argument) => argument.Length > 1 && argument[0] == '-' && !char.IsDigit(argument[1]);
    }

    private int Run(Action<System.Management.Automation.PowerShell> build)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        build(shell);
        shell.AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        _wasStopped = false;
        _running = shell;
        try
        {
            shell.Invoke();

            // 128 + SIGINT, as shells have it: also where the last statement ended as it was stopped.
            return _host.ExitCode ?? (_wasStopped ? 130 : 0);
        }
        catch (PipelineStoppedException)
        {
            return _host.ExitCode ?? 130;
        }
        catch (RuntimeException failure)
        {
            Show(failure.ErrorRecord);
            return _host.ExitCode ?? 1;
        }
        finally
        {
            _running = null;
            _host.EndProgress();
        }
    }

    private void Show(ErrorRecord error)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        PSObject record = PSObject.AsPSObject(error);
        record.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default").AddParameter("InputObject", record).Invoke();
    }

    private static string FindModule()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "MlpPowerShell");
        return File.Exists(Path.Combine(beside, "MlpPowerShell.psd1"))
            ? beside
            : Assembly.GetExecutingAssembly()
                .GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(item => item.Key == "ModuleFolder").Value!;
    }
}
