using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>A part of an epoch's samples, of which the ranks share every batch.</summary>
internal sealed class SharedPart
{
    private readonly int _rank;
    private readonly int _rankCount;
    private readonly long[]? _counts;

    /// <summary>A part that all ranks have.</summary>
    public SharedPart(Samples data, int rank, int rankCount)
    {
        Data = data;
        Count = data.Count;
        _rank = rank;
        _rankCount = rankCount;
    }

    /// <summary>A part of samples that each rank has of its own, with their numbers by rank.</summary>
    public SharedPart(Samples? data, long[] counts, int rank)
    {
        Data = data;
        Count = counts.Sum();
        _rank = rank;
        _rankCount = counts.Length;
        _counts = counts;
    }

    /// <summary>What this process has of it; null where it has none.</summary>
    public Samples? Data { get; }

    /// <summary>Samples of all ranks.</summary>
    public long Count { get; }

    /// <summary>Some samples' even division among ranks: one rank's.</summary>
    public static (int Start, int Count) Slice(long start, long count, int rank, int rankCount)
    {
        long from = start + (count * rank / rankCount);
        return ((int)from, (int)(start + (count * (rank + 1) / rankCount) - from));
    }

    /// <summary>This process's samples of one batch; where each rank has its own, batches are of about the usual size.</summary>
    public BatchShare Batch(int index, BatchSizes sizes)
    {
        if (_counts is null)
        {
            (long first, int count) = sizes.Batch(Count, index);
            (int start, int share) = Slice(first, count, _rank, _rankCount);
            return new BatchShare(start, share, count);
        }

        int batches = sizes.Batches(Count);
        int all = 0;
        foreach (long ofRank in _counts)
            all += Slice(0, ofRank, index, batches).Count;
        (int own, int ownCount) = Slice(0, _counts[_rank], index, batches);
        return new BatchShare(own, ownCount, all);
    }
}

/// <summary>One rank's samples of a batch.</summary>
/// <param name="Start">The first one's place.</param>
/// <param name="Count">How many; none where there are fewer than ranks.</param>
/// <param name="BatchCount">Samples of the whole batch.</param>
internal readonly record struct BatchShare(int Start, int Count, int BatchCount);
