using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed class ModelInfoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-info-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("m.safetensors", ModelFormat.Safetensors, WeightPrecision.Single, "F32")]
    [InlineData("m.safetensors", ModelFormat.Safetensors, WeightPrecision.Int8, "I8")]
    [InlineData("m.safetensors", ModelFormat.PyTorch, WeightPrecision.Half, "F16")]
    [InlineData("m.onnx", ModelFormat.Onnx, WeightPrecision.Single, "Float")]
    [InlineData("m.onnx", ModelFormat.Onnx, WeightPrecision.Int8, "Int8")]
    [InlineData("m.npz", ModelFormat.Npz, WeightPrecision.Single, "f4")]
    public void A_file_says_what_it_holds(string name, ModelFormat format, WeightPrecision precision, string type)
    {
        MlpModel model = TravelTestModels.Trained(TravelTestModels.Table("kind"), [6, 5], Activation.Named("Tanh"));
        string path = Path.Combine(_folder, name);
        ModelFile.Write(model, path, format, precision);
        MlpModelInfo info = MlpModelInfo.Read(path);
        Assert.Equal(
            (format, model.Architecture, "tanh, tanh, softmax", "CrossEntropy", type),
            (info.Format, info.Architecture, info.Activations, info.Loss, info.WeightType));
        Assert.Equal(model.ClassNames, info.Classes);
        Assert.Equal(
            (5, true, false, precision == WeightPrecision.Single ? "3" : "4"),
            (info.EpochsTrained, info.HasPreprocessing, info.IsCheckpoint, info.FormatVersion));
        Assert.Equal(new FileInfo(path).Length, info.FileSize);
    }

    [Fact]
    public void Weights_are_not_read()
    {
        // A hole in the place of the weights: what is read of it would be zeros, a gigabyte of them.
        string path = Path.Combine(_folder, "large.safetensors");
        byte[] header = System.Text.Encoding.UTF8.GetBytes(
            """{"layers.0.weight":{"dtype":"F32","shape":[16000,16000],"data_offsets":[0,1024000000]}}""");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((long)header.Length));
            stream.Write(header);
            stream.SetLength(8 + header.Length + 1_024_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("16000-16000", MlpModelInfo.Read(path).Architecture);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Theory]
    [InlineData("relu.onnx", "8-6-4-3", "pytorch 1.13.0")]
    [InlineData("relu.safetensors", "8-6-4-3", null)]
    [InlineData("convolution.onnx", null, "pytorch 1.13.0")]
    public void Files_from_elsewhere_say_what_they_can(string name, string? architecture, string? producer)
    {
        MlpModelInfo info = MlpModelInfo.Read(TestData.Reference($"models/{name}"));
        Assert.Equal((null, producer), (info.FormatVersion, info.Producer));
        Assert.Equal(architecture ?? "8-3", info.Architecture);
        Assert.NotEmpty(info.Tensors);
    }

    [Fact]
    public void A_checkpoint_is_one() => Assert.True(MlpModelInfo.Read(TestData.Reference("models/checkpoint-3.safetensors")).IsCheckpoint);

    [Theory]
    [InlineData("runs.json", "UnknownFormat")]
    [InlineData("none.onnx", "FileNotFound")]
    public void What_is_no_model_is_refused(string name, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<MlpException>(() => MlpModelInfo.Read(TestData.Reference($"models/{name}"))).ErrorId);
}
