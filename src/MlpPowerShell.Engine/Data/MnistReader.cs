using System.Globalization;

namespace MlpPowerShell.Engine.Data;

/// <summary>Which half of an MNIST-like data set.</summary>
public enum MnistSplit
{
    /// <summary>The training samples: files named train-….</summary>
    Train,

    /// <summary>The test samples: files named t10k-… or test-….</summary>
    Test,
}

/// <summary>
/// Reads folders laid out as MNIST is (LeCun, Cortes and Burges, 1998): IDX images and labels, gzipped or not, with names such as
/// train-images-idx3-ubyte.gz, emnist-letters-train-labels-idx1-ubyte, t10k-images.idx3-ubyte.
/// </summary>
public static class MnistReader
{
    /// <summary>Reads one split of the data set in a folder.</summary>
    /// <param name="folder">The folder with the files.</param>
    /// <param name="split">Which half.</param>
    /// <param name="skip">Samples to leave out at the start, at least 0.</param>
    /// <param name="first">The most samples to read after these.</param>
    /// <returns>The samples, with their pixels as bytes.</returns>
    /// <exception cref="MlpException">A file is missing, damaged, or does not fit the other, or all samples are left out.</exception>
    public static MlpDataset Read(string folder, MnistSplit split, int skip = 0, int first = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        if (!Directory.Exists(folder))
        {
            throw new MlpException(
                "FolderNotFound", MlpErrorKind.NotFound, $"There is no folder {folder}. A folder with the four MNIST files is needed.");
        }

        (string imagePath, string labelPath) = FindPair(folder, split);
        using IdxFile images = Open(imagePath, 3);
        using IdxFile labels = Open(labelPath, 1);
        if (images.Dimensions[0] != labels.Dimensions[0])
        {
            throw new MlpException(
                "ImageLabelCountMismatch",
                MlpErrorKind.Mismatch,
                $"{imagePath} has {images.Dimensions[0]} images and {labelPath} has {labels.Dimensions[0]} labels; they belong to "
                + $"different data sets or splits.");
        }

        if (skip > 0 && skip >= images.Dimensions[0])
        {
            throw new MlpException(
                "EmptyDataset",
                MlpErrorKind.InvalidArgument,
                $"{imagePath} has {images.Dimensions[0]} images, and none is left behind the first {skip}.");
        }

        byte[] pixels = images.Read(skip, first);
        byte[] classes = labels.Read(0, int.MaxValue);
        var shape = new ImageShape(images.Dimensions[1], images.Dimensions[2]);
        int from = Math.Min(skip, classes.Length);
        int[] taken = Array.ConvertAll(classes[from..(from + (pixels.Length / images.ItemLength))], label => (int)label);
        return new MlpDataset(
            $"{Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))} "
            + $"{split.ToString().ToLowerInvariant()}",
            pixels,
            taken,
            images.ItemLength,
            ClassNames(classes),
            shape)
        {
            PictureStyle = PictureStyle.Normalized,
            Origin = new MnistOrigin(Path.GetFullPath(folder), split, skip, first, null),
        };
    }

    /// <summary>Opens one split of the data set in a folder, whose samples stay in their files, which must not be compressed.</summary>
    /// <param name="folder">The folder with the files.</param>
    /// <param name="split">Which half.</param>
    /// <param name="memoryLimit">The bytes that samples may take in memory at a time.</param>
    /// <exception cref="MlpException">A file is missing, compressed, or does not fit the other.</exception>
    public static MlpDataset OpenStream(string folder, MnistSplit split, long memoryLimit)
    {
        // Shows that the files are whole and fit each other, and which classes there are.
        MlpDataset one = Read(folder, split, first: 1);
        (string imagePath, string labelPath) = FindPair(folder, split);
        using IdxFile images = Open(imagePath, 3);
        bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (new[] { imagePath, labelPath }.FirstOrDefault(IsCompressed) is { } compressed)
        {
            throw new MlpException(
                "NotStreamable",
                MlpErrorKind.InvalidData,
                $"{compressed}: only files that are not compressed can be streamed; unpack it first.");
        }

        using IdxFile labels = Open(labelPath, 1);
        var label = DataColumn.OfCodes(
            UnnamedColumns.Label,
            Array.ConvertAll(labels.Read(0, int.MaxValue), code => (int)code),
            [.. one.ClassNames],
            ColumnType.Int32,
            isDeclared: true);
        return MlpDataset.Streamed(
            new IdxStream(imagePath, labelPath, images, one.ClassNames, memoryLimit),
            one,
            images.Dimensions[0],
            [],
            [ColumnStatistics.Of(label)]);
    }

    private static IdxFile Open(string path, int dimensionCount)
    {
        try
        {
            return IdxFile.Open(path, dimensionCount);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException("FileUnreadable", MlpErrorKind.Unreadable, $"{path} can't be read: {failure.Message}", failure);
        }
    }

    private static (string Images, string Labels) FindPair(string folder, MnistSplit split)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).OrderBy(path => path, StringComparer.Ordinal)];
        string[] prefixes = split == MnistSplit.Train ? ["train"] : ["t10k", "test"];
        string images = Find("images", "idx3", null);
        string stem = Stem(images, "images");
        return (images, Find("labels", "idx1", stem));

        string Find(string content, string format, string? stem)
        {
            string[] matches = [.. files.Where(path => IsMatch(Path.GetFileName(path), content, format)
                && (stem is null || Stem(path, content) == stem))];
            string[] stems = [.. matches.Select(path => Stem(path, content)).Distinct()];
            if (stems.Length > 1)
            {
                throw new MlpException(
                    "AmbiguousFiles",
                    MlpErrorKind.Mismatch,
                    $"{folder} holds several data sets ({string.Join(", ", matches.Select(Path.GetFileName))}); put each into a "
                    + $"folder of its own.");
            }

            if (matches.Length > 0)
                return matches[0];
            string example = (stem ?? prefixes[0] + "-") + content + $"-{format}-ubyte";
            throw new MlpException(
                "FileNotFound",
                MlpErrorKind.NotFound,
                $"{folder} has no {content} for the {split.ToString().ToLowerInvariant()} split: no file like {example} or {example}.gz.");
        }

        bool IsMatch(string name, string content, string format) =>
            name.Contains(content, StringComparison.OrdinalIgnoreCase)
            && name.Contains(format, StringComparison.OrdinalIgnoreCase)
            && prefixes.Any(prefix => name.Contains(prefix + "-", StringComparison.OrdinalIgnoreCase));

        static string Stem(string path, string content)
        {
            string name = Path.GetFileName(path);
            return name[..name.IndexOf(content, StringComparison.OrdinalIgnoreCase)];
        }
    }

    // EMNIST's letters count from 1, its other sets to 46 and 61; ten classes is the least that the family has.
    private static string[] ClassNames(byte[] classes)
    {
        int count = 10;
        foreach (byte label in classes)
            count = Math.Max(count, label + 1);
        return [.. Enumerable.Range(0, count).Select(label => label.ToString(CultureInfo.InvariantCulture))];
    }
}
