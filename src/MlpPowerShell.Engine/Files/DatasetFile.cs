using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// Data sets as bytes, to be sent to another process: the length of a JSON head, the head, and, where the samples can't be read again from
/// where they came, their arrays and columns, compressed.
/// </summary>
public static class DatasetFile
{
    private const int LongestHead = 1 << 28;

    /// <summary>The bytes of a data set that is in memory.</summary>
    /// <exception cref="MlpException">The data set is streamed.</exception>
    public static byte[] ToBytes(MlpDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var stream = new MemoryStream();
        Write(dataset, stream);
        return stream.ToArray();
    }

    private static void Write(MlpDataset dataset, MemoryStream stream)
    {
        bool isWhole = dataset.Origin is null;
        (ColumnHead Head, PackedNumbers Values)[] Stored(IReadOnlyList<DataColumn> columns) =>
            isWhole ? [.. columns.Select(column => column.Stored)] : [];
        (ColumnHead Head, PackedNumbers Values)[] columns = Stored(dataset.Columns);
        (ColumnHead Head, PackedNumbers Values)[] labels = Stored(dataset.LabelColumns);
        (ColumnHead Head, PackedNumbers Values)[] aside = Stored(dataset.AsideColumns);
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(new Head(
            dataset.Name,
            dataset.Count,
            dataset.FeatureCount,
            dataset.Bytes is not null,
            dataset.Floats is not null,
            HeadsOf(columns),
            HeadsOf(labels),
            HeadsOf(aside),
            dataset.Task,
            isWhole && dataset.Weights is not null,
            dataset.ImageShape,
            dataset.PictureStyle,
            dataset.FeatureNames is { } names && isWhole ? [.. names] : null,
            dataset.Origin,
            dataset.Fingerprint));
        stream.Write(LittleEndian.Bytes<int>([head.Length]));
        stream.Write(head);
        if (!isWhole)
            return;
        using var packed = new DeflateStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        packed.Write(dataset.Bytes);
        packed.Write(LittleEndian.Bytes<float>(dataset.Floats));
        packed.Write(LittleEndian.Bytes<float>(dataset.Weights));
        foreach ((_, PackedNumbers values) in columns.Concat(labels).Concat(aside))
            packed.Write(LittleEndian.Ordered(values.Bytes, PackedNumbers.SizeOf(values.StoredAs)));
    }

    /// <summary>Reads a data set from a stream that can seek.</summary>
    /// <exception cref="MlpException">It holds no data set, or one whose files are not there or have changed.</exception>
    public static MlpDataset Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Head head = ReadHead(stream);
            if (head.Origin is { } origin)
                return origin.Read(head.Fingerprint);
            MlpDataset read = ReadSamples(head, stream);
            return read.Fingerprint == head.Fingerprint ? read : throw new InvalidDataException("the samples are not those that were sent");
        }
        catch (Exception failure) when (failure
            is JsonException or NotSupportedException or EndOfStreamException or InvalidDataException or OverflowException)
        {
            throw new MlpException(
                "InvalidDatasetContent", MlpErrorKind.InvalidData, $"The bytes are no data set: {failure.Message}", failure);
        }
    }

    private static ColumnHead[] HeadsOf((ColumnHead Head, PackedNumbers Values)[] columns) =>
        Array.ConvertAll(columns, column => column.Head);

    private static Head ReadHead(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        stream.ReadExactly(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 0 or > LongestHead || length > stream.Length - stream.Position)
            throw new InvalidDataException($"a head of {length} bytes is announced");
        byte[] json = new byte[length];
        stream.ReadExactly(json);
        Head? head = JsonSerializer.Deserialize<Head>(json);
        bool whole = head is { Name: not null, Fingerprint: not null, Count: >= 0, FeatureCount: > 0 }
            && head is { Columns: not null, Labels: not null, Aside: not null }
            && Enum.IsDefined(head.Task)
            && (head.PictureStyle is not { } style || Enum.IsDefined(style))
            && !head.AllColumns.Contains(null!)
            && head.FeatureNames?.Contains(null!) != true
            && (head.FeatureNames is null || head.FeatureNames.Length == head.FeatureCount)
            && (head.Origin is null || head.Origin.IsWhole);
        return whole ? head! : throw new InvalidDataException("the head lacks something");
    }

    private static MlpDataset ReadSamples(Head head, Stream stream)
    {
        // What can't be in the stream is not allocated either.
        long perSample = (head.HasBytes ? head.FeatureCount : 0)
            + ((head.HasFloats ? (long)head.FeatureCount : 0) * sizeof(float))
            + (head.HasWeights ? sizeof(float) : 0)
            + head.AllColumns.Sum(column => (long)PackedNumbers.SizeOf(column.StoredAs));
        if (perSample > Array.MaxLength
            || checked(perSample * head.Count) > Math.Min(Array.MaxLength, (stream.Length - stream.Position) * InputFile.MostExpansion))
        {
            throw new InvalidDataException(
                $"{head.Count} samples of {head.FeatureCount} features are announced, and the stream holds fewer");
        }

        if ((head.HasBytes ? 1 : 0) + (head.HasFloats ? 1 : 0) + (head.Columns.Length > 0 ? 1 : 0) != 1
            || (head.Columns.Length > 0 && head.Columns.Length != head.FeatureCount))
        {
            throw new InvalidDataException("there must be pixels, numbers or columns");
        }

        using var packed = new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true);
        byte[] bytes = Take(head.HasBytes ? head.FeatureCount : 0);
        float[] floats = LittleEndian.Values<float>(Take(head.HasFloats ? sizeof(float) * head.FeatureCount : 0));
        float[]? weights = head.HasWeights ? LittleEndian.Values<float>(Take(sizeof(float))) : null;
        DataColumn[] columns = Array.ConvertAll(head.Columns, TakeColumn);
        DataColumn[] labels = Array.ConvertAll(head.Labels, TakeColumn);
        DataColumn[] aside = Array.ConvertAll(head.Aside, TakeColumn);
        MlpDataset dataset =
            head.HasBytes
                ? new MlpDataset(head.Name, bytes, null, head.FeatureCount, [], head.ImageShape)
                {
                    FeatureNames = head.FeatureNames,
                    PictureStyle = head.PictureStyle,
                }
            : head.HasFloats
                ? new MlpDataset(head.Name, floats, null, head.FeatureCount, [], head.ImageShape)
            : new MlpDataset(head.Name, columns, labels, head.Task);
        dataset = dataset.WithAll(labels, head.Task, aside, null);
        return weights is null ? dataset : dataset.WithSampleWeights(weights);

        byte[] Take(int bytesOfSample)
        {
            var taken = new byte[bytesOfSample * head.Count];
            packed.ReadExactly(taken);
            return taken;
        }

        DataColumn TakeColumn(ColumnHead column)
        {
            int size = PackedNumbers.SizeOf(column.StoredAs);
            return DataColumn.OfStored(column, LittleEndian.Ordered(Take(size), size));
        }
    }

    private sealed record Head(
        string Name,
        int Count,
        int FeatureCount,
        bool HasBytes,
        bool HasFloats,
        ColumnHead[] Columns,
        ColumnHead[] Labels,
        ColumnHead[] Aside,
        MlpTask Task,
        bool HasWeights,
        ImageShape? ImageShape,
        PictureStyle? PictureStyle,
        string[]? FeatureNames,
        DatasetOrigin? Origin,
        string Fingerprint)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public IEnumerable<ColumnHead> AllColumns => Columns.Concat(Labels).Concat(Aside);
    }
}
