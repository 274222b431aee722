using System.Diagnostics;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// This process's share of the processors while other processes of the same user train on them too, such as jobs of a sweep or ranks of a
/// distributed training. Within a process, <see cref="WorkerPool"/> sees to it that trainings share.
/// </summary>
/// <remarks>
/// Each process that trains holds a lock on one of some files; the operating system gives it up when the process ends, however it ends.
/// Processes that are bound to different processors don't share any, and have files of their own. Whatever is not this user's counts for
/// nothing: neither the folder, which others could prepare where everyone may write, nor a file in it.
/// </remarks>
/// <param name="folder">Where the files are; made when it is needed.</param>
/// <param name="processors">How many processors there are.</param>
internal sealed class ProcessorShare(string folder, int processors)
{
    private const int MostProcesses = 1024;
    private const long MillisecondsBetweenLooks = 500;
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly object _lock = new();
    private FileStream? _place;
    private int _holders;
    private int _processes = 1;
    private long _lastLook;

    /// <summary>The processors that this process may run on.</summary>
    public static ProcessorShare OfProcess { get; } =
        new(Path.Combine(FolderOfUser(), $"processors-{Affinity():x}"), Environment.ProcessorCount);

    /// <summary>
    /// How many threads this process should use now: as many as there are processors, divided by the processes that train on them.
    /// </summary>
    public int Threads
    {
        get
        {
            long now = Environment.TickCount64;
            if (now - Volatile.Read(ref _lastLook) >= MillisecondsBetweenLooks)
            {
                Volatile.Write(ref _lastLook, now);
                Volatile.Write(ref _processes, Math.Max(1, CountPlaces()));
            }

            return Math.Max(1, processors / Volatile.Read(ref _processes));
        }
    }

    /// <summary>Counts this process among those that train, until the result is disposed.</summary>
    public IDisposable Take()
    {
        lock (_lock)
        {
            if (_holders++ == 0)
            {
                _place = TryTakePlace();
                _lastLook = 0;
            }
        }

        return new Holder(this);
    }

    private void GiveBack()
    {
        lock (_lock)
        {
            if (--_holders > 0)
                return;
            _place?.Dispose();
            _place = null;
        }
    }

    private FileStream? TryTakePlace()
    {
        // Without a folder of its own, every process takes all processors.
        for (int i = 0; i < MostProcesses && (i > 0 || MakeFolder()); i++)
        {
            if (TryLock(i, FileMode.OpenOrCreate, out _) is { } place)
                return place;
        }

        return null;
    }

    private bool MakeFolder()
    {
        try
        {
            string parent = Path.GetDirectoryName(folder)!;
            foreach (string path in new[] { parent, folder })
            {
                _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnersAlone);
                if (OperatingSystem.IsWindows() || UnixPath.Of(path, followsLinks: false) is not { } made)
                    continue;
                if (!made.IsFolder || !made.IsOurs)
                    return false;
                if (!made.IsOursAlone)
                    File.SetUnixFileMode(path, OwnersAlone);
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Places are taken from the first on: behind one that nobody ever took, there are none.
    private int CountPlaces()
    {
        int count = 0;
        for (int i = 0; i < MostProcesses && File.Exists(PathOf(i)); i++)
        {
            using FileStream? free = TryLock(i, FileMode.Open, out bool isTaken);
            count += isTaken ? 1 : 0;
        }

        return count;
    }

    private FileStream? TryLock(int place, FileMode mode, out bool isTaken)
    {
        isTaken = false;
        if (UnixPath.Of(PathOf(place), followsLinks: false) is { } there && !(there.IsFile && there.IsOurs))
            return null;
        try
        {
            return new FileStream(PathOf(place), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            isTaken = true;
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// A folder of this user's: of the session where the system has one, else in that for temporary files, where others may write too.
    /// </summary>
    private static string FolderOfUser() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } session
            && UnixPath.Of(session, followsLinks: false) is { IsFolder: true, IsOursAlone: true }
            ? Path.Combine(session, "MlpPowerShell")
            : Path.Combine(Path.GetTempPath(), $"MlpPowerShell-{Environment.UserName}");

    private string PathOf(int place) => Path.Combine(folder, $"{place}");

    private static long Affinity() =>
        OperatingSystem.IsWindows() || OperatingSystem.IsLinux() ? Process.GetCurrentProcess().ProcessorAffinity : 0;

    private sealed class Holder(ProcessorShare share) : IDisposable
    {
        private ProcessorShare? _share = share;

        public void Dispose() => Interlocked.Exchange(ref _share, null)?.GiveBack();
    }
}
