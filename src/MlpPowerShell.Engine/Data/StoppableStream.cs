namespace MlpPowerShell.Engine.Data;

/// <summary>A stream that can be stopped, also in the middle of a long read.</summary>
/// <param name="content">What is read; who has opened it closes it.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class StoppableStream(Stream content, CancellationToken cancellation) : ForwardStream
{
    private const int LongestRead = 1 << 20;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        return content.Read(buffer[..Math.Min(buffer.Length, LongestRead)]);
    }
}
