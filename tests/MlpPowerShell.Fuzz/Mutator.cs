using System.Buffers.Binary;

namespace MlpPowerShell.Fuzz;

/// <summary>Breaks files in the ways that find faults in readers. The same seed breaks them the same way.</summary>
internal sealed class Mutator(int seed)
{
    private const int Longest = 1 << 16;

    private static readonly long[] _numbers =
        [
            0,
            1,
            -1,
            2,
            7,
            8,
            127,
            128,
            255,
            256,
            short.MaxValue,
            ushort.MaxValue,
            int.MaxValue,
            int.MinValue,
            uint.MaxValue,
            1L << 33,
            long.MaxValue,
            long.MinValue,
        ];

    private static readonly byte[][] _texts =
    [
        .. new[]
        {
            "0", "-1", "2147483647", "4294967296", "99999999999999999999", "1e308", "NaN", "\"", "[[[[[[[[", "{", "}", ",", "\n", "\0",
            "../", "..\\", "null", "true", "é",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A broken copy of one of some files.</summary>
    public byte[] Broken(IReadOnlyList<byte[]> seeds)
    {
        List<byte> bytes = [.. seeds[_random.Next(seeds.Count)]];
        for (int times = 1 << _random.Next(4); times > 0; times--)
            Break(bytes, seeds);
        if (bytes.Count > Longest)
            bytes.RemoveRange(Longest, bytes.Count - Longest);
        return [.. bytes];
    }

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Chance(int percent) => _random.Next(100) < percent;

    private void Break(List<byte> bytes, IReadOnlyList<byte[]> seeds)
    {
        if (bytes.Count == 0)
        {
            bytes.AddRange(_texts[_random.Next(_texts.Length)]);
            return;
        }

        int place = Place(bytes.Count);
        int length = Math.Min(bytes.Count - place, 1 + _random.Next(_random.Next(4) == 0 ? 64 : 8));
        switch (_random.Next(10))
        {
            case 0:
                bytes[place] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes[place] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(place, length);
                break;
            case 3:
                bytes.InsertRange(Place(bytes.Count), bytes.GetRange(place, length));
                break;
            case 4:
                bytes.RemoveRange(place, bytes.Count - place);
                break;
            case 5:
                Overwrite(bytes, place, Number());
                break;
            case 6:
                bytes.InsertRange(place, _texts[_random.Next(_texts.Length)]);
                break;
            case 7:
                Overwrite(bytes, place, _texts[_random.Next(_texts.Length)]);
                break;
            case 8:
                byte[] other = seeds[_random.Next(seeds.Count)];
                int from = _random.Next(other.Length + 1);
                bytes.InsertRange(place, other.AsSpan(from, Math.Min(other.Length - from, _random.Next(256))));
                break;
            default:
                BreakNumber(bytes, place);
                break;
        }
    }

    // Heads hold the sizes, so that they are broken more often.
    private int Place(int count) => _random.Next(2) == 0 ? _random.Next(Math.Min(count, 64)) : _random.Next(count);

    private byte[] Number()
    {
        long value = _numbers[_random.Next(_numbers.Length)];
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes = bytes[..(1 << _random.Next(4))];
        if (_random.Next(2) == 0)
            Array.Reverse(bytes);
        return bytes;
    }

    private static void Overwrite(List<byte> bytes, int place, byte[] with)
    {
        for (int i = 0; i < with.Length && place + i < bytes.Count; i++)
            bytes[place + i] = with[i];
    }

    /// <summary>Turns a digit, where one follows, into another or into many.</summary>
    private void BreakNumber(List<byte> bytes, int place)
    {
        int digit = bytes.FindIndex(place, value => char.IsAsciiDigit((char)value));
        if (digit < 0)
            return;
        if (_random.Next(2) == 0)
            bytes[digit] = (byte)('0' + _random.Next(10));
        else
            bytes.InsertRange(digit, Enumerable.Repeat((byte)('1' + _random.Next(9)), 1 + _random.Next(12)));
    }
}
