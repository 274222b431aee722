using System.Runtime.CompilerServices;

namespace MlpPowerShell.Engine.Kernels;

/// <summary>
/// Threads that share out the units of one job after another. They spin for the next job for a moment, as the phases of a training
/// step follow each other within microseconds, and then sleep.
/// </summary>
/// <remarks>
/// One process has one pool. A caller that finds it busy, because another runspace is training, does its units alone: trainings that
/// share the cores do not fight for them, and since no unit's result depends on who computes it, neither do their results.
/// </remarks>
internal sealed class WorkerPool
{
    private const int Closed = int.MaxValue;
    private const int SpinsBeforeSleep = 2000;

    // Tickets a cache line or two apart, so that taking one's own unit waits for nobody.
    private const int TicketSpacing = 16;

    private readonly object _owner = new();
    private readonly object _bed = new();
    private int _workers;
    private int _sleepers;

    // The number of the job on offer, and each worker's share of it. A ticket's upper half is the job's number; its lower half says how
    // many units of the share are taken, or Closed. Whoever takes a unit adds one to the ticket it read, which fails when the job has
    // changed since; body and counts change only while all tickets are closed.
    private int _job;
    private long[] _tickets = [];
    private Action<int, int>? _body;
    private int _units;
    private int _shares;
    private int _completed;
    private Exception? _failure;

    /// <summary>The pool of this process. It has as many threads as have been asked for at once.</summary>
    public static WorkerPool Shared { get; } = new();

    /// <summary>
    /// Calls body(unit, worker) for the units 0 to units - 1, in any order, on at most threads threads, this one included, and returns
    /// when all are done. No two calls at a time have the same worker, a number below threads.
    /// </summary>
    public void Run(int units, int threads, Action<int, int> body)
    {
        if (units <= 1 || threads == 1 || !Monitor.TryEnter(_owner))
        {
            for (int unit = 0; unit < units; unit++)
                body(unit, 0);
            return;
        }

        try
        {
            Share(units, threads, body);
        }
        finally
        {
            Monitor.Exit(_owner);
        }
    }

    private void Share(int units, int threads, Action<int, int> body)
    {
        int shares = Math.Min(units, threads);
        Start(shares - 1);
        _body = body;
        _units = units;
        _shares = shares;
        _completed = 0;
        _failure = null;
        int job = _job + 1;
        for (int share = 0; share < shares; share++)
            Volatile.Write(ref _tickets[share * TicketSpacing], (long)job << 32);
        Interlocked.Exchange(ref _job, job);
        if (Volatile.Read(ref _sleepers) > 0)
        {
            lock (_bed)
                Monitor.PulseAll(_bed);
        }

        Drain(job, 0);
        SpinWait wait = default;
        while (Volatile.Read(ref _completed) < units)
            wait.SpinOnce(sleep1Threshold: -1);
        for (int share = 0; share < shares; share++)
            Volatile.Write(ref _tickets[share * TicketSpacing], ((long)job << 32) | Closed);
        _body = null;
        if (_failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private void Start(int workers)
    {
        if (_workers >= workers && _tickets.Length > 0)
            return;
        long[] tickets = new long[(workers + 1) * TicketSpacing];
        Array.Fill(tickets, Closed);
        Volatile.Write(ref _tickets, tickets);
        while (_workers < workers)
        {
            int worker = ++_workers;
            new Thread(() => Work(worker)) { IsBackground = true, Name = "MLP worker" }.Start();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Work(int worker)
    {
        int done = 0;
        while (true)
        {
            int job = Volatile.Read(ref _job);
            for (int spins = 0; job == done; spins++)
            {
                if (spins < SpinsBeforeSleep)
                    Thread.SpinWait(10);
                else
                    Sleep(done);
                job = Volatile.Read(ref _job);
            }

            done = job;
            Drain(job, worker);
        }
    }

    private void Sleep(int done)
    {
        lock (_bed)
        {
            Interlocked.Increment(ref _sleepers);
            if (Volatile.Read(ref _job) == done)
                Monitor.Wait(_bed);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    /// <summary>Does a worker's own share of a job, and then what it can take of the others'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Drain(int job, int worker)
    {
        // In this order: there are as many tickets as shares, whichever job's shares these are.
        int shares = Volatile.Read(ref _shares);
        long[] tickets = Volatile.Read(ref _tickets);
        for (int i = 0; i < shares && worker < shares; i++)
        {
            int share = (worker + i) % shares;
            while (TryTake(ref tickets[share * TicketSpacing], job, share, out int unit))
                Do(unit, worker);
        }
    }

    /// <summary>Takes the next unit of a share: every so many units one, as neighbours cost about the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(ref long ticket, int job, int share, out int unit)
    {
        while (true)
        {
            long taken = Volatile.Read(ref ticket);
            unit = (int)Math.Min(((long)(int)taken * _shares) + share, int.MaxValue);
            if ((int)(taken >> 32) != job || unit >= _units)
                return false;
            if (Interlocked.CompareExchange(ref ticket, taken + 1, taken) == taken)
                return true;
        }
    }

    private void Do(int unit, int worker)
    {
        try
        {
            _body!(unit, worker);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failure = failure;
        }

        Interlocked.Increment(ref _completed);
    }
}
