namespace MlpPowerShell.Engine.Data;

/// <summary>A copy of what comes through a pipe, which can be read from its start as often as it takes.</summary>
public sealed class PipedFile : IDisposable
{
    private readonly string? _folder;

    private PipedFile(string path, string? folder)
    {
        Path = path;
        _folder = folder;
    }

    /// <summary>The file to read: the copy, or the file itself where it is no pipe.</summary>
    public string Path { get; }

    /// <summary>Whether it is a copy.</summary>
    public bool IsCopy => _folder is not null;

    /// <summary>Opens a file, and copies what it gives where it is a pipe.</summary>
    /// <param name="path">The file or pipe; where nothing is there, that is for its reader to say.</param>
    /// <param name="cancellation">Stops the waiting for what comes through the pipe.</param>
    /// <exception cref="MlpException">The pipe breaks, or the copy can't be written.</exception>
    public static PipedFile Of(string path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(path);
        // A pipe has no length, nor has an empty file, and a link has one of its own.
        if (OperatingSystem.IsWindows() || !File.Exists(path) || new FileInfo(path) is { Length: > 0, LinkTarget: null })
            return new PipedFile(path, null);
        string folder = Directory.CreateTempSubdirectory("mlp-pipe-").FullName;
        var copy = new PipedFile(System.IO.Path.Combine(folder, System.IO.Path.GetFileName(path)), folder);
        bool isCopied = false;
        try
        {
            // Nobody can say when a pipe gives what: another thread waits for it, and may wait on.
            Task<bool> copying = Task.Run(() => TryCopy(path, copy.Path, cancellation), CancellationToken.None);
            copying.Wait(cancellation);
            isCopied = copying.Result;
        }
        catch (AggregateException failure) when (failure.InnerException is IOException or UnauthorizedAccessException)
        {
            throw new MlpException(
                "FileUnreadable",
                MlpErrorKind.Unreadable,
                $"{path} can't be read: {failure.InnerException.Message}",
                failure.InnerException);
        }
        finally
        {
            if (!isCopied)
                copy.Dispose();
        }

        return isCopied ? copy : new PipedFile(path, null);
    }

    /// <summary>Deletes the copy.</summary>
    public void Dispose()
    {
        if (_folder is null)
            return;
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Somebody still writes to it; the system clears its folder of temporary files.
        }
    }

    private static bool TryCopy(string path, string copy, CancellationToken cancellation)
    {
        using var pipe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (pipe.CanSeek)
            return false;
        using FileStream file = File.Create(copy);
        byte[] buffer = new byte[1 << 16];
        for (int read = pipe.Read(buffer); read > 0 && !cancellation.IsCancellationRequested; read = pipe.Read(buffer))
            file.Write(buffer, 0, read);
        return true;
    }
}
