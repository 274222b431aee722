using System.Globalization;
using MlpPowerShell.Fuzz;

// Breaks files from a seed and feeds them to the readers:
//   dotnet run -c Release --project tests/MlpPowerShell.Fuzz -- [--inputs 200000] [--seed 1] [--reader onnx]
int inputs = int.Parse(Option("--inputs") ?? "200000", CultureInfo.InvariantCulture);
int seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
string? reader = Option("--reader");

string folder = Directory.CreateTempSubdirectory("mlp-fuzz-").FullName;
try
{
    FuzzTarget[] targets = [.. FuzzTargets.All(folder).Where(target => reader is null || target.Name == reader)];
    int passed = targets.AsParallel()
        .WithExecutionMode(ParallelExecutionMode.ForceParallelism)
        .Count(target => new FuzzRun(target, seed, folder).Run(inputs));
    Console.WriteLine($"succeeded: {passed}");
    Console.WriteLine($"failed: {targets.Length - passed}");
    return targets.Length > 0 && passed == targets.Length ? 0 : 1;
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
