using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>Takes weights a step along their gradient. Its memory lasts as long as the model, from one training to the next.</summary>
internal abstract unsafe class Optimizer
{
    /// <summary>Floats that one worker updates at a time.</summary>
    private const int Chunk = 8192;

    private readonly Action<int> _updateChunk;
    private Kernel _kernel = null!;
    private float* _weights;
    private float* _gradient;
    private float* _next;
    private bool _finite;

    protected Optimizer(OptimizerKind kind, long length)
    {
        Kind = kind;
        Length = length;
        _updateChunk = UpdateChunk;
    }

    public OptimizerKind Kind { get; }

    /// <summary>Floats that it updates.</summary>
    public long Length { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    protected Kernel Kernel => _kernel;

    /// <summary>Creates an optimizer for that many parameters, with no memory of earlier steps.</summary>
    public static Optimizer Create(OptimizerKind kind, long length) => kind switch
    {
        OptimizerKind.Sgd => new SgdOptimizer(length),
        OptimizerKind.Momentum or OptimizerKind.Nesterov => new MomentumOptimizer(kind, length),
        OptimizerKind.Adam => new AdamOptimizer(length),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Writes the weights after one step into next.</summary>
    /// <returns>Whether all of them are finite numbers.</returns>
    public bool Step(Kernel kernel, int threads, AlignedBuffer weights, AlignedBuffer gradient, AlignedBuffer next, float rate, float momentum)
    {
        _kernel = kernel;
        _weights = weights.Pointer;
        _gradient = gradient.Pointer;
        _next = next.Pointer;
        _finite = true;
        Steps++;
        Begin(rate, momentum);
        WorkerPool.Shared.Run((int)((Length + Chunk - 1) / Chunk), threads, _updateChunk);
        return _finite;
    }

    /// <summary>Computes what is the same for all weights of a step.</summary>
    protected abstract void Begin(float rate, float momentum);

    /// <summary>Updates some weights, and returns whether the results are finite.</summary>
    protected abstract bool Update(int length, float* weights, float* gradient, float* next, long offset);

    private void UpdateChunk(int chunk)
    {
        long offset = (long)chunk * Chunk;
        int length = (int)Math.Min(Chunk, Length - offset);
        if (!Update(length, _weights + offset, _gradient + offset, _next + offset, offset))
            Volatile.Write(ref _finite, false);
    }
}

internal sealed unsafe class SgdOptimizer(long length) : Optimizer(OptimizerKind.Sgd, length)
{
    private float _rate;

    protected override void Begin(float rate, float momentum) => _rate = rate;

    protected override bool Update(int length, float* weights, float* gradient, float* next, long offset) =>
        Kernel.Descend(length, weights, gradient, _rate, next);
}

internal sealed unsafe class MomentumOptimizer(OptimizerKind kind, long length) : Optimizer(kind, length)
{
    private readonly AlignedBuffer _velocity = new(length);
    private float _rate;
    private float _momentum;

    protected override void Begin(float rate, float momentum) => (_rate, _momentum) = (rate, momentum);

    protected override bool Update(int length, float* weights, float* gradient, float* next, long offset) =>
        Kernel.DescendWithMomentum(length, weights, gradient, _velocity.Pointer + offset, _rate, _momentum, Kind == OptimizerKind.Nesterov, next);
}

internal sealed unsafe class AdamOptimizer(long length) : Optimizer(OptimizerKind.Adam, length)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-8f;

    private readonly AlignedBuffer _mean = new(length);
    private readonly AlignedBuffer _square = new(length);
    private AdamStep _step;

    protected override void Begin(float rate, float momentum)
    {
        double correction1 = 1 - Math.Pow(Beta1, Steps);
        double correction2 = 1 - Math.Pow(Beta2, Steps);
        _step = new AdamStep((float)(rate / correction1), (float)(1 / Math.Sqrt(correction2)), (float)Beta1, (float)Beta2, Epsilon);
    }

    protected override bool Update(int length, float* weights, float* gradient, float* next, long offset) =>
        Kernel.DescendWithAdam(length, weights, gradient, _mean.Pointer + offset, _square.Pointer + offset, _step, next);
}
