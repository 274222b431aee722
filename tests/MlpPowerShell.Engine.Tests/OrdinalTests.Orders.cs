using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class OrdinalTests
{
    private enum Grade
    {
        Poor,
        Fair,
        Best,
    }

    public static TheoryData<string, string[]> Orders => new()
    {
        { "enum", ["Poor", "Fair", "Best"] },
        { "numbers", ["-2", "9", "10"] },
        { "numbers as texts", ["9", "10", "100.5"] },
        { "days", ["2023-12-31", "2024-01-02", "2024-11-01"] },
        { "spans", ["00:00:30", "10:00:00", "1.00:00:00"] },
        { "ARFF", ["small", "medium", "large"] },
        { "ARFF numbers", ["1", "2", "10"] },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_order_is_that_of_what_the_classes_stand_for(string kind, string[] expected)
    {
        object[] values = kind switch
        {
            "enum" => [Grade.Best, Grade.Poor, Grade.Fair],
            "numbers" => [9, 10, -2],
            "numbers as texts" => ["10", "100.5", "9"],
            "days" => [new DateTime(2024, 11, 1), new DateTime(2023, 12, 31), new DateTime(2024, 1, 2)],
            "spans" => [TimeSpan.FromDays(1), TimeSpan.FromSeconds(30), TimeSpan.FromHours(10)],
            _ => [],
        };
        MlpDataset data = kind switch
        {
            "ARFF" => Arff("{small, medium, large}", "large", "small", "medium"),
            "ARFF numbers" => Arff("{10, 2, 1}", "10", "2", "1"),
            _ => Labelled(values),
        };
        Assert.Equal(expected, ModelEnds.Fit(data, LossKind.Ordinal, new EncodingOptions()).Output.Names);
    }

    [Fact]
    public void Texts_need_an_order_that_somebody_knows()
    {
        MlpDataset data = Labelled("good", "bad", "middle");
        MlpException failure = Fails(data);
        Assert.Equal("ClassOrderUnknown", failure.ErrorId);
        Assert.Contains("Name all of them [ClassOrder], the lowest first.", failure.Text.ToString(TestData.Say));

        // The alphabet, declared or not, says nothing of what is more.
        Assert.Equal("ClassOrderUnknown", Fails(Arff("{bad, good, middle}", "good", "bad", "middle")).ErrorId);
        Assert.Equal("ClassOrderUnknown", Fails(TestData.Random(1, 30, 3, 3)).ErrorId);
        Assert.Equal(["bad", "middle", "good"], Fit(data, "bad", "Middle", "GOOD").Names);
        OutputHead more = Fit(data, "awful", "bad", "middle", "good");
        Assert.Equal((4, 3), (more.Names.Count, more.Size));
        Assert.Equal("ClassOrderIncomplete", Fails(data, "bad", "good").ErrorId);
        Assert.Equal("DuplicateClass", Fails(data, "bad", "middle", "good", "Good").ErrorId);
        Assert.EndsWith(
            "leaves out good of the label label, and has godo (did you mean good?), which no sample is.",
            Fails(data, "bad", "middle", "godo").Message);

        // Two classes are in the same order from either side.
        Assert.Equal(1, Fit(Labelled("yes", "no")).Size);

        OutputHead Fit(MlpDataset data, params string[] order) =>
            ModelEnds.Fit(data, LossKind.Ordinal, new EncodingOptions { ClassOrder = order }).Output;

        MlpException Fails(MlpDataset data, params string[] order) => Assert.Throws<MlpException>(() => Fit(data, order));
    }

    [Fact]
    public void Outputs_of_other_losses_stand_in_the_order_that_is_asked_for_too()
    {
        MlpDataset data = Labelled("good", "bad", "middle");
        var options = new EncodingOptions { ClassOrder = ["middle", "bad", "good"] };
        Assert.Equal(options.ClassOrder, ModelEnds.Fit(data, null, options).Output.Names);
        Assert.Equal(options.ClassOrder, ModelEnds.Fit(data, LossKind.BinaryCrossEntropy, options).Output.Names);
    }

    [Fact]
    public void A_model_of_sizes_takes_on_classes_whose_order_is_known()
    {
        var model = MlpModel.Create(1, new HiddenLayers([], []), 2, Initializer.Default, 1, LossKind.Ordinal);
        Assert.Equal(["0", "1", "2"], model.ClassNames);
        model.Adopt(Labelled(Grade.Fair, Grade.Best, Grade.Poor));
        Assert.Equal(["Poor", "Fair", "Best"], model.ClassNames);
        Assert.Equal(Grade.Best, model.Output.ValueOf(2));
        Assert.Equal(
            "ClassCountMismatch", Assert.Throws<MlpException>(() => model.NameClasses(["a", "b"])).ErrorId);
    }

    [Theory]
    [InlineData(ModelFormat.Safetensors)]
    [InlineData(ModelFormat.Onnx)]
    public void Files_keep_the_order_and_predict_the_same(ModelFormat format)
    {
        MlpDataset data = Ranks(200);
        MlpModel model = TravelTestModels.Trained(data, [6], Activation.Named("Tanh"), LossKind.Ordinal);
        string folder = Directory.CreateTempSubdirectory("mlp-ordinal-").FullName;
        string path = Path.Combine(folder, "m");
        ModelFile.Write(model, path, format);
        MlpModel back = ModelFile.Read(path, new ModelReadOptions { Format = format });
        Assert.Equal((LossKind.Ordinal, 4), (back.Loss, back.OutputSize));
        Assert.Equal(model.ClassNames, back.ClassNames);
        MlpPrediction[] expected = [.. new MlpPredictor(model).Predict(data)], actual = [.. new MlpPredictor(back).Predict(data)];
        Assert.Equal(expected.SelectMany(item => item.Probabilities), actual.SelectMany(item => item.Probabilities));
        Assert.Equal(expected.Select(item => item.Prediction), actual.Select(item => item.Prediction));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void ONNX_Runtime_predicts_as_we_do(int outputs)
    {
        MlpDataset data = TestData.Random(1, 50, 3, outputs + 1);
        MlpModel model =
            MlpModel.Create(3, new HiddenLayers([7], [Activation.ReLU]), outputs, Initializer.PyTorch, 1, LossKind.Ordinal).Named(data);
        string path = Path.Combine(Directory.CreateTempSubdirectory("mlp-ordinal-").FullName, "m.onnx");
        ModelFile.Write(model, path);
        using (var session = new InferenceSession(path))
        {
            float[] features = [.. Enumerable.Range(0, data.Count).SelectMany(data.GetSample)];
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results =
                session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(features, [data.Count, 3]))]);
            float[] actual = [.. results.Single(result => result.Name == "probabilities").AsEnumerable<float>()];
            MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data)];
            Assert.Equal(data.Count * (outputs + 1), actual.Length);
            Assert.All(
                predictions.SelectMany(item => item.Probabilities).Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.Equal(
                predictions.Select(item => item.Prediction),
                results.Single(result => result.Name == "label").AsEnumerable<string>());
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static MlpDataset Labelled(params object[] labels) =>
        TableTests.Table(["x", "label"], [.. labels.Concat(labels).Select((label, i) => new object?[] { 1.5 * i, label })])
            .ToDataset(new TableOptions { Label = ["label"], Task = MlpTask.Classification });

    private static MlpDataset Arff(string type, params string[] labels)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mlp-ordinal-").FullName, "data.arff");
        string rows = string.Join('\n', labels.Select((label, i) => $"{i}.5,{label}"));
        File.WriteAllText(path, $"@relation r\n@attribute x numeric\n@attribute label {type}\n@data\n{rows}\n");
        MlpDataset data = TableReader.Read(path, new TableReadOptions())
            .ToDataset(new TableOptions { Label = ["label"], Task = MlpTask.Classification });
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return data;
    }
}
