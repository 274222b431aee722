using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>
/// Takes weights a step along their gradient, block by block, on any thread and in any order. Its memory lasts as long as the model,
/// from one training to the next.
/// </summary>
internal abstract unsafe class Optimizer(OptimizerKind kind, long length)
{
    private Kernel _kernel = null!;
    private AlignedBuffer _weights = null!;
    private AlignedBuffer _gradient = null!;
    private AlignedBuffer _next = null!;
    private bool _finite;

    public OptimizerKind Kind { get; } = kind;

    /// <summary>Floats that it updates.</summary>
    public long Length { get; } = length;

    /// <summary>Steps begun.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether all weights written in this step are finite numbers.</summary>
    public bool IsFinite => Volatile.Read(ref _finite);

    protected Kernel Kernel => _kernel;

    /// <summary>Creates an optimizer for that many parameters, with no memory of earlier steps.</summary>
    public static Optimizer Create(OptimizerKind kind, long length) => kind switch
    {
        OptimizerKind.Sgd => new SgdOptimizer(length),
        OptimizerKind.Momentum or OptimizerKind.Nesterov => new MomentumOptimizer(kind, length),
        OptimizerKind.Adam => new AdamOptimizer(length),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Begins a step, which is complete when every weight has been updated once.</summary>
    public void BeginStep(Kernel kernel, AlignedBuffer weights, AlignedBuffer gradient, AlignedBuffer next, float rate, float momentum)
    {
        _kernel = kernel;
        _weights = weights;
        _gradient = gradient;
        _next = next;
        _finite = true;
        Steps++;
        Prepare(rate, momentum);
    }

    /// <summary>Writes some of the weights after the step into the next buffer.</summary>
    public void UpdateBlock(long offset, int length)
    {
        if (!Update(length, _weights.Pointer + offset, _gradient.Pointer + offset, _next.Pointer + offset, offset))
            Volatile.Write(ref _finite, false);
    }

    /// <summary>Computes what is the same for all weights of a step.</summary>
    protected abstract void Prepare(float rate, float momentum);

    /// <summary>Updates some weights, and returns whether the results are finite.</summary>
    protected abstract bool Update(int length, float* weights, float* gradient, float* next, long offset);
}

internal sealed unsafe class SgdOptimizer(long length) : Optimizer(OptimizerKind.Sgd, length)
{
    private float _rate;

    protected override void Prepare(float rate, float momentum) => _rate = rate;

    protected override bool Update(int length, float* weights, float* gradient, float* next, long offset) =>
        Kernel.Descend(length, weights, gradient, _rate, next);
}

internal sealed unsafe class MomentumOptimizer(OptimizerKind kind, long length) : Optimizer(kind, length)
{
    private readonly AlignedBuffer _velocity = new(length);
    private float _rate;
    private float _momentum;

    protected override void Prepare(float rate, float momentum) => (_rate, _momentum) = (rate, momentum);

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

    protected override void Prepare(float rate, float momentum)
    {
        double correction1 = 1 - Math.Pow(Beta1, Steps);
        double correction2 = 1 - Math.Pow(Beta2, Steps);
        _step = new AdamStep((float)(rate / correction1), (float)(1 / Math.Sqrt(correction2)), (float)Beta1, (float)Beta2, Epsilon);
    }

    protected override bool Update(int length, float* weights, float* gradient, float* next, long offset) =>
        Kernel.DescendWithAdam(length, weights, gradient, _mean.Pointer + offset, _square.Pointer + offset, _step, next);
}
