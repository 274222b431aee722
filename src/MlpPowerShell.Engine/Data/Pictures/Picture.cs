namespace MlpPowerShell.Engine.Data;

/// <summary>A grayscale picture.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Pixels">The brightness of each pixel from 0, black, to 255, row after row.</param>
internal sealed record Picture(int Height, int Width, byte[] Pixels)
{
    private const double Box = 20.0 / 28;
    private const int LeastContrast = 16;
    private const double MostOdd = 0.02;

    /// <summary>The picture turned and mirrored to be upright.</summary>
    /// <param name="orientation">Where the first row and column are to be seen, from 1, top and left, to 8 (Exif 2.3, tag 274).</param>
    public Picture Turned(int orientation)
    {
        if (orientation == 1)
            return this;
        bool isLying = orientation >= 5, fromBottom = orientation is 3 or 4 or 6 or 7, fromRight = orientation is 2 or 3 or 7 or 8;
        (int height, int width) = isLying ? (Width, Height) : (Height, Width);
        var pixels = new byte[Pixels.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int row, int column) = isLying ? (x, y) : (y, x);
                row = fromBottom ? Height - 1 - row : row;
                pixels[(y * width) + x] = Pixels[(row * Width) + (fromRight ? Width - 1 - column : column)];
            }
        }

        return new Picture(height, width, pixels);
    }

    /// <summary>The picture at another size, each pixel the mean of what it covers.</summary>
    public Picture Resize(int height, int width) =>
        height == Height && width == Width ? this : Resample(0, 0, Height, Width, height, width);

    /// <summary>
    /// The picture as MNIST's were made (LeCun et al., 1998, and the MNIST page): light strokes on black, cut to the strokes, scaled
    /// without distortion to fit a box of 20 / 28 of the size, and moved so that their centre of mass is in the middle.
    /// </summary>
    /// <exception cref="MlpException">The picture is of one shade: there are no strokes.</exception>
    public Picture Normalize(int height, int width)
    {
        Picture strokes = Strokes();
        (int top, int left, int bottom, int right) = strokes.Bounds();
        double scale = Math.Min(height * Box / (bottom - top), width * Box / (right - left));
        int newHeight =
            Math.Max(1, (int)Math.Round((bottom - top) * scale)), newWidth = Math.Max(1, (int)Math.Round((right - left) * scale));
        Picture glyph = strokes.Resample(top, left, bottom - top, right - left, newHeight, newWidth);
        (double y, double x) = glyph.CentreOfMass();
        int down = Math.Clamp((int)Math.Round(((height - 1) / 2.0) - y), 0, height - newHeight);
        int across = Math.Clamp((int)Math.Round(((width - 1) / 2.0) - x), 0, width - newWidth);
        var pixels = new byte[height * width];
        for (int i = 0; i < newHeight; i++)
            glyph.Pixels.AsSpan(i * newWidth, newWidth).CopyTo(pixels.AsSpan(((i + down) * width) + across));
        return new Picture(height, width, pixels);
    }

    /// <summary>The strokes, light on black, the strongest at 255.</summary>
    /// <remarks>On even paper, how far each pixel is from the background, which is the median of the border.</remarks>
    private Picture Strokes()
    {
        byte[] border = [.. Pixels.Where((_, i) => i < Width || i >= Pixels.Length - Width || i % Width == 0 || i % Width == Width - 1)
            .Order()];
        int background = border[border.Length / 2];
        int sign = background > 127 ? -1 : 1;
        int farthest = Pixels.Max(pixel => sign * (pixel - background));

        // Where strokes reach the border, it is as far from the background as they are; shadows and ruled lines are less far.
        bool IsOdd(byte pixel) => Math.Abs(pixel - background) >= LeastContrast && sign * (pixel - background) < farthest / 2;
        byte Stroke(byte pixel) => (byte)(Math.Max(0, sign * (pixel - background)) * 255 / farthest);
        Picture? strokes = border.Count(IsOdd) > MostOdd * border.Length ? PenStrokes.Find(this, LeastContrast / 255.0)
            : farthest >= LeastContrast
                ? this with { Pixels = Array.ConvertAll(Pixels, Stroke) }
            : null;
        return strokes ?? throw new MlpException(
            "BlankPicture", MlpErrorKind.InvalidData, "The picture is of one shade: there is nothing to recognize on it.");
    }

    /// <summary>The rows and columns that strokes reach, the end exclusive; shades fainter than a quarter are paper and shadow.</summary>
    private (int Top, int Left, int Bottom, int Right) Bounds()
    {
        int top = Height, left = Width, bottom = 0, right = 0;
        for (int i = 0; i < Pixels.Length; i++)
        {
            if (Pixels[i] < 64)
                continue;
            (int y, int x) = (i / Width, i % Width);
            (top, left, bottom, right) = (Math.Min(top, y), Math.Min(left, x), Math.Max(bottom, y + 1), Math.Max(right, x + 1));
        }

        return (top, left, bottom, right);
    }

    private (double Y, double X) CentreOfMass()
    {
        double mass = 0, y = 0, x = 0;
        for (int i = 0; i < Pixels.Length; i++)
        {
            mass += Pixels[i];
            y += (double)Pixels[i] * (i / Width);
            x += (double)Pixels[i] * (i % Width);
        }

        return (y / mass, x / mass);
    }

    private Picture Resample(int top, int left, int rows, int columns, int height, int width)
    {
        var pixels = new byte[height * width];
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                pixels[(i * width) + j] = (byte)Math.Round(Mean(
                    top + ((double)i * rows / height),
                    top + ((i + 1.0) * rows / height),
                    left + ((double)j * columns / width),
                    left + ((j + 1.0) * columns / width)));
            }
        }

        return new Picture(height, width, pixels);
    }

    private double Mean(double top, double bottom, double left, double right)
    {
        double sum = 0, area = 0;
        for (int y = (int)top; y < Math.Min(bottom, Height); y++)
        {
            double tall = Math.Min(bottom, y + 1) - Math.Max(top, y);
            for (int x = (int)left; x < Math.Min(right, Width); x++)
            {
                double covered = tall * (Math.Min(right, x + 1) - Math.Max(left, x));
                sum += covered * Pixels[(y * Width) + x];
                area += covered;
            }
        }

        return sum / area;
    }
}
