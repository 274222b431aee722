using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Whatever goes wrong while a file is written, the old one stays whole and nothing else stays behind.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("m.safetensors")]
    [InlineData("m.onnx")]
    [InlineData("m.npz")]
    public void A_write_that_breaks_off_anywhere_leaves_the_old_model(string name)
    {
        string path = Path.Combine(_folder, name);
        MlpModel old = MlpModel.Create(5, new HiddenLayers([4], [Activation.ReLU]), 3, Initializer.He, 1);
        ModelFile.Write(old, path);
        byte[] whole = File.ReadAllBytes(path);
        for (int room = 0; room < whole.Length; room += 7)
        {
            MlpException failure = Assert.Throws<MlpException>(() => AtomicFile.Write(path, stream =>
            {
                stream.Write(whole, 0, room);
                throw new IOException("No space left on device");
            }));
            Assert.Equal("FileNotWritten", failure.ErrorId);
        }

        Assert.Equal(old.Fingerprint(), ModelFile.Read(path).Fingerprint());
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void An_error_in_the_model_leaves_the_old_one()
    {
        string path = Path.Combine(_folder, "m.safetensors");
        MlpModel model = MlpModel.Create(5, new HiddenLayers([], [Activation.ReLU]), 3, Initializer.He, 1);
        ModelFile.Write(model, path);
        string before = ModelFile.Read(path).Fingerprint();
        model.Layers[0].Weights[0, 0] = 1e6f;
        Assert.Throws<MlpException>(() => ModelFile.Write(model, path, precision: WeightPrecision.Half));
        Assert.Equal(before, ModelFile.Read(path).Fingerprint());
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_can_not_be_written_to_is_an_error()
    {
        // Where permissions stop nobody, as they don't stop root, the kernel's own folder does.
        string folder = _folder;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        if (Environment.UserName == "root")
            folder = "/sys";
        MlpException failure = Assert.Throws<MlpException>(() => ModelFile.Write(
            MlpModel.Create(2, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1),
            Path.Combine(folder, OperatingSystem.IsWindows() ? "a|b.onnx" : "m.onnx")));
        Assert.Equal("FileNotWritten", failure.ErrorId);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Of_two_writers_at_once_one_wins_whole()
    {
        string path = Path.Combine(_folder, "m.safetensors");
        MlpModel[] models = [.. Enumerable.Range(1, 2)
            .Select(seed => MlpModel.Create(200, new HiddenLayers([100], [Activation.ReLU]), 10, Initializer.He, seed))];
        string[] fingerprints = Array.ConvertAll(models, model => model.Fingerprint());
        ModelFile.Write(models[0], path);
        Task[] writers = Array.ConvertAll(models, model => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
                ModelFile.Write(model, path);
        }));
        var seen = new HashSet<string>();
        Task all = Task.WhenAll(writers);
        while (!all.IsCompleted)
            seen.Add(ModelFile.Read(path).Fingerprint());
        await all;
        Assert.Subset(fingerprints.ToHashSet(), seen);
        Assert.Contains(ModelFile.Read(path).Fingerprint(), fingerprints);
        Assert.Single(Directory.GetFiles(_folder));
    }
}
