using System.Globalization;
using Microsoft.CodeAnalysis;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class ModelFormatTests
{
    public static TheoryData<string, string, bool> Predictors()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (string kind in ActivationTests.Names)
            data.Add("features", kind, kind is "ReLU" or "GELU");
        data.Add("kind", "ReLU", false);
        data.Add("price", "Tanh", true);
        data.Add("visits", "Tanh", true);
        data.Add("isRed", "ReLU", false);
        data.Add("ranks", "ReLU", false);
        data.Add("pixels", "ReLU", false);
        return data;
    }

    [Theory]
    [MemberData(nameof(Predictors))]
    public void The_class_predicts_without_us(string label, string activation, bool normalized)
    {
        MlpDataset data = label switch
        {
            "features" => TestData.Random(1, 100, 6, 3),
            "ranks" => Waves.Data(i => i % 4, 4),
            "pixels" => TestData.Test.Take([.. Enumerable.Range(0, 100)]),
            _ => TravelTestModels.Table(label),
        };
        LossKind? loss = label switch
        {
            "isRed" => LossKind.BinaryFocal,
            "visits" => LossKind.Poisson,
            "ranks" => LossKind.Ordinal,
            _ => null,
        };
        MlpModel model = TravelTestModels.Trained(data, [9, 5], Activation.Named(activation), loss, normalized);
        ModelFile.Write(model, PathOf("a strange-name.cs"));
        Type predictor = Compiled(File.ReadAllText(PathOf("a strange-name.cs"))).GetType("AStrangeName")!;
        MlpPrediction[] expected = [.. new MlpPredictor(model).Predict(data)];
        for (int i = 0; i < 20; i++)
        {
            object[] inputs = label switch
            {
                "features" or "ranks" => [data.GetSample(i)],
                "pixels" => [Array.ConvertAll(data.GetSample(i), value => (byte)MathF.Round(value * 255))],
                _ => [.. data.Columns.Select(column => ForPredictor(column, i)!)],
            };
            object outputs = Call(predictor, "Predict", inputs);
            if (model.Loss.IsRegression())
            {
                Assert.Equal((double)expected[i].Prediction, ((double[])outputs).Single(), 1e-2);
                continue;
            }

            Assert.All(expected[i].Probabilities.Zip((float[])outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            Assert.Equal(Convert.ToString(expected[i].Prediction, CultureInfo.InvariantCulture), Call(predictor, "Classify", inputs));
        }

        static object? ForPredictor(DataColumn column, int row) => column.ValueAt(row) switch
        {
            null => column.Kind == ColumnKind.Category ? null : double.NaN,
            bool flag => flag ? 1.0 : 0,
            DateTime day => (day - new DateTime(2000, 1, 1)).TotalDays,
            string text => text,
            object number => Convert.ToDouble(number, CultureInfo.InvariantCulture),
        };
    }

    [Theory]
    [InlineData(0.35, "class 1")]
    [InlineData(0.65, "class 0")]
    public void Programs_name_the_class_by_the_models_threshold(double threshold, string positive)
    {
        MlpDataset data = TestData.Random(1, 40, 3, 2);
        MlpModel model =
            MlpModel.CreateFor(data, new HiddenLayers([], [Activation.ReLU]), Initializer.He, 1).WithThreshold(threshold, positive);
        ModelFile.Write(model, PathOf("careful.cs"));
        Type predictor = Compiled(File.ReadAllText(PathOf("careful.cs"))).GetType("Careful")!;
        MlpPrediction[] expected = [.. new MlpPredictor(model).Predict(data)];
        Assert.Equal(2, expected.Select(prediction => prediction.Prediction).Distinct().Count());
        for (int i = 0; i < data.Count; i++)
            Assert.Equal(expected[i].Prediction, Call(predictor, "Classify", [data.GetSample(i)]));
    }

    [Theory]
    [MemberData(nameof(CalibrationTests.Written), MemberType = typeof(CalibrationTests))]
    public void Programs_calibrate_as_the_model_does(LossKind loss, CalibrationMethod method)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(loss);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, method);
        ModelFile.Write(calibrated, PathOf("sure.cs"));
        Type predictor = Compiled(File.ReadAllText(PathOf("sure.cs"))).GetType("Sure")!;
        var outputs = new float[model.OutputSize];
        var plain = new float[model.OutputSize];
        for (int i = 0; i < data.Count; i++)
        {
            new MlpPredictor(calibrated).Predict(data, i, 1, outputs);
            new MlpPredictor(model).Predict(data, i, 1, plain);
            float[] written = (float[])Call(predictor, "Predict", [data.GetSample(i)]);
            float[] expected = outputs;
            if (calibrated.Output.IsCumulative)
            {
                expected = new float[calibrated.ClassNames.Count];
                OutputScorer.CopyProbabilities(outputs, expected);
            }

            Assert.All(expected.Zip(written), pair => Assert.Equal(pair.First, pair.Second, 2e-6f));
            Assert.NotEqual(plain[0], outputs[0], 1e-4f);
        }
    }

    [Fact]
    public void Names_do_not_become_code()
    {
        MlpDataset data = TestData.Random(1, 10, 2, 2);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([], [Activation.ReLU]), Initializer.He, 1);
        string[] names = ["\" + System.Environment.Exit(1) + \"\\\"\n#error", "*/ } class"];
        model.NameClasses(names);
        ModelFile.Write(model, PathOf("9 \"x.cs"));
        Type predictor = Compiled(File.ReadAllText(PathOf("9 \"x.cs"))).GetType("Predictor9X")!;
        Assert.Equal(names, predictor.GetProperty("Names")!.GetValue(null));
    }

    [Fact]
    public void Names_keep_the_letters_of_any_alphabet()
    {
        MlpDataset data =
            TableTests.Table(["Fläche in m²", "цена", "class", "kind"], [1.0, 2.0, 3.0, "a"], [2.0, 1.0, 5.0, "b"], [3.0, 4.0, 1.0, "a"])
            .ToDataset(new TableOptions { Label = ["kind"] });
        ModelFile.Write(TravelTestModels.Trained(data, [3], Activation.ReLU), PathOf("Größe 2.cs"));
        string source = File.ReadAllText(PathOf("Größe 2.cs"));
        Assert.NotNull(Compiled(source).GetType("Größe2"));
        Assert.Contains("Predict(double flächeInM, double @цена, double @class)", source);
    }

    [Theory]
    [InlineData("Tanh")]
    [InlineData("PReLU")]
    public void Python_predicts_with_our_files_as_we_do(string activation)
    {
        string? python = Array.Find(["/usr/bin/python3", "python3", "python"], HasNumPy);
        Assert.SkipWhen(python is null, "There is no Python with NumPy on this machine.");
        MlpModel model = TravelTestModels.Trained(TestData.Random(1, 300, 6, 3), [7], Activation.Named(activation));
        ModelFile.Write(model, PathOf("torch.safetensors"), ModelFormat.PyTorch);
        ModelFile.Write(model, PathOf("model.npz"));
        MlpDataset data = TestData.Random(2, 100, 6, 3);
        File.WriteAllLines(PathOf("expected.csv"), new MlpPredictor(model).Predict(data).Select(prediction =>
            string.Join(
                ',',
                data.GetSample(prediction.Index)
                    .Concat(prediction.Probabilities)
                    .Select(value => value.ToString("R", CultureInfo.InvariantCulture)))));
        (int exitCode, string output) = Python(python, TestData.Reference("check_models.py"), _folder);
        Assert.True(exitCode == 0 && output.Contains("NumPy: 100 samples", StringComparison.Ordinal), output);

        static bool HasNumPy(string path)
        {
            try
            {
                return Python(path, "-c", "import numpy").ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
