using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>Where the blocks of rows of a file of separated values begin, found in one pass over its bytes.</summary>
/// <param name="Columns">How many columns there are.</param>
/// <param name="FirstRow">The bytes of the first row.</param>
/// <param name="FirstLine">The line of the first row.</param>
/// <param name="HasHeader">Whether that row holds the names of the columns.</param>
/// <param name="Delimiter">What separates the values.</param>
/// <param name="Count">Rows, without such.</param>
/// <param name="Offsets">The byte at which each block begins, and the one after the last.</param>
/// <param name="Lines">The line on which each block begins, and the one after the last.</param>
internal sealed record TableIndex(
    int Columns, byte[] FirstRow, int FirstLine, bool HasHeader, char Delimiter, int Count, long[] Offsets, int[] Lines)
{
    private const int BlockRows = DatasetStream.BlockRows;
    private const byte DosEnd = 0x1A;

    // Longer rows of nothing but blanks are no accident, and an error.
    private const int LongestBlank = 1 << 12;

    /// <summary>Indexes a file.</summary>
    /// <exception cref="MlpException">The file is not there, compressed, not in UTF-8, or has no rows.</exception>
    public static TableIndex Of(string path, TableReadOptions options, CancellationToken cancellation)
    {
        // Names what is wrong with the file, if anything is, before it is looked at byte by byte.
        MlpTable head = TableReader.Read(path, options with { First = 1, Skip = 0 }, cancellation);
        using FileStream file = File.OpenRead(path);
        byte[] start = new byte[1 << 13];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> bytes = start.AsSpan(0, read);
        Encoding encoding = TextEncodings.Of(path, options, bytes);
        bool isByBytes = encoding.IsSingleByte || encoding is UTF8Encoding;
        bool isOther = bytes is [0x1F, 0x8B, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || bytes.StartsWith("PK\x03\x04"u8);
        if (!isByBytes || isOther || !file.CanSeek)
        {
            throw new MlpException(
                "NotStreamable",
                MlpErrorKind.InvalidData,
                $"{path}: only files that are not compressed, in UTF-8 or an encoding of one byte a letter, can be streamed; unpack or "
                + $"convert it first, or read it whole{Hint.Without(nameof(MlpDataset.IsStreamed))}.");
        }

        file.Position = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;

        // Old files of Macs end their lines with a carriage return alone.
        byte lineEnd = bytes.Contains((byte)'\n') || !bytes.Contains((byte)'\r') ? (byte)'\n' : (byte)'\r';
        SkipLines(file, head.LinesBefore, lineEnd);
        return new Scanner(file, head, options.Comment, lineEnd).Scan(path, cancellation);
    }

    private static void SkipLines(FileStream file, int lines, byte lineEnd)
    {
        while (lines > 0 && file.ReadByte() is >= 0 and int next)
            lines -= next == lineEnd ? 1 : 0;
    }

    /// <summary>
    /// Notes where every so many rows begin; a line's end within quotes is part of a value, and an empty line or a comment no row.
    /// </summary>
    private sealed class Scanner(FileStream file, MlpTable head, char? comment, byte lineEnd)
    {
        private readonly List<long> _offsets = [];
        private readonly List<int> _lines = [];
        private long _rowStart = file.Position;
        private int _line = head.LinesBefore + 1;
        private int _rowLine = head.LinesBefore + 1;
        private long _rows = head.HasHeader ? -1 : 0;
        private long _first;
        private long _firstEnd;
        private int _firstLine;
        private bool _isComment;
        private bool _mayBeBlank;

        /// <summary>Reads the file to its end.</summary>
        public TableIndex Scan(string path, CancellationToken cancellation)
        {
            byte[] buffer = new byte[1 << 18];
            long position = file.Position, closed = -1;
            bool quoted = false;
            byte last = lineEnd;
            for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
            {
                cancellation.ThrowIfCancellationRequested();
                for (int i = 0; i < read; i++)
                {
                    if (position + i == _rowStart)
                        (_isComment, _mayBeBlank) = (buffer[i] == comment, buffer[i] <= ' ');
                    int step = buffer.AsSpan(i, read - i).IndexOfAny((byte)'"', lineEnd);
                    if (step < 0)
                        break;
                    i += step;
                    byte before = i > 0 ? buffer[i - 1] : last;
                    if (buffer[i] == lineEnd)
                    {
                        _line++;
                        if (!quoted)
                            EndRow(position + i + 1);
                    }
                    else if (quoted)
                    {
                        quoted = false;
                        closed = position + i;
                    }
                    else if (!_isComment)
                    {
                        // A quote opens at the start of a value, and after another one, which it belongs to. Elsewhere it is a
                        // character: 5" pipe.
                        quoted = position + i == _rowStart || closed == position + i - 1 || before == head.Delimiter;
                    }
                }

                position += read;
                last = buffer[read - 1];
            }

            long end = last == DosEnd ? position - 1 : position;
            EndRow(end);
            return Found(path, end);
        }

        private TableIndex Found(string path, long end)
        {
            if (_rows < 1)
                throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{path}: there are no rows.");
            if (_rows > int.MaxValue)
            {
                throw new MlpException(
                    "TableTooLarge", MlpErrorKind.InvalidData, $"{path}: {_rows} rows are more than one data set can hold.");
            }

            byte[] firstRow = new byte[_firstEnd - _first];
            file.Position = _first;
            file.ReadExactly(firstRow);
            return new TableIndex(
                head.ColumnNames.Count,
                firstRow,
                _firstLine,
                head.HasHeader,
                head.Delimiter,
                (int)_rows,
                [.. _offsets, end],
                [.. _lines, _line]);
        }

        private void EndRow(long end)
        {
            if (!_isComment && !IsBlank(end))
            {
                if (_firstEnd == 0)
                    (_first, _firstEnd, _firstLine) = (_rowStart, end, _rowLine);
                if (_rows >= 0 && _rows % BlockRows == 0)
                {
                    _offsets.Add(_rowStart);
                    _lines.Add(_rowLine);
                }

                _rows++;
            }

            (_rowStart, _rowLine) = (end, _line);
        }

        // Most rows tell by their first byte. Rows of one column may well be empty, but there is no learning from one column.
        private bool IsBlank(long end)
        {
            if (end == _rowStart)
                return true;
            if (!_mayBeBlank || end - _rowStart > LongestBlank)
                return false;
            Span<byte> row = stackalloc byte[LongestBlank];
            row = row[..RandomAccess.Read(file.SafeFileHandle, row[..(int)(end - _rowStart)], _rowStart)];
            return !row.ContainsAnyExcept(head.Delimiter switch { '\t' => " \r\n"u8, ' ' => "\t\r\n"u8, _ => " \t\r\n"u8 });
        }
    }
}
