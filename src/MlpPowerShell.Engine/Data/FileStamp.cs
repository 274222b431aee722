namespace MlpPowerShell.Engine.Data;

/// <summary>A file as it was: who streams from it again finds the same, or says that it is another.</summary>
internal readonly record struct FileStamp(string Path, long Length, DateTime Written)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(path, file.Length, file.LastWriteTimeUtc)
            : throw new MlpException("FileNotFound", MlpErrorKind.NotFound, $"There is no file {path}.");
    }
}
