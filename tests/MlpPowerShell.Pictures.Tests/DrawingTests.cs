using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures.Tests;

public sealed class DrawingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlp-pictures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Learning_curves_have_a_line_for_each_set_and_figure()
    {
        XElement svg = Svg(Charts.LearningCurves(TestData.Halving("one", 5), "Halving", 800, 560));
        Assert.Equal(["800", "560"], new[] { svg.Attribute("width")!.Value, svg.Attribute("height")!.Value });
        string[] texts = Texts(svg);
        Assert.Superset(new HashSet<string> { "Halving", "epoch", "loss", "accuracy, %", "training", "test" }, texts.ToHashSet());
        Assert.DoesNotContain("validation", texts);
        Assert.Equal(4, Lines(svg, 5).Count());
    }

    [Fact]
    public void Runs_are_overlaid_with_a_legend()
    {
        XElement svg = Svg(Charts.LearningCurves([.. TestData.Halving("one", 5), .. TestData.Halving("two", 5)], string.Empty, 800, 560));
        Assert.Superset(new HashSet<string> { "one, training", "one, test", "two, training", "two, test" }, Texts(svg).ToHashSet());
        Assert.Equal(8, Lines(svg, 5).Count());
    }

    [Fact]
    public void Regression_has_losses_alone_and_figures_that_are_not_finite_are_left_out()
    {
        CurvePoint[] points =
        [
            new("r", 1) { TrainingLoss = 3 },
            new("r", 2) { TrainingLoss = double.NaN },
            new("r", 3) { TrainingLoss = 1 },
        ];
        XElement svg = Svg(Charts.LearningCurves(points, string.Empty, 400, 300));
        Assert.DoesNotContain("accuracy, %", Texts(svg));
        Assert.Single(Lines(svg, 2));
    }

    [Fact]
    public void A_confusion_matrix_is_as_dark_as_its_cells_are_full()
    {
        MlpEvaluation evaluation = TestData.Evaluation;
        Assert.Equal(1, evaluation.Accuracy);
        Drawing drawing = Charts.ConfusionMatrix(evaluation, "Truth", 400, 300);
        Assert.Superset(new HashSet<string> { "Truth", "left", "right", "20", "true", "predicted" }, Texts(Svg(drawing)).ToHashSet());

        // All of each class is predicted right: two corners are full blue, the others white.
        Bitmap pixels = drawing.ToBitmap();
        Rgb blue = new(0x00, 0x72, 0xB2), white = new(255, 255, 255);
        Assert.Equal([blue, white, white, blue], new[] { pixels[120, 80], pixels[320, 80], pixels[120, 200], pixels[320, 200] });
    }

    [Fact]
    public void A_schedule_goes_on_over_the_steps_of_its_epochs()
    {
        MlpScheduleStep[] steps = [.. from epoch in Enumerable.Range(
            1, 3) from step in Enumerable.Range(1, 4) select new MlpScheduleStep(epoch, step, epoch)];
        XElement svg = Svg(Charts.Schedule(steps, string.Empty, 400, 300));
        Assert.Contains("step", Texts(svg));
        double[] across = [.. Assert.Single(Lines(svg, 12)).Select(point => point.X)];
        Assert.Equal(across.Order(), across);
        Assert.Equal(12, across.Distinct().Count());
    }

    [Fact]
    public void A_sheet_shows_every_pixel_of_its_pictures_and_their_captions()
    {
        CaptionedPicture[] pictures = [.. Enumerable.Range(0, 3).Select(i => CaptionedPicture.OfSample(TestData.Images, i, null))];
        PictureSheet sheet = PictureSheet.Of(pictures, string.Empty, 500);
        XElement svg = Svg(sheet);
        Assert.Equal(["0: left", "1: right", "2: left"], Texts(svg));
        Assert.Equal(3, svg.Descendants().Count(element => element.Name.LocalName == "image"));
        Bitmap pixels = sheet.ToBitmap();
        int white = Enumerable.Range(0, pixels.Width).First(x => pixels[x, 20] == default);
        Assert.True(white > 0);
        Bitmap picture = pictures[0].Picture;
        Assert.Equal(new Rgb(255, 255, 255), picture[0, 0]);
    }

    [Fact]
    public void The_same_drawing_has_the_same_pixels_every_time() => Assert.Equal(
        PngFile.Encode(Charts.LearningCurves(TestData.Halving("one", 5), "Again", 300, 200).ToBitmap()),
        PngFile.Encode(Charts.LearningCurves(TestData.Halving("one", 5), "Again", 300, 200).ToBitmap()));

    [Fact]
    public void The_ending_of_a_file_says_as_what_it_is_written()
    {
        Drawing drawing = Charts.Schedule([new MlpScheduleStep(1, 1, 1)], "one", 200, 150);
        string svg = Path.Combine(_folder, "a.SVG"), png = Path.Combine(_folder, "a.png"), other = Path.Combine(_folder, "a.bmp");
        drawing.Save(svg);
        drawing.Save(png);
        Assert.Equal("svg", XDocument.Load(svg).Root!.Name.LocalName);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(png)[..4]);
        Assert.Equal("UnknownPictureFormat", Assert.Throws<MlpException>(() => drawing.Save(other)).ErrorId);
        Assert.Equal("FileNotWritten", Assert.Throws<MlpException>(() => drawing.Save(Path.Combine(_folder, "nowhere", "a.png"))).ErrorId);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void What_has_no_images_is_refused()
    {
        var table = new Engine.Data.MlpDataset("table", new float[6], [0, 1], 3, ["a", "b"]);
        Assert.Equal("NoImages", Assert.Throws<MlpException>(() => CaptionedPicture.OfSample(table, 0, null)).ErrorId);
        Assert.Equal("NoSuchSample", Assert.Throws<MlpException>(() => CaptionedPicture.OfSample(TestData.Images, 40, null)).ErrorId);
        Assert.Equal("NoSuchUnit", Assert.Throws<MlpException>(() => CaptionedPicture.OfWeights(TestData.Model, 3)).ErrorId);
    }

    [Fact]
    public void A_report_is_one_whole_page()
    {
        string page = new RunReport
        {
            Model = TestData.Model,
            Epochs = TestData.Model.History,
            TestData = TestData.Images,
            Title = "<b> & more",
        }.ToHtml();
        Assert.Contains("<title>&lt;b&gt; &amp; more</title>", page);
        Assert.DoesNotContain("<b>", page);
        foreach (string part in new[] { "Learning curves", "Confusion matrix", "Classes", "Options", "Environment", "How to reproduce "
            + "it", "LearningRate", "0.5", "xxh3", "100.00 %", "New-MlpModel &#39;3 ReLU&#39;", "-Seed 1" })
        {
            Assert.Contains(part, page);
        }

        // Nothing is fetched from anywhere: pictures are in the page, and are documents that can be read.
        MatchCollection sources = Regex.Matches(page, "src=\"([^\"]*)\"");
        Assert.Equal(2, sources.Count);
        foreach (Match source in sources)
        {
            Assert.Equal(
                "svg",
                XDocument.Load(new MemoryStream(Convert.FromBase64String(source.Groups[1].Value.Split(',')[1]))).Root!.Name.LocalName);
        }

        Assert.DoesNotContain("href", page);
    }

    [Fact]
    public void A_report_shows_the_mistakes_that_the_model_is_surest_of()
    {
        var wrong = new Engine.Data.MlpDataset(
            "wrong", Enumerable.Range(0, 32).Select(i => (byte)(i % 4 == 0 ? 255 : 0)).ToArray(), [1, 0], 16, ["left", "right"], new(4, 4));
        string page = new RunReport { Model = TestData.Model, Epochs = TestData.Model.History, TestData = wrong }.ToHtml();
        Assert.Contains("Worst mistakes", page);
        Assert.Contains("Of 1, ", page);
    }

    private static XElement Svg(Drawing drawing)
    {
        using var stream = new MemoryStream(drawing.ToSvg());
        return XDocument.Load(stream).Root!;
    }

    private static string[] Texts(XElement svg) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    /// <summary>The curves with as many points, which have bevelled joints, as neither axes nor legends have.</summary>
    private static IEnumerable<(double X, double Y)[]> Lines(XElement svg, int count) => svg.Descendants()
        .Where(element => element.Name.LocalName == "polyline"
            && element.Attribute("style")!.Value.Contains("bevel", StringComparison.Ordinal))
        .Select(element => element.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(',')
                .Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))
                .ToArray())
            .Select(pair => (pair[0], pair[1])).ToArray())
        .Where(points => points.Length == count);
}
