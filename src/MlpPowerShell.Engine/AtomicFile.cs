namespace MlpPowerShell.Engine;

/// <summary>Writes files that are always whole: the old one until the new one is complete and on the disk.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file, first beside it and then in its place.</summary>
    /// <exception cref="MlpException">The file can't be written.</exception>
    public static void Write(string path, Action<Stream> write) => Beside(path, temporary =>
    {
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
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
            temporary => new FileStream(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose());

    private static void Beside(string path, Action<string> work)
    {
        string temporary =
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            work(temporary);
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

    private static MlpException NotWritten(string path, string why, Exception failure) =>
        new("FileNotWritten", MlpErrorKind.InvalidArgument, $"{path} can't be written: {why}", failure);
}
