namespace MlpPowerShell.Engine.Data;

/// <summary>The lines of a text, each where it stands in a buffer: they end with a line feed, a carriage return or both.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="text">The text.</param>
internal sealed class TextLines(string path, TextReader text)
{
    private const int LongestLine = 1 << 26;
    private const char DosEnd = '\u001A';

    private char[] _buffer = new char[1 << 16];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>The number of the last line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <param name="line">The line, valid until the next is taken.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryNext(out ReadOnlySpan<char> line)
    {
        int searched = _start;
        while (true)
        {
            int length = _buffer.AsSpan(searched, _end - searched).IndexOfAny('\n', '\r');
            int stop = searched + length;

            // Whether a line feed follows a carriage return shows behind it.
            if (length >= 0 && (_buffer[stop] == '\n' || stop + 1 < _end || _isAtEnd))
            {
                line = _buffer.AsSpan(_start, stop - _start);
                _start = _buffer[stop] == '\r' && stop + 1 < _end && _buffer[stop + 1] == '\n' ? stop + 2 : stop + 1;
                Number++;
                return true;
            }

            if (_isAtEnd)
            {
                line = _buffer.AsSpan(_start, _end - _start).TrimEnd(DosEnd);
                _start = _end;
                Number += line.IsEmpty ? 0 : 1;
                return !line.IsEmpty;
            }

            int kept = _end - _start;
            searched = (length >= 0 ? stop : _end) - _start;
            Fill(kept);
        }
    }

    private void Fill(int kept)
    {
        _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        if (kept == _buffer.Length)
        {
            if (kept >= LongestLine)
                throw new MlpException("InvalidTable", MlpErrorKind.InvalidData, $"{path}: a line has more than {LongestLine} characters.");
            var larger = new char[kept * 2];
            _buffer.AsSpan(0, kept).CopyTo(larger);
            _buffer = larger;
        }

        int read = text.Read(_buffer, kept, _buffer.Length - kept);
        (_start, _end, _isAtEnd) = (0, kept + read, read == 0);
    }
}
