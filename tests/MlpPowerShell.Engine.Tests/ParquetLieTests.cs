using System.IO.Compression;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Parquet files that say what isn't so, or make much of few bytes.</summary>
public sealed class ParquetLieTests : IDisposable
{
    private const int Int32 = 1, Bytes = 6, FixedBytes = 7;
    private const int Plain = 0, Delta = 5, DeltaTexts = 7, Dictionary = 8;
    private const int Snappy = 1, Gzip = 2, Brotli = 4, Zstd = 6, Lz4 = 7;
    private const int Huge = 1_500_000_000;

    // What a table of a few rows takes, with room for what else runs.
    private const long Little = 32 << 20;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Files_that_are_written_here_are_such()
    {
        Assert.Equal(7, Read(new WrittenParquet(Int32, Plain, 2, [5, 0, 0, 0, 7, 0, 0, 0])).NumberAt(1));
        Assert.Equal("é", Read(new WrittenParquet(Bytes, Plain, 1, [2, 0, 0, 0, 0xC3, 0xA9])).TextAt(0));
        Assert.Equal(["a", "ab", "abc"], Texts(Read(new WrittenParquet(Bytes, DeltaTexts, 3, [.. Growing(3)]))));
        Assert.Equal([1, 2, 3], Numbers(Read(new WrittenParquet(Int32, Delta, 3, [.. WrittenParquet.Differences(1, 1, 3)]))));
        Assert.Equal(1_000_000, Read(new WrittenParquet(Int32, Dictionary, 1_000_000, [0]) { Known = [9, 0, 0, 0] }).Count);
    }

    [Theory]
    [InlineData(Int32, Plain, 0, false)]
    [InlineData(Int32, Plain, 0, true)]
    [InlineData(Int32, Delta, 0, false)]
    [InlineData(Int32, Dictionary, 0, true)]
    [InlineData(Bytes, Plain, 0, false)]
    [InlineData(FixedBytes, Plain, 3, false)]
    [InlineData(FixedBytes, 9, 3, false)]
    public void A_count_takes_no_memory_before_there_are_values_for_it(int type, int encoding, int length, bool isOptional)
    {
        byte[] content = [.. isOptional ? (byte[])[2, 0, 0, 0, 2, 1] : [], 4, 3, 2, 1, 0, 0, 0, 0];
        AssertRefused(new WrittenParquet(type, encoding, Huge, content) { IsOptional = isOptional, Length = length, Known = [1, 0, 0, 0] });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Values_of_fixed_length_have_some(int length) =>
        AssertRefused(new WrittenParquet(FixedBytes, Plain, Huge, []) { Length = length });

    [Theory]
    [InlineData(Snappy)]
    [InlineData(Gzip)]
    [InlineData(Brotli)]
    [InlineData(Zstd)]
    [InlineData(Lz4)]
    public void A_page_takes_no_more_memory_than_it_unpacks_to(int codec)
    {
        byte[] content = new byte[64];
        byte[] packed = codec switch
        {
            Gzip => Packed(content, to => new GZipStream(to, CompressionLevel.Fastest)),
            Brotli => Packed(content, to => new BrotliStream(to, CompressionLevel.Fastest)),
            Zstd => new ZstdSharp.Compressor().Wrap(content).ToArray(),
            Snappy => [.. WrittenParquet.Varint(Huge), .. new byte[9]],
            _ => new byte[9],
        };
        AssertRefused(new WrittenParquet(Int32, Plain, 16, packed) { Codec = codec, UnpackedLength = Huge });
        if (codec is Gzip or Brotli or Zstd)
        {
            Assert.Equal(16, Read(new WrittenParquet(Int32, Plain, 16, packed) { Codec = codec, UnpackedLength = 64 }).Count);
            AssertRefused(new WrittenParquet(Int32, Plain, 16, packed[..^1]) { Codec = codec, UnpackedLength = 64 });
            AssertRefused(new WrittenParquet(Int32, Plain, 15, packed) { Codec = codec, UnpackedLength = 60 });
        }
    }

    [Fact]
    public void A_text_that_is_in_every_row_is_read_once()
    {
        const int Rows = 1_000_000;
        byte[] known = [.. BitConverter.GetBytes(100_000), .. Enumerable.Repeat((byte)'a', 100_000)];
        DataColumn column = Read(new WrittenParquet(Bytes, Dictionary, Rows, [0]) { Known = known });
        Assert.Equal((Rows, 100_000), (column.Count, column.TextAt(Rows - 1)!.Length));
    }

    [Fact]
    public void Texts_that_grow_row_by_row_do_not_take_more_than_there_is()
    {
        const int Rows = 1_000_000;
        byte[] content = [.. Growing(Rows)];
        MlpException failure = Refused(new WrittenParquet(Bytes, DeltaTexts, Rows, content));
        Assert.True(failure.ErrorId is "FileTooLarge" or "FileCorrupt", failure.Message);
    }

    [Fact]
    public void Many_pages_without_values_end()
    {
        byte[] empty = WrittenParquet.Page(0, 0, Plain, []), last = WrittenParquet.Page(0, 1, Plain, [5, 0, 0, 0]);
        byte[] pages = [.. Enumerable.Repeat(empty, 200_000).SelectMany(page => page), .. last];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(5, Read(new WrittenParquet(Int32, Plain, 1, []) { Pages = pages }).NumberAt(0));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L << 20);
    }

    [Fact]
    public void A_dictionary_stands_before_all_values()
    {
        byte[] page = WrittenParquet.Page(2, 1, Plain, [5, 0, 0, 0]);
        byte[] values = WrittenParquet.Page(0, 1, Plain, [5, 0, 0, 0]);
        AssertRefused(new WrittenParquet(Int32, Plain, 1, []) { Pages = [.. page, .. page, .. values] });
    }

    [Fact]
    public void Rows_that_are_said_and_those_of_the_groups_are_as_many()
    {
        Assert.Contains("3 rows", Refused(new WrittenParquet(Int32, Plain, 2, new byte[8]) { RowsOfAll = 3 }).Message);
        Refused(new WrittenParquet(Int32, Plain, 3, new byte[8]));
    }

    [Theory]
    [InlineData(14, 16)]
    [InlineData(15, 2)]
    [InlineData(5, 4)]
    public void Values_of_a_fixed_length_that_are_written_by_differences_have_it(int meaning, int length)
    {
        var failure = Refused(new WrittenParquet(FixedBytes, DeltaTexts, 3, [.. Growing(3)]) { Length = length, Meaning = meaning });
        Assert.Contains("another length", failure.Message);
    }

    [Fact]
    public void Whole_numbers_of_32_bits_wrap_around_by_their_differences()
    {
        byte[] content = [.. WrittenParquet.Differences(int.MaxValue, int.MinValue, 3)];
        Assert.Equal([int.MaxValue, -1, int.MaxValue], Numbers(Read(new WrittenParquet(Int32, Delta, 3, content))));
    }

    [Fact]
    public void Values_in_another_file_are_told_of()
    {
        var failure = Assert.Throws<MlpException>(
            () => Read(new WrittenParquet(Int32, Plain, 2, new byte[8]) { Elsewhere = "part-0.parquet" }));
        Assert.Equal("UnreadableColumn", failure.ErrorId);
    }

    /// <summary>Texts that have one letter more each, of which the letter alone is written.</summary>
    private static byte[] Growing(int count) =>
    [
        .. WrittenParquet.Differences(0, 1, count), .. WrittenParquet.Differences(1, 0, count),
        .. Enumerable.Range(0, count).Select(i => (byte)('a' + (i % 26))),
    ];

    private static byte[] Packed(byte[] content, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (Stream packing = open(packed))
            packing.Write(content);
        return packed.ToArray();
    }

    private static IEnumerable<string?> Texts(DataColumn column) => Enumerable.Range(0, column.Count).Select(column.TextAt);

    private static IEnumerable<double> Numbers(DataColumn column) => Enumerable.Range(0, column.Count).Select(column.NumberAt);

    private DataColumn Read(WrittenParquet file)
    {
        File.WriteAllBytes(_path, file.ToBytes());
        return TableReader.Read(_path, new TableReadOptions()).ColumnAt(0);
    }

    private void AssertRefused(WrittenParquet file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
    }

    private MlpException Refused(WrittenParquet file)
    {
        var failure = Assert.Throws<MlpException>(() => Read(file));
        Assert.True(failure.ErrorId is "FileCorrupt" or "FileTooLarge", failure.Message);
        return failure;
    }
}
