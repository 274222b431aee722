using System.Diagnostics;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// This process's share of the processors while other processes of the same user train on them too, such as jobs of a sweep or ranks of a
/// distributed training. Within a process, <see cref="WorkerPool"/> sees to it that trainings share.
/// </summary>
/// <remarks>
/// Each process that trains holds a lock on one of some files; the operating system gives it up when the process ends, however it ends. Processes
/// that are bound to different processors don't share any, and have files of their own.
/// </remarks>
internal sealed class ProcessorShare : IDisposable
{
    private const int MostProcesses = 1024;
    private const long MillisecondsBetweenLooks = 500;

    private static readonly string _folder = Path.Combine(Path.GetTempPath(), $"MlpPowerShell-{Environment.UserName}", $"processors-{Processors():x}");
    private static readonly object _lock = new();
    private static FileStream? _place;
    private static int _holders;
    private static int _processes = 1;
    private static long _lastLook;

    private ProcessorShare()
    {
    }

    /// <summary>Counts this process among those that train, until this is disposed.</summary>
    public static ProcessorShare Take()
    {
        lock (_lock)
        {
            if (_holders++ == 0)
            {
                _place = TryTakePlace();
                _lastLook = 0;
            }
        }

        return new ProcessorShare();
    }

    /// <summary>How many threads this process should use now: as many as there are processors, divided by the processes that train on them.</summary>
    public static int Threads
    {
        get
        {
            long now = Environment.TickCount64;
            if (now - Volatile.Read(ref _lastLook) >= MillisecondsBetweenLooks)
            {
                Volatile.Write(ref _lastLook, now);
                Volatile.Write(ref _processes, Math.Max(1, CountPlaces()));
            }

            return Math.Max(1, Environment.ProcessorCount / Volatile.Read(ref _processes));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (--_holders > 0)
                return;
            _place?.Dispose();
            _place = null;
        }
    }

    private static FileStream? TryTakePlace()
    {
        try
        {
            _ = Directory.CreateDirectory(_folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Without a folder for temporary files, every process takes all processors.
            return null;
        }

        for (int i = 0; i < MostProcesses; i++)
        {
            if (TryLock(i, FileMode.OpenOrCreate) is { } place)
                return place;
        }

        return null;
    }

    // Places are taken from the first on: behind one that nobody ever took, there are none.
    private static int CountPlaces()
    {
        int count = 0;
        for (int i = 0; i < MostProcesses && File.Exists(PathOf(i)); i++)
        {
            using FileStream? free = TryLock(i, FileMode.Open);
            count += free is null ? 1 : 0;
        }

        return count;
    }

    private static FileStream? TryLock(int place, FileMode mode)
    {
        try
        {
            return new FileStream(PathOf(place), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string PathOf(int place) => Path.Combine(_folder, $"{place}");

    private static long Processors() => OperatingSystem.IsWindows() || OperatingSystem.IsLinux() ? Process.GetCurrentProcess().ProcessorAffinity : 0;
}
