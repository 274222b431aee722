namespace MlpPowerShell.Engine.Tests;

/// <summary>A Parquet file of one column, which may say of itself what isn't so (parquet.thrift in Apache Parquet's format).</summary>
/// <param name="Type">What the values are stored as.</param>
/// <param name="Encoding">How they are written.</param>
/// <param name="Rows">How many rows all that counts them says that there are.</param>
/// <param name="Content">The one page of values, packed.</param>
internal sealed record WrittenParquet(int Type, int Encoding, int Rows, byte[] Content)
{
    private const int Int32 = 5, Binary = 8, List = 9, Struct = 12;
    private const int DataPage = 0, DictionaryPage = 2;

    /// <summary>The bytes of each value of fixed length.</summary>
    public int Length { get; init; }

    /// <summary>Whether values may be missing.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The number of what the values mean; null for nothing.</summary>
    public int? Meaning { get; init; }

    /// <summary>The dictionary, of one value; null for none.</summary>
    public byte[]? Known { get; init; }

    /// <summary>What the page is packed by.</summary>
    public int Codec { get; init; }

    /// <summary>The bytes that the page says to unpack to; null for those that it has.</summary>
    public int? UnpackedLength { get; init; }

    /// <summary>The pages; null for the dictionary and the one page.</summary>
    public byte[]? Pages { get; init; }

    /// <summary>The rows that the whole file says it has; null for those of its group.</summary>
    public int? RowsOfAll { get; init; }

    /// <summary>The file that the values are in; null for this.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes()
    {
        byte[] dictionary = Known is null ? [] : Page(DictionaryPage, 1, 0, Known);
        byte[] pages = Pages ?? [.. dictionary, .. Page(DataPage, Rows, Encoding, Content, UnpackedLength)];
        byte[] root = [.. Text(4, "schema"), .. Number(5, 1, after: 4), 0];
        byte[] meaning = Meaning is { } what ? [.. Long(10, Struct), .. Long(what, Struct), 0, 0] : [];
        byte[] element =
        [
            .. Number(1, Type), .. Number(2, Length, after: 1), .. Number(3, IsOptional ? 1 : 0, after: 2), .. Text(4, "x", after: 3),
            .. meaning, 0,
        ];
        byte[] facts =
        [
            .. Number(1, Type), .. Field(3, List, after: 1), 0x18, 1, (byte)'x', .. Number(4, Codec, after: 3),
            .. Number(5, Rows, after: 4), .. Number(7, pages.Length, after: 5), .. Number(9, 4, after: 7),
            .. Known is null ? [] : Number(11, 4, after: 9), 0,
        ];
        byte[] chunk = [.. Elsewhere is null ? [] : Text(1, Elsewhere), .. Long(3, Struct), .. facts, 0];
        byte[] group = [.. Field(1, List), 0x1C, .. chunk, .. Number(3, Rows, after: 1), 0];
        byte[] metadata =
        [
            .. Number(1, 1), .. Field(2, List, after: 1), 0x2C, .. root, .. element, .. Number(3, RowsOfAll ?? Rows, after: 2),
            .. Field(4, List, after: 3), 0x1C, .. group, 0,
        ];
        return [.. "PAR1"u8, .. pages, .. metadata, .. BitConverter.GetBytes(metadata.Length), .. "PAR1"u8];
    }

    /// <summary>A page with its head.</summary>
    public static byte[] Page(int type, int count, int encoding, byte[] content, int? unpackedLength = null) =>
    [
        .. Number(1, type), .. Number(2, unpackedLength ?? content.Length, after: 1), .. Number(3, content.Length, after: 2),
        .. Field(type == DataPage ? 5 : 7, Struct, after: 3), .. Number(1, count), .. Number(2, encoding, after: 1), 0, 0, .. content,
    ];

    /// <summary>Whole numbers, each the same more than the one before, as they are written by their differences.</summary>
    public static IEnumerable<byte> Differences(long first, long step, int count)
    {
        const int BlockSize = 128, Miniblocks = 4;
        byte[] block = [.. Varint(ZigZag(step)), .. new byte[Miniblocks]];
        return
        [
            .. Varint(BlockSize), .. Varint(Miniblocks), .. Varint((ulong)count), .. Varint(ZigZag(first)),
            .. Enumerable.Repeat(block, (count + BlockSize - 2) / BlockSize).SelectMany(bytes => bytes),
        ];
    }

    /// <summary>A number of seven bits a byte.</summary>
    public static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }

    private static ulong ZigZag(long number) => (ulong)((number << 1) ^ (number >> 63));

    private static byte[] Field(int field, int type, int after = 0) => [(byte)(((field - after) << 4) | type)];

    // A field whose number is told whatever was before.
    private static byte[] Long(int field, int type) => [(byte)type, .. Varint(ZigZag(field))];

    private static byte[] Number(int field, int number, int after = 0) => [.. Field(field, Int32, after), .. Varint(ZigZag(number))];

    private static byte[] Text(int field, string text, int after = 0) =>
        [.. Field(field, Binary, after), .. Varint((ulong)text.Length), .. System.Text.Encoding.UTF8.GetBytes(text)];
}
