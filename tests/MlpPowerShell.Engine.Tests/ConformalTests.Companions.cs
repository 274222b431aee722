using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <content>Intervals that other models say the place or the width of.</content>
public sealed partial class ConformalTests
{
    [Fact]
    public void Intervals_are_as_wide_as_a_spread_says()
    {
        (MlpModel model, MlpModel[] companions, MlpDataset held, MlpDataset test) = Companions();
        MlpModel conformal = ModelCalibration.Calibrate(model, held, null, [companions[0]]);
        double[] answers = Numbers(model, held), spreads = Numbers(companions[0], held);
        double least = 0.01 / companions[0].Output.Targets[0].Factor;
        double limit = Enumerable.Range(0, held.Count)
            .Select(i => Math.Abs(answers[i] - held.LabelColumns[0].NumberAt(i)) / Math.Max(least, spreads[i]))
            .Order().ElementAt((int)Math.Ceiling((held.Count + 1) * 0.9m) - 1);
        (double[] there, double[] wide) = (Numbers(model, test), Numbers(companions[0], test));
        MlpPrediction[] predictions = [.. new MlpPredictor(conformal) { Confidence = 0.9 }.Predict(test)];
        for (int i = 0; i < test.Count; i++)
        {
            Assert.Equal(there[i] - (limit * Math.Max(least, wide[i])), (double)predictions[i].Lower!, 1e-9);
            Assert.Equal(there[i] + (limit * Math.Max(least, wide[i])), (double)predictions[i].Upper!, 1e-9);
        }

        AssertMeasured(conformal, predictions, test);
    }

    [Fact]
    public void Intervals_go_from_one_quantile_to_the_other_and_as_far_outside_as_it_takes()
    {
        (MlpModel model, MlpModel[] companions, MlpDataset held, MlpDataset test) = Companions();
        MlpModel conformal = ModelCalibration.Calibrate(model, held, CalibrationMethod.Conformal, companions[1..]);
        double[] low = Numbers(companions[1], held), high = Numbers(companions[2], held);
        double limit = Enumerable.Range(0, held.Count)
            .Select(i => (Truth: held.LabelColumns[0].NumberAt(i), From: Math.Min(low[i], high[i]), To: Math.Max(low[i], high[i])))
            .Select(one => Math.Max(one.From - one.Truth, one.Truth - one.To))
            .Order().ElementAt((int)Math.Ceiling((held.Count + 1) * 0.9m) - 1);
        (low, high) = (Numbers(companions[1], test), Numbers(companions[2], test));
        MlpPrediction[] predictions = [.. new MlpPredictor(conformal) { Confidence = 0.9 }.Predict(test)];
        for (int i = 0; i < test.Count; i++)
        {
            Assert.Equal(Math.Min(low[i], high[i]) - limit, (double)predictions[i].Lower!, 1e-9);
            Assert.Equal(Math.Max(low[i], high[i]) + limit, (double)predictions[i].Upper!, 1e-9);
        }

        AssertMeasured(conformal, predictions, test);

        // Where so little is asked that all lies inside, the middle is left.
        foreach (MlpPrediction one in new MlpPredictor(conformal) { Confidence = 0.005 }.Predict(test))
            Assert.True((double)one.Lower! <= (double)one.Upper!);

        // The order of the two is of no account.
        MlpModel turned = ModelCalibration.Calibrate(model, held, null, [companions[2], companions[1]]);
        Assert.Equal(
            predictions.Select(one => one.Upper), new MlpPredictor(turned) { Confidence = 0.9 }.Predict(test).Select(one => one.Upper));
    }

    [Theory]
    [InlineData(ModelFormat.Safetensors, 1)]
    [InlineData(ModelFormat.Safetensors, 2)]
    [InlineData(ModelFormat.Onnx, 2)]
    public void Companions_travel_with_their_model(ModelFormat format, int count)
    {
        (MlpModel model, MlpModel[] companions, MlpDataset held, MlpDataset test) = Companions();
        MlpModel conformal = ModelCalibration.Calibrate(model, held, null, count == 1 ? [companions[0]] : companions[1..]);
        string[] expected = Ends(conformal);

        // What the companions learn later is nothing to the model.
        foreach (MlpModel companion in companions)
            companion.Layers[0].WeightStorage[0] += 1;
        Assert.Equal(expected, Ends(conformal));
        string path = Path.Combine(_folder, $"model.{format.ToString().ToLowerInvariant()}");
        ModelFile.Write(conformal, path);
        Assert.Equal(expected, Ends(ModelFile.Read(path)));
        Assert.Equal(expected, Ends(ModelFile.Read(path).Copy()));

        // A row, and one sample, as among others.
        var predictor = new MlpPredictor(ModelFile.Read(path)) { Confidence = 0.9 };
        double x = test.Columns[0].NumberAt(3);
        Assert.Equal(expected[3], End(predictor.Predict([x], name => name == "x" ? x : null)));
        Assert.Equal(expected[3], End(predictor.Predict(test, 3)));

        string[] Ends(MlpModel of) => [.. new MlpPredictor(of) { Confidence = 0.9 }.Predict(test).Select(End)];

        static string End(MlpPrediction one) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{(double)one.Lower!:G6} {(double)one.Upper!:G6}");
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"AAAA\"")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"no base64\"")]
    public void What_is_no_model_in_a_file_is_not_read(string bytes)
    {
        (MlpModel model, MlpModel[] companions, MlpDataset held, _) = Companions();
        ModelContent content = ModelContent.Of(ModelCalibration.Calibrate(model, held, null, [companions[0]]));
        var facts = new Dictionary<string, string>(content.Metadata);
        string output =
            System.Text.RegularExpressions.Regex.Replace(facts["output"], "\"Companions\":\\[[^\\]]*\\]", $"\"Companions\":[{bytes}]");
        Assert.NotEqual(facts["output"], output);
        facts["output"] = output;
        Assert.Throws<MlpException>(() => (content with { Metadata = facts }).ToModel("a file", new ModelReadOptions()));
    }

    [Fact]
    public void What_is_no_companion_is_refused()
    {
        (MlpModel model, _, MlpDataset held, _) = Companions();
        (MlpModel classifier, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        Assert.Equal("NotACompanion", Fails(() => ModelCalibration.Calibrate(model, held, null, [classifier])));
        Assert.Equal("NotACompanion", Fails(() => ModelCalibration.Calibrate(classifier, data, CalibrationMethod.Conformal, [model])));
        MlpDataset other = TableTests.Table(["z", "y"], [[1.0, 2.5], [2.0, 3.5], [3.0, 1.5]])
            .ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Regression });
        MlpModel stranger = MlpModel.CreateFor(other, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal("ColumnsMissing", Fails(() => ModelCalibration.Calibrate(model, held, null, [stranger])));
    }

    [Fact]
    public void Companions_predict_the_same_numbers_in_the_same_order()
    {
        MlpModel one = Untrained("u", "v"), turned = Untrained("v", "u"), other = Untrained("u", "w"), dated = Untrained("u", "day");
        MlpDataset held = Numbers("u", "v");
        Assert.NotNull(ModelCalibration.Calibrate(one, held, null, [one, one]));
        foreach (MlpModel stranger in new[] { turned, other, dated })
            Assert.Equal("NotACompanion", Fails(() => ModelCalibration.Calibrate(one, held, null, [one, stranger])));

        // Distances may be called whatever they like, and are no dates.
        Assert.NotNull(ModelCalibration.Calibrate(one, held, null, [other]));
        Assert.Equal("NotACompanion", Fails(() => ModelCalibration.Calibrate(one, held, null, [dated])));

        static MlpDataset Numbers(params string[] labels) => TableTests
            .Table(
                ["a", .. labels],
                [.. Enumerable.Range(0, 30).Select(i =>
                    new object?[] { Math.Sin(i), Math.Cos(i), labels[1] == "day" ? new DateTime(2020, 1, 1).AddDays(i) : i * 0.5 })])
            .ToDataset(new TableOptions { Label = labels });
        static MlpModel Untrained(params string[] labels) =>
            MlpModel.CreateFor(Numbers(labels), new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
    }

    [Fact]
    public void Numbers_without_names_mean_the_same_to_a_companion()
    {
        MlpModel model = Of("a", "b"), turned = Of("b", "a");
        MlpDataset held = Table("a", "b");
        MlpModel alike = ModelCalibration.Calibrate(model, held, null, [model]);
        MlpModel mixed = ModelCalibration.Calibrate(model, held, null, [turned]);
        var row = new MlpDataset("row", new float[] { 0.5f, 0.25f }, null, 2, []);
        Assert.NotNull(new MlpPredictor(alike) { Confidence = 0.9 }.Predict(row).Single().Lower);
        Assert.Equal("NamesNeeded", Fails(() => new MlpPredictor(mixed) { Confidence = 0.9 }.Predict(row).Single()));
        Assert.NotNull(new MlpPredictor(mixed) { Confidence = 0.9 }.Predict(held).First().Lower);

        static MlpDataset Table(params string[] columns) => TableTests
            .Table([.. columns, "y"], [.. Enumerable.Range(0, 30).Select(i => new object?[] { Math.Sin(i), Math.Cos(i), i * 0.5 })])
            .ToDataset(new TableOptions { Label = ["y"] });
        static MlpModel Of(params string[] columns) =>
            MlpModel.CreateFor(Table(columns), new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
    }

    /// <summary>A model, one of its spread and two of quantiles, and samples that none of them has learned from.</summary>
    private static (MlpModel Model, MlpModel[] Companions, MlpDataset Held, MlpDataset Test) Companions()
    {
        MlpDataset training = Noisy(1, 300);
        MlpModel model = Of(training, LossKind.MeanSquaredError, 0.5);
        double[] answers = Numbers(model, training);
        var off = Array.ConvertAll(Enumerable.Range(0, training.Count).ToArray(), i =>
            (float)Math.Abs(answers[i] - training.LabelColumns[0].NumberAt(i)));
        MlpModel spread = Of(training.WithTargets(off, ["off"]), LossKind.MeanSquaredError, 0.5);
        return (
            model, [spread, Of(training, LossKind.Quantile, 0.1), Of(training, LossKind.Quantile, 0.9)], Noisy(2, 200), Noisy(3, 200));

        static MlpModel Of(MlpDataset data, LossKind loss, double quantile)
        {
            ModelEnds ends =
                ModelEnds.Fit(data, loss, new EncodingOptions()) with { LossOptions = new LossOptions { Quantile = quantile } };
            MlpModel model = MlpModel.CreateFor(ends, new HiddenLayers([6], [Activation.Named("Tanh")]), Initializer.Default, 1);
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 30, BatchSize = 16, LearningRate = 0.05, Seed = 1 })
                .Last();
            return model;
        }
    }

    private static double[] Numbers(MlpModel model, MlpDataset data)
    {
        var outputs = new float[data.Count];
        new MlpPredictor(model).Predict(data, 0, data.Count, outputs);
        return Array.ConvertAll(outputs, output => model.Output.NumberOf(0, output));
    }

    private static void AssertMeasured(MlpModel conformal, MlpPrediction[] predictions, MlpDataset test)
    {
        MlpEvaluation evaluation = new MlpPredictor(conformal) { Confidence = 0.9 }.Measure(test);
        Assert.Equal(
            predictions.Average(one => (double)one.Lower! <= (double)one.Label! && (double)one.Label! <= (double)one.Upper! ? 1.0 : 0),
            evaluation.Coverage!.Value,
            1e-12);
        Assert.Equal(predictions.Average(one => (double)one.Upper! - (double)one.Lower!), evaluation.MeanSize!.Value, 1e-9);
        Assert.InRange(evaluation.Coverage.Value, 0.83, 0.97);
    }
}
