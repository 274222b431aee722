using System.Buffers.Binary;

namespace MlpPowerShell.Engine.Data;

/// <summary>Goes through the bytes of a picture file, and knows when they end too early.</summary>
/// <param name="bytes">The whole file.</param>
internal ref struct FileCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The place of the next byte; no place in the file is refused.</summary>
    public int Position { get; private set; }

    /// <summary>Whether no byte is left.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>Goes to a place.</summary>
    /// <exception cref="InvalidDataException">It is behind the file's end.</exception>
    public void Seek(long place) =>
        Position = place <= _bytes.Length ? (int)place : throw new InvalidDataException("the file breaks off");

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">The file holds fewer.</exception>
    public ReadOnlySpan<byte> Take(long count)
    {
        int start = Position;
        Seek(start + count);
        return _bytes[start..Position];
    }

    /// <summary>The next byte.</summary>
    /// <exception cref="InvalidDataException"><inheritdoc cref="Seek" path="/exception"/></exception>
    public byte Byte() => Take(1)[0];

    /// <summary>The next two bytes as a number, the lowest first.</summary>
    /// <exception cref="InvalidDataException"><inheritdoc cref="Seek" path="/exception"/></exception>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    /// <summary>The next two bytes as a number, the highest first.</summary>
    /// <exception cref="InvalidDataException"><inheritdoc cref="Seek" path="/exception"/></exception>
    public ushort UInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>The next four bytes as a number, the lowest first.</summary>
    /// <exception cref="InvalidDataException"><inheritdoc cref="Seek" path="/exception"/></exception>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>The next four bytes as a number, the highest first.</summary>
    /// <exception cref="InvalidDataException"><inheritdoc cref="Seek" path="/exception"/></exception>
    public uint UInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));
}
