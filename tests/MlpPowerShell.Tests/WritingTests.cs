using System.Diagnostics;

namespace MlpPowerShell.Tests;

/// <summary>Processes that can't write, or are killed while they do.</summary>
public sealed class WritingTests : IDisposable
{
    private const int Kills = 12;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("m.safetensors", Explicit = true)]
    [InlineData("m.onnx")]
    [InlineData("m.npz", Explicit = true)]
    public async Task A_full_disk_leaves_the_old_file(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell's limit on the size of files is Unix's.");
        _session.Run($"New-MlpModel 8 -InputSize 4 -OutputSize 2 -Seed 1 | Export-MlpModel -Path {name}");
        byte[] old = File.ReadAllBytes(Path.Combine(_session.Folder, name));

        // A file may not grow beyond 200 KB; the runtime's own mapping of code would count too.
        var start = new ProcessStartInfo(
            "bash",
            [
                "-c",
                "trap '' XFSZ; ulimit -f 200; exec dotnet \"$0\" -Command \"$1\"",
                Session.Metadata("Shell"),
                $"New-MlpModel 500 -InputSize 500 -OutputSize 2 -Seed 1 | Export-MlpModel -Path {name} -Force",
            ])
        {
            WorkingDirectory = _session.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("can't be written", (output + await error).Replace("\n", " ", StringComparison.Ordinal));
        Assert.Equal(old, File.ReadAllBytes(Path.Combine(_session.Folder, name)));
        Assert.Single(Directory.GetFiles(_session.Folder));
    }

    [Fact(Explicit = true)]
    public void A_process_killed_while_it_writes_leaves_a_whole_file()
    {
        const string Setup = "$models = 1, 2 | ForEach-Object { New-MlpModel 200 -InputSize 200 -OutputSize 10 -Seed $_ }; ";
        double[] norms = [.. _session.Run(Setup + "$models.ForEach({ $_.Layers[0].Weights.FrobeniusNorm() })")
            .Select(value => (double)value.BaseObject)];
        var random = new Random(1);
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = ShellTests.Start(
                _session.Folder,
                80,
                "-Command",
                Setup + "'ready'; while ($true) { foreach ($model in $models) { $model | Export-MlpModel -Path m.safetensors -Force } }");
            Assert.Equal("ready", process.StandardOutput.ReadLine());

            // Before the first file is there, a kill would leave none.
            Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_session.Folder, "m.safetensors")), TimeSpan.FromMinutes(1)));
            Thread.Sleep(random.Next(500));
            process.Kill();
            process.WaitForExit();
            Assert.Contains(_session.Run1<double>("(Import-MlpModel m.safetensors).Layers[0].Weights.FrobeniusNorm()"), norms);
        }
    }
}
