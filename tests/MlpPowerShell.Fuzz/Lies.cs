using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Fuzz;

/// <summary>
/// Files that are whole but for one field, which says something else than it should: each field of a format, one after another.
/// </summary>
internal static class Lies
{
    private const int MostBytesOfHead = 64;
    private const int LengthDelimited = 2;

    private static readonly ulong[] _numbers =
        [0, 1, 2, 7, 127, 128, 255, 256, 65535, int.MaxValue, uint.MaxValue, ulong.MaxValue / 2, ulong.MaxValue];

    private static readonly string[] _wordsOfHeader =
    [
        "'<f8'", "'|O'", "'<i8'", "'>f2'", "'|V1000000'", "True", "False", "None", "(0,)", "(2147483647, 2147483647)", "(1, 1, 1, 1, 1, 1)",
        "()", "-1", "1",
    ];

    private static readonly string[] _wordsOfTable =
    [
        "", "\u001b]0;t\u0007", "\u202e", "\0", "1e999", "-1e-320", "9999-12-31", "NaN", "9007199254740993", "\"", "{", "?",
        new('9', 5000),
    ];

    /// <summary>A safetensors file: its header, with the facts in it.</summary>
    public static IEnumerable<byte[]> OfSafetensors(byte[] file)
    {
        int length = BitConverter.ToInt32(file);
        return JsonLies.Of(file[8..(8 + length)])
            .Select(header => (byte[])[.. BitConverter.GetBytes((long)header.Length), .. header, .. file[(8 + length)..]]);
    }

    /// <summary>A data set as bytes: its head.</summary>
    public static IEnumerable<byte[]> OfDataset(byte[] file)
    {
        int length = BitConverter.ToInt32(file);
        return JsonLies.Of(file[4..(4 + length)])
            .Select(head => (byte[])[.. BitConverter.GetBytes(head.Length), .. head, .. file[(4 + length)..]]);
    }

    /// <summary>A zip archive: its entries, each by lies of its own kind.</summary>
    public static IEnumerable<byte[]> OfZip(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        (string Name, byte[] Content)[] entries = [.. archive.Entries.Select(entry => (entry.FullName, Content(entry)))];
        for (int i = 0; i < entries.Length; i++)
        {
            (string name, byte[] content) = entries[i];
            foreach (byte[] lie in name.EndsWith(".npy", StringComparison.Ordinal) ? OfNpy(content) : JsonLies.Of(content))
            {
                entries[i] = (name, lie);
                yield return FuzzTargets.Zip(entries);
            }

            entries[i] = (name, content);
            yield return FuzzTargets.Zip([.. entries, entries[i]]);
            yield return FuzzTargets.Zip([.. entries.Where((_, place) => place != i)]);
        }

        static byte[] Content(ZipArchiveEntry entry)
        {
            using Stream stream = entry.Open();
            var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
    }

    /// <summary>A NumPy array: its version, and each word of its header.</summary>
    public static IEnumerable<byte[]> OfNpy(byte[] file)
    {
        int length = BitConverter.ToUInt16(file, 8);
        string header = Encoding.Latin1.GetString(file, 10, length);
        foreach (Match value in Regex.Matches(header, @"'[^']*'|\([^)]*\)|True|False|\d+"))
        {
            foreach (string word in _wordsOfHeader)
            {
                byte[] other = Encoding.Latin1.GetBytes(header.Remove(value.Index, value.Length).Insert(value.Index, word));
                yield return [.. file[..8], .. BitConverter.GetBytes((ushort)other.Length), .. other, .. file[(10 + length)..]];
            }
        }

        foreach (byte[] other in OfHead(file[..12]))
            yield return [.. other, .. file[12..]];
    }

    /// <summary>A message of protocol buffers: each of its fields, and those within them.</summary>
    public static IEnumerable<byte[]> OfMessage(byte[] message)
    {
        if (Fields(message) is not { } fields)
            yield break;
        foreach ((int start, int value, int end, int type) in fields)
        {
            byte[] before = message[..start], after = message[end..];
            yield return [.. before, .. after];
            yield return [.. before, .. message[start..end], .. message[start..end], .. after];
            byte[] tag = message[start..value];
            IEnumerable<byte[]> lies =
                type == LengthDelimited ? OfDelimited(message, value, end) : _numbers.Select(number => NumberOf(type, number));
            foreach (byte[] lie in lies)
                yield return [.. before, .. tag, .. lie, .. after];
        }
    }

    /// <summary>A file of numbers at fixed places: each of its first ones, of one, two and four bytes.</summary>
    public static IEnumerable<byte[]> OfHead(byte[] file)
    {
        foreach (int size in new[] { 1, 2, 4 })
        {
            for (int place = 0; place + size <= Math.Min(file.Length, MostBytesOfHead); place++)
            {
                foreach (ulong number in _numbers.Where(number => number < 1UL << (8 * size)))
                {
                    byte[] little = [.. file], big = [.. file];
                    byte[] bytes = BitConverter.GetBytes(number)[..size];
                    bytes.CopyTo(little, place);
                    yield return little;
                    if (size == 1)
                        continue;
                    Array.Reverse(bytes);
                    bytes.CopyTo(big, place);
                    yield return big;
                }
            }
        }
    }

    /// <summary>A PNG: its chunks as those of any file, with the checks that they need to be believed.</summary>
    public static IEnumerable<byte[]> OfPng(byte[] file) => OfHead(file).Select(lie =>
    {
        for (int chunk = 8; chunk + 12 <= lie.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(lie.AsSpan(chunk));
            if (length > lie.Length - chunk - 12)
                break;
            uint check = System.IO.Hashing.Crc32.HashToUInt32(lie.AsSpan(chunk + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(lie.AsSpan(chunk + 8 + (int)length), check);
            chunk += 12 + (int)length;
        }

        return lie;
    });

    /// <summary>
    /// A Parquet file, if it is a small one: what may be a number of its metadata, or of the heads of its pages, which are written alike.
    /// </summary>
    public static IEnumerable<byte[]> OfParquet(byte[] file)
    {
        const int Tail = 8, Small = 500;
        int end = file.Length - Tail;
        int metadata = end - BitConverter.ToInt32(file, end);
        for (int place = sizeof(int); place < end && file.Length < Small; place++)
        {
            foreach (ulong number in new ulong[] { 0, 2, 127, 1 << 20, int.MaxValue, ulong.MaxValue })
            {
                byte[] lie = Varint(number);
                byte[] length = BitConverter.GetBytes(end - metadata + (place < metadata ? 0 : lie.Length - 1));
                yield return [.. file[..place], .. lie, .. file[(place + 1)..end], .. length, .. file[^sizeof(int)..]];
            }
        }
    }

    /// <summary>A text: each of its words, such as the cells of a table.</summary>
    public static IEnumerable<byte[]> OfText(byte[] file)
    {
        string text = Encoding.UTF8.GetString(file);
        foreach (Match word in Regex.Matches(text, @"[\w.\-]+"))
        {
            foreach (string other in _wordsOfTable)
                yield return Encoding.UTF8.GetBytes(text.Remove(word.Index, word.Length).Insert(word.Index, other));
        }
    }

    private static IEnumerable<byte[]> OfDelimited(byte[] message, int value, int end)
    {
        int place = value;
        _ = Number(message, ref place, end);
        byte[] content = message[place..end];
        foreach (ulong length in _numbers)
            yield return [.. Varint(length), .. content];
        byte[][] texts = [[], "\u001b]0;t\u0007\u202e"u8.ToArray(), [0xFF, 0xFE], new byte[100_000]];
        IEnumerable<byte[]> within = content is [(byte)'{' or (byte)'[', ..] && IsJson(content) ? JsonLies.Of(content) : OfMessage(content);
        foreach (byte[] lie in texts.Concat(within))
            yield return [.. Varint((ulong)lie.Length), .. lie];
    }

    private static bool IsJson(byte[] content)
    {
        try
        {
            return System.Text.Json.Nodes.JsonNode.Parse(content) is not null;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Where the fields of a message begin, where their values do, where they end, and their types; null where it is none.
    /// </summary>
    private static List<(int Start, int Value, int End, int Type)>? Fields(byte[] message)
    {
        var fields = new List<(int, int, int, int)>();
        for (int place = 0; place < message.Length;)
        {
            int start = place;
            if (Number(message, ref place, message.Length) is not { } tag || tag >> 3 is 0 or > 100)
                return null;
            int value = place;
            int type = (int)(tag & 7);
            ulong? length = type switch
            {
                0 => Number(message, ref place, message.Length) is null ? null : 0,
                1 => 8,
                LengthDelimited => Number(message, ref place, message.Length),
                5 => 4,
                _ => null,
            };
            if (length is not { } count || count > (ulong)(message.Length - place))
                return null;
            place += (int)count;
            fields.Add((start, value, place, type));
        }

        return fields;
    }

    private static ulong? Number(byte[] message, ref int place, int end)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64 && place < end; shift += 7)
        {
            byte next = message[place++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }

        return null;
    }

    private static byte[] NumberOf(int type, ulong number) => type switch
    {
        0 => Varint(number),
        1 => BitConverter.GetBytes(number),
        _ => BitConverter.GetBytes((uint)number),
    };

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }
}
