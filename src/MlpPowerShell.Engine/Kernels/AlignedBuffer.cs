using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>Zeroed floats that the collector does not move, aligned to a cache line so that no vector straddles two.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int CacheLine = 64;

    /// <summary>The most floats of one buffer.</summary>
    public static readonly long MaxLength = Array.MaxLength - (CacheLine / sizeof(float));

    private readonly float[] _floats;

    /// <exception cref="MlpException">It is longer than a buffer can be.</exception>
    public AlignedBuffer(long length)
    {
        if (length > MaxLength)
        {
            throw new MlpException(
                "NetworkTooLarge",
                MlpErrorKind.InvalidArgument,
                $"The network needs {length:N0} numbers at once, and {MaxLength:N0} is the most that one buffer can hold: make it "
                + $"smaller.");
        }

        Length = length;
        _floats = GC.AllocateArray<float>((int)length + (CacheLine / sizeof(float)), pinned: true);
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
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public void CopyTo(AlignedBuffer target) =>
        new Span<float>(Pointer, (int)Length).CopyTo(new Span<float>(target.Pointer, (int)target.Length));
}
