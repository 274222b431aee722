using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using MlpPowerShell.Benchmarks;

switch (args)
{
    case ["--epochs", .. string[] rest]:
        EpochRace.Run(
            Chosen(rest) is { Length: > 0 } chosen ? chosen : Workload.All,
            Paths.Mnist,
            Number(Option(rest, "--rounds") ?? "7"),
            Number(Option(rest, "--threads") ?? $"{Environment.ProcessorCount}"),
            Option(rest, "--python") ?? "python3",
            (Option(rest, "--peers") ?? "numpy,sklearn,torch").Split(','));
        break;
    case ["--tables", .. string[] rest]:
        TableRace.Run(
            Chosen(rest),
            Number(Option(rest, "--rows") ?? "60000"),
            Number(Option(rest, "--rounds") ?? "21"),
            Number(Option(rest, "--threads") ?? $"{Environment.ProcessorCount}"));
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

static Workload[] Chosen(string[] arguments) =>
    [.. arguments.Where(text => text.Contains(':', StringComparison.Ordinal)).Select(Workload.Parse)];

static string? Option(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and int i ? arguments[i + 1] : null;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
