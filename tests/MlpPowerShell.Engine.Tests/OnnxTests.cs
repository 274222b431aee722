using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>ONNX out, run by ONNX Runtime, and in, written by PyTorch.</summary>
public sealed class OnnxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-onnx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string ModelPath => Path.Combine(_folder, "model.onnx");

    private static JsonElement Runs { get; } = JsonDocument.Parse(File.ReadAllText(TestData.Reference("models/runs.json"))).RootElement;

    [Theory]
    [InlineData(WeightPrecision.Single)]
    [InlineData(WeightPrecision.Half)]
    [InlineData(WeightPrecision.Int8)]
    public void ONNX_Runtime_predicts_all_test_images_as_the_engine_does(WeightPrecision precision)
    {
        MlpModel model = MlpModel.CreateFor(TestData.Train, new HiddenLayers([32], [Activation.ReLU]), Initializer.He, 1);
        _ = MlpTrainer.Train(model, TestData.Train, null, new TrainingOptions { Epochs = 1, BatchSize = 128, LearningRate = 0.1, Seed = 1 })
            .Last();
        ModelFile.Write(model, ModelPath, precision: precision);
        MlpDataset test = TestData.Test;
        byte[] pixels = [.. Enumerable.Range(0, test.Count)
            .SelectMany(i => test.GetSample(i).Select(value => (byte)MathF.Round(value * 255)))];
        using var session = new InferenceSession(ModelPath);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("pixels", new DenseTensor<byte>(pixels, [test.Count, 784]))]);
        long[] labels = [.. Output<long>(results, "label")];
        float[] probabilities = [.. Output<float>(results, "probabilities")];

        MlpPrediction[] expected = [.. new MlpPredictor(ModelFile.Rounded(model, precision)).Predict(test)];
        Assert.Equal(10_000, labels.Length);
        Assert.Equal(expected.Select(prediction => (int)prediction.Prediction), labels.Select(label => (int)label));
        AssertClose(expected.SelectMany(prediction => prediction.Probabilities), probabilities);
        if (precision == WeightPrecision.Int8)
            Assert.True(new FileInfo(ModelPath).Length < 784 * 32 * 1.2, "The weights take more than a byte each.");
    }

    public static TheoryData<string, bool> Activations()
    {
        var data = new TheoryData<string, bool>();
        foreach (string kind in ActivationTests.Names)
        {
            data.Add(kind, false);
            data.Add(kind, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Every_activation_runs_elsewhere_and_comes_back(string activation, bool normalized)
    {
        MlpModel model = TravelTestModels.Classifier(Activation.Named(activation), normalized);
        ModelFile.Write(model, ModelPath);
        MlpDataset data = TestData.Random(2, 50, 6, 3);
        using var session = new InferenceSession(ModelPath);
        float[] features = [.. Enumerable.Range(0, data.Count).SelectMany(data.GetSample)];
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(features, [data.Count, 6]))]);
        MlpPrediction[] expected = [.. new MlpPredictor(model).Predict(data)];
        AssertClose(expected.SelectMany(prediction => prediction.Probabilities), [.. Output<float>(results, "probabilities")]);
        Assert.Equal(expected.Select(prediction => (string)prediction.Prediction), Output<string>(results, "label"));

        MlpModel back = ModelFile.Read(ModelPath);
        Assert.Equal(
            (model.Activations, model.Loss, model.HasBatchNormalization), (back.Activations, back.Loss, back.HasBatchNormalization));
        Assert.Equal(model.ClassNames, back.ClassNames);
        AssertClose(
            expected.SelectMany(prediction => prediction.Probabilities),
            [.. new MlpPredictor(back).Predict(data).SelectMany(prediction => prediction.Probabilities)]);
        Assert.Equal(
            2,
            MlpTrainer.Train(back, TestData.Random(1, 300, 6, 3), null, new TrainingOptions { Epochs = 2, LearningRate = 0.01 }).Count());
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy, 0.35, "class 1")]
    [InlineData(LossKind.CrossEntropy, 0.35, "class 0")]
    [InlineData(LossKind.BinaryCrossEntropy, 0.6, "class 0")]
    [InlineData(LossKind.CrossEntropy, 0.0, "class 1")]
    [InlineData(LossKind.CrossEntropy, 1.0, "class 0")]
    public void Labels_are_by_the_models_threshold(LossKind loss, double threshold, string positive)
    {
        MlpDataset data = TestData.Random(2, 80, 4, 2);
        MlpModel model = MlpModel.CreateFor(
            ModelEnds.Fit(data, loss, new EncodingOptions()), new HiddenLayers([5], [Activation.ReLU]), Initializer.Default, 3)
            .WithThreshold(threshold, positive);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        float[] features = [.. Enumerable.Range(0, data.Count).SelectMany(data.GetSample)];
        string input = session.InputMetadata.Keys.Single();
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(features, [data.Count, 4]))]);
        string[] expected = [.. new MlpPredictor(model).Predict(data).Select(prediction => (string)prediction.Prediction)];
        Assert.Equal(expected, Output<string>(results, "label"));
        Assert.Equal(model.Output.Decision, ModelFile.Read(ModelPath).Output.Decision);
    }

    [Fact]
    public void Named_columns_go_in_and_class_names_come_out()
    {
        MlpDataset table = TravelTestModels.Table("kind");
        MlpModel model = TravelTestModels.Trained(table, [8], Activation.ReLU);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        Assert.Equal(["size", "the colour", "features", "day", "serial"], session.InputMetadata.Keys);
        object?[][] rows =
        [
            [12.5, "red", true, new DateTime(2021, 5, 6), 1_000_123.0],
            [80.0, "\"blue\"", false, new DateTime(2023, 1, 2), 1_000_999.0],
            [null, null, true, new DateTime(2020, 1, 1), 1_000_000.0],
        ];
        using var results = session.Run(Columns(rows));
        MlpPrediction[] expected = Array.ConvertAll(rows, row => new MlpPredictor(model).Predict(row, _ => null));
        Assert.Equal(expected.Select(prediction => (string)prediction.Prediction), Output<string>(results, "label"));
        AssertClose(expected.SelectMany(prediction => prediction.Probabilities), [.. Output<float>(results, "probabilities")]);

        MlpModel back = ModelFile.Read(ModelPath);
        Assert.Equal(model.Input.FeatureNames, back.Input.FeatureNames);
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(back));
    }

    [Theory]
    [InlineData(FeatureScaling.Standard)]
    [InlineData(FeatureScaling.Log)]
    [InlineData(FeatureScaling.Robust)]
    public void Regression_comes_out_in_the_units_of_the_data(FeatureScaling scaling)
    {
        MlpModel model = TravelTestModels.Trained(TravelTestModels.Table("price"), [8], Activation.Named("Tanh"), scaling: scaling);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        object?[] row = [12.5, "red", true, new DateTime(2021, 5, 6), 1_000_123.0];
        using var results = session.Run(Columns([row]));
        double expected = (double)new MlpPredictor(model).Predict(row, _ => null).Prediction;
        Assert.Equal(expected, Output<double>(results, "prediction").Single(), 1e-3);
        Assert.InRange(expected, 1000, 1400);
        Assert.Equal(LossKind.MeanSquaredError, ModelFile.Read(ModelPath).Loss);
    }

    [Fact]
    public void Counts_come_out_as_what_is_expected()
    {
        MlpModel model =
            TravelTestModels.Trained(TravelTestModels.Table("visits"), [8], Activation.Named("Tanh"), LossKind.Poisson, normalized: true);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        object?[] row = [12.5, "red", true, new DateTime(2021, 5, 6), 1_000_123.0];
        using var results = session.Run(Columns([row]));
        double expected = (double)new MlpPredictor(model).Predict(row, _ => null).Prediction;
        Assert.Equal(expected, Output<double>(results, "prediction").Single(), 1e-5);
        Assert.InRange(expected, 1, 8);
        MlpModel back = ModelFile.Read(ModelPath);
        Assert.Equal(LossKind.Poisson, back.Loss);
        Assert.Equal(expected, new MlpPredictor(back).Predict(row, _ => null).Prediction);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Binary_losses_give_labels_or_two_classes(int outputs)
    {
        bool twoClasses = outputs == 1;
        MlpDataset data = twoClasses ? TestData.Random(1, 200, 4, 2) : TravelTestModels.Table(string.Empty, ["isRed", "isBig"]);
        MlpModel model = TravelTestModels.Trained(data, [5], Activation.Named("Tanh"), LossKind.BinaryCrossEntropy);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        if (twoClasses)
        {
            using var results =
                session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(data.GetSample(0), [1, 4]))]);
            MlpPrediction expected = new MlpPredictor(model).Predict(data, 0);
            AssertClose(expected.Probabilities, [.. Output<float>(results, "probabilities")]);
            Assert.Equal((string)expected.Prediction, Output<string>(results, "label").Single());
        }
        else
        {
            object?[] row = [90.0, "red", true, new DateTime(2021, 5, 6), 1_000_123.0];
            using var results = session.Run(Columns([row]));
            MlpPrediction expected = new MlpPredictor(model).Predict(row, _ => null);
            AssertClose(expected.Probabilities, [.. Output<float>(results, "probabilities")]);
            Assert.Equal(expected.Probabilities.Select(probability => probability > 0.5f ? 1L : 0), Output<long>(results, "labels"));
        }

        MlpModel back = ModelFile.Read(ModelPath);
        Assert.Equal((LossKind.BinaryCrossEntropy, model.OutputSize), (back.Loss, back.OutputSize));
    }

    [Fact]
    public void Columns_may_be_called_as_the_graph_calls_its_values()
    {
        MlpTable table = TableTests.Table(
            ["label", "probabilities", "scaled_features", "y"],
            [.. Enumerable.Range(0, 20).Select(i => new object?[] { i, i % 3, i % 5, i % 2 == 0 ? "a" : "b" })]);
        MlpModel model = TravelTestModels.Trained(table.ToDataset(new TableOptions { Label = ["y"] }), [3], Activation.ReLU);
        ModelFile.Write(model, ModelPath);
        using var session = new InferenceSession(ModelPath);
        Assert.Equal(["label", "probabilities", "scaled_features"], session.InputMetadata.Keys);
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(ModelFile.Read(ModelPath)));
    }

    [Theory]
    [InlineData("relu", "ReLU, ReLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("gelu", "GELU, Softmax", LossKind.CrossEntropy)]
    [InlineData("silu", "SiLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("others", "Tanh, Sigmoid, ELU, LeakyReLU, Softplus, Softmax", LossKind.CrossEntropy)]
    [InlineData("identity", "Identity, Softmax", LossKind.CrossEntropy)]
    [InlineData("dropout", "ReLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("sigmoid", "ReLU, Sigmoid", LossKind.BinaryCrossEntropy)]
    [InlineData("batchnorm", "BatchNorm ReLU, BatchNorm ReLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("batchnorm-after", "ReLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("prelu", "PReLU, PReLU, Softmax", LossKind.CrossEntropy)]
    [InlineData("prelu-shared", "PReLU, ReLU, Softmax", LossKind.CrossEntropy)]
    public void PyTorchs_graphs_predict_as_they_did_there(string name, string activations, LossKind loss)
    {
        MlpModel model = ModelFile.Read(TestData.Reference($"models/{name}.onnx"));
        Assert.Equal((activations, loss), (model.Activations, model.Loss));
        AssertRuns(model, name, sums: loss == LossKind.CrossEntropy);
    }

    [Fact]
    public void A_network_of_pixels_takes_our_images()
    {
        MlpModel model = ModelFile.Read(TestData.Reference("models/pixels.onnx"));
        Assert.Equal(new ImageShape(4, 4), model.ImageShape);
        byte[] pixels = [.. Rows("pixels", "x").SelectMany(row => row.Select(value => (byte)value))];
        var data = new MlpDataset("pixels", pixels, null, 16, []);
        AssertClose(
            Rows("pixels", "y").SelectMany(row => row.Select(value => (float)value)),
            [.. new MlpPredictor(model).Predict(data).SelectMany(prediction => prediction.Probabilities)]);
    }

    [Theory]
    [InlineData("residual", "'/Add' (Add)")]
    [InlineData("convolution", "(Conv)")]
    public void What_is_no_perceptron_is_refused_by_the_node(string name, string node)
    {
        MlpException failure = Assert.Throws<MlpException>(() => ModelFile.Read(TestData.Reference($"models/{name}.onnx")));
        Assert.Equal("InvalidModelFile", failure.ErrorId);
        Assert.Contains(node, failure.Message);
    }

    [Fact]
    public void Every_truncation_is_an_error_that_says_what_it_is()
    {
        ModelFile.Write(MlpModel.Create(2, new HiddenLayers([2], [Activation.ReLU]), 2, Initializer.He, 1), ModelPath);
        byte[] whole = File.ReadAllBytes(ModelPath);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(ModelPath, whole[..length]);
            Exception? failure = Record.Exception(() => ModelFile.Read(ModelPath));
            Assert.True(failure is MlpException or null, $"{length} bytes: {failure}");
        }
    }

    internal static void AssertRuns(MlpModel model, string name, bool sums)
    {
        double[][] x = Rows(name, "x"), y = Rows(name, "y");
        var data = new MlpDataset(name, [.. x.SelectMany(row => row.Select(value => (float)value))], null, x[0].Length, []);
        float[] expected = [.. y.SelectMany(row => sums ? Softmax(row) : row).Select(value => (float)value)];
        AssertClose(expected, [.. new MlpPredictor(model).Predict(data).SelectMany(prediction => prediction.Probabilities)]);
    }

    private static double[] Softmax(double[] sums)
    {
        double[] powers = Array.ConvertAll(sums, sum => Math.Exp(sum - sums.Max()));
        return Array.ConvertAll(powers, power => power / powers.Sum());
    }

    private static double[][] Rows(string name, string part) =>
        [.. Runs.GetProperty(name)
            .GetProperty(part)
            .EnumerateArray()
            .Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];

    private static List<NamedOnnxValue> Columns(object?[][] rows)
    {
        int count = rows.Length;
        return
        [
            Numbers("size", 0),
            Value("the colour", rows.Select(row => (string?)row[1] ?? string.Empty)),
            Numbers("features", 2),
            Numbers("day", 3),
            Numbers("serial", 4),
        ];

        NamedOnnxValue Numbers(string name, int place) => Value(name, rows.Select(row => row[place] switch
        {
            null => double.NaN,
            bool flag => flag ? 1.0 : 0,
            DateTime day => (day - new DateTime(2000, 1, 1)).TotalDays,
            object number => (double)number,
        }));

        NamedOnnxValue Value<T>(string name, IEnumerable<T> values) =>
            NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values.ToArray(), [count, 1]));
    }

    private static IEnumerable<T> Output<T>(IEnumerable<DisposableNamedOnnxValue> results, string name) =>
        results.Single(result => result.Name == name).AsEnumerable<T>();

    private static void AssertClose(IEnumerable<float> expected, float[] actual)
    {
        float[] wanted = [.. expected];
        Assert.Equal(wanted.Length, actual.Length);
        Assert.True(
            wanted.Zip(actual).All(pair => MathF.Abs(pair.First - pair.Second) <= 1e-5f),
            $"The largest difference is {wanted.Zip(actual).Max(pair => MathF.Abs(pair.First - pair.Second))}.");
    }
}
