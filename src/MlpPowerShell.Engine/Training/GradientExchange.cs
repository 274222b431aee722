using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// Adds up the gradients of all ranks, bucket by bucket, while the rest is still being computed (Li et al., 2020, "PyTorch Distributed",
/// section 3.2).
/// </summary>
/// <remarks>
/// All ranks begin the sums in one order, that of the buckets, whatever the order in which their workers finish parts; and only when they
/// have met and none of them has failed, so that no sum is left to wait for. Workers that finish a part also push along what is under way,
/// as libraries of MPI only work while they are called.
/// </remarks>
internal sealed class GradientExchange
{
    /// <summary>Floats from which on a bucket is worth a message of its own: 256 KB, some 25 µs of 10 Gbit/s.</summary>
    private const int BucketFloats = 64 * 1024;

    private readonly Communicator _ranks;
    private readonly AlignedBuffer _gradient;
    private readonly Bucket[] _buckets;
    private readonly int[] _bucketOf;
    private readonly OneHotRows? _oneHot;
    private readonly int[] _missing;
    private readonly nint[] _requests;
    private readonly object _pushing = new();
    private int _begun;
    private int _done;
    private bool _met;
    private bool _goesOn;
    private bool _isInStep;

    /// <param name="ranks">The ranks.</param>
    /// <param name="layout">How the gradient is laid out.</param>
    /// <param name="parts">The parts in which it is finished.</param>
    /// <param name="gradient">This rank's gradient, which becomes that of all.</param>
    /// <param name="oneHot">The one-hot inputs that it is of, which become those of all; null where the model has none.</param>
    public GradientExchange(Communicator ranks, ParameterLayout layout, ParameterPart[] parts, AlignedBuffer gradient, OneHotRows? oneHot)
    {
        _ranks = ranks;
        _gradient = gradient;
        _oneHot = oneHot;
        _buckets = [.. BucketsOf(layout, parts)];
        _bucketOf = new int[parts.Length];
        for (int i = 0; i < _buckets.Length; i++)
        {
            foreach (ParameterPart part in _buckets[i].Parts)
                _bucketOf[part.Index] = i;
        }

        _missing = new int[_buckets.Length];
        _requests = new nint[_buckets.Length];
    }

    /// <summary>How many buckets there are; a step's gradient is complete when all have been waited for.</summary>
    public int BucketCount => _buckets.Length;

    /// <summary>The parts of a bucket.</summary>
    public ParameterPart[] PartsOf(int bucket) => _buckets[bucket].Parts;

    /// <summary>Begins a step with what this rank has scored; its parts follow.</summary>
    public void Scored(BatchScore score)
    {
        for (int i = 0; i < _buckets.Length; i++)
            _missing[i] = _buckets[i].Parts.Length;

        // One-hot inputs are no part of their own.
        if (_oneHot is not null)
            _missing[^1]++;
        _begun = _done = 0;
        _met = false;
        _isInStep = true;
        _ranks.BeginMeeting(score);
    }

    /// <summary>Takes a finished part, from any thread.</summary>
    public void PartDone(ParameterPart part)
    {
        Interlocked.Decrement(ref _missing[_bucketOf[part.Index]]);
        Push();
    }

    /// <summary>Takes the gradient of the one-hot inputs as finished, where there are any.</summary>
    public void OneHotDone()
    {
        if (_oneHot is null)
            return;
        _oneHot.Spread(_gradient);
        Interlocked.Decrement(ref _missing[^1]);
        Push();
    }

    /// <summary>Takes everything as finished.</summary>
    public void AllDone()
    {
        Array.Clear(_missing);
        Push();
    }

    /// <summary>Ends a step once all parts are there, but for the sums, which may be under way.</summary>
    /// <returns>The score of all ranks.</returns>
    /// <exception cref="MlpException">A rank can't go on.</exception>
    public BatchScore End(out bool stopped)
    {
        BatchScore score = _ranks.EndMeeting(null, out stopped);
        Push();
        _isInStep = !stopped;
        return score;
    }

    /// <summary>Waits for a bucket's sum.</summary>
    public void Wait(int bucket)
    {
        while (_begun <= bucket)
            Push();
        _ranks.Wait(ref _requests[bucket]);
        bool isLast = bucket == _buckets.Length - 1;
        if (isLast)
            _oneHot?.Gather(_gradient);
        _isInStep &= !isLast;
    }

    /// <summary>Waits for all sums.</summary>
    public void WaitAll()
    {
        for (int i = 0; i < _buckets.Length; i++)
            Wait(i);
    }

    /// <summary>Brings a step to its end that failed here, as the other ranks wait for its sums; these are worth nothing.</summary>
    public void Abandon()
    {
        if (!_isInStep)
            return;
        AllDone();
        _ = End(out bool stopped);
        if (!stopped)
            WaitAll();
    }

    /// <summary>Begins what can begin and lets go on what has begun, unless another thread is at it.</summary>
    private void Push()
    {
        if (!Monitor.TryEnter(_pushing))
            return;
        try
        {
            if (!_met)
            {
                if (!_ranks.IsMet())
                    return;
                _met = true;
                _goesOn = _ranks.GoesOn();
            }

            for (; _goesOn && _begun < _buckets.Length && Volatile.Read(ref _missing[_begun]) == 0; _begun++)
                _requests[_begun] = _ranks.BeginSum(_gradient, _buckets[_begun].Offset, _buckets[_begun].Length);
            while (_done < _begun && _ranks.IsDone(ref _requests[_done]))
                _done++;
        }
        finally
        {
            Monitor.Exit(_pushing);
        }
    }

    private static IEnumerable<Bucket> BucketsOf(ParameterLayout layout, ParameterPart[] parts)
    {
        long start = 0;
        foreach ((long offset, int length) in layout.Stretches())
        {
            long end = offset + length;
            if (end - start < BucketFloats && end < layout.Length)
                continue;
            yield return new Bucket(start, (int)(end - start), [.. parts.Where(part => part.Offset >= start && part.Offset < end)]);
            start = end;
        }
    }

    private sealed record Bucket(long Offset, int Length, ParameterPart[] Parts);
}
