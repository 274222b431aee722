using System.IO.Compression;

namespace MlpPowerShell.Engine.Data;

/// <summary>Opens files to read, gzipped or not, and keeps what they unpack to within the memory there is.</summary>
internal static class InputFile
{
    /// <summary>Deflate can't shrink anything by more than this.</summary>
    public const int MostExpansion = 1032;

    /// <summary>Does something with the content of a file, unpacked where it is gzipped, and puts names to what can go wrong.</summary>
    /// <exception cref="MlpException">The file is not there, can't be read, or its compression is damaged.</exception>
    public static T Read<T>(string path, Func<Stream, T> read) => ReadPlain(path, file =>
    {
        bool compressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = compressed ? new WholeGzipStream(file) : file;
        return read(content);
    });

    /// <summary>Does something with the text in a file: what it holds itself, gzipped or not, or the one file in a zip archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">What to do with the bytes, and the name of the file in an archive, or the path.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="MlpException">The file is not there, can't be read or unpacked, or an archive has other files.</exception>
    public static T ReadText<T>(string path, Func<HeadedStream, string, T> read, CancellationToken cancellation = default) =>
        ReadPlain(path, file =>
        {
            using var whole = new HeadedStream(file);
            if (whole.Head is [0x1F, 0x8B, ..])
            {
                using var unpacked = new HeadedStream(new WholeGzipStream(whole));
                return read(unpacked, path);
            }

            if (!whole.Head.StartsWith("PK\x03\x04"u8) || !file.CanSeek)
                return read(whole, path);
            file.Position = 0;
            using var archive = new ZipArchive(file);
            ZipArchiveEntry entry = OnlyEntry(path, archive);
            return CheckedEntry.Read(path, entry, content =>
            {
                // What is left of the entry is checked behind that.
                using var unpacked = new HeadedStream(new StoppableStream(content, cancellation));
                return read(unpacked, entry.FullName);
            });
        }, cancellation);

    private static ZipArchiveEntry OnlyEntry(string path, ZipArchive archive)
    {
        ZipArchiveEntry[] entries = [.. archive.Entries.Where(entry => entry.Name.Length > 0
            && !entry.Name.StartsWith('.')
            && !entry.FullName.StartsWith("__MACOSX", StringComparison.Ordinal))];
        bool isSpreadsheet = Array.Exists(entries, entry => entry.FullName is "[Content_Types].xml" or "mimetype");
        return isSpreadsheet ? throw NoTable(path, "a spreadsheet or another document of an Office; save its table as CSV")
            : entries is [var entry] ? entry
            : throw NoTable(path, $"a zip archive of {Listing.Of([.. entries.Select(entry => entry.FullName)])}, and one table is wanted");
    }

    /// <summary>The error of a file that is something else than a table.</summary>
    public static MlpException NoTable(string path, MlpMessage what) =>
        new("NotATable", MlpErrorKind.InvalidData, $"{path} is no table of separated values: it looks like {what}.");

    /// <summary>Does something with the content of a file as it is, and puts names to what can go wrong.</summary>
    /// <exception cref="MlpException">The file is not there, can't be read, or its compression is damaged.</exception>
    public static T ReadPlain<T>(string path, Func<Stream, T> read, CancellationToken cancellation = default)
    {
        if (!File.Exists(path))
            throw new MlpException("FileNotFound", MlpErrorKind.NotFound, $"There is no file {path}.");
        CheckIsFile(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return read(cancellation.CanBeCanceled ? new StoppableStream(file, cancellation) : file);
        }
        catch (InvalidDataException failure)
        {
            throw new MlpException(
                "FileCorrupt",
                MlpErrorKind.InvalidData,
                $"{path}: the compressed data is damaged ({failure.Message}). Fetch the file again.",
                failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException("FileUnreadable", MlpErrorKind.Unreadable, $"{path} can't be read: {failure.Message}", failure);
        }
    }

    /// <summary>Checks that what is at a path is no pipe, device or socket, before it is opened, which may never end.</summary>
    /// <exception cref="MlpException">It is one.</exception>
    public static void CheckIsFile(string path)
    {
        if (UnixPath.Of(path, followsLinks: true)?.Oddity is { } oddity)
        {
            throw new MlpException(
                "NotAFile", MlpErrorKind.InvalidArgument, $"{path} is a {oddity} and no file: copy what comes from it to a file first.");
        }
    }

    /// <summary>All bytes of a stream, but no more than so many.</summary>
    /// <exception cref="InvalidDataException">There are more.</exception>
    public static byte[] ReadAll(Stream stream, int most)
    {
        using var content = new MemoryStream();
        byte[] part = new byte[1 << 16];
        for (int read = stream.Read(part); read > 0; read = stream.Read(part))
        {
            if (content.Length + read > most)
                throw new InvalidDataException($"there are more than {most} bytes");
            content.Write(part, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>The file's name without the endings of its folder, format and compression.</summary>
    public static string NameOf(string path) =>
        Path.GetFileNameWithoutExtension(IsGzipName(path) ? Path.GetFileNameWithoutExtension(path) : path);

    /// <summary>The ending that tells a file's format, in lower case, with the dot, without that of its compression.</summary>
    public static string ExtensionOf(string path) =>
        Path.GetExtension(IsGzipName(path) ? Path.GetFileNameWithoutExtension(path) : path).ToLowerInvariant();

    /// <summary>Checks that so much memory may be taken for what a file holds or says that it holds.</summary>
    /// <exception cref="MlpException">It is more than half of what this process may have.</exception>
    public static void CheckMemory(string path, long bytes)
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        if (bytes > limit)
        {
            throw new MlpException(
                "FileTooLarge",
                MlpErrorKind.InvalidData,
                $"{path} takes {bytes / 1e6:F0} MB of memory or more, and this process may use {limit / 1e6:F0} MB for it. Read a "
                + $"part{Hint.With(nameof(TableReadOptions.First))}, or stream a CSV{Hint.With(nameof(MlpDataset.IsStreamed))}.");
        }
    }

    private static bool IsGzipName(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
