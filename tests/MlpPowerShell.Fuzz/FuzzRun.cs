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
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private long _started = Stopwatch.GetTimestamp();
    private int _read;
    private int _refused;
    private long _mostBytes;
    private string? _failure;

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
                _failure = $"one file took more than {_longest.TotalSeconds} s";
                break;
            }
        }

        string result = _failure is null ? "passed" : $"FAILED after {_read + _refused}: {_failure}";
        if (_failure is not null)
        {
            string kept = Path.Combine(Path.GetTempPath(), $"fuzz-{target.Name}-{seed}-{_read + _refused}{target.Extension}");
            File.Copy(path, kept, overwrite: true);
            result += $"{Environment.NewLine}    the file: {kept}";
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-12} {_read + _refused,9:N0} files, {_read,7:N0} read, {_mostBytes / 1e6,5:F1} MB at most, {result}"));
        return _failure is null;
    }

    private void Feed(int inputs, string path)
    {
        var mutator = new Mutator(seed);
        for (int i = 0; i < inputs && _failure is null; i++)
        {
            byte[] input = target.NextInput(mutator);
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
            target.Read(path);
            _read++;
        }
        catch (MlpException)
        {
            _refused++;
        }
        catch (Exception failure)
        {
            _failure = failure.ToString();
            return;
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        _mostBytes = Math.Max(_mostBytes, bytes);
        long bound = (16L << 20) + (target.Expansion * length);
        if (bytes > bound)
        {
            _failure = string.Create(
                CultureInfo.InvariantCulture, $"a file of {length} bytes took {bytes / 1e6:F1} MB, and {bound / 1e6:F1} are allowed");
        }
    }
}
