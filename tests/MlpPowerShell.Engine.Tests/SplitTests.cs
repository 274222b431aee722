using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Tests;

/// <summary>Parts and folds keep together what belongs together.</summary>
public sealed class SplitTests
{
    private static readonly object?[][] _rows = [.. Enumerable.Range(0, 200)
        .Select(i => new object?[] { i, $"patient {i * i % 37}", new DateTime(
            2024, 1, 1).AddHours(i * 37 % 200 / 2), i % 5 == 0 ? "ill" : "well", i * 1.5 })];

    public static TheoryData<int> Seeds() => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_group_is_never_in_two_parts_or_folds(int seed)
    {
        MlpDataset data = Data();
        var options = new SplitOptions { Group = "patient", Seed = seed };
        AssertApart(DatasetParts.Split(data, [0.6, 0.2], options), "patient");
        Assert.Equal(120, DatasetParts.Split(data, [0.6, 0.2], options)[0].Count, 15.0);
        foreach (MlpFold fold in DatasetParts.Folds(data, 4, options))
            AssertApart([fold.Training, fold.Test], "patient");
        Assert.Equal(200, DatasetParts.Folds(data, 4, options).Sum(fold => fold.Test.Count));
        Assert.Equal("InvalidFolds", Assert.Throws<MlpException>(() => DatasetParts.Folds(data, 60, options)).ErrorId);
    }

    [Fact]
    public void Later_samples_go_into_later_parts_and_folds_learn_from_what_came_before()
    {
        MlpDataset data = Data();
        IReadOnlyList<MlpDataset> parts = DatasetParts.Split(data, [0.5, 0.3], new SplitOptions { Time = "when" });
        Assert.Equal(200, parts.Sum(part => part.Count));
        Assert.True(Times(parts[0]).Max() < Times(parts[1]).Min());
        Assert.True(Times(parts[1]).Max() < Times(parts[2]).Min());
        int tested = 0;
        foreach (MlpFold fold in DatasetParts.Folds(data, 4, new SplitOptions { Time = "when" }))
        {
            Assert.True(Times(fold.Training).Max() < Times(fold.Test).Min());
            tested += fold.Test.Count;
        }

        Assert.Equal(160, tested, 8.0);
        Assert.Equal(
            "InvalidTime",
            Assert.Throws<MlpException>(() => DatasetParts.Split(data, [0.5], new SplitOptions { Time = "patient" })).ErrorId);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Each_part_gets_its_share_of_each_class_and_of_each_range_of_numbers(int seed)
    {
        IReadOnlyList<MlpDataset> parts = DatasetParts.Split(Data(), [0.8], new SplitOptions { Stratify = true, Seed = seed });
        Assert.Equal([(160, 32), (40, 8)], parts.Select(part => (part.Count, part.Labels.Count(label => (string)label! == "ill"))));
        MlpDataset numbers = MixedTable.Of(_rows, ["n", "patient", "when", "state", "value"])
            .ToDataset(new TableOptions { Label = ["value"], IsFeature = name => name == "n" });
        foreach (MlpFold fold in DatasetParts.Folds(numbers, 5, new SplitOptions { Stratify = true, Seed = seed }))
        {
            Assert.Equal(
                Enumerable.Repeat(4, 10),
                fold.Test.Targets.GroupBy(target => (int)((double)target! / 30))
                    .OrderBy(range => range.Key)
                    .Select(range => range.Count()));
        }
    }

    [Fact]
    public void What_contradicts_itself_or_is_not_there_is_an_error()
    {
        Assert.Equal(
            "SplitContradiction",
            Assert.Throws<MlpException>(() => DatasetParts.Split(
                Data(), [0.5], new SplitOptions { Stratify = true, Group = "patient" })).ErrorId);
        MlpException failure = Assert.Throws<MlpException>(() => DatasetParts.Split(Data(), [0.5], new SplitOptions { Group = "pateint" }));
        Assert.Equal("ColumnNotFound", failure.ErrorId);
        Assert.Contains("did you mean patient?", failure.Message, StringComparison.Ordinal);
    }

    private static MlpDataset Data() => MixedTable.Of(_rows, ["n", "patient", "when", "state", "value"])
        .ToDataset(new TableOptions { Label = ["state"], IsFeature = name => name is "n" or "when", IsAside = name => name == "patient" });

    private static IEnumerable<DateTime> Times(MlpDataset data) =>
        Enumerable.Range(0, data.Count).Select(row => (DateTime)data.Find("when")!.ValueAt(row)!);

    private static void AssertApart(IReadOnlyList<MlpDataset> parts, string column)
    {
        HashSet<string>[] groups = [.. parts.Select(part => Enumerable.Range(0, part.Count)
            .Select(row => part.Find(column)!.TextAt(row)!)
            .ToHashSet())];
        Assert.Equal(groups.SelectMany(group => group).Distinct().Count(), groups.Sum(group => group.Count));
    }
}
