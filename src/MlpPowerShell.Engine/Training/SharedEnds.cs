using System.Text.Json;
using System.Text.Json.Serialization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Distribution;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>Fits the ends of a model to what all ranks have of the data, so that they are the same on each.</summary>
public static class SharedEnds
{
    /// <summary>How statistics go from rank to rank.</summary>
    internal static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Fits the ends; every rank calls this, with its part of the samples.</summary>
    /// <inheritdoc cref="ModelEnds.Fit(MlpDataset, LossKind?, EncodingOptions)"/>
    /// <param name="data">This rank's samples.</param>
    /// <param name="loss">What training minimizes; null for what suits the data.</param>
    /// <param name="options">How columns become features.</param>
    /// <param name="cancellation">Stops waiting for the others.</param>
    public static ModelEnds Fit(MlpDataset data, LossKind? loss, EncodingOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (MlpRank.Current.Ranks < 2)
            return ModelEnds.Fit(data, loss, options);
        Communicator ranks = Communicator.Join(cancellation);
        ranks.Claim(cancellation);
        try
        {
            ranks.Meet(default);
            byte[] mine = ranks.Together(() => JsonSerializer.SerializeToUtf8Bytes(PartOf(data), Json));
            Part[] parts = [.. ranks.Gather(mine).Select(bytes => JsonSerializer.Deserialize<Part>(bytes, Json)!)];
            return ranks.Together(() => ModelEnds.Fit(
                data, Merged(parts, part => part.Features), Merged(parts, part => part.Labels), loss, options));
        }
        finally
        {
            ranks.Release();
        }
    }

    private static Part PartOf(MlpDataset data) =>
        data.IsStreamed
            ? new Part(data.Task, [.. data.Statistics], [.. data.LabelStatistics])
            : new Part(
                data.Task,
                [.. data.Columns.Select(column => ColumnStatistics.Of(column, isWhole: false))],
                [.. data.LabelColumns.Select(column => ColumnStatistics.Of(data.HasLabels ? column.Categories : column, isWhole: false))]);

    private static ColumnStatistics[] Merged(Part[] parts, Func<Part, ColumnStatistics[]> columnsOf)
    {
        int other = Array.FindIndex(parts, part => part.Task != parts[0].Task || !Same(columnsOf(part), columnsOf(parts[0])));
        return other < 0
            ? [.. columnsOf(parts[0]).Select((_, i) => parts.Select(part => columnsOf(part)[i]).Aggregate(ColumnStatistics.Merge))]
            : throw new MlpException(
                "RanksDiffer",
                MlpErrorKind.Mismatch,
                $"Rank {other} of {parts.Length} has other columns than rank 0, or columns of other kinds. Say what they "
                + $"are{Hint.With(nameof(TableReadOptions.KindOf))} and what they are for{Hint.With(nameof(TableOptions.Task))}, on "
                + $"all ranks alike.");
    }

    private static bool Same(ColumnStatistics[] some, ColumnStatistics[] others) =>
        some.Length == others.Length
            && some.Zip(others)
                .All(pair => pair.First.Name == pair.Second.Name
                    && (pair.First.Kind == pair.Second.Kind || pair.First.Present == 0 || pair.Second.Present == 0));

    private sealed record Part(MlpTask Task, ColumnStatistics[] Features, ColumnStatistics[] Labels);
}
