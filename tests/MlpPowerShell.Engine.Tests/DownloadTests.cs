using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Downloads from a server on this machine that does what servers do on bad days.</summary>
public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] _content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 7))];
    private static readonly DownloadFile _file = new("data.bin", _content.Length, Convert.ToHexString(SHA256.HashData(_content)));

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-download-").FullName;
    private readonly HttpListener _server = new();
    private readonly HttpClient _client = new();
    private readonly List<string> _requests = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly string _root;

    public DownloadTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _root = $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _server.Prefixes.Add(_root);
        _server.Start();
        _ = Serve();
    }

    private string Target => Path.Combine(_folder, _file.Name);

    public void Dispose()
    {
        _ended.Set();
        _server.Abort();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("good")]
    [InlineData("redirect")]
    [InlineData("drop")]
    [InlineData("drop-without-ranges")]
    public async Task The_file_arrives_whole(string way)
    {
        long seen = 0;
        await Downloader().FetchAsync(_file, [new Uri(_root + way)], Target, bytes => seen = bytes, TestContext.Current.CancellationToken);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(_content.Length, seen);
        Assert.Equal([Target], Directory.GetFiles(_folder));
        Assert.True(FileDownloader.IsThere(_file, Target));
        if (way == "drop")
            Assert.Contains("drop bytes=100000-", _requests);
    }

    [Theory]
    [InlineData("missing", "404")]
    [InlineData("broken", "500")]
    [InlineData("wrong", "SHA-256")]
    [InlineData("short", "ends after 1000")]
    [InlineData("long", "more than the 300000 bytes")]
    [InlineData("stall", "nothing came for 0.5 seconds")]
    [InlineData("dead", "after 0 of 300000 bytes")]
    public async Task A_bad_source_gives_way_to_the_next_and_all_bad_ones_are_listed(string way, string reason)
    {
        MlpException failure = await Assert.ThrowsAsync<MlpException>(() => Downloader(way).FetchAsync(
            _file, [Source(way), new Uri(_root + "missing")], Target, null, TestContext.Current.CancellationToken));
        Assert.Equal("DownloadFailed", failure.ErrorId);
        Assert.Contains(reason, failure.Message);
        Assert.Contains("404", failure.Message);
        Assert.False(File.Exists(Target));

        await Downloader(way).FetchAsync(
            _file, [Source(way), new Uri(_root + "good")], Target, null, TestContext.Current.CancellationToken);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_later_run_goes_on_where_one_broke_off()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Downloader().FetchAsync(
            _file, [new Uri(_root + "stall")], Target, _ => stop.Cancel(), stop.Token));
        Assert.False(File.Exists(Target));
        long have = new FileInfo(Assert.Single(Directory.GetFiles(_folder))).Length;
        Assert.InRange(have, 1, _content.Length - 1);
        await Downloader().FetchAsync(_file, [new Uri(_root + "good")], Target, null, TestContext.Current.CancellationToken);
        Assert.Contains($"good bytes={have}-", _requests);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_old_file_stays_until_the_new_one_is_whole()
    {
        await File.WriteAllTextAsync(Target, "old", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<MlpException>(() => Downloader().FetchAsync(
            _file, [new Uri(_root + "wrong")], Target, null, TestContext.Current.CancellationToken));
        Assert.Equal("old", await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken));
        string nowhere = Path.Combine(_folder, "nowhere", "data.bin");
        Assert.Equal(
            "FileNotWritten",
            (await Assert.ThrowsAsync<MlpException>(() => Downloader().FetchAsync(
                _file, [new Uri(_root + "good")], nowhere, null, TestContext.Current.CancellationToken))).ErrorId);
    }

    [Fact]
    public void Every_source_is_known_by_length_and_hash_and_reached_over_HTTPS()
    {
        foreach (MnistFamily family in Enum.GetValues<MnistFamily>())
        {
            MnistSource source = MnistSource.Of(family);
            Assert.All(source.Mirrors, mirror => Assert.Equal(("https", '/'), (mirror.Scheme, mirror.AbsoluteUri[^1])));
            Assert.All(source.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
            Assert.Equal(4, Math.Max(source.Files.Count, source.Entries.Count));
        }
    }

    [Fact]
    public void An_archive_unpacks_into_the_folder_and_nowhere_else()
    {
        string archive = Path.Combine(_folder, "a.zip");
        MnistSource source = MnistSource.Of(MnistFamily.EmnistLetters);
        using (var zip = new System.IO.Compression.ZipArchive(File.Create(archive), System.IO.Compression.ZipArchiveMode.Create))
        {
            foreach (string entry in source.Entries)
            {
                using var text = new StreamWriter(zip.CreateEntry("../../gzip/" + entry).Open());
                text.Write(entry);
            }
        }

        source.Unpack(archive, _folder);
        Assert.All(source.Entries, entry => Assert.Equal(entry, File.ReadAllText(Path.Combine(_folder, entry))));
        Assert.Equal(5, Directory.GetFiles(_folder).Length);
    }

    private FileDownloader Downloader(string way = "good") =>
        new(_client) { StallTimeout = TimeSpan.FromSeconds(way == "stall" ? 0.5 : 30), RetryDelay = TimeSpan.FromMilliseconds(1) };

    private Uri Source(string way) => way == "dead" ? new Uri("http://localhost:1/") : new Uri(_root + way);

    private async Task Serve()
    {
        while (_server.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _server.GetContextAsync();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }


            // On a thread of its own: a stalling answer must not keep the others waiting for one of the pool.
            new Thread(() => Answer(context.Request, context.Response)) { IsBackground = true }.Start();
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string way = request.Url!.AbsolutePath.Trim('/');
        string? range = request.Headers["Range"];
        lock (_requests)
            _requests.Add($"{way} {range}".Trim());
        int from = range is null || way == "drop-without-ranges"
            ? 0
            : int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            switch (way)
            {
                case "redirect":
                    response.Redirect(_root + "good");
                    response.Close();
                    return;
                case "missing":
                case "broken":
                    response.StatusCode = way == "missing" ? 404 : 500;
                    response.Close();
                    return;
            }

            if (from > 0)
            {
                response.StatusCode = 206;
                response.Headers["Content-Range"] = $"bytes {from}-{_content.Length - 1}/{_content.Length}";
            }

            byte[] body = way switch
            {
                "wrong" => [.. _content[from..].Select(value => (byte)(value ^ 1))],
                "short" => _content[..1000],
                "long" => [.. _content[from..], 1],
                _ => _content[from..],
            };
            bool breaks = way is "stall" || (way is "drop" && from < 200_000) || (way is "drop-without-ranges" && Count(way) < 3);
            if (way is "short")
                response.SendChunked = true;
            else
                response.ContentLength64 = body.Length;
            response.OutputStream.Write(body, 0, breaks ? Math.Min(100_000, body.Length / 2) : body.Length);
            response.OutputStream.Flush();
            if (way == "stall")
                _ended.Wait();
            if (breaks)
                response.Abort();
            else
                response.Close();
        }
        catch (Exception failure)
            when (failure is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private int Count(string way)
    {
        lock (_requests)
            return _requests.Count(request => request.StartsWith(way, StringComparison.Ordinal));
    }
}
