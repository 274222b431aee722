using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Files;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Data meet a model by name, whatever their order and wherever they come from.</summary>
public sealed class MeetingTests
{
    private static readonly object?[][] _rows = MixedTable.Rows(1, 240);

    [Theory]
    [InlineData("1.50")]
    [InlineData("2e3")]
    [InlineData("-0")]
    [InlineData("+5")]
    [InlineData("TRUE")]
    [InlineData("2020-01-01T00:00:00")]
    [InlineData("1:30")]
    public void A_part_whose_texts_look_like_something_else_meets_the_texts_that_a_model_knows(string text)
    {
        object?[][] rows = [.. Enumerable.Range(0, 40).Select(i => new object?[] { i % 2 == 0 ? text : "x", i % 2 == 0 ? text : "x" })];
        MlpDataset whole = MixedTable.Of(rows, ["v", "y"]).ToDataset(new TableOptions { Label = ["y"] });
        MlpDataset part = MixedTable.Of([.. rows.Where(row => (string)row[0]! == text)], ["v", "y"])
            .ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Classification });
        Assert.NotEqual(ColumnKind.Category, part.Columns[0].Kind);
        ModelEnds ends = ModelEnds.Fit(whole, null, new EncodingOptions { UnknownCategory = UnknownCategory.Error });
        Samples samples = ends.Encode(part, EncodingPurpose.Training, null);
        Assert.All(samples.Codes!, code => Assert.Equal(ends.Encode(whole, EncodingPurpose.Training, null).Codes![0], code));
        Assert.All(samples.Labels!, label => Assert.Equal(text, ends.Output.Names[label]));
    }

    [Fact]
    public void A_subset_of_the_classes_gives_the_figures_of_that_subset()
    {
        MlpModel model = Trained(MixedTable.Dataset(_rows));
        MlpEvaluation all = new MlpPredictor(model).Measure(MixedTable.Dataset(_rows));
        MlpEvaluation two = new MlpPredictor(model).Measure(MixedTable.Dataset(_rows.Where(row => (string)row[7]! != "ant")));
        Assert.True(all.Accuracy > 0.95);
        Assert.Equal(["ant", "bee", "cow"], two.Classes.Select(of => of.Class));
        Assert.Equal(all.ConfusionMatrix!.Row(1), two.ConfusionMatrix!.Row(1));
        Assert.Equal(all.ConfusionMatrix.Row(2), two.ConfusionMatrix.Row(2));
        Assert.Equal(0, two.Classes[0].Support);
    }

    [Fact]
    public void A_class_that_the_model_lacks_counts_as_a_mistake_and_none_of_them_is_an_error()
    {
        MlpModel model = Trained(MixedTable.Dataset(_rows.Where(row => (string)row[7]! != "cow")));
        var predictor = new MlpPredictor(model);
        MlpEvaluation evaluation = predictor.Measure(MixedTable.Dataset(_rows));
        int cows = _rows.Count(row => (string)row[7]! == "cow");
        Assert.Equal("cow", evaluation.Classes[2].Class);
        Assert.Equal(cows, evaluation.Classes[2].Support);
        Assert.Equal(0, evaluation.Classes[2].Recall);
        Assert.True(evaluation.Accuracy <= (240 - cows) / 240.0);
        Assert.True(double.IsFinite(evaluation.Loss));
        Assert.Equal(
            $"{cows} samples of 1 class that the model does not know count as mistakes: cow.",
            Assert.Single(predictor.Notes.Sentences, note => note.Id == "UnknownClass").Sentence.ToString());
        MlpException failure = Assert.Throws<MlpException>(
            () => new MlpPredictor(model).Measure(MixedTable.Dataset(_rows.Where(row => (string)row[7]! == "cow"))));
        Assert.Equal("UnknownClass", failure.ErrorId);
        Assert.Contains("cow; the model's are ant, bee", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_training_learns_a_class_that_the_model_lacks()
    {
        MlpModel model = Trained(MixedTable.Dataset(_rows.Where(row => (string)row[7]! != "cow")));
        float[] before = TestData.Parameters(model);
        MlpException failure = Assert.Throws<MlpException>(() => Train(model, MixedTable.Dataset(_rows), 1));
        Assert.Equal("UnknownClass", failure.ErrorId);
        Assert.Equal(before, TestData.Parameters(model));
        Train(model, MixedTable.Dataset(_rows.Where(row => (string)row[7]! == "bee")), 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neither_the_order_of_columns_nor_that_of_rows_changes_a_prediction(bool classes)
    {
        MlpModel model = Trained(MixedTable.Dataset(_rows, classes));
        string[] expected = Predictions(model, MixedTable.Dataset(_rows, classes));
        for (int seed = 0; seed < 5; seed++)
        {
            Assert.Equal(expected, Predictions(model, MixedTable.Permuted(_rows, seed).ToDataset(MixedTable.Options(classes))));
            int[] order = [.. Enumerable.Range(0, _rows.Length)];
            new Random(seed).Shuffle(order);
            string[] shuffled = Predictions(model, MixedTable.Dataset(order.Select(i => _rows[i]), classes));
            Assert.Equal(order.Select(i => expected[i]), shuffled);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Data_that_have_travelled_are_predicted_the_same(bool classes)
    {
        object?[][] rows = MixedTable.Rows(2, 120, missing: 0.05);
        MlpDataset data = MixedTable.Dataset(rows, classes);
        MlpModel model = Trained(data);
        string[] expected = Predictions(model, data);
        Assert.Equal(expected, Predictions(model, Sent(data)));
        Assert.Equal(expected, Predictions(model, Sent(FromCsv(rows, classes))));
        Assert.Equal(expected, Predictions(model, FromCsv(rows, classes)));
        Assert.Equal(
            expected,
            Predictions(
                model,
                MixedTable.Of(
                    DatasetRows.Of(data).Select(row => row.Select(cell => cell.Value).ToArray()),
                    [.. DatasetRows.Of(data).First().Select(cell => cell.Key)])
                    .ToDataset(MixedTable.Options(classes))));
        Assert.Equal(
            expected,
            Predictions(model, DatasetParts.Join([data.Take([.. Enumerable.Range(0, 50)]), data.Take([.. Enumerable.Range(50, 70)])])));
        Assert.Equal(expected, Predictions(Reread(model), data));
        Assert.Equal(expected, rows.Select((row, i) => Text(new MlpPredictor(model).Predict(
            [.. model.Input.Names!.Select(name => row[Array.IndexOf(
                MixedTable.Columns, name)])], name => row[Array.IndexOf(MixedTable.Columns, name)]) with
        { Index = i })));
    }

    [Fact]
    public void A_model_without_names_takes_on_those_of_the_first_data_that_it_learns_from()
    {
        MlpDataset letters = new("letters", [0f, 1, 2, 3], [0, 1, 0, 1], 1, ["b", "a"]);
        MlpModel model = MlpModel.Create(1, new HiddenLayers([4], [Activation.ReLU]), 3, Initializer.Default, 1);
        Assert.True(model.Output.IsAnonymous);
        Assert.Equal("UnknownClass", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(letters)).ErrorId);
        Train(model, letters, 1);
        Assert.Equal(["b", "a", "2"], model.ClassNames);
        Assert.False(model.Output.IsAnonymous);
        MlpDataset turned = new("turned", [0f, 1, 2, 3], [1, 0, 1, 0], 1, ["a", "b"]);
        Assert.Equal(new MlpPredictor(model).Measure(letters).Accuracy, new MlpPredictor(model).Measure(turned).Accuracy);
        Assert.Equal("ClassCountMismatch", Assert.Throws<MlpException>(() => Train(
            MlpModel.Create(
                1,
                new HiddenLayers([4], [Activation.ReLU]),
                2,
                Initializer.Default,
                1), new MlpDataset("three", [0f, 1, 2], [0, 1, 2], 1, ["a", "b", "c"]), 1)).ErrorId);
    }

    [Fact]
    public void Digits_are_the_same_from_images_and_from_a_table()
    {
        MlpDataset digits = DatasetParts.Select(TestData.Train, ["2", "5", "7"], 0, 300);
        MlpModel model = MlpModel.CreateFor(TestData.Train, new HiddenLayers([16], [Activation.ReLU]), Initializer.Default, 1);
        Train(model, digits, 3);
        string[] columns = [.. Enumerable.Range(0, 784).Select(i => $"pixel{i}"), "label"];
        var table = new MlpTable("digits", columns);
        for (int row = 0; row < digits.Count; row++)
            table.Add([.. digits.Bytes!.AsSpan(row * 784, 784).ToArray().Select(pixel => (object)(int)pixel), (int)digits.Labels[row]!]);
        MlpDataset same = table.ToDataset(new TableOptions { Label = ["label"] });
        Assert.Equal(new ImageShape(28, 28), same.ImageShape);
        Assert.Equal(Predictions(model, digits), Predictions(model, same));
        Assert.True(new MlpPredictor(model).Measure(same).Accuracy > 0.9);
    }

    [Fact]
    public void Columns_that_are_not_there_are_named()
    {
        MlpModel model = MlpModel.CreateFor(MixedTable.Dataset(_rows), new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);
        MlpDataset less = MixedTable.Of(_rows.Select(row => new[] { row[0], row[2], row[7] }), ["size", "town", "kind"])
            .ToDataset(new TableOptions { Label = ["kind"] });
        MlpException failure = Assert.Throws<MlpException>(() => new MlpPredictor(model).Predict(less));
        Assert.Equal("ColumnsMissing", failure.ErrorId);
        Assert.Contains("count, city, day, span, flag, code", failure.Message, StringComparison.Ordinal);
        Assert.Contains("it has size, town", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_meet_by_name_in_any_order()
    {
        MlpDataset data = MixedTable.Of(_rows)
            .ToDataset(new TableOptions
            {
                Label = ["price", "count"],
                IsFeature = name => name is "size" or "flag",
                Task = MlpTask.Regression,
            });
        MlpDataset turned = MixedTable.Of(_rows)
            .ToDataset(new TableOptions
            {
                Label = ["count", "price"],
                IsFeature = name => name is "flag" or "size",
                Task = MlpTask.Regression,
            });
        MlpModel model = Trained(data);
        Assert.Equal(new MlpPredictor(model).Measure(data).R2, new MlpPredictor(model).Measure(turned).R2);
        Assert.Equal("TargetsMissing", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(
            MixedTable.Of(_rows, [.. MixedTable.Columns[..8], "cost"])
                .ToDataset(new TableOptions { Label = ["cost"], IsFeature = name => name is "size" or "flag" }))).ErrorId);
    }

    [Fact]
    public void Splitting_and_fitting_is_fitting_the_part_alone()
    {
        object?[][] rows = MixedTable.Rows(3, 200, missing: 0.1);
        MlpDataset part = DatasetParts.Split(MixedTable.Dataset(rows), [0.7], new SplitOptions { Seed = 5, Stratify = true })[0];
        object?[][] alone = [.. DatasetRows.Of(part).Select(row => row.Select(cell => cell.Value).ToArray())];
        MlpDataset same = MixedTable.Of(alone, [.. DatasetRows.Of(part).First().Select(cell => cell.Key)]).ToDataset(MixedTable.Options());
        foreach (FeatureScaling scaling in Enum.GetValues<FeatureScaling>())
        {
            var options = new EncodingOptions { Scaling = scaling };
            Assert.Equal(Facts(ModelEnds.Fit(same, null, options)), Facts(ModelEnds.Fit(part, null, options)));
        }
    }

    [Fact]
    public void What_is_tested_on_moves_nothing()
    {
        object?[][] outlier = [.. _rows.Select((row, i) => i < 200 ? row : [1e9, .. row[1..]])];
        IReadOnlyList<MlpDataset> parts = DatasetParts.Split(MixedTable.Dataset(_rows), [200 / 240.0], new SplitOptions());
        IReadOnlyList<MlpDataset> spoilt = DatasetParts.Split(MixedTable.Dataset(outlier), [200 / 240.0], new SplitOptions());
        Assert.Equal(
            Facts(ModelEnds.Fit(parts[0], null, new EncodingOptions())), Facts(ModelEnds.Fit(spoilt[0], null, new EncodingOptions())));
    }

    [Fact]
    public void Renaming_the_classes_renames_the_predictions_alone()
    {
        MlpModel model = Trained(MixedTable.Dataset(_rows));
        var names = new Dictionary<string, string> { ["ant"] = "a1", ["bee"] = "b1", ["cow"] = "c1" };
        object?[][] renamed = [.. _rows.Select(row => (object?[])[.. row[..7], names[(string)row[7]!], row[8]])];
        MlpModel other = Trained(MixedTable.Dataset(renamed));
        Assert.Equal(TestData.Parameters(model), TestData.Parameters(other));
        Assert.Equal(
            new MlpPredictor(model).Predict(MixedTable.Dataset(_rows)).Select(prediction => names[(string)prediction.Prediction]),
            new MlpPredictor(other).Predict(MixedTable.Dataset(renamed)).Select(prediction => (string)prediction.Prediction));
    }

    [Fact]
    public void An_output_that_is_no_number_is_an_error()
    {
        MlpDataset data = MixedTable.Dataset(_rows);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([4], [Activation.ReLU]), Initializer.Default, 1);
        model.Layers[0].Weights[0, 0] = float.NaN;
        Assert.Equal("OutputNotFinite", Assert.Throws<MlpException>(() => new MlpPredictor(model).Predict(data).ToList()).ErrorId);
        Assert.Equal("OutputNotFinite", Assert.Throws<MlpException>(() => new MlpPredictor(model).Measure(data)).ErrorId);
        Assert.Equal("OutputNotFinite", Assert.Throws<MlpException>(() => MlpComparison.Compare(model, model, data)).ErrorId);
    }

    /// <summary>The ends as a model file has them.</summary>
    internal static string Facts(ModelEnds ends)
    {
        var facts = new Dictionary<string, string>();
        EndsContent.Write(MlpModel.CreateFor(ends, new HiddenLayers([], [Activation.Identity]), Initializer.Zeros, 0), facts);
        return string.Join('\n', facts.Select(fact => $"{fact.Key}: {fact.Value}"));
    }

    internal static MlpModel Trained(MlpDataset data, int epochs = 30)
    {
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([12], [Activation.Named("Tanh")]), Initializer.Default, 1);
        Train(model, data, epochs);
        return model;
    }

    internal static void Train(MlpModel model, MlpDataset data, int epochs) => _ = MlpTrainer.Train(
        model, data, null, new TrainingOptions
        {
            Epochs = epochs,
            LearningRate = 0.01,
            BatchSize = 16,
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam },
        }).Count();

    internal static string[] Predictions(MlpModel model, MlpDataset data) => [.. new MlpPredictor(model).Predict(data).Select(Text)];

    // The place in a pipeline apart.
    private static string Text(MlpPrediction prediction) =>
        FormattableString.Invariant(
            $"{prediction.Prediction} {string.Join(' ', prediction.Probabilities)} {prediction.Label} {prediction.IsCorrect}");

    private static MlpDataset Sent(MlpDataset data)
    {
        using var stream = new MemoryStream(DatasetFile.ToBytes(data));
        return DatasetFile.Read(stream);
    }

    private static MlpModel Reread(MlpModel model)
    {
        using var stream = new MemoryStream(ModelFile.ToBytes(model));
        return ModelFile.Read(stream);
    }

    private static MlpDataset FromCsv(object?[][] rows, bool classes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllLines(
            path,
            rows.Select(row => string.Join(',', row.Select(value => value is null ? string.Empty : ColumnType.TextOf(value))))
                .Prepend(string.Join(',', MixedTable.Columns)));
        return TableReader.Read(path, new TableReadOptions()).ToDataset(MixedTable.Options(classes));
    }
}
