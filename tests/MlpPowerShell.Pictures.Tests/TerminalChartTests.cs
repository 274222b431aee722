using System.Globalization;
using System.Text.RegularExpressions;

namespace MlpPowerShell.Pictures.Tests;

/// <summary>Charts in the terminal: how runs are told apart, and what is drawn of figures that are hard to draw.</summary>
public class TerminalChartTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void The_best_run_is_named_first_whatever_the_width(int columns)
    {
        CurvePoint[] points = [.. Enumerable.Range(0, 12).SelectMany(run => TestData.Halving($"run {run}", run == 7 ? 9 : 4))];
        string[] lines = [.. TerminalChart.Draw(points, columns, 5, TerminalColor.None)];
        Assert.Equal(2, lines.Count(line => line.Contains("best: run 7", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.True(line.Length <= columns, line));
    }

    [Fact]
    public void Both_trainings_of_a_model_are_drawn_though_only_one_had_validation_data()
    {
        CurvePoint[] first = [.. Enumerable.Range(1, 4).Select(epoch => new CurvePoint("without", epoch) { TrainingLoss = 9 - epoch })];
        CurvePoint[] second = [.. Enumerable.Range(5, 4).Select(epoch => new CurvePoint("with", epoch)
        {
            TrainingLoss = 9 - epoch,
            ValidationLoss = 8.5 - epoch,
        })];
        string text = string.Join('\n', TerminalChart.Draw([.. first, .. second], 80, 9, TerminalColor.None));
        Assert.Contains("+ best: with (validation)  o without (training)", text);
        Assert.Contains("        8 ┤o", text);
        Assert.Contains("+++", text);
    }

    [Fact]
    public void Runs_of_one_name_are_told_apart()
    {
        CurvePoint[] twice = [.. TestData.Halving("r", 3), .. TestData.Halving("r", 4)];
        string text = string.Join('\n', TerminalChart.Draw(twice, 80, 5, TerminalColor.None));
        Assert.Contains("best: r (2)", text);
    }

    [Fact]
    public void Runs_of_one_name_are_told_apart_by_their_seeds_in_any_order()
    {
        CurvePoint[] points = [.. from epoch in Enumerable.Range(1, 3)
                                  from seed in Enumerable.Range(1, 3)
                                  select new CurvePoint("same", epoch) { Seed = $"{seed}", TrainingLoss = seed }];
        CurvePoint[] sorted = [.. points.OrderBy(point => point.Seed)];
        Assert.Equal(
            TerminalChart.Draw(sorted, 60, 7, TerminalColor.None), TerminalChart.Draw(points, 60, 7, TerminalColor.None));
        Assert.Contains("best: same, seed 1", TerminalChart.Draw(points, 60, 7, TerminalColor.None)[0]);
    }

    [Theory]
    [InlineData(2, 60)]
    [InlineData(7, 60)]
    [InlineData(7, 200)]
    [InlineData(30, 80)]
    [InlineData(30, 200)]
    public void A_legend_names_as_many_runs_as_it_has_marks_and_room_for_and_counts_the_others(int runs, int columns)
    {
        CurvePoint[] points = [.. Enumerable.Range(0, runs).SelectMany(run => TestData.Halving($"a run called {run}", run == 5 ? 9 : 4))];
        string[] lines = [.. TerminalChart.Draw(points, columns, 5, TerminalColor.None)];
        Assert.All(lines, line => Assert.True(line.Length <= columns, line));
        string legend = string.Join(
            '\n', lines.TakeWhile(line => !line.Contains('┤')).Select(line => columns > 120 ? line[..(columns / 2)] : line));
        Assert.InRange(legend.Split('\n').Length, 1, 3);
        MatchCollection named = Regex.Matches(legend, @"(\S) (?:best: )?a run called \d+");
        Match more = Regex.Match(legend, @"\. (\d+) more");
        Assert.Equal(runs, named.Count + (more.Success ? int.Parse(more.Groups[1].Value, CultureInfo.InvariantCulture) : 0));
        Assert.Equal(named.Count, named.Select(match => match.Groups[1].Value).Except(["*", "."]).Distinct().Count());
    }

    [Fact]
    public void What_is_no_finite_number_leaves_a_gap()
    {
        foreach (double broken in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            CurvePoint[] points = [.. Enumerable.Range(1, 9).Select(
                epoch => new CurvePoint("r", epoch) { TrainingLoss = epoch is > 3 and < 7 ? broken : 1 })];
            string line = Assert.Single(
                TerminalChart.Draw(points, 60, 5, TerminalColor.None), line => line.Contains("┤*", StringComparison.Ordinal));
            Assert.Matches(@"┤\*+ {10,}\*+$", line);
            Assert.Equal("training loss in epoch 4 of r and 2 more", Charts.NotDrawn(points));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(11)]
    public void A_value_that_never_changes_stands_at_its_own_label(int height)
    {
        foreach ((double accuracy, double loss) in new[] { (1.0, 0.5), (0.0, 1e-9), (0.37, 0.0), (1.0, 1234.0) })
        {
            CurvePoint[] points =
                [.. Enumerable.Range(1, 3).Select(epoch => new CurvePoint("r", epoch) { TestAccuracy = accuracy, TestLoss = loss })];
            string[] drawn = [.. TerminalChart.Draw(points, 60, height, TerminalColor.None)
                .Where(line => line.Contains("┤+", StringComparison.Ordinal))];
            Assert.Equal(
                [loss, 100 * accuracy],
                drawn.Select(line => double.Parse(line.Split('┤')[0], NumberStyles.Float, CultureInfo.InvariantCulture)));
            Assert.All(
                TerminalChart.Draw(points, 60, height, TerminalColor.None).Skip(height + 4).Where(line => line.Contains('┤')),
                line => Assert.InRange(double.Parse(line.Split('┤')[0], CultureInfo.InvariantCulture), -1e-5, 100));
        }
    }

    [Fact]
    public void Close_values_have_labels_that_tell_them_apart()
    {
        CurvePoint[] points = [new("r", 1) { TrainingLoss = 1.0000002 }, new("r", 2) { TrainingLoss = 1.0000001 }];
        string[] labels = [.. TerminalChart.Draw(points, 60, 5, TerminalColor.None)
            .Where(line => line.Contains('┤')).Select(line => line.Split('┤')[0].Trim())];
        Assert.Equal(["1.0000002", "1.00000015", "1.0000001"], labels);
    }

    [Fact]
    public void An_R2_far_below_0_is_marked_at_the_lower_edge()
    {
        CurvePoint[] points =
            [.. Enumerable.Range(1, 5).Select(epoch => new CurvePoint("r", epoch) { TestR2 = epoch == 1 ? -50 : 0.1 * epoch })];
        string[] lines = [.. TerminalChart.Draw(points, 60, 5, TerminalColor.None)];
        Assert.Contains("▼ below -1", lines[0]);
        Assert.StartsWith("       -1 ┤▼", lines[5]);
    }
}
