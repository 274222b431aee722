using MlpPowerShell.Engine.Kernels;

namespace MlpPowerShell.Engine.Optimizers;

/// <summary>
/// The last steps of L-BFGS and how the gradient changed along each, which stand for the inverse of the Hessian (Nocedal and Wright, 2006,
/// section 7.2). A pair of zeros is none.
/// </summary>
internal sealed class CurvaturePairs
{
    /// <summary>The most pairs that are remembered.</summary>
    public const int Most = 10;

    /// <summary>The least cosine between a step and its change: below it, the change is float32's noise.</summary>
    private const double LeastCosine = 1e-7;

    private readonly AlignedBuffer[] _steps;
    private readonly AlignedBuffer[] _changes;
    private readonly double[] _products = new double[Most];
    private readonly double[] _shares = new double[Most];

    /// <param name="length">Floats of the parameters.</param>
    public CurvaturePairs(long length)
    {
        _steps = [.. Enumerable.Range(0, Most).Select(_ => new AlignedBuffer(length))];
        _changes = [.. Enumerable.Range(0, Most).Select(_ => new AlignedBuffer(length))];
    }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _products[^1] <= 0;

    /// <summary>All pairs, the oldest first, laid out as the parameters, with names for files.</summary>
    public IEnumerable<(string Name, AlignedBuffer Buffer)> Buffers =>
        _steps.Select((buffer, i) => ($"step{i}", buffer)).Concat(_changes.Select((buffer, i) => ($"change{i}", buffer)));

    /// <summary>Takes up what was written into the buffers.</summary>
    public void Begin(LongVectors vectors)
    {
        for (int i = 0; i < Most; i++)
            _products[i] = vectors.Dot(_steps[i], _changes[i]);
    }

    /// <summary>Forgets all pairs.</summary>
    public void Clear()
    {
        foreach ((_, AlignedBuffer buffer) in Buffers)
            buffer.Clear();
        Array.Clear(_products);
    }

    /// <summary>Remembers a step in the place of the oldest, unless the gradient did not grow along it.</summary>
    /// <param name="vectors">What adds up buffers.</param>
    /// <param name="length">How far the step went.</param>
    /// <param name="direction">Along what.</param>
    /// <param name="before">The gradient before it.</param>
    /// <param name="after">The gradient after it.</param>
    public void Add(LongVectors vectors, double length, AlignedBuffer direction, AlignedBuffer before, AlignedBuffer after)
    {
        AlignedBuffer step = _steps[0], change = _changes[0];
        step.Clear();
        vectors.AddMultiple(length, direction, step);
        after.CopyTo(change);
        vectors.AddMultiple(-1, before, change);
        double product = vectors.Dot(step, change);
        if (!(product > LeastCosine * Math.Sqrt(vectors.Dot(step, step)) * Math.Sqrt(vectors.Dot(change, change))))
        {
            // The oldest pair has made room already, and is none now.
            step.Clear();
            change.Clear();
            _products[0] = 0;
            return;
        }

        _products[0] = product;
        Rotate(_steps);
        Rotate(_changes);
        Rotate(_products);
    }

    /// <summary>Writes where to go: minus the gradient times the inverse of the Hessian (algorithm 7.4).</summary>
    public void Direct(LongVectors vectors, AlignedBuffer gradient, AlignedBuffer direction)
    {
        direction.Clear();
        vectors.AddMultiple(-1, gradient, direction);
        if (IsEmpty)
            return;
        for (int i = Most - 1; i >= 0 && _products[i] > 0; i--)
        {
            _shares[i] = vectors.Dot(_steps[i], direction) / _products[i];
            vectors.AddMultiple(-_shares[i], _changes[i], direction);
        }

        // The newest pair tells the scale of the Hessian (equation 7.20): d × γ = d + (γ - 1) × d.
        double scale = _products[^1] / vectors.Dot(_changes[^1], _changes[^1]);
        vectors.AddMultiple(scale - 1, direction, direction);
        for (int i = 0; i < Most; i++)
        {
            if (_products[i] > 0)
                vectors.AddMultiple(_shares[i] - (vectors.Dot(_changes[i], direction) / _products[i]), _steps[i], direction);
        }
    }

    private static void Rotate<T>(T[] items)
    {
        T first = items[0];
        Array.Copy(items, 1, items, 0, items.Length - 1);
        items[^1] = first;
    }
}
