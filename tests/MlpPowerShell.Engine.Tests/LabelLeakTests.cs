using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Engine.Tests;

public sealed class LabelLeakTests
{
    private const string Leak = "tells the label all by itself";

    [Theory]
    [InlineData("copy", Leak)]
    [InlineData("in other units", Leak)]
    [InlineData("with gaps", Leak)]
    [InlineData("to the cent", Leak)]
    [InlineData("squared", null)]
    [InlineData("with noise", null)]
    public void A_number_that_is_the_number_to_predict_is_told_of(string column, string? warning)
    {
        foreach (int count in new[] { 200, 3000 })
            Assert.Equal(warning, ColumnReport.Of(Numbers(count)).Single(item => item.Name == column).Warning);
    }

    private static MlpDataset Numbers(int count)
    {
        var random = new Random(1);
        string[] names = ["other", "copy", "in other units", "with gaps", "to the cent", "squared", "with noise", "label"];
        object?[][] rows = [.. Enumerable.Range(0, count).Select(i =>
        {
            double y = 1000 * random.NextDouble();
            return new object?[]
            {
                random.NextDouble(), y, 32 - (1.8 * y), i % 7 == 0 ? null : y, Math.Round(y, 2), y * y, y + random.NextDouble(), y,
            };
        })];
        return MixedTable.Of(rows, names).ToDataset(new TableOptions { Task = MlpTask.Regression });
    }

    [Theory]
    [InlineData(3, Leak)]
    [InlineData(200, null)]
    public void Numbers_that_are_codes_of_the_classes_are_told_of(int values, string? warning)
    {
        string[] names = ["other", "code", "label"];
        object?[][] rows = [.. Enumerable.Range(0, 200).Select(i => new object?[] { i * 7 % 11, (10.5 * (i % values)) + 1, $"c{i % 3}" })];
        MlpDataset data = MixedTable.Of(rows, names).ToDataset(new TableOptions());
        Assert.Equal(warning, ColumnReport.Of(data).Single(item => item.Name == "code").Warning);
        Assert.Null(ColumnReport.Of(data).Single(item => item.Name == "other").Warning);
    }

    [Fact]
    public void The_only_feature_is_what_the_label_is_to_be_told_by()
    {
        object?[][] rows = [.. Enumerable.Range(0, 50).Select(i => new object?[] { i * 0.5, (i * 3.5) + 1 })];
        MlpDataset data = MixedTable.Of(rows, ["x", "y"]).ToDataset(new TableOptions { Task = MlpTask.Regression });
        Assert.Null(ColumnReport.Of(data).Single(item => item.Name == "x").Warning);
    }
}
