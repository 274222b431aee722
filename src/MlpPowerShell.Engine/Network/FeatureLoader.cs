using System.Runtime.CompilerServices;
using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Network;

/// <summary>Reads features that are either bytes, worth byte / 255 each, or floats; the pointer to the other kind is null.</summary>
internal static unsafe class FeatureLoader
{
    /// <summary>Loads some features as floats, in groups as <see cref="Kernel.LoadPixels"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(Kernel kernel, byte* bytes, float* floats, long first, int count, float* target, nint groupStride)
    {
        if (bytes != null)
            kernel.LoadPixels(count, bytes + first, target, groupStride);
        else
            kernel.LoadFloats(count, floats + first, target, groupStride);
    }

    /// <summary>Asks for some features that will be loaded soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* bytes, float* floats, long first, int count)
    {
        if (bytes != null)
            Kernel.Prefetch(bytes + first, count);
        else
            Kernel.Prefetch((byte*)(floats + first), (nint)count * sizeof(float));
    }
}
