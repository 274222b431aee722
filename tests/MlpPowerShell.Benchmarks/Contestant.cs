using System.Diagnostics;
using System.Globalization;

namespace MlpPowerShell.Benchmarks;

/// <summary>
/// A process that trains one workload, an epoch whenever it is asked to, so that contestants can take turns on a machine whose speed
/// changes from minute to minute.
/// </summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process _process;

    private Contestant(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    /// <summary>Seconds of each epoch so far.</summary>
    public List<double> Seconds { get; } = [];

    /// <summary>Megabytes by which the process's peak memory has grown since its data were loaded.</summary>
    public double Megabytes { get; private set; }

    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    /// <summary>Starts a contestant, or returns null where the machine doesn't have it, or it doesn't do this work.</summary>
    public static Contestant? TryStart(string name, string fileName, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(fileName, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

            // To ranks, their output is a terminal.
            start.Environment["TERM"] = "dumb";
            var process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() == "ready")
                return new Contestant(name, process);
            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program: one contestant fewer.
        }

        return null;
    }

    public void RunEpoch()
    {
        _process.StandardInput.WriteLine();
        string[] answer = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException($"{Name} has ended.");
        Seconds.Add(double.Parse(answer[0], CultureInfo.InvariantCulture));
        Megabytes = double.Parse(answer[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
