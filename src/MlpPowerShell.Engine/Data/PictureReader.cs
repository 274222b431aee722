namespace MlpPowerShell.Engine.Data;

/// <summary>Makes samples of picture files: PNG, JPEG, BMP and GIF.</summary>
public static class PictureReader
{
    /// <summary>Reads a picture as a sample.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The size to bring it to.</param>
    /// <param name="normalize">
    /// Whether a picture of another size is made to look like MNIST's: light strokes on black, cut out, scaled and centred. Otherwise it is
    /// scaled as it is.
    /// </param>
    /// <exception cref="MlpException">The file is not there, no picture, or blank.</exception>
    public static MlpDataset Read(string path, ImageShape shape, bool normalize)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new MlpDataset(
            Path.GetFileName(path),
            Prepare(path, Picture.Read(path), shape, normalize).Pixels,
            null,
            shape.Height * shape.Width,
            [],
            shape);
    }

    /// <summary>Reads a folder of pictures, in which each folder is a class, named after it; pictures may lie deeper.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shape">The size to bring all to; null for that of the first, which all others must have too.</param>
    /// <param name="normalize"><inheritdoc cref="Read" path="/param[@name='normalize']"/></param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">
    /// There are fewer than two classes with pictures, or a picture can't be read or has another size.
    /// </exception>
    public static MlpDataset ReadFolder(string folder, ImageShape? shape, bool normalize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder))
            throw new MlpException("FolderNotFound", MlpErrorKind.NotFound, $"There is no folder {folder}.");
        (string Path, string Class)[] files =
            [.. Directory.EnumerateDirectories(folder)
                .Order(StringComparer.Ordinal)
                .SelectMany(path => PicturesIn(path).Select(file => (file, Path.GetFileName(path))))];
        string[] classes = ClassOrder.Of(files.Select(file => file.Class));
        if (classes.Length < 2)
        {
            throw new MlpException(
                "OneClass",
                MlpErrorKind.InvalidData,
                $"{folder} has {(classes.Length == 0 ? "no folders with pictures" : $"pictures in the folder {classes[0]} alone")}; "
                + $"each class needs a folder of its own with {string.Join(", ", Picture.Extensions)} files.");
        }

        ImageShape size = shape ?? ShapeOf(Picture.Read(files[0].Path));
        long length = (long)files.Length * size.Height * size.Width;
        InputFile.CheckMemory(folder, length);
        if (length > Array.MaxLength)
        {
            throw new MlpException(
                "TableTooLarge",
                MlpErrorKind.InvalidData,
                $"{folder}: {files.Length} pictures of {size} pixels are more than one data set can hold; choose a smaller "
                + $"size{Hint.With(nameof(TableOptions.ImageShape))}.");
        }

        var pixels = new byte[length];
        var options = new ParallelOptions { CancellationToken = cancellation };
        int changed = 0;
        try
        {
            Parallel.For(0, files.Length, options, i =>
            {
                if (Place(files[i].Path, size, shape is not null, normalize, pixels.AsSpan(i * size.Height * size.Width)))
                    Interlocked.Increment(ref changed);
            });
        }
        catch (AggregateException failures)
        {
            throw failures.Flatten().InnerExceptions.OfType<MlpException>().FirstOrDefault() ?? failures.InnerExceptions[0];
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        Dictionary<string, int> places = classes.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i);
        return new MlpDataset(name, pixels, [.. files.Select(file => places[file.Class])], size.Height * size.Width, classes, size)
        {
            PictureStyle = changed == 0 ? null : normalize ? PictureStyle.Normalized : PictureStyle.Resized,
        };
    }

    private static IEnumerable<string> PicturesIn(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => Picture.Extensions.Contains(
            Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    /// <summary>Puts a picture in its place, and tells whether it had another size.</summary>
    private static bool Place(string path, ImageShape size, bool resize, bool normalize, Span<byte> target)
    {
        Picture picture = Picture.Read(path);
        if (!resize && ShapeOf(picture) != size)
        {
            throw new MlpException(
                "PictureSizeMismatch",
                MlpErrorKind.Mismatch,
                $"{path} has {ShapeOf(picture)} pixels, and the first picture {size}. Bring all to one "
                + $"size{Hint.With(nameof(TableOptions.ImageShape), $"{size.Height}, {size.Width}")}.");
        }

        Prepare(path, picture, size, normalize).Pixels.CopyTo(target);
        return ShapeOf(picture) != size;
    }

    private static Picture Prepare(string path, Picture picture, ImageShape shape, bool normalize)
    {
        try
        {
            return normalize && ShapeOf(picture) != shape
                ? picture.Normalize(shape.Height, shape.Width)
                : picture.Resize(shape.Height, shape.Width);
        }
        catch (MlpException failure)
        {
            throw new MlpException(failure.ErrorId, failure.Kind, $"{path}: {failure.Text}", failure);
        }
    }

    private static ImageShape ShapeOf(Picture picture) => new(picture.Height, picture.Width);
}
