using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>What stands before the values of one column in a block of a cache: the texts of codes follow, and then the values.</summary>
/// <param name="Unit">Of dates and time spans, the ticks of 1; else 1.</param>
/// <param name="Divisor">What the stored values stand for themselves over.</param>
/// <param name="Kind">What they are.</param>
/// <param name="StoredAs">What they are stored in.</param>
/// <param name="Misses">1 where a value stands for missing ones, else 0.</param>
/// <param name="TextCount">Texts that the values are codes of; -1 where they are none.</param>
/// <param name="TextBytes">Bytes of these texts: the length of each, and its characters in UTF-16.</param>
/// <param name="ValueBytes">Bytes of the values.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CachedBlock(
    long Unit, double Divisor, ColumnKind Kind, TypeCode StoredAs, int Misses, int TextCount, int TextBytes, int ValueBytes)
{
    /// <summary>Whether the values are codes of texts.</summary>
    public bool HasTexts => TextCount >= 0;

    /// <summary>What a column is that is stored so and holds no texts; of which type, only all of it tells.</summary>
    public ColumnHead ColumnHead(string name) =>
        new(name, Kind, ColumnType.Double.Name, StoredAs, Divisor, Misses != 0, Unit, null, false);

    /// <summary>The values of a block with texts and values.</summary>
    public PackedNumbers ValuesOf(ReadOnlySpan<byte> content) =>
        PackedNumbers.OfBytes(StoredAs, Divisor, content[TextBytes..], Misses != 0);

    /// <summary>Writes a column block by block.</summary>
    public sealed class Writer
    {
        private readonly DataColumn _column;
        private readonly ColumnHead _head;
        private readonly PackedNumbers _values;

        // The code that each of the column's texts has in the block, where it has come up there.
        private readonly int[] _codes;
        private readonly List<int> _used = [];
        private readonly int[] _blockCodes = new int[DatasetStream.BlockRows];

        /// <exception cref="InvalidDataException">
        /// The column holds numbers with all their digits, of which there is no one form.
        /// </exception>
        public Writer(DataColumn column)
        {
            _column = column;
            (_head, _values) = column.Stored;
            if (_head.Texts is not null && _head.Kind != ColumnKind.Category)
                throw new InvalidDataException($"the column {column.Name} holds numbers of too many digits.");
            _codes = new int[_head.Texts?.Length ?? 0];
            _codes.AsSpan().Fill(-1);
        }

        /// <summary>Writes some rows.</summary>
        public void Write(MemoryStream block, int start, int rows)
        {
            if (_head.Texts is { } texts)
                WriteTexts(block, texts, start, rows);
            else
                WriteNumbers(block, start, rows);
        }

        private void WriteNumbers(MemoryStream block, int start, int rows)
        {
            int size = PackedNumbers.SizeOf(_head.StoredAs);
            ReadOnlySpan<byte> values = _values.Bytes.Slice(start * size, rows * size);
            var head = new CachedBlock(
                _head.Unit, _head.Divisor, _head.Kind, _head.StoredAs, _head.Misses ? 1 : 0, -1, 0, values.Length);
            block.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<CachedBlock>(in head)));
            block.Write(values);
        }

        private void WriteTexts(MemoryStream block, string[] texts, int start, int rows)
        {
            int textBytes = 0;
            for (int i = 0; i < rows; i++)
            {
                int code = _column.CodeAt(start + i);
                if (code >= 0 && _codes[code] < 0)
                {
                    _codes[code] = _used.Count;
                    _used.Add(code);
                    textBytes += sizeof(int) + (texts[code].Length * sizeof(char));
                }

                _blockCodes[i] = code < 0 ? -1 : _codes[code];
            }

            var codes = PackedNumbers.OfCodes(_blockCodes.AsSpan(0, rows));
            var head = new CachedBlock(
                1,
                1,
                ColumnKind.Category,
                codes.StoredAs,
                codes.MissingCount > 0 ? 1 : 0,
                _used.Count,
                textBytes,
                codes.Bytes.Length);
            block.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<CachedBlock>(in head)));
            foreach (int code in _used)
            {
                int length = texts[code].Length;
                block.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));
                block.Write(MemoryMarshal.AsBytes(texts[code].AsSpan()));
                _codes[code] = -1;
            }

            _used.Clear();
            block.Write(codes.Bytes);
        }
    }
}
