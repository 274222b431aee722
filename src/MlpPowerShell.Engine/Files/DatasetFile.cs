using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Engine.Files;

/// <summary>
/// Data sets as bytes, to be sent to another process: the length of a JSON head, the head, and, where the samples can't be read again from where
/// they came, their arrays, compressed.
/// </summary>
public static class DatasetFile
{
    private const int LongestHead = 1 << 28;

    /// <summary>Writes a data set that is in memory.</summary>
    /// <exception cref="MlpException">The data set is streamed.</exception>
    public static void Write(MlpDataset dataset, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(stream);
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(new Head(
            dataset.Name,
            dataset.Count,
            dataset.FeatureCount,
            dataset.Bytes is not null,
            dataset.HasLabels,
            [.. dataset.ClassNames],
            [.. dataset.TargetNames],
            !dataset.SampleWeights.IsEmpty,
            dataset.ImageShape?.Height,
            dataset.ImageShape?.Width,
            dataset.Preprocessing?.ToJson(),
            dataset.Origin,
            dataset.Fingerprint));
        stream.Write(LittleEndian.Bytes<int>([head.Length]));
        stream.Write(head);
        if (dataset.Origin is not null)
            return;
        using var packed = new DeflateStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        packed.Write(dataset.Bytes ?? LittleEndian.Bytes<float>(dataset.Floats));
        packed.Write(LittleEndian.Bytes(dataset.Labels.Span));
        packed.Write(LittleEndian.Bytes(dataset.Targets.Span));
        packed.Write(LittleEndian.Bytes(dataset.SampleWeights.Span));
    }

    /// <summary>Reads a data set from a stream that can seek.</summary>
    /// <exception cref="MlpException">It holds no data set, or one whose files are not there or have changed.</exception>
    public static MlpDataset Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Head head = ReadHead(stream);
            return head.Origin is { } origin ? origin.Read(head.Fingerprint, PreprocessingOf(head), ShapeOf(head)) : ReadSamples(head, stream);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or EndOfStreamException or InvalidDataException or OverflowException)
        {
            throw new MlpException("InvalidDatasetContent", MlpErrorKind.InvalidData, $"The bytes are no data set: {failure.Message}", failure);
        }
    }

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
        bool whole = head is { Name: not null, Fingerprint: not null, Count: >= 0, FeatureCount: > 0, ClassNames: not null, TargetNames: not null }
            && !head.ClassNames.Contains(null!) && !head.TargetNames.Contains(null!)
            && head.Origin is null or { Path: not null } and not (MnistOrigin { Skip: < 0 } or MnistOrigin { First: < 0 } or TableOrigin { Options: null } or NumpyOrigin { Options: null });
        return whole ? head! : throw new InvalidDataException("the head lacks something");
    }

    private static ImageShape? ShapeOf(Head head) => head is { ImageHeight: { } height, ImageWidth: { } width } ? new ImageShape(height, width) : null;

    private static MlpPreprocessing? PreprocessingOf(Head head) => head.Preprocessing is { } json ? MlpPreprocessing.FromJson(json) : null;

    private static MlpDataset ReadSamples(Head head, Stream stream)
    {
        // What can't be in the stream is not allocated either.
        long perSample = ((long)head.FeatureCount * (head.HasBytes ? 1 : sizeof(float))) + ((long)sizeof(float) * (head.TargetNames.Length + (head.HasLabels ? 1 : 0) + (head.HasWeights ? 1 : 0)));
        if (perSample > Array.MaxLength || checked(perSample * head.Count) > Math.Min(Array.MaxLength, (stream.Length - stream.Position) * InputFile.MostExpansion))
            throw new InvalidDataException($"{head.Count} samples of {head.FeatureCount} features are announced, and the stream holds fewer");
        using var packed = new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true);
        byte[] features = Take(head.FeatureCount * (head.HasBytes ? 1 : sizeof(float)));
        int[]? labels = head.HasLabels ? LittleEndian.Values<int>(Take(sizeof(int))) : null;
        ImageShape? shape = ShapeOf(head);
        MlpDataset dataset = head.HasBytes
            ? new MlpDataset(head.Name, features, labels, head.FeatureCount, head.ClassNames, shape)
            : new MlpDataset(head.Name, LittleEndian.Values<float>(features), labels, head.FeatureCount, head.ClassNames, shape);
        if (head.TargetNames.Length > 0)
            dataset = dataset.WithTargets(LittleEndian.Values<float>(Take(sizeof(float) * head.TargetNames.Length)), head.TargetNames);
        if (head.HasWeights)
            dataset = dataset.WithSampleWeights(LittleEndian.Values<float>(Take(sizeof(float))));
        return dataset.WithPreprocessing(PreprocessingOf(head));

        byte[] Take(int bytesOfSample)
        {
            var bytes = new byte[bytesOfSample * head.Count];
            packed.ReadExactly(bytes);
            return bytes;
        }
    }

    private sealed record Head(
        string Name,
        int Count,
        int FeatureCount,
        bool HasBytes,
        bool HasLabels,
        string[] ClassNames,
        string[] TargetNames,
        bool HasWeights,
        int? ImageHeight,
        int? ImageWidth,
        string? Preprocessing,
        DatasetOrigin? Origin,
        string Fingerprint);
}
