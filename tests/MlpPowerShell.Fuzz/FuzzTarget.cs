namespace MlpPowerShell.Fuzz;

/// <summary>A reader, and files to break for it.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Extension">The ending of its files.</param>
/// <param name="Seeds">Whole files.</param>
/// <param name="Read">Reads a file.</param>
internal sealed record FuzzTarget(string Name, string Extension, IReadOnlyList<byte[]> Seeds, Action<string> Read)
{
    /// <summary>
    /// What is broken instead of whole files now and then, as a checksum would find any change of these; null for nothing.
    /// </summary>
    public IReadOnlyList<byte[]>? Contents { get; init; }

    /// <summary>Makes a file of such a content.</summary>
    public Func<byte[], byte[]> Wrap { get; init; } = content => content;

    /// <summary>Makes of a whole file those that lie in one field; null where bytes are broken at random alone.</summary>
    public Func<byte[], IEnumerable<byte[]>>? Lies { get; init; }

    /// <summary>
    /// Bytes of memory that each byte of a file may take: compression packs up to a thousand into one, and text becomes numbers.
    /// </summary>
    public long Expansion { get; init; } = 2048;

    /// <summary>Bytes of memory that any file may take, however short.</summary>
    public long Allowance { get; init; } = 16L << 20;

    /// <summary>The next broken file.</summary>
    public byte[] NextInput(Mutator mutator) =>
        Contents is not null && mutator.Chance(60) ? Wrap(mutator.Broken(Contents)) : mutator.Broken(Seeds);
}
