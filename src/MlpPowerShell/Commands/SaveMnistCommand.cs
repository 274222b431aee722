using System.Management.Automation;
using System.Runtime.ExceptionServices;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Commands;

/// <summary>Downloads a data set of MNIST's family.</summary>
[Cmdlet(VerbsData.Save, "Mnist", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class SaveMnistCommand : MlpCmdlet
{
    private const int MillisecondsBetweenReports = 200;

    /// <summary>The data set.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(EnumCompleter<MnistFamily>))]
    [Cell<MnistFamily>(Empty = default(MnistFamily))]
    public Choice<MnistFamily> Dataset { get; set; }

    /// <summary>The folder to put the files in, made where it is not there; without it, one named after the data set.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? Path { get; set; }

    /// <summary>Folders of the web to fetch from instead of those known.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public Uri[]? Uri { get; set; }

    /// <summary>Replaces files that are there with other content.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Dataset, () =>
    {
        string folder = ResolvePath(Path ?? Dataset.ToString());
        MnistSource source = MnistSource.Of(Dataset);
        if (!ShouldProcess(folder, $"Download {Dataset} ({source.Files.Sum(file => file.Length) / 1e6:F0} MB)"))
            return;
        Directory.CreateDirectory(folder);
        using var client = new HttpClient { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        var downloader = new FileDownloader(client);
        foreach (DownloadFile file in source.Files)
            Fetch(downloader, file, source, folder);
        WriteObject(new DirectoryInfo(folder));
    });

    private void Fetch(FileDownloader downloader, DownloadFile file, MnistSource source, string folder)
    {
        string path = System.IO.Path.Combine(folder, file.Name);
        string[] results = source.Entries.Count > 0 ? [.. source.Entries.Select(entry => System.IO.Path.Combine(folder, entry))] : [path];
        if (Array.TrueForAll(results, File.Exists) && (source.Entries.Count > 0 ? !Force : FileDownloader.IsThere(file, path)))
        {
            WriteVerbose($"{string.Join(", ", results)}: there already.");
            return;
        }

        string? other = Array.Find(results, File.Exists);
        if (other is not null && !Force)
        {
            throw new MlpException(
                "FileExists",
                MlpErrorKind.Exists,
                $"{other} is there with other content. Use -Force to replace it, or another -Path.");
        }

        if (Array.Find(Uri ?? [], uri => !uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https")) is { } odd)
        {
            throw new MlpException(
                "InvalidUri", MlpErrorKind.InvalidArgument, $"{odd} is no folder of the web: it must start with https:// or http://.");
        }

        Uri[] sources = [.. (Uri
            ?? source.Mirrors).Select(folder => new Uri(
                folder.AbsoluteUri.EndsWith('/') ? folder : new Uri(folder.AbsoluteUri + "/"), file.Name))];
        WriteVerbose($"Fetching {file.Name} from {string.Join(" or ", sources.Select(uri => uri.Host))}.");
        long done = 0;
        Task download = downloader.FetchAsync(file, sources, path, bytes => Interlocked.Exchange(ref done, bytes), StopToken);
        var progress = new ProgressRecord(0, $"Downloading {Dataset}", file.Name);
        while (!((IAsyncResult)download).AsyncWaitHandle.WaitOne(MillisecondsBetweenReports))
        {
            progress.PercentComplete = (int)(100 * Interlocked.Read(ref done) / file.Length);
            progress.StatusDescription = $"{file.Name}: {Interlocked.Read(ref done) / 1e6:F1} of {file.Length / 1e6:F1} MB";
            WriteProgress(progress);
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
        if (download.Exception is { } failure)
            ExceptionDispatchInfo.Throw(failure.InnerException!);
        StopToken.ThrowIfCancellationRequested();
        if (source.Entries.Count > 0)
        {
            source.Unpack(path, folder);
            File.Delete(path);
        }
    }
}
