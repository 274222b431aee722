using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>Puts the blocks of one column together that come from a cache.</summary>
internal sealed class CachedColumn(string name)
{
    private readonly List<(CachedBlock Head, ReadOnlyMemory<byte> Content)> _blocks = [];

    /// <summary>Adds a block.</summary>
    /// <param name="bytes">The bytes that begin with it.</param>
    /// <returns>Those behind it.</returns>
    public ReadOnlyMemory<byte> Add(ReadOnlyMemory<byte> bytes)
    {
        CachedBlock head = MemoryMarshal.Read<CachedBlock>(bytes.Span);
        ReadOnlyMemory<byte> content = bytes.Slice(Unsafe.SizeOf<CachedBlock>(), head.TextBytes + head.ValueBytes);
        _blocks.Add((head, content));
        return bytes[(Unsafe.SizeOf<CachedBlock>() + content.Length)..];
    }

    /// <summary>The column of all blocks.</summary>
    public DataColumn ToColumn()
    {
        // Rows in which all is missing say nothing of what the column is.
        if (_blocks.Exists(block => block.Head.HasTexts))
            return Texts();
        CachedBlock first = _blocks[0].Head;
        if (_blocks.TrueForAll(block => block.Head with { ValueBytes = first.ValueBytes } == first))
            return DataColumn.OfStored(first.ColumnHead(name), AllBytes());
        foreach ((CachedBlock head, _) in _blocks)
        {
            if (head.Kind is ColumnKind.Date or ColumnKind.Duration)
                return Times(head.Kind);
        }

        PackedNumbers numbers = PackedNumbers.Join([.. _blocks.Select(block => block.Head.ValuesOf(block.Content.Span))]);
        bool areFlags = _blocks.Exists(block => block.Head.Kind == ColumnKind.Boolean);
        return DataColumn.OfPacked(name, areFlags ? ColumnKind.Boolean : ColumnKind.Number, numbers, ColumnType.Double);
    }

    private byte[] AllBytes()
    {
        byte[] all = new byte[_blocks.Sum(block => block.Head.ValueBytes)];
        int place = 0;
        foreach ((CachedBlock head, ReadOnlyMemory<byte> content) in _blocks)
        {
            content.Span.CopyTo(all.AsSpan(place));
            place += head.ValueBytes;
        }

        return all;
    }

    private DataColumn Times(ColumnKind kind)
    {
        var ticks = new List<long>();
        foreach ((CachedBlock head, ReadOnlyMemory<byte> content) in _blocks)
        {
            PackedNumbers values = head.ValuesOf(content.Span);
            for (int i = 0; i < values.Count; i++)
                ticks.Add(values.WholeAt(i) is var time and not PackedNumbers.NoWhole ? time * head.Unit : PackedNumbers.NoWhole);
        }

        return DataColumn.OfTicks(name, kind, CollectionsMarshal.AsSpan(ticks), ColumnType.Double);
    }

    private DataColumn Texts()
    {
        var texts = new TextPool();
        var codes = new List<int>();
        Span<int> known = stackalloc int[DatasetStream.BlockRows];
        foreach ((CachedBlock head, ReadOnlyMemory<byte> content) in _blocks)
        {
            ReadOnlySpan<byte> left = content.Span;
            for (int i = 0; i < head.TextCount; i++)
            {
                int bytes = MemoryMarshal.Read<int>(left) * sizeof(char);
                known[i] = texts.CodeOf(MemoryMarshal.Cast<byte, char>(left.Slice(sizeof(int), bytes)));
                left = left[(sizeof(int) + bytes)..];
            }

            PackedNumbers own = head.ValuesOf(content.Span);
            for (int i = 0; i < own.Count; i++)
                codes.Add(head.HasTexts && own.WholeAt(i) is var code and not PackedNumbers.NoWhole ? known[(int)code] : -1);
        }

        return DataColumn.OfCodes(name, CollectionsMarshal.AsSpan(codes), texts.Texts);
    }
}
