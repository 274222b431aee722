using System.Globalization;
using System.Text;

namespace MlpPowerShell.Pictures;

/// <summary>Pictures for terminals that know sixels (DEC VT340): real pixels, six rows in each row of characters.</summary>
public static class Sixel
{
    // Levels of red, green and blue: 125 colours of the 256 that terminals have at least.
    private const int Levels = 5;

    /// <summary>The sequence that draws a picture.</summary>
    public static string Encode(Bitmap bitmap)
    {
        var text = new StringBuilder("\eP0;1q");
        text.Append(CultureInfo.InvariantCulture, $"\"1;1;{bitmap.Width};{bitmap.Height}");
        int[] used = [.. Pixels(bitmap).Select(Color).Distinct().Order()];
        foreach (int color in used)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"#{color};2;{Percent(color / (Levels * Levels))};{Percent(color / Levels % Levels)};{Percent(color % Levels)}");
        }

        for (int top = 0; top < bitmap.Height; top += 6)
        {
            foreach (int color in used)
                AppendBand(text, bitmap, top, color);
            text.Append('-');
        }

        return text.Append("\e\\").ToString();
    }

    private static IEnumerable<Rgb> Pixels(Bitmap bitmap)
    {
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
                yield return bitmap[x, y];
        }
    }

    /// <summary>The pixels of one colour in six rows: a bit for each row, runs written short.</summary>
    private static void AppendBand(StringBuilder text, Bitmap bitmap, int top, int color)
    {
        var bits = new int[bitmap.Width];
        for (int x = 0; x < bitmap.Width; x++)
        {
            for (int row = 0; row < 6 && top + row < bitmap.Height; row++)
                bits[x] |= Color(bitmap[x, top + row]) == color ? 1 << row : 0;
        }

        if (Array.TrueForAll(bits, value => value == 0))
            return;
        text.Append(CultureInfo.InvariantCulture, $"#{color}");
        for (int x = 0; x < bits.Length;)
        {
            int run = 1;
            while (x + run < bits.Length && bits[x + run] == bits[x])
                run++;
            char sign = (char)('?' + bits[x]);
            if (run > 3)
                text.Append(CultureInfo.InvariantCulture, $"!{run}{sign}");
            else
                text.Append(sign, run);
            x += run;
        }

        text.Append('$');
    }

    private static int Color(Rgb pixel) => (((Level(pixel.Red) * Levels) + Level(pixel.Green)) * Levels) + Level(pixel.Blue);

    private static int Level(byte value) => ((value * (Levels - 1)) + 127) / 255;

    private static int Percent(int level) => 100 * level / (Levels - 1);
}
