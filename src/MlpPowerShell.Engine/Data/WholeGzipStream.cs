using System.Buffers.Binary;
using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Unpacks a gzip file, and at its end finds out whether that was all: GZipStream takes a file that breaks off for a short one.
/// </summary>
internal sealed class WholeGzipStream : ForwardStream
{
    private const int ShortestFile = 18;

    private readonly EndingStream _file;
    private readonly GZipStream _content;
    private uint _read;

    /// <param name="file">The file, which ends with the length of its content, modulo 2³² (RFC 1952).</param>
    public WholeGzipStream(Stream file)
    {
        _file = new EndingStream(file);
        _content = new GZipStream(_file, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        int read = _content.Read(buffer);
        _read += (uint)read;
        if (read == 0 && buffer.Length > 0 && (_file.Count < ShortestFile || _read != _file.End))
            throw new InvalidDataException("the file breaks off, or consists of several gzip parts");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream that keeps its last four bytes.</summary>
    private sealed class EndingStream(Stream file) : ForwardStream
    {
        private readonly byte[] _end = new byte[sizeof(uint)];

        /// <summary>Bytes so far.</summary>
        public long Count { get; private set; }

        /// <summary>The last four, as a number.</summary>
        public uint End => BinaryPrimitives.ReadUInt32LittleEndian(_end);

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(buffer);
            Count += read;
            ReadOnlySpan<byte> last = buffer[Math.Max(0, read - _end.Length)..read];
            _end.AsSpan(last.Length).CopyTo(_end);
            last.CopyTo(_end.AsSpan(_end.Length - last.Length));
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
