using FsCheck.Fluent;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class TableTests
{
    [Fact]
    public void Categories_may_be_numbers_and_mixed_where_asked_for()
    {
        var table = new MlpTable("table", ["code", "y"], name => name == "code" ? ColumnKind.Category : null);
        foreach (object?[] row in new object?[][] { [1, "p"], [2, "q"], ["B", "p"], [1.0, "q"] })
            table.Add(row);
        MlpDataset data = table.ToDataset(_label);
        InputEncoder input = ModelEnds.Fit(data, null, new EncodingOptions()).Input;
        Assert.Equal(["1", "2", "B"], input.Columns[0].Categories);
        Assert.Equal([1f, 0, 0], TestData.Features(input, data, 3));
    }

    [Fact]
    public void Rare_and_unknown_categories_have_a_rule()
    {
        MlpDataset data = Table(["c", "y"], ["u", "p"], ["u", "q"], ["v", "p"], ["v", "q"], ["V", "p"], ["w", "q"]).ToDataset(_label);
        MlpDataset others = Table(["c"], ["u"], ["w"], ["new"], ["NEW"]).ToDataset(new TableOptions { LabelIsOptional = true });
        const string AsNone = "2 values of 2 categories that the model does not know, and that count as none of its own: ";
        const string AsRare = "2 values of 2 categories that the model does not know, and that count as its rare ones do: ";
        EncodingOptions ignoring = new() { UnknownCategory = UnknownCategory.Ignore };
        Check(ignoring, ["u", "v", "w", "V"], [0, 2, -1, -1], AsNone);
        Check(ignoring with { MinCategoryCount = 2 }, ["u", "v", "(other)"], [0, 2, -1, -1], AsNone);
        Check(ignoring with { MaxCategories = 2 }, ["u", "v", "(other)"], [0, 2, -1, -1], AsNone);
        Check(new() { MaxCategories = 2 }, ["u", "v", "(other)"], [0, 2, 2, 2], AsRare);
        Check(new() { MinCategoryCount = 2 }, ["u", "v", "(other)"], [0, 2, 2, 2], AsRare);
        Check(new() { IgnoreCase = true }, ["u", "v", "w"], [0, 2, -1, -1], AsNone);
        var strictly = new EncodingOptions { MinCategoryCount = 2, UnknownCategory = UnknownCategory.Error };
        InputEncoder strict = ModelEnds.Fit(data, null, strictly).Input;
        Assert.Equal([0, 2], strict.Encode(others.Take([0, 1]), null).Codes!);
        AssertThrows("UnknownCategory", "table, row 3: c is 'new'", () => strict.Encode(others, null));

        void Check(EncodingOptions options, string[] names, int[] codes, string warning)
        {
            InputEncoder input = ModelEnds.Fit(data, null, options).Input;
            Assert.Equal(names.Order().Select(name => $"c={name}"), input.FeatureNames.Order());
            var notes = new EncodingNotes();
            string?[] expected = Array.ConvertAll(codes, code => code < 0 ? null : $"c={names[code]}");
            Assert.Equal(expected, input.Encode(others, notes).Codes!.Select(code => code < 0 ? null : input.FeatureNames.ElementAt(code)));
            Assert.Contains(warning, Assert.Single(notes.Sentences).Sentence.ToString());
        }
    }

    [Fact]
    public void Dates_go_in_circles_where_asked_for()
    {
        DateTime morning = new(2024, 1, 1, 6, 0, 0), evening = new(2024, 1, 8, 18, 0, 0);
        MlpDataset data = Table(["day", "y"], [morning, "p"], [evening, "q"]).ToDataset(_label);
        var options = new EncodingOptions { Scaling = FeatureScaling.None, DatePartsOf = _ => DateParts.Weekday | DateParts.Hour };
        InputEncoder input = ModelEnds.Fit(data, null, options).Input;
        Assert.Equal(["day", "day Weekday sine", "day Weekday cosine", "day Hour sine", "day Hour cosine"], input.FeatureNames);
        float[] first = TestData.Features(input, data, 0), second = TestData.Features(input, data, 1);
        Assert.Equal([8766.25f, 8773.75f], [first[0], second[0]]);
        Assert.Equal([1f, 0, -1, 0], [first[3], MathF.Round(first[4], 5), second[3], MathF.Round(second[4], 5)]);

        // Seven days and a half are half a day on in the week.
        double angle = Math.Atan2(second[1], second[2]) - Math.Atan2(first[1], first[2]);
        Assert.Equal(2 * Math.PI * 0.5 / 7, Math.IEEERemainder(angle, 2 * Math.PI), 1e-5);
    }

    [Fact]
    public void Other_rows_are_scaled_as_those_it_was_fitted_to()
    {
        MlpDataset train = Table(["x", "c", "y"], [0, "u", "p"], [10, "v", "q"]).ToDataset(_label);
        MlpModel model = Model(train);
        MlpDataset test = Table(["y", "c", "x", "extra"], ["q", "u", 20, 1], ["q", "u", 0, 2]).ToDataset(_label);
        Assert.Equal([3f, 1, 0], TestData.Features(model.Input, test, 0));
        Assert.Equal([1, 1], model.Ends.Encode(test, EncodingPurpose.Measuring, null).Labels!);
        MlpDataset unlabelled = Table(["x", "c"], [20, "u"]).ToDataset(new TableOptions { LabelIsOptional = true });
        Assert.Equal((1, false), (unlabelled.Count, unlabelled.HasLabels));
        Assert.Contains(new MlpPredictor(model).Predict(unlabelled).Single().Prediction, new object[] { "p", "q" });

        // A category that is not known is none of the model's, and a class a mistake; text is no number, and a missing column an error.
        var predictor = new MlpPredictor(model);
        Assert.Equal(2, predictor.Measure(Table(["x", "c", "y"], [1, "w", "p"], [1, "u", "r"]).ToDataset(_label)).Samples);
        Assert.Equal(["UnknownCategory", "UnknownClass"], predictor.Notes.Sentences.Select(note => note.Id));
        MlpTable unknown = Table(["x", "c", "y"], [1, "u", "r"]);
        AssertFails("UnknownClass", "none of the classes that the model knows: r; the model's are p, q", unknown);
        AssertFails("WrongKind", "Row 2 of the column x is 'text'", Table(["x", "c", "y"], [5, "u", "p"], ["text", "u", "p"]));
        AssertFails("ColumnsMissing", "lacks the column c", Table(["x", "y"], [1, "p"]));

        MlpModel other = Model(Table(["colour", "y"], [1, "p"], [2, "q"]).ToDataset(_label));
        AssertThrows(
            "ColumnsMissing",
            "The data set table lacks the column colour, which the model was made for (did you mean color?); it has size, color",
            () => new MlpPredictor(other).Measure(Table(["size", "color", "y"], [1, 2, "p"]).ToDataset(_label)));

        void AssertFails(string errorId, string message, MlpTable table) =>
            AssertThrows(errorId, message, () => new MlpPredictor(model).Measure(table.ToDataset(_label)));
    }

    [Fact]
    public void A_model_scales_any_data_as_those_that_it_was_made_for()
    {
        MlpDataset train = Table(["x", "y"], [0, "p"], [10, "q"]).ToDataset(_label);
        MlpDataset other = Table(["x", "y"], [0, "p"], [11, "q"]).ToDataset(_label);
        MlpModel model = Model(train);
        Assert.Equal([1.2f], TestData.Features(model.Input, other, 1));
        Assert.Equal(2, new MlpPredictor(model).Measure(other).Samples);
        float[] whole = [.. new MlpPredictor(model).Predict(other).Last().Probabilities];
        Assert.Equal(whole, new MlpPredictor(model).Predict(other.Take([1])).Single().Probabilities);
        Assert.Equal(whole, new MlpPredictor(model).Predict([11], _ => null).Probabilities);
        Assert.Equal(whole, new MlpPredictor(model).Predict(["11"], _ => null).Probabilities);
    }

    [Fact]
    public void Regression_predicts_and_measures_in_the_units_of_the_table()
    {
        MlpTable table = Table(["x", "y"], [.. Enumerable.Range(0, 100).Select(i => new object?[] { i, (300.0 * i) + 1000 })]);
        MlpDataset data = table.ToDataset(_label);
        MlpModel model = Model(data);
        _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 200, LearningRate = 0.1 }).Last();
        var predictor = new MlpPredictor(model);
        Assert.Equal(4000, (double)predictor.Predict(data).ElementAt(10).Prediction, 1.0);
        Assert.Equal(4000.0, predictor.Predict(data).ElementAt(10).Label);
        MlpEvaluation measured = predictor.Measure(data);
        Assert.InRange(measured.RootMeanSquaredError!.Value, 0, 1);
        Assert.InRange(measured.R2!.Value, 0.99999, 1);
    }

    [Fact]
    public void Answers_are_of_the_type_of_the_label()
    {
        DateOnly day = new(2024, 1, 1);
        object[][] labels =
            [[true, false], [7, -3], ["p", "q"], [DayOfWeek.Monday, DayOfWeek.Sunday], ['a', 'b'], [1.5m, 2m], [day, day.AddDays(1)]];
        foreach (object[] pair in labels)
        {
            MlpDataset data = Table(["x", "y"], [.. Enumerable.Range(0, 40).Select(i => new object?[] { i % 2, pair[i % 2] })])
                .ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Classification });
            MlpModel model = Model(data);
            _ = MlpTrainer.Train(model, data, null, new TrainingOptions { Epochs = 50, LearningRate = 0.5 }).Last();
            MlpPrediction[] predictions = [.. new MlpPredictor(model).Predict(data).Take(2)];
            Assert.Equal(pair, predictions.Select(prediction => prediction.Prediction));
            Assert.Equal(pair, predictions.Select(prediction => prediction.Label));
            Assert.Equal([true, true], predictions.Select(prediction => prediction.IsCorrect));
        }

        MlpTable table = Table(["x", "y"], [.. Enumerable.Range(0, 40).Select(i => new object?[] { i, day.AddDays(i) })]);
        MlpDataset days = table.ToDataset(_label);
        MlpModel dates = Model(days);
        _ = MlpTrainer.Train(dates, days, null, new TrainingOptions { Epochs = 200, LearningRate = 0.1 }).Last();
        DateOnly date = Assert.IsType<DateOnly>(new MlpPredictor(dates).Predict(days, 20).Prediction);
        Assert.InRange(date, new DateOnly(2024, 1, 20), new DateOnly(2024, 1, 22));
        Assert.Equal(new DateOnly(2024, 1, 21), new MlpPredictor(dates).Predict(days, 20).Label);
    }

    [Theory]
    [InlineData(true, "true")]
    [InlineData(true, " TRUE ")]
    [InlineData(7, "7.0")]
    [InlineData(7, 7L)]
    [InlineData("007", "007")]
    public void A_row_may_write_its_class_otherwise(object known, object written)
    {
        object other = known is bool ? false : known is int ? 8 : "7";
        MlpDataset data = Table(["x", "y"], [0, known], [1, other]).ToDataset(_label);
        MlpPrediction prediction = new MlpPredictor(Model(data)).Predict([0], _ => written);
        Assert.Equal(known, prediction.Label);
        Assert.Equal(known.Equals(prediction.Prediction), prediction.IsCorrect);
    }
}
