using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Zeroed floats that the collector does not move, aligned to a cache line so that no vector straddles two.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int CacheLine = 64;

    private readonly float[] _floats;

    public AlignedBuffer(long length)
    {
        Length = length;
        _floats = GC.AllocateArray<float>(checked((int)length + (CacheLine / sizeof(float))), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _floats[0]);
        Pointer = (float*)((start + CacheLine - 1) & -CacheLine);
    }

    /// <summary>Floats in the buffer.</summary>
    public long Length { get; }

    /// <summary>The first float; valid as long as the buffer is referenced.</summary>
    public float* Pointer { get; }

    /// <summary>Sets all floats to zero.</summary>
    public void Clear() => Array.Clear(_floats);

    /// <summary>Copies all floats to a buffer of the same length.</summary>
    public void CopyTo(AlignedBuffer target) => new Span<float>(Pointer, (int)Length).CopyTo(new Span<float>(target.Pointer, (int)target.Length));
}
