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
            Prepare(path, PictureFile.Read(path), shape, normalize).Pixels,
            null,
            shape.Height * shape.Width,
            [],
            shape);
    }

    /// <summary>Checks that a folder is not one of tables, which are given file by file.</summary>
    /// <exception cref="MlpException">It is, or can't be looked into.</exception>
    public static void CheckHoldsNoTables(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (PictureFolder.FindTable(folder) is not { } table)
            return;
        string files = Path.Combine(folder, $"*{Path.GetExtension(table)}");
        throw new MlpException(
            "FolderOfTables",
            MlpErrorKind.InvalidArgument,
            $"{folder} is a folder of files and not of pictures: give the files, such as '{files}'.");
    }

    /// <summary>Reads a folder of pictures, in which each folder is a class, named after it; pictures may lie deeper.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shape">The size to bring all to; null for that of the first, which all others must have too.</param>
    /// <param name="normalize"><inheritdoc cref="Read" path="/param[@name='normalize']"/></param>
    /// <param name="failed">Told what is wrong with a file that can't be read; without it, that is thrown.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">
    /// There are fewer than two classes with pictures, a picture has another size, or one can't be read and nobody is told.
    /// </exception>
    public static MlpDataset ReadFolder(
        string folder,
        ImageShape? shape,
        bool normalize,
        Action<MlpException>? failed = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        (string Path, string Class)[] files = PictureFolder.Find(folder, cancellation);
        _ = ClassesOf(folder, files);
        ImageShape size = shape ?? FirstShape(files, cancellation);
        int length = size.Height * size.Width;
        byte[] pixels = Allocate(folder, files.Length, size);
        var failures = new MlpException?[files.Length];
        int changed = 0;
        try
        {
            Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                if (Place(files[i].Path, size, (shape is not null, normalize), pixels.AsSpan(i * length, length), ref failures[i]))
                    Interlocked.Increment(ref changed);
            });
        }
        catch (AggregateException thrown)
        {
            throw thrown.Flatten().InnerExceptions.OfType<MlpException>().FirstOrDefault() ?? thrown.InnerExceptions[0];
        }

        foreach (MlpException failure in failures.OfType<MlpException>())
            (failed ?? (told => throw told))(failure);
        int[] read = [.. Enumerable.Range(0, files.Length).Where(i => failures[i] is null)];
        if (read.Length < files.Length)
        {
            files = Array.ConvertAll(read, i => files[i]);
            for (int i = 0; i < read.Length; i++)
                pixels.AsSpan(read[i] * length, length).CopyTo(pixels.AsSpan(i * length));
            Array.Resize(ref pixels, read.Length * length);
        }

        string[] classes = ClassesOf(folder, files);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        Dictionary<string, int> places = classes.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i);
        return new MlpDataset(name, pixels, [.. files.Select(file => places[file.Class])], length, classes, size)
        {
            PictureStyle = changed == 0 ? null : normalize ? PictureStyle.Normalized : PictureStyle.Resized,
        };
    }

    private static string[] ClassesOf(string folder, (string Path, string Class)[] files)
    {
        string[] classes = ClassOrder.Of(files.Select(file => file.Class));
        return classes.Length >= 2
            ? classes
            : throw new MlpException(
                "OneClass",
                MlpErrorKind.InvalidData,
                $"{folder} has {(classes.Length == 0 ? "no folders with pictures" : $"pictures in the folder {classes[0]} alone")}; "
                + $"each class needs a folder of its own with {string.Join(", ", PictureFile.Extensions)} files.");
    }

    /// <summary>The size of the first picture that can be read.</summary>
    private static ImageShape FirstShape((string Path, string Class)[] files, CancellationToken cancellation)
    {
        for (int i = 0; ; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return ShapeOf(PictureFile.Read(files[i].Path));
            }
            catch (MlpException) when (i + 1 < files.Length)
            {
                // What is wrong with it is said when all are read.
            }
        }
    }

    private static byte[] Allocate(string folder, int count, ImageShape size)
    {
        long length = (long)count * size.Height * size.Width;
        InputFile.CheckMemory(folder, length);
        if (length <= Array.MaxLength)
            return new byte[length];
        throw new MlpException(
            "TableTooLarge",
            MlpErrorKind.InvalidData,
            $"{folder}: {count} pictures of {size} pixels are more than one data set can hold; choose a smaller "
            + $"size{Hint.With(nameof(TableOptions.ImageShape))}.");
    }

    /// <summary>Puts a picture in its place, and tells whether it had another size; one that can't be read is a failure.</summary>
    private static bool Place(
        string path, ImageShape size, (bool Resizes, bool Normalizes) how, Span<byte> target, ref MlpException? failure)
    {
        ImageShape shape;
        try
        {
            Picture picture = PictureFile.Read(path);
            shape = ShapeOf(picture);
            if (shape == size || how.Resizes)
            {
                Prepare(path, picture, size, how.Normalizes).Pixels.CopyTo(target);
                return shape != size;
            }
        }
        catch (MlpException thrown)
        {
            failure = thrown;
            return false;
        }

        throw new MlpException(
            "PictureSizeMismatch",
            MlpErrorKind.Mismatch,
            $"{path} has {shape} pixels, and the first picture {size}. Bring all to one "
            + $"size{Hint.With(nameof(TableOptions.ImageShape), $"{size.Height}, {size.Width}")}.");
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
