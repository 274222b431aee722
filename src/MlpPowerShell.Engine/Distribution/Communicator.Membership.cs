namespace MlpPowerShell.Engine.Distribution;

/// <content>How processes join, and part.</content>
public sealed unsafe partial class Communicator
{
    /// <summary>Joins the processes that were started together; all must.</summary>
    /// <param name="cancellation">Stops waiting for the others.</param>
    /// <exception cref="MlpException">
    /// There is no MPI, it belongs to another launcher than the one that started the process, or the group has broken up.
    /// </exception>
    /// <exception cref="OperationCanceledException">The others have not come in time.</exception>
    public static Communicator Join(CancellationToken cancellation = default)
    {
        Task<Communicator> joining;
        lock (_lock)
        {
            if (_joining is not { IsFaulted: false })
                _joining = Task.Run(Start, CancellationToken.None);
            joining = _joining;
        }

        // The library waits for all ranks, and can't be told to stop.
        Communicator group;
        try
        {
            group = joining.WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            _gaveUp = true;
            throw;
        }

        return group._isOpen && !group._isBroken
            ? group
            : throw new MlpException(
                "RankLost",
                MlpErrorKind.Unavailable,
                "The processes that were started together have parted: one of them has ended or failed. Start them again.");
    }

    /// <summary>
    /// Has this process part from the others when it exits, where it has not joined them by then join them for that: one that never comes
    /// would leave them waiting.
    /// </summary>
    public static void LeaveAtExit()
    {
        if (Interlocked.Exchange(ref _leavesAtExit, 1) == 0)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave();
    }

    private static Communicator Start()
    {
        MlpRank started = MlpRank.Current;
        MpiLibrary mpi = MpiLibrary.Load(started.IsOpenMpi);
        mpi.DivideSums();
        int isRunning = 0, provided = MpiLibrary.ThreadSerialized, rank = 0, count = 0;
        mpi.Check(mpi.Initialized(&isRunning));
        if (isRunning == 0)
            mpi.Check(mpi.InitThread(null, null, MpiLibrary.ThreadSerialized, &provided));
        if (provided < MpiLibrary.ThreadSerialized)
        {
            throw new MlpException(
                "MpiNotFound",
                MlpErrorKind.InvalidArgument,
                $"{mpi.Version} ({mpi.Path}) can't be called from several threads, and that is needed.");
        }

        mpi.Check(mpi.CommSetErrorHandler(mpi.World, mpi.ErrorsReturn));
        mpi.Check(mpi.CommRank(mpi.World, &rank));
        mpi.Check(mpi.CommSize(mpi.World, &count));
        LeaveAtExit();
        var group = new Communicator(mpi, rank, count);
        return count == started.Ranks
            ? group
            : throw new MlpException(
                "MpiMismatch",
                MlpErrorKind.Mismatch,
                $"{started.Launcher ?? "No launcher"} started {started.Ranks} processes, and {mpi.Version} ({mpi.Path}) knows of "
                + $"{count}: they are different MPIs. Use the launcher of that library, or name the launcher's library in "
                    + $"$env:{MpiLibrary.PathVariable}.");
    }

    private static void Leave()
    {
        // Who did not wait for the others to join does not wait for them to part: the launcher ends them.
        if (_gaveUp && Current is null)
            return;
        try
        {
            Communicator group = Current ?? Join();
            if (group._isOpen)
                group.Part();
            _ = group._mpi.FinalizeAll();
        }
        catch (MlpException)
        {
            // There is no MPI, or the others are gone: nothing is left to end.
        }
    }

    /// <summary>
    /// Ends the process's part in the group: together with all others, who may come to another training first, where they learn that this
    /// one doesn't.
    /// </summary>
    private void Part()
    {
        // Where all know that the training failed, they all end; any other failure would leave them waiting.
        bool failed = _isBroken || (Environment.ExitCode != 0 && !AllKnow) || Volatile.Read(ref _claims) != 0;
        if (failed)
            _ = _mpi.Abort(_mpi.World, Math.Max(1, Environment.ExitCode & 0xff));
        BeginMeeting(default, fails: false, stops: false, leaves: true);
        Wait(ref _meeting);
        if (_words[Leavers] < Count)
        {
            _ = Settle(new MlpException(
                "RankLost", MlpErrorKind.Unavailable, "Its script has ended and does not take part in this training."));
        }
    }
}
