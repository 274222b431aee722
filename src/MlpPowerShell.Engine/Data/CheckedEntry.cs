using System.IO.Compression;
using System.IO.Hashing;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The bytes of an entry of a zip archive, unpacked and checked: .NET unpacks an entry without a look at its CRC-32, and what is stored
/// uncompressed has nothing else that a wrong bit would show in.
/// </summary>
internal sealed class CheckedEntry : ForwardStream
{
    private readonly ZipArchiveEntry _entry;
    private readonly Stream _content;
    private readonly Crc32 _check = new();
    private long _read;

    private CheckedEntry(ZipArchiveEntry entry)
    {
        _entry = entry;
        _content = entry.Open();
    }

    /// <summary>Does something with the content of an entry, and checks it to its end, however much of it was read.</summary>
    /// <param name="path">The archive, for messages.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="read">What to do with the bytes.</param>
    /// <exception cref="MlpException">The entry's content has another CRC-32 or length than the archive says.</exception>
    public static T Read<T>(string path, ZipArchiveEntry entry, Func<Stream, T> read)
    {
        using var content = new CheckedEntry(entry);
        T result = read(content);
        content.ReadRest();
        return content._read == entry.Length && content._check.GetCurrentHashAsUInt32() == entry.Crc32
            ? result
            : throw new MlpException(
                "FileCorrupt",
                MlpErrorKind.InvalidData,
                $"{path}: {entry.FullName} is damaged: its {content._read} bytes have the CRC-32 "
                + $"{content._check.GetCurrentHashAsUInt32():x8}, and the archive says {entry.Length} bytes and {entry.Crc32:x8}. Fetch "
                + $"the file again.");
    }

    public override int Read(Span<byte> buffer)
    {
        int read = _content.Read(buffer);
        _check.Append(buffer[..read]);
        _read += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    // An entry that goes on beyond its length is damaged already; how far doesn't matter.
    private void ReadRest()
    {
        byte[] scratch = new byte[1 << 16];
        while (_read <= _entry.Length && Read(scratch) > 0)
        {
        }
    }
}
