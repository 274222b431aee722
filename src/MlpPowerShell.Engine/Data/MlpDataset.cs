using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Samples with their labels, in memory: features as bytes, which count as byte / 255, or as floats. Immutable.
/// </summary>
public sealed class MlpDataset
{
    private readonly int[]? _labels;

    /// <summary>Creates a data set of byte features, such as pixels.</summary>
    /// <param name="name">A name for tables and messages.</param>
    /// <param name="features">count × featureCount bytes, a sample after another. Not copied.</param>
    /// <param name="labels">A class from 0 for each sample, or null. Not copied.</param>
    /// <param name="featureCount">Features of a sample.</param>
    /// <param name="classNames">The names of the classes.</param>
    /// <param name="imageShape">Height and width where the features are an image's pixels.</param>
    /// <exception cref="MlpException">The parts do not fit each other.</exception>
    public MlpDataset(string name, byte[] features, int[]? labels, int featureCount, IReadOnlyList<string> classNames, ImageShape? imageShape = null)
        : this(name, features, null, labels, featureCount, classNames, imageShape)
    {
    }

    /// <summary>Creates a data set of float features.</summary>
    /// <inheritdoc cref="MlpDataset(string, byte[], int[], int, IReadOnlyList{string}, ImageShape?)"/>
    public MlpDataset(string name, float[] features, int[]? labels, int featureCount, IReadOnlyList<string> classNames, ImageShape? imageShape = null)
        : this(name, null, features, labels, featureCount, classNames, imageShape)
    {
    }

    private MlpDataset(
        string name, byte[]? bytes, float[]? floats, int[]? labels, int featureCount, IReadOnlyList<string> classNames, ImageShape? imageShape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        int length = bytes?.Length ?? floats?.Length ?? throw new ArgumentNullException(nameof(bytes));
        if (length % featureCount != 0)
            throw new MlpException("FeatureLengthMismatch", MlpErrorKind.Mismatch, $"{length} features do not divide into samples of {featureCount}.");

        Name = name;
        Bytes = bytes;
        Floats = floats;
        _labels = labels;
        HasLabels = labels is not null;
        FeatureCount = featureCount;
        Count = length / featureCount;
        // An array, as PowerShell can't index every list.
        ClassNames = classNames.ToArray();
        ImageShape = imageShape;
        if (labels is null)
            return;

        if (labels.Length != Count)
            throw new MlpException("LabelCountMismatch", MlpErrorKind.Mismatch, $"{Name}: there are {Count} samples and {labels.Length} labels; there must be one label for each sample.");
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)classNames.Count)
                throw new MlpException("LabelOutsideClasses", MlpErrorKind.InvalidData, $"{Name}: a label is {label}, and the {classNames.Count} classes are 0 to {classNames.Count - 1}.");
            LargestLabel = Math.Max(LargestLabel, label);
        }
    }

    private MlpDataset(DatasetStream stream, MlpDataset alike, int count)
    {
        Stream = stream;
        Name = alike.Name;
        Count = count;
        FeatureCount = alike.FeatureCount;
        ClassNames = alike.ClassNames;
        ImageShape = alike.ImageShape;
        TargetNames = alike.TargetNames;
        Preprocessing = alike.Preprocessing;
        HasLabels = alike.HasLabels;
        LargestLabel = alike.ClassCount - 1;
        HasBinaryTargets = alike.HasBinaryTargets;
    }

    /// <summary>The data set's name.</summary>
    public string Name { get; }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Features of a sample.</summary>
    public int FeatureCount { get; }

    /// <summary>The names of the classes, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Height and width where the features are an image's pixels.</summary>
    public ImageShape? ImageShape { get; }

    /// <summary>Whether the samples have labels.</summary>
    public bool HasLabels { get; }

    /// <summary>The class of each sample, from 0; empty where there are no labels.</summary>
    public ReadOnlyMemory<int> Labels => _labels;

    /// <summary>Whether the samples have targets: numbers to predict, or several labels that are 0 or 1.</summary>
    public bool HasTargets => TargetNames.Count > 0;

    /// <summary>The names of the targets; empty where the samples have none.</summary>
    public IReadOnlyList<string> TargetNames { get; private init; } = [];

    /// <summary>The targets, sample after sample; empty where there are none.</summary>
    public ReadOnlyMemory<float> Targets { get; private init; }

    /// <summary>How much each sample counts in training; empty where all count 1.</summary>
    public ReadOnlyMemory<float> SampleWeights { get; private init; }

    /// <summary>How rows with named values became these samples; null where they did not come from such.</summary>
    public MlpPreprocessing? Preprocessing { get; private init; }

    /// <summary>How many samples each class has, in the order of the classes; empty where there are no labels.</summary>
    public IReadOnlyList<int> ClassCounts => field ??= CountClasses();

    /// <summary>The smallest and the largest feature, as the network sees them; empty without samples.</summary>
    public IReadOnlyList<float> Range => field ??= Count == 0 || IsStreamed ? [] : Bytes is null ? new[] { Floats!.Min(), Floats!.Max() } : new[] { Bytes.Min() / 255f, Bytes.Max() / 255f };

    /// <summary>Whether the samples stay in their file, and are read from there chunk by chunk in each epoch.</summary>
    public bool IsStreamed => Stream is not null;

    /// <summary>Bytes of memory that features, labels, targets and weights take.</summary>
    public long MemoryBytes => IsStreamed ? 0 :
        (Bytes?.LongLength ?? 0) + ((Floats?.LongLength ?? 0) * sizeof(float)) + ((_labels?.LongLength ?? 0) * sizeof(int)) + (((long)Targets.Length + SampleWeights.Length) * sizeof(float));

    /// <summary>
    /// The data set as bytes, for another process to make one of: where its samples can be read again, or else the samples; null for one that is
    /// streamed, which can't be sent.
    /// </summary>
    public byte[]? Content
    {
        get
        {
            if (IsStreamed)
                return null;
            using var stream = new MemoryStream();
            DatasetFile.Write(this, stream);
            return stream.ToArray();
        }
    }

    /// <summary>Name, size and a hash (XXH3) of everything that a training sees of the data.</summary>
    internal string Fingerprint => field ??= $"{Name}, {Count} samples, {Stream?.Fingerprint ?? $"xxh3 {Hash()}"}";

    /// <summary>The features where they are bytes, worth byte / 255 each.</summary>
    /// <exception cref="MlpException">The samples are not in memory.</exception>
    internal byte[]? Bytes { get => IsStreamed ? throw NotInMemory() : field; }

    /// <summary>The features where they are floats.</summary>
    internal float[]? Floats { get => IsStreamed ? throw NotInMemory() : field; }

    /// <summary>Where the samples can be read again, or null.</summary>
    internal DatasetOrigin? Origin { get; init; }

    /// <summary>Where the samples are if they are not in memory, else null.</summary>
    internal DatasetStream? Stream { get; }

    /// <summary>Whether all targets are 0 or 1.</summary>
    internal bool HasBinaryTargets { get => IsStreamed ? field : HasTargets && !Targets.Span.ContainsAnyExcept(0f, 1f); }

    /// <summary>The largest label, or 0 where there is none.</summary>
    internal int LargestLabel { get; }

    /// <summary>The features of one sample, as the network sees them.</summary>
    /// <param name="index">The sample, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public float[] GetSample(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var sample = new float[FeatureCount];
        int start = index * FeatureCount;
        for (int i = 0; i < sample.Length; i++)
            sample[i] = Bytes is null ? Floats![start + i] : Bytes[start + i] / 255f;
        return sample;
    }

    /// <summary>The same samples with targets in the place of labels.</summary>
    /// <param name="targets">Finite numbers, as many for each sample as there are names, sample after sample. Not copied.</param>
    /// <param name="names">The names of the targets, at least one.</param>
    /// <exception cref="MlpException">There are not as many numbers, or one is not finite.</exception>
    public MlpDataset WithTargets(float[] targets, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0 || targets.Length != (long)Count * names.Count)
            throw new MlpException("TargetCountMismatch", MlpErrorKind.Mismatch, $"{Name}: there are {Count} samples, {names.Count} names of targets and {targets.Length} targets; there must be a target of each name for each sample.");
        int bad = Array.FindIndex(targets, target => !float.IsFinite(target));
        if (bad >= 0)
            throw new MlpException("InvalidTarget", MlpErrorKind.InvalidData, $"{Name}: the target {names[bad % names.Count]} of sample {bad / names.Count} is {targets[bad]}; targets are finite numbers.");
        return new MlpDataset(Name, Bytes, Floats, null, FeatureCount, [], ImageShape) { Targets = targets, TargetNames = names.ToArray(), SampleWeights = SampleWeights, Preprocessing = Preprocessing };
    }

    /// <summary>The same samples, each of which counts as much in training as its weight says.</summary>
    /// <param name="weights">A finite number from 0 up for each sample. Not copied.</param>
    /// <exception cref="MlpException">There are not as many weights as samples, or one is outside its range.</exception>
    public MlpDataset WithSampleWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != Count)
            throw new MlpException("SampleWeightCountMismatch", MlpErrorKind.Mismatch, $"{Name}: there are {Count} samples and {weights.Length} weights; there must be one for each sample.");
        int bad = Array.FindIndex(weights, weight => !(weight >= 0 && float.IsFinite(weight)));
        if (bad >= 0)
            throw new MlpException("InvalidSampleWeight", MlpErrorKind.InvalidData, $"{Name}: the weight of sample {bad} is {weights[bad]}; weights are finite numbers from 0 up.");
        return new MlpDataset(Name, Bytes, Floats, _labels, FeatureCount, ClassNames, ImageShape) { Targets = Targets, TargetNames = TargetNames, SampleWeights = weights, Preprocessing = Preprocessing };
    }

    /// <summary>The same samples, which go to other processes themselves, and not as where they can be read again.</summary>
    public MlpDataset WithoutOrigin() => Origin is null ? this : WithPreprocessing(Preprocessing);

    /// <summary>The same samples, with what they were made by, and where they can be read again.</summary>
    internal MlpDataset WithPreprocessing(MlpPreprocessing? preprocessing, DatasetOrigin? origin = null) =>
        new(Name, Bytes, Floats, _labels, FeatureCount, ClassNames, ImageShape)
        {
            Targets = Targets,
            TargetNames = TargetNames,
            SampleWeights = SampleWeights,
            Preprocessing = preprocessing,
            Origin = origin,
        };

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} samples of {FeatureCount} features, {(HasTargets ? $"{TargetNames.Count} targets" : $"{ClassCount} classes")}";

    /// <summary>A data set whose samples stay in their file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="alike">What its samples are like.</param>
    /// <param name="count">How many it has.</param>
    internal static MlpDataset Streamed(DatasetStream stream, MlpDataset alike, int count) => new(stream, alike, count);

    /// <summary>
    /// All samples, in memory a part at a time: in their order, or where they are streamed also with a seed in that of a round, and of several
    /// readers one's share.
    /// </summary>
    internal IEnumerable<MlpDataset> Parts(int? seed = null, int round = 0, int reader = 0, int readers = 1) => Stream?.Chunks(seed, round, reader, readers) ?? [this];

    /// <summary>Copies some samples into a data set of their own.</summary>
    internal MlpDataset Take(int[] samples) => new(
        Name,
        Bytes is null ? null : Gather<byte>(Bytes, samples, FeatureCount),
        Floats is null ? null : Gather<float>(Floats, samples, FeatureCount),
        _labels is null ? null : Gather<int>(_labels, samples, 1),
        FeatureCount,
        ClassNames,
        ImageShape)
    {
        Targets = Gather(Targets.Span, samples, TargetNames.Count),
        TargetNames = TargetNames,
        SampleWeights = SampleWeights.IsEmpty ? default : Gather(SampleWeights.Span, samples, 1),
        Preprocessing = Preprocessing,
        Origin = Origin?.Take(samples),
    };

    private int[] CountClasses()
    {
        var counts = new int[_labels is null ? 0 : ClassCount];
        foreach (int label in _labels ?? [])
            counts[label]++;
        return counts;
    }

    private MlpException NotInMemory() =>
        new("NotInMemory", MlpErrorKind.InvalidArgument, $"The data set {Name} is streamed from its file, and this needs all samples in memory; import it without -Stream.");

    private string Hash()
    {
        var hash = new XxHash3();
        hash.Append(Bytes.AsSpan());
        hash.Append(MemoryMarshal.AsBytes<float>(Floats));
        hash.Append(MemoryMarshal.AsBytes<int>(_labels));
        hash.Append(MemoryMarshal.AsBytes(Targets.Span));
        hash.Append(MemoryMarshal.AsBytes(SampleWeights.Span));
        hash.Append(Encoding.UTF8.GetBytes(string.Join('\0', ClassNames.Concat(TargetNames))));
        hash.Append(BitConverter.GetBytes(FeatureCount));
        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static T[] Gather<T>(ReadOnlySpan<T> values, int[] samples, int width)
    {
        var gathered = new T[samples.Length * width];
        for (int i = 0; i < samples.Length; i++)
            values.Slice(samples[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        return gathered;
    }
}

/// <summary>The size of an image.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
public readonly record struct ImageShape(int Height, int Width)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Height}×{Width}";

    /// <summary>The square of as many pixels, or null where there is none.</summary>
    public static ImageShape? SquareOf(int pixels)
    {
        int side = (int)Math.Sqrt(pixels);
        return side * side == pixels ? new ImageShape(side, side) : null;
    }
}
