using System.Globalization;
using System.Text;

namespace MlpPowerShell.Pictures;

/// <summary>How a terminal shows colours.</summary>
public enum TerminalColor
{
    /// <summary>Any colour (24 bits), two pixels in each character.</summary>
    TrueColor,

    /// <summary>The 256 colours of xterm, two pixels in each character.</summary>
    Palette256,

    /// <summary>No colours: characters that are the denser the brighter a pixel is.</summary>
    None,
}

/// <summary>Pictures in a terminal, side by side, with their captions.</summary>
public static class TerminalPictures
{
    private const string Shades = " .:-=+*#%@";
    private const string Reset = "\e[0m";
    private const int Gap = 2;

    // What is asked for most, what its captions need, and what shows a digit as it is.
    private const int Usual = 10;
    private const int LeastWidth = 10;
    private const int MostWidth = 28;

    // A caption, and the line below it.
    private const int BelowPicture = 2;

    /// <summary>The lines that show pictures.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="width">How many columns a picture takes at most.</param>
    /// <param name="color">The colours that it shows.</param>
    public static IEnumerable<string> Draw(IEnumerable<CaptionedPicture> pictures, int columns, int width, TerminalColor color) =>
        pictures.Chunk(PerRow(columns, width)).SelectMany(row => DrawRow(row, Math.Min(width, columns), color));

    /// <summary>The width at which pictures, ten at most, fit a screen with the next prompt, as large as that lets them be.</summary>
    /// <param name="picture">One of the pictures.</param>
    /// <param name="count">How many there are; null where that is not known.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="rows">How high it is.</param>
    public static int WidthFor(Bitmap picture, int? count, int columns, int rows)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int width = Math.Min(MostWidth, columns), shown = Math.Clamp(count ?? Usual, 1, Usual);
        while (width > LeastWidth && HeightAt(width) > rows - BelowPicture)
            width--;
        return width;

        int HeightAt(int candidate)
        {
            Bitmap fitted = Fit(picture, candidate);
            int lines = (shown + PerRow(columns, candidate) - 1) / PerRow(columns, candidate);
            return lines * (((fitted.Height + 1) / 2) + BelowPicture);
        }
    }

    /// <summary>How many pictures stand side by side.</summary>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="width">How many columns a picture takes at most.</param>
    public static int PerRow(int columns, int width) => Math.Max(1, (columns + Gap) / (width + Gap));

    private static IEnumerable<string> DrawRow(CaptionedPicture[] row, int width, TerminalColor color)
    {
        Bitmap[] fitted = Array.ConvertAll(row, item => Fit(item.Picture, width));
        int height = fitted.Max(picture => (picture.Height + 1) / 2);
        string gap = new(' ', Gap);
        for (int y = 0; y < height; y++)
        {
            yield return string.Join(gap, fitted.Select(picture => Line(picture, y, color) + new string(' ', width - picture.Width)))
                .TrimEnd();
        }

        yield return string.Join(gap, row.Select(item => Caption(item, width, color))).TrimEnd();
        yield return string.Empty;
    }

    private static Bitmap Fit(Bitmap picture, int width) =>
        picture.Width <= width ? picture : picture.Resize(width, Math.Max(1, picture.Height * width / picture.Width));

    /// <summary>Two rows of pixels in one row of characters.</summary>
    private static string Line(Bitmap picture, int line, TerminalColor color)
    {
        var text = new StringBuilder();
        (Rgb, Rgb)? last = null;
        for (int x = 0; x < picture.Width; x++)
        {
            Rgb upper = picture[x, 2 * line], lower = (2 * line) + 1 < picture.Height ? picture[x, (2 * line) + 1] : default;
            if (color == TerminalColor.None)
            {
                text.Append(Shades[(int)Math.Round((Shades.Length - 1) * (upper.Luminance + lower.Luminance) / 2)]);
                continue;
            }

            if (last != (upper, lower))
                text.Append(CultureInfo.InvariantCulture, $"\e[38;{Code(upper, color)};48;{Code(lower, color)}m");
            last = (upper, lower);
            text.Append('▀');
        }

        return color == TerminalColor.None ? text.ToString() : text.Append(Reset).ToString();
    }

    private static string Caption(CaptionedPicture item, int width, TerminalColor color)
    {
        string text = TerminalText.PadRight(TerminalText.Cut(item.Caption.Replace('\n', ' '), width), width);
        return color == TerminalColor.None || item.IsRight is null ? text : $"\e[{(item.IsRight == true ? 32 : 31)}m{text}{Reset}";
    }

    private static string Code(Rgb pixel, TerminalColor color) => color == TerminalColor.TrueColor
        ? FormattableString.Invariant($"2;{pixel.Red};{pixel.Green};{pixel.Blue}")
        : FormattableString.Invariant($"5;{Nearest256(pixel)}");

    /// <summary>The nearest of xterm's colours: its cube of 6 × 6 × 6 from 16 on, its 24 greys from 232 on.</summary>
    private static int Nearest256(Rgb pixel)
    {
        if (pixel.Red == pixel.Green && pixel.Green == pixel.Blue)
            return pixel.Red < 4 ? 16 : pixel.Red > 246 ? 231 : 232 + ((pixel.Red - 3) / 10 is var grey && grey > 23 ? 23 : grey);
        static int Step(byte value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
        return 16 + (36 * Step(pixel.Red)) + (6 * Step(pixel.Green)) + Step(pixel.Blue);
    }
}
