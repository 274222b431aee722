using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What a model makes of columns.</summary>
public sealed partial class EncodingTests
{
    private static readonly double[] _numbers = [-3, 0, 1, 1, 2, 5, 40, 1000];

    public static TheoryData<FeatureScaling> Scalings() => [.. Enum.GetValues<FeatureScaling>()];

    [Theory]
    [MemberData(nameof(Scalings))]
    public void Numbers_are_scaled_by_what_they_were_fitted_to(FeatureScaling scaling)
    {
        double mean = _numbers.Average(), deviation = Math.Sqrt(_numbers.Average(number => (number - mean) * (number - mean)));
        double[] logarithms = Array.ConvertAll(_numbers, number => Math.Sign(number) * Math.Log(1 + Math.Abs(number)));
        double logMean =
            logarithms.Average(), logDeviation = Math.Sqrt(logarithms.Average(number => (number - logMean) * (number - logMean)));

        // The ranks of 8 numbers of which two are equal, as numpy.interp over their quantiles gives them.
        double[] ranks = [0, 1 / 7.0, 2.5 / 7, 2.5 / 7, 4 / 7.0, 5 / 7.0, 6 / 7.0, 1];
        double[] expected = scaling switch
        {
            FeatureScaling.Standard => Array.ConvertAll(_numbers, number => (number - mean) / deviation),
            FeatureScaling.MinMax => Array.ConvertAll(_numbers, number => (number + 3) / 1003),
            FeatureScaling.None => _numbers,
            FeatureScaling.Robust => Array.ConvertAll(_numbers, number => (number - 1.5) / (13.75 - 0.75)),
            FeatureScaling.Log => Array.ConvertAll(logarithms, number => (number - logMean) / logDeviation),
            FeatureScaling.Quantile => Array.ConvertAll(ranks, rank => (rank - 0.5) * Math.Sqrt(12)),
            _ => throw new ArgumentOutOfRangeException(nameof(scaling)),
        };
        MlpModel model =
            Model(Table(["x"], _numbers.Select(number => new object?[] { number })), new EncodingOptions { Scaling = scaling });
        float[] features =
            model.Ends.Encode(Table(["x"], _numbers.Select(number => new object?[] { number })), EncodingPurpose.Predicting, null).Floats!;
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal((float)expected[i], features[i], Math.Max(1e-6f, MathF.Abs((float)expected[i]) * 1e-6f));
    }

    [Theory]
    [InlineData(1e-170)]
    [InlineData(1e-300)]
    [InlineData(1e154)]
    [InlineData(1e250)]
    public void Numbers_of_any_size_are_scaled(double size)
    {
        MlpDataset data = MixedTable.Of([.. Enumerable.Range(0, 5).Select(i => new object?[] { i * size, i * size })], ["x", "y"])
            .ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Regression });
        Samples samples = ModelEnds.Fit(data, null, new EncodingOptions()).Encode(data, EncodingPurpose.Training, null);
        Assert.All(new[] { samples.Floats!, samples.Targets! }, values => Assert.InRange(values.Max() - values.Min(), 0.5f, 4));
    }

    [Theory]
    [InlineData(1e15, 1)]
    [InlineData(-9e15, 1)]
    [InlineData(0, 1e-200)]
    [InlineData(0, 1e200)]
    public void Numbers_of_any_offset_and_size_get_mean_0_and_deviation_1(double offset, double size)
    {
        MlpDataset data = MixedTable.Of(
            [.. Enumerable.Range(0, 5000).Select(i => new object?[] { offset + (size * (i % 50)), i % 2 })], ["x", "y"])
            .ToDataset(new TableOptions { Label = ["y"] });
        FeatureColumn column = ModelEnds.Fit(data, null, new EncodingOptions()).Input.Columns[0];
        Assert.Equal(24.5, (column.Shift - offset) / size, 0.5);
        Assert.Equal(Math.Sqrt(((50 * 50) - 1) / 12.0), 1 / (column.Factor * size), 1e-9);
    }

    [Theory]
    [InlineData("24:00:00", 24.0)]
    [InlineData("99:30:00", 99.5)]
    [InlineData("23:00", 23.0)]
    [InlineData("1.12:00:00", 36.0)]
    [InlineData("-1.12:00:00", -36.0)]
    [InlineData("1:12:00:00", 36.0)]
    [InlineData("5", null)]
    [InlineData("24:99:00", null)]
    public void Time_spans_are_hours_minutes_and_seconds(string text, double? hours)
    {
        CellValue value = CellValue.Of(text, ColumnKind.Duration);
        Assert.Equal(hours, value.IsOfKind ? TimeSpan.FromTicks(value.Ticks).TotalHours : null);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(-1)]
    public void A_number_is_no_flag_but_0_and_1(double number)
    {
        MlpModel model = Model(Table(["f"], [[true], [false], [true]]), new EncodingOptions());
        Assert.Equal("WrongKind", Assert.Throws<MlpException>(() => model.Ends.EncodeRow([number], null)).ErrorId);
        Assert.Equal(
            "WrongKind",
            Assert.Throws<MlpException>(() => model.Ends.Encode(
                Table(["f"], [[1], [number], [0]]), EncodingPurpose.Predicting, null)).ErrorId);
        Assert.Equal(
            model.Ends.EncodeRow([true], null).Floats!,
            model.Ends.Encode(Table(["f"], [[1], [0]]), EncodingPurpose.Predicting, null).Floats![..1]);
    }

    [Fact]
    public void What_had_no_gaps_to_learn_from_has_no_indicator()
    {
        MlpDataset data = Table(["x", "z", "c", "d"], [[1, 1, "a", "a"], [null, 2, null, "b"], [3, 3, "b", "b"]]);
        Assert.Equal(
            ["x", "x missing", "z", "c=a", "c=b", "c=", "d=a", "d=b"],
            Model(data, new EncodingOptions { Missing = MissingValues.Indicator }).Input.FeatureNames);
    }

    [Fact]
    public void Numbers_beyond_those_that_were_ranked_have_the_ends_ranks_and_what_lies_between_goes_between()
    {
        MlpModel model = Model(Table(["x"], [[0.0], [10.0], [20.0]]), new EncodingOptions { Scaling = FeatureScaling.Quantile });
        float[] features = model.Ends.Encode(Table(["x"], [[-5.0], [5.0], [10.0], [99.0]]), EncodingPurpose.Predicting, null).Floats!;
        Assert.Equal(
            [-Math.Sqrt(3), -Math.Sqrt(3) / 2, 0, Math.Sqrt(3)],
            features.Select(feature => Math.Round(feature, 6)),
            (one, other) => Math.Abs(one - other) < 1e-5);
    }

    [Fact]
    public void Blanks_around_a_category_count_where_they_tell_two_apart()
    {
        MlpDataset with = Table(["c"], [["a "], ["b"], ["a "], ["b"]]), without = Table(["c"], [["a"], ["b"], ["a"], ["b"]]);
        MlpDataset both = Table(["c"], [["a"], ["a "], ["a"], ["a "], [" a"], [" a"]]);
        foreach ((MlpDataset fitted, MlpDataset met) in new[] { (with, without), (without, with), (with, with) })
        {
            var notes = new EncodingNotes();
            Assert.Equal([0, 1, 0, 1], Model(fitted, new EncodingOptions()).Ends.Encode(met, EncodingPurpose.Predicting, notes).Codes!);
            Assert.Empty(notes.Sentences);
        }

        int[] codes = Model(both, new EncodingOptions()).Ends.Encode(both, EncodingPurpose.Predicting, null).Codes!;
        Assert.Equal(3, codes.Distinct().Count());
    }

    [Theory]
    [InlineData(0, "c=a, c=b")]
    [InlineData(1, "c=a, c=b, c=n0")]
    [InlineData(4, "c=a, c=b, c=n0, c=n1, c=n2, c=n3")]
    [InlineData(5, "c=a, c=b, c=(other)")]
    [InlineData(40, "c=a, c=b, c=(other)")]
    public void Categories_that_occur_once_are_rare_where_there_are_some(int once, string features)
    {
        MlpDataset data = Table(["c"], [["b"], ["a"], ["b"], ["a"], .. Enumerable.Range(0, once).Select(i => new object?[] { $"n{i}" })]);
        Assert.Equal(features, string.Join(", ", Model(data, new EncodingOptions()).Input.FeatureNames));

        // Where it is asked for, each has its own.
        foreach (EncodingOptions own in new EncodingOptions[]
        {
            new() { UnknownCategory = UnknownCategory.Ignore }, new() { MinCategoryCount = 1 }
        })
        {
            Assert.Equal(2 + once, Model(data, own).Input.FeatureNames.Count());
        }
    }

    [Fact]
    public void Unknown_categories_are_ignored_or_count_as_rare_or_are_errors()
    {
        MlpDataset data =
            Table(["c"], [["a"], ["a"], ["b"], ["b"], ["b"], ["once"]]), other = Table(["c"], [["a"], ["new"], ["once"], ["new"]]);
        int[] Codes(UnknownCategory unknown, int least, EncodingNotes? notes = null) =>
            Model(
                data,
                new EncodingOptions
                {
                    UnknownCategory = unknown,
                    MinCategoryCount = least,
                }).Ends.Encode(other, EncodingPurpose.Predicting, notes).Codes!;
        var notes = new EncodingNotes();
        Assert.Equal([0, -1, 2, -1], Codes(UnknownCategory.Ignore, 1, notes));
        Assert.Equal(
            "The column c has 2 values of 1 category that the model does not know, and that count as none of its own: new.",
            Assert.Single(notes.Sentences).Sentence.ToString());
        Assert.Equal([0, -1, 2, -1], Codes(UnknownCategory.Ignore, 2));
        notes = new EncodingNotes();
        Assert.Equal([0, 2, 2, 2], Codes(UnknownCategory.Other, 2, notes));
        Assert.Equal(
            "The column c has 2 values of 1 category that the model does not know, and that count as its rare ones do: new.",
            Assert.Single(notes.Sentences).Sentence.ToString());

        // One category that occurs once tells nothing of others.
        Assert.Equal([0, -1, 2, -1], Codes(UnknownCategory.Other, 1));
        MlpException failure = Assert.Throws<MlpException>(() => Codes(UnknownCategory.Error, 2));
        Assert.Equal("UnknownCategory", failure.ErrorId);
        Assert.Contains("row 2: c is 'new'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rarest_categories_have_a_feature_in_common_where_there_are_too_many()
    {
        MlpDataset data = Table(["c"], [["a"], ["b"], ["b"], ["c"], ["c"], ["c"], ["d"]]);
        MlpModel model = Model(data, new EncodingOptions { MaxCategories = 2 });
        Assert.Equal(["c=b", "c=c", "c=(other)"], model.Input.FeatureNames);
        Assert.Equal([2, 0, 0, 1, 1, 1, 2], model.Ends.Encode(data, EncodingPurpose.Predicting, null).Codes!);
    }

    [Fact]
    public void Categories_that_differ_in_case_alone_are_one_where_that_is_asked_for()
    {
        MlpDataset data = Table(["c"], [["Bern"], ["bern"], ["BERN"], ["bern"], ["Köln"]]);
        Assert.Equal(["c=Köln", "c=bern"], Model(data, new EncodingOptions { IgnoreCase = true }).Input.FeatureNames);
        Assert.Equal(
            [1, 1, 1, 1, 0],
            Model(data, new EncodingOptions { IgnoreCase = true }).Ends.Encode(data, EncodingPurpose.Predicting, null).Codes!);
        Assert.Equal(4, Model(data, new EncodingOptions()).Input.Size);
    }

    [Fact]
    public void Dates_go_round_where_that_is_asked_for()
    {
        DateTime monday = new(2024, 1, 1, 18, 0, 0);
        MlpDataset data = Table(["when"], [[monday], [monday.AddDays(7)], [monday.AddDays(2)]]);
        MlpModel model = Model(data, new EncodingOptions { DatePartsOf = _ => DateParts.Weekday | DateParts.Hour });
        Assert.Equal(["when", "when Weekday sine", "when Weekday cosine", "when Hour sine", "when Hour cosine"], model.Input.FeatureNames);
        float[] features = model.Ends.Encode(data, EncodingPurpose.Predicting, null).Floats!;
        Assert.Equal(features[1], features[6], 1e-5f);
        Assert.NotEqual(features[1], features[11], 1e-2f);
        Assert.Equal(-1, features[3], 1e-5f);
        Assert.Equal(1, Math.Pow(features[1], 2) + Math.Pow(features[2], 2), 1e-5);
        Assert.Equal(
            "NotADate",
            Assert.Throws<MlpException>(() => Model(
                Table(["x"], [[1], [2]]), new EncodingOptions { DatePartsOf = _ => DateParts.Hour })).ErrorId);
    }

    [Fact]
    public void What_is_no_finite_float_is_refused_with_its_row()
    {
        MlpDataset data = Table(["x"], [[1.0], [2.0]]);
        MlpModel plain = Model(data, new EncodingOptions { Scaling = FeatureScaling.None });
        MlpException failure = Assert.Throws<MlpException>(() => new MlpPredictor(plain).Predict(Table(["x"], [[1.0], [1e300]])));
        Assert.Equal("NotFinite", failure.ErrorId);
        Assert.Contains("row 2: x is 1E+300", failure.Message, StringComparison.Ordinal);
        Assert.Equal("NotFinite", Assert.Throws<MlpException>(() => Table(["x"], [[1.0], [double.PositiveInfinity]])).ErrorId);
        Assert.Equal("NotFinite", Assert.Throws<MlpException>(() => new MlpDataset("a", [1f, float.NaN], null, 1, [])).ErrorId);
    }

    [Fact]
    public void Arrays_are_left_as_they_are_unless_scaling_is_asked_for()
    {
        var data = new MlpDataset("a", [100f, 1, 300, 2], [0, 1], 2, ["p", "q"]);
        Assert.Same(data.Floats, Model(data, new EncodingOptions()).Ends.Encode(data, EncodingPurpose.Predicting, null).Floats);
        Assert.Equal(
            [-1f, -1, 1, 1],
            Model(
                data,
                new EncodingOptions { Scaling = FeatureScaling.Standard }).Ends.Encode(data, EncodingPurpose.Predicting, null).Floats!);
        Assert.Contains(
            "1 (about 2E+02)",
            Assert.Single(ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions()))).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ONNX_Runtime_makes_of_columns_what_the_model_does(int seed)
    {
        MlpDataset data =
            MixedTable.Dataset(MixedTable.Rows(
                seed, 150, missing: 0.1)), other = MixedTable.Dataset(MixedTable.Rows(seed + 50, 60, missing: 0.1));
        FeatureScaling[] scalings = Enum.GetValues<FeatureScaling>();
        MissingValues[] rules = [MissingValues.Fill, MissingValues.Mean, MissingValues.Indicator, MissingValues.MostFrequent];
        var random = new Random(seed);
        Dictionary<string, FeatureScaling> scaling =
            MixedTable.Columns.ToDictionary(name => name, _ => scalings[random.Next(scalings.Length)]);
        scaling["span"] = FeatureScaling.Log;
        scaling["count"] = FeatureScaling.Quantile;
        scaling["day"] = FeatureScaling.Robust;
        Dictionary<string, MissingRule> missing =
            MixedTable.Columns.ToDictionary(name => name, _ => new MissingRule(rules[random.Next(rules.Length)]));
        MlpModel model = Model(data, new EncodingOptions
        {
            ScalingOf = name => scaling[name],
            MissingOf = name => missing[name],
            DatePartsOf = name => name == "day" ? DateParts.Weekday | DateParts.Month | DateParts.Hour : DateParts.None,
            MinCategoryCount = seed % 2 == 0 ? 1 : 3,
            UnknownCategory = seed > 2 ? UnknownCategory.Ignore : UnknownCategory.Other,
        });
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        ModelFile.Write(model, path);
        using var session = new InferenceSession(path);
        using var results = session.Run([.. other.Columns.Select(InputOf)]);
        float[] probabilities = [.. results.Single(result => result.Name == "probabilities").AsEnumerable<float>()];
        float[] expected = [.. new MlpPredictor(model).Predict(other).SelectMany(prediction => prediction.Probabilities)];
        Assert.Equal(expected.Length, probabilities.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], probabilities[i], 2e-5f);

        MlpModel back = ModelFile.Read(path);
        Assert.Equal(
            MeetingTests.Facts(new ModelEnds(model.Input, model.Output, model.Loss)),
            MeetingTests.Facts(new ModelEnds(back.Input, back.Output, back.Loss)));
        File.Delete(path);
    }

    private static NamedOnnxValue InputOf(DataColumn column) => column.Kind == ColumnKind.Category
        ? NamedOnnxValue.CreateFromTensor(
            column.Name,
            new DenseTensor<string>(
                Enumerable.Range(0, column.Count).Select(row => column.TextAt(row) ?? string.Empty).ToArray(), [column.Count, 1]))
        : NamedOnnxValue.CreateFromTensor(
            column.Name, new DenseTensor<double>(Enumerable.Range(0, column.Count).Select(column.NumberAt).ToArray(), [column.Count, 1]));

    private static MlpModel Model(MlpDataset data, EncodingOptions options) =>
        MlpModel.CreateFor(ModelEnds.Fit(data, null, options), new HiddenLayers([4], [Activation.Named("Tanh")]), Initializer.Default, 1);

    /// <summary>A data set of columns, with classes in turns.</summary>
    private static MlpDataset Table(string[] columns, IEnumerable<object?[]> rows)
    {
        var table = new MlpTable("table", [.. columns, "class"]);
        foreach ((object?[] row, int i) in rows.Select((row, i) => (row, i)))
            table.Add([.. row, i % 2 == 0 ? "p" : "q"]);
        return table.ToDataset(new TableOptions { Label = ["class"] });
    }
}
