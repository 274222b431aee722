using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

public sealed class SampleOverlapTests
{
    [Fact]
    public void A_part_is_found_in_any_order_and_others_are_not()
    {
        MlpDataset data = TestData.Random(7, 300, 20, 4), others = TestData.Random(8, 300, 20, 4);
        int[] rows = [.. Enumerable.Range(0, 300).OrderBy(row => row * 7919 % 300)];
        Assert.True(SampleOverlap.IsPart(data.Take(rows[..100]), data));
        Assert.True(SampleOverlap.IsPart(data.Take(rows), data));
        Assert.False(SampleOverlap.IsPart(data, data.Take(rows[..100])));
        Assert.False(SampleOverlap.IsPart(others, data));
        Assert.False(SampleOverlap.IsPart(data.Take([1, 2, 3]), data));
    }

    [Fact]
    public void Pictures_and_tables_are_compared_too()
    {
        var random = new Random(1);
        var pixels = new byte[50 * 16];
        random.NextBytes(pixels);
        int[] labels = [.. Enumerable.Range(0, 50).Select(i => i % 3)];
        MlpDataset pictures = new("pictures", pixels, labels, 16, ["a", "b", "c"]);
        Assert.True(SampleOverlap.IsPart(pictures.Take([.. Enumerable.Range(20, 20)]), pictures));
        Assert.False(
            SampleOverlap.IsPart(new MlpDataset("others", pixels, [.. labels.Select(label => 2 - label)], 16, ["a", "b", "c"]), pictures));

        object?[][] rows = [.. Enumerable.Range(0, 60).Select(i => new object?[] { i % 9 == 0 ? null : i / 7.0, $"k{i % 5}", i % 2 })];
        MlpDataset table = Table(rows);
        Assert.True(SampleOverlap.IsPart(Table([.. rows.Reverse().Take(30)]), table));
        Assert.False(SampleOverlap.IsPart(Table([.. rows.Select(row => new[] { row[0], "k9", row[2] })]), table));
    }

    [Fact]
    public void Values_that_recur_in_any_sample_tell_nothing()
    {
        object?[][] rows = [.. Enumerable.Range(0, 600).Select(i => new object?[] { i % 3, $"k{i % 5}", i % 2 })];
        Assert.False(SampleOverlap.IsPart(Table(rows[..100]), Table(rows)));
    }

    private static MlpDataset Table(object?[][] rows) =>
        MixedTable.Of(rows, ["x", "k", "y"]).ToDataset(new TableOptions { Label = ["y"], Task = MlpTask.Classification });
}
