using System.Text;
using MlpPowerShell.Engine.Data;
using OxyPlot;
using StbImageSharp;

namespace MlpPowerShell.Pictures.Tests;

public class BitmapTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(300, 200)]
    public void A_PNG_file_holds_the_pixels(int width, int height)
    {
        var random = new Random(1);
        var bitmap = new Bitmap(width, height);
        for (int i = 0; i < width * height; i++)
            bitmap[i % width, i / width] = new Rgb((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        ImageResult decoded = ImageResult.FromMemory(PngFile.Encode(bitmap), ColorComponents.RedGreenBlue);
        Assert.Equal((width, height), (decoded.Width, decoded.Height));
        Assert.Equal(Enumerable.Range(0, height).SelectMany(y => bitmap.Row(y).ToArray()), decoded.Data);
    }

    [Fact]
    public void Numbers_become_greys_or_with_signs_orange_and_blue()
    {
        float[] values = [0, 0.5f, 1, -1];
        Bitmap grey = Bitmap.Of(values, new ImageShape(2, 2), showSign: false, 1);
        Assert.Equal([default, new Rgb(128, 128, 128), new Rgb(255, 255, 255)], new[] { grey[0, 0], grey[1, 0], grey[0, 1] });
        Bitmap colored = Bitmap.Of(values, new ImageShape(2, 2), showSign: true, 1);
        Assert.Equal(default, colored[0, 0]);
        Assert.True(colored[0, 1].Red > colored[0, 1].Blue && colored[1, 1].Blue > colored[1, 1].Red);
        Assert.Equal(default, Bitmap.Of([0f], new ImageShape(1, 1), showSign: true, 0)[0, 0]);
    }

    [Fact]
    public void Growing_repeats_pixels_and_shrinking_takes_means()
    {
        var bitmap = new Bitmap(2, 1) { [1, 0] = new Rgb(100, 200, 50) };
        Bitmap grown = bitmap.Resize(4, 2);
        Assert.Equal([default, default, bitmap[1, 0], bitmap[1, 0]], Enumerable.Range(0, 4).Select(x => grown[x, 1]));
        Assert.Equal(new Rgb(50, 100, 25), bitmap.Resize(1, 1)[0, 0]);
    }

    [Fact]
    public void An_outline_colours_each_pixel_by_the_share_that_it_covers()
    {
        var bitmap = new Bitmap(4, 3);
        new Canvas(bitmap).Fill([[new(1, 0.5), new(2.25, 0.5), new(2.25, 2), new(1, 2)]], OxyColors.White);
        Assert.Equal([0, 128, 32, 0], Enumerable.Range(0, 4).Select(x => (int)bitmap[x, 0].Red));
        Assert.Equal([0, 255, 64, 0], Enumerable.Range(0, 4).Select(x => (int)bitmap[x, 1].Red));
        Assert.Equal([0, 0, 0, 0], Enumerable.Range(0, 4).Select(x => (int)bitmap[x, 2].Red));
    }

    [Fact]
    public void A_slanted_edge_covers_half_of_a_square()
    {
        var bitmap = new Bitmap(8, 8);
        new Canvas(bitmap).Fill([[new(0, 0), new(8, 0), new(0, 8)]], OxyColors.White);
        double covered = Enumerable.Range(0, 64).Sum(i => bitmap[i % 8, i / 8].Red / 255.0);
        Assert.Equal(32, covered, 0.1);
        Assert.Equal(128, bitmap[4, 3].Red, 1.0);
    }

    [Fact]
    public void What_lies_outside_of_the_picture_or_the_clip_is_left_out()
    {
        var bitmap = new Bitmap(3, 3);
        var canvas = new Canvas(bitmap) { Clip = new OxyRect(1, 0, 1, 2) };
        canvas.Fill([[new(-50, -50), new(50, -50), new(50, 50), new(-50, 50)]], OxyColors.Red);
        Assert.Equal(2, Enumerable.Range(0, 9).Count(i => bitmap[i % 3, i / 3].Red == 255));
        Assert.Equal(255, bitmap[1, 1].Red);
    }

    [Fact]
    public void Outlines_of_one_direction_cover_once_and_of_the_other_cut_holes()
    {
        ScreenPoint[] outer = [new(0, 0), new(6, 0), new(6, 6), new(0, 6)];
        ScreenPoint[] inner = [new(2, 2), new(4, 2), new(4, 4), new(2, 4)];
        var twice = new Bitmap(6, 6);
        new Canvas(twice).Fill([outer, inner], OxyColor.FromRgb(200, 200, 200));
        Assert.Equal(200, twice[3, 3].Red);
        var hole = new Bitmap(6, 6);
        new Canvas(hole).Fill([outer, [.. inner.Reverse()]], OxyColors.White);
        Assert.Equal((255, 0), (hole[1, 1].Red, hole[3, 3].Red));
    }

    [Fact]
    public void The_font_has_the_measures_of_Arial()
    {
        TrueTypeFont font = TrueTypeFont.Arimo;
        Assert.Equal(1139 / 2048.0, font.Measure("7"), 1e-9);
        Assert.Equal(569 / 2048.0, font.Measure(" "), 1e-9);
        Assert.Equal(1706 / 2048.0, font.Measure("M"), 1e-9);
        Assert.Equal(font.Measure("e"), font.Measure("é"), 1e-9);
    }

    [Theory]
    [InlineData("I", 1)]
    [InlineData("o", 2)]
    [InlineData("é", 3)]
    [InlineData("8", 3)]
    [InlineData("", 0)]
    [InlineData(" ", 0)]
    public void Glyphs_have_the_outlines_that_one_sees(string text, int outlines) =>
        Assert.Equal(outlines, TrueTypeFont.Arimo.Outlines(text).Count());

    [Fact]
    public void A_character_that_the_font_lacks_is_a_box()
    {
        Assert.NotEmpty(TrueTypeFont.Arimo.Outlines("\u4e00"));
        Assert.NotEmpty(TrueTypeFont.Arimo.Outlines(Rune.GetRuneAt("😀", 0).ToString()));
    }

    [Fact]
    public void A_letter_is_where_its_outlines_are()
    {
        // A capital I of 100 pixels: a bar of the glyph's width, as high as a capital, on the base line.
        var context = new BitmapRenderContext(new Bitmap(40, 120));
        context.DrawText(
            new ScreenPoint(0, 0), "I", OxyColors.White, "Arial", 100, 400, 0, HorizontalAlignment.Left, VerticalAlignment.Top, null);
        int[] rows = [.. Enumerable.Range(0, 120).Where(y => Enumerable.Range(0, 40).Any(x => context.Bitmap[x, y].Red > 128))];
        int baseLine = (int)Math.Round(100 * TrueTypeFont.Arimo.Ascent);
        Assert.Equal(baseLine - 1, rows[^1], 1.0);
        Assert.Equal(69, rows.Length, 2.0);
    }

    [Fact]
    public void A_dashed_line_has_gaps_and_a_straight_one_lies_on_whole_pixels()
    {
        var context = new BitmapRenderContext(new Bitmap(20, 5));
        context.DrawLine([new(0, 2.2), new(20, 2.2)], OxyColors.White, 1, EdgeRenderingMode.Automatic, [4, 2], LineJoin.Miter);
        string row = string.Concat(Enumerable.Range(0, 20).Select(x => context.Bitmap[x, 2].Red > 128 ? '#' : '.'));
        Assert.Contains("..", row);
        Assert.Contains("###", row);
        Assert.All(Enumerable.Range(0, 20), x => Assert.Equal(0, context.Bitmap[x, 1].Red + context.Bitmap[x, 3].Red));
    }
}
