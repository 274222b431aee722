using System.Globalization;

namespace MlpPowerShell.Benchmarks;

/// <summary>Seconds per epoch, the engine and its peers taking turns.</summary>
internal static class EpochRace
{
    public static void Run(IEnumerable<Workload> workloads, string dataFolder, int rounds, int threads, string python, string[] peers)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "peers", "peers.py");
        string program = Path.Combine(AppContext.BaseDirectory, "MlpPowerShell.Benchmarks" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));
        Print("workload", "who", "median s", "min s", "first/2nd", "ours is", "MB");
        foreach (Workload workload in workloads)
        {
            Contestant engine = Contestant.TryStart("MlpPowerShell", program, "--contestant", workload.Text, dataFolder, $"{threads}")
                ?? throw new InvalidOperationException($"{program} has not started.");
            Contestant[] contestants = [engine, .. peers.Select(peer => Contestant.TryStart(peer, python, script, peer, workload.Text, dataFolder)).OfType<Contestant>()];
            for (int round = 0; round < rounds; round++)
            {
                foreach (Contestant contestant in contestants)
                    contestant.RunEpoch();
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
        }
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static void Print(params string[] cells) => Console.WriteLine($"{cells[0],-20} {cells[1],-14} {cells[2],9} {cells[3],8} {cells[4],10} {cells[5],9} {cells[6],6}");
}
