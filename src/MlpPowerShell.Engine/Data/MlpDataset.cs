using System.Collections.ObjectModel;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Samples as they were read: typed columns with names, or blocks of pixels or numbers, and what there is to predict. Nothing of it is
/// scaled or numbered for a model. Immutable.
/// </summary>
public sealed partial class MlpDataset
{
    /// <summary>Creates a data set of byte features, such as pixels.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="features">count × featureCount bytes, a sample after another.</param>
    /// <param name="labels">A class from 0 for each sample, or null.</param>
    /// <param name="featureCount">Features of a sample.</param>
    /// <param name="classNames">The names of the classes.</param>
    /// <param name="imageShape">Height and width where the features are an image's pixels.</param>
    /// <exception cref="MlpException">The parts do not fit each other.</exception>
    public MlpDataset(
        string name,
        ReadOnlySpan<byte> features,
        int[]? labels,
        int featureCount,
        IReadOnlyList<string> classNames,
        ImageShape? imageShape = null)
        : this(name, features.ToArray(), labels, featureCount, classNames, imageShape)
    {
    }

    /// <summary>Creates a data set of float features.</summary>
    /// <inheritdoc cref="MlpDataset(string, ReadOnlySpan{byte}, int[], int, IReadOnlyList{string}, ImageShape?)"/>
    public MlpDataset(
        string name,
        ReadOnlySpan<float> features,
        int[]? labels,
        int featureCount,
        IReadOnlyList<string> classNames,
        ImageShape? imageShape = null)
        : this(name, features.ToArray(), labels, featureCount, classNames, imageShape)
    {
    }

    /// <summary>Creates a data set of byte features that nobody else has.</summary>
    internal MlpDataset(
        string name, byte[] features, int[]? labels, int featureCount, IReadOnlyList<string> classNames, ImageShape? imageShape = null)
        : this(name, ArrayDataset.CountOf(features, featureCount))
    {
        Bytes = features;
        FeatureCount = featureCount;
        ImageShape = imageShape;
        LabelColumns = ArrayDataset.LabelsOf(name, Count, labels, classNames);
        Task = MlpTask.Classification;
    }

    /// <summary>Creates a data set of float features that nobody else has.</summary>
    internal MlpDataset(
        string name, float[] features, int[]? labels, int featureCount, IReadOnlyList<string> classNames, ImageShape? imageShape = null)
        : this(name, ArrayDataset.CountOf(features, featureCount))
    {
        int bad = Array.FindIndex(features, feature => !float.IsFinite(feature));
        if (bad >= 0)
        {
            throw new MlpException(
                "NotFinite",
                MlpErrorKind.InvalidData,
                $"{name}: the feature {(bad % featureCount) + 1} of sample {(bad / featureCount) + 1} is {features[bad]}; features are "
                + $"finite numbers.");
        }

        Floats = features;
        FeatureCount = featureCount;
        ImageShape = imageShape;
        LabelColumns = ArrayDataset.LabelsOf(name, Count, labels, classNames);
        Task = MlpTask.Classification;
    }

    /// <summary>Creates a data set of columns.</summary>
    internal MlpDataset(string name, IReadOnlyList<DataColumn> columns, IReadOnlyList<DataColumn> labels, MlpTask task)
        : this(name, columns.Concat(labels).First().Count)
    {
        Columns = columns;
        FeatureCount = columns.Count;
        LabelColumns = labels;
        Task = task;
    }

    private MlpDataset(string name, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Count = count;
    }

    private MlpDataset(MlpDataset other, int? count = null)
        : this(other.Name, count ?? other.Count)
    {
        Bytes = other.Bytes;
        Floats = other.Floats;
        Columns = other.Columns;
        FeatureCount = other.FeatureCount;
        FeatureNames = other.FeatureNames;
        ImageShape = other.ImageShape;
        PictureStyle = other.PictureStyle;
        LabelColumns = other.LabelColumns;
        Task = other.Task;
        AsideColumns = other.AsideColumns;
        Weights = other.Weights;
        Origin = other.Origin;
        Conventions = other.Conventions;
    }

    /// <summary>The data set's name.</summary>
    public string Name { get; }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>The columns to predict from; empty where the features are blocks of pixels or numbers.</summary>
    public IReadOnlyList<DataColumn> Columns { get; private init => field = Listed(value); } = Listed<DataColumn>([]);

    /// <summary>The columns to predict.</summary>
    public IReadOnlyList<DataColumn> LabelColumns { get; private init => field = Listed(value); } = Listed<DataColumn>([]);

    /// <summary>Columns that go along with the samples, to group or order them by, and that nothing is predicted from.</summary>
    public IReadOnlyList<DataColumn> AsideColumns { get; internal init => field = Listed(value); } = Listed<DataColumn>([]);

    /// <summary>Columns, pixels or numbers of a sample.</summary>
    public int FeatureCount { get; private init; }

    /// <summary>What the samples are for.</summary>
    public MlpTask Task { get; private init; }

    /// <summary>Height and width where the features are an image's pixels.</summary>
    public ImageShape? ImageShape { get; private init; }

    /// <summary>How pictures of another size became these; null where none were, or nobody knows.</summary>
    public PictureStyle? PictureStyle { get; internal init; }

    /// <summary>Whether the samples have a class each.</summary>
    public bool HasLabels => Task == MlpTask.Classification && LabelColumns.Count == 1;

    /// <summary>Whether the samples have targets: numbers to predict, or several labels that hold or don't.</summary>
    public bool HasTargets => Task != MlpTask.Classification && LabelColumns.Count > 0;

    /// <summary>
    /// The names of the classes that there are, or that are declared; in the order of their numbers, where all are numbers, or else of
    /// their names.
    /// </summary>
    public IReadOnlyList<string> ClassNames =>
        field ??= Listed(!HasLabels
            ? []
            : IsStreamed
            ? ClassOrder.Of(LabelStatistics[0])
            : ClassOrder.Of(ColumnStatistics.Of(LabelColumns[0].Categories)));

    /// <summary>Classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>The names of the targets; empty where the samples have none.</summary>
    public IReadOnlyList<string> TargetNames => field ??= Listed(HasTargets ? LabelColumns.Select(column => column.Name) : []);

    /// <summary>The class of each sample, as it came; empty where there are none, null where it is missing.</summary>
    public IReadOnlyList<object?> Labels => field ??= Listed(HasLabels ? Count : 0, row => LabelColumns[0].ValueAt(row));

    /// <summary>What each sample's outputs should be, as it came: a value, or an array of them; empty where there are no targets.</summary>
    public IReadOnlyList<object?> Targets => field ??= Listed(HasTargets ? Count : 0, TargetAt);

    /// <summary>How much each sample counts, in training and where it is measured; empty where all count 1.</summary>
    public IReadOnlyList<float> SampleWeights => field ??= new SampleList<float>(Weights ?? []);

    /// <summary>How many samples each class has, in the order of the classes; empty where there are no labels.</summary>
    public IReadOnlyList<int> ClassCounts => field ??= Listed(CountClasses());

    /// <summary>
    /// The smallest and the largest feature of pixels, as byte / 255, or of numbers; empty for columns, which <see cref="Columns"/> tell
    /// of.
    /// </summary>
    public IReadOnlyList<float> Range =>
        field ??= Listed<float>(Count == 0 || IsStreamed || Columns.Count > 0
            ? []
            : Bytes is null
            ? [Floats!.Min(), Floats!.Max()]
            : [Bytes.Min() / 255f, Bytes.Max() / 255f]);

    /// <summary>Whether the samples stay in their file, and are read from there chunk by chunk in each epoch.</summary>
    public bool IsStreamed => Stream is not null;

    /// <summary>What is kept of a streamed table beside its file; null for other data sets.</summary>
    public StreamCache? Cache => Stream?.Cache;

    /// <summary>Bytes of memory that the samples take.</summary>
    public long MemoryBytes =>
        IsStreamed
            ? 0
            : (Bytes?.LongLength ?? 0) + (((Floats?.LongLength ?? 0) + (Weights?.LongLength ?? 0)) * sizeof(float))
                + AllColumns.Sum(column => column.MemoryBytes);

    /// <summary>Name, size and a hash (XXH3) of everything that a training sees of the data.</summary>
    internal string Fingerprint => field ??= $"{Name}, {Count} samples, {Stream?.Fingerprint ?? $"xxh3 {Hash()}"}";

    /// <summary>Pixels, a sample after another, or null.</summary>
    /// <exception cref="MlpException">The samples are not in memory.</exception>
    internal byte[]? Bytes { get => IsStreamed ? throw NotInMemory() : field; private init; }

    /// <summary>Numbers that came as arrays, a sample after another, or null.</summary>
    /// <exception cref="MlpException">The samples are not in memory.</exception>
    internal float[]? Floats { get => IsStreamed ? throw NotInMemory() : field; private init; }

    /// <summary>The names of pixels or numbers that were columns of a table; null where they have none.</summary>
    internal IReadOnlyList<string>? FeatureNames { get; init; }

    /// <summary>Whether the features are pixels: in memory or not.</summary>
    internal bool IsPixels => Columns.Count == 0 && (Stream is null ? Bytes is not null : ImageShape is not null);

    /// <summary>How much each sample counts in training, or null where all count 1.</summary>
    internal float[]? Weights { get; private init; }

    /// <summary>Tells where a sample is: a row of the data set, or of the file that it is a part of.</summary>
    internal Func<int, string> PlaceOf { get; init; } = row => $"row {row + 1}";

    /// <summary>Where the samples can be read again, or null.</summary>
    internal DatasetOrigin? Origin { get; init; }

    /// <summary>Where the samples are if they are not in memory, else null.</summary>
    internal DatasetStream? Stream { get; private init; }

    /// <summary>What the columns come to.</summary>
    internal IReadOnlyList<ColumnStatistics> Statistics
    {
        get => field ??= [.. Columns.AsParallel().AsOrdered().Select(column => ColumnStatistics.Of(column))];
        private init;
    }

    /// <summary>What the labels come to; the class as names.</summary>
    internal IReadOnlyList<ColumnStatistics> LabelStatistics
    {
        get => field ??= [.. LabelColumns.Select(column => ColumnStatistics.Of(HasLabels ? column.Categories : column))];
        private init;
    }

    /// <summary>The data set without its samples, which stay in their file.</summary>
    internal MlpDataset Schema { get => field ?? throw new InvalidOperationException("The samples are in memory."); private init; }

    /// <summary>Features, labels and what goes along.</summary>
    internal IEnumerable<DataColumn> AllColumns => Columns.Concat(LabelColumns).Concat(AsideColumns);

    /// <summary>
    /// One sample: pixels as byte / 255, numbers as they came, columns as numbers, of which categories and missing values are NaN.
    /// </summary>
    /// <param name="index">The sample, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public float[] GetSample(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var sample = new float[FeatureCount];
        int start = index * FeatureCount;
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = Columns.Count > 0
                ? (float)Columns[i].NumberAt(index)
                : Bytes is null
                ? Floats![start + i]
                : Bytes[start + i] / 255f;
        }

        return sample;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Count} samples of {FeatureCount} {(Columns.Count > 0 ? "columns" : "features")}, "
        + $"{(HasTargets ? $"{TargetNames.Count} targets" : $"{ClassCount} classes")}";

    /// <summary>The column of a name, features, labels and what goes along; null where there is none.</summary>
    internal DataColumn? Find(string name) =>
        AllColumns.FirstOrDefault(column => column.Name == name)
            ?? AllColumns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private ReadOnlyCollection<object?> Listed(int count, Func<int, object?> valueOf)
    {
        if (IsStreamed)
            throw NotInMemory();
        var values = new object?[count];
        for (int i = 0; i < count; i++)
            values[i] = valueOf(i);
        return new SampleList<object?>(values);
    }

    private static ValueList<T> Listed<T>(IEnumerable<T> values) => new([.. values]);

    private object? TargetAt(int row)
    {
        if (LabelColumns.Count == 1)
            return LabelColumns[0].ValueAt(row);
        var values = new object?[LabelColumns.Count];
        for (int j = 0; j < values.Length; j++)
            values[j] = LabelColumns[j].ValueAt(row);
        return values;
    }

    private int[] CountClasses()
    {
        Dictionary<string, long> counts = HasLabels ? LabelStatistics[0].Counts! : [];
        return [.. ClassNames.Select(name => (int)counts.GetValueOrDefault(name))];
    }

    internal MlpException NotInMemory() =>
        new(
            "NotInMemory",
            MlpErrorKind.InvalidArgument,
            $"The data set {Name} is streamed from its file, and this needs all samples in memory; import it "
            + $"whole{Hint.Without(nameof(IsStreamed))}.");

    private string Hash()
    {
        var hash = new XxHash3();
        hash.Append(Bytes.AsSpan());
        hash.Append(MemoryMarshal.AsBytes<float>(Floats));
        hash.Append(MemoryMarshal.AsBytes<float>(Weights));
        foreach (DataColumn column in AllColumns)
            column.AppendTo(hash);
        hash.Append(Encoding.UTF8.GetBytes($"{FeatureCount}\0{Task}\0{PictureStyle}\0{string.Join('\0', FeatureNames ?? [])}"));
        return Convert.ToHexString(hash.GetCurrentHash());
    }

    /// <summary>A value for each sample, of which a table of text shows how many there are.</summary>
    private sealed class SampleList<T>(IList<T> values) : ReadOnlyCollection<T>(values)
    {
        public override string ToString() => Listing.Count(Count, "value");
    }
}
