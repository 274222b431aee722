namespace MlpPowerShell.Engine.Files;

/// <summary>Writes files that are always whole: the old one until the new one is complete and on the disk.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = Temporary(path);
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
    }

    /// <summary>Checks that a file can be written, and leaves nothing behind.</summary>
    /// <exception cref="MlpException">It can't.</exception>
    public static void CheckWritable(string path)
    {
        try
        {
            new FileStream(Temporary(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException("FileNotWritten", MlpErrorKind.InvalidArgument, $"{path} can't be written: {failure.Message}", failure);
        }
    }

    private static string Temporary(string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
}
