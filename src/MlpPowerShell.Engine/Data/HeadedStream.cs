namespace MlpPowerShell.Engine.Data;

/// <summary>A stream whose first bytes can be looked at before they are read, where it can't go back.</summary>
internal sealed class HeadedStream : ForwardStream
{
    private const int HeadLength = 1 << 13;

    private readonly Stream _content;
    private readonly byte[] _head = new byte[HeadLength];
    private readonly int _length;
    private int _read;

    /// <param name="content">The stream, which is closed with this one.</param>
    public HeadedStream(Stream content)
    {
        _content = content;
        _length = content.ReadAtLeast(_head, HeadLength, throwOnEndOfStream: false);
    }

    /// <summary>The first bytes.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _length);

    public override int Read(Span<byte> buffer)
    {
        if (_read == _length)
            return _content.Read(buffer);
        int count = Math.Min(buffer.Length, _length - _read);
        _head.AsSpan(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
