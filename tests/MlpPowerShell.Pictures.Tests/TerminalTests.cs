using System.Globalization;
using System.Text.RegularExpressions;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Kernels;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Pictures.Tests;

public class TerminalTests
{
    [Fact]
    public void Two_rows_of_pixels_are_the_halves_of_one_row_of_characters()
    {
        var picture = new CaptionedPicture(new Bitmap(2, 2) { [0, 0] = new Rgb(255, 0, 0), [0, 1] = new Rgb(0, 0, 255) }, "ab", null);
        Assert.Equal(
            ["\e[38;2;255;0;0;48;2;0;0;255m▀\e[38;2;0;0;0;48;2;0;0;0m▀\e[0m", "ab", ""],
            TerminalPictures.Draw([picture], 80, 2, TerminalColor.TrueColor));
        Assert.Equal(
            ["\e[38;5;196;48;5;21m▀\e[38;5;16;48;5;16m▀\e[0m", "ab", ""],
            TerminalPictures.Draw([picture], 80, 2, TerminalColor.Palette256));
    }

    [Theory]
    [InlineData(0, ' ')]
    [InlineData(128, '+')]
    [InlineData(255, '@')]
    public void Without_colours_brightness_becomes_a_character(byte grey, char expected)
    {
        var bitmap = new Bitmap(1, 2) { [0, 0] = new Rgb(grey, grey, grey), [0, 1] = new Rgb(grey, grey, grey) };
        Assert.Equal(
            expected.ToString().TrimEnd(),
            TerminalPictures.Draw([new CaptionedPicture(bitmap, "", null)], 20, 1, TerminalColor.None).First());
    }

    [Theory]
    [InlineData(80, 2)]
    [InlineData(200, 6)]
    [InlineData(20, 1)]
    public void As_many_pictures_stand_side_by_side_as_fit(int columns, int expected)
    {
        Assert.Equal(expected, TerminalPictures.PerRow(columns, 28));
        CaptionedPicture[] pictures = [.. Enumerable.Range(0, 7)
            .Select(i => new CaptionedPicture(new Bitmap(28, 28), $"picture {i} with a long caption of its own", i % 2 == 0))];
        string[] lines = [.. TerminalPictures.Draw(pictures, columns, 28, TerminalColor.TrueColor)];
        Assert.All(lines, line => Assert.True(TestData.Plain(line).Length <= columns, line));
        Assert.Equal((7 + expected - 1) / expected, lines.Count(string.IsNullOrEmpty));
        Assert.Contains(lines, line => line.Contains("\e[32m", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wide_picture_shrinks_and_an_odd_row_ends_in_black()
    {
        string[] lines = [.. TerminalPictures.Draw(
            [new CaptionedPicture(new Bitmap(100, 51), "wide", null)], 80, 20, TerminalColor.Palette256)];
        Assert.Equal(5 + 2, lines.Length);
        Assert.Equal(20, TestData.Plain(lines[0]).Length);
    }

    [Fact]
    public void Greys_find_the_greys_of_the_palette()
    {
        for (int grey = 0; grey < 256; grey++)
        {
            var bitmap = new Bitmap(1, 1) { [0, 0] = new Rgb((byte)grey, (byte)grey, (byte)grey) };
            int code = int.Parse(
                TerminalPictures.Draw([new CaptionedPicture(bitmap, "", null)], 20, 1, TerminalColor.Palette256).First().Split(';')[2],
                CultureInfo.InvariantCulture);
            int shown = code == 16 ? 0 : code == 231 ? 255 : 8 + (10 * (code - 232));
            Assert.True(Math.Abs(shown - grey) <= 9, $"{grey} is shown as {shown}");
        }
    }

    [Fact]
    public void Sixels_give_the_picture_back()
    {
        var bitmap = new Bitmap(9, 14);
        for (int i = 0; i < 9 * 14; i++)
            bitmap[i % 9, i / 9] = new Rgb(Level(i % 5), Level(i / 5 % 5), Level(i / 25 % 5));
        Bitmap decoded = Decode(Sixel.Encode(bitmap));
        for (int i = 0; i < 9 * 14; i++)
            Assert.Equal(bitmap[i % 9, i / 9], decoded[i % 9, i / 9]);

        // Every level is one that a percentage can give.
        static byte Level(int level) => (byte)Math.Round(255 * level / 4.0);
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(200, true)]
    public void Curves_stand_below_each_other_or_side_by_side(int columns, bool beside)
    {
        foreach (TerminalColor color in Enum.GetValues<TerminalColor>())
        {
            IReadOnlyList<string> lines = TerminalChart.Draw(TestData.Halving("one", 20), columns, 8, color);
            Assert.Equal(beside ? 11 : 23, lines.Count);
            Assert.All(lines, line => Assert.True(TestData.Plain(line).Length <= columns, line));
            Assert.Equal(color == TerminalColor.None, lines.All(line => line == TestData.Plain(line)));
            Assert.Contains("training", TestData.Plain(lines[0]));
        }
    }

    [Fact]
    public void A_curve_begins_and_ends_where_its_points_are()
    {
        CurvePoint[] points = [.. Enumerable.Range(1, 5).Select(epoch => new CurvePoint("r", epoch) { TrainingLoss = 6 - epoch })];
        string[] lines = [.. TerminalChart.Draw(points, 40, 5, TerminalColor.None)];
        Assert.Equal(8, lines.Length);
        Assert.StartsWith("        5 ┤*", lines[1]);
        Assert.EndsWith(" ", lines[1]);
        Assert.EndsWith("*", lines[5]);
        Assert.StartsWith("        1 ┤", lines[5]);
    }

    [Fact]
    public void Of_several_runs_each_has_one_curve()
    {
        string text = string.Join(
            '\n', TerminalChart.Draw([.. TestData.Halving("one", 4), .. TestData.Halving("two", 4)], 80, 5, TerminalColor.None));
        Assert.Contains("test loss", text);
        Assert.Contains("o best: one  + two", text);
        Assert.DoesNotContain("training", text);
    }

    [Fact]
    public void One_epoch_and_figures_that_never_change_are_drawn_too()
    {
        Assert.NotEmpty(TerminalChart.Draw([new CurvePoint("r", 1) { TrainingLoss = 1 }], 20, 3, TerminalColor.None));
        Assert.NotEmpty(TerminalChart.Draw(
            [new CurvePoint("r", 1) { TestAccuracy = 1 }, new CurvePoint("r", 2) { TestAccuracy = 1 }], 20, 3, TerminalColor.TrueColor));
        Assert.NotEmpty(TerminalChart.Draw([new CurvePoint("r", 1) { TrainingLoss = 0 }], 20, 3, TerminalColor.None));
        Assert.Empty(TerminalChart.Draw([new CurvePoint("r", 1) { TrainingLoss = double.NaN }], 20, 3, TerminalColor.None));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Cards_fit_the_terminal(int columns)
    {
        var style = new CardStyle(columns, "\e[32;1m");
        string[] lines =
        [
            .. Cards.Of(TestData.Images, style), .. Cards.Of(TestData.Model, "a name", style), .. Cards.Of(TestData.Evaluation, "b", style),
        ];
        Assert.All(lines, line => Assert.True(TestData.Plain(line).Length <= columns, line));
        string plain = TestData.Plain(string.Join('\n', lines));
        foreach (string part in new[]
        {
            "a name", "left (20), right (20)", "4×4 pixels", "16 → 3", "Softmax", "100.00 %", "true \\ predicted"
        })
        {
            Assert.Contains(part, plain);
        }
        Assert.Contains(lines, line => line.Contains("\e[48;5;26;38;5;231m", StringComparison.Ordinal));
    }

    [Fact]
    public void A_models_card_says_what_its_loss_left_to_be_chosen()
    {
        var options = new LossOptions { Quantile = 0.9, HuberDelta = 2 };
        MlpModel model = new(4, new HiddenLayers([], []), 1, LossKind.Quantile, options);
        Assert.Contains(
            Cards.Of(model, null, new CardStyle(80, string.Empty)),
            line => line.EndsWith(": Quantile, Quantile 0.9", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_style_a_card_has_no_colours() =>
        Assert.DoesNotContain(Cards.Of(TestData.Evaluation, null, new CardStyle(80, string.Empty)), line => line.Contains('\e'));

    [Fact]
    public void Where_a_matrix_does_not_fit_the_worst_confusions_are_listed()
    {
        string text = string.Join('\n', Cards.Of(TestData.Evaluation, null, new CardStyle(20, string.Empty)));
        Assert.Contains("most often confused", text);
        Assert.DoesNotContain("true \\ predicted", text);
    }

    [Fact]
    public void Thousands_of_classes_columns_and_layers_take_a_screenful()
    {
        var style = new CardStyle(80, string.Empty);
        string[] names = [.. Enumerable.Range(0, 1200).Select(i => $"class number {i}")];
        var data = new MlpDataset("many", new byte[1200], [.. Enumerable.Range(0, 1200)], 1, names);
        MlpModel model = MlpModel.CreateFor(data, new HiddenLayers([1], [Activation.ReLU]), Initializer.Default, 1);
        Take("classes", Cards.Of(data, style), " more");
        Take("outputs", Cards.Of(model, null, style), " more");
        Take("scores", Cards.Of(new MlpPredictor(model).Measure(data), null, style), "the weakest of 1,200 classes");

        string[] columns = [.. Enumerable.Range(0, 5000).Select(i => $"column {i}"), "y"];
        MlpDataset wide = TestData.Table("wide", columns, [.. Enumerable.Range(0, 5001).Select(i => (object)(double)i)]);
        Take("columns", Cards.Of(wide, style), " more");
        var hidden = new HiddenLayers([.. Enumerable.Repeat(2, 300)], [Activation.ReLU]);
        Take("layers", Cards.Of(MlpModel.Create(1, hidden, 2, Initializer.Default, 1), null, style), "281 more layers");

        static void Take(string what, IEnumerable<string> card, string more)
        {
            string[] lines = [.. card];
            Assert.True(lines.Length <= 50, $"{what} take {lines.Length} lines");
            Assert.All(lines, line => Assert.True(line.Length <= 80, line));
            Assert.Contains(lines, line => line.Contains(more, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 50)]
    [InlineData(120, 30)]
    [InlineData(200, 60)]
    public void Ten_digits_fit_the_screen(int columns, int rows)
    {
        var digit = new CaptionedPicture(new Bitmap(28, 28), "7", null);
        int width = TerminalPictures.WidthFor(digit.Picture, null, columns, rows);
        string[] lines = [.. TerminalPictures.Draw(Enumerable.Repeat(digit, 10), columns, width, TerminalColor.None)];
        Assert.InRange(width, 10, 28);
        Assert.True(lines.Length <= rows - 2, $"{lines.Length} lines of {rows}");
        Assert.Equal(28, TerminalPictures.WidthFor(digit.Picture, 1, columns, rows));
    }

    /// <summary>Reads sixels as a terminal does.</summary>
    private static Bitmap Decode(string text)
    {
        Match size = Regex.Match(text, "\"1;1;(\\d+);(\\d+)");
        var bitmap = new Bitmap(
            int.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(size.Groups[2].Value, CultureInfo.InvariantCulture));
        var colors = new Dictionary<string, Rgb>();
        string color = string.Empty;
        int x = 0, top = 0;
        foreach (Match part in Regex.Matches(
            text[(size.Index + size.Length)..text.LastIndexOf('\e')],
            @"#(?<color>\d+)(;2;(?<r>\d+);(?<g>\d+);(?<b>\d+))?|!(?<run>\d+)(?<sign>[?-~])|(?<return>\$)|(?<next>-)|(?<sign>[?-~])"))
        {
            if (part.Groups["r"].Success)
            {
                byte Channel(string name) =>
                    (byte)Math.Round(255 * int.Parse(part.Groups[name].Value, CultureInfo.InvariantCulture) / 100.0);
                colors[part.Groups["color"].Value] = new Rgb(Channel("r"), Channel("g"), Channel("b"));
            }
            else if (part.Groups["color"].Success)
            {
                color = part.Groups["color"].Value;
            }
            else if (part.Groups["return"].Success)
            {
                x = 0;
            }
            else if (part.Groups["next"].Success)
            {
                (x, top) = (0, top + 6);
            }
            else
            {
                int run =
                    part.Groups["run"].Success
                        ? int.Parse(part.Groups["run"].Value, CultureInfo.InvariantCulture)
                        : 1, bits = part.Groups["sign"].Value[0] - '?';
                for (; run > 0; run--, x++)
                {
                    for (int row = 0; row < 6; row++)
                    {
                        if ((bits & (1 << row)) != 0)
                            bitmap[x, top + row] = colors[color];
                    }
                }
            }
        }

        return bitmap;
    }
}
