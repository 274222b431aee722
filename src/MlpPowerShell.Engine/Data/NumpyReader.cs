using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>Which arrays of NumPy files make a data set.</summary>
public sealed record NumpyReadOptions
{
    /// <summary>The name of the array of features in an archive; null for the one that has a usual name.</summary>
    public string? Feature { get; init; }

    /// <summary>The name of the array of labels in an archive; null for the one that has a usual name, if there is one.</summary>
    public string? Label { get; init; }

    /// <summary>The file with the labels of an .npy file, or null.</summary>
    public string? LabelPath { get; init; }

    /// <summary>Samples to leave out at the start, at least 0.</summary>
    public int Skip { get; init; }

    /// <summary>The most samples to read after these.</summary>
    public int First { get; init; } = int.MaxValue;
}

/// <summary>
/// Reads data sets from NumPy's files: features [samples, …] and labels [samples], as .npy each or together as .npz. Bytes are pixels;
/// whole numbers are classes, floats too where they are few and whole as in tables; other labels are numbers to predict.
/// </summary>
public static class NumpyReader
{
    private const int ValuesBetweenChecks = 1 << 20;

    private static readonly string[] _featureNames = ["x", "data", "features", "images", "x_train", "x_test"];
    private static readonly string[] _labelNames = ["y", "target", "targets", "label", "labels", "y_train", "y_test"];

    /// <summary>Reads a data set.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Which arrays of it.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">A file is not there, damaged, too large, or lacks an array.</exception>
    public static MlpDataset Read(string path, NumpyReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        MlpDataset read = IsArchive(path)
            ? InputFile.Read(path, stream => ReadArchive(path, stream, options, cancellation))
            : ReadFiles(path, options, cancellation);
        NumpyReadOptions again = options with { LabelPath = options.LabelPath is null ? null : Path.GetFullPath(options.LabelPath) };
        return read.WithOrigin(new NumpyOrigin(Path.GetFullPath(path), again, null));
    }

    /// <summary>Whether a file holds several arrays by their names, in a zip archive.</summary>
    /// <exception cref="MlpException">The file is not there, or can't be read.</exception>
    public static bool IsArchive(string path) => InputFile.Read(path, stream =>
    {
        Span<byte> start = stackalloc byte[2];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK"u8);
    });

    private static MlpDataset ReadFiles(string path, NumpyReadOptions options, CancellationToken cancellation)
    {
        Part features = ReadFile(path, options, labels: false, cancellation);
        return Assemble(
            path,
            features,
            options.LabelPath is null ? null : ReadFile(options.LabelPath, options, labels: true, cancellation),
            options.LabelPath ?? path,
            cancellation);
    }

    private static Part ReadFile(string path, NumpyReadOptions options, bool labels, CancellationToken cancellation) =>
        InputFile.Read(path, stream =>
    {
        long length = new FileInfo(path).Length;
        return ReadArray(
            NumpyArray.ReadHeader(path, stream, stream is WholeGzipStream ? length * InputFile.MostExpansion : length),
            new StoppableStream(stream, cancellation),
            options,
            labels);
    });

    private static MlpDataset ReadArchive(
        string path, Stream stream, NumpyReadOptions options, CancellationToken cancellation)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        string[] names = [.. archive.Entries.Select(entry => entry.FullName)
            .Where(name => name.EndsWith(NumpyArray.FileEnding, StringComparison.Ordinal))
            .Select(name => name[..^NumpyArray.FileEnding.Length])];
        string? label = Choose(path, names, options.Label, _labelNames, "labels", nameof(NumpyReadOptions.Label));
        string feature = Choose(path, names, options.Feature, _featureNames, "features", nameof(NumpyReadOptions.Feature))
            ?? throw new MlpException(
                "ArrayNotFound",
                MlpErrorKind.Mismatch,
                $"{path}: name the array of features{Hint.With(nameof(NumpyReadOptions.Feature))}; there are {string.Join(", ", names)}.");
        Part features = ReadEntry(feature, labels: false);
        return Assemble(path, features, label is null ? null : ReadEntry(label, labels: true), path, cancellation);

        Part ReadEntry(string name, bool labels)
        {
            ZipArchiveEntry entry = archive.GetEntry(name + NumpyArray.FileEnding)!;
            return CheckedEntry.Read(
                path,
                entry,
                content => ReadArray(
                    NumpyArray.ReadHeader(path, entry, content), new StoppableStream(content, cancellation), options, labels));
        }
    }

    private static string? Choose(string path, string[] names, string? asked, string[] usual, string what, string option)
    {
        if (asked is not null)
        {
            return Array.Find(names, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase))
                ?? throw new MlpException(
                    "ArrayNotFound", MlpErrorKind.Mismatch, $"{path}: there is no array {asked}; there are {string.Join(", ", names)}.");
        }

        string[] found = Array.FindAll(names, name => usual.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (found.Length > 1)
        {
            throw new MlpException(
                "ArrayNotFound",
                MlpErrorKind.Mismatch,
                $"{path}: several arrays may be the {what}: {string.Join(", ", found)}. Name one{Hint.With(option)}.");
        }

        return found.FirstOrDefault();
    }

    private static Part ReadArray(NumpyArray array, Stream stream, NumpyReadOptions options, bool labels)
    {
        int skip = Math.Min(options.Skip, array.Shape[0]);
        int count = Math.Min(options.First, array.Shape[0] - skip);
        if (labels && array is { IsWhole: true, ItemLength: 1 })
            return new Part(array, null, null, array.ReadWholes(stream, skip, count), count);
        return array.IsBytes && !labels
            ? new Part(array, array.ReadBytes(stream, skip, count), null, null, count)
            : new Part(array, null, array.ReadNumbers(stream, skip, count), null, count);
    }

    private static MlpDataset Assemble(
        string path, Part features, Part? labels, string labelSource, CancellationToken cancellation)
    {
        NumpyArray array = features.Array;
        if (features.Count == 0 || array.ItemLength == 0)
        {
            throw new MlpException(
                "EmptyTable",
                MlpErrorKind.InvalidData,
                $"{path}: the array of features of shape ({string.Join(", ", array.Shape)}) has no samples here.");
        }

        ImageShape? shape = array.Shape.Length == 3 || (array.Shape.Length == 4 && array.Shape[3] == 1)
            ? new ImageShape(array.Shape[1], array.Shape[2])
            : null;
        string name = InputFile.NameOf(path);
        if (labels is { } given && given.Count != features.Count)
        {
            throw new MlpException(
                "LabelCountMismatch",
                MlpErrorKind.Mismatch,
                $"{labelSource}: there are {features.Count} samples and {given.Count} labels; there must be one label for each sample.");
        }

        MlpDataset dataset = features.Bytes is not null
            ? new MlpDataset(name, features.Bytes, null, array.ItemLength, [], shape)
            : new MlpDataset(name, Floats(path, features.Numbers!, cancellation), null, array.ItemLength, [], shape);
        if (labels is not { } part)
            return dataset;
        if (part.Wholes is not null)
        {
            bool isShort = Array.TrueForAll(part.Wholes!, number => number == (int)number);
            (ColumnKind kind, ColumnType type) = part.Array.IsFlags
                ? (ColumnKind.Boolean, ColumnType.Boolean)
                : (ColumnKind.Number, isShort ? ColumnType.Int32 : ColumnType.Int64);
            return dataset.WithLabels(
                [DataColumn.OfPacked(UnnamedColumns.Label, kind, PackedNumbers.OfWhole(part.Wholes!), type)], MlpTask.Classification);
        }

        // What is written as 0.0 and 1.0 is as much a class as in a table.
        DataColumn column = DataColumn.OfNumbers(UnnamedColumns.Label, part.Numbers!);
        if (part.Array.ItemLength == 1 && TableSamples.IsClass(ColumnStatistics.Of(column)))
            return dataset.WithLabels([column], MlpTask.Classification);
        return dataset.WithTargets(Floats(labelSource, part.Numbers!, cancellation), UnnamedColumns.Targets(part.Array.ItemLength));
    }

    private static float[] Floats(string source, double[] numbers, CancellationToken cancellation)
    {
        var floats = new float[numbers.Length];
        for (int i = 0; i < floats.Length; i++)
        {
            if (i % ValuesBetweenChecks == 0)
                cancellation.ThrowIfCancellationRequested();
            floats[i] = (float)numbers[i];
            if (!float.IsFinite(floats[i]))
            {
                throw new MlpException(
                    "NotFinite",
                    MlpErrorKind.InvalidData,
                    $"{source}: the value {i} is {numbers[i]}; features and targets are finite numbers.");
            }
        }

        return floats;
    }

    private readonly record struct Part(NumpyArray Array, byte[]? Bytes, double[]? Numbers, long[]? Wholes, int Count);
}
