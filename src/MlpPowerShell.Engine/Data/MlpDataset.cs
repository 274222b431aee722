using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

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
        FeatureCount = featureCount;
        Count = length / featureCount;
        ClassNames = classNames;
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
    public bool HasLabels => _labels is not null;

    /// <summary>The class of each sample, from 0; empty where there are no labels.</summary>
    public ReadOnlyMemory<int> Labels => _labels;

    /// <summary>Bytes of memory that features and labels take.</summary>
    public long MemoryBytes => (Bytes?.LongLength ?? 0) + ((Floats?.LongLength ?? 0) * sizeof(float)) + ((_labels?.LongLength ?? 0) * sizeof(int));

    /// <summary>Name, size and a 128-bit hash (XXH128) of everything that a training sees of the data.</summary>
    internal string Fingerprint => field ??= $"{Name}, {Count} samples, xxh128 {Hash()}";

    /// <summary>The features where they are bytes, worth byte / 255 each.</summary>
    internal byte[]? Bytes { get; }

    /// <summary>The features where they are floats.</summary>
    internal float[]? Floats { get; }

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

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} samples of {FeatureCount} features, {ClassCount} classes";

    /// <summary>Copies some samples into a data set of their own.</summary>
    internal MlpDataset Take(int[] samples) => new(
        Name, Gather(Bytes, samples), Gather(Floats, samples), _labels is null ? null : Array.ConvertAll(samples, i => _labels[i]), FeatureCount, ClassNames, ImageShape);

    private string Hash()
    {
        var hash = new XxHash128();
        hash.Append(Bytes.AsSpan());
        hash.Append(MemoryMarshal.AsBytes<float>(Floats));
        hash.Append(MemoryMarshal.AsBytes<int>(_labels));
        hash.Append(Encoding.UTF8.GetBytes(string.Join('\0', ClassNames)));
        hash.Append(BitConverter.GetBytes(FeatureCount));
        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private T[]? Gather<T>(T[]? features, int[] samples)
    {
        if (features is null)
            return null;
        var gathered = new T[samples.Length * FeatureCount];
        for (int i = 0; i < samples.Length; i++)
            features.AsSpan(samples[i] * FeatureCount, FeatureCount).CopyTo(gathered.AsSpan(i * FeatureCount));
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
}
