using System.Diagnostics;
using System.Net.Sockets;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Pipes, devices and sockets where files belong: to open some of them waits for ever.</summary>
public sealed class OddFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-odd-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, Action<string>> Readers() => new()
    {
        { ".safetensors", path => ModelFile.Read(path) },
        { ".onnx", path => MlpModelInfo.Read(path) },
        { ".npz", path => ModelFile.Read(path) },
        { ".npy", path => NumpyReader.Read(path, new NumpyReadOptions()) },
        { ".png", path => PictureReader.Read(path, new ImageShape(28, 28), normalize: true) },
        { ".csv", path => TableReader.Read(path, new TableReadOptions()) },
        { ".idx", path => IdxFile.Open(path, 3) },
    };

    [Theory]
    [MemberData(nameof(Readers), DisableDiscoveryEnumeration = true)]
    public void What_is_no_file_is_refused_and_not_opened(string ending, Action<string> read)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere, what lies at a path can't be told without opening it.");
        string pipe = Path.Combine(_folder, "pipe" + ending), device = Path.Combine(_folder, "device" + ending);
        string socketPath = Path.Combine(_folder, "socket" + ending);
        Process.Start("mkfifo", [pipe]).WaitForExit();
        File.CreateSymbolicLink(device, "/dev/zero");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(socketPath));
        foreach ((string path, string what) in new[] { (pipe, "pipe"), (device, "device"), (socketPath, "socket") })
        {
            MlpException failure = Assert.Throws<MlpException>(() => read(path));
            Assert.Equal("NotAFile", failure.ErrorId);
            Assert.Contains($"is a {what} and no file", failure.Message, StringComparison.Ordinal);
        }
    }
}
