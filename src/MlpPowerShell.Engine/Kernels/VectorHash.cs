using System.Numerics;
using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Random bits that are a function of a key and a counter, so that any worker finds the same ones at any time.</summary>
internal static class VectorHash
{
    private static readonly Vector<uint> _lanes = new([.. Enumerable.Range(0, Vector<uint>.Count).Select(lane => (uint)lane)]);

    /// <summary>
    /// The bits of the counters first, first + 1, …, one a lane: MurmurHash3's finalizer, in which every bit of the value changes every bit
    /// of the hash.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> Bits(uint key, uint first)
    {
        Vector<uint> hash = ((_lanes + new Vector<uint>(first)) * new Vector<uint>(0x9E3779B9)) + new Vector<uint>(key);
        hash = (hash ^ Vector.ShiftRightLogical(hash, 16)) * new Vector<uint>(0x85EBCA6B);
        hash = (hash ^ Vector.ShiftRightLogical(hash, 13)) * new Vector<uint>(0xC2B2AE35);
        return hash ^ Vector.ShiftRightLogical(hash, 16);
    }

    /// <summary>Numbers from -1 to below 1 made of such bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Uniform(uint key, uint first) =>
        (Vector.ConvertToSingle(Vector.AsVectorInt32(Vector.ShiftRightLogical(Bits(key, first), 8)))
            * new Vector<float>(1f / (1 << 23))) - Vector<float>.One;
}
