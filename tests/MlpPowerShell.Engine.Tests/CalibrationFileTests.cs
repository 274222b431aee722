using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Calibrations in model files.</summary>
public sealed class CalibrationFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-calibration-").FullName;

    public static TheoryData<LossKind, CalibrationMethod> Written => CalibrationTests.Written;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ModelFormat.Safetensors, CalibrationMethod.Temperature)]
    [InlineData(ModelFormat.Safetensors, CalibrationMethod.Isotonic)]
    [InlineData(ModelFormat.Npz, CalibrationMethod.Platt)]
    [InlineData(ModelFormat.Npz, CalibrationMethod.Isotonic)]
    [InlineData(ModelFormat.Onnx, CalibrationMethod.Temperature)]
    [InlineData(ModelFormat.Onnx, CalibrationMethod.Platt)]
    public void Files_keep_them(ModelFormat format, CalibrationMethod method)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, method);
        string path = PathOf($"model.{format.ToString().ToLowerInvariant()}");
        CultureInfo.CurrentCulture = Cultures.Of("German");
        ModelFile.Write(calibrated, path);
        CultureInfo.CurrentCulture = Cultures.Of("Swedish");
        MlpModel read = ModelFile.Read(path);
        Assert.Equal("9", MlpModelInfo.Read(path).FormatVersion);
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(read));
        Assert.Equal(
            new MlpPredictor(calibrated).Predict(data).SelectMany(prediction => prediction.Probabilities),
            new MlpPredictor(read).Predict(data).SelectMany(prediction => prediction.Probabilities));
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(ModelFile.Read(path).WithoutCalibration()));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Onnx_gives_calibrated_probabilities(LossKind loss, CalibrationMethod method)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(loss);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, method);
        ModelFile.Write(calibrated, PathOf("model.onnx"));
        using var session = new InferenceSession(PathOf("model.onnx"));
        float[] features = [.. Enumerable.Range(0, data.Count).SelectMany(data.GetSample)];
        string input = session.InputMetadata.Keys.Single();
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(features, [data.Count, 6]))]);
        float[] probabilities = [.. results.Single(result => result.Name == "probabilities").AsTensor<float>()];
        float[] expected = [.. new MlpPredictor(calibrated).Predict(data).SelectMany(prediction => prediction.Probabilities)];
        Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 3e-6f));
        float[] before = [.. new MlpPredictor(model).Predict(data).SelectMany(prediction => prediction.Probabilities)];
        Assert.Contains(before.Zip(probabilities), pair => Math.Abs(pair.First - pair.Second) > 0.01);
        MlpModel read = ModelFile.Read(PathOf("model.onnx"));
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(read));
        Assert.Equal(loss, read.Loss);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.cs")]
    public void What_is_no_formula_is_not_written(string name)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.BinaryCrossEntropy);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, CalibrationMethod.Isotonic);
        Assert.Equal("CalibrationNotWritten", Assert.Throws<MlpException>(() => ModelFile.Write(calibrated, PathOf(name))).ErrorId);
        Assert.False(File.Exists(PathOf(name)));
        ModelFile.Write(calibrated.WithoutCalibration(), PathOf(name));
        Assert.True(File.Exists(PathOf(name)));
    }

    [Theory]
    [InlineData("\"Temperature\":0")]
    [InlineData("\"Temperature\":-2")]
    [InlineData("\"Curves\":[{\"Slope\":1}]")]
    [InlineData("\"Curves\":[null,null,null]")]
    [InlineData("\"Curves\":[{\"Scores\":[2,1],\"Probabilities\":[0,1]},{},{}]")]
    [InlineData("\"Curves\":[{\"Scores\":[1,2],\"Probabilities\":[0.5,0.25]},{},{}]")]
    [InlineData("\"Curves\":[{\"Scores\":[1,2],\"Probabilities\":[0]},{},{}]")]
    public void What_no_model_can_have_is_not_read(string said)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, CalibrationMethod.Temperature);
        ModelContent content = ModelContent.Of(calibrated);
        var facts = new Dictionary<string, string>(content.Metadata);
        string output = Regex.Replace(facts["output"], "\"Calibration\":\\{[^}]*\\}", $"\"Calibration\":{{{said}}}");
        Assert.NotEqual(facts["output"], output);
        facts["output"] = output;
        Assert.Equal(
            "InvalidModelFile",
            Assert.Throws<MlpException>(() => (content with { Metadata = facts }).ToModel("a file", new ModelReadOptions())).ErrorId);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
