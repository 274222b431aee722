using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Pictures;

/// <summary>A picture of red, green and blue bytes, row by row.</summary>
public sealed class Bitmap
{
    private readonly byte[] _pixels;

    /// <summary>Makes a black picture.</summary>
    /// <param name="width">Pixels across, at least 1.</param>
    /// <param name="height">Pixels down, at least 1.</param>
    public Bitmap(int width, int height)
    {
        Width = width;
        Height = height;
        _pixels = new byte[3 * width * height];
    }

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>A pixel, by column and row.</summary>
    public Rgb this[int x, int y]
    {
        get
        {
            int at = 3 * ((y * Width) + x);
            return new Rgb(_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }

        set
        {
            int at = 3 * ((y * Width) + x);
            (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (value.Red, value.Green, value.Blue);
        }
    }

    /// <summary>The bytes of a row.</summary>
    public ReadOnlySpan<byte> Row(int y) => _pixels.AsSpan(3 * y * Width, 3 * Width);

    /// <summary>
    /// A picture of numbers: 0 is black; positive ones are grey up to white, or with negative ones among them orange against blue.
    /// </summary>
    /// <param name="values">A number for each pixel, row by row.</param>
    /// <param name="shape">Height and width.</param>
    /// <param name="showSign">Whether the sign is to be seen.</param>
    /// <param name="largest">The absolute value that is brightest.</param>
    public static Bitmap Of(ReadOnlySpan<float> values, ImageShape shape, bool showSign, float largest)
    {
        var bitmap = new Bitmap(shape.Width, shape.Height);
        for (int i = 0; i < values.Length; i++)
        {
            double strength = largest > 0 ? Math.Min(Math.Abs(values[i]) / largest, 1) : 0;
            bitmap[i % shape.Width, i / shape.Width] = !showSign ? Rgb.Grey(strength)
                : values[i] > 0 ? new Rgb(255, 160, 40).Times(strength) : new Rgb(60, 150, 255).Times(strength);
        }

        return bitmap;
    }

    /// <summary>The picture at another size: each pixel the mean of what it covers, or repeated where it grows.</summary>
    public Bitmap Resize(int width, int height)
    {
        var result = new Bitmap(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                result[x, y] = Mean(
                    x * Width / width,
                    y * Height / height,
                    ((x + 1) * Width + width - 1) / width,
                    ((y + 1) * Height + height - 1) / height);
            }
        }

        return result;
    }

    private Rgb Mean(int left, int top, int right, int bottom)
    {
        int red = 0, green = 0, blue = 0, count = (right - left) * (bottom - top);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                Rgb pixel = this[x, y];
                (red, green, blue) = (red + pixel.Red, green + pixel.Green, blue + pixel.Blue);
            }
        }

        return new Rgb((byte)(red / count), (byte)(green / count), (byte)(blue / count));
    }
}

/// <summary>A colour, from 0 to 255 each.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>How bright it is to the eye, from 0 to 1 (ITU-R BT.601).</summary>
    public double Luminance => ((0.299 * Red) + (0.587 * Green) + (0.114 * Blue)) / 255;

    /// <summary>A grey.</summary>
    /// <param name="brightness">From 0, black, to 1, white.</param>
    public static Rgb Grey(double brightness) => new Rgb(255, 255, 255).Times(brightness);

    /// <summary>The colour darkened.</summary>
    /// <param name="strength">From 0, black, to 1, as it is.</param>
    public Rgb Times(double strength) => Blend(default, this, strength);

    /// <summary>A colour on the way from one to another.</summary>
    /// <param name="from">The colour at 0.</param>
    /// <param name="to">The colour at 1.</param>
    /// <param name="share">How far, from 0 to 1.</param>
    public static Rgb Blend(Rgb from, Rgb to, double share) =>
        new(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + (share * (to - from)));
}
