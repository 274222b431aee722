using System.Globalization;
using MlpPowerShell.Parity;

// Trains networks drawn from a seed here and in PyTorch, measures predictions here and in scikit-learn, reads graphs
// of ONNX that PyTorch writes, and compares:
//   dotnet run -c Release --project tests/MlpPowerShell.Parity -- [--networks 1000] [--seed 1]
// Keeps the references of a few small networks, for tests on machines without Python:
//   dotnet run --project tests/MlpPowerShell.Parity -- --networks 40 --seed 2 --keep tests/MlpPowerShell.Parity/references/networks.json
int networks = int.Parse(Option("--networks") ?? "1000", CultureInfo.InvariantCulture);
int graphs = (networks + 9) / 10;
int seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
if (!ReferenceProcess.IsThere)
{
    Console.WriteLine("Not run: this machine has no Python with PyTorch and scikit-learn (Debian: python3-torch, python3-sklearn).");
    return 0;
}

if (Option("--keep") is { } path)
{
    KeptReferences.Write(path, seed, networks);
    return 0;
}

string folder = Directory.CreateTempSubdirectory("mlp-parity-").FullName;
try
{
    ICase[] cases =
    [
        .. Enumerable.Range(1, networks).Select(number => new NetworkComparison(NetworkDraw.Of(seed, number, isSmall: false), folder)),
        .. Enumerable.Range(1, (networks + 1) / 2).Select(number => new MetricsCase(seed, number)),
        .. Enumerable.Range(1, graphs).Select(number => new GraphCase(seed, number, folder)),
    ];
    int succeeded = ParityRun.Compare(cases);
    Console.WriteLine($"seed {seed}: {networks} networks and {(networks + 1) / 2} sets of predictions, {graphs} graphs");
    Console.WriteLine($"succeeded: {succeeded}");
    Console.WriteLine($"failed: {cases.Length - succeeded}");
    return succeeded == cases.Length ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

string? Option(string name)
{
    int place = Array.IndexOf(args, name);
    return place >= 0 && place + 1 < args.Length ? args[place + 1] : null;
}
