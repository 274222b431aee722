using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace MlpPowerShell.Engine.Data;

/// <summary>A file to fetch, known by its hash.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Their SHA-256 in hexadecimal digits.</param>
public sealed record DownloadFile(string Name, long Length, string Sha256);

/// <summary>
/// Fetches files over HTTP from the first of several sources that has the right bytes. What a broken connection has brought stays beside
/// the file, and is gone on from, also in a later run; the file itself is there whole or not at all.
/// </summary>
public sealed class FileDownloader
{
    private const int MostAttempts = 5;

    private readonly HttpClient _client;

    /// <summary>Creates a downloader.</summary>
    /// <param name="client">What sends the requests.</param>
    public FileDownloader(HttpClient client) => _client = client;

    /// <summary>How long a source may send nothing before it is given up.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before a broken connection is tried again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a file is there with the right bytes.</summary>
    public static bool IsThere(DownloadFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        return File.Exists(path)
            && new FileInfo(path).Length == file.Length
            && Hash(path).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Fetches a file.</summary>
    /// <param name="file">What it must be.</param>
    /// <param name="sources">Where it is, in the order to try.</param>
    /// <param name="path">Where to put it; what is there is replaced.</param>
    /// <param name="progress">Told the bytes that are there so far, on any thread.</param>
    /// <param name="cancellation">Stops the download; what has come so far stays for the next.</param>
    /// <exception cref="MlpException">No source has it, each for a reason that the message gives; or the file can't be written.</exception>
    public async Task FetchAsync(
        DownloadFile file, IReadOnlyList<Uri> sources, string path, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(path);
        string part = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{file.Name}.{file.Sha256[..8]}.part");
        var reasons = new List<string>();
        try
        {
            foreach (Uri source in sources)
            {
                if (await TryFetch(file, source, part, progress, cancellation).ConfigureAwait(false) is not { } reason)
                {
                    File.Move(part, path, overwrite: true);
                    return;
                }

                reasons.Add($"{source}: {reason}");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MlpException("FileNotWritten", MlpErrorKind.Unwritable, $"{path} can't be written: {failure.Message}", failure);
        }

        throw new MlpException(
            "DownloadFailed",
            MlpErrorKind.Unavailable,
            $"{file.Name} could not be fetched.{string.Concat(reasons.Select(reason => $"{Environment.NewLine}  {reason}"))}");
    }

    /// <summary>Fetches a file from one source, again where its connection breaks; returns why that failed, or null.</summary>
    private async Task<string?> TryFetch(DownloadFile file, Uri source, string part, Action<long>? progress, CancellationToken cancellation)
    {
        string? reason = null;
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(RetryDelay, cancellation).ConfigureAwait(false);
            try
            {
                reason = await Receive(file, source, part, progress, cancellation).ConfigureAwait(false);
                if (reason is null)
                    return await Check(file, part, cancellation).ConfigureAwait(false);
                return reason;
            }
            catch (Exception failure) when (failure is HttpRequestException or HttpIOException
                || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                reason = failure is OperationCanceledException
                    ? $"nothing came for {StallTimeout.TotalSeconds:0.#} seconds"
                    : (failure.InnerException ?? failure).Message;

                // A source that never sends anything is not worth more than a second try.
                if (LengthOf(part) == 0 && attempt > 0)
                    break;
            }
        }

        return $"{reason} after {LengthOf(part)} of {file.Length} bytes";
    }

    private async Task<string?> Receive(DownloadFile file, Uri source, string part, Action<long>? progress, CancellationToken cancellation)
    {
        long have = LengthOf(part);
        if (have == file.Length)
            return null;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(StallTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(part);
            return "it has fewer bytes than it sent before";
        }

        if (!response.IsSuccessStatusCode)
            return $"the answer is {(int)response.StatusCode} {response.ReasonPhrase}";
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        Stream content = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var target = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[1 << 16];
        long length = goesOn ? have : 0;
        while (true)
        {
            stall.CancelAfter(StallTimeout);
            int read = await content.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (read == 0)
                break;
            length += read;
            if (length > file.Length)
                break;
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress?.Invoke(length);
        }

        target.Flush(flushToDisk: true);
        if (length == file.Length)
            return null;
        target.SetLength(0);
        return length > file.Length
            ? $"it sends more than the {file.Length} bytes that there should be"
            : $"it ends after {length} of {file.Length} bytes";
    }

    private static async Task<string?> Check(DownloadFile file, string part, CancellationToken cancellation)
    {
        string hash = await Task.Run(() => Hash(part), cancellation).ConfigureAwait(false);
        if (hash.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            return null;
        File.Delete(part);
        return $"its SHA-256 is {hash}, and should be {file.Sha256}";
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static string Hash(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();
    }
}
