namespace MlpPowerShell.Engine.Data;

/// <summary>How rows are streamed that stay in their file.</summary>
public sealed record StreamOptions
{
    /// <summary>The bytes that rows may take in memory at a time, above 0.</summary>
    public long MemoryLimit { get; init; } = 256 << 20;

    /// <summary>
    /// The folder where the values of the rows are kept as what they were read as, so that each epoch need not read the text; null to
    /// keep none.
    /// </summary>
    public string? CacheFolder { get; init; } = StreamCache.UsualFolder;
}
