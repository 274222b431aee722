using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Training;
using OxyPlot;

namespace MlpPowerShell.Pictures.Tests;

public sealed partial class DrawingTests : IDisposable
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
    public void Regression_has_losses_alone_and_figures_that_are_not_finite_leave_a_gap()
    {
        CurvePoint[] points =
        [
            new("r", 1) { TrainingLoss = 3 },
            new("r", 2) { TrainingLoss = double.NaN },
            new("r", 3) { TrainingLoss = 1 },
            new("r", 4) { TrainingLoss = 1 },
            new("r", 5) { TrainingLoss = double.PositiveInfinity },
            new("r", 6) { TrainingLoss = 2 },
            new("r", 7) { TrainingLoss = 2 },
            new("r", 8) { TrainingLoss = 2 },
        ];
        XElement svg = Svg(Charts.LearningCurves(points, string.Empty, 400, 300));
        Assert.DoesNotContain("accuracy, %", Texts(svg));
        Assert.Equal([1, 1, 0], new[] { 2, 3, 4 }.Select(count => Lines(svg, count).Count()));
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
        foreach (string part in new[]
        {
            "Learning curves", "Confusion matrix", "Classes", "Calibration", "Options", "Environment", "How to reproduce it",
            "LearningRate", "0.5", "xxh3", "100.00 %", "New-MlpModel &#39;3 ReLU&#39;", "-Seed 1",
        })
        {
            Assert.Contains(part, page);
        }

        // Nothing is fetched from anywhere: pictures are in the page, and are documents that can be read.
        MatchCollection sources = Regex.Matches(page, "src=\"([^\"]*)\"");
        Assert.Equal(5, sources.Count);
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

    [Fact]
    public void A_report_tells_when_on_what_and_how_prepared_the_model_was_trained()
    {
        MlpDataset numbers = TestData.Table("numbers", ["a <b>", "y"], [1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [4.0, 60.0]);
        MlpModel model = MlpModel.CreateFor(numbers, new HiddenLayers([3], [Activation.ReLU]), Initializer.Default, 1);
        MlpEpoch[] epochs = [.. MlpTrainer.Train(model, numbers, numbers, new TrainingOptions { Epochs = 2, LearningRate = 0.01 })];
        string page = new RunReport { Model = model, Epochs = epochs, TestData = numbers }.ToHtml();
        Assert.Contains("<tr><td>a <b></td><td>Number</td><td>(x - 2.5) × 0.8944</td></tr>", WebUtility.HtmlDecode(page));
        Assert.DoesNotContain("<b>", page);
        Assert.Contains($"{epochs[0].Details.Started:yyyy-MM-dd HH:mm} UTC", page);
        foreach (string part in new[] { "Predictions", "Training data", "Test data", "Predicts", "Written" })
            Assert.Contains(part, page);
        Assert.DoesNotContain("Confusion", page);
        Assert.DoesNotContain("-Initializer", page);
        model = MlpModel.CreateFor(numbers, new HiddenLayers([3], [Activation.ReLU]), Initializer.Xavier, 1);
        epochs = [.. MlpTrainer.Train(model, numbers, null, new TrainingOptions { Epochs = 1, LearningRate = 0.01 })];
        Assert.Contains("-Initializer Xavier -Seed 1", new RunReport { Model = model, Epochs = epochs }.ToHtml());
    }

    [Fact]
    public void A_report_on_a_model_from_a_file_leaves_out_what_the_file_does_not_tell()
    {
        string page = new RunReport { Model = TestData.Model, Epochs = [], TestData = TestData.Images }.ToHtml();
        Assert.Contains("<h1>16-3-2</h1>", page);
        foreach (string part in new[] { "Confusion matrix", "Inputs", "100.00 %", "of which the file of the model tells nothing" })
            Assert.Contains(part, page);
        foreach (string absent in new[] { "Learning curves", "Environment", "How to reproduce it" })
            Assert.DoesNotContain(absent, page);
    }

    [Fact]
    public void A_thousand_classes_make_a_picture_that_can_be_opened()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"class number {i}")];
        var labels = new int[8000];
        var pixels = new byte[labels.Length * 4];
        new Random(1).NextBytes(pixels);
        for (int i = 0; i < labels.Length; i++)
            labels[i] = i % names.Length;
        var data = new MlpDataset("many", pixels, labels, 4, names);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([200], [Activation.ReLU]), Initializer.Default, 1);
        MlpEvaluation evaluation = new MlpPredictor(model).Measure(data);
        byte[] svg = Charts.ConfusionMatrix(evaluation, "many", 800, 560).ToSvg();
        Assert.InRange(svg.Length, 1000, 8_000_000);
        Assert.InRange(Texts(Svg(Charts.ConfusionMatrix(evaluation, "many", 800, 560))).Length, 10, 60);
    }

    [Theory]
    [InlineData("curves")]
    [InlineData("numbers")]
    [InlineData("confusion")]
    [InlineData("long names")]
    public void No_text_of_a_chart_lies_over_another(string what)
    {
        string[] names = [.. Enumerable.Range(0, 8).Select(i => $"{(what == "confusion" ? "c" : "a class of a long name ")}{i}")];
        var data = new MlpDataset("named", new byte[64], [.. Enumerable.Range(0, 64).Select(i => i % 8)], 1, names);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        Drawing drawing = what switch
        {
            "curves" => Charts.LearningCurves(TestData.Halving("one", 5), "Title", 800, 560),
            "numbers" => Charts.Predictions([.. Enumerable.Range(0, 99).Select(i => (12345.6 * i, 12000.0 * i))], "Title", 800, 560),
            _ => Charts.ConfusionMatrix(new MlpPredictor(model).Measure(data), "Title", 800, 560),
        };
        AssertApart(drawing);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(500, 5)]
    [InlineData(800, 36)]
    public void Captions_of_a_sheet_stay_in_their_cells_and_tell_what_is_true(int width, int count)
    {
        string[] names = ["a class whose name takes a whole line and more of it", "日本語の長い名前のクラスです", "short"];
        var data = new MlpDataset(
            string.Concat(Enumerable.Repeat("a title ", 40)),
            new byte[4 * count],
            [.. Enumerable.Range(0, count).Select(i => i % 3)],
            4,
            names,
            new ImageShape(2, 2));
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([2], [Activation.ReLU]), Initializer.Default, 1);
        CaptionedPicture[] pictures =
            [.. new MlpPredictor(model).Predict(data).Select(one => CaptionedPicture.OfSample(data, one.Index, one))];
        Assert.All(
            pictures, picture => Assert.Equal(picture.IsRight == false, picture.Caption.Contains("\ntrue ", StringComparison.Ordinal)));
        Drawing sheet = PictureSheet.Of(pictures, data.Name, width);
        AssertApart(sheet);
        Assert.Equal(count + 1, Texts(Svg(sheet)).Count(text => !text.StartsWith("true ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Predictions_of_numbers_are_points_and_the_line_where_they_should_lie()
    {
        (double, double)[] pairs = [.. Enumerable.Range(0, 20_000).Select(i => (i / 7.0, (i / 7.0) + (i % 3)))];
        XElement svg = Svg(Charts.Predictions(pairs, "Numbers", 800, 560));
        Assert.Superset(
            new HashSet<string> { "Numbers", "true", "predicted", "predicted - true", "predicted = true" }, Texts(svg).ToHashSet());
        int points = svg.Descendants().Count(element => element.Name.LocalName is "ellipse" or "circle");
        Assert.InRange(points, 1000, 10_000);
    }

    /// <summary>No text lies over another, and none runs off the drawing.</summary>
    private static void AssertApart(Drawing drawing)
    {
        var boxes = Svg(drawing).Descendants().Where(element => element.Name.LocalName == "text").Select(BoxOf).ToArray();
        foreach (((string text, OxyRect box), int i) in boxes.Select((box, i) => (box, i)))
        {
            bool inside = box.Left >= 0 && box.Right <= drawing.Width && box.Top >= 0 && box.Bottom <= drawing.Height;
            Assert.True(inside, $"'{text}' runs off the drawing");
            foreach ((string other, OxyRect otherBox) in boxes.Skip(i + 1))
            {
                bool apart = box.Right <= otherBox.Left || otherBox.Right <= box.Left || box.Bottom <= otherBox.Top
                    || otherBox.Bottom <= box.Top;
                Assert.True(apart, $"'{text}' lies over '{other}'");
            }
        }
    }

    /// <summary>The box that a text takes in the font that is drawn here; of those at an angle, about the middle.</summary>
    private static (string Text, OxyRect Box) BoxOf(XElement text)
    {
        Match place = Regex.Match(text.Attribute("transform")!.Value, @"translate\(([^,]+),([^)]+)\)(?: rotate\(([^)]+)\))?");
        double Part(int group) =>
            place.Groups[group].Success ? double.Parse(place.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        double size = double.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture);
        double width = size * TrueTypeFont.Arimo.Measure(text.Value), height = size * 0.75, angle = Part(3);
        double left = text.Attribute("text-anchor")!.Value switch { "start" => 0, "middle" => -width / 2, _ => -width };
        return angle is 0 or -90
            ? (text.Value, angle == 0
                ? new OxyRect(Part(1) + left, Part(2) - height, width, height)
                : new OxyRect(Part(1) - height, Part(2) - left - width, height, width))
            : (text.Value, new OxyRect(Part(1), Part(2), 0, 0));
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
