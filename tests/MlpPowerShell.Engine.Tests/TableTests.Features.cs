using FsCheck.Fluent;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

public sealed partial class TableTests
{
    [Fact]
    public void Numbers_are_standardized_scaled_or_left()
    {
        MlpTable table = Table(["a", "b", "c", "same", "y"], [1, 1, 1, 7, "p"], [2, 2, 2, 7, "q"], [6, 6, 6, 7, "p"]);
        var options = new EncodingOptions
        {
            ScalingOf = name => name == "b" ? FeatureScaling.MinMax : name == "c" ? FeatureScaling.None : null,
        };
        MlpDataset data = table.ToDataset(_label);
        InputEncoder input = ModelEnds.Fit(data, null, options).Input;
        float[][] rows = [.. Enumerable.Range(0, 3).Select(row => TestData.Features(input, data, row))];
        double deviation = Math.Sqrt(14 / 3.0);
        Assert.Equal([-2 / deviation, -1 / deviation, 3 / deviation], rows.Select(row => (double)row[0]), Close);
        Assert.Equal([0, 0.2, 1], rows.Select(row => (double)row[1]), Close);
        Assert.Equal([1.0, 2, 6], rows.Select(row => (double)row[2]));
        Assert.All(rows, row => Assert.Equal(0, row[3]));

        // What the data set holds is not scaled.
        Assert.Equal([1f, 1, 1, 7, 0], [.. data.GetSample(0), 0]);

        static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 1e-6;
    }

    [Theory]
    [InlineData(FeatureScaling.Robust, new[] { -0.5, -1, 0, 0.5, 1, 0, 48.5 })]
    [InlineData(FeatureScaling.Log, new[] { -0.5839, -0.9228, -0.3435, -0.157, -0.0046, -0.3435, 2.3552 })]
    [InlineData(FeatureScaling.Quantile, new[] { -1.1547, -1.7321, -0.2887, 0.5774, 1.1547, -0.2887, 1.7321 })]
    public void Outliers_and_numbers_of_many_sizes_have_scalings_of_their_own(FeatureScaling scaling, double[] expected)
    {
        // By hand: the distance from the median 3 over that of the quartiles, 2; ln(1 + x) standardized; and the rank from 0 to 1, of ties
        // the middle, as (rank - 1/2) √12.
        double[] numbers = [2, 1, 3, 4, 5, 3, 100];
        MlpTable table = Table(["x", "y"], [.. numbers.Select((number, i) => new object?[] { number, i % 2 == 0 ? "p" : "q" })]);
        MlpDataset data = table.ToDataset(_label);
        InputEncoder input = ModelEnds.Fit(data, null, new EncodingOptions { Scaling = scaling }).Input;
        for (int i = 0; i < numbers.Length; i++)
            Assert.Equal(expected[i], TestData.Features(input, data, i)[0], 2e-4);
    }

    [Theory]
    [InlineData(MissingValues.Fill, "x", 3.0)]
    [InlineData(MissingValues.Mean, "x", 4.0)]
    [InlineData(MissingValues.Median, "x", 3.0)]
    [InlineData(MissingValues.MostFrequent, "x", 1.0)]
    public void Missing_values_are_filled(MissingValues missing, string category, double number)
    {
        MlpDataset data = Gaps();
        InputEncoder input = ModelEnds.Fit(data, null, new EncodingOptions { Missing = missing, Scaling = FeatureScaling.None }).Input;
        Assert.Equal(4, data.Count);
        Assert.Null(data.Columns[0].ValueAt(1));
        Assert.Equal((float)number, TestData.Features(input, data, 1)[0]);
        Assert.Equal([1f, 0], TestData.Features(input, data, 2)[1..]);
        Assert.Equal(category, input.Columns[1].FillCategory);
        Assert.Equal([1L, 1L], input.Columns.Select(column => column.MissingCount));
        Assert.Equal((float)number, input.EncodeRow([null, "z"], null).Floats![0]);
        Assert.Equal(3, input.Size);
    }

    [Fact]
    public void Missing_values_are_told_of_or_become_constants()
    {
        MlpDataset data = Gaps();
        var indicator = new EncodingOptions { Missing = MissingValues.Indicator, Scaling = FeatureScaling.None };
        InputEncoder told = ModelEnds.Fit(data, null, indicator).Input;
        Assert.Equal(["n", "n missing", "c=x", "c=z", "c="], told.FeatureNames);
        Assert.Equal([1f, 0, 1, 0, 0], TestData.Features(told, data, 0));
        Assert.Equal([3f, 1, 1, 0, 0], TestData.Features(told, data, 1));
        Assert.Equal([8f, 0, 0, 0, 1], TestData.Features(told, data, 2));

        MissingRule? Constant(string name) => new MissingRule(MissingValues.Fill, name == "n" ? -1 : "none");
        var options = new EncodingOptions { Scaling = FeatureScaling.None, MissingOf = Constant };
        InputEncoder constant = ModelEnds.Fit(data, null, options).Input;
        Assert.Equal(["n", "c=x", "c=z", "c=none"], constant.FeatureNames);
        Assert.Equal([-1f, 1, 0, 0], TestData.Features(constant, data, 1));
        Assert.Equal([8f, 0, 0, 1], TestData.Features(constant, data, 2));
    }

    [Fact]
    public void Rows_with_gaps_are_left_out_where_asked_for_and_counted()
    {
        MlpDataset data = Gaps();
        MlpModel model = Model(data, new EncodingOptions { Missing = MissingValues.Drop });
        Assert.Equal(["c=x", "c=z"], model.Input.FeatureNames.Skip(1));
        Assert.Equal((2.0, 1.0), (model.Input.Columns[0].Shift, 1 / model.Input.Columns[0].Factor));
        var predictor = new MlpPredictor(model);
        Assert.Equal([0, 3], predictor.Predict(data).Select(prediction => prediction.Index));
        string sentence = Assert.Single(predictor.Notes.Sentences).Sentence.ToString();
        Assert.Equal("2 rows with missing values left out, as the model was made to do.", sentence);
        Assert.Equal(2, new MlpPredictor(model).Measure(data).Samples);
        AssertThrows("MissingValue", "made to leave such rows out", () => predictor.Predict([null, "x"], _ => null));
        MlpDataset gapsAlone = data.Take([1, 2]);
        Assert.Equal("EmptyDataset", Assert.Throws<MlpException>(() => predictor.Predict(gapsAlone).Count()).ErrorId);

        var notes = new EncodingNotes();
        _ = MlpTrainer.Train(model, data, data, new TrainingOptions { Epochs = 1, LearningRate = 0.1, Notes = notes }).Count();
        Assert.Equal(["RowsDropped"], notes.Sentences.Select(note => note.Id));

        // Two models are compared on the rows that both take.
        MlpModel filled = Model(data);
        Assert.Equal(2, MlpComparison.Compare(model, filled, data).Samples);
        Assert.Equal(4, MlpComparison.Compare(filled, filled, data).Samples);
        AssertThrows("EmptyDataset", "that the model needs", () => MlpComparison.Compare(filled, model, gapsAlone));
        MlpModel[] halves = [.. new[] { "n", "c" }.Select(column =>
            Model(data, new EncodingOptions { MissingOf = name => name == column ? new MissingRule(MissingValues.Drop) : null }))];
        AssertThrows("EmptyDataset", "that one of the models needs", () => MlpComparison.Compare(halves[0], halves[1], gapsAlone));
    }

    [Fact]
    public void Gaps_where_the_training_data_had_none_are_filled_with_a_warning()
    {
        MlpDataset data = Table(["n", "c", "y"], [1, "x", "p"], [3, "x", "q"], [8, "z", "p"]).ToDataset(_label);
        MlpModel model = Model(data, new EncodingOptions { Scaling = FeatureScaling.None });
        var notes = new EncodingNotes();
        MlpDataset gaps = Table(["n", "c"], [null, null], [null, "z"]).ToDataset(new TableOptions { LabelIsOptional = true });
        EncodedInputs encoded = model.Input.Encode(gaps, notes);
        Assert.Equal([3f, 3f], encoded.Floats!);
        Assert.Equal([0, 1], encoded.Codes!);
        Assert.Equal(["MissingFilled", "MissingFilled"], notes.Sentences.Select(note => note.Id));
        Assert.Contains(
            notes.Sentences, note => note.Sentence.ToString().StartsWith("The column n misses 2 values,", StringComparison.Ordinal));
        Assert.Contains(
            notes.Sentences, note => note.Sentence.ToString().StartsWith("The column c misses 1 value,", StringComparison.Ordinal));
    }
}
