using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Arithmetic with whole buffers, shared out among threads in pieces that are the same however many there are.</summary>
internal sealed unsafe class LongVectors
{
    /// <summary>Floats that one worker takes at a time.</summary>
    private const int Piece = 64 * 1024;

    /// <summary>Floats that are summed in float32; their sums are added in float64.</summary>
    private const int Run = 2048;

    private readonly Kernel _kernel;
    private readonly long _length;
    private readonly double[] _sums;
    private readonly Action<int, int> _sumProducts;
    private readonly Action<int, int> _addMultiple;
    private readonly Action<int, int> _approach;
    private AlignedBuffer _source = null!;
    private AlignedBuffer _target = null!;
    private float _factor;

    /// <param name="kernel">The kernel.</param>
    /// <param name="length">Floats of a buffer, whole vectors.</param>
    public LongVectors(Kernel kernel, long length)
    {
        _kernel = kernel;
        _length = length;
        _sums = new double[(length + Piece - 1) / Piece];
        _sumProducts = SumProducts;
        _addMultiple = AddMultiple;
        _approach = Approach;
    }

    /// <summary>The most threads to use.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>The sum of the products of two buffers.</summary>
    public double Dot(AlignedBuffer one, AlignedBuffer other)
    {
        (_source, _target) = (one, other);
        WorkerPool.Shared.Run(_sums.Length, Threads, _sumProducts);
        double sum = 0;
        foreach (double piece in _sums)
            sum += piece;
        return sum;
    }

    /// <summary>target += factor × source.</summary>
    public void AddMultiple(double factor, AlignedBuffer source, AlignedBuffer target)
    {
        (_factor, _source, _target) = ((float)factor, source, target);
        WorkerPool.Shared.Run(_sums.Length, Threads, _addMultiple);
    }

    /// <summary>target += factor × (source - target), which leaves what is equal as it is.</summary>
    public void Approach(double factor, AlignedBuffer source, AlignedBuffer target)
    {
        (_factor, _source, _target) = ((float)factor, source, target);
        WorkerPool.Shared.Run(_sums.Length, Threads, _approach);
    }

    // All stay below the length that the buffers have.
    private void SumProducts(int piece, int worker)
    {
        long start = (long)piece * Piece, end = Math.Min(start + Piece, _length);
        double sum = 0;
        for (; start < end; start += Run)
            sum += _kernel.SumProducts((int)Math.Min(Run, end - start), _source.Pointer + start, _target.Pointer + start);
        _sums[piece] = sum;
    }

    private void AddMultiple(int piece, int worker)
    {
        long start = (long)piece * Piece;
        _kernel.AddMultiple((int)Math.Min(Piece, _length - start), _factor, _source.Pointer + start, _target.Pointer + start);
    }

    private void Approach(int piece, int worker)
    {
        long start = (long)piece * Piece;
        _kernel.Approach((int)Math.Min(Piece, _length - start), _factor, _source.Pointer + start, _target.Pointer + start);
    }
}
