using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class PReLUTests
{
    [Theory]
    [InlineData(false, "0.weight 0.bias 1.weight 2.weight 2.bias 3.weight 4.weight 4.bias")]
    [InlineData(true, "0.weight 1.NORM 2.weight 3.weight 4.NORM 5.weight 6.weight 6.bias")]
    public void Slopes_have_PyTorchs_names_there(bool batchNormalization, string names)
    {
        MlpModel model = Model(batchNormalization);
        model.Layers[1].Slopes!.MapIndexedInplace((unit, _) => unit / 8f);
        ModelFile.Write(model, PathOf("t.safetensors"), ModelFormat.PyTorch);
        ModelContent content = SafetensorsFile.Read(PathOf("t.safetensors"));
        foreach (string module in new[] { "1.", "4." })
        {
            names = names.Replace(
                module + "NORM", string.Join(' ', _normalization.Select(field => module + field)), StringComparison.Ordinal);
        }

        Assert.Equal(names, string.Join(' ', content.Tensors.Keys));
        Assert.Equal([30], content.Tensors[batchNormalization ? "2.weight" : "1.weight"].Shape);
        Assert.Equal(model.Fingerprint(), ModelFile.Read(PathOf("t.safetensors")).Fingerprint());
        ModelFile.Write(model, PathOf("m.npz"));
        Assert.Contains(MlpModelInfo.Read(PathOf("m.npz")).Tensors, array => array is { Name: "a1", Shape: [30] });
    }

    [Fact]
    public void Slopes_belong_to_the_layer_before_them_in_sorted_files_too()
    {
        MlpModel model = Named("act1.weight", "act2.weight", "fc1.weight", "fc2.weight", "fc3.weight");
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], model.Layers[0].Slopes!);
        Assert.Equal([1f, 2f, 3f], model.Layers[1].Slopes!);
        MlpModel unnumbered = Named("hidden.weight", "act.weight", "more.weight", "activation.weight", "out.weight");
        Assert.Equal(model.Fingerprint(), unnumbered.Fingerprint());

        MlpModel Named(params string[] names)
        {
            // The sizes of the layers tell which tensor is which; one slope is that of each unit.
            int weights = 0, slopes = 0;
            ModelTensor[] tensors = [.. names.Select(name => name.StartsWith("act", StringComparison.Ordinal)
                ? slopes++ == 0 ? new ModelTensor(name, [1], [0.5f]) : new ModelTensor(name, [3], [1, 2, 3])
                : new ModelTensor(name, [4 - weights, 5 - weights], new float[(4 - weights) * (5 - weights++)]))];
            Write(tensors);
            return Read(_prelu);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_words()
    {
        ModelTensor[] layers = [new("0.weight", [3, 2], new float[6]), new("2.weight", [2, 3], new float[6])];
        ModelTensor Slopes(string name, int count) => new(name, [count], new float[count]);
        AssertRefused("layers.0.slope, and ReLU has none; PReLU has", Activation.ReLU, [.. layers, Slopes("1.weight", 3)]);
        AssertRefused("has no layers.0.slope of 3 values", _prelu, layers);
        AssertRefused("has no layers.0.slope of 3 values", _prelu, [.. layers, Slopes("1.weight", 2)]);
        AssertRefused("slopes act.weight where no layer", _prelu, [Slopes("act.weight", 1), .. layers]);
        AssertRefused("layers.1.slope, and Softmax has none", _prelu, [.. layers, Slopes("1.weight", 3), Slopes("3.weight", 2)]);
        AssertRefused("slopes 4.weight where no layer", _prelu, [.. layers, Slopes("3.weight", 2), Slopes("4.weight", 2)]);

        void AssertRefused(string message, Activation activation, ModelTensor[] tensors)
        {
            Write(tensors);
            MlpException failure = Assert.Throws<MlpException>(() => Read(activation));
            Assert.Equal("InvalidModelFile", failure.ErrorId);
            Assert.Contains(message, failure.Message);
        }
    }

    [Theory]
    [InlineData("(0.5)", "none to choose")]
    [InlineData("()", "none to choose")]
    public void The_first_slope_is_not_chosen(string slope, string message) =>
        Assert.Contains(message, Assert.Throws<MlpException>(() => Activation.Named("PReLU" + slope)).Message);
}
