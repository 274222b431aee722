using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Probabilities that say how often answers are right: beside scikit-learn and SciPy, and what has to hold of any.</summary>
public class CalibrationTests
{
    private static readonly CalibrationCase[] _cases =
        JsonSerializer.Deserialize<CalibrationCase[]>(File.ReadAllText(TestData.Reference("calibration.json")))!;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, _cases.Length)];

    /// <summary>What files hold as formulas.</summary>
    public static TheoryData<LossKind, CalibrationMethod> Written => new()
    {
        { LossKind.CrossEntropy, CalibrationMethod.Temperature },
        { LossKind.CrossEntropy, CalibrationMethod.Platt },
        { LossKind.BinaryCrossEntropy, CalibrationMethod.Temperature },
        { LossKind.BinaryCrossEntropy, CalibrationMethod.Platt },
        { LossKind.Focal, CalibrationMethod.Temperature },
        { LossKind.Ordinal, CalibrationMethod.Temperature },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_temperature_is_where_scipy_finds_the_highest_likelihood(int number)
    {
        (MlpModel model, MlpDataset data) = _cases[number].Made();
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, CalibrationMethod.Temperature);
        Assert.Equal(1, calibrated.Output.Calibration!.Temperature / _cases[number].Temperature, 1e-6);
        Assert.Null(model.Output.Calibration);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Curves_give_the_probabilities_of_scikit_learn(int number)
    {
        CalibrationCase of = _cases[number];
        (MlpModel model, MlpDataset data) = of.Made();

        // Where scikit-learn's search for a line ends, it is as near as this.
        AssertOutputs(of.Platt, ModelCalibration.Calibrate(model, data, CalibrationMethod.Platt), data, 2e-5f);
        AssertOutputs(of.Isotonic, ModelCalibration.Calibrate(model, data, CalibrationMethod.Isotonic), data, 2e-6f);
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.Focal)]
    [InlineData(LossKind.BinaryCrossEntropy)]
    [InlineData(LossKind.Ordinal)]
    public void A_temperature_keeps_answers_and_lowers_the_loss(LossKind loss)
    {
        (MlpModel model, MlpDataset data) = Trained(loss);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, CalibrationMethod.Temperature);
        MlpEvaluation before = new MlpPredictor(model).Measure(data), after = new MlpPredictor(calibrated).Measure(data);
        Assert.True(after.LogLoss < before.LogLoss);
        Assert.Equal(Enum.GetValues<LossKind>().Where(kind => kind.Definition().IsFocal).Contains(loss), after.Loss != after.LogLoss
            && Math.Abs(after.Loss - after.LogLoss!.Value) > 1e-3);
        Assert.Equal(1, new MlpPredictor(calibrated).Predict(data).First().Probabilities.Sum(), 1e-5);
        if (loss == LossKind.Ordinal)
            return;
        Assert.Equal(before.Accuracy, after.Accuracy);

        // What is calibrated already has nothing to gain, and is fitted to the network itself again.
        MlpModel again = ModelCalibration.Calibrate(calibrated, data, CalibrationMethod.Temperature);
        Assert.Equal(calibrated.Output.Calibration!.Temperature, again.Output.Calibration!.Temperature);
        Assert.Equal(
            before,
            new MlpPredictor(calibrated.WithoutCalibration()).Measure(data) with { ConfusionMatrix = before.ConfusionMatrix },
            (one, other) => one.Loss == other.Loss && one.LogLoss == other.LogLoss && one.RocAuc == other.RocAuc);
    }

    [Theory]
    [InlineData(CalibrationMethod.Temperature)]
    [InlineData(CalibrationMethod.Platt)]
    [InlineData(CalibrationMethod.Isotonic)]
    public void A_network_that_is_too_sure_is_mended(CalibrationMethod method)
    {
        // Sums four times as large as those that the classes are drawn by.
        var random = new Random(5);
        float[] sums = [.. Enumerable.Range(0, 4000).Select(_ => (float)(8 * (random.NextDouble() - 0.5)))];
        bool[][] holds = [.. sums.Select(sum => new[] { random.NextDouble() < 1 / (1 + Math.Exp(-sum)) })];
        var drawn = new CalibrationCase("sigmoid", [.. sums.Select(sum => new[] { 4 * sum })], holds, null, 4, [], []);
        (MlpModel model, MlpDataset data) = drawn.Made();
        MlpDataset fit = data.Take([.. Enumerable.Range(0, 2000)]), test = data.Take([.. Enumerable.Range(2000, 2000)]);
        MlpEvaluation before = new MlpPredictor(model).Measure(test);
        MlpEvaluation after = new MlpPredictor(ModelCalibration.Calibrate(model, fit, method)).Measure(test);
        Assert.True(before.ExpectedCalibrationError > 0.08);
        Assert.True(after.ExpectedCalibrationError < 0.035, $"{after.ExpectedCalibrationError}");
        Assert.True(after.BrierScore < before.BrierScore);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Samples_count_their_weights(int number)
    {
        // Of each sample some: a sample that counts nothing, and one that counts as two do.
        CalibrationCase of = _cases[number] with { Weights = null };
        (MlpModel model, MlpDataset data) = of.Made();
        int[] times = [.. Enumerable.Range(0, data.Count).Select(i => i < 8 ? 1 : i % 3)];
        int[] repeated = [.. Enumerable.Range(0, data.Count).SelectMany(i => Enumerable.Repeat(i, times[i]))];
        foreach (CalibrationMethod method in Enum.GetValues<CalibrationMethod>().Where(method => method != CalibrationMethod.Conformal))
        {
            MlpModel weighted = ModelCalibration.Calibrate(
                model, data.WithSampleWeights([.. times.Select(time => (float)time)]), method);
            MlpModel several = ModelCalibration.Calibrate(model, data.Take(repeated), method);
            float[][] expected = [.. Enumerable.Range(0, data.Count).Select(i => OutputsOf(several, data, i))];
            AssertOutputs(expected, weighted, data, 1e-4f);
        }
    }

    [Fact]
    public void Sums_of_any_size_give_probabilities()
    {
        float[] sizes = [-1e30f, -200, -20, 0, 1e-30f, 20, 200, 1e30f];
        OutputCalibration[] calibrations =
        [
            new() { Temperature = 3 },
            new() { Temperature = 1e-3 },
            new() { Curves = [Line(), Line(), Line()] },
            new() { Curves = [Steps(), Steps(), Steps()] },
        ];
        foreach (OutputCalibration calibration in calibrations)
        {
            foreach (float[] sums in sizes.SelectMany(one => sizes.Select(other => new[] { one, other, 1f })))
            {
                foreach (OutputFunction function in new[] { OutputFunction.Softmax, OutputFunction.Sigmoid, OutputFunction.Ordinal })
                {
                    float[] turned = [.. sums];
                    calibration.Apply(function, turned);
                    Assert.DoesNotContain(turned, float.IsNaN);
                    Assert.DoesNotContain(turned, float.IsPositiveInfinity);
                }
            }
        }

        static CalibrationCurve Line() => new() { Slope = 0.5, Intercept = -1 };

        static CalibrationCurve Steps() => new() { Scores = [-1, 0, 2], Probabilities = [0, 0.25, 1] };
    }

    [Fact]
    public void A_curve_is_level_outside_its_points_and_straight_between()
    {
        var curve = new CalibrationCurve { Scores = [-1, 1, 3], Probabilities = [0.1, 0.3, 0.9] };
        foreach ((double score, double probability) in new[] { (-9, 0.1), (-1, 0.1), (0, 0.2), (1, 0.3), (2, 0.6), (3, 0.9), (99.0, 0.9) })
            Assert.Equal(probability, 1 / (1 + Math.Exp(-curve.LogOddsOf(score))), 1e-12);
    }

    [Fact]
    public void Log_odds_are_those_of_the_probabilities()
    {
        float[] sums = [1.5f, -2, 0.25f, 1.5f], odds = [.. sums];
        LogOdds.OfSoftmax(odds);
        double all = sums.Sum(sum => Math.Exp(sum));
        for (int j = 0; j < sums.Length; j++)
            Assert.Equal(Math.Log(Math.Exp(sums[j]) / (all - Math.Exp(sums[j]))), odds[j], 1e-6);
        float[] sure = [90, -90];
        LogOdds.OfSoftmax(sure);
        Assert.Equal([180f, -180f], sure);
    }

    [Fact]
    public void Dividing_what_ranks_have_divides_their_logits()
    {
        foreach (double temperature in new[] { 0.2, 1, 5.0 })
        {
            float[] sums = [1.5f, -2, 0.25f, 6, -30], divided = [.. sums];
            Ordinal.Divide(divided, temperature);
            double logit = 0, turned = 0;
            for (int j = 0; j < sums.Length; j++)
            {
                logit = j == 0 ? sums[j] : logit - LogOdds.Softplus(sums[j]);
                turned = j == 0 ? divided[j] : turned - LogOdds.Softplus(divided[j]);
                Assert.Equal(logit / temperature, turned, 1e-5);
            }
        }
    }

    [Fact]
    public void Training_and_pruning_leave_a_calibration_behind_and_a_threshold_goes_with_new_probabilities()
    {
        (MlpModel model, MlpDataset data) = Trained(LossKind.BinaryCrossEntropy);
        MlpModel calibrated = ModelCalibration.Calibrate(model.WithThreshold(0.3, data.ClassNames[0]), data, CalibrationMethod.Platt);
        Assert.Null(calibrated.Output.Decision!.Threshold);
        Assert.Equal(data.ClassNames[0], calibrated.Output.PositiveClass);
        Assert.NotNull(calibrated.WithThreshold(0.4, null).Output.Calibration);
        Assert.NotNull(calibrated.Copy().Output.Calibration);
        Assert.Null(WeightPruning.Prune(calibrated, 0.5).Output.Calibration);
        _ = MlpTrainer.Train(calibrated, data, null, new TrainingOptions { Epochs = 1, LearningRate = 0.01 }).Count();
        Assert.Null(calibrated.Output.Calibration);
    }

    [Fact]
    public void What_can_not_be_calibrated_is_refused()
    {
        (MlpModel model, MlpDataset data) = Trained(LossKind.CrossEntropy);
        int[] first = [.. Enumerable.Range(0, data.Count).Where(i => (string)data.Labels[i]! == data.ClassNames[0])];
        Assert.Equal("OneClassOnly", Fails(model, data.Take(first), CalibrationMethod.Platt));
        Assert.Equal("OneClassOnly", Fails(model, data.Take(first), CalibrationMethod.Isotonic));
        (MlpModel ordered, MlpDataset ranks) = Trained(LossKind.Ordinal);
        Assert.Equal("OrderedClasses", Fails(ordered, ranks, CalibrationMethod.Platt));
        MlpDataset numbers = data.WithTargets(new float[data.Count], ["y"]);
        MlpModel ofNumbers = MlpModel.CreateFor(numbers, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal("NotAClassifier", Fails(ofNumbers, numbers, CalibrationMethod.Temperature));

        // Right about all that there is, and worse than chance.
        var sure = new CalibrationCase("softmax", [[2, 1], [0, 4]], [[true, false], [false, true]], null, 1, [], []);
        (MlpModel right, MlpDataset two) = sure.Made();
        Assert.Equal("NoTemperature", Fails(right, two, CalibrationMethod.Temperature));
        (MlpModel wrong, MlpDataset other) = (sure with { Holds = [[false, true], [true, false]] }).Made();
        Assert.Equal("NoTemperature", Fails(wrong, other, CalibrationMethod.Temperature));

        static string Fails(MlpModel model, MlpDataset data, CalibrationMethod method) =>
            Assert.Throws<MlpException>(() => ModelCalibration.Calibrate(model, data, method)).ErrorId;
    }

    [Fact]
    public void Classes_that_the_model_does_not_know_are_left_out_and_told()
    {
        (MlpModel model, _) = Trained(LossKind.CrossEntropy);
        MlpDataset more = TestData.Random(1, 200, 6, 4);
        var notes = new EncodingNotes();
        MlpModel calibrated = ModelCalibration.Calibrate(model, more, CalibrationMethod.Platt, notes: notes);
        MlpDataset known = more.Take([.. Enumerable.Range(0, more.Count).Where(i => model.ClassNames.Contains((string)more.Labels[i]!))]);
        Assert.Equal(
            ModelCalibration.Calibrate(model, known, CalibrationMethod.Platt).Output.Calibration!.Curves.Select(LineOf),
            calibrated.Output.Calibration!.Curves.Select(LineOf));
        Assert.Contains(
            "are left out: class 3", notes.Sentences.Single(note => note.Id == "UnknownClass").Sentence.ToString(TestData.Say));

        static (double Slope, double Intercept) LineOf(CalibrationCurve curve) => (curve.Slope, curve.Intercept);
    }

    [Fact]
    public void What_a_copy_or_a_calibrated_model_has_learned_from_is_known()
    {
        (MlpModel model, MlpDataset data) = Trained(LossKind.CrossEntropy);
        MlpDataset training = data.Take([.. Enumerable.Range(0, 80)]);
        MlpModel calibrated = ModelCalibration.Calibrate(model, data, CalibrationMethod.Temperature);
        foreach (MlpModel one in new[]
        {
            model, model.Copy(), calibrated, calibrated.WithoutCalibration(), WeightPruning.Prune(model, 0.2)
        })
        {
            Assert.Equal(["SamplesLearned"], Told(one, training, CalibrationMethod.Conformal));
            Assert.Empty(Told(one, data, CalibrationMethod.Conformal));
        }
    }

    [Fact]
    public void Probabilities_that_are_turned_round_are_told()
    {
        (MlpModel model, MlpDataset data) = Trained(LossKind.BinaryCrossEntropy);
        MlpModel reversed = model.Copy();
        foreach (float[] numbers in new[] { reversed.Layers[^1].WeightStorage, reversed.Layers[^1].BiasStorage })
        {
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = -numbers[i];
        }

        Assert.Equal(["ScoresReversed"], Told(reversed, data, CalibrationMethod.Platt));
        Assert.Empty(Told(model, data, CalibrationMethod.Platt));
    }

    [Fact]
    public void A_calibration_stays_where_no_weight_is_pruned()
    {
        (MlpModel model, MlpDataset data) = Trained(LossKind.CrossEntropy);
        MlpModel conformal = ModelCalibration.Calibrate(model, data, CalibrationMethod.Conformal);
        Assert.NotNull(WeightPruning.Prune(conformal, 0).Output.Conformal);
        MlpModel sparse = WeightPruning.Prune(conformal, 0.5);
        Assert.Null(sparse.Output.Conformal);
        MlpModel anew = ModelCalibration.Calibrate(sparse, data, CalibrationMethod.Conformal);
        Assert.NotNull(WeightPruning.Prune(anew, 0.3).Output.Conformal);
    }

    private static string[] Told(MlpModel model, MlpDataset data, CalibrationMethod method)
    {
        var notes = new EncodingNotes();
        ModelCalibration.Calibrate(model, data, method, notes: notes);
        return [.. notes.Sentences.Select(note => note.Id)];
    }

    /// <summary>A model that knows what it has learned too well, and other samples; two classes, or three.</summary>
    internal static (MlpModel Model, MlpDataset Data) Trained(LossKind loss)
    {
        MlpDataset data = TestData.Random(1, 240, 6, loss == LossKind.BinaryCrossEntropy ? 2 : 3);
        MlpDataset training = data.Take([.. Enumerable.Range(0, 80)]);
        MlpModel model = MlpModel.CreateFor(
            ModelEnds.Fit(training, loss, new EncodingOptions { ClassOrder = loss == LossKind.Ordinal ? data.ClassNames : [] }),
            new HiddenLayers([8], [Activation.Named("Tanh")]),
            Initializer.Default,
            1);
        var options = new TrainingOptions { Epochs = 60, BatchSize = 16, LearningRate = 0.3, Seed = 1 };
        _ = MlpTrainer.Train(model, training, null, options).Last();
        return (model, data);
    }

    private static void AssertOutputs(float[][] expected, MlpModel model, MlpDataset data, float tolerance)
    {
        for (int i = 0; i < data.Count; i++)
            Assert.All(expected[i].Zip(OutputsOf(model, data, i)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private static float[] OutputsOf(MlpModel model, MlpDataset data, int sample)
    {
        var outputs = new float[model.OutputSize];
        new MlpPredictor(model).Predict(data, sample, 1, outputs);
        return outputs;
    }

    /// <summary>Sums of an output layer, what holds, and what comes of both.</summary>
    private sealed record CalibrationCase(
        string Kind, float[][] Sums, bool[][] Holds, float[]? Weights, double Temperature, float[][] Platt, float[][] Isotonic)
    {
        /// <summary>A network that gives the features as sums, and the samples.</summary>
        public (MlpModel Model, MlpDataset Data) Made()
        {
            int width = Sums[0].Length;
            LossKind loss = Kind == "softmax" ? LossKind.CrossEntropy : LossKind.BinaryCrossEntropy;
            MlpModel model = MlpModel.Create(width, new HiddenLayers([], [Activation.Identity]), width, Initializer.Default, 1, loss);
            for (int i = 0; i < width * width; i++)
                model.Layers[0].WeightStorage[i] = i % (width + 1) == 0 ? 1 : 0;
            Array.Clear(model.Layers[0].BiasStorage);
            string[] names = [.. Enumerable.Range(0, Kind == "sigmoid" ? 2 : width).Select(j => $"c{j}")];
            model.NameClasses(names);
            int[] labels = [.. Holds.Select(row => Kind == "sigmoid" ? (row[0] ? 1 : 0) : Math.Max(0, Array.IndexOf(row, true)))];
            var data = new MlpDataset("sums", (float[])[.. Sums.SelectMany(row => row)], labels, width, names);
            if (Kind == "labels")
                data = data.WithTargets([.. Holds.SelectMany(row => row.Select(held => held ? 1f : 0f))], names);
            return (model, Weights is null ? data : data.WithSampleWeights(Weights));
        }
    }
}
