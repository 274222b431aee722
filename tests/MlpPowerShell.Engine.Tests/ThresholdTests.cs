using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Thresholds of probabilities: what follows from each, beside scikit-learn, and that a model keeps its own.</summary>
public sealed class ThresholdTests : IDisposable
{
    private static readonly CurveCase[] _cases =
        JsonSerializer.Deserialize<CurveCase[]>(File.ReadAllText(TestData.Reference("thresholds.json")))!;

    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-threshold-").FullName;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, _cases.Length)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_is_a_point_of_scikit_learns_curves(int number)
    {
        CurveCase of = _cases[number];
        MlpThreshold[] rows = ThresholdTable.Of("yes", of.Runs(), null, null);
        Assert.Equal(of.Thresholds, rows.Select(row => row.Threshold));
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(of.Precision[i], rows[i].Precision, 1e-12);
            Assert.Equal(of.Recall[i], rows[i].Recall, 1e-12);
            Assert.Equal(of.FalsePositiveRate[i], 1 - rows[i].Specificity, 1e-12);
        }

        MlpThreshold best = rows.Single(row => row.IsRecommended);
        Assert.Equal(rows.Max(row => row.F1), best.F1);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_few_rows_one_is_the_recommended_and_two_are_the_ends(int number)
    {
        var costs = new MlpCosts { FalsePositive = 1, FalseNegative = 4, TruePositive = -0.5 };
        MlpThreshold[] all = ThresholdTable.Of("yes", _cases[number].Runs(), costs, null);
        MlpThreshold[] some = ThresholdTable.Of("yes", _cases[number].Runs(), costs, 4);
        Assert.Equal(Math.Min(all.Length, 4), some.Length);
        Assert.Equal(some.Distinct(), some);
        Assert.Equal((all[0], all[^1]), (some[0], some[^1]));
        Assert.Equal(all.Single(row => row.IsRecommended), some.Single(row => row.IsRecommended));
        Assert.Equal(some.OrderBy(row => row.Threshold), some);
        foreach (MlpThreshold row in all)
        {
            double weight = row.TruePositives + row.FalsePositives + row.TrueNegatives + row.FalseNegatives;
            double cost = (row.FalsePositives + (4 * row.FalseNegatives) - (0.5 * row.TruePositives)) / weight;
            Assert.Equal(cost, row.Cost!.Value, 1e-12);
        }

        Assert.Equal(all.Min(row => row.Cost), all.Single(row => row.IsRecommended).Cost);
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.BinaryCrossEntropy)]
    [InlineData(LossKind.Focal)]
    public void A_model_measures_by_its_threshold_what_the_row_says(LossKind loss)
    {
        (MlpModel model, MlpDataset data) = Binary(loss);
        foreach (string positive in data.ClassNames)
        {
            foreach (MlpThreshold row in new MlpPredictor(model).Thresholds(data, positive, null, 7))
            {
                MlpModel deciding = model.WithThreshold(row.Threshold, positive);
                MlpEvaluation evaluation = new MlpPredictor(deciding).Measure(data);
                MlpClassScore score = evaluation.Classes.Single(one => one.Class == positive);
                Assert.Equal(row.Precision, score.Precision, 1e-12);
                Assert.Equal(row.Recall, score.Recall, 1e-12);
                Assert.Equal(
                    evaluation.Accuracy!.Value,
                    new MlpPredictor(deciding).Predict(data).Average(prediction => prediction.IsCorrect!.Value ? 1.0 : 0),
                    1e-12);
                Assert.Equal(score.RocAuc, evaluation.RocAuc);
            }
        }
    }

    [Fact]
    public void A_model_without_one_says_the_more_probable_class_and_only_then_the_second()
    {
        (MlpModel model, MlpDataset data) = Binary(LossKind.CrossEntropy);
        MlpEvaluation plain = new MlpPredictor(model).Measure(data);
        Assert.Equal(plain.Accuracy, new MlpPredictor(model.WithThreshold(null, "no")).Measure(data).Accuracy);
        Assert.Equal(plain.Accuracy, new MlpPredictor(model.WithThreshold(0.5, null)).Measure(data).Accuracy);
        Assert.Equal("yes", model.WithThreshold(0.5, null).Output.PositiveClass);
        Assert.Equal("yes", model.WithThreshold(0.5, "YES").Output.PositiveClass);
        Assert.All(new MlpPredictor(model.WithThreshold(0, null)).Predict(data), answer => Assert.Equal("yes", answer.Prediction));
    }

    [Theory]
    [InlineData(ModelFormat.Safetensors)]
    [InlineData(ModelFormat.Npz)]
    [InlineData(ModelFormat.Onnx)]
    public void Files_keep_it(ModelFormat format)
    {
        (MlpModel model, MlpDataset data) = Binary(LossKind.CrossEntropy);
        string path = Path.Combine(_folder, $"model.{format.ToString().ToLowerInvariant()}");
        ModelFile.Write(model.WithThreshold(0.3, "no"), path);
        MlpModel read = ModelFile.Read(path);
        Assert.Equal(new DecisionRule { PositivePlace = model.ClassNames.ToList().IndexOf("no"), Threshold = 0.3 }, read.Output.Decision);
        Assert.Equal(read.Output.Decision, read.Copy().Output.Decision);
        Assert.Equal(
            new MlpPredictor(model.WithThreshold(0.3, "no")).Measure(data).Accuracy, new MlpPredictor(read).Measure(data).Accuracy);
    }

    [Fact]
    public void It_stays_with_its_class_where_that_gets_another_name()
    {
        (MlpModel model, MlpDataset data) = Binary(LossKind.CrossEntropy);
        MlpModel renamed = model.WithThreshold(0.3, data.ClassNames[0]);
        renamed.NameClasses(["good", "bad"]);
        Assert.Equal("good", renamed.Output.PositiveClass);
        Assert.Equal(
            new MlpPredictor(model.WithThreshold(0.3, data.ClassNames[0])).Predict(data)
                .Select(answer => (string)answer.Prediction == data.ClassNames[0]),
            new MlpPredictor(renamed).Predict(data).Select(answer => (string)answer.Prediction == "good"));

        MlpModel anonymous =
            MlpModel.Create(4, new HiddenLayers([3], [Activation.ReLU]), 2, Initializer.Default, 1).WithThreshold(0.3, "0");
        _ = MlpTrainer.Train(anonymous, data, null, new TrainingOptions { Epochs = 1, LearningRate = 0.01 }).Count();
        Assert.Equal(anonymous.ClassNames[0], anonymous.Output.PositiveClass);
        Assert.Equal("no", anonymous.Output.PositiveClass);
    }

    [Fact]
    public void Only_models_with_a_threshold_need_a_new_module()
    {
        (MlpModel model, _) = Binary(LossKind.CrossEntropy);
        string plain = Path.Combine(_folder, "plain.safetensors"), deciding = Path.Combine(_folder, "deciding.safetensors");
        ModelFile.Write(model, plain);
        ModelFile.Write(model.WithThreshold(0.3, null), deciding);
        Assert.True(int.Parse(MlpModelInfo.Read(plain).FormatVersion!) < 8);
        Assert.Equal("8", MlpModelInfo.Read(deciding).FormatVersion);
    }

    [Fact]
    public void What_can_not_decide_is_refused()
    {
        (MlpModel model, MlpDataset data) = Binary(LossKind.CrossEntropy);
        Assert.Equal("InvalidThreshold", Fails(() => model.WithThreshold(1.5, null)));
        Assert.Equal("InvalidThreshold", Fails(() => model.WithThreshold(double.NaN, null)));
        Assert.Equal("UnknownClass", Fails(() => model.WithThreshold(0.5, "yess")));
        Assert.Equal("UnknownClass", Fails(() => new MlpPredictor(model).Thresholds(data, "maybe")));
        Assert.Equal("OneClassOnly", Fails(() => new MlpPredictor(model).Thresholds(
            data.Take([.. Enumerable.Range(0, data.Count).Where(i => (string)data.Labels[i]! == "no")]))));
        MlpDataset three = TestData.Random(1, 40, 3, 3);
        MlpModel ofThree = MlpModel.CreateFor(three, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal("NotBinary", Fails(() => ofThree.WithThreshold(0.5, null)));
        Assert.Equal("PositiveClassMissing", Fails(() => new MlpPredictor(ofThree).Thresholds(three)));
        Assert.Equal(3, new MlpPredictor(ofThree).Thresholds(three, three.ClassNames[2], null, 3).Count);
        MlpDataset numbers = three.WithTargets(new float[40], ["y"]);
        MlpModel ofNumbers = MlpModel.CreateFor(numbers, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        Assert.Equal("NotAClassifier", Fails(() => new MlpPredictor(ofNumbers).Thresholds(numbers)));
        Assert.Equal("NotBinary", Fails(() => ofNumbers.WithThreshold(0.5, null)));
    }

    private static string Fails(Func<object> work) => Assert.Throws<MlpException>(work).ErrorId;

    private static (MlpModel Model, MlpDataset Data) Binary(LossKind loss)
    {
        MlpDataset features = TestData.Random(5, 120, 4, 2);
        var table = new MlpTable("binary", ["a", "b", "c", "d", "y"]);
        for (int i = 0; i < features.Count; i++)
            table.Add([.. features.GetSample(i).Select(value => (object)(double)value), i % 3 == 0 ? "yes" : "no"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
        ModelEnds ends = ModelEnds.Fit(data, loss, new EncodingOptions());
        return (MlpModel.CreateFor(ends, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 3), data);
    }

    /// <summary>Scores, what they should tell, and scikit-learn's curves by rising thresholds.</summary>
    private sealed record CurveCase(
        float[] Scores,
        bool[] Truth,
        double[]? Weights,
        double[] Thresholds,
        double[] Precision,
        double[] Recall,
        double[] FalsePositiveRate)
    {
        public ScoreRuns Runs()
        {
            var runs = new ScoreRuns(1);
            for (int i = 0; i < Scores.Length; i++)
                runs.Add(ScoreRuns.ScoreOf(Scores[i]), Weights?[i] ?? 1, Truth[i]);
            return runs;
        }
    }
}
