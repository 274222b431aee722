namespace MlpPowerShell.Parity;

/// <summary>Has cases done here and by the reference.</summary>
public static class ParityRun
{
    /// <summary>How often the reference is to do a case in float32.</summary>
    public const int Runs = 5;

    // Where a figure is off, rounding may have done what a few runs did not show: as where the sign of an error decides.
    private const int MoreRuns = 100;

    /// <summary>Compares all cases, and writes of each that does not agree what is off.</summary>
    /// <returns>How many agree.</returns>
    public static int Compare(IReadOnlyList<ICase> cases)
    {
        (ICase Case, IReadOnlyList<string> Differences)[] doubtful = [.. Differing(cases, Runs)];
        doubtful = [.. Differing([.. doubtful.Select(item => item.Case)], MoreRuns)];
        foreach ((ICase item, IReadOnlyList<string> differences) in doubtful)
            Console.WriteLine($"FAILED {item}{string.Concat(differences.Take(4).Select(line => $"{Environment.NewLine}    {line}"))}");
        return cases.Count - doubtful.Length;
    }

    private static IEnumerable<(ICase Case, IReadOnlyList<string> Differences)> Differing(IReadOnlyList<ICase> cases, int runs)
    {
        using ReferenceProcess process = ReferenceProcess.Start();
        int i = 0;
        foreach (Reference reference in process.Ask(cases.Select(item => item.Request(runs))))
        {
            ICase item = cases[i++];
            if (item.Differences(reference) is { Count: > 0 } differences)
                yield return (item, differences);
        }

        for (; i < cases.Count; i++)
            yield return (cases[i], ["the reference gave no answer"]);
    }
}
