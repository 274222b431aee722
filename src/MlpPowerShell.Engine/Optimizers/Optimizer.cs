using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>
/// Takes weights a step along their gradient, part by part, on any thread and in any order. Its memory lasts as long as the model,
/// from one training to the next.
/// </summary>
internal sealed unsafe class Optimizer
{
    private readonly OptimizerDefinition _definition;
    private Kernel _kernel = null!;
    private AlignedBuffer _weights = null!;
    private AlignedBuffer _gradient = null!;
    private AlignedBuffer _next = null!;
    private UpdateNumbers _numbers;
    private UpdateNumbers _undecayed;
    private bool _finite;

    /// <summary>Creates an optimizer for that many parameters, with no memory of earlier steps.</summary>
    public Optimizer(OptimizerKind kind, long length)
    {
        Kind = kind;
        Length = length;
        _definition = kind.Definition();
        First = _definition.HasFirst ? new AlignedBuffer(length) : null;
        Second = _definition.HasSecond ? new AlignedBuffer(length) : null;
        Pairs = _definition.SearchesLines ? new CurvaturePairs(length) : null;
    }

    public OptimizerKind Kind { get; }

    /// <summary>Floats that it updates.</summary>
    public long Length { get; }

    /// <summary>A running mean of gradients, laid out as the parameters, or null where the optimizer has none.</summary>
    public AlignedBuffer? First { get; }

    /// <summary>A running mean of squared gradients, laid out as the parameters, or null where the optimizer has none.</summary>
    public AlignedBuffer? Second { get; }

    /// <summary>The last steps and changes of the gradient, or null where the optimizer searches no lines.</summary>
    public CurvaturePairs? Pairs { get; }

    /// <summary>All that it remembers beside the number of steps, laid out as the parameters, with names for files.</summary>
    public IEnumerable<(string Name, AlignedBuffer Buffer)> Memory
    {
        get
        {
            if (First is not null)
                yield return ("first", First);
            if (Second is not null)
                yield return ("second", Second);
            foreach ((string Name, AlignedBuffer Buffer) pair in Pairs?.Buffers ?? [])
                yield return pair;
        }
    }

    /// <summary>Steps that are complete.</summary>
    public long Steps { get; set; }

    /// <summary>Whether all weights written in this step are finite numbers.</summary>
    public bool IsFinite => Volatile.Read(ref _finite);

    /// <summary>
    /// What the step makes of a weight that has no gradient and is not updated: the factor that it keeps, and how much nearer to 0 it comes
    /// then. Where weight decay is a part of the gradient that a memory takes on, it has none without one.
    /// </summary>
    public (double Kept, double Taken) Idle { get; private set; }

    /// <summary>Begins a step, which is complete when every weight has been updated once.</summary>
    public void BeginStep(
        Kernel kernel,
        AlignedBuffer weights,
        AlignedBuffer gradient,
        AlignedBuffer next,
        OptimizerOptions options,
        double learningRate,
        double gradientScale)
    {
        _kernel = kernel;
        _weights = weights;
        _gradient = gradient;
        _next = next;
        _finite = true;
        _numbers = Numbers(options, learningRate, gradientScale);
        bool decays = _definition.IsDecayDecoupled || !(_definition.HasFirst || _definition.HasSecond);
        Idle = (1 - (decays ? learningRate * _definition.ValuesOf(options).WeightDecay : 0), learningRate * options.L1);
        _undecayed = _numbers with { WeightDecay = 0f, L1 = 0f, Shrink = 0f };
    }

    /// <summary>Counts the step, which is complete.</summary>
    public void EndStep() => Steps++;

    /// <summary>
    /// Writes some of the weights after the step into the next buffer, and returns the sum of the squares of their gradient.
    /// </summary>
    public float Update(long offset, int length) => Update(offset, length, _numbers);

    /// <summary>The same without weight decay and L1.</summary>
    public float UpdateUndecayed(long offset, int length) => Update(offset, length, _undecayed);

    /// <summary>Takes some rows of weights the step in place, along gradients that stand elsewhere.</summary>
    /// <param name="offset">Where row 0 starts.</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="gradients">Their gradients, one after another.</param>
    /// <param name="old">Where the rows as they are go, one after another.</param>
    /// <param name="squares">For each row, the sum of the squares of its gradient.</param>
    public void UpdateRows(long offset, int width, ReadOnlySpan<int> rows, float* gradients, float* old, Span<float> squares)
    {
        if (!_definition.UpdateRows(_kernel, rows, width, ArraysAt(offset, gradients, _weights, old), _numbers, squares))
            Volatile.Write(ref _finite, false);
    }

    private float Update(long offset, int length, in UpdateNumbers numbers)
    {
        if (!_definition.Update(_kernel, length, ArraysAt(offset, _gradient.Pointer + offset, _next, null), numbers, out float squares))
            Volatile.Write(ref _finite, false);
        return squares;
    }

    private UpdateArrays ArraysAt(long offset, float* gradients, AlignedBuffer next, float* old) => new()
    {
        Weights = _weights.Pointer + offset,
        Gradients = gradients,
        First = At(First, offset),
        Second = At(Second, offset),
        Next = next.Pointer + offset,
        Old = old,
    };

    private static float* At(AlignedBuffer? buffer, long offset) => buffer is null ? null : buffer.Pointer + offset;

    private UpdateNumbers Numbers(OptimizerOptions options, double rate, double gradientScale)
    {
        OptimizerValues values = _definition.ValuesOf(options);
        bool decoupled = _definition.IsDecayDecoupled;
        return _definition.Numbers(values, Steps + 1, rate) with
        {
            GradientScale = (float)gradientScale,
            ClipValue = (float)(options.ClipValue ?? double.PositiveInfinity),
            WeightDecay = decoupled ? 0f : (float)values.WeightDecay,
            L1 = (float)(rate * options.L1),
            Shrink = decoupled ? (float)(rate * values.WeightDecay) : 0f,
        };
    }
}
