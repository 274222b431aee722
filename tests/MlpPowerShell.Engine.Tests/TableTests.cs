using FsCheck;
using FsCheck.Fluent;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Tables;

namespace MlpPowerShell.Engine.Tests;

public sealed class TableTests
{
    [Theory]
    [InlineData("5.1", 5.1)]
    [InlineData(" -3e2 ", -300.0)]
    [InlineData("+4", 4.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("123456789012", 123456789012.0)]
    [InlineData("True", true)]
    [InlineData("false", false)]
    [InlineData("2024-02-29", "2024-02-29")]
    [InlineData("00:01:30", "00:01:30")]
    [InlineData("007", "007")]
    [InlineData("Infinity", "Infinity")]
    [InlineData("1,5", "1,5")]
    public void A_text_counts_as_what_it_stands_for(string text, object expected)
    {
        Cell cell = Cell.Parse(text);
        Assert.Equal(Convert.ToString(expected, System.Globalization.CultureInfo.InvariantCulture), cell.ToName());
        Assert.Equal(expected is string && !text.Contains(':') && !text.StartsWith("2024", StringComparison.Ordinal), cell.Kind == ColumnKind.Category);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("?")]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData(null)]
    [InlineData(double.NaN)]
    public void Nothing_has_many_names(object? value) => Assert.Null(Cell.Of(value).Kind);

    [Fact]
    public void Values_of_every_simple_type_become_features()
    {
        MlpTable table = Table(
            ["number", "flag", "day", "span", "weekday", "label"],
            [1, true, new DateTime(2000, 1, 2), TimeSpan.FromMinutes(1), DayOfWeek.Monday, "a"],
            [2.5m, false, new DateTimeOffset(2000, 1, 3, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(90), DayOfWeek.Friday, "b"],
            ["3", "true", "2000-01-01", "00:00:30", "Monday", 'a']);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["label"], Scaling = FeatureScaling.None });
        Assert.Equal(["number", "flag", "day", "span", "weekday=Friday", "weekday=Monday"], data.Preprocessing!.FeatureNames);
        Assert.Equal([1f, 1, 1, 60, 0, 1], data.GetSample(0));
        Assert.Equal([2.5f, 0, 2.5f, 90, 1, 0], data.GetSample(1));
        Assert.Equal([3f, 1, 0, 30, 0, 1], data.GetSample(2));
        Assert.Equal(["a", "b"], data.ClassNames);
        Assert.Equal([0, 1, 0], data.Labels.ToArray());
    }

    [Fact]
    public void Numbers_are_standardized_scaled_or_left()
    {
        MlpTable table = Table(["a", "b", "c", "same", "y"], [1, 1, 1, 7, "p"], [2, 2, 2, 7, "q"], [6, 6, 6, 7, "p"]);
        var options = new TableOptions
        {
            Label = ["y"],
            ScalingOf = name => name == "b" ? FeatureScaling.MinMax : name == "c" ? FeatureScaling.None : null,
        };
        MlpDataset data = table.ToDataset(options);
        float[][] rows = [.. Enumerable.Range(0, 3).Select(data.GetSample)];
        double deviation = Math.Sqrt(14 / 3.0);
        Assert.Equal([-2 / deviation, -1 / deviation, 3 / deviation], rows.Select(row => (double)row[0]), Close);
        Assert.Equal([0, 0.2, 1], rows.Select(row => (double)row[1]), Close);
        Assert.Equal([1.0, 2, 6], rows.Select(row => (double)row[2]));
        Assert.All(rows, row => Assert.Equal(0, row[3]));

        static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 1e-6;
    }

    [Theory]
    [InlineData(MissingValues.Mean, 3, "x", 4.0)]
    [InlineData(MissingValues.Median, 3, "x", 3.0)]
    [InlineData(MissingValues.Drop, 2, null, null)]
    public void Missing_values_are_filled_or_dropped(MissingValues missing, int count, string? category, double? number)
    {
        MlpTable table = Table(["n", "c", "y"], [1, "x", "p"], [null, "x", "q"], [8, null, "p"], [3, "z", "q"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"], Missing = missing, Scaling = FeatureScaling.None });
        Assert.Equal(missing == MissingValues.Drop ? 2 : 4, data.Count);
        if (number is null)
            return;
        Assert.Equal((float)number, data.GetSample(1)[0]);
        Assert.Equal([1f, 0], data.GetSample(2)[1..]);
        Assert.Equal(category, data.Preprocessing!.Columns[1].FillCategory);
        Assert.Equal(1, data.Preprocessing.Columns[0].MissingCount);
        Assert.Equal((float)number, data.Preprocessing.Encode([null, "z"])[0]);
        Assert.Equal(count, data.Preprocessing.FeatureCount);
    }

    [Fact]
    public void The_label_decides_the_task()
    {
        Assert.Equal(3, Fit(MlpTask.Auto, 0, 1, 2, 1).ClassCount);
        Assert.Equal(["y"], Fit(MlpTask.Auto, 0.5, 1, 2, 1).TargetNames);
        Assert.Equal(["y"], Fit(MlpTask.Auto, [.. Enumerable.Range(0, 30).Cast<object>()]).TargetNames);
        Assert.Equal(["y"], Fit(MlpTask.Regression, 0, 1, 2, 1).TargetNames);
        Assert.Equal(["0.5", "1", "2"], Fit(MlpTask.Classification, 0.5, 1, 2, 1).ClassNames);
        Assert.Equal(["False", "True"], Fit(MlpTask.Auto, true, false, true).ClassNames);

        MlpTable several = Table(["x", "sun", "wind"], [1, 1, 0], [2, 0, 1], [3, 1, 1]);
        MlpDataset labels = several.ToDataset(new TableOptions { Label = ["sun", "wind"] });
        Assert.Equal([1f, 0, 0, 1, 1, 1], labels.Targets.ToArray());
        Assert.True(labels.HasBinaryTargets);
        MlpTable numbers = Table(["x", "u", "v"], [1, 10, 0.1], [2, 20, 0.2], [3, 30, 0.3]);
        Assert.Equal(["u", "v"], numbers.ToDataset(new TableOptions { Label = ["u", "v"] }).TargetNames);

        static MlpDataset Fit(MlpTask task, params object[] labels) =>
            Table(["x", "y"], [.. labels.Select((label, i) => new object?[] { i, label })]).ToDataset(new TableOptions { Label = ["y"], Task = task });
    }

    [Fact]
    public void What_can_not_be_learned_from_is_refused_with_the_place()
    {
        var label = new TableOptions { Label = ["y"] };
        object?[][] unique = [.. Enumerable.Range(0, 60).Select(i => new object?[] { $"name {i}", i % 2 == 0 ? "p" : "q" })];
        AssertFails("TooManyCategories", "-Exclude 'x'", label, unique);
        AssertFails("OneClass", "'p' in every row", label, [1, "p"], [2, "p"]);
        AssertFails("MissingValue", "row 1, column 1 (x)", label, [1, "p"], [null, "q"]);
        AssertFails("MissingLabel", "row 1, column 2 (y)", label, [1, "p"], [2, null]);
        AssertFails("EmptyColumn", "-Exclude 'x'", label, [null, "p"], ["", "q"]);
        AssertFails("NotANumber", "row 2, column 1 (x): '3o'", label, [1, "p"], [2, "q"], ["3o", "p"], [4, "q"]);
        AssertFails("NotFinite", "row 0, column 1 (x)", label, [double.PositiveInfinity, "p"], [2, "q"]);
        AssertFails("ColumnNotFound", "there are x, y", new TableOptions { Label = ["z"] }, [1, "p"]);
        AssertFails("NoFeatures", "no column is left", label with { IsFeature = _ => false }, [1, "p"], [2, "q"]);
        AssertFails("TargetIsText", "'p'", label with { Task = MlpTask.Regression }, [1, "p"], [2, "q"]);
        AssertFails("LabelIsNoFlag", "neither true or false", label with { Task = MlpTask.MultiLabel }, [1, "p"], [2, "q"]);
        AssertFails("ImageShapeMismatch", "4 features, and there are 1", label with { ImageShape = new ImageShape(2, 2) }, [1, "p"], [2, "q"]);
        AssertFails("PixelsOutsideBytes", "0 to 255", label with { ImageShape = new ImageShape(1, 1) }, [256, "p"], [2, "q"]);
        AssertFails("EmptyTable", "no rows", label);
        AssertFails("EmptyTable", "no complete rows", label with { Missing = MissingValues.Drop }, [null, "p"]);
        Assert.Equal("LabelMissing", Assert.Throws<MlpException>(() => Table(["a", "b"], [1, 2]).ToDataset(new TableOptions { Label = [] })).ErrorId);
        Assert.Equal("DuplicateColumn", Assert.Throws<MlpException>(() => new MlpTable("t", ["a", "A"])).ErrorId);
        Assert.Equal("NotAValue", Assert.Throws<MlpException>(() => new MlpTable("t", ["a"]).Add([new[] { 1 }])).ErrorId);

        static void AssertFails(string errorId, string message, TableOptions options, params object?[][] rows)
        {
            string[] names = rows.Length > 0 && rows[0].Length == 1 ? ["x"] : ["x", "y"];
            MlpException failure = Assert.Throws<MlpException>(() => Table(names, rows).ToDataset(options));
            Assert.Equal(errorId, failure.ErrorId);
            Assert.Contains(message, failure.Message);
        }
    }

    [Fact]
    public void Categories_may_be_numbers_and_mixed_where_asked_for()
    {
        MlpTable table = Table(["code", "y"], [1, "p"], [2, "q"], ["B", "p"], [1.0, "q"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"], IsCategory = name => name == "code" });
        Assert.Equal(["1", "2", "B"], data.Preprocessing!.Columns[0].Categories);
        Assert.Equal([1f, 0, 0], data.GetSample(3));
    }

    [Fact]
    public void Other_rows_are_scaled_as_those_it_was_fitted_to()
    {
        MlpTable train = Table(["x", "c", "y"], [0, "u", "p"], [10, "v", "q"]);
        MlpPreprocessing fitted = train.ToDataset(new TableOptions { Label = ["y"] }).Preprocessing!;
        MlpDataset test = Table(["y", "c", "x", "extra"], ["q", "u", 20, 1], ["q", "u", 0, 2]).ToDataset(fitted);
        Assert.Equal([3f, 1, 0], test.GetSample(0));
        Assert.Equal([1, 1], test.Labels.ToArray());
        MlpDataset unknown = Table(["x", "c"], [20, "u"]).ToDataset(fitted);
        Assert.Equal((1, false), (unknown.Count, unknown.HasLabels));
        Network.MlpModel model = Network.MlpModel.CreateFor(test, [], [], Network.Initializer.Default, 1);
        Assert.Contains(new Evaluation.MlpPredictor(model).Predict(unknown).Single().Prediction, new object[] { "p", "q" });
        Assert.Equal("UnknownCategory", Assert.Throws<MlpException>(() => Table(["x", "c", "y"], [1, "w", "p"]).ToDataset(fitted)).ErrorId);
        Assert.Equal("UnknownCategory", Assert.Throws<MlpException>(() => Table(["x", "c", "y"], [1, "u", "r"]).ToDataset(fitted)).ErrorId);
        MlpException wrong = Assert.Throws<MlpException>(() => Table(["x", "c", "y"], [5, "u", "p"], ["text", "u", "p"]).ToDataset(fitted));
        Assert.Equal("WrongKind", wrong.ErrorId);
        Assert.Contains("row 1, column 1 (x)", wrong.Message);
        Assert.Equal("ColumnNotFound", Assert.Throws<MlpException>(() => Table(["x", "y"], [1, "p"]).ToDataset(fitted)).ErrorId);
    }

    [Fact]
    public void A_model_refuses_data_that_were_scaled_otherwise()
    {
        TableOptions options = new() { Label = ["y"] };
        MlpDataset train = Table(["x", "y"], [0, "p"], [10, "q"]).ToDataset(options);
        MlpDataset other = Table(["x", "y"], [0, "p"], [11, "q"]).ToDataset(options);
        Network.MlpModel model = Network.MlpModel.CreateFor(train, [], [], Network.Initializer.Default, 1);
        var predictor = new Evaluation.MlpPredictor(model);
        Assert.Equal("PreprocessingMismatch", Assert.Throws<MlpException>(() => predictor.Measure(other)).ErrorId);
        Assert.Equal(2, predictor.Measure(Table(["x", "y"], [5, "p"], [11, "q"]).ToDataset(train.Preprocessing!)).Samples);
    }

    [Fact]
    public void Regression_predicts_and_measures_in_the_units_of_the_table()
    {
        MlpTable table = Table(["x", "y"], [.. Enumerable.Range(0, 100).Select(i => new object?[] { i, (300.0 * i) + 1000 })]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
        Network.MlpModel model = Network.MlpModel.CreateFor(data, [], [], Network.Initializer.Default, 1);
        _ = Training.MlpTrainer.Train(model, data, null, new Training.TrainingOptions { Epochs = 200, LearningRate = 0.1 }).Last();
        var predictor = new Evaluation.MlpPredictor(model);
        Assert.Equal(4000, (double)predictor.Predict(data).ElementAt(10).Prediction, 1.0);
        Assert.Equal(4000.0, predictor.Predict(data).ElementAt(10).Label);
        Evaluation.MlpEvaluation measured = predictor.Measure(data);
        Assert.InRange(measured.RootMeanSquaredError!.Value, 0, 1);
        Assert.InRange(measured.R2!.Value, 0.99999, 1);
    }

    [Fact]
    public void A_row_comes_back_from_its_features()
    {
        MlpTable table = Table(
            ["n", "flag", "day", "span", "c", "y"],
            [5.1, true, new DateTime(2024, 1, 2), TimeSpan.FromSeconds(90), "u", "p"],
            [-3, false, new DateTime(2024, 3, 4), TimeSpan.FromHours(1), "v", "q"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"], ScalingOf = name => name is "n" ? null : FeatureScaling.None });
        IReadOnlyList<KeyValuePair<string, object>>[] rows = [.. DatasetRows.Of(data)];
        Assert.Equal(["n", "flag", "day", "span", "c", "y"], rows[0].Select(pair => pair.Key));
        Assert.Equal([5.1, true, new DateTime(2024, 1, 2), TimeSpan.FromSeconds(90), "u", "p"], rows[0].Select(pair => pair.Value));
        Assert.Equal([-3.0, false, new DateTime(2024, 3, 4), TimeSpan.FromHours(1), "v", "q"], rows[1].Select(pair => pair.Value));
    }

    [Fact]
    public void Any_finite_numbers_scale_to_mean_0_and_deviation_1_and_back()
    {
        Prop.ForAll<NonEmptyArray<short>>(values =>
        {
            MlpTable table = Table(["x", "y"], [.. values.Get.Select((x, i) => new object?[] { x / 8.0, i % 2 }), [1.5, 0], [2.5, 1]]);
            MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
            double[] features = [.. Enumerable.Range(0, data.Count).Select(i => (double)data.GetSample(i)[0])];
            double mean = features.Average();
            double deviation = Math.Sqrt(features.Average(x => x * x) - (mean * mean));
            bool back = DatasetRows.Of(data).Zip(values.Get).All(pair => Math.Abs((double)pair.First[0].Value - (pair.Second / 8.0)) < 0.01);
            return back && Math.Abs(mean) < 1e-3 && Math.Abs(deviation - 1) < 1e-3;
        }).QuickCheckThrowOnFailure();
    }

    internal static MlpTable Table(string[] names, params object?[][] rows)
    {
        var table = new MlpTable("table", names);
        foreach (object?[] row in rows)
            table.Add(row);
        return table;
    }
}
