using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Running;
using MlpPowerShell.Benchmarks;

string root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Root").Value!;
string data = Path.GetFullPath(Path.Combine(root, "data", "mnist"));
switch (args)
{
    case ["--epochs", .. string[] rest]:
        string[] chosen = [.. rest.Where(text => text.Contains(':', StringComparison.Ordinal))];
        EpochRace.Run(
            chosen.Length > 0 ? chosen.Select(Workload.Parse) : Workload.All,
            data,
            Number(Option(rest, "--rounds") ?? "7"),
            Number(Option(rest, "--threads") ?? $"{Environment.ProcessorCount}"),
            Option(rest, "--python") ?? "python3",
            (Option(rest, "--peers") ?? "numpy,sklearn,torch").Split(','));
        break;
    case ["--contestant", string workload, string folder, string threads]:
        EngineContestant.Run(Workload.Parse(workload), folder, Number(threads));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        break;
}

static string? Option(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and int i ? arguments[i + 1] : null;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
