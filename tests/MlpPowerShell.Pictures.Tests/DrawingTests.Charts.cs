using System.Globalization;
using System.Xml.Linq;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures.Tests;

/// <content>Charts of many runs, and of figures that are hard to draw.</content>
public sealed partial class DrawingTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(30, 12)]
    public void Many_runs_have_one_curve_each_and_no_two_that_are_named_look_alike(int runs, int named)
    {
        CurvePoint[] points = [.. Enumerable.Range(0, runs).SelectMany(run => TestData.Halving($"run {run}", run == 25 % runs ? 9 : 5))];
        XElement svg = Svg(Charts.LearningCurves(points, string.Empty, 800, 560));
        string[] names = [.. Texts(svg).Where(text => text.StartsWith("run ", StringComparison.Ordinal))];
        Assert.Equal(named, names.Length);
        Assert.Equal($"run {25 % runs}", names[0]);
        Assert.Equal(runs > named, Texts(svg).Contains($"{runs - named} more"));
        string[] looks = [.. svg.Descendants().Where(element => element.Name.LocalName == "polyline")
            .Where(element => element.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 5)
            .Select(element => element.Attribute("style")!.Value)];
        Assert.Equal(2 * (runs - 1), looks.Length);
        Assert.Equal(named == runs ? runs - 1 : named, looks.Distinct().Count());
    }

    [Fact]
    public void A_chart_too_small_to_show_anything_is_refused() => Assert.Equal(
        "ChartTooSmall",
        Assert.Throws<MlpException>(() => Charts.LearningCurves(TestData.Halving("one", 5), "t", 100, 100).ToSvg()).ErrorId);

    [Fact]
    public void Axes_of_accuracies_end_at_100_and_close_values_have_labels_of_their_own()
    {
        CurvePoint[] points = [.. Enumerable.Range(1, 5).Select(epoch => new CurvePoint("r", epoch)
        {
            TrainingAccuracy = 1,
            TrainingLoss = 1 + (1e-8 * epoch),
        })];
        string[] labels = [.. Texts(Svg(Charts.LearningCurves(points, "a title that is far too long for it".PadRight(400, 'x'), 800, 560)))
            .Where(text => double.TryParse(text, CultureInfo.InvariantCulture, out _))];
        Assert.Contains("100", labels);
        Assert.DoesNotContain(labels, label => double.Parse(label, CultureInfo.InvariantCulture) > 100);
        string[] close = [.. labels.Where(label => label.StartsWith("1.0000000", StringComparison.Ordinal))];
        Assert.True(close.Length > 1 && close.Distinct().Count() == close.Length, string.Join(' ', labels));
    }

    [Fact]
    public void A_schedule_of_one_step_is_a_point() => Assert.Contains(
        Svg(Charts.Schedule([new MlpScheduleStep(1, 1, 0.1)], "one", 400, 300)).Descendants(),
        element => element.Name.LocalName is "ellipse" or "circle");
}
