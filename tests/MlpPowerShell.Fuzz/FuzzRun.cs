using System.Diagnostics;
using System.Globalization;
using MlpPowerShell.Engine;

namespace MlpPowerShell.Fuzz;

/// <summary>
/// Many broken files for one reader. Each is read, or refused with an <see cref="MlpException"/>, within a bound of memory and of time;
/// anything
/// else is a failure, whose file is kept.
/// </summary>
internal sealed class FuzzRun(FuzzTarget target, int seed, string folder)
{
    private const int MostFailures = 20;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private long _started = Stopwatch.GetTimestamp();
    private int _read;
    private int _refused;
    private long _mostBytes;
    private readonly Dictionary<string, string> _failures = [];

    /// <summary>Feeds the reader.</summary>
    /// <param name="inputs">How many files.</param>
    /// <returns>Whether it withstood them all.</returns>
    public bool Run(int inputs)
    {
        string path = Path.Combine(folder, $"{target.Name}{target.Extension}");
        var worker = new Thread(() => Feed(inputs, path)) { IsBackground = true };
        worker.Start();
        while (!worker.Join(500))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _started)) > _longest)
            {
                Fail("time", $"one file took more than {_longest.TotalSeconds} s", path);
                break;
            }
        }

        string result = _failures.Count == 0 ? "passed" : $"FAILED: {string.Concat(_failures.Values)}";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-12} {_read + _refused,9:N0} files, {_read,7:N0} read, {_mostBytes / 1e6,5:F1} MB at most, {result}"));
        return _failures.Count == 0;
    }

    private void Feed(int inputs, string path)
    {
        var mutator = new Mutator(seed);
        IEnumerable<byte[]> random = Enumerable.Range(0, inputs).Select(_ => target.NextInput(mutator));
        IEnumerable<byte[]> lies = target.Lies is { } lying ? target.Seeds.SelectMany(lying) : [];
        foreach (byte[] input in lies.Concat(random).TakeWhile(_ => _failures.Count < MostFailures))
        {
            File.WriteAllBytes(path, input);
            Volatile.Write(ref _started, Stopwatch.GetTimestamp());
            FeedOne(path, input.Length);
        }
    }

    private void FeedOne(string path, int length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ReadOrRefuse(path);
        }
        catch (Exception failure)
        {
            // What is thrown in one place is one fault, however many files find it.
            string place = Array.Find($"{failure.StackTrace}".Split('\n'), line => line.Contains(" in ", StringComparison.Ordinal)) ?? "?";
            Fail($"{failure.GetType().Name}{place}", failure.ToString(), path);
            return;
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        _mostBytes = Math.Max(_mostBytes, bytes);
        long bound = target.Allowance + (target.Expansion * length);
        if (bytes > bound)
        {
            string much = string.Create(
                CultureInfo.InvariantCulture, $"a file of {length} bytes took {bytes / 1e6:F1} MB, and {bound / 1e6:F1} are allowed");
            Fail("memory", much, path);
        }
    }

    private void Fail(string fault, string what, string path)
    {
        lock (_failures)
        {
            string kept = Path.Combine(Path.GetTempPath(), $"fuzz-{target.Name}-{seed}-{_read + _refused}{target.Extension}");
            if (_failures.TryAdd(fault, $"{Environment.NewLine}{what}{Environment.NewLine}    the file: {kept}"))
                File.Copy(path, kept, overwrite: true);
        }
    }

    private void ReadOrRefuse(string path)
    {
        try
        {
            target.Read(path);
            _read++;
        }
        catch (MlpException failure)
        {
            _refused++;
            ModelCommands.CheckMessage(failure);
        }
    }
}
