using System.Diagnostics;
using System.Runtime.InteropServices;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Distribution;

/// <summary>
/// The processes that train one model together. A process is in one such group at most, from its first distributed training to its end.
/// </summary>
/// <remarks>
/// Whatever the ranks do together begins with a meeting: they add up what they have to say, and learn whether one of them can't go on. So
/// an error on one becomes an error on all, and none waits for another that has given up. Calls come from any thread, one at a time.
/// </remarks>
public sealed unsafe partial class Communicator
{
    private const int Loss = 0;
    private const int Correct = 1;
    private const int Failures = 2;
    private const int Stops = 3;
    private const int Leavers = 4;
    private const int LossWeight = 5;
    private const int Unexplained = 6;
    private const int Distance = 7;
    private const int Weight = 8;

    // Floats of one broadcast: MPI counts in int, and libraries handle messages below 2 GB best.
    private const int LargestMessage = 1 << 28;

    private static readonly TimeSpan _spinning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);
    private static readonly object _lock = new();
    private static Task<Communicator>? _joining;
    private static int _leavesAtExit;
    private static bool _gaveUp;

    private readonly MpiLibrary _mpi;
    private readonly object _calls = new();

    // Not moved by the collector while messages are under way.
    private readonly double[] _words = GC.AllocateArray<double>(Weight + 1, pinned: true);
    // What the library still reads from or writes to, by request: kept alive until it is done, also where whoever asked has given up.
    private readonly Dictionary<nint, object> _underWay = [];
    private nint _meeting;
    private CancellationToken _cancellation;
    private bool _isOpen = true;
    private bool _isBroken;
    private int _claims;
    private long _waited;

    private Communicator(MpiLibrary mpi, int rank, int count)
    {
        _mpi = mpi;
        Rank = rank;
        Count = count;
    }

    /// <summary>The group that this process has joined, or null.</summary>
    public static Communicator? Current => _joining is { IsCompletedSuccessfully: true } joined ? joined.Result : null;

    /// <summary>This process's number, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public int Count { get; }

    /// <summary>The MPI library that they talk through.</summary>
    public string Library => _mpi.Version;

    /// <summary>The rank that tells the user what went wrong: 0, or where that was stopped and has nobody left to tell, 1.</summary>
    public int Speaker { get; private set; }

    /// <summary>Time that this process has waited for others.</summary>
    internal TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>Whether the error that was thrown last is known to all ranks.</summary>
    internal bool AllKnow { get; private set; }

    /// <summary>Takes the group for one training.</summary>
    /// <param name="cancellation">Stops waiting for the others, if they don't come for a while after it.</param>
    /// <exception cref="MlpException">Another training has it.</exception>
    internal void Claim(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _claims, 1) != 0)
        {
            throw new MlpException(
                "RanksBusy",
                MlpErrorKind.InvalidArgument,
                "Another distributed training is under way in this process; its ranks can train one model at a time.");
        }

        _cancellation = cancellation;
    }

    /// <summary>Gives the group free.</summary>
    internal void Release()
    {
        _cancellation = default;
        Volatile.Write(ref _claims, 0);
    }

    /// <inheritdoc cref="Together{T}(Func{T}, out bool)"/>
    internal T Together<T>(Func<T> work) => Together(work, out _);

    /// <summary>Does some work on every rank; where it fails on one, it fails on all.</summary>
    /// <param name="work">The work.</param>
    /// <param name="stopped">Whether a rank wants to end instead.</param>
    /// <exception cref="MlpException">It failed on another rank, which the message names.</exception>
    internal T Together<T>(Func<T> work, out bool stopped)
    {
        T result = default!;
        Exception? failure = null;
        try
        {
            result = work();
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        Meet(default, failure, stops: false, out stopped);
        return result;
    }

    /// <summary>Adds up a score over all ranks.</summary>
    /// <param name="score">This rank's part.</param>
    /// <param name="failure">Why this rank can't go on, or null.</param>
    /// <param name="stops">Whether this rank wants to end.</param>
    /// <param name="stopped">Whether one does.</param>
    /// <exception cref="MlpException">Another rank can't go on.</exception>
    internal BatchScore Meet(BatchScore score, Exception? failure, bool stops, out bool stopped)
    {
        BeginMeeting(score, failure is not null, stops, leaves: false);
        return EndMeeting(failure, out stopped);
    }

    /// <inheritdoc cref="Meet(BatchScore, Exception, bool, out bool)"/>
    internal BatchScore Meet(BatchScore score, Exception? failure = null) => Meet(score, failure, stops: false, out _);

    /// <summary>Begins a meeting in which this rank has a score to add.</summary>
    internal void BeginMeeting(BatchScore score) => BeginMeeting(score, fails: false, stops: false, leaves: false);

    /// <summary>Whether all have come to the meeting that was begun, so that ending it takes no time.</summary>
    internal bool IsMet() => IsDone(ref _meeting);

    /// <summary>Whether a meeting that all have come to says that they go on.</summary>
    internal bool GoesOn() => _words[Failures] == 0 && _words[Stops] == 0;

    /// <summary>Ends a meeting that was begun.</summary>
    /// <inheritdoc cref="Meet(BatchScore, Exception, bool, out bool)"/>
    internal BatchScore EndMeeting(Exception? failure, out bool stopped)
    {
        Wait(ref _meeting);
        if (_words[Failures] > 0)
            throw Settle(failure);
        stopped = _words[Stops] > 0;
        return new BatchScore(
            _words[Loss], _words[LossWeight], _words[Correct], _words[Weight], _words[Unexplained], _words[Distance]);
    }

    /// <summary>Begins to add up numbers over all ranks, in their place.</summary>
    /// <returns>What to wait for.</returns>
    internal nint BeginSum(AlignedBuffer buffer, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, buffer.Length);
        return BeginSum(buffer, buffer.Pointer + offset, count, _mpi.Float);
    }

    /// <summary>Whether something that was begun is done; also what lets it go on.</summary>
    internal bool IsDone(ref nint request)
    {
        int done = 0;
        nint asked = request;
        lock (_calls)
        {
            _mpi.Check(_mpi.Test(&asked, &done, _mpi.IgnoreStatus));
            if (done != 0)
                _ = _underWay.Remove(request);
        }

        request = asked;
        return done != 0;
    }

    /// <summary>Waits for something that was begun.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, and the others have not come for a while either.</exception>
    internal void Wait(ref nint request)
    {
        long started = Stopwatch.GetTimestamp();
        long cancelled = 0;
        SpinWait spin = default;
        while (!IsDone(ref request))
        {
            if (Stopwatch.GetElapsedTime(started) < _spinning)
                spin.SpinOnce(sleep1Threshold: -1);
            else
                Thread.Sleep(1);
            if (!_cancellation.IsCancellationRequested)
                continue;

            // The others are told at the next meeting, to which they come soon, unless something is wrong with them.
            if (cancelled == 0)
                cancelled = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(cancelled) > _grace)
            {
                _isBroken = true;
                AllKnow = true;
                throw new OperationCanceledException(_cancellation);
            }
        }

        _waited += Stopwatch.GetTimestamp() - started;
    }

    /// <summary>What each rank has to say, by rank.</summary>
    internal byte[][] Gather(ReadOnlySpan<byte> mine)
    {
        byte[] lengths = GatherEqual(BitConverter.GetBytes(mine.Length));
        int[] each = MemoryMarshal.Cast<byte, int>(lengths).ToArray();
        int longest = each.Max();
        var padded = new byte[longest];
        mine.CopyTo(padded);
        byte[] all = GatherEqual(padded);
        return [.. each.Select((length, rank) => all.AsSpan((int)((long)rank * longest), length).ToArray())];
    }

    /// <summary>Gives all ranks what rank 0 has.</summary>
    internal byte[] Broadcast(byte[] mine)
    {
        byte[] length = GatherEqual(BitConverter.GetBytes(Rank == 0 ? mine.Length : 0));
        byte[] message = GC.AllocateArray<byte>(BitConverter.ToInt32(length), pinned: true);
        if (Rank == 0)
            mine.CopyTo(message, 0);
        fixed (byte* bytes = message)
            Broadcast(message, bytes, message.Length, _mpi.Byte);
        return message;
    }

    /// <summary>Gives all ranks the numbers that rank 0 has.</summary>
    internal void Broadcast(AlignedBuffer numbers)
    {
        for (long done = 0; done < numbers.Length; done += LargestMessage)
            Broadcast(numbers, numbers.Pointer + done, (int)Math.Min(LargestMessage, numbers.Length - done), _mpi.Float);
    }

    private void BeginMeeting(BatchScore score, bool fails, bool stops, bool leaves)
    {
        AllKnow = false;
        _words[Loss] = score.Loss;
        _words[Correct] = score.Correct;
        _words[LossWeight] = score.LossWeight;
        _words[Weight] = score.Weight;
        _words[Unexplained] = score.Unexplained;
        _words[Distance] = score.Distance;
        _words[Failures] = fails || leaves ? 1 : 0;
        _words[Stops] = stops ? 1 : 0;
        _words[Leavers] = leaves ? 1 : 0;
        fixed (double* words = _words)
            _meeting = BeginSum(_words, words, _words.Length, _mpi.Double);
    }

    private nint BeginSum(object owner, void* values, int count, nint type)
    {
        nint request = 0;
        lock (_calls)
        {
            _mpi.Check(_mpi.AllReduce(_mpi.InPlace, values, count, type, _mpi.Sum, _mpi.World, &request));
            _underWay[request] = owner;
        }

        return request;
    }

    /// <summary>Has the ranks tell each other what went wrong, and returns what to throw here.</summary>
    private Exception Settle(Exception? mine)
    {
        if (_words[Leavers] > 0)
            _isOpen = false;
        RankFailure?[] failures = [.. Gather(RankFailure.ToBytes(mine)).Select(RankFailure.FromBytes)];
        int first = Array.FindIndex(failures, failure => failure is not null);
        AllKnow = true;
        Speaker = first == 0 && failures[0]!.IsStop ? 1 : 0;
        return first == Rank ? mine! : failures[first]!.ToException(first, Count);
    }

    private byte[] GatherEqual(byte[] mine)
    {
        byte[] here = GC.AllocateArray<byte>(Math.Max(1, mine.Length), pinned: true);
        byte[] all = GC.AllocateArray<byte>(checked(Count * here.Length), pinned: true);
        mine.CopyTo(here, 0);
        nint request = 0;
        lock (_calls)
        {
            fixed (byte* from = here, to = all)
                _mpi.Check(_mpi.AllGather(from, here.Length, _mpi.Byte, to, here.Length, _mpi.Byte, _mpi.World, &request));
            _underWay[request] = (here, all);
        }

        Wait(ref request);
        return all;
    }

    private void Broadcast(object owner, void* values, int count, nint type)
    {
        nint request = 0;
        lock (_calls)
        {
            _mpi.Check(_mpi.Broadcast(values, count, type, 0, _mpi.World, &request));
            _underWay[request] = owner;
        }

        Wait(ref request);
    }
}
