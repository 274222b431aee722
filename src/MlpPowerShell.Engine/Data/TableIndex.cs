using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>Where the blocks of rows of a file of separated values begin, found in one pass over its bytes.</summary>
/// <param name="Columns">How many columns there are.</param>
/// <param name="FirstRow">The bytes of the first row.</param>
/// <param name="HasHeader">Whether that row holds the names of the columns.</param>
/// <param name="Delimiter">What separates the values, or null where that was not said.</param>
/// <param name="Count">Rows, without such.</param>
/// <param name="Offsets">The byte at which each block begins, and the one after the last.</param>
internal sealed record TableIndex(
    int Columns, byte[] FirstRow, bool HasHeader, char? Delimiter, int Count, long[] Offsets)
{
    private const int BlockRows = DatasetStream.BlockRows;

    /// <summary>Indexes a file.</summary>
    /// <exception cref="MlpException">The file is not there, compressed, not in UTF-8, or has no rows.</exception>
    public static TableIndex Of(string path, TableReadOptions options, CancellationToken cancellation)
    {
        // Names what is wrong with the file, if anything is, before it is looked at byte by byte.
        MlpTable head = TableReader.Read(path, options with { First = 1, Skip = 0 }, cancellation);
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[3];
        int read = file.ReadAtLeast(start, 3, throwOnEndOfStream: false);
        Encoding encoding = TextEncodings.Of(options);
        bool isByBytes = encoding.IsSingleByte || encoding is UTF8Encoding;
        bool isOther = read >= 2
            && (start[..2].SequenceEqual<byte>([0x1F, 0x8B])
                || start[..2].SequenceEqual<byte>([0xFF, 0xFE])
                || start[..2].SequenceEqual<byte>([0xFE, 0xFF]));
        if (!isByBytes || isOther)
        {
            throw new MlpException(
                "NotStreamable",
                MlpErrorKind.InvalidData,
                $"{path}: only files that are not compressed, in UTF-8 or an encoding of one byte a letter, can be streamed; unpack or "
                + $"convert it first.");
        }

        file.Position = read == 3 && start.SequenceEqual<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;

        SkipLines(file, head.LinesBefore);
        var offsets = new List<long>();
        (long rows, long first, long firstEnd) = Scan(file, offsets, head, options.Comment, cancellation);
        if (rows < 1)
            throw new MlpException("EmptyTable", MlpErrorKind.InvalidData, $"{path}: there are no rows.");
        if (rows > int.MaxValue)
            throw new MlpException("TableTooLarge", MlpErrorKind.InvalidData, $"{path}: {rows} rows are more than one data set can hold.");
        byte[] firstRow = new byte[firstEnd - first];
        file.Position = first;
        file.ReadExactly(firstRow);
        return new TableIndex(head.ColumnNames.Count, firstRow, head.HasHeader, head.Delimiter, (int)rows, [.. offsets, file.Length]);
    }

    private static void SkipLines(FileStream file, int lines)
    {
        while (lines > 0 && file.ReadByte() is >= 0 and int next)
            lines -= next == '\n' ? 1 : 0;
    }

    /// <summary>
    /// Notes where every so many rows begin; a line's end within quotes is part of a value, and an empty line or a comment no row.
    /// </summary>
    private static (long Rows, long First, long FirstEnd) Scan(
        FileStream file, List<long> offsets, MlpTable head, char? comment, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 18];
        long position = file.Position, rowStart = position, rows = head.HasHeader ? -1 : 0, first = 0, firstEnd = 0;
        long closed = -1;
        bool quoted = false, isComment = false;
        byte last = (byte)'\n';
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < read; i++)
            {
                if (position + i == rowStart)
                    isComment = buffer[i] == comment;
                int step = buffer.AsSpan(i, read - i).IndexOfAny((byte)'"', (byte)'\n');
                if (step < 0)
                    break;
                i += step;
                byte before = i > 0 ? buffer[i - 1] : last;
                if (buffer[i] == '\n')
                {
                    if (!quoted)
                        EndRow(position + i + 1, before == '\r' ? 2 : 1);
                }
                else if (isComment)
                {
                    continue;
                }
                else if (quoted)
                {
                    quoted = false;
                    closed = position + i;
                }
                else
                {
                    // A quote opens at the start of a value, and after another one, which it belongs to. Elsewhere it is a character: 5"
                    // pipe.
                    quoted = position + i == rowStart
                        || closed == position + i - 1
                        || before is (byte)',' or (byte)';' or (byte)'\t' or (byte)'|'
                        || before == head.Delimiter;
                }
            }

            position += read;
            last = buffer[read - 1];
        }

        EndRow(position, 0);
        return (rows, first, firstEnd);

        void EndRow(long end, int lineEnd)
        {
            if (end - rowStart > lineEnd && !isComment)
            {
                if (firstEnd == 0)
                    (first, firstEnd) = (rowStart, end);
                if (rows >= 0 && rows % BlockRows == 0)
                    offsets.Add(rowStart);
                rows++;
            }

            rowStart = end;
        }
    }
}
