using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Files.Onnx;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using ProtoBuf;

namespace MlpPowerShell.Engine.Tests;

/// <summary>
/// Graphs as other tools than PyTorch write them, and some that must be refused. The layer is y = 2 x0 + 3 x1, 5 x0 + 7 x1.
/// </summary>
public sealed class OnnxGraphTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly OnnxGraphBuilder _graph = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void MatMul_and_Add_are_a_layer()
    {
        string product = _graph.Node("p", "MatMul", [Input(), Weights(transposed: false)]);
        AssertSums(_graph.Node("y", "Add", [product, _graph.Constant("b", [10f, 20f], 2)]), 10 + 2 + 6, 20 + 5 + 14);
    }

    [Fact]
    public void Gemm_has_factors_and_takes_weights_as_they_stand()
    {
        string[] inputs = [Input(), Weights(transposed: false), _graph.Constant("b", [10f, 20f], 2)];
        AssertSums(_graph.Node("y", "Gemm", inputs, ("alpha", 2f), ("beta", 0.5f)), 5 + (2 * 8), 10 + (2 * 19));
    }

    [Fact]
    public void Constants_before_and_after_go_into_the_layer()
    {
        string shifted = _graph.Node("s", "Sub", [Input(), _graph.Constant("mean", [0.5f, 1f], 1, 2)]);
        string scaled = _graph.Node("f", "Div", [shifted, _graph.Constant("deviation", [0.25f, 2f], 1, 2)]);
        string sums = _graph.Node("z", "Gemm", [scaled, Weights(transposed: true)], ("transB", 1));

        // x = (1, 2) becomes (2, 0.5).
        AssertSums(_graph.Node("y", "Mul", [sums, _graph.Constant("c", [10f])]), 10 * (4 + 1.5f), 10 * (10 + 3.5f));
    }

    [Fact]
    public void Weights_may_be_constants_of_nodes_and_transposed()
    {
        string weights = _graph.Node("w", "Transpose", [Weights(transposed: true)]);
        AssertSums(_graph.Node("y", "MatMul", [Input(), weights]), 8, 19);
    }

    [Fact]
    public void A_normalization_at_the_end_goes_into_the_layer()
    {
        string sums = _graph.Node("z", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        string[] inputs =
        [
            sums,
            _graph.Constant("g", [2f, 2f], 2),
            _graph.Constant("b", [1f, 1f], 2),
            _graph.Constant("m", [8f, 17f], 2),
            _graph.Constant("v", [0.99f, 3.99f], 2),
        ];
        AssertSums(_graph.Node("y", "BatchNormalization", inputs, ("epsilon", 0.01f)), 1, 1 + (2 * 2 / 2f));
    }

    [Fact]
    public void Bytes_count_as_fractions_in_the_module()
    {
        string pixels = _graph.Node("f", "Cast", [_graph.Input("x", OnnxType.UInt8, 2, string.Empty)], ("to", 1));
        _graph.Node("y", "Gemm", [pixels, Weights(transposed: true)], ("transB", 1));
        MlpModel model = Read();
        float[] outputs = new float[2];
        new MlpPredictor(model).Predict(new MlpDataset("bytes", new byte[] { 1, 2 }, null, 2, []), 0, 1, outputs);
        Assert.Equal([8f, 19f], outputs.Select(value => MathF.Round(value, 3)));
    }

    [Theory]
    [InlineData("Relu", "ends with an activation")]
    [InlineData("HardSigmoid", "is no part of a multilayer perceptron")]
    [InlineData("Flatten", "turns samples into something else")]
    [InlineData("Pow", "is no part")]
    public void What_can_not_be_a_layer_is_refused_by_its_name(string operation, string why)
    {
        string sums = _graph.Node("z", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        _graph.Node("the culprit", operation, [sums], ("axis", 0), ("alpha", 0.3f));
        MlpException failure = Assert.Throws<MlpException>(Read);
        Assert.Contains(why, failure.Message);
        if (operation != "Relu")
            Assert.Contains("'the culprit'", failure.Message);
    }

    public static TheoryData<string, int> Forms()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in ActivationTests.Names.Where(name => name != "Identity"))
        {
            for (int i = 0; i < Activation.Named(name).Onnx.Length; i++)
                data.Add(name, i);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_an_activation_is_read(string name, int form)
    {
        Activation activation = Activation.Named(name);
        string sums = _graph.Node("z", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        string active = OnnxActivations.Write(_graph, activation.Onnx[form], (float)activation.Slope, "a", sums);
        _graph.Node("y", "MatMul", [active, Weights(transposed: true)]);
        Assert.Equal($"{name}, Identity", Read().Activations);
    }

    [Fact]
    public void A_value_that_an_activation_would_lose_is_no_activation()
    {
        string sums = _graph.Node("z", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        string active = OnnxActivations.Write(_graph, Activation.Named("Mish").Onnx[0], 0, "a", sums);
        _graph.Node("residual", "Add", [active, sums]);
        Assert.Contains("each value goes into one layer", Assert.Throws<MlpException>(Read).Message);
    }

    [Fact]
    public void Weights_in_another_file_are_not_followed()
    {
        _graph.Node("y", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        _graph.Graph.Initializers[0].DataLocation = 1;
        Assert.Contains("another file", Assert.Throws<MlpException>(Read).Message);
    }

    [Fact]
    public void A_graph_that_goes_in_circles_ends()
    {
        string value = _graph.Node("z", "Gemm", [Input(), Weights(transposed: true)], ("transB", 1));
        _graph.Graph.Nodes[0].Inputs[0] = "x";
        var back = new OnnxNode { Operator = "Identity" };
        back.Inputs.Add(value);
        back.Outputs.Add(value);
        _graph.Graph.Nodes.Add(back);
        Assert.Contains("goes in circles", Assert.Throws<MlpException>(Read).Message);
    }

    [Theory]
    [InlineData("Mul", 2f)]
    [InlineData("Add", 1f)]
    public void Large_weights_computed_anew_by_each_of_many_nodes_are_refused(string operation, float number)
    {
        string weights = _graph.Constant("w", new float[250_000], 1000, 250);
        string value = _graph.Node("z", "MatMul", [_graph.Input("x", OnnxType.Float, 1000, string.Empty), weights]);
        string constant = _graph.Constant("c", [number]);
        for (int i = 0; i < 20_000; i++)
            value = _graph.Node($"n{i}", operation, [value, constant]);
        Assert.Contains("more arithmetic", Assert.Throws<MlpException>(Read).Message);
    }

    [Fact]
    public void A_model_of_many_layers_is_read_and_named()
    {
        string value = _graph.Input("x", OnnxType.Float, 1, string.Empty), weight = _graph.Constant("w", [1f], 1, 1);
        for (int i = 0; i < 20_000; i++)
            value = _graph.Node($"n{i}", "MatMul", [value, weight]);
        MlpModel model = Read();
        Assert.Equal(20_000, model.Layers.Count);
        Assert.InRange(model.ToString().Length, 1, 200);
    }

    [Fact]
    public void One_large_constant_used_again_and_again_is_refused()
    {
        string value = Input();
        string weights = _graph.Constant("w", new float[200 * 2], 2, 2);
        _graph.Graph.Initializers[0].Sizes = [20, 20];
        for (int i = 0; i < 5000; i++)
            value = _graph.Node($"n{i}", "MatMul", [value, weights]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MlpException>(Read);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64_000_000);
    }

    private string Input() => _graph.Input("x", OnnxType.Float, 2, string.Empty);

    private string Weights(bool transposed) => _graph.Constant("weights", transposed ? new float[] { 2, 3, 5, 7 } : [2, 5, 3, 7], 2, 2);

    private MlpModel Read()
    {
        var file = new OnnxModel { Graph = _graph.Graph };
        using (FileStream stream = File.Create(_path))
            Serializer.Serialize(stream, file);
        return ModelFile.Read(_path, new ModelReadOptions { Format = ModelFormat.Onnx, Loss = LossKind.MeanSquaredError });
    }

    /// <summary>Asserts what the graph makes of (1, 2).</summary>
    private void AssertSums(string output, params float[] sums)
    {
        _graph.Output(output, OnnxType.Float, [2], string.Empty);
        float[] outputs = new float[2];
        new MlpPredictor(Read()).Predict(new MlpDataset("x", new float[] { 1, 2 }, null, 2, []), 0, 1, outputs);
        Assert.All(sums.Zip(outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }
}
