using Microsoft.Win32.SafeHandles;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Columns of rows, block by block, in a file that nobody else can open: it has no name any more, or the system takes it away when its
/// handle closes, which it does at the latest when the process ends, however that comes.
/// </summary>
internal sealed class ColumnCache : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly List<long> _ends = [0];
    private readonly MemoryStream _block = new();
    private string[] _names = [];

    /// <summary>Creates an empty one.</summary>
    /// <param name="folder">Where the file lies.</param>
    /// <param name="room">Bytes that it may come to take.</param>
    /// <exception cref="IOException">The folder is not there or has not so much room.</exception>
    /// <exception cref="UnauthorizedAccessException">Nobody but others may write there.</exception>
    public ColumnCache(string folder, long room)
    {
        if (FreeBytes(folder) is { } free && free < room)
            throw new IOException($"{folder} has {free / 1e6:F0} MB left, and {room / 1e6:F0} MB may be needed.");
        string path = Path.Combine(folder, $"mlp-stream-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, options).SafeFileHandle;
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>Bytes of the file.</summary>
    public long Length => _ends[^1];

    /// <summary>Forgets all blocks.</summary>
    public void Clear() => _ends.RemoveRange(1, _ends.Count - 1);

    /// <summary>Adds whole blocks, but for the very last, which may be shorter.</summary>
    /// <exception cref="IOException">There is no room for them.</exception>
    /// <exception cref="InvalidDataException">A column can't be stored so.</exception>
    public void Add(DataColumn[] columns)
    {
        _names = Array.ConvertAll(columns, column => column.Name);
        CachedBlock.Writer[] writers = Array.ConvertAll(columns, column => new CachedBlock.Writer(column));
        for (int start = 0; start < columns[0].Count; start += DatasetStream.BlockRows)
        {
            int rows = Math.Min(DatasetStream.BlockRows, columns[0].Count - start);
            _block.SetLength(0);
            foreach (CachedBlock.Writer writer in writers)
                writer.Write(_block, start, rows);
            RandomAccess.Write(_file, _block.GetBuffer().AsSpan(0, (int)_block.Length), Length);
            _ends.Add(Length + _block.Length);
        }
    }

    /// <summary>The columns of some blocks, one after another.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public DataColumn[] Read(ReadOnlySpan<int> blocks)
    {
        CachedColumn[] columns = Array.ConvertAll(_names, name => new CachedColumn(name));
        foreach (int block in blocks)
        {
            byte[] bytes = new byte[_ends[block + 1] - _ends[block]];
            for (int read = 0; read < bytes.Length;)
            {
                int more = RandomAccess.Read(_file, bytes.AsSpan(read), _ends[block] + read);
                read += more > 0 ? more : throw new EndOfStreamException("a block of it breaks off.");
            }

            ReadOnlyMemory<byte> left = bytes;
            foreach (CachedColumn column in columns)
                left = column.Add(left);
        }

        return Array.ConvertAll(columns, column => column.ToColumn());
    }

    /// <summary>Gives the file back before its time.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Bytes that are free where a folder lies; null where that is not known, as of a share of Windows.</summary>
    private static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
