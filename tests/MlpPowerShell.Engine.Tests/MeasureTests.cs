using System.Text.Json;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What is measured, beside scikit-learn: references/make_measures.py draws the predictions.</summary>
public sealed class MeasureTests
{
    private static readonly MeasureCase[] _cases =
        JsonSerializer.Deserialize<MeasureCase[]>(File.ReadAllText(TestData.Reference("measures.json")))!;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, _cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_figure_is_that_of_scikit_learn(int number)
    {
        MeasureCase of = _cases[number];
        MlpEvaluation evaluation = of.Measured();
        foreach ((string name, double? expected) in of.Figures)
        {
            object? actual = typeof(MlpEvaluation).GetProperty(name)!.GetValue(evaluation);
            AssertNear(expected, (double?)actual, name);
        }

        foreach ((string name, double?[] expected) in of.Lists)
        {
            double?[] actual = name switch
            {
                "Confusion" => [.. evaluation.ConfusionMatrix!.ToRowMajorArray()],
                "TopAccuracies" => [.. evaluation.TopAccuracies],
                _ when of.Kind == OutputKind.Numbers => Each(evaluation.Targets, name),
                _ => Each(evaluation.Classes, name),
            };
            Assert.Equal(expected.Length, actual.Length);
            foreach ((double? one, double? other) in expected.Zip(actual))
                AssertNear(one, other, name);
        }
    }

    [Fact]
    public void Bins_hold_every_sample_and_come_to_the_error()
    {
        MlpEvaluation evaluation = _cases.First(of => of.Kind == OutputKind.Classes && of.Weights is null).Measured();
        Assert.Equal(evaluation.Samples, evaluation.CalibrationBins.Sum(bin => bin.Samples));
        Assert.Equal(
            evaluation.ExpectedCalibrationError!.Value,
            evaluation.CalibrationBins.Where(bin => bin.Samples > 0)
                .Sum(bin => bin.Samples * Math.Abs(bin.Confidence!.Value - bin.Accuracy!.Value)) / evaluation.Samples,
            1e-12);
        Assert.All(
            evaluation.CalibrationBins.Where(bin => bin.Samples > 0), bin => Assert.InRange(bin.Confidence!.Value, bin.From, bin.To));
    }

    [Fact]
    public void A_weight_counts_as_so_many_samples()
    {
        foreach (MeasureCase of in _cases.Where(of => of.Weights is null))
        {
            int count = of.Outputs.Length / of.Width, width = of.Targets.Length / count;
            int[] times = [.. Enumerable.Range(0, count).Select(i => (i * 7 % 4) + 1)];
            int[] rows = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat(i, times[i]))];
            MlpEvaluation repeated = (of with
            {
                Outputs = [.. rows.SelectMany(i => of.Outputs.Skip(i * of.Width).Take(of.Width))],
                Targets = [.. rows.SelectMany(i => of.Targets.Skip(i * width).Take(width))],
            }).Measured();
            MlpEvaluation weighted = (of with { Weights = [.. times.Select(time => (float)time)] }).Measured();
            Assert.Equal(count, weighted.Samples);
            foreach (string name in of.Figures.Keys.Where(name => name is not ("AccuracyLow" or "AccuracyHigh")))
            {
                AssertNear(
                    (double?)typeof(MlpEvaluation).GetProperty(name)!.GetValue(repeated),
                    (double?)typeof(MlpEvaluation).GetProperty(name)!.GetValue(weighted),
                    name);
            }
        }
    }

    [Fact]
    public void The_loss_of_weighted_samples_is_their_weighted_mean()
    {
        MlpDataset data = TestData.Random(5, 40, 4, 3);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 1);
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 0f : 1.5f)];
        int[] odd = [.. Enumerable.Range(0, 20).Select(i => (2 * i) + 1)];
        MlpEvaluation weighted = new MlpPredictor(model).Measure(data.WithSampleWeights(weights));
        MlpEvaluation half = new MlpPredictor(model).Measure(data.Take(odd));
        Assert.Equal(half.Loss, weighted.Loss, 1e-12);
        Assert.Equal(half.LogLoss!.Value, half.Loss, 1e-6);
        Assert.Equal(half.Accuracy!.Value, weighted.Accuracy!.Value, 1e-12);
        Assert.Equal(half.AccuracyLow!.Value, weighted.AccuracyLow!.Value, 1e-12);
    }

    [Theory]
    [InlineData(1, Explicit = true)]
    [InlineData(8192)]
    public void Scores_for_which_there_is_no_room_are_rounded_and_hardly_change_a_rank(int among)
    {
        // Nine million different scores, or of 8192 classes nine thousand each.
        int count = among == 1 ? 9_000_000 : 9_000;
        var random = new Random(3);
        var rounded = new ScoreRuns(among);
        double area = 0, below = 0;
        (float Score, bool IsPositive)[] scores = [.. Enumerable.Range(0, count).Select(_ =>
        {
            bool isPositive = random.Next(3) == 0;
            double z = MathNet.Numerics.Distributions.Normal.Sample(random, isPositive ? 2 : -2, 4);
            return ((float)(1 / (1 + Math.Exp(-z))), isPositive);
        })];
        foreach ((float score, bool isPositive) in scores)
            rounded.Add(ScoreRuns.ScoreOf(score), 1, isPositive);
        foreach ((_, bool isPositive) in scores.OrderBy(pair => pair.Score))
        {
            area += isPositive ? below : 0;
            below += isPositive ? 0 : 1;
        }

        Assert.Equal(area / (below * (count - below)), rounded.AreaUnderCurve()!.Value, among == 1 ? 1e-6 : 1e-3);
    }

    [Fact]
    public void Scores_rise_with_probabilities_to_the_last_bit()
    {
        float[] rising =
        [
            0, float.Epsilon, 1e-38f, 1e-10f, 0.1f, 0.25f, MathF.BitDecrement(0.5f), 0.5f, MathF.BitIncrement(0.5f), 0.75f, 0.9f,
            MathF.BitDecrement(1), 1,
        ];
        long[] scores = [.. rising.Select(ScoreRuns.ScoreOf)];
        Assert.Equal(scores.Order().Distinct(), scores);
    }

    [Fact]
    public void Where_all_are_of_one_class_figures_that_need_two_are_none()
    {
        var of = new MeasureCase(OutputKind.Classes, 2, [0.75f, 0.25f, 0.625f, 0.375f], [0, 0], null, [], []);
        MlpEvaluation evaluation = of.Measured();
        Assert.Equal((1, 1, 1), (evaluation.Accuracy, evaluation.BalancedAccuracy, evaluation.MacroF1));
        Assert.Equal((null, null, null, 0), (
            evaluation.RocAuc, evaluation.WeightedRocAuc, evaluation.CohenKappa, evaluation.MatthewsCorrelation));
        Assert.Null(evaluation.AveragePrecision);
        Assert.Equal(1, evaluation.Classes[0].AveragePrecision);
    }

    [Fact]
    public void Groups_are_measured_as_data_sets_of_their_own()
    {
        var table = new MlpTable("machines", ["x", "site", "y"]);
        var random = new Random(4);
        foreach (int i in Enumerable.Range(0, 300))
            table.Add([random.NextDouble(), i % 7 == 0 ? null : (object)(i % 3 * 5), random.Next(2) == 0 ? "no" : "yes"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 1);
        IReadOnlyList<MlpEvaluation> groups = new MlpPredictor(model).Measure(data, "SITE");
        Assert.Equal(["0", "5", "10", ""], groups.Select(group => group.Group));
        Assert.Equal(300, groups.Sum(group => group.Samples));
        foreach (MlpEvaluation group in groups)
        {
            DataColumn site = data.Columns[1];
            MlpDataset part = data.Take([.. Enumerable.Range(0, 300).Where(i => (site.TextAt(i) ?? string.Empty) == group.Group)]);
            MlpEvaluation alone = new MlpPredictor(model).Measure(part);
            Assert.Equal(alone.Samples, group.Samples);
            Assert.Equal(alone.RocAuc, group.RocAuc);
            Assert.Equal(alone.MacroF1, group.MacroF1);
            Assert.Equal(alone.Loss, group.Loss, 1e-6);
        }

        Assert.Equal("ColumnsMissing", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(data, "sight")).ErrorId);
    }

    [Fact]
    public void Too_many_groups_are_an_error()
    {
        var table = new MlpTable("many", ["x", "y"]);
        foreach (int i in Enumerable.Range(0, 1500))
            table.Add([i / 7.0, i % 2 == 0 ? "no" : "yes"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([5], [Activation.Named("Tanh")]), Initializer.Default, 1);
        Assert.Equal("TooManyGroups", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(data, "x")).ErrorId);
    }

    private static double?[] Each<T>(IEnumerable<T> scores, string name) =>
        [.. scores.Select(score => (double?)typeof(T).GetProperty(name)!.GetValue(score))];

    private static void AssertNear(double? expected, double? actual, string name)
    {
        Assert.True(expected is null == actual is null, $"{name}: {actual}, expected {expected}");

        // scikit-learn makes each row of probabilities sum to 1 before the logarithm.
        double tolerance = name == "LogLoss" ? 1e-9 : 1e-12;
        if (expected is { } number)
        {
            double error = Math.Abs(number - actual!.Value);
            Assert.True(error <= tolerance * Math.Max(1, Math.Abs(number)), $"{name}: {actual}, expected {expected}");
        }
    }

    /// <summary>Predictions, what they should be, and what scikit-learn says of them.</summary>
    private sealed record MeasureCase(
        [property: System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
        OutputKind Kind,
        int Width,
        float[] Outputs,
        float[] Targets,
        float[]? Weights,
        Dictionary<string, double?> Figures,
        Dictionary<string, double?[]> Lists)
    {
        public MlpEvaluation Measured()
        {
            string[] names = [.. Enumerable.Range(0, Width).Select(i => $"{i}")];
            int[] classes = [.. Targets.Select(target => (int)target)];
            var data = new MlpDataset("measures", Outputs, Kind == OutputKind.Classes ? classes : null, Width, names);
            if (Kind != OutputKind.Classes)
                data = data.WithTargets(Targets, names);
            if (Weights is not null)
                data = data.WithSampleWeights(Weights);
            LossKind loss = Kind == OutputKind.Numbers ? LossKind.MeanSquaredError
                : Kind == OutputKind.Labels ? LossKind.BinaryCrossEntropy : LossKind.CrossEntropy;
            var model = new MlpModel(Width, new HiddenLayers([], [Activation.Identity]), Width, loss);
            model.NameClasses(names);

            // The outputs themselves: a network would round what scikit-learn was given.
            var tally = EvaluationTally.For(model, data.Name);
            tally.Begin(data);
            Samples samples = model.Ends.Encode(data, EncodingPurpose.Measuring, null);
            for (int i = 0; i < data.Count; i++)
                tally.Add(samples, i, Outputs.AsSpan(i * Width, Width), default);
            return tally.Evaluation();
        }
    }
}
