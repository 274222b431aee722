using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// An array of NumPy's .npy format: a magic number, a header that is a Python literal, and the values (numpy.lib.format).
/// </summary>
internal sealed partial class NumpyArray
{
    /// <summary>What the names of such arrays end with, as files and in archives.</summary>
    public const string FileEnding = ".npy";

    private const int LongestHeader = 1 << 16;

    private readonly string _source;
    private readonly char _kind;
    private readonly int _size;
    private readonly bool _bigEndian;

    private NumpyArray(string source, char kind, int size, bool bigEndian, int[] shape)
    {
        _source = source;
        _kind = kind;
        _size = size;
        _bigEndian = bigEndian;
        Shape = shape;
    }

    /// <summary>The size of each dimension.</summary>
    public int[] Shape { get; }

    /// <summary>NumPy's name of the type: f4, u1 and so on.</summary>
    public string TypeName => $"{_kind}{_size}";

    /// <summary>Whether the values are unsigned bytes.</summary>
    public bool IsBytes => _kind == 'u' && _size == 1;

    /// <summary>Whether the values are whole numbers, or true and false.</summary>
    public bool IsWhole => _kind is 'u' or 'i' or 'b';

    /// <summary>Whether the values are true and false.</summary>
    public bool IsFlags => _kind == 'b';

    /// <summary>Values of one item of the first dimension.</summary>
    public int ItemLength => Shape.Skip(1).Aggregate(1, (product, size) => product * size);

    /// <summary>Writes an array of float32 values, in C's order.</summary>
    public static void Write(Stream stream, IReadOnlyList<int> shape, float[] values)
    {
        string sizes = string.Concat(shape.Select(size => $"{size}, ")).TrimEnd();
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({(shape.Count > 1 ? sizes.TrimEnd(',') : sizes)}), }}";

        // With the 10 bytes before it, the header fills whole lines of 64.
        header = header.PadRight(((header.Length + 11 + 63) / 64 * 64) - 11) + '\n';
        stream.Write([0x93, .. "NUMPY"u8, 1, 0]);
        stream.Write(LittleEndian.Bytes<ushort>([(ushort)header.Length]));
        stream.Write(Encoding.Latin1.GetBytes(header));
        stream.Write(LittleEndian.Bytes<float>(values));
    }

    /// <summary>Reads the header of an array in an archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="entry">The array's entry.</param>
    /// <param name="content">The entry's bytes, unpacked.</param>
    /// <inheritdoc cref="ReadHeader(string, Stream, long)" path="/exception"/>
    public static NumpyArray ReadHeader(string path, ZipArchiveEntry entry, Stream content) =>
        ReadHeader(
            $"{path}, array {entry.FullName[..^FileEnding.Length]}",
            content,
            Math.Min(entry.Length, entry.CompressedLength * InputFile.MostExpansion));

    /// <summary>Reads the header of an array.</summary>
    /// <param name="source">The file, and the array in it, for messages.</param>
    /// <param name="stream">The array's bytes.</param>
    /// <param name="most">The most bytes that the stream can hold.</param>
    /// <exception cref="MlpException">It is no such array, of a type that is no number, or larger than the file can hold.</exception>
    public static NumpyArray ReadHeader(string source, Stream stream, long most)
    {
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8 || !IsMagic(start))
            throw Invalid(source, "it does not start as an array of NumPy does");
        Span<byte> length = stackalloc byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(length);
        uint headerLength =
            length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerLength > LongestHeader)
            throw Invalid(source, $"its header is said to be {headerLength} bytes long");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        string text = Encoding.Latin1.GetString(header);
        Match type = Type().Match(text), shape = ShapeText().Match(text);
        if (!type.Success || !shape.Success)
            throw Invalid(source, "its type is no number, or its header lacks type or shape; arrays of objects and texts are not read");
        if (text.Contains("'fortran_order': True", StringComparison.Ordinal))
            throw Invalid(source, "its values are in Fortran's order; save it as numpy.ascontiguousarray(x)");

        char kind = type.Groups[2].Value[0];
        int size = type.Groups[3].Value[0] - '0';
        string[] sizes = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var dimensions = new int[sizes.Length];
        long count = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (!int.TryParse(sizes[i], out dimensions[i]) || dimensions[i] < 0 || (count *= dimensions[i]) > Array.MaxLength)
                throw Invalid(source, $"its shape ({shape.Groups[1].Value}) is more than one data set can hold");
        }

        if (sizes.Length == 0)
            throw Invalid(source, "it is a single value");
        if (count * size > most - start.Length - length.Length - headerLength)
            throw Invalid(source, $"its shape ({shape.Groups[1].Value}) needs {count * size} bytes, and the file holds fewer");
        InputFile.CheckMemory(source, count * Math.Max(size, sizeof(float)));
        return new NumpyArray(source, kind, size, type.Groups[1].Value == ">", dimensions);
    }

    /// <summary>Reads some items as bytes; the values must be unsigned bytes.</summary>
    public byte[] ReadBytes(Stream stream, int skip, int count)
    {
        var values = new byte[count * ItemLength];
        Skip(stream, (long)skip * ItemLength);
        ReadAll(stream, values);
        return values;
    }

    /// <summary>Reads some items as numbers.</summary>
    public double[] ReadNumbers(Stream stream, int skip, int count)
    {
        var values = new double[count * ItemLength];
        Skip(stream, (long)skip * ItemLength * _size);
        byte[] buffer = new byte[4096 * _size];
        for (int done = 0; done < values.Length; done += 4096)
        {
            int now = Math.Min(4096, values.Length - done);
            Span<byte> bytes = buffer.AsSpan(0, now * _size);
            ReadAll(stream, bytes);
            for (int i = 0; i < now; i++)
            {
                Span<byte> value = bytes.Slice(i * _size, _size);
                if (_bigEndian == BitConverter.IsLittleEndian)
                    value.Reverse();
                values[done + i] = Number(value);
            }
        }

        return values;
    }

    /// <summary>Reads some items of whole numbers, each to its last digit.</summary>
    /// <exception cref="MlpException">A number is beyond 64 bits with a sign.</exception>
    public long[] ReadWholes(Stream stream, int skip, int count)
    {
        var values = new long[count * ItemLength];
        Skip(stream, (long)skip * ItemLength * _size);
        byte[] value = new byte[_size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadAll(stream, value);
            if (_bigEndian == BitConverter.IsLittleEndian)
                Array.Reverse(value);
            if ((_kind, _size) == ('u', 8) && BitConverter.ToUInt64(value) is > long.MaxValue and ulong large)
                throw Invalid(_source, $"the value {i} is {large}, which is more than a label can be ({long.MaxValue})");
            values[i] = _size == 8 ? BitConverter.ToInt64(value) : (long)Number(value);
        }

        return values;
    }

    private double Number(ReadOnlySpan<byte> value) => (_kind, _size) switch
    {
        ('f', 2) => (double)BitConverter.ToHalf(value),
        ('f', 4) => BitConverter.ToSingle(value),
        ('f', 8) => BitConverter.ToDouble(value),
        ('i', 1) => (sbyte)value[0],
        ('i', 2) => BitConverter.ToInt16(value),
        ('i', 4) => BitConverter.ToInt32(value),
        ('i', 8) => BitConverter.ToInt64(value),
        (_, 1) => value[0],
        (_, 2) => BitConverter.ToUInt16(value),
        (_, 4) => BitConverter.ToUInt32(value),
        _ => BitConverter.ToUInt64(value),
    };

    private void Skip(Stream stream, long bytes)
    {
        byte[] scratch = new byte[1 << 16];
        for (long left = bytes; left > 0;)
        {
            Span<byte> part = scratch.AsSpan(0, (int)Math.Min(left, scratch.Length));
            ReadAll(stream, part);
            left -= part.Length;
        }
    }

    private void ReadAll(Stream stream, Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Invalid(_source, "the file ends before its last value");
    }

    private static bool IsMagic(ReadOnlySpan<byte> start) =>
        start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8) && start[6] is >= 1 and <= 3;

    private static MlpException Invalid(string source, string what) =>
        new("InvalidNumpyFile", MlpErrorKind.InvalidData, $"{source}: {what}.");

    [GeneratedRegex("'descr':\\s*'([<>|=])(?:(?=f[248]|[iu][1248]|b1)([fiub])([1248]))'")]
    private static partial Regex Type();

    [GeneratedRegex("'shape':\\s*\\(([0-9, ]*)\\)")]
    private static partial Regex ShapeText();
}
