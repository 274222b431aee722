using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Files that somebody else writes too, or that are none.</summary>
public sealed class SharedFileTests : IDisposable
{
    private static readonly MlpDataset _data = TestData.Random(7, 60, 5, 3);

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-shared-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_checkpoint_belongs_to_one_training_at_a_time()
    {
        var options =
            new TrainingOptions { Epochs = 3, LearningRate = 0.1, CheckpointPath = At("run.safetensors"), ReplaceCheckpoint = true };
        using (IEnumerator<MlpEpoch> first = MlpTrainer.Train(Model(), _data, null, options).GetEnumerator())
        {
            Assert.True(first.MoveNext());
            var failure = Assert.Throws<MlpException>(() => MlpTrainer.Train(Model(), _data, null, options).Count());
            Assert.Equal("CheckpointInUse", failure.ErrorId);
            Assert.Contains($"process {Environment.ProcessId}", failure.Message);
            Assert.Equal(3, MlpTrainer.Train(Model(), _data, null, options with { CheckpointPath = At("other.safetensors") }).Count());
            Assert.True(first.MoveNext());
        }

        Assert.Equal(3, MlpTrainer.Train(Model(), _data, null, options).Count());
        Assert.Equal(["other.safetensors", "run.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_a_process_left_that_was_killed_is_nobodys()
    {
        File.WriteAllText(At(".run.safetensors.4711-abc.claim"), string.Empty);
        string machine = Environment.MachineName;
        File.WriteAllText(At($".run.safetensors.{machine}-{int.MaxValue}-abc.tmp"), "half");
        string[] left =
        [
            $".other.safetensors.{machine}-{int.MaxValue}-abc.tmp",
            $".run.safetensors.{machine}-{Environment.ProcessId}-abc.tmp",
            $".run.safetensors.{machine}x-{int.MaxValue}-abc.tmp",
            ".run.safetensors.notes.tmp",
        ];
        foreach (string name in left)
            File.WriteAllText(At(name), "of another file, a process that runs, another machine, and nobody");
        var options = new TrainingOptions { Epochs = 1, LearningRate = 0.1, CheckpointPath = At("run.safetensors") };
        Assert.Single(MlpTrainer.Train(Model(), _data, null, options));
        Assert.Equal(left.Append("run.safetensors").Order(), Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_write_beside_another_leaves_that_alone()
    {
        AtomicFile.Write(At("a"), outer =>
        {
            outer.WriteByte(1);
            AtomicFile.Write(At("a"), inner => inner.WriteByte(2));
            Assert.Equal([2], File.ReadAllBytes(At("a")));
        });
        Assert.Equal([1], File.ReadAllBytes(At("a")));
    }

    [Fact]
    public void A_link_leads_to_what_is_written_and_keeps_who_may_read_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(At("real"));
        File.WriteAllText(At("real/m.safetensors"), "old");
        File.SetUnixFileMode(At("real/m.safetensors"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(At("link.safetensors"), "real/m.safetensors");
        ModelFile.Write(Model(), At("link.safetensors"));
        Assert.NotNull(new FileInfo(At("link.safetensors")).LinkTarget);
        Assert.Equal(Model().Fingerprint(), ModelFile.Read(At("real/m.safetensors")).Fingerprint());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("real/m.safetensors")));
        Assert.Equal("NotAFile", Assert.Throws<MlpException>(() => AtomicFile.Write("/dev/null", _ => { })).ErrorId);
        File.CreateSymbolicLink(At("null"), "/dev/null");
        Assert.Equal("NotAFile", Assert.Throws<MlpException>(() => AtomicFile.Write(At("null"), _ => { })).ErrorId);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_file_of_weights_that_are_no_numbers_is_no_model(float value)
    {
        MlpModel model = Model();
        model.Layers[0].Weights[1, 2] = value;
        foreach (string name in new[] { "m.safetensors", "m.npz", "m.onnx" })
        {
            ModelFile.Write(model, At(name));
            var failure = Assert.Throws<MlpException>(() => ModelFile.Read(At(name)));
            Assert.Equal("InvalidModelFile", failure.ErrorId);
            Assert.Contains("layers.0.weight", failure.Message);
        }
    }

    [Fact]
    public void A_file_without_a_graph_is_no_ONNX()
    {
        File.WriteAllBytes(At("empty.onnx"), []);
        Assert.Contains("no graph", Assert.Throws<MlpException>(() => MlpModelInfo.Read(At("empty.onnx"))).Message);
    }

    private static MlpModel Model() => MlpModel.Create(5, new HiddenLayers([4], [Activation.ReLU]), 3, Initializer.He, 1).Named(_data);

    private string At(string name) => Path.Combine(_folder, name);
}
