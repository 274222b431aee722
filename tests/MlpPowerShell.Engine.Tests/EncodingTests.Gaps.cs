using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class EncodingTests
{
    public static TheoryData<MissingValues, float> Fills() => new()
    {
        { MissingValues.Fill, 2 },
        { MissingValues.Median, 2 },
        { MissingValues.Mean, 3 },
        { MissingValues.MostFrequent, 1 },
        { MissingValues.Indicator, 2 },
    };

    [Theory]
    [MemberData(nameof(Fills))]
    public void Gaps_are_filled_as_asked(MissingValues rule, float expected)
    {
        MlpDataset data = Table(["x", "c"], [[1, "a"], [1, "b"], [2, "b"], [4, null], [7, "b"], [null, "a"]]);
        MlpModel model = Model(data, new EncodingOptions { Scaling = FeatureScaling.None, Missing = rule });
        Samples samples = model.Ends.Encode(data, EncodingPurpose.Predicting, null);
        bool isIndicator = rule == MissingValues.Indicator;
        Assert.Equal(expected, samples.Floats![5 * samples.DenseCount]);
        Assert.Equal(
            isIndicator ? [0f, 0, 0, 0, 0, 1] : [], isIndicator ? Enumerable.Range(0, 6).Select(i => samples.Floats[(2 * i) + 1]) : []);
        Assert.Equal(isIndicator ? 2 : 1, samples.Codes![3]);
        Assert.Equal(isIndicator ? ["x", "x missing", "c=a", "c=b", "c="] : ["x", "c=a", "c=b"], model.Input.FeatureNames);
    }

    [Fact]
    public void A_column_without_values_is_left_out()
    {
        MlpDataset with = Table(["x", "none", "c"], [[1, null, "a"], [3, null, "b"], [2, null, "a"]]);
        MlpDataset without = Table(["x", "c"], [[1, "a"], [3, "b"], [2, "a"]]);
        MlpDataset later = Table(["x", "none", "c"], [[1, 7, "a"], [3, 8, "b"], [2, 9, "a"]]);
        foreach (MissingValues rule in new[] { MissingValues.Fill, MissingValues.Indicator })
        {
            var options = new EncodingOptions { Missing = rule };
            MlpModel model = Model(with, options), other = Model(without, options);
            Assert.Equal(other.Input.FeatureNames, model.Input.FeatureNames);
            Assert.Equal(other.Input.Names, model.Input.Names);
            Samples expected = other.Ends.Encode(without, EncodingPurpose.Predicting, null);
            foreach (MlpDataset data in new[] { with, later, without })
            {
                var notes = new EncodingNotes();
                Samples samples = model.Ends.Encode(data, EncodingPurpose.Predicting, notes);
                Assert.Equal(expected.Floats, samples.Floats);
                Assert.Equal(expected.Codes, samples.Codes);
                Assert.Empty(notes.Sentences);
            }

            Assert.Contains(
                ColumnReport.Warnings(with, model.Ends), warning => $"{warning}" == "Left out, as there are no values in it: none.");
        }

        foreach ((MissingValues rule, string error) in new[]
        {
            (MissingValues.Refuse, "EmptyColumn"), (MissingValues.Drop, "EmptyDataset")
        })
        {
            Assert.Equal(error, Assert.Throws<MlpException>(() => Model(with, new EncodingOptions { Missing = rule })).ErrorId);
        }
    }

    [Fact]
    public void A_gap_becomes_the_constant_that_is_given_for_its_column()
    {
        MlpDataset data = Table(["x", "c"], [[1, "a"], [3, "b"], [null, null]]);
        var options = new EncodingOptions
        {
            Scaling = FeatureScaling.None,
            MissingOf = name => new MissingRule(MissingValues.Fill, name == "x" ? -1 : "none"),
        };
        Samples samples = Model(data, options).Ends.Encode(data, EncodingPurpose.Predicting, null);
        Assert.Equal([1f, 3, -1], samples.Floats!);
        Assert.Equal([0, 1, 2], samples.Codes!);
        Assert.Equal(
            "WrongKind",
            Assert.Throws<MlpException>(() => Model(
                data, options with { MissingOf = _ => new MissingRule(MissingValues.Fill, "much") })).ErrorId);
    }

    [Fact]
    public void Rows_with_gaps_are_left_out_or_refused_and_the_others_keep_their_places()
    {
        MlpDataset data = Table(["x", "c"], [[1, "a"], [null, "b"], [3, "b"], [4, null], [5, "a"], [6, "b"]]);
        MlpModel drops = Model(data, new EncodingOptions { Missing = MissingValues.Drop, Scaling = FeatureScaling.None });
        Assert.Equal((1, 6), (drops.Input.Columns[0].Minimum, drops.Input.Columns[0].Maximum));
        var predictor = new MlpPredictor(drops);
        Assert.Equal([0, 2, 4, 5], predictor.Predict(data).Select(prediction => prediction.Index));
        Assert.Equal(
            "2 rows with missing values left out, as the model was made to do.",
            Assert.Single(predictor.Notes.Sentences).Sentence.ToString());
        Assert.Equal(4, predictor.Measure(data).Samples);

        MlpException failure = Assert.Throws<MlpException>(() => new MlpPredictor(Model(
            data, new EncodingOptions { Missing = MissingValues.Refuse })).Predict(data));
        Assert.Equal("MissingValue", failure.ErrorId);
        Assert.Contains("row 2: x has no value", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_missing_is_an_error_in_training_unless_its_row_is_left_out()
    {
        MlpTable table = MixedTable.Of([[1, "a"], [2, null], [3, "b"], [4, "a"]], ["x", "y"]);
        MlpDataset data = table.ToDataset(new TableOptions { Label = ["y"] });
        Assert.Contains("row 2", Assert.Throws<MlpException>(() => MeetingTests.Trained(data, 1)).Message, StringComparison.Ordinal);
        MlpModel model = Model(data, new EncodingOptions { MissingLabel = MissingLabels.Drop });
        MeetingTests.Train(model, data, 1);
        Assert.Equal(3, new MlpPredictor(model).Measure(data).Samples);
        Assert.Equal(4, new MlpPredictor(model).Predict(data).Count());
    }
}
