using System.Globalization;
using MlpPowerShell.Parity;

// Trains networks drawn from a seed here and in PyTorch, measures predictions here and in scikit-learn, and compares:
//   dotnet run -c Release --project tests/MlpPowerShell.Parity -- [--networks 1000] [--seed 1]
int networks = Number("--networks", 1000), seed = Number("--seed", 1);
using ReferenceProcess? reference = ReferenceProcess.Start();
if (reference is null)
{
    Console.WriteLine("Not run: this machine has no Python with PyTorch and scikit-learn (Debian, Ubuntu: python3-torch, python3-sklearn).");
    return 0;
}

string folder = Directory.CreateTempSubdirectory("mlp-parity-").FullName;
try
{
    var run = new ParityRun(folder);
    NetworkCase[] cases = [.. Enumerable.Range(1, networks).Select(number => NetworkDraw.Of(seed, number, isSmall: false))];
    MetricsCase[] measures = [.. Enumerable.Range(1, (networks + 1) / 2).Select(number => new MetricsCase(seed, number))];
    int i = 0;
    foreach (Dictionary<string, ReferenceFigure> answer in
        reference.Ask([.. cases.Select(item => item.Request()), .. measures.Select(item => item.Request())]))
    {
        if (i < cases.Length)
            run.Compare(cases[i], answer);
        else
            run.Compare(measures[i - cases.Length], answer);
        i++;
    }

    Console.WriteLine($"Of seed {seed}, {cases.Length} networks and {measures.Length} sets of predictions. {run.Summary}");
    Console.WriteLine($"succeeded: {run.Succeeded}");
    Console.WriteLine($"failed: {run.Failed + cases.Length + measures.Length - i}");
    return run.Failed == 0 && i == cases.Length + measures.Length ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

int Number(string name, int otherwise)
{
    int place = Array.IndexOf(args, name);
    return place >= 0 && place + 1 < args.Length ? int.Parse(args[place + 1], CultureInfo.InvariantCulture) : otherwise;
}
