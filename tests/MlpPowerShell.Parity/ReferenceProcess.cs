using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace MlpPowerShell.Parity;

/// <summary>A process of Python that answers requests one after another.</summary>
public sealed class ReferenceProcess : IDisposable
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly Lazy<string?> _python = new(() => Array.Find(["/usr/bin/python3", "python3", "python"], HasLibraries));
    private readonly Process _process;

    private ReferenceProcess(Process process) => _process = process;

    /// <summary>Whether this machine has a Python with PyTorch and scikit-learn.</summary>
    public static bool IsThere => _python.Value is not null;

    /// <summary>Starts such a Python.</summary>
    public static ReferenceProcess Start()
    {
        var start = new ProcessStartInfo(_python.Value!, ["-W", "ignore", Path.Combine(AppContext.BaseDirectory, "reference.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ReferenceProcess(Process.Start(start)!);
    }

    /// <summary>A request as it is written.</summary>
    public static string Text(object request) => JsonSerializer.Serialize(request, _json);

    /// <summary>Asks all requests, and hands out the answers in their order, as they come; fewer where the process fails.</summary>
    public IEnumerable<Reference> Ask(IEnumerable<object> requests)
    {
        Task asking = Task.Run(() =>
        {
            foreach (object request in requests)
                _process.StandardInput.WriteLine(Text(request));
            _process.StandardInput.Close();
        });
        while (_process.StandardOutput.ReadLine() is { } line)
            yield return JsonSerializer.Deserialize<Reference>(line, _json)!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static bool HasLibraries(string python)
    {
        try
        {
            var start = new ProcessStartInfo(python, ["-c", "import sklearn, torch"]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
