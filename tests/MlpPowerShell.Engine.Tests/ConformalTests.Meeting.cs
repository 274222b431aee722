using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <content>Several models that meet the same samples: what is told of these, left out, and asked for.</content>
public sealed partial class ConformalTests
{
    [Fact]
    public void What_several_models_meet_is_told_once_as_often_as_it_is_there()
    {
        MlpDataset known = Kinds(0), strange = Kinds(7);
        MlpModel model = Made(known), conformal = ModelCalibration.Calibrate(model, known, null, [model, model]);
        string expected =
            "The column kind has 7 values of 1 category that the model does not know, and that count as none of its own: moth.";
        var predictor = new MlpPredictor(conformal) { Confidence = 0.9 };
        Assert.Equal(strange.Count, predictor.Predict(strange).Count());
        Assert.Equal([expected], predictor.Notes.Sentences.Select(note => $"{note.Sentence}"));
        predictor = new MlpPredictor(conformal) { Confidence = 0.9 };
        predictor.Measure(strange);
        Assert.Equal([expected], predictor.Notes.Sentences.Select(note => $"{note.Sentence}"));
        var notes = new EncodingNotes();
        ModelCalibration.Calibrate(model, strange, null, [model], notes);
        Assert.Equal([expected], notes.Sentences.Select(note => $"{note.Sentence}"));

        // What only a companion meets is told too.
        MlpModel knowing = Made(strange);
        predictor = new MlpPredictor(ModelCalibration.Calibrate(knowing, known, null, [model])) { Confidence = 0.9 };
        predictor.Measure(strange);
        Assert.Equal([expected], predictor.Notes.Sentences.Select(note => $"{note.Sentence}"));

        static MlpDataset Kinds(int moths) => Table(
            ["a", "kind"], i => [Math.Sin(i), i < moths ? "moth" : i % 2 == 0 ? "ant" : "bee"]);
    }

    [Fact]
    public void Rows_that_a_companion_leaves_out_are_left_out_and_the_others_answered()
    {
        MlpDataset whole = Table(["a", "b"], i => [Math.Sin(i), Math.Cos(i)]);
        MlpDataset gaps = Table(["a", "b"], i => [Math.Sin(i), i is 3 or 8 ? null : Math.Cos(i)]);
        MlpModel model = Made(Sines()), dropping = Made(whole, MissingValues.Drop);
        MlpModel conformal = ModelCalibration.Calibrate(model, gaps, null, [dropping]);
        Assert.Equal(38, conformal.Output.Conformal!.Count);
        var predictor = new MlpPredictor(conformal) { Confidence = 0.9 };
        MlpPrediction[] answers = [.. predictor.Predict(gaps)];
        Assert.Equal(Enumerable.Range(0, 40).Except([3, 8]), answers.Select(one => one.Index));
        Assert.Equal(
            ["2 rows with missing values left out, as the model was made to do."],
            predictor.Notes.Sentences.Select(note => $"{note.Sentence}"));
        MlpEvaluation evaluation = predictor.Measure(gaps);
        Assert.Equal(38, evaluation.Samples);
        Assert.Equal(
            answers.Average(one => (double)one.Lower! <= (double)one.Label! && (double)one.Label! <= (double)one.Upper! ? 1.0 : 0),
            evaluation.Coverage!.Value,
            1e-12);

        // A row alone is an error, as it is where the model itself leaves such rows out; without a confidence nobody asks for it.
        Assert.Equal("MissingValue", Fails(() => predictor.Predict([1.0, null], _ => null)));
        Assert.Equal(40, new MlpPredictor(conformal).Predict(gaps).Count());
    }

    [Fact]
    public void A_row_has_the_columns_of_companions_too()
    {
        MlpDataset whole = Table(["a", "b"], i => [Math.Sin(i), Math.Cos(i)]);
        MlpModel conformal = ModelCalibration.Calibrate(Made(Sines()), whole, null, [Made(whole), Made(Table(["b"], i => [Math.Cos(i)]))]);
        Assert.Equal(["a"], new MlpPredictor(conformal).Columns);
        var predictor = new MlpPredictor(conformal) { Confidence = 0.9 };
        Assert.Equal(["a", "b"], predictor.Columns);
        MlpPrediction expected = predictor.Predict(whole, 5), row = predictor.Predict([Math.Sin(5), Math.Cos(5)], _ => null);
        Assert.Equal((expected.Lower, expected.Upper), (row.Lower, row.Upper));
        Assert.Throws<ArgumentOutOfRangeException>(() => predictor.Predict([1.0], _ => null));
        Assert.Equal("ColumnsMissing", Fails(() => predictor.Predict(Sines()).Count()));
        DatasetSchema schema = DatasetSchema.Of(conformal)!;
        Assert.Equal(("a", "b"), (Assert.Single(schema.Features), Assert.Single(schema.Beside)));
        Assert.Equal(ColumnKind.Number, schema.Kinds["b"]);
    }

    [Fact]
    public void Numbers_by_their_places_are_no_row_of_names()
    {
        MlpDataset whole = Sines();
        var places = MlpModel.Create(1, new HiddenLayers([], [Activation.ReLU]), 1, Initializer.Default, 1, LossKind.MeanSquaredError);
        MlpModel conformal = ModelCalibration.Calibrate(Made(whole), whole, null, [places]);
        var predictor = new MlpPredictor(conformal) { Confidence = 0.9 };
        Assert.NotNull(predictor.Predict(whole).First().Lower);
        Assert.Equal("NamesNeeded", Fails(() => predictor.Predict([1.0], _ => null)));
    }

    [Fact]
    public void Each_of_several_numbers_has_its_own_coverage()
    {
        MlpDataset data = TableTests
            .Table(
                ["a", "u", "v"],
                [.. Enumerable.Range(0, 60).Select(i => new object?[] { Math.Sin(i), Math.Cos(3 * i), 100 * Math.Sin(i) })])
            .ToDataset(new TableOptions { Label = ["u", "v"] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        MlpModel conformal = ModelCalibration.Calibrate(model, data.Take([.. Enumerable.Range(0, 20)]), null);
        MlpDataset test = data.Take([.. Enumerable.Range(20, 40)]);
        var predictor = new MlpPredictor(conformal) { Confidence = 0.7 };
        MlpPrediction[] answers = [.. predictor.Predict(test)];
        MlpEvaluation evaluation = predictor.Measure(test);
        for (int j = 0; j < 2; j++)
        {
            int target = j;
            (double Lower, double Truth, double Upper)[] ends = [.. answers.Select(one =>
                (At(one.Lower, target), At(one.Label, target), At(one.Upper, target)))];
            Assert.Equal(
                ends.Average(end => end.Lower <= end.Truth && end.Truth <= end.Upper ? 1.0 : 0),
                evaluation.Targets[j].Coverage!.Value,
                1e-12);
            Assert.Equal(ends.Average(end => end.Upper - end.Lower), evaluation.Targets[j].MeanSize!.Value, 1e-9);
        }

        Assert.NotEqual(evaluation.Targets[0].Coverage, evaluation.Targets[1].Coverage);
        Assert.Equal(evaluation.Targets.Average(score => score.Coverage!.Value), evaluation.Coverage!.Value, 1e-12);
        Assert.Null(new MlpPredictor(conformal).Measure(test).Targets[0].Coverage);

        static double At(object? values, int target) => Convert.ToDouble(((System.Collections.IList)values!)[target], null);
    }

    private static MlpDataset Sines() => Table(["a"], i => [Math.Sin(i)]);

    /// <summary>Forty rows, with a number y to predict.</summary>
    private static MlpDataset Table(string[] columns, Func<int, object?[]> row) => TableTests
        .Table([.. columns, "y"], [.. Enumerable.Range(0, 40).Select(i => (object?[])[.. row(i), i * 0.5])])
        .ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Regression });

    private static MlpModel Made(MlpDataset data, MissingValues missing = MissingValues.Fill) => MlpModel.CreateFor(
        ModelEnds.Fit(data, null, new EncodingOptions { Missing = missing }),
        new HiddenLayers([2], [Activation.ReLU]),
        Initializer.Default,
        1);
}
