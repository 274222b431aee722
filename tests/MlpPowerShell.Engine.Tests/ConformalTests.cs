using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Sets and intervals that hold with a confidence: beside a plain computation, and what has to hold of any.</summary>
public sealed partial class ConformalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-conformal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(9, 0.9, 9)]
    [InlineData(10, 0.9, 10)]
    [InlineData(19, 0.9, 18)]
    [InlineData(99, 0.9, 90)]
    [InlineData(99, 0.99, 99)]
    [InlineData(19, 0.95, 19)]
    [InlineData(1999, 0.7, 1400)]
    [InlineData(2000, 0.999, 1999)]
    [InlineData(3, 0.5, 2)]
    public void The_limit_is_the_score_of_rank_n_and_one_times_the_confidence(int count, double confidence, int rank)
    {
        // In an order that is none.
        double[] scores = [.. Enumerable.Range(1, count).Select(i => (double)i).OrderBy(i => i * 7919 % 104729)];
        Assert.Equal([rank], ConformalScores.Of([scores]).LimitsAt(confidence));
    }

    [Theory]
    [InlineData(2001)]
    [InlineData(5000)]
    [InlineData(99_991)]
    public void Of_many_scores_the_next_that_is_kept_is_the_limit(int count)
    {
        var scores = ConformalScores.Of([[.. Enumerable.Range(1, count).Select(i => (double)i)]]);
        Assert.Equal(2000, scores.Scores[0].Count);
        Assert.Equal(count, scores.Scores[0][^1]);
        foreach (double confidence in new[] { 0.01, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999 })
        {
            double rank = Math.Ceiling((count + 1) * confidence);
            Assert.InRange(scores.LimitsAt(confidence)[0], rank, Math.Min(count, rank + Math.Ceiling(count / 2000.0)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whichever_of_samples_is_the_new_one_enough_of_them_are_held(int seed)
    {
        // What the proof says: of n + 1 scores, each in turn against the others, at least the confidence of them are within the limit.
        var random = new Random(seed);
        double[] all = [.. Enumerable.Range(0, 60).Select(_ => (double)(seed == 1 ? random.Next(7) : random.NextDouble()))];
        foreach (double confidence in new[] { 0.5, 0.8, 0.9, 0.95 })
        {
            int held = Enumerable.Range(0, all.Length).Count(i =>
                all[i] <= ConformalScores.Of([[.. all.Where((_, j) => j != i)]]).LimitsAt(confidence)[0]);
            Assert.True(held >= confidence * all.Length, $"{held} at {confidence}");
            if (seed > 1)
                Assert.True(held <= (confidence * all.Length) + 1, $"{held} at {confidence}");
        }
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy, null)]
    [InlineData(LossKind.CrossEntropy, CalibrationMethod.Temperature)]
    [InlineData(LossKind.BinaryCrossEntropy, null)]
    [InlineData(LossKind.BinaryCrossEntropy, CalibrationMethod.Platt)]
    [InlineData(LossKind.Ordinal, null)]
    public void Sets_are_the_classes_above_a_probability(LossKind loss, CalibrationMethod? before)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(loss);
        if (before is { } method)
            model = ModelCalibration.Calibrate(model, data, method);
        MlpDataset fit = data.Take([.. Enumerable.Range(80, 80)]), test = data.Take([.. Enumerable.Range(160, 80)]);
        MlpModel conformal = ModelCalibration.Calibrate(model, fit, CalibrationMethod.Conformal);
        Assert.Equal(model.Output.Calibration, conformal.Output.Calibration);
        double[] scores = [.. new MlpPredictor(model).Predict(fit)
            .Select(prediction => 1.0 - prediction.Probabilities[Place(prediction.Label!)])
            .Order()];
        double limit = scores[(int)Math.Ceiling(81 * 0.8m) - 1];
        MlpPrediction[] predictions = [.. new MlpPredictor(conformal) { Confidence = 0.8 }.Predict(test)];
        foreach (MlpPrediction prediction in predictions)
        {
            Assert.Equal(
                model.ClassNames.Where((_, k) => 1.0 - prediction.Probabilities[k] <= limit), prediction.PredictionSet!.Cast<string>());
        }

        MlpEvaluation evaluation = new MlpPredictor(conformal) { Confidence = 0.8 }.Measure(test);
        Assert.Equal(0.8, evaluation.Confidence);
        Assert.Equal(predictions.Average(one => one.PredictionSet!.Contains(one.Label!) ? 1.0 : 0), evaluation.Coverage!.Value, 1e-12);
        Assert.Equal(predictions.Average(one => (double)one.PredictionSet!.Count), evaluation.MeanSize!.Value, 1e-12);
        Assert.InRange(evaluation.Coverage.Value, 0.68, 0.92);
        Assert.True(new MlpPredictor(conformal) { Confidence = 0.95 }.Measure(test).MeanSize >= evaluation.MeanSize);
        Assert.Null(new MlpPredictor(conformal).Measure(test).Coverage);
        Assert.Null(new MlpPredictor(conformal).Predict(test).First().PredictionSet);

        int Place(object label) => model.ClassNames.ToList().IndexOf((string)label);
    }

    [Fact]
    public void Of_labels_all_that_hold_are_in_the_set()
    {
        MlpDataset data = TravelTestModels.Table("", ["isRed", "isBig"]);
        MlpModel model = TravelTestModels.Trained(data, [6], Activation.Named("Tanh"), LossKind.BinaryCrossEntropy);
        MlpModel conformal = ModelCalibration.Calibrate(model, data, CalibrationMethod.Conformal);
        double limit = new MlpPredictor(model).Predict(data)
            .Select(one => 1.0 - ((ValueList<object?>)one.Label!).Select(label => one.Probabilities[(string)label! == "isRed" ? 0 : 1])
                .DefaultIfEmpty(1).Min())
            .Order().ElementAt((int)Math.Ceiling(201 * 0.9m) - 1);
        int held = 0;
        foreach (MlpPrediction one in new MlpPredictor(conformal) { Confidence = 0.9 }.Predict(data))
        {
            Assert.Equal(
                new[] { "isRed", "isBig" }.Where((_, j) => 1.0 - one.Probabilities[j] <= limit), one.PredictionSet!.Cast<string>());
            held += ((ValueList<object?>)one.Label!).All(label => one.PredictionSet!.Contains(label!)) ? 1 : 0;
        }

        MlpEvaluation evaluation = new MlpPredictor(conformal) { Confidence = 0.9 }.Measure(data);
        Assert.Equal(held / 200.0, evaluation.Coverage!.Value, 1e-12);
        Assert.InRange(evaluation.Coverage.Value, 0.9, 1);
    }

    [Theory]
    [InlineData("price", FeatureScaling.Standard)]
    [InlineData("price", FeatureScaling.Log)]
    [InlineData("visits", null)]
    public void Intervals_reach_as_far_as_answers_were_off(string target, FeatureScaling? scaling)
    {
        MlpDataset data = TravelTestModels.Table(target);
        LossKind loss = scaling is null ? LossKind.Poisson : LossKind.MeanSquaredError;
        MlpModel model = TravelTestModels.Trained(data, [6], Activation.Named("Tanh"), loss, scaling: scaling);
        MlpModel conformal = ModelCalibration.Calibrate(model, data, null);
        double reach = new MlpPredictor(model).Predict(data).Select(one => Math.Abs((double)one.Error!)).Order()
            .ElementAt((int)Math.Ceiling(201 * 0.9m) - 1);
        MlpPrediction[] predictions = [.. new MlpPredictor(conformal) { Confidence = 0.9 }.Predict(data)];
        double digits = 1e-6 * predictions.Max(one => Math.Abs(Convert.ToDouble(one.Upper)));
        foreach (MlpPrediction one in predictions)
        {
            double answer = Convert.ToDouble(one.Prediction);
            Assert.Equal(answer + reach, (double)one.Upper!, digits);
            Assert.Equal(scaling is null ? Math.Max(0, answer - reach) : answer - reach, (double)one.Lower!, digits);
        }

        MlpEvaluation evaluation = new MlpPredictor(conformal) { Confidence = 0.9 }.Measure(data);
        Assert.InRange(evaluation.Coverage!.Value, 0.9, 0.91);
        Assert.Equal(predictions.Average(one => (double)one.Upper! - (double)one.Lower!), evaluation.MeanSize!.Value, 2 * digits);
        MlpPrediction row = new MlpPredictor(conformal) { Confidence = 0.9 }.Predict(data, 5);
        Assert.Equal((predictions[5].Lower, predictions[5].Upper), (row.Lower, row.Upper));
    }

    [Fact]
    public void Of_several_numbers_each_has_an_interval_and_dates_have_dates()
    {
        var random = new Random(2);
        object?[][] rows = [.. Enumerable.Range(0, 150).Select(i => new object?[]
        {
            (double)i, new DateTime(2024, 1, 1).AddDays(i + random.Next(20)), TimeSpan.FromMinutes(i + random.Next(9)),
            (double)random.Next(100),
        })];
        MlpDataset data = TableTests.Table(["x", "day", "wait", "noise"], rows)
            .ToDataset(new TableOptions { Label = ["day", "wait", "noise"], Task = MlpTask.Regression });
        MlpModel model = ModelCalibration.Calibrate(TravelTestModels.Trained(data, [5], Activation.Named("Tanh")), data, null);
        MlpPrediction[] predictions = [.. new MlpPredictor(model) { Confidence = 0.9 }.Predict(data)];
        int held = 0;
        foreach (MlpPrediction one in predictions)
        {
            var (lower, upper, truth) = ((ValueList<object>)one.Lower!, (ValueList<object>)one.Upper!, (ValueList<object?>)one.Label!);
            Assert.True((DateTime)lower[0] < (DateTime)upper[0] && (TimeSpan)lower[1] < (TimeSpan)upper[1]);
            held += (DateTime)lower[0] <= (DateTime)truth[0]! && (DateTime)truth[0]! <= (DateTime)upper[0] ? 1 : 0;
            held += (TimeSpan)lower[1] <= (TimeSpan)truth[1]! && (TimeSpan)truth[1]! <= (TimeSpan)upper[1] ? 1 : 0;
            held += (double)lower[2] <= (double)truth[2]! && (double)truth[2]! <= (double)upper[2] ? 1 : 0;
        }

        MlpEvaluation evaluation = new MlpPredictor(model) { Confidence = 0.9 }.Measure(data);
        Assert.Equal(held / 450.0, evaluation.Coverage!.Value, 1 / 150.0);
        Assert.InRange(evaluation.Coverage.Value, 0.9, 0.92);
    }

    [Fact]
    public void What_is_promised_holds_for_other_samples()
    {
        // A hundred calibrations of 49 samples each: their coverages are beta-distributed about the confidence.
        MlpModel model = MlpModel.CreateFor(Noisy(1, 300), new HiddenLayers([6], [Activation.Named("Tanh")]), Initializer.Default, 1);
        MlpDataset test = Noisy(7, 2000);
        double[] coverages = [.. Enumerable.Range(100, 100).Select(seed =>
        {
            MlpModel conformal = ModelCalibration.Calibrate(model, Noisy(seed, 49), null);
            return new MlpPredictor(conformal) { Confidence = 0.9 }.Measure(test).Coverage!.Value;
        })];
        Assert.Equal(0.9, coverages.Average(), 0.015);
    }

    [Theory]
    [InlineData(ModelFormat.Safetensors)]
    [InlineData(ModelFormat.Npz)]
    [InlineData(ModelFormat.Onnx)]
    public void Files_keep_the_scores(ModelFormat format)
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpModel conformal = ModelCalibration.Calibrate(model, data, CalibrationMethod.Conformal);
        string path = Path.Combine(_folder, $"model.{format.ToString().ToLowerInvariant()}");
        ModelFile.Write(conformal, path);
        Assert.Equal("9", MlpModelInfo.Read(path).FormatVersion);
        MlpModel read = ModelFile.Read(path);
        Assert.Equal(
            new MlpPredictor(conformal) { Confidence = 0.8 }.Predict(data).Select(one => string.Join(';', one.PredictionSet!)),
            new MlpPredictor(read) { Confidence = 0.8 }.Predict(data).Select(one => string.Join(';', one.PredictionSet!)));

        // Under another loss, sums mean something else.
        if (format == ModelFormat.Safetensors)
            Assert.Null(ModelFile.Read(path, new ModelReadOptions { Loss = LossKind.BinaryCrossEntropy }).Output.Conformal);
    }

    [Fact]
    public void New_probabilities_and_new_weights_have_no_scores()
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpModel conformal = ModelCalibration.Calibrate(model, data, CalibrationMethod.Conformal);
        Assert.NotNull(conformal.Copy().Output.Conformal);
        Assert.Null(ModelCalibration.Calibrate(conformal, data, CalibrationMethod.Temperature).Output.Conformal);
        Assert.Null(conformal.WithoutCalibration().Output.Conformal);
        _ = MlpTrainer.Train(conformal, data, null, new TrainingOptions { Epochs = 1, LearningRate = 0.01 }).Count();
        Assert.Null(conformal.Output.Conformal);
    }

    [Fact]
    public void What_can_not_be_promised_is_refused()
    {
        (MlpModel model, MlpDataset data) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpModel few = ModelCalibration.Calibrate(model, data.Take([.. Enumerable.Range(0, 8)]), CalibrationMethod.Conformal);
        Assert.Equal("NotConformal", Fails(() => new MlpPredictor(model) { Confidence = 0.9 }));
        MlpException tooFew = Assert.Throws<MlpException>(() => new MlpPredictor(few) { Confidence = 0.9 });
        Assert.Equal(
            ("ConfidenceTooHigh", true), (tooFew.ErrorId, tooFew.Message.EndsWith("that takes 9 at least.", StringComparison.Ordinal)));
        foreach (double confidence in new[] { 0, 1, -0.1, 1.5, double.NaN })
            Assert.Equal("InvalidConfidence", Fails(() => new MlpPredictor(few) { Confidence = confidence }));

        float[] weights = [.. Enumerable.Range(0, data.Count).Select(i => i % 3 == 0 ? 0f : 1)];
        MlpModel some = ModelCalibration.Calibrate(model, data.WithSampleWeights(weights), CalibrationMethod.Conformal);
        Assert.Equal(160, some.Output.Conformal!.Count);
        weights[1] = 2;
        Assert.Equal(
            "WeightedScores", Fails(() => ModelCalibration.Calibrate(model, data.WithSampleWeights(weights), CalibrationMethod.Conformal)));
    }

    [Fact]
    public void Classes_that_the_model_does_not_know_are_never_held()
    {
        (MlpModel model, _) = CalibrationTests.Trained(LossKind.CrossEntropy);
        MlpDataset more = TestData.Random(1, 200, 6, 4);
        MlpModel conformal = ModelCalibration.Calibrate(model, more, CalibrationMethod.Conformal);
        int unknown = more.Labels.Count(label => (string)label! == "class 3");
        Assert.Equal(unknown, conformal.Output.Conformal!.Scores[0].Count(score => score == 2));

        // Of 200 samples about 50 are of that class: what holds for 9 of 10 can't be said, and what holds for half of them can.
        Assert.InRange(unknown, 25, 90);
        Assert.Equal("ConfidenceTooHigh", Fails(() => new MlpPredictor(conformal) { Confidence = 0.9 }));
        MlpEvaluation evaluation = new MlpPredictor(conformal) { Confidence = 0.5 }.Measure(more);
        Assert.Equal(0.505, evaluation.Coverage!.Value, 1e-12);
    }

    private static MlpDataset Noisy(int seed, int count)
    {
        var random = new Random(seed);
        object?[][] rows = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble()).Select(x => new object?[]
        {
            x, Math.Sin(6 * x) + (x * MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1)),
        })];
        return TableTests.Table(["x", "y"], rows).ToDataset(new TableOptions { Label = ["y"] });
    }

    private static string Fails(Func<object> work) => Assert.Throws<MlpException>(work).ErrorId;
}
