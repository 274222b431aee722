using System.Buffers.Binary;
using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Unpacks a gzip file, and at its end finds out whether that was all: GZipStream takes a file that breaks off for a short one.
/// </summary>
internal sealed class WholeGzipStream : ForwardStream
{
    private const int ShortestFile = 18;

    private readonly GZipStream _content;
    private readonly uint _length;
    private uint _read;

    /// <param name="file">The file, which ends with the length of its content, modulo 2³² (RFC 1952).</param>
    /// <exception cref="InvalidDataException">It is too short for a gzip file.</exception>
    public WholeGzipStream(Stream file)
    {
        if (file.Length < ShortestFile)
            throw new InvalidDataException("the file breaks off in its header");
        Span<byte> end = stackalloc byte[sizeof(uint)];
        file.Position = file.Length - sizeof(uint);
        file.ReadExactly(end);
        _length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        file.Position = 0;
        _content = new GZipStream(file, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        int read = _content.Read(buffer);
        _read += (uint)read;
        if (read == 0 && buffer.Length > 0 && _read != _length)
            throw new InvalidDataException("the file breaks off, or consists of several gzip parts");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
