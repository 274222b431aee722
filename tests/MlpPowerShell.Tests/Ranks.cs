using System.Diagnostics;
using System.Globalization;

namespace MlpPowerShell.Tests;

/// <summary>Runs scripts on several processes at once, started by the machine's mpirun.</summary>
internal sealed class Ranks : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    /// <summary>Where mpirun is, or null where there is no MPI.</summary>
    public static string? Launcher { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "mpirun")).FirstOrDefault(File.Exists);

    /// <summary>The folder that the scripts run in.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mlp-ranks-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Runs a script on some ranks; where none is given, on this process's child alone, without mpirun.</summary>
    public Outcome Run(int? ranks, string script, params (string Name, string Value)[] environment)
    {
        using Process process = Start(ranks, script, environment);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The ranks hang.");
        }

        return new Outcome(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Starts a script on some ranks.</summary>
    public Process Start(int? ranks, string script, params (string Name, string Value)[] environment)
    {
        string file = Path.Combine(Folder, "script.ps1");
        File.WriteAllText(file, $"$rank = (Get-MlpRank).Rank\n{script}");
        string[] shell = ["dotnet", Session.Metadata("Shell"), file];
        string[] command = ranks is { } count
            ? [Launcher!, "--oversubscribe", "--bind-to", "none", "-n", count.ToString(CultureInfo.InvariantCulture), .. shell]
            : shell;
        var start = new ProcessStartInfo(
            command[0], command[1..])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };

        // A container's only user is root, whom Open MPI warns; and its processes may not read each other's memory, which it works without.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none";
        start.Environment["COLUMNS"] = "500";

        // Under mpirun a rank's output is a terminal.
        start.Environment["TERM"] = "dumb";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>What the ranks wrote, all together, and the exit code.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>What lines that begin with a word go on with.</summary>
        public string[] After(string word) =>
            [.. Output.Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))
                .Select(line => line[(word.Length + 1)..])];

        /// <summary>The numbers of those lines.</summary>
        public double[][] Numbers(string word) =>
            [.. After(word).Select(line => Array.ConvertAll(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries), text => double.Parse(text, CultureInfo.InvariantCulture)))];

        public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
    }
}
