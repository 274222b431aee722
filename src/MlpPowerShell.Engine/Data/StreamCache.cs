namespace MlpPowerShell.Engine.Data;

/// <summary>
/// What is kept of a streamed file beside it: the values of its rows as what they were read as. It goes with the data set, or the process.
/// </summary>
public sealed class StreamCache
{
    private const string FolderOnDisk = "/var/tmp";

    /// <param name="folder">Where it lies; null for nowhere.</param>
    /// <param name="room">Bytes that it may come to take.</param>
    internal StreamCache(string? folder, long room)
    {
        Folder = folder;
        if (folder is not null)
            Try(() => Columns = new ColumnCache(folder, room));
    }

    /// <summary>
    /// The usual folder: the one of temporary files, unless that is kept in memory, which streams are to spare, and there is another.
    /// </summary>
    public static string UsualFolder
    {
        get
        {
            string folder = Path.GetTempPath();
            bool isOnDisk = OperatingSystem.IsWindows() || new DriveInfo(folder).DriveType != DriveType.Ram;
            return isOnDisk || !Directory.Exists(FolderOnDisk) ? folder : FolderOnDisk;
        }
    }

    /// <summary>The folder where it lies or was to lie; null for none.</summary>
    public string? Folder { get; }

    /// <summary>Its bytes; 0 where there is none.</summary>
    public long Bytes => Columns?.Length ?? 0;

    /// <summary>Why there is none, such as a full disk; null where there is one, or was to be none.</summary>
    public string? Failure { get; private set; }

    private ColumnCache? Columns { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Failure ?? $"{Bytes} bytes in {Folder ?? "no folder"}";

    /// <summary>Forgets all rows.</summary>
    internal void Clear() => Columns?.Clear();

    /// <summary>Adds the columns of whole blocks of rows, where there are any.</summary>
    internal void Add(DataColumn[]? columns)
    {
        if (columns is not null)
            Try(() => Columns?.Add(columns));
    }

    /// <summary>The columns of some blocks; null where they have to be read from the text, which is still there.</summary>
    internal DataColumn[]? Read(ReadOnlySpan<int> blocks)
    {
        try
        {
            return Columns?.Read(blocks);
        }
        catch (IOException failure)
        {
            (Columns, Failure) = (null, failure.Message);
            return null;
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Columns?.Dispose();
            (Columns, Failure) = (null, failure.Message);
        }
    }
}
