using System.Globalization;

namespace MlpPowerShell.Benchmarks;

/// <summary>Seconds per epoch, the engine and its peers taking turns.</summary>
internal static class EpochRace
{
    /// <summary>The peer that is the engine itself, in as many processes of one thread as it otherwise has threads.</summary>
    private const string Ranks = "ranks";

    // The threads of OpenBLAS and OpenMP spin on after their work, on the cores of whoever comes next; ranks that wait for another do so
    // longer.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan _pauseOfRanks = TimeSpan.FromSeconds(1.5);

    public static void Run(IEnumerable<Workload> workloads, string dataFolder, int rounds, int threads, string python, string[] peers)
    {
        TimeSpan pause = peers.Contains(Ranks) ? _pauseOfRanks : _pause;
        string script = Path.Combine(AppContext.BaseDirectory, "peers", "peers.py");
        string program =
            Path.Combine(AppContext.BaseDirectory, "MlpPowerShell.Benchmarks" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        Print("workload", "who", "median s", "min s", "first/2nd", "ours is", "MB");
        foreach (Workload workload in workloads)
        {
            Contestant engine = Contestant.TryStart("MlpPowerShell", program, "--contestant", workload.Text, dataFolder, $"{threads}")
                ?? throw new InvalidOperationException($"{program} has not started.");
            Contestant[] contestants = [engine, .. peers.Select(Start).OfType<Contestant>()];
            for (int round = 0; round < rounds; round++)
            {
                foreach (Contestant contestant in contestants)
                {
                    Thread.Sleep(pause);
                    contestant.RunEpoch();
                }
            }

            foreach (Contestant contestant in contestants)
            {
                Print(
                    workload.Text,
                    contestant.Name,
                    Number(contestant.Median),
                    Number(contestant.Seconds.Min()),
                    Number(contestant.Seconds[0] / contestant.Seconds[1]),
                    Number(contestant.Median / engine.Median) + "x",
                    contestant.Megabytes.ToString("F0", CultureInfo.InvariantCulture));
                contestant.Dispose();
            }

            Contestant? Start(string peer) => peer == Ranks
                ? Contestant.TryStart(
                    $"{threads} ranks",
                    "mpirun",
                    "--bind-to",
                    "core",
                    "-n",
                    $"{threads}",
                    program,
                    "--contestant",
                    workload.Text,
                    dataFolder,
                    "1")
                : Contestant.TryStart(peer, python, script, peer, workload.Text, dataFolder);
        }
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static void Print(params string[] cells) =>
        Console.WriteLine($"{cells[0],-20} {cells[1],-14} {cells[2],9} {cells[3],8} {cells[4],10} {cells[5],9} {cells[6],6}");
}
