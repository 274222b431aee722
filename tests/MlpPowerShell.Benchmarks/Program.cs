using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using MlpPowerShell.Benchmarks;

switch (args)
{
    case ["--epochs", .. string[] rest]:
        string[] chosen = [.. rest.Where(text => text.Contains(':', StringComparison.Ordinal))];
        EpochRace.Run(
            chosen.Length > 0 ? chosen.Select(Workload.Parse) : Workload.All,
            Paths.Mnist,
            Number(Option(rest, "--rounds") ?? "7"),
            Number(Option(rest, "--threads") ?? $"{Environment.ProcessorCount}"),
            Option(rest, "--python") ?? "python3",
            (Option(rest, "--peers") ?? "numpy,sklearn,torch").Split(','));
        break;
    case ["--contestant", string workload, string folder, string threads]:
        EngineContestant.Run(Workload.Parse(workload), folder, Number(threads));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly())
            .Run(args, DefaultConfig.Instance
                .AddColumn(new SpeedColumn(share: false), new SpeedColumn(share: true))
                .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(50)));
        break;
}

static string? Option(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and int i ? arguments[i + 1] : null;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
