namespace MlpPowerShell.Engine.Data;

/// <content>Data sets that are made of one: some of its samples, or the same with something else.</content>
public sealed partial class MlpDataset
{
    /// <summary>One sample, as a data set.</summary>
    /// <param name="place">From 0, or from -1 backwards from the last sample.</param>
    /// <exception cref="MlpException">There is no sample at that place.</exception>
    public MlpDataset this[int place] => DatasetParts.At(this, [place]);

    /// <summary>The same samples, which go to other processes themselves, and not as where they can be read again.</summary>
    public MlpDataset WithoutOrigin() => WithOrigin(null);

    /// <summary>The same samples, which can be read again from somewhere.</summary>
    internal MlpDataset WithOrigin(DatasetOrigin? origin) => new(this) { Origin = origin };

    /// <summary>The same samples with what there is to predict of them.</summary>
    internal MlpDataset WithLabels(IReadOnlyList<DataColumn> labels, MlpTask task) => new(this) { LabelColumns = labels, Task = task };

    /// <summary>The same samples, which are a part of something that knows their places.</summary>
    internal MlpDataset WithPlaces(Func<int, string> placeOf) => new(this) { PlaceOf = placeOf };

    /// <summary>The same samples with all that goes along with them.</summary>
    internal MlpDataset WithAll(IReadOnlyList<DataColumn> labels, MlpTask task, IReadOnlyList<DataColumn> aside, float[]? weights) =>
        new(this) { LabelColumns = labels, Task = task, AsideColumns = aside, Weights = weights };

    /// <summary>How the source of the data writes values; null where nobody said so.</summary>
    internal TextConventions? Conventions { get; private init; }

    /// <summary>The same of a source that writes values so.</summary>
    internal MlpDataset WithConventions(TextConventions? conventions) =>
        new(this) { Conventions = conventions is { AreNone: false } ? conventions : null };

    /// <summary>A data set whose samples stay in their file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="alike">What its samples are like: some of them, or none.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="statistics">What its columns come to.</param>
    /// <param name="labels">What its labels come to.</param>
    internal static MlpDataset Streamed(
        DatasetStream stream,
        MlpDataset alike,
        int count,
        IReadOnlyList<ColumnStatistics> statistics,
        IReadOnlyList<ColumnStatistics> labels) =>
        new(alike.Take([]), count)
        {
            Stream = stream,
            Statistics = statistics,
            LabelStatistics = labels,
            Origin = null,
            Schema = alike.Take([]),
        };

    /// <summary>
    /// All samples, in memory a part at a time: in their order, or where they are streamed also with a seed in that of a round, and of
    /// several readers one's share.
    /// </summary>
    internal IEnumerable<MlpDataset> Parts(int? seed = null, int round = 0, int reader = 0, int readers = 1) =>
        Stream?.Chunks(seed, round, reader, readers) ?? [this];

    /// <summary>Copies some samples into a data set of their own.</summary>
    internal MlpDataset Take(int[] samples) => new(this, samples.Length)
    {
        Bytes = Bytes is null ? null : Gather<byte>(Bytes, samples, FeatureCount),
        Floats = Floats is null ? null : Gather<float>(Floats, samples, FeatureCount),
        Columns = TakeEach(Columns, samples),
        LabelColumns = TakeEach(LabelColumns, samples),
        AsideColumns = TakeEach(AsideColumns, samples),
        Weights = Weights is null ? null : Gather<float>(Weights, samples, 1),
        Origin = Origin?.Take(samples),
    };

    private static DataColumn[] TakeEach(IReadOnlyList<DataColumn> columns, int[] samples)
    {
        var taken = new DataColumn[columns.Count];
        System.Threading.Tasks.Parallel.For(0, taken.Length, i => taken[i] = columns[i].Take(samples));
        return taken;
    }

    private static T[] Gather<T>(ReadOnlySpan<T> values, int[] samples, int width)
    {
        var gathered = new T[samples.Length * width];
        for (int i = 0; i < samples.Length; i++)
            values.Slice(samples[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        return gathered;
    }
}
