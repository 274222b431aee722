using System.Numerics;
using System.Runtime.InteropServices;

namespace MlpPowerShell.Engine;

/// <summary>Numbers as files hold them, whatever the processor's order of bytes.</summary>
internal static class LittleEndian
{
    /// <summary>The bytes of some numbers.</summary>
    public static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values).ToArray();
        SwapWhereBigEndian<T>(bytes);
        return bytes;
    }

    /// <summary>The numbers that bytes stand for; their count must be a multiple of a number's.</summary>
    public static T[] Values<T>(byte[] bytes)
        where T : unmanaged
    {
        SwapWhereBigEndian<T>(bytes);
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    /// <summary>Bytes of numbers of a size, from this processor's order to that of files or back.</summary>
    public static byte[] Ordered(ReadOnlySpan<byte> bytes, int size)
    {
        byte[] ordered = bytes.ToArray();
        Swap(ordered, size);
        return ordered;
    }

    /// <summary>The numbers that bytes stand for, as floats.</summary>
    public static float[] Floats<T>(byte[] bytes)
        where T : unmanaged, INumberBase<T> => Array.ConvertAll(Values<T>(bytes), float.CreateTruncating);

    /// <summary>The floats whose upper halves bytes hold (bfloat16).</summary>
    public static float[] BFloats(byte[] bytes) =>
        Array.ConvertAll(Values<ushort>(bytes), value => BitConverter.UInt32BitsToSingle((uint)value << 16));

    private static unsafe void SwapWhereBigEndian<T>(byte[] bytes)
        where T : unmanaged => Swap(bytes, sizeof(T));

    private static void Swap(byte[] bytes, int size)
    {
        for (int i = 0; !BitConverter.IsLittleEndian && i < bytes.Length; i += size)
            bytes.AsSpan(i, size).Reverse();
    }
}
