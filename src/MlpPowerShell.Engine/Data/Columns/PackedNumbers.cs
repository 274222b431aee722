using System.Buffers;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// The numbers of a column in the fewest bytes that give each of them back exactly. What is missing is NaN, or the number that stands for
/// it.
/// </summary>
internal abstract class PackedNumbers
{
    /// <summary>What stands for a missing whole number.</summary>
    public const long NoWhole = long.MinValue;

    private const int MostDecimals = 6;

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>How many are missing.</summary>
    public abstract int MissingCount { get; }

    /// <summary>What the numbers are stored in, for files: the type of the values.</summary>
    public abstract TypeCode StoredAs { get; }

    /// <summary>What the stored values stand for themselves over: a power of ten.</summary>
    public abstract double Divisor { get; }

    /// <summary>The stored bytes.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>A number; NaN where it is missing.</summary>
    public abstract double this[int row] { get; }

    /// <summary>A number as it is stored; <see cref="NoWhole"/> where it is missing.</summary>
    public abstract long WholeAt(int row);

    /// <summary>All numbers as they are stored.</summary>
    public long[] ToWholes()
    {
        var wholes = new long[Count];
        for (int i = 0; i < wholes.Length; i++)
            wholes[i] = WholeAt(i);
        return wholes;
    }

    /// <summary>Copies numbers from a row on.</summary>
    public abstract void CopyTo(int start, Span<double> target);

    /// <summary>The numbers of some rows.</summary>
    public abstract PackedNumbers Take(ReadOnlySpan<int> rows);

    /// <summary>Packs numbers, of which the missing ones are NaN.</summary>
    public static PackedNumbers Of(ReadOnlySpan<double> numbers)
    {
        // Blocks of numbers come by the thousand: what they are tried as is no garbage each time.
        long[] rented = ArrayPool<long>.Shared.Rent(numbers.Length);
        Span<long> whole = rented.AsSpan(0, numbers.Length);
        double power = 1;
        bool areWhole = false;
        for (int decimals = 0; decimals <= MostDecimals && !areWhole; decimals++)
        {
            power = Math.Pow(10, decimals);
            areWhole = TryMakeWhole(numbers, power, whole);
        }

        PackedNumbers? packed = areWhole ? OfWhole(whole, power) : null;
        ArrayPool<long>.Shared.Return(rented);
        if (packed is not null)
            return packed;
        foreach (double number in numbers)
        {
            if ((float)number != number && !double.IsNaN(number))
                return new Packed<double>(numbers.ToArray(), 1);
        }

        var floats = new float[numbers.Length];
        for (int i = 0; i < floats.Length; i++)
            floats[i] = (float)numbers[i];
        return new Packed<float>(floats, 1);
    }

    /// <summary>Packs whole numbers, of which the missing ones are <see cref="NoWhole"/>.</summary>
    public static PackedNumbers OfWhole(ReadOnlySpan<long> numbers, double divisor = 1)
    {
        long least = 0, largest = 0;
        bool misses = false;
        foreach (long number in numbers)
        {
            misses |= number == NoWhole;
            least = number == NoWhole ? least : Math.Min(least, number);
            largest = Math.Max(largest, number);
        }

        // The value that stands for missing ones is only taken where there are such.
        if (least >= 0 && largest <= byte.MaxValue - (misses ? 1 : 0))
            return Narrowed<byte>(numbers, divisor, byte.MaxValue);
        if (least > short.MinValue && largest <= short.MaxValue)
            return Narrowed<short>(numbers, divisor, short.MinValue);
        return least > int.MinValue && largest <= int.MaxValue
            ? Narrowed<int>(numbers, divisor, int.MinValue)
            : Narrowed<long>(numbers, divisor, long.MinValue);
    }

    /// <summary>Packs codes, of which the missing ones are -1.</summary>
    public static PackedNumbers OfCodes(ReadOnlySpan<int> codes)
    {
        var whole = new long[codes.Length];
        for (int i = 0; i < whole.Length; i++)
            whole[i] = codes[i] < 0 ? NoWhole : codes[i];
        return OfWhole(whole);
    }

    /// <summary>Puts parts one after another.</summary>
    public static PackedNumbers Join(IReadOnlyList<PackedNumbers> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        if (parts.All(part => part.StoredAs == parts[0].StoredAs
            && part.Divisor == parts[0].Divisor
            && part.MissingCount > 0 == parts[0].MissingCount > 0))
        {
            return parts[0].JoinAlike(parts);
        }

        if (parts.All(part => part.StoredAs is not (TypeCode.Single or TypeCode.Double) && part.Divisor == parts[0].Divisor))
        {
            var whole = new long[parts.Sum(part => part.Count)];
            int place = 0;
            foreach (PackedNumbers part in parts)
            {
                for (int i = 0; i < part.Count; i++)
                    whole[place++] = part.WholeAt(i);
            }

            return OfWhole(whole, parts[0].Divisor);
        }

        var all = new double[parts.Sum(part => part.Count)];
        int start = 0;
        foreach (PackedNumbers part in parts)
        {
            part.CopyTo(0, all.AsSpan(start, part.Count));
            start += part.Count;
        }

        return Of(all);
    }

    /// <summary>Numbers from the bytes that they were stored in.</summary>
    /// <param name="type">What they are stored in.</param>
    /// <param name="divisor">What they stand for themselves over.</param>
    /// <param name="bytes">Whole values.</param>
    /// <param name="misses">Whether some are missing, so that one value stands for these.</param>
    /// <exception cref="InvalidDataException">Numbers are not stored so.</exception>
    public static PackedNumbers OfBytes(TypeCode type, double divisor, ReadOnlySpan<byte> bytes, bool misses)
    {
        if (!(divisor >= 1 && double.IsFinite(divisor)))
            throw new InvalidDataException($"numbers are stored over {divisor}");
        return type switch
        {
            TypeCode.Byte => new Packed<byte>(bytes.ToArray(), divisor, misses ? byte.MaxValue : null),
            TypeCode.Int16 => new Packed<short>(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), divisor, misses ? short.MinValue : null),
            TypeCode.Int32 => new Packed<int>(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), divisor, misses ? int.MinValue : null),
            TypeCode.Int64 => new Packed<long>(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), divisor, misses ? long.MinValue : null),
            TypeCode.Single => new Packed<float>(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), divisor),
            TypeCode.Double => new Packed<double>(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), divisor),
            _ => throw new InvalidDataException($"numbers are stored as {type}"),
        };
    }

    /// <summary>Bytes of a value that is stored so.</summary>
    public static int SizeOf(TypeCode type) => type switch
    {
        TypeCode.Byte => sizeof(byte),
        TypeCode.Int16 => sizeof(short),
        TypeCode.Int32 or TypeCode.Single => sizeof(int),
        TypeCode.Int64 or TypeCode.Double => sizeof(long),
        _ => throw new InvalidDataException($"numbers are stored as {type}"),
    };

    /// <summary>Adds all numbers to a hash, whatever they are stored in.</summary>
    public void AppendTo(NonCryptographicHashAlgorithm hash)
    {
        Span<double> part = stackalloc double[256];
        for (int start = 0; start < Count; start += part.Length)
        {
            Span<double> now = part[..Math.Min(part.Length, Count - start)];
            CopyTo(start, now);
            hash.Append(MemoryMarshal.AsBytes(now));
        }
    }

    /// <summary>Puts parts one after another that are stored alike.</summary>
    protected abstract PackedNumbers JoinAlike(IReadOnlyList<PackedNumbers> parts);

    private static bool TryMakeWhole(ReadOnlySpan<double> numbers, double power, Span<long> whole)
    {
        for (int i = 0; i < whole.Length; i++)
        {
            double number = numbers[i];
            if (double.IsNaN(number))
            {
                whole[i] = NoWhole;
                continue;
            }

            double rounded = Math.Round(number * power);
            if (rounded / power != number || !(Math.Abs(rounded) < int.MaxValue) || (number == 0 && double.IsNegative(number)))
                return false;
            whole[i] = (long)rounded;
        }

        return true;
    }

    private static Packed<T> Narrowed<T>(ReadOnlySpan<long> numbers, double divisor, T missing)
        where T : unmanaged, INumber<T>
    {
        var values = new T[numbers.Length];
        bool misses = false;
        for (int i = 0; i < values.Length; i++)
        {
            misses |= numbers[i] == NoWhole;
            values[i] = numbers[i] == NoWhole ? missing : T.CreateTruncating(numbers[i]);
        }

        return new Packed<T>(values, divisor, misses ? missing : null);
    }

    /// <summary>Numbers that are stored as one type.</summary>
    private sealed class Packed<T> : PackedNumbers
        where T : unmanaged, INumber<T>
    {
        private readonly T[] _values;
        private readonly T? _missing;

        /// <param name="values">The stored values.</param>
        /// <param name="divisor">What they stand for themselves over.</param>
        /// <param name="missing">The whole number that stands for a missing one, or null where none is missing, and for floats.</param>
        public Packed(T[] values, double divisor, T? missing = null)
        {
            _values = values;
            _missing = missing;
            Divisor = divisor;
            foreach (T value in values)
                MissingCount += T.IsNaN(value) || value == missing ? 1 : 0;
        }

        public override int Count => _values.Length;

        public override int MissingCount { get; }

        public override TypeCode StoredAs => Type.GetTypeCode(typeof(T));

        public override double Divisor { get; }

        public override ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<T>(_values);

        public override double this[int row] => Number(_values[row]);

        public override long WholeAt(int row) =>
            _values[row] == _missing || T.IsNaN(_values[row]) ? NoWhole : long.CreateSaturating(_values[row]);

        public override void CopyTo(int start, Span<double> target)
        {
            ReadOnlySpan<T> values = _values.AsSpan(start, target.Length);
            for (int i = 0; i < values.Length; i++)
                target[i] = Number(values[i]);
        }

        public override PackedNumbers Take(ReadOnlySpan<int> rows)
        {
            var taken = new T[rows.Length];
            for (int i = 0; i < taken.Length; i++)
                taken[i] = _values[rows[i]];
            return new Packed<T>(taken, Divisor, _missing);
        }

        protected override PackedNumbers JoinAlike(IReadOnlyList<PackedNumbers> parts)
        {
            var joined = new T[parts.Sum(part => part.Count)];
            int place = 0;
            foreach (PackedNumbers part in parts)
            {
                ((Packed<T>)part)._values.CopyTo(joined, place);
                place += part.Count;
            }

            return new Packed<T>(joined, Divisor, _missing);
        }

        private double Number(T value) => value == _missing ? double.NaN : double.CreateTruncating(value) / Divisor;
    }
}
