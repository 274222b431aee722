using FsCheck;
using FsCheck.Fluent;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class TableTests
{
    private static readonly TableOptions _label = new() { Label = ["y"] };

    [Theory]
    [InlineData("5.1", 5.1)]
    [InlineData(" -3e2 ", -300.0)]
    [InlineData("+4", 4)]
    [InlineData("0.5", 0.5)]
    [InlineData("123456789012", 123456789012L)]
    [InlineData("1234567890123456789", 1234567890123456789L)]
    [InlineData("True", true)]
    [InlineData("false", false)]
    [InlineData("2024-02-29", "2024-02-29", ColumnKind.Date)]
    [InlineData("2024-02-29T12:30:00", "2024-02-29T12:30:00", ColumnKind.Date)]
    [InlineData("00:01:30", "00:01:30", ColumnKind.Duration)]
    [InlineData("007", "007", ColumnKind.Category)]
    [InlineData("Infinity", "Infinity", ColumnKind.Category)]
    [InlineData("1,5", 1.5)]
    [InlineData("1,500", "1,500", ColumnKind.Category)]
    public void A_text_counts_as_what_it_stands_for(string text, object expected, ColumnKind? kind = null)
    {
        DataColumn column = Table(["x"], [text]).ColumnAt(0);
        Assert.Equal(kind ?? (expected is bool ? ColumnKind.Boolean : ColumnKind.Number), column.Kind);
        Assert.Equal(Convert.ToString(expected, System.Globalization.CultureInfo.InvariantCulture), column.TextAt(0));
        object value = column.ValueAt(0)!;
        switch (column.Kind)
        {
            case ColumnKind.Date:
                Assert.Equal(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), value);
                break;
            case ColumnKind.Duration:
                Assert.Equal(TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture), value);
                break;
            default:
                Assert.Equal(expected, value);
                break;
        }
    }

    [Theory]
    [InlineData(null, "3", "18446744073709551615", "5")]
    [InlineData(null, "18446744073709551615", "3", "5.5")]
    [InlineData(null, "1.5", "12345678901234567", "1e19")]
    [InlineData(ColumnKind.Number, "18446744073709551615", "18446744073709551614")]
    public void Whole_numbers_beyond_64_bits_are_numbers_beside_others_and_where_they_are_said_to_be(
        ColumnKind? kind, params string[] texts)
    {
        var table = new MlpTable("table", ["x"], _ => kind);
        foreach (string text in texts)
            table.Add([text]);
        DataColumn column = table.ColumnAt(0);
        Assert.Equal(ColumnKind.Number, column.Kind);
        Assert.Equal(texts.Select(TestData.Number), Enumerable.Range(0, texts.Length).Select(column.NumberAt));
    }

    [Fact]
    public void Whole_numbers_beyond_64_bits_alone_are_ids_that_stay_apart() =>
        Assert.Equal(2, Table(["x"], ["18446744073709551615"], ["18446744073709551614"]).ColumnAt(0).Texts.Count);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("?")]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData(null)]
    [InlineData(double.NaN)]
    public void Nothing_has_many_names(object? value)
    {
        object[] others =
            [1, 2.5, true, "text", new DateTime(2000, 1, 2), TimeSpan.FromSeconds(1), DayOfWeek.Friday, 'c', 1.5m, Guid.Empty];
        foreach (object other in others)
        {
            DataColumn column = Table(["x"], [value], [other], [value]).ColumnAt(0);
            Assert.Equal((3, 2), (column.Count, column.MissingCount));
            Assert.Equal([null, other, null], Enumerable.Range(0, 3).Select(column.ValueAt));
            Assert.Null(column.TextAt(0));
            Assert.Equal(-1, column.Categories.CodeAt(2));
            Assert.True(double.IsNaN(column.NumberAt(0)));
        }
    }

    [Fact]
    public void Values_come_back_with_the_types_that_they_had()
    {
        object[][] columns =
        [
            [true, false],
            [(sbyte)-3, sbyte.MaxValue],
            [(byte)255, (byte)0],
            [short.MinValue, (short)7],
            [ushort.MaxValue, (ushort)1],
            [int.MinValue, int.MaxValue],
            [uint.MaxValue, 1u],
            [long.MaxValue, long.MinValue + 1],
            [ulong.MaxValue, 0ul],
            [0.1f, 3e38f],
            [0.1, 5e-324],
            [-0.0, 1e300],
            [(Half)0.5, Half.MaxValue],
            [0.1m, decimal.MaxValue],
            ['ä', '1'],
            ["text", "007"],
            [new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Utc)],
            [new DateTime(2024, 1, 2), DateTime.MaxValue],
            [new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), DateTimeOffset.MinValue],
            [new DateOnly(2024, 1, 2), DateOnly.MaxValue],
            [new TimeOnly(1, 2, 3), TimeOnly.MaxValue],
            [TimeSpan.FromTicks(7), TimeSpan.FromDays(-3)],
            [DayOfWeek.Friday, DayOfWeek.Monday],
            [Guid.Parse("c2a1bb1c-4c4c-4f51-9f1c-f8d5f8f1a111"), Guid.Empty],
        ];
        foreach (object[] values in columns)
        {
            DataColumn column = Table(["x"], [.. values.Select(value => new[] { value })]).ColumnAt(0);
            AssertSame(values, column);
            AssertSame([values[1], values[0], values[1]], column.Take([1, 0, 1]));
            AssertSame(values, column.Categories);
            AssertSame([.. values, .. values], DataColumn.Join([column, column]));
            Assert.Equal(2, column.Categories.Texts.Count);

            // With a gap.
            AssertSame([values[0], null, values[1]], Table(["x"], [values[0]], [null], [values[1]]).ColumnAt(0));
        }

        static void AssertSame(object?[] expected, DataColumn column)
        {
            object?[] actual = [.. Enumerable.Range(0, column.Count).Select(column.ValueAt)];
            Assert.Equal(expected, actual);
            Assert.Equal(expected.Select(value => value?.GetType()), actual.Select(value => value?.GetType()));
            foreach ((object? one, object? other) in expected.Zip(actual))
            {
                if (one is DateTime date)
                    Assert.Equal(date.Kind, ((DateTime)other!).Kind);
                if (one is double number)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits((double)other!));
            }
        }
    }

    [Fact]
    public void Values_of_every_simple_type_become_features()
    {
        MlpTable table = Table(
            ["number", "flag", "day", "span", "weekday", "label"],
            [1, true, new DateTime(2000, 1, 2), TimeSpan.FromMinutes(1), DayOfWeek.Monday, "a"],
            [2.5m, false, new DateTime(2000, 1, 3, 12, 0, 0), TimeSpan.FromSeconds(90), DayOfWeek.Friday, "b"],
            ["3", "true", "2000-01-01", "00:00:30", "Monday", 'a']);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["label"] });
        InputEncoder input = ModelEnds.Fit(data, null, new EncodingOptions { Scaling = FeatureScaling.None }).Input;
        Assert.Equal(["number", "flag", "day", "span", "weekday=Friday", "weekday=Monday"], input.FeatureNames);
        Assert.Equal([1f, 1, 1, 60, 0, 1], TestData.Features(input, data, 0));
        Assert.Equal([2.5f, 0, 2.5f, 90, 1, 0], TestData.Features(input, data, 1));
        Assert.Equal([3f, 1, 0, 30, 0, 1], TestData.Features(input, data, 2));
        Assert.Equal(["a", "b"], data.ClassNames);
        Assert.Equal(new object[] { "a", "b", "a" }, data.Labels);
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
        Assert.Equal(["False", "True"], Fit(MlpTask.Auto, true, true).ClassNames);
        Assert.Equal(new object[] { true, false, true }, Fit(MlpTask.Auto, true, false, true).Labels);

        MlpTable several = Table(["x", "sun", "wind"], [1, 1, 0], [2, 0, 1], [3, 1, 1]);
        MlpDataset labels = several.ToDataset(new TableOptions { Label = ["sun", "wind"] });
        Assert.Equal(new object[] { 1, 0, 0, 1, 1, 1 }, labels.Targets.SelectMany(target => (object?[])target!));
        Assert.Equal((MlpTask.MultiLabel, true, false), (labels.Task, labels.HasTargets, labels.HasLabels));
        MlpTable numbers = Table(["x", "u", "v"], [1, 10, 0.1], [2, 20, 0.2], [3, 30, 0.3]);
        MlpDataset targets = numbers.ToDataset(new TableOptions { Label = ["u", "v"] });
        Assert.Equal(["u", "v"], targets.TargetNames);
        Assert.Equal(MlpTask.Regression, targets.Task);

        static MlpDataset Fit(MlpTask task, params object[] labels) =>
            Table(
                ["x", "y"],
                [.. labels.Select((label, i) => new object?[] { i, label })]).ToDataset(new TableOptions { Label = ["y"], Task = task });
    }

    [Fact]
    public void What_can_be_no_data_set_is_refused_with_the_place()
    {
        AssertFails("NotANumber", "row 3, column 1 (x): '3o'", _label, [1, "p"], [2, "q"], ["3o", "p"], [4, "q"]);
        AssertFails("NotFinite", "row 1, column 1 (x)", _label, [double.PositiveInfinity, "p"], [2, "q"]);
        AssertFails("ColumnNotFound", "there are x, y", new TableOptions { Label = ["z"] }, [1, "p"]);
        AssertFails("NoFeatures", "no column is left", _label with { IsFeature = _ => false }, [1, "p"], [2, "q"]);
        AssertFails("TargetIsText", "'p'", _label with { Task = MlpTask.Regression }, [1, "p"], [2, "q"]);
        AssertFails("LabelIsNoFlag", "neither true or false", _label with { Task = MlpTask.MultiLabel }, [1, "p"], [2, "q"]);
        var two = new TableOptions { Label = ["x", "y"], Task = MlpTask.Classification };
        AssertFails("TooManyLabels", "there are 2", two, [1, "p", 1], [2, "q", 1]);
        TableOptions images = _label with { ImageShape = new ImageShape(2, 2) };
        AssertFails("ImageShapeMismatch", "4 features, and there are 1", images, [1, "p"], [2, "q"]);
        AssertFails("PixelsOutsideBytes", "0 to 255", _label with { ImageShape = new ImageShape(1, 1) }, [256, "p"], [2, "q"]);
        AssertFails("EmptyTable", "no rows", _label);
        Assert.Equal(
            "LabelMissing",
            Assert.Throws<MlpException>(() => Table(["a", "b"], [1, 2]).ToDataset(new TableOptions { Label = [] })).ErrorId);
        Assert.Equal("DuplicateColumn", Assert.Throws<MlpException>(() => new MlpTable("t", ["a", "A"])).ErrorId);
        Assert.Equal("NotAValue", Assert.Throws<MlpException>(() => new MlpTable("t", ["a"]).Add([new[] { 1 }])).ErrorId);

        static void AssertFails(string errorId, string message, TableOptions options, params object?[][] rows)
        {
            string[] names = ["x", "y", "z"];
            AssertThrows(errorId, message, () => Table(names[..(rows.Length > 0 ? rows[0].Length : 2)], rows).ToDataset(options));
        }
    }

    [Fact]
    public void What_can_not_be_learned_from_is_refused_with_the_column_or_the_row()
    {
        var refuse = new EncodingOptions { Missing = MissingValues.Refuse };
        AssertFails("OneClass", "'p' in every row", new(), [1, "p"], [2, "p"]);
        AssertFails("EmptyColumn", "The column x has no values; leave it out [IsFeature x]", new(), [null, "p"], ["", "q"]);
        AssertFails("EmptyColumn", "The column y", new(), [1, null], [2, ""]);
        AssertFails("MissingValue", "table, row 2: x has no value", refuse, [1, "p"], [null, "q"]);
        AssertFails("MissingValue", "table, row 2: x has no value", refuse, ["u", "p"], [null, "q"]);
        AssertFails("MissingLabel", "table, row 2: the label y is missing", new(), [1, "p"], [2, null], [3, "q"]);
        var drop = new EncodingOptions { MissingOf = _ => new MissingRule(MissingValues.Drop), MissingLabel = MissingLabels.Drop };
        AssertFails("EmptyDataset", "Every row of the data set table misses a value", drop, [1, null], [null, "p"], [null, "q"]);
        AssertFails("InvalidMaxCategories", "at least 2", new() { MaxCategories = 1 }, [1, "p"], [2, "q"]);
        AssertFails("InvalidMinCategoryCount", "at least 1", new() { MinCategoryCount = 0 }, [1, "p"], [2, "q"]);
        AssertFails("NotADate", "The column x", new() { DatePartsOf = _ => DateParts.Hour }, [1, "p"], [2, "q"]);
        AssertFails("WrongKind", "'much'", new() { MissingOf = _ => new MissingRule(MissingValues.Fill, "much") }, [1, "p"], [null, "q"]);
        object?[][] unique = [.. Enumerable.Range(0, 60).Select(i => new object?[] { i, $"name {i}" })];
        AssertFails("TooManyCategories", "60 different values in 60 rows", new(), unique);

        static void AssertFails(string errorId, string message, EncodingOptions options, params object?[][] rows)
        {
            MlpDataset data = Table(["x", "y"], rows).ToDataset(_label);
            AssertThrows(errorId, message, () => Model(data, options).Ends.Encode(data, EncodingPurpose.Training, null));
        }
    }

    [Fact]
    public void A_column_that_tells_nothing_new_is_warned_of()
    {
        object?[][] rows =
            [.. Enumerable.Range(0, 60).Select(i => new object?[] { i, $"name {i}", "same", $"{i % 7} €", i % 2 == 0 ? "p" : "q" })];
        MlpDataset data = Table(["id", "name", "one", "price", "y"], rows).ToDataset(_label);
        string[] warnings =
            [.. ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions()))
                .Select(warning => warning.ToString(TestData.Say))];
        Assert.Equal(
            [
                "The column id counts the rows, as an id does",
                "The column name has another text in nearly every row, as an id has",
                "The column one has the same value in every row",
                "The column price holds texts that look like numbers written otherwise, such as '0 €'",
            ],
            warnings.Select(warning => warning.Split('.')[0]));
        Assert.All(data.Columns.Zip(warnings[..3]), pair => Assert.Contains($"leave it out [IsFeature {pair.First.Name}]", pair.Second));
        Assert.Contains("say what the column is [KindOf price Category]", warnings[3]);
    }

    [Fact]
    public void A_row_comes_back_as_it_went_in()
    {
        MlpTable table = Table(
            ["n", "flag", "day", "span", "c", "y"],
            [5.1, true, new DateTime(2024, 1, 2), TimeSpan.FromSeconds(90), "u", "p"],
            [-3, false, new DateTime(2024, 3, 4), TimeSpan.FromHours(1), null, "q"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"], IsAside = name => name == "flag" });
        IReadOnlyList<KeyValuePair<string, object?>>[] rows = [.. DatasetRows.Of(data)];
        Assert.Equal(["n", "day", "span", "c", "y", "flag"], rows[0].Select(pair => pair.Key));
        Assert.Equal([5.1, new DateTime(2024, 1, 2), TimeSpan.FromSeconds(90), "u", "p", true], rows[0].Select(pair => pair.Value));
        Assert.Equal([-3.0, new DateTime(2024, 3, 4), TimeSpan.FromHours(1), null, "q", false], rows[1].Select(pair => pair.Value));
    }

    [Fact]
    public void Any_finite_numbers_scale_to_mean_0_and_deviation_1_and_stay_what_they_are()
    {
        Prop.ForAll<NonEmptyArray<short>>(values =>
        {
            MlpTable table = Table(["x", "y"], [.. values.Get.Select((x, i) => new object?[] { x / 8.0, i % 2 }), [1.5, 0], [2.5, 1]]);
            MlpDataset data = table.ToDataset(_label);
            float[] encoded = ModelEnds.Fit(data, null, new EncodingOptions()).Input.Encode(data, null).Floats!;
            double[] features = Array.ConvertAll(encoded, feature => (double)feature);
            double mean = features.Average();
            double deviation = Math.Sqrt(features.Average(x => x * x) - (mean * mean));
            bool back = DatasetRows.Of(data).Zip(values.Get).All(pair => (double)pair.First[0].Value! == pair.Second / 8.0);
            return back && features.Length == data.Count && Math.Abs(mean) < 1e-3 && Math.Abs(deviation - 1) < 1e-3;
        }).QuickCheckThrowOnFailure();
    }

    internal static MlpTable Table(string[] names, params object?[][] rows)
    {
        var table = new MlpTable("table", names);
        foreach (object?[] row in rows)
            table.Add(row);
        return table;
    }

    private static MlpDataset Gaps() =>
        Table(["n", "c", "y"], [1, "x", "p"], [null, "x", "q"], [8, null, "p"], [3, "z", "q"]).ToDataset(_label);

    private static MlpModel Model(MlpDataset data, EncodingOptions? options = null) =>
        MlpModel.CreateFor(ModelEnds.Fit(data, null, options ?? new EncodingOptions()), new HiddenLayers([], []), Initializer.Default, 1);

    private static void AssertThrows(string errorId, string message, Func<object?> action)
    {
        MlpException failure = Assert.Throws<MlpException>(action);
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(message, failure.Text.ToString(TestData.Say));
    }
}
