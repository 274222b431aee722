using System.Text;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string ModelPath => Path.Combine(_folder, "model.safetensors");

    [Fact]
    public void A_model_comes_back_as_it_was()
    {
        MlpModel model =
            MlpModel.Create(5, new HiddenLayers([7, 3], [Activation.Named("SiLU"), Activation.Named("LeakyReLU")]), 2, Initializer.He, 1);
        model.NameClasses(["yes", "no, \"really\""]);
        ModelFile.Write(model, ModelPath);
        MlpModel back = ModelFile.Read(ModelPath);
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(back));
        Assert.Equal(model.Layers.Select(layer => layer.ActivationName), back.Layers.Select(layer => layer.ActivationName));
        Assert.Equal(model.ClassNames, back.ClassNames);
    }

    [Fact]
    public void Softmax_regression_comes_back_too()
    {
        ModelFile.Write(MlpModel.Create(5, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1), ModelPath);
        Assert.Equal("5-2", ModelFile.Read(ModelPath).Architecture);
    }

    [Fact]
    public void The_reference_weights_are_read_as_NumPy_wrote_them()
    {
        MlpModel model = TestData.Model("seed-128-64");
        Assert.Equal("784-128-64-10", model.Architecture);
        byte[] file = File.ReadAllBytes(TestData.Reference("seed-128-64.init.safetensors"));
        int start = 8 + BitConverter.ToInt32(file);

        // layers.0.weight comes first, row-major [out, in].
        Assert.Equal(BitConverter.ToSingle(file, start + (4 * ((2 * 784) + 3))), model.Layers[0].Weights[2, 3]);
    }

    [Fact]
    public void Activations_are_asked_for_where_the_file_names_none()
    {
        Write(
            """{"layers.0.weight":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}"""
                + ""","layers.0.bias":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}"""
                + ""","layers.1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[36,60]}"""
                + ""","layers.1.bias":{"dtype":"F32","shape":[2],"data_offsets":[60,68]}}""",
            68);
        AssertFails("ActivationUnknown", "[Activations ReLU]");
        Assert.Equal(
            "Tanh", ModelFile.Read(ModelPath, new ModelReadOptions { Activations = [Activation.Named("Tanh")] }).Layers[0].ActivationName);
    }

    [Theory]
    [InlineData("""[]""", 0, "InvalidSafetensors", "header at byte 8")]
    [InlineData("""{"a":""", 0, "InvalidSafetensors", "header at byte 8")]
    [InlineData("""{"a":{"dtype":"F32"}}""", 0, "InvalidSafetensors", "header at byte 8")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "InvalidSafetensors", "C64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "InvalidSafetensors", "shape [2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "InvalidSafetensors", "bytes -4 to 0")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,4]}}""", 4, "InvalidSafetensors", "bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]}}""", 4, "InvalidSafetensors", "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "InvalidModelFile", "layers.0.weight")]
    [InlineData("""{"a":{"dtype":"I8","shape":[1,1],"data_offsets":[0,1]}}""", 1, "InvalidSafetensors", "a_scale")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        4,
        "InvalidSafetensors",
        "overlap")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        20,
        "InvalidSafetensors",
        "the tensors b and a overlap")]
    [InlineData("""{"__metadata__":{"mlp_format_version":"99"}}""", 0, "ModelTooNew", "version 99")]
    public void A_file_that_is_no_model_is_refused(string header, int dataLength, string errorId, string part)
    {
        Write(header, dataLength);
        AssertFails(errorId, part);
    }

    [Fact]
    public void Every_truncation_of_a_model_is_refused()
    {
        ModelFile.Write(MlpModel.Create(2, new HiddenLayers([2], [Activation.ReLU]), 2, Initializer.He, 1), ModelPath);
        byte[] whole = File.ReadAllBytes(ModelPath);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(ModelPath, whole[..length]);
            Assert.Equal("InvalidSafetensors", Assert.Throws<MlpException>(() => ModelFile.Read(ModelPath)).ErrorId);
        }
    }

    [Fact]
    public void A_missing_file_is_named() => AssertFails("FileNotFound", ModelPath);

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(ModelPath);
        MlpModel model = MlpModel.Create(2, new HiddenLayers([], [Activation.ReLU]), 2, Initializer.He, 1);
        Assert.Equal("FileNotWritten", Assert.Throws<MlpException>(() => ModelFile.Write(model, ModelPath)).ErrorId);
        Assert.Equal(
            "FileNotWritten",
            Assert.Throws<MlpException>(() => ModelFile.Write(model, Path.Combine(_folder, "no", "such", "folder", "m.onnx"))).ErrorId);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private void Write(string header, int dataLength) =>
        File.WriteAllBytes(
            ModelPath, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataLength]]);

    private void AssertFails(string errorId, string part)
    {
        var failure = Assert.Throws<MlpException>(() => ModelFile.Read(ModelPath));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(part, failure.Text.ToString(TestData.Say));
    }
}
