using System.Globalization;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures.Tests;

public sealed class RowTests
{
    private static readonly MlpDataset _numbers = TestData.Table("numbers", ["x", "y"], [1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [4.0, 60.0]);

    public static TheoryData<int> Widths => [60, 80, 90, 100, 120, 200];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_fit_the_terminal_and_stand_below_their_headings(int columns)
    {
        MlpEpoch[][] tables = [.. from validates in new[] { false, true }
                                  from tests in new[] { false, true }
                                  select Train(TestData.Images, validates, tests, "a run with a name of some length")];
        foreach (MlpEpoch[] epochs in tables.Append(Train(_numbers, true, true, "numbers")))
        {
            string[] lines = Lines(epochs, columns);
            Assert.All(lines, line => Assert.True(line.Length < columns, $"{line.Length} of {columns}: {line}"));

            // Long names go on in lines of their own.
            lines = [.. lines.Where(line => line[..5].Trim().Length > 0)];
            Assert.Equal(2 + epochs.Length, lines.Length);
            Assert.Contains("TrainLoss", lines[0]);
            int end = lines[0].IndexOf("TrainLoss", StringComparison.Ordinal) + "TrainLoss".Length;
            Assert.All(epochs.Zip(lines.Skip(2)), pair => Assert.EndsWith(Figures.Loss(pair.First.TrainingLoss), pair.Second[..end]));
        }
    }

    [Fact]
    public void Only_columns_that_have_values_are_shown()
    {
        string alone = Lines(Train(TestData.Images, false, false, "r"), 200)[0];
        Assert.DoesNotContain("Val", alone);
        Assert.DoesNotContain("Test", alone);
        Assert.DoesNotContain("R2", alone);
        Assert.Contains("Best", alone);

        // Test data alone make no epoch the best.
        string tested = Lines(Train(TestData.Images, false, true, "r"), 200)[0];
        Assert.Contains("TestAcc", tested);
        Assert.DoesNotContain("Best", tested);

        string numbers = Lines(Train(_numbers, true, false, "r"), 200)[0];
        Assert.DoesNotContain("Acc", numbers);
        foreach (string label in new[] { "TrainR2", "TrainMAE", "ValR2", "ValMAE" })
            Assert.Contains(label, numbers);
    }

    [Fact]
    public void A_run_is_named_where_it_begins_and_wherever_runs_alternate()
    {
        MlpEpoch[] one = Train(TestData.Images, true, false, "the first of two runs"), two = Train(TestData.Images, true, false, "b");
        string[] apart = Lines([.. one, .. two], 100);
        Assert.EndsWith("the first of two runs", apart[2]);
        Assert.DoesNotContain("run", apart[3]);
        Assert.EndsWith(" b", apart[2 + one.Length]);
        string[] mixed = Lines([.. one.Zip(two).SelectMany(pair => new[] { pair.First, pair.Second })], 100);
        Assert.Equal(2 + one.Length + two.Length, mixed.Length);
        Assert.All(mixed.Skip(2).Where((_, i) => i % 2 == 0), line => Assert.EndsWith("the first of two runs", line));
        Assert.All(mixed.Skip(2).Where((_, i) => i % 2 == 1), line => Assert.EndsWith(" b", line));
    }

    [Fact]
    public void Epochs_of_several_kinds_that_come_by_turns_make_one_table()
    {
        MlpEpoch[][] runs =
        [
            Train(TestData.Images, false, false, "plain"),
            Train(TestData.Images, true, true, "validated"),
            Train(_numbers, true, false, "numbers"),
        ];
        string[] lines = Lines(Enumerable.Range(0, 9).Select(i => runs[i % 3][i / 3]), 200);
        string[] headings = [.. lines.Where(line => line.Contains("TrainLoss", StringComparison.Ordinal))];
        Assert.Equal(3, headings.Length);
        foreach (string label in new[] { "TrainAcc", "TrainR2", "ValLoss", "ValAcc", "ValR2", "TestLoss", "TestAcc", "Best", "Run" })
            Assert.Contains(label, headings[2]);
        foreach (MlpEpoch[] run in runs)
            Assert.Equal(3, lines.Count(line => line.EndsWith(" " + run[0].Run, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_name_of_a_run_stands_there_whole(int columns)
    {
        const string Name = "HiddenSize=128, LearningRate=0.001, Optimizer=AdamW, 一二三四五六七八九十一二三四五六七八九十";
        string[] lines = Lines([Train(TestData.Images, true, true, Name)[0]], columns);
        int start = lines[0].IndexOf("Run", StringComparison.Ordinal);
        Assert.Equal(
            Name.Replace(" ", string.Empty), string.Concat(lines.Skip(2).Select(line => line[start..].Replace(" ", string.Empty))));
        Assert.All(lines, line => Assert.True(TerminalText.Width(line) < columns, line));
    }

    [Fact]
    public void Rows_of_another_kind_begin_a_table()
    {
        MlpEpoch[] epochs = Train(TestData.Images, false, false, "a run");
        PredictionRow prediction = PredictionRow.Of(new MlpPredictor(TestData.Model).Predict(TestData.Images).First(), null);
        string[] lines = Lines([epochs[0], prediction, epochs[1]], 100);
        Assert.Equal(11, lines.Length);
        Assert.Equal([string.Empty, string.Empty], new[] { lines[3], lines[7] });
        Assert.EndsWith("a run", lines[10]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Several_predicted_numbers_have_their_names_above(int columns)
    {
        object[][] rows = [[1.0, 10.0, 0.1, -5.0, 7.0, 1e12, 2.0], [2.0, 30.0, 0.2, -6.0, 8.0, -1e12, 4.0]];
        string[] names = ["x", "height", "width", "depth", "weight", "price", "age"];
        var table = new MlpTable("several", names);
        foreach (object[] row in rows)
            table.Add(row);
        MlpDataset data = table.ToDataset(new TableOptions { Label = names[1..] });
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        string[] lines = Lines(new MlpPredictor(model).Predict(data).Select(prediction => PredictionRow.Of(prediction, null)), columns);
        Assert.Matches("^ Index +height +height error", lines[0]);
        int shown = names[1..].Count(name => lines[0].Contains($"  {name} ", StringComparison.Ordinal));
        Assert.EndsWith(shown < 6 ? $"and {6 - shown} more" : "age error", lines[0]);
        Assert.All(lines, line => Assert.True(line.Length < columns, line));
    }

    [Fact]
    public void Runs_of_one_name_are_told_apart_by_their_seeds()
    {
        MlpEpoch epoch = Train(TestData.Images, true, false, "same")[0];
        MlpEpoch other = epoch with { Details = epoch.Details with { Seed = 77 } };
        string[] lines = Lines([epoch, epoch, other, other, epoch], 120);
        string[] ends = [.. lines.Skip(2).Select(line => line.Contains("same", StringComparison.Ordinal)
            ? line[line.IndexOf("same", StringComparison.Ordinal)..]
            : string.Empty)];
        Assert.Equal(["same", "", "same, seed 77", "", "same, seed 1"], ends);
    }

    [Fact]
    public void A_date_to_predict_is_shown_whole()
    {
        var start = new DateTime(2024, 1, 1);
        MlpDataset dates = TestData.Table("dates", ["x", "y"], [1.0, start], [2.0, start.AddHours(30)], [3.0, start.AddDays(4)]);
        MlpModel model = MlpModel.CreateFor(dates, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        string[] lines = Lines(new MlpPredictor(model).Predict(dates).Select(prediction => PredictionRow.Of(prediction, null)), 100);
        Assert.Contains("2024-01-02 06:00:00", lines[3]);
        Assert.DoesNotContain('…', string.Concat(lines));
    }

    [Theory]
    [InlineData(0, "0.0000")]
    [InlineData(0.0123, "0.0123")]
    [InlineData(0.00001234, "1.234e-5")]
    [InlineData(3e-310, "3.00e-310")]
    [InlineData(123.45678, "123.4568")]
    [InlineData(123456.78, "123456.8")]
    [InlineData(8.8e31, "8.800e+31")]
    [InlineData(-8.8e31, "-8.80e+31")]
    [InlineData(-1234.56789, "-1234.568")]
    [InlineData(-3e-310, "-3.0e-310")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_loss_of_any_size_can_be_read(double loss, string expected) => Assert.Equal(expected, Figures.Loss(loss));

    [Fact]
    public void Figures_have_five_digits_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(string.Empty)
            {
                NumberFormat = new NumberFormatInfo
                {
                    NumberDecimalSeparator = ",",
                    NumberGroupSeparator = ".",
                    PercentDecimalSeparator = ","
                },
            };
            Assert.Equal(
                ["0", "0.0012345", "1.2346", "123.46", "123456", "1.235e+8", "NaN"],
                new[] { 0, 0.0012345, 1.23456, 123.456, 123456.4, 123456789, double.NaN }.Select(Figures.Value));
            Assert.Equal("12.30 %", Figures.Percent(0.123));
            Assert.Equal("1,234,567", Figures.Count(1234567));
            Assert.All(
                Lines(Train(_numbers, true, true, "r"), 200).Skip(2),
                line => Assert.DoesNotMatch(@"\d,\d{1,2}(\D|$)", line));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_prediction_begins_where_its_name_does(int columns)
    {
        string[] names = ["a class with a name that is too long for a column of any table", "short"];
        var data = new MlpDataset("named", new byte[8], [0, 1], 4, names);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        string[] lines = Lines(new MlpPredictor(model).Predict(data).Select(prediction => PredictionRow.Of(prediction, null)), columns);
        Assert.All(lines, line => Assert.True(line.Length < columns));
        Assert.Contains(" a class ", lines[2]);
        Assert.DoesNotContain("Error", lines[0]);
    }

    [Fact]
    public void Predictions_of_numbers_show_their_errors_and_those_of_files_the_file()
    {
        MlpModel model = MlpModel.CreateFor(_numbers, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        MlpPrediction first = new MlpPredictor(model).Predict(_numbers).First();
        string[] lines = Lines([PredictionRow.Of(first, "a file.png")], 100);
        Assert.StartsWith("File", lines[0]);
        Assert.StartsWith("a file.png", lines[2]);
        Assert.EndsWith("Error", lines[0]);
        Assert.Equal((double)first.Prediction - 10, Assert.IsType<double>(first.Error), 12);
        Assert.EndsWith(((double)first.Error).ToString("G6", CultureInfo.InvariantCulture), lines[2]);
        foreach (string absent in new[] { "Confidence", "Correct", "Sure" })
            Assert.DoesNotContain(absent, lines[0]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void What_looks_wrong_with_a_column_is_told_whole(int columns)
    {
        const string Warning = "has another text in nearly every row, as an id has, and is told of in a sentence of some length";
        var column = new MlpColumn
        {
            Name = "a column with a long name",
            Role = "Feature",
            Kind = "Category",
            Type = "string",
            Distinct = 3000,
            Examples = ["one", "two"],
            Warning = Warning,
        };
        string[] lines = Lines([column], columns);
        Assert.All(lines, line => Assert.True(line.Length < columns));
        Assert.Equal(Warning, string.Join(' ', lines.Skip(3).Select(line => line[4..])));
        Assert.StartsWith(columns < 100 ? "a column" : "a column with a long name", lines[2]);
    }

    private static MlpEpoch[] Train(MlpDataset data, bool validates, bool tests, string name)
    {
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        var options = new TrainingOptions
        {
            Epochs = 3,
            LearningRate = 0.01,
            Seed = 1,
            Name = name,
            ValidationData = validates ? data : null,
        };
        return [.. MlpTrainer.Train(model, data, tests ? data : null, options)];
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void Of_classes_the_names_give_way_and_no_figure(int columns)
    {
        string name = new('n', 90);
        MlpClassScore[] scores =
        [
            new()
            {
                Class = $"{name}1", Precision = 1, Recall = 0.5, F1 = 2.0 / 3, RocAuc = 0.7619, AveragePrecision = 0.5882,
                Support = 12_345_678
            },
            new() { Class = $"{name}2", Support = 41_838 },
        ];
        string[] lines = Lines(scores, columns);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns - 1));
        Assert.Matches(@"100\.00 % +50\.00 % +66\.67 % .*12,345,678$", lines[2]);
        Assert.EndsWith("41,838", lines[3]);
        Assert.Equal(columns > 60, lines[2].Contains("0.7619", StringComparison.Ordinal));
        Assert.Equal(columns == 200, lines[2].Contains($"{name}1", StringComparison.Ordinal));
    }

    [Fact]
    public void No_name_or_value_does_something_in_a_terminal()
    {
        const string Bad = "\u001B]0;t\u0007\u202E";
        var table = new RowTable<string>([new(Bad, 12, 0, text => text), new("text", 9, 0, text => text) { IsText = true }], 80);
        foreach (string line in table.Heading(new CardStyle(80, string.Empty)).Concat(table.Row(Bad)))
            Assert.Equal(Printable.Of(line), line);
    }

    private static string[] Lines(IEnumerable<object> items, int columns)
    {
        Rows.End();
        return [.. items.SelectMany(item => Rows.Of(item, new CardStyle(columns, string.Empty)))];
    }
}
