namespace MlpPowerShell.Engine;

/// <summary>
/// A stream that can be told to stop: large reads and writes go through another one piece by piece, and end between two of them.
/// </summary>
/// <param name="stream">The stream, which stays open.</param>
/// <param name="cancellation">Tells it to stop.</param>
internal sealed class StoppableStream(Stream stream, CancellationToken cancellation) : Stream
{
    private const int MostAtOnce = 1 << 20;

    public override bool CanRead => stream.CanRead;

    public override bool CanSeek => stream.CanSeek;

    public override bool CanWrite => stream.CanWrite;

    public override long Length => stream.Length;

    public override long Position { get => stream.Position; set => stream.Position = value; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        return stream.Read(buffer[..Math.Min(buffer.Length, MostAtOnce)]);
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(buffer.Length, MostAtOnce)..])
        {
            cancellation.ThrowIfCancellationRequested();
            stream.Write(buffer[..Math.Min(buffer.Length, MostAtOnce)]);
        }
    }

    public override void Flush() => stream.Flush();

    public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

    public override void SetLength(long value) => stream.SetLength(value);
}
