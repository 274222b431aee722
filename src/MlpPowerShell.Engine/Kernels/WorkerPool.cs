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

    private readonly object _owner = new();
    private readonly object _bed = new();
    [ThreadStatic]
    private static bool _isAtWork;

    private int _workers;
    private int _sleepers;

    // The job on offer. Upper half: its number; lower half: the next unit, or Closed. A worker takes a unit by adding one to what it
    // read, which fails when the job has changed since; body and count change only while the ticket is closed.
    private long _ticket = Closed;
    private Action<int, int>? _body;
    private int _units;
    private int _limit;
    private int _helpers;
    private int _completed;
    private Exception? _failure;

    /// <summary>The pool of this process. It has as many threads as have been asked for at once.</summary>
    public static WorkerPool Shared { get; } = new();

    /// <summary>
    /// Calls body(unit, worker) for the units 0 to units - 1, in any order, on at most threads threads, this one included, and returns
    /// when all are done. No two calls at a time have the same worker, a number below threads. Whatever a call throws is thrown here, once
    /// all are done.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called from a unit of another job.</exception>
    public void Run(int units, int threads, Action<int, int> body)
    {
        if (_isAtWork)
            throw new InvalidOperationException("A unit of work can't share out work of its own: its worker's number is taken.");
        if (units <= 1 || threads == 1 || !Monitor.TryEnter(_owner))
        {
            RunAlone(units, body);
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

    private static void RunAlone(int units, Action<int, int> body)
    {
        _isAtWork = true;
        try
        {
            for (int unit = 0; unit < units; unit++)
                body(unit, 0);
        }
        finally
        {
            _isAtWork = false;
        }
    }

    private void Share(int units, int threads, Action<int, int> body)
    {
        Start(Math.Min(units, threads) - 1);
        _body = body;
        _units = units;
        _limit = threads - 1;
        _helpers = 0;
        _completed = 0;
        _failure = null;
        long job = ((_ticket >> 32) + 1) << 32;
        Interlocked.Exchange(ref _ticket, job);
        if (Volatile.Read(ref _sleepers) > 0)
        {
            lock (_bed)
                Monitor.PulseAll(_bed);
        }

        _isAtWork = true;
        Drain(job, 0);
        _isAtWork = false;
        SpinWait wait = default;
        while (Volatile.Read(ref _completed) < units)
            wait.SpinOnce(sleep1Threshold: -1);
        Interlocked.Exchange(ref _ticket, job | Closed);
        _body = null;
        if (_failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private void Start(int workers)
    {
        for (; _workers < workers; _workers++)
            new Thread(Work) { IsBackground = true, Name = "MLP worker" }.Start();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Work()
    {
        long done = -1;
        _isAtWork = true;
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            for (int spins = 0; Job(ticket) == done || (int)ticket == Closed; spins++)
            {
                if (spins < SpinsBeforeSleep)
                    Thread.SpinWait(10);
                else
                    Sleep(done);
                ticket = Volatile.Read(ref _ticket);
            }

            done = Job(ticket);
            int worker = Interlocked.Increment(ref _helpers);
            if (worker <= Volatile.Read(ref _limit))
                Drain(done << 32, worker);
        }
    }

    private void Sleep(long done)
    {
        lock (_bed)
        {
            Interlocked.Increment(ref _sleepers);
            long ticket = Volatile.Read(ref _ticket);
            if (Job(ticket) == done || (int)ticket == Closed)
                Monitor.Wait(_bed);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Drain(long job, int worker)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            Action<int, int>? body = _body;
            int unit = (int)ticket;
            if (Job(ticket) != Job(job) || unit >= _units || body is null)
                return;
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
                continue;
            try
            {
                body(unit, worker);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            Interlocked.Increment(ref _completed);
        }
    }

    private static long Job(long ticket) => ticket >> 32;
}
