using FsCheck;
using FsCheck.Fluent;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

public sealed class DatasetPartsTests
{
    private static readonly SplitOptions _seeded = new() { Seed = 1 };

    [Fact]
    public void Parts_have_every_sample_once_in_order_and_even_shares_of_the_classes()
    {
        Prop.ForAll<PositiveInt, bool>((size, stratify) =>
        {
            MlpDataset data = Numbered(20 + (size.Get % 200), 3);
            var options = new SplitOptions { Stratify = stratify, Seed = size.Get };
            IReadOnlyList<MlpDataset> parts = DatasetParts.Split(data, [0.6, 0.25], options);
            int[][] ids = [.. parts.Select(Ids)];
            bool once = ids.SelectMany(part => part).Order().SequenceEqual(Enumerable.Range(0, data.Count));
            bool ordered = ids.All(part => part.SequenceEqual(part.Order()));
            bool sized = parts.Count == 3
                && Math.Abs(parts[0].Count - (0.6 * data.Count)) <= 1
                && Math.Abs(parts[1].Count - (0.25 * data.Count)) <= 1;
            bool even =
                !stratify || parts[0].ClassCounts.Zip(data.ClassCounts).All(pair => Math.Abs(pair.First - (0.6 * pair.Second)) <= 1);
            return once && ordered && sized && even;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Folds_are_each_the_test_set_once()
    {
        MlpDataset data = Numbered(103, 4);
        MlpFold[] folds = [.. DatasetParts.Folds(data, 5, new SplitOptions { Stratify = true, Seed = 3 })];
        Assert.Equal([1, 2, 3, 4, 5], folds.Select(fold => fold.Fold));
        Assert.Equal(Enumerable.Range(0, 103), folds.SelectMany(fold => Ids(fold.Test)).Order());
        Assert.All(folds, fold =>
        {
            Assert.InRange(fold.Test.Count, 20, 21);
            Assert.Equal(Enumerable.Range(0, 103), Ids(fold.Test).Concat(Ids(fold.Training)).Order());
            Assert.All(
                fold.Test.ClassCounts.Zip(data.ClassCounts),
                pair => Assert.InRange(pair.First, (pair.Second / 5.0) - 1, (pair.Second / 5.0) + 1));
        });
        Assert.Equal(Enumerable.Range(0, 21), Ids(DatasetParts.Folds(data, 5, new SplitOptions()).First().Test));
    }

    [Fact]
    public void Without_a_seed_the_data_are_cut_in_their_order_and_with_one_always_alike()
    {
        MlpDataset data = Numbered(10, 2);
        Assert.Equal(Enumerable.Range(0, 8), Ids(DatasetParts.Split(data, [0.8], new SplitOptions())[0]));
        Assert.Equal(Ids(Halves(7)[0]), Ids(Halves(7)[0]));
        Assert.NotEqual(Ids(Halves(7)[0]), Ids(Halves(8)[0]));

        IReadOnlyList<MlpDataset> Halves(int seed) => DatasetParts.Split(data, [0.5], new SplitOptions { Seed = seed });
    }

    [Fact]
    public void Groups_stay_together_and_later_samples_go_into_later_parts()
    {
        var random = new Random(1);
        DateTime Day() => new DateTime(2024, 1, 1).AddDays(random.Next(60));
        object?[][] rows = [.. Enumerable.Range(0, 200).Select(i => new object?[] { i, $"patient {random.Next(40)}", Day(), i % 2 })];
        var options = new TableOptions { Label = ["y"], IsAside = name => name is "who" or "day" };
        MlpDataset data = TableTests.Table(["x", "who", "day", "y"], rows).ToDataset(options);
        object?[] Values(MlpDataset part, int column) => [.. Enumerable.Range(0, part.Count).Select(part.AsideColumns[column].ValueAt)];
        double[] Numbers(MlpDataset part) => [.. Enumerable.Range(0, part.Count).Select(part.Columns[0].NumberAt)];

        IReadOnlyList<MlpDataset> groups = DatasetParts.Split(data, [0.7, 0.1], new SplitOptions { Group = "who", Seed = 1 });
        Assert.Equal(rows.Length, groups.Sum(part => part.Count));
        Assert.Equal(40, groups.Sum(part => Values(part, 0).Distinct().Count()));
        Assert.InRange(groups[0].Count, 130, 150);
        MlpFold[] folds = [.. DatasetParts.Folds(data, 4, new SplitOptions { Group = "who", Seed = 2 })];
        Assert.All(folds, fold => Assert.Empty(Values(fold.Training, 0).Intersect(Values(fold.Test, 0))));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (double)i), folds.SelectMany(fold => Numbers(fold.Test)).Order());

        IReadOnlyList<MlpDataset> times = DatasetParts.Split(data, [0.6, 0.2], new SplitOptions { Time = "day" });
        Assert.Equal(rows.Length, times.Sum(part => part.Count));
        Assert.All(times, part => Assert.Equal(Numbers(part).Order(), Numbers(part)));
        Assert.All(times.Zip(times.Skip(1)), pair => AssertBefore(pair.First, pair.Second));
        MlpFold[] rolling = [.. DatasetParts.Folds(data, 3, new SplitOptions { Time = "day" })];
        Assert.Equal([1, 2, 3], rolling.Select(fold => fold.Fold));
        Assert.All(rolling, fold => AssertBefore(fold.Training, fold.Test));
        Assert.True(rolling[0].Training.Count < rolling[1].Training.Count && rolling[1].Training.Count < rolling[2].Training.Count);

        AssertFails("SplitContradiction", new SplitOptions { Group = "who", Time = "day" }, 2);
        AssertFails("SplitContradiction", new SplitOptions { Group = "who", Stratify = true }, 2);
        AssertFails("ColumnNotFound", new SplitOptions { Group = "whom" }, 2);
        AssertFails("InvalidFolds", new SplitOptions { Group = "who" }, 41);
        AssertFails("InvalidFolds", new SplitOptions { Time = "day" }, 100);
        AssertFails("InvalidTime", new SplitOptions { Time = "who" }, 2);

        void AssertBefore(MlpDataset one, MlpDataset other) =>
            Assert.True((DateTime)Values(one, 1).Max()! < (DateTime)Values(other, 1).Min()!);

        void AssertFails(string errorId, SplitOptions options, int folds) =>
            Assert.Equal(errorId, Assert.Throws<MlpException>(() => DatasetParts.Folds(data, folds, options).Count()).ErrorId);
    }

    [Fact]
    public void Parts_join_to_the_whole()
    {
        MlpDataset data = Numbered(30, 3).WithSampleWeights([.. Enumerable.Range(1, 30).Select(i => (float)i)]);
        MlpDataset joined = DatasetParts.Join(DatasetParts.Split(data, [0.3, 0.3], new SplitOptions()));
        Assert.Equal(data.Fingerprint, joined.Fingerprint);
        MlpDataset pixels =
            DatasetParts.Join([DatasetParts.Select(TestData.Test, null, 0, 10), DatasetParts.Select(TestData.Test, null, 10, 5)]);
        Assert.Equal(DatasetParts.Select(TestData.Test, null, 0, 15).Fingerprint, pixels.Fingerprint);
        Assert.Equal("DatasetsDiffer", Assert.Throws<MlpException>(() => DatasetParts.Join([data, Numbered(5, 2)])).ErrorId);
        Assert.Equal("DatasetsDiffer", Assert.Throws<MlpException>(() => DatasetParts.Join([data, TestData.Test])).ErrorId);
    }

    [Fact]
    public void Select_keeps_classes_and_slices()
    {
        MlpDataset threes = DatasetParts.Select(TestData.Test, ["3", "8"], 10, 100);
        Assert.Equal(100, threes.Count);
        Assert.All(threes.Labels, label => Assert.True(label is 3 or 8));
        Assert.Equal("UnknownLabel", Assert.Throws<MlpException>(() => DatasetParts.Select(TestData.Test, ["x"], 0, 1)).ErrorId);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(0.001)]
    public void Parts_that_can_not_be_are_refused(double fraction) =>
        Assert.Equal(
            "InvalidFraction", Assert.Throws<MlpException>(() => DatasetParts.Split(Numbered(10, 2), [fraction], _seeded)).ErrorId);

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void Folds_that_can_not_be_are_refused(int folds) =>
        Assert.Equal("InvalidFolds", Assert.Throws<MlpException>(() => DatasetParts.Folds(Numbered(10, 2), folds, _seeded)).ErrorId);

    /// <summary>Samples whose one feature is their number.</summary>
    private static MlpDataset Numbered(int count, int classes) => new(
        "numbered", [.. Enumerable.Range(0, count)
            .Select(i => (float)i)], [.. Enumerable.Range(0, count)
                .Select(i => i * i % classes)], 1, [.. Enumerable.Range(0, classes).Select(i => $"{i}")]);

    private static int[] Ids(MlpDataset data) => [.. data.Floats!.Select(feature => (int)feature)];
}
