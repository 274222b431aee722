using System.Diagnostics;
using System.Globalization;

namespace MlpPowerShell.Engine;

/// <summary>Writes files that are always whole: the old one until the new one is complete and on the disk.</summary>
public static class AtomicFile
{
    private const string Ending = ".tmp";

    private static readonly string[] _systemFolders = ["/dev/", "/proc/", "/sys/"];

    /// <summary>
    /// Writes a file, first beside it and then in its place, and of a link in that of the file that it leads to. Who may read and write it
    /// stays as it is.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes what it is to hold.</param>
    /// <param name="cancellation">Stops the writing, which leaves the old file.</param>
    /// <exception cref="MlpException">The file can't be written.</exception>
    /// <exception cref="OperationCanceledException">The writing was cancelled.</exception>
    public static void Write(
        string path, Action<Stream> write, CancellationToken cancellation = default) => Beside(path, (target, temporary) =>
    {
        try
        {
            RemoveLeftOvers(target);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(cancellation.CanBeCanceled ? new StoppableStream(stream, cancellation) : stream);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    });

    /// <summary>Checks that a file can be written, and leaves nothing behind.</summary>
    /// <exception cref="MlpException">It can't.</exception>
    public static void CheckWritable(string path) =>
        Beside(
            path,
            (_, temporary) => new FileStream(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose());

    private static void Beside(string path, Action<string, string> work)
    {
        try
        {
            var file = new FileInfo(path);
            string target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (file.Exists && (IsOfSystem(target) || IsPipe(target)))
            {
                throw new MlpException(
                    "NotAFile", MlpErrorKind.InvalidArgument, $"{path} is no file that could be replaced, but a device, a pipe or the like.");
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"{Start(target)}{Environment.ProcessId}-{Guid.NewGuid():N}{Ending}");
            work(target, Path.Combine(Path.GetDirectoryName(target)!, name));
        }
        catch (DirectoryNotFoundException failure)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            throw NotWritten(path, $"there is no folder {folder}.", failure);
        }
        // .NET has the last for a file that grows beyond what its file system or a limit allows.
        catch (Exception failure) when (failure
            is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            throw NotWritten(path, failure.Message, failure);
        }
    }

    /// <summary>What lies where a system keeps its devices, but for the memory that is there to be shared.</summary>
    private static bool IsOfSystem(string target) => !OperatingSystem.IsWindows()
        && Array.Exists(_systemFolders, folder => target.StartsWith(folder, StringComparison.Ordinal))
        && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Whether a file that is there is a pipe or the like, which has no length and no place in it.</summary>
    private static bool IsPipe(string target)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(target) is not { Exists: true, Length: 0 })
            return false;
        try
        {
            // Opened for both, a pipe waits for nobody.
            using var stream = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return !stream.CanSeek;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes what processes of this machine left that ended in the midst of writing the same file.</summary>
    private static void RemoveLeftOvers(string target)
    {
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(target)!, $"{Start(target)}*{Ending}"))
        {
            string[] owner = Path.GetFileName(file)[Start(target).Length..].Split('-');
            if (owner.Length == 2 && int.TryParse(owner[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id) && !IsRunning(id))
                File.Delete(file);
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Start(string target) => $".{Path.GetFileName(target)}.{Environment.MachineName}-";

    private static MlpException NotWritten(string path, string why, Exception failure) =>
        new("FileNotWritten", MlpErrorKind.Unwritable, $"{path} can't be written: {why}", failure);
}
