namespace MlpPowerShell.Engine.Data;

/// <summary>Finds the picture files of a folder in which each folder is a class, named after it.</summary>
internal static class PictureFolder
{
    /// <summary>The picture files, however deep they lie, in the order of classes and paths; of each real folder once.</summary>
    /// <remarks>
    /// Links are followed after all that is no link: so one that leads to the folder of another class, or up to the whole, adds nothing.
    /// </remarks>
    /// <exception cref="MlpException">There is no such folder, or one in it can't be looked into.</exception>
    public static (string Path, string Class)[] Find(string folder, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new MlpException("FolderNotFound", MlpErrorKind.NotFound, $"There is no folder {folder}.");
        var files = new List<(string Path, string Class)>();
        var seen = new HashSet<string> { RealPath(folder) };
        Queue<(string Path, string Class)> folders = new(), links = new();
        try
        {
            foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
                Enqueue(path, Path.GetFileName(path));
            while (folders.TryDequeue(out (string Path, string Class) next) || links.TryDequeue(out next))
            {
                cancellation.ThrowIfCancellationRequested();
                if (!seen.Add(RealPath(next.Path)))
                    continue;
                files.AddRange(Directory.EnumerateFiles(next.Path).Where(IsPicture).Select(path => (path, next.Class)));
                foreach (string path in Directory.EnumerateDirectories(next.Path).Order(StringComparer.Ordinal))
                    Enqueue(path, next.Class);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, failure);
        }

        return [.. files.OrderBy(file => file.Class, StringComparer.Ordinal).ThenBy(file => file.Path, StringComparer.Ordinal)];

        void Enqueue(string path, string label) => (new DirectoryInfo(path).LinkTarget is null ? folders : links).Enqueue((path, label));
    }

    /// <summary>A table or array that lies in a folder without folders, which has no classes; null where there is none.</summary>
    /// <exception cref="MlpException">The folder can't be looked into.</exception>
    public static string? FindTable(string folder)
    {
        try
        {
            return Directory.EnumerateDirectories(folder).Any() ? null
                : Directory.EnumerateFiles(folder).FirstOrDefault(DatasetFormats.IsNamedAsTable);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, failure);
        }
    }

    private static MlpException Unreadable(string folder, Exception failure) =>
        new("FolderUnreadable", MlpErrorKind.Unreadable, $"{folder} can't be read: {failure.Message}", failure);

    private static bool IsPicture(string path) =>
        PictureFile.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The path of a folder without any links in it.</summary>
    private static string RealPath(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        string place = Path.Join(RealPath(parent), Path.GetFileName(full));
        return new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: false) is { } target ? RealPath(target.FullName) : place;
    }
}
