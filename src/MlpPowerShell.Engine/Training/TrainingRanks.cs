using System.Text;
using System.Text.Json;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// The processes of one training, as one of them sees them: what they have in common, and that none goes on when another has ended. Where
/// there is but one, it agrees with itself.
/// </summary>
internal sealed class TrainingRanks(Communicator? ranks, CancellationToken cancellation)
{
    private bool _othersKnow;

    /// <summary>How many there are.</summary>
    public int Count => ranks?.Count ?? 1;

    /// <summary>This one's number, from 0.</summary>
    public int Rank => ranks?.Rank ?? 0;

    /// <summary>Whether this one speaks for the training: writes checkpoints, reports progress, asks whether to go on.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Whether one of them wants the training to end here.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Time that this one has waited for others.</summary>
    public TimeSpan Waited => ranks?.Waited ?? default;

    /// <summary>Ends the training here; the others hear of it at the end of <see cref="Attempt"/>.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Hears whether another wants the training to end here.</summary>
    public void Hear(bool stopped)
    {
        IsStopped |= stopped;
        _othersKnow |= stopped;
    }

    /// <summary>Hears whether another wants the training to end here, all having come this far.</summary>
    public void AskWhetherToGoOn() => Sum(default);

    /// <summary>Adds up a score over all.</summary>
    /// <exception cref="MlpException">One of them failed.</exception>
    public BatchScore Sum(BatchScore score)
    {
        if (ranks is null)
            return score;
        BatchScore all = ranks.Meet(score, null, stops: false, out bool stopped);
        Hear(stopped);
        return all;
    }

    /// <summary>Where the training begins on all of them: where rank 0 stands.</summary>
    /// <exception cref="MlpException">One of them trains something else.</exception>
    public TrainingState Agree(TrainingState mine)
    {
        if (ranks is null)
            return mine;
        byte[] sent = ranks.Broadcast(IsFirst ? JsonSerializer.SerializeToUtf8Bytes(mine, CheckpointFile.Json) : []);
        TrainingState first = JsonSerializer.Deserialize<TrainingState>(sent, CheckpointFile.Json)!;
        return ranks.Together(() =>
        {
            string[] differences = [.. mine.Run.DifferencesTo(first.Run)];
            return differences.Length == 0
                ? first
                : throw new MlpException(
                    "RanksDiffer",
                    MlpErrorKind.Mismatch,
                    $"It does not train what rank 0 (there) trains: {string.Join("; ", differences)}.");
        });
    }

    /// <summary>Gives all of them the numbers of rank 0.</summary>
    public void Broadcast(AlignedBuffer numbers) => ranks?.Broadcast(numbers);

    /// <summary>Checks that all of them have come to the same weights, to the bit.</summary>
    /// <exception cref="MlpException">They have not.</exception>
    public void CheckSame(MlpModel model, int epoch)
    {
        AskWhetherToGoOn();
        if (ranks is null || IsStopped)
            return;
        string[] weights = [.. ranks.Gather(Encoding.ASCII.GetBytes(model.Fingerprint())).Select(Encoding.ASCII.GetString)];
        int other = Array.FindIndex(weights, hash => hash != weights[0]);
        if (other >= 0)
        {
            throw new MlpException(
                "RanksDiverged",
                MlpErrorKind.Diverged,
                $"After epoch {epoch}, rank {other} of {Count} has other weights than rank 0: {weights[other]} instead of "
                + $"{weights[0]}. All machines must be of one type of processor and run the same version.");
        }
    }

    /// <summary>Does some work that all do; where it stops or fails on one, the others hear of it.</summary>
    /// <param name="work">The work.</param>
    /// <param name="abandon">Brings what is under way among them to its end after a failure.</param>
    public T Attempt<T>(Func<T> work, Action? abandon)
    {
        try
        {
            T result = work();
            if (IsStopped && !_othersKnow)
                ranks?.Meet(default, null, stops: true, out _);
            _othersKnow = IsStopped;
            return result;
        }
        catch (Exception failure) when (ranks is not null)
        {
            _othersKnow = true;
            if (ranks.AllKnow)
                throw;
            abandon?.Invoke();
            ranks.Meet(default, failure);
            throw;
        }
    }

    /// <summary>Ends the training with all of them, when its epochs are done.</summary>
    /// <exception cref="MlpException">One of them failed after the last of these.</exception>
    public void End()
    {
        _othersKnow = true;
        ranks?.Meet(default);
    }

    /// <summary>Tells the others that the training is given up here, unless they know that it has ended.</summary>
    public void GiveUp()
    {
        if (ranks is null || _othersKnow)
            return;
        _othersKnow = true;
        bool isCancelled = cancellation.IsCancellationRequested;
        try
        {
            ranks.Meet(default, isCancelled ? new OperationCanceledException(cancellation) : null, stops: !isCancelled, out _);
        }
        catch (OperationCanceledException) when (isCancelled)
        {
            // Thrown for the others to hear of.
        }
    }
}
