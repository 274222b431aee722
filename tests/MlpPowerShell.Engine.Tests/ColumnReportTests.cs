using System.Globalization;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Tests;

/// <summary>What is told of columns: what they hold, what looks wrong, and what is taken for what.</summary>
public sealed class ColumnReportTests
{
    [Theory]
    [InlineData("2026-01-31", "soon", "is one of texts, as 'soon' is no date, which nearly all others are")]
    [InlineData("true", "maybe", "is one of texts, as 'maybe' is no boolean, which nearly all others are")]
    [InlineData(
        "01/11/2026 00:00:00",
        "02/08/2026 10:30:00",
        "holds dates such as '01/11/2026 00:00:00', which may be written as M/d/yyyy or d/M/yyyy, and so counts as texts")]
    [InlineData("1,500", "2,750", "holds texts that look like numbers written otherwise, such as '1,500'")]
    [InlineData("p", "q", null)]
    [InlineData("007", "008", null)]
    public void A_value_that_makes_a_column_one_of_texts_is_told(string most, string odd, string? warning)
    {
        object?[][] rows = [.. Enumerable.Range(0, 40).Select(i => new object?[] { i % 7, i == 11 ? odd : most, i == 12 ? odd : most })];
        MlpDataset data = MixedTable.Of(rows, ["x", "feature", "label"]).ToDataset(new TableOptions { Label = ["label"] });
        Assert.Equal([null, warning, warning], ColumnReport.Of(data).Select(column => column.Warning));
        Assert.Equal(
            warning is null ? 0 : 2,
            ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions()))
                .Count(text => text.ToString().Contains($" {warning}. ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Whole_numbers_that_a_double_merges_stay_apart_in_the_report()
    {
        foreach (int count in new[] { 30, 3000 })
        {
            object?[][] rows = [.. Enumerable.Range(0, count).Select(i => new object?[] { 12345678901234560 + i, i % 2 })];
            MlpColumn column = ColumnReport.Of(MixedTable.Of(rows, ["id", "y"]).ToDataset(new TableOptions { Label = ["y"] })).First();
            Assert.Equal((count, 12345678901234560, 12345678901234560 + count - 1), (column.Distinct, column.Minimum, column.Maximum));
        }
    }

    [Fact]
    public void Numbers_of_rows_are_seen_in_a_part_that_was_drawn_at_random_too()
    {
        var random = new Random(5);
        object?[][] rows = [.. Enumerable.Range(0, 150)
            .Select(i => new object?[] { i, random.Next(1_000_000), random.Next(40), i * 0.5, i % 3 == 0 ? "p" : "q" })];
        MlpDataset data = MixedTable.Of(rows, ["row", "wide", "often", "half", "label"]).ToDataset(new TableOptions { Label = ["label"] });
        foreach (double part in new[] { 0.9, 0.75, 0.5 })
        {
            MlpColumn[] columns = [.. ColumnReport.Of(DatasetParts.Split(data, [part], new SplitOptions { Seed = 1 })[0])];
            Assert.Equal("has another whole number in every row, as an id has", columns[0].Warning);
            Assert.All(columns[1..], column => Assert.Null(column.Warning));
        }
    }

    [Theory]
    [InlineData(1e9, true)]
    [InlineData(-1e4, true)]
    [InlineData(5, false)]
    public void A_value_far_from_all_others_is_told_of(double value, bool isFar)
    {
        object?[][] rows = [.. Enumerable.Range(0, 60).Select(i =>
            new object?[] { i == 7 ? value : Math.Sin(i), Math.Cos(i), i % 9 == 0 ? 1e7 : 0.0, i == 9 ? value : Math.Tan(i % 5) })];
        MlpDataset data = MixedTable.Of(rows, ["a", "b", "rare", "y"]).ToDataset(new TableOptions { Label = ["y"] });
        string[] Warnings(EncodingOptions options) =>
            [.. ColumnReport.Warnings(data, ModelEnds.Fit(data, null, options)).Select(warning => warning.ToString(TestData.Say))];
        string[] warnings = Warnings(new EncodingOptions());
        string far = value.ToString("G6", CultureInfo.InvariantCulture);
        string[] expected = isFar
            ?
            [
                $"Values far from all others set the scale of their columns: a (such as {far}), y (such as {far}). "
                    + "Correct them where they are "
                    + "mistakes or stand for a gap; else take logarithms [ScalingOf a Log].",
            ]
            : [];
        Assert.Equal(expected, warnings);
        Assert.Empty(Warnings(new EncodingOptions { Scaling = FeatureScaling.Log }));
        Assert.All(
            Warnings(new EncodingOptions { Scaling = FeatureScaling.Quantile }), warning => Assert.Contains("columns: y (such", warning));
    }

    [Fact]
    public void Names_that_differ_in_case_or_blanks_alone_are_told_of()
    {
        object?[][] rows = [.. Enumerable.Range(0, 60).Select(i =>
            new object?[] { i % 2 == 0 ? "Bern" : "bern", "a b"[(i % 2)..], i % 3 == 0 ? "Yes" : "yes " })];
        MlpDataset data = MixedTable.Of(rows, ["city", "other", "y"]).ToDataset(new TableOptions { Label = ["y"] });
        Assert.Equal(
            [
                "The column city has categories that differ in case or blanks alone, as 'Bern' and 'bern'. "
                    + "Write them alike where they are one.",
                "There are classes that differ in case or blanks alone, as 'Yes' and 'yes '. Write them alike where they are one.",
            ],
            ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions())).Select(warning => warning.ToString()));
        Assert.Single(ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions { IgnoreCase = true })));
    }

    [Theory]
    [InlineData(10, 400, null)]
    [InlineData(14, 400, "The label y has 14 different whole numbers, which are taken for classes; they are numbers [Task Regression].")]
    [InlineData(
        30, 900, "The label y has the whole numbers from 0 to 29, which are taken for numbers; they are classes [Task Classification].")]
    [InlineData(30, 500, null)]
    [InlineData(51, 9000, null)]
    public void Whole_numbers_that_may_be_classes_or_not_are_told_of(int distinct, int count, string? note)
    {
        object?[][] rows = [.. Enumerable.Range(0, count).Select(i => new object?[] { Math.Sin(i), i % distinct })];
        MlpDataset data = MixedTable.Of(rows, ["x", "y"]).ToDataset(new TableOptions { Label = ["y"] });
        Assert.Equal(note, ColumnReport.TaskNote(data)?.ToString(TestData.Say));

        // With gaps between them they are no numbers of classes; with a fraction no classes.
        object?[][] other = [.. rows.Select(row => new object?[] { row[0], (int)row[1]! * (distinct > 20 ? 3 : 1.5) })];
        Assert.Null(ColumnReport.TaskNote(MixedTable.Of(other, ["x", "y"]).ToDataset(new TableOptions { Label = ["y"] })));
    }

    [Fact]
    public void Columns_that_are_the_same_throughout_are_one_warning()
    {
        object?[][] rows = [.. Enumerable.Range(0, 30).Select(i => new object?[] { 1, "x", Math.Sin(i), true, i % 3 == 0 ? "p" : "q" })];
        MlpDataset data = MixedTable.Of(rows, ["one", "text", "a", "flag", "y"]).ToDataset(new TableOptions { Label = ["y"] });
        Assert.Equal(
            "Each of the columns one, text, flag has the same value in every row. "
                + "They tell nothing, and can be left out [IsFeature] where the data are read.",
            Assert.Single(ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions()))).ToString(TestData.Say));
    }

    [Fact]
    public void A_column_shows_what_it_holds_and_what_looks_wrong()
    {
        object?[][] rows = [.. Enumerable.Range(0, 40)
            .Select(i => new object?[] { i, $"id {i}", 7, i % 2 == 0 ? "even" : "odd", $"{i},5 kg", i % 3, i % 2 == 0 ? "p" : "q", i })];
        MlpDataset data = MixedTable.Of(rows, ["row", "id", "same", "leak", "amount", "third", "label", "group"])
            .ToDataset(new TableOptions { IsAside = name => name == "group" });
        MlpColumn[] columns = [.. ColumnReport.Of(data)];
        Assert.Equal(["row", "id", "same", "leak", "amount", "third", "label", "group"], columns.Select(column => column.Name));
        Assert.Equal([.. Enumerable.Repeat("Feature", 6), "Label", "Aside"], columns.Select(column => column.Role));
        Assert.Equal([40, 40, 1, 2, 40, 3, 2, 40], columns.Select(column => column.Distinct!.Value));
        Assert.Equal("counts the rows, as an id does", columns[0].Warning);
        Assert.Equal("has another text in nearly every row, as an id has", columns[1].Warning);
        Assert.Equal("has the same value in every row", columns[2].Warning);
        Assert.Equal("tells the label all by itself", columns[3].Warning);
        Assert.Null(columns[5].Warning);
        Assert.Equal((0, 39), (columns[0].Minimum, columns[0].Maximum));
        Assert.Equal("2 features, one for each category", columns[3].Encoding);
        Assert.Contains(
            ColumnReport.Warnings(data, ModelEnds.Fit(data, null, new EncodingOptions())),
            warning => warning.ToString().StartsWith("The column leak tells the label all by itself.", StringComparison.Ordinal));
    }
}
