using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// A data set as the ranks share it. Of samples that all have, each takes its part of every batch, so that batches are those of one
/// process; where each has samples of its own, a shard or what it reads of a stream, each takes its part of the batch from these.
/// </summary>
internal sealed class SharedDataset
{
    private readonly Func<MlpDataset, Samples> _encode;
    private readonly Communicator? _ranks;
    private readonly int _rank;
    private readonly int _rankCount;
    private readonly bool _isShard;
    private readonly (long Count, int ChunkRows)[] _sizes;
    private Samples? _whole;

    /// <summary>A data set of this process alone.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="head">What the outputs of the network stand for.</param>
    /// <param name="encode">Makes it, or a part of it, what the network takes.</param>
    public SharedDataset(MlpDataset data, OutputHead head, Func<MlpDataset, Samples> encode)
    {
        Errors = ErrorsOf(head, TargetErrors.MomentsOf(head, data));
        Data = data;
        _encode = encode;
        Count = data.Count;
        Fingerprint = data.Fingerprint;
        _rankCount = 1;
        _sizes = [(data.Count, data.Stream?.ChunkRows ?? data.Count)];
    }

    private SharedDataset(MlpDataset data, Func<MlpDataset, Samples> encode, Communicator ranks, Facts[] facts)
    {
        Data = data;
        _encode = encode;
        _ranks = ranks;
        _rank = ranks.Rank;
        _rankCount = ranks.Count;
        _isShard = Array.Exists(facts, fact => fact.Fingerprint != facts[0].Fingerprint);
        Count = _isShard ? facts.Sum(fact => (long)fact.Count) : data.Count;
        Fingerprint = _isShard ? $"{Count} samples in shards" : data.Fingerprint;
        bool isDealt = data.IsStreamed && !_isShard;
        _sizes = [.. facts.Select(fact => (isDealt ? (fact.Count + _rankCount - 1L) / _rankCount : fact.Count, fact.ChunkRows))];
    }

    /// <summary>What this process has of it.</summary>
    public MlpDataset Data { get; }

    /// <summary>Samples on all ranks.</summary>
    public long Count { get; }

    /// <summary>Measures how far predictions are off, where they are numbers.</summary>
    public TargetErrors? Errors { get; private init; }

    /// <summary>The data set's fingerprint; shards have none in common.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether each rank has samples of its own.</summary>
    public bool IsOwn => _rankCount > 1 && (_isShard || Data.IsStreamed);

    /// <summary>The most samples that are there at a time, of all ranks.</summary>
    public long LargestPart => IsOwn ? _sizes.Sum(size => (long)size.ChunkRows) : _sizes[0].ChunkRows;

    /// <summary>Whether the parts ended because a rank wants to stop.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Shares a data set that every rank calls this with, or that none has.</summary>
    /// <param name="data">This rank's samples, or null.</param>
    /// <param name="head">What the outputs of the network stand for.</param>
    /// <param name="encode">Makes them what the network takes.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="what">What they are, for messages.</param>
    /// <param name="isSharded">Whether the ranks' samples may be different ones.</param>
    /// <exception cref="MlpException">The ranks have different samples, or of different kinds.</exception>
    public static SharedDataset? Share(
        MlpDataset? data, OutputHead head, Func<MlpDataset, Samples> encode, Communicator ranks, string what, bool isSharded)
    {
        Facts mine = data is null
            ? new Facts("none", 0, 0, "none", null)
            : new Facts(
                data.Fingerprint, data.Count, data.Stream?.ChunkRows ?? data.Count, KindOf(data), TargetErrors.MomentsOf(head, data));
        Facts[] facts = [.. ranks.Gather(JsonSerializer.SerializeToUtf8Bytes(mine, SharedEnds.Json))
            .Select(bytes => JsonSerializer.Deserialize<Facts>(bytes, SharedEnds.Json)!)];
        int other = Array.FindIndex(facts, fact => fact.Kind != facts[0].Kind);
        if (other >= 0)
        {
            throw new MlpException(
                "RanksDiffer",
                MlpErrorKind.Mismatch,
                $"Rank {other} of {ranks.Count} has {what} of another kind than rank 0: {facts[other].Kind} instead of "
                + $"{facts[0].Kind}. Make those of one like the other's{Hint.With(nameof(DatasetSchema))}, or of a file that both read.");
        }

        other = Array.FindIndex(facts, fact => fact.Fingerprint != facts[0].Fingerprint);
        if (other >= 0 && !isSharded)
        {
            throw new MlpException(
                "RanksDiffer",
                MlpErrorKind.Mismatch,
                $"Rank {other} of {ranks.Count} has other {what} than rank 0: {facts[other].Fingerprint} instead of "
                + $"{facts[0].Fingerprint}. What is drawn at random needs a seed{Hint.With(nameof(TrainingOptions.Seed))}; where each "
                + $"rank is to have its own part of the samples, say so{Hint.With(nameof(TrainingOptions.Sharded))}.");
        }

        if (data is null)
            return null;

        // What each has of its own adds up to what the targets of all come to.
        Moments[]?[] targets = other >= 0 ? Array.ConvertAll(facts, fact => fact.Targets) : [facts[0].Targets];
        bool areKnown = Array.TrueForAll(targets, target => target is not null);
        return new SharedDataset(data, encode, ranks, facts)
        {
            Errors = !areKnown ? null
                : ErrorsOf(head, targets.Aggregate((some, others) => [.. some!.Zip(others!, (one, more) => one + more)])),
        };
    }

    /// <summary>Steps of an epoch, where the last samples of a file are in its last chunk.</summary>
    public int Steps(BatchSizes batches)
    {
        (long Count, int ChunkRows)[] sizes = IsOwn ? _sizes : [_sizes[0]];
        long steps = 0;
        for (long part = 0; sizes.Max(size => size.Count - (part * size.ChunkRows)) > 0; part++)
        {
            long samples = sizes.Sum(size => Math.Clamp(size.Count - (part * size.ChunkRows), 0, size.ChunkRows));
            steps += batches.Batches(samples);
        }

        return (int)steps;
    }

    /// <summary>All samples as one part; they must be in memory.</summary>
    public SharedPart Whole => _isShard
        ? new SharedPart(Encode(Data), [.. _sizes.Select(size => size.Count)], _rank)
        : new SharedPart(Encode(Data), _rank, _rankCount);

    /// <summary>The parts of an epoch, the same number on every rank.</summary>
    public IEnumerable<SharedPart> Parts(int? seed, int round)
    {
        if (!IsOwn)
        {
            foreach (MlpDataset part in Data.Parts(seed, round))
                yield return new SharedPart(Encode(part), _rank, _rankCount);
            yield break;
        }

        using IEnumerator<Samples> parts = OwnParts(seed, round).GetEnumerator();
        while (true)
        {
            Samples? part = _ranks!.Together(() => parts.MoveNext() ? parts.Current : null, out bool stopped);
            IsStopped = stopped;
            if (stopped)
                yield break;
            long[] counts = [.. _ranks.Gather(BitConverter.GetBytes((long)(part?.Count ?? 0)))
                .Select(bytes => BitConverter.ToInt64(bytes))];
            if (counts.All(count => count == 0))
                yield break;
            yield return new SharedPart(part, counts, _rank);
        }
    }

    /// <summary>All samples, once, as parts of which this process takes some.</summary>
    public IEnumerable<(Samples Part, int Start, int Count)> ToScore()
    {
        foreach (Samples part in IsOwn ? OwnParts(null, 0) : Data.Parts().Select(Encode))
        {
            (int start, int count) = IsOwn ? (0, part.Count) : SharedPart.Slice(0, part.Count, _rank, _rankCount);
            yield return (part, start, count);
        }
    }

    private IEnumerable<Samples> OwnParts(int? seed, int round) =>
        (_isShard ? Data.Parts(seed, round) : Data.Parts(seed, round, _rank, _rankCount)).Select(Encode);

    // What stays in memory comes again in every epoch.
    private Samples Encode(MlpDataset part) => ReferenceEquals(part, Data) ? _whole ??= _encode(part) : _encode(part);

    // Classes and categories may be others in each shard: the model knows all of them, or says that it doesn't.
    private static string KindOf(MlpDataset data)
    {
        IEnumerable<string> columns = data.Columns.Select(column => $"{column.Name} ({column.Kind})").Order(StringComparer.Ordinal);
        string features =
            data.Columns.Count > 0 ? Listing.Of([.. columns]) : $"{data.FeatureCount} {(data.IsPixels ? "pixels" : "numbers")}";
        return $"{features}, to predict {Listing.Of([.. data.LabelColumns.Select(column => column.Name)])} ({data.Task})";
    }

    private static TargetErrors? ErrorsOf(OutputHead head, Moments[]? targets) =>
        targets is null ? null : new TargetErrors(head, targets);

    private sealed record Facts(string Fingerprint, int Count, int ChunkRows, string Kind, Moments[]? Targets);
}
