namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Samples that stay in their file. It is cut into blocks of neighbours; a chunk of blocks from all over the file is in memory while the
/// next is being read.
/// </summary>
internal abstract class DatasetStream
{
    /// <summary>Samples of a block: enough to read them at one go, few enough that a chunk is a good mixture of the file.</summary>
    public const int BlockRows = 256;

    private readonly string _source;
    private readonly FileStamp[] _files;
    private readonly int _count;
    private readonly int _chunkBlocks;

    /// <param name="files">The files as they were before anything was read of them; the first is named in messages.</param>
    /// <param name="count">Samples of the file.</param>
    /// <param name="bytesPerSample">Memory that a sample takes while it is being read and used.</param>
    /// <param name="memoryLimit">The memory that the chunks may take.</param>
    /// <exception cref="MlpException">The limit has no room for two chunks of a block.</exception>
    protected DatasetStream(FileStamp[] files, int count, double bytesPerSample, long memoryLimit)
    {
        string source = files[0].Path;

        // Two chunks are there at a time, one in use and one being read, and as much again waits for the garbage collection.
        double blocks = memoryLimit / (4 * bytesPerSample * BlockRows);
        if (blocks < 1)
        {
            throw new MlpException(
                "MemoryLimitTooLow",
                MlpErrorKind.InvalidArgument,
                $"{source}: the memory limit of {SizeText(memoryLimit)} has no room for its samples; at least "
                + $"{SizeText(4 * bytesPerSample * BlockRows)} are needed.");
        }

        _source = source;
        _files = files;
        _count = count;
        _chunkBlocks = (int)Math.Min(blocks, (count + BlockRows - 1) / BlockRows);
    }

    /// <summary>Name and length of the file.</summary>
    public string Fingerprint => $"{_files[0].Path}, {_files[0].Length} bytes";

    /// <summary>What is kept of its rows as what they were read as; null for files that hold that themselves.</summary>
    public virtual StreamCache? Cache => null;

    /// <summary>How many samples each chunk has, but for the one with the last block, which may have fewer.</summary>
    public int ChunkRows => _chunkBlocks * BlockRows;

    private int BlockCount => (_count + BlockRows - 1) / BlockRows;

    /// <summary>
    /// Reads all samples, chunk after chunk: in their order, or with blocks drawn from a seed, for which each round differs.
    /// </summary>
    /// <param name="seed">What the blocks are drawn from, or null.</param>
    /// <param name="round">The round.</param>
    /// <param name="reader">Which of the readers this is, to whom the blocks are dealt out like cards.</param>
    /// <param name="readers">How many there are.</param>
    public IEnumerable<MlpDataset> Chunks(int? seed, int round, int reader, int readers)
    {
        int[] blocks = [.. Enumerable.Range(0, BlockCount)];
        if (seed is { } drawn)
            SeededRandom.For(drawn, SeededRandom.Purpose.Chunks, round).Shuffle(blocks);
        if (readers > 1)
            blocks = [.. blocks.Where((_, place) => place % readers == reader)];
        if (blocks.Length == 0)
            yield break;
        Task<MlpDataset> next = ReadLater(blocks, 0);
        for (int done = 0; done < blocks.Length; done += _chunkBlocks)
        {
            MlpDataset chunk = next.GetAwaiter().GetResult();
            if (done + _chunkBlocks < blocks.Length)
                next = ReadLater(blocks, done + _chunkBlocks);
            yield return chunk;

            // The collector does not know of the limit: what the last chunk left would stay until it sees a reason of its own.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
    }

    /// <summary>Reads some blocks.</summary>
    protected abstract MlpDataset Read(ReadOnlySpan<int> blocks);

    /// <summary>Samples of a block.</summary>
    protected int RowsOf(int block) => Math.Min(BlockRows, _count - (block * BlockRows));

    private Task<MlpDataset> ReadLater(int[] blocks, int from) => Task.Run(() =>
    {
        try
        {
            CheckUnchanged();
            MlpDataset chunk = Read(blocks.AsSpan(from, Math.Min(_chunkBlocks, blocks.Length - from)));

            // What was written meanwhile may be a part of it.
            CheckUnchanged();
            return chunk;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException(
                "FileUnreadable", MlpErrorKind.Unreadable, $"{_source} can't be read any more: {failure.Message}", failure);
        }
    });

    private void CheckUnchanged()
    {
        foreach (FileStamp file in _files)
        {
            if (!File.Exists(file.Path))
                throw new FileNotFoundException("it is not there any more.");
            if (FileStamp.Of(file.Path) != file)
            {
                throw new MlpException(
                    "DatasetChanged", MlpErrorKind.InvalidData, $"{file.Path} has changed since it was imported; import it again.");
            }
        }
    }

    /// <summary>Bytes in words, for messages about memory.</summary>
    private protected static string SizeText(double bytes) =>
        bytes < 1e5 ? FormattableString.Invariant($"{bytes:F0} bytes") : FormattableString.Invariant($"{bytes / 1e6:F1} MB");
}
