using System.Buffers.Binary;
using StbImageSharp;

namespace MlpPowerShell.Engine.Data;

/// <summary>A grayscale picture from a PNG, JPEG, BMP or GIF file.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Pixels">The brightness of each pixel from 0, black, to 255, row after row.</param>
internal sealed record Picture(int Height, int Width, byte[] Pixels)
{
    private const long MostPixels = 1 << 26;
    private const long SmallPicture = 1 << 16;
    private const double Box = 20.0 / 28;
    private const int LeastContrast = 16;
    private const int MostBytes = 1 << 28;

    /// <summary>The endings of the files that can be read.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif"];

    /// <summary>Reads a picture; what is transparent shows white.</summary>
    /// <exception cref="MlpException">The file is not there, or no picture of these formats.</exception>
    public static Picture Read(string path) => InputFile.Read(path, stream =>
    {
        byte[] bytes = InputFile.ReadAll(stream, MostBytes);
        using var content = new EndingStream(bytes);
        try
        {
            ImageInfo info = ImageInfo.FromStream(content) ?? throw Invalid(path, "it is no PNG, JPEG, BMP or GIF");
            long pixels = (long)info.Width * info.Height;
            if (pixels <= 0 || pixels > Math.Min(MostPixels, SmallPicture + (content.Length * InputFile.MostExpansion)))
                throw Invalid(path, $"it is said to have {info.Width} × {info.Height} pixels, and is {content.Length} bytes long");
            if (!ChunksFit(bytes))
                throw Invalid(path, "a chunk is longer than the file");
            content.Position = 0;
            ImageResult image = ImageResult.FromStream(content, ColorComponents.RedGreenBlueAlpha);
            return new Picture(image.Height, image.Width, Gray(image.Data));
        }
        catch (Exception failure) when (failure is not (MlpException or OutOfMemoryException or IOException))
        {
            // The decoder has no exception of its own: what it throws means that the file is damaged.
            throw Invalid(path, $"it can't be decoded ({failure.Message})");
        }
    });

    // Of a PNG: a signature of 8 bytes, then chunks with their length, 4 letters, as much data and 4 bytes to check it. The decoder takes
    // memory for a length before it looks whether the file holds as much.
    private static bool ChunksFit(ReadOnlySpan<byte> bytes)
    {
        if (!bytes[1..].StartsWith("PNG"u8))
            return true;
        for (long place = 8; place + 8 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)place..]);
            if (length > bytes.Length - place - 8)
                return false;
            if (bytes.Slice((int)place + 4, 4).SequenceEqual("IEND"u8))
                break;
            place += 12L + length;
        }

        return true;
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

    /// <summary>How far each pixel is from the background, which is the median of the border, the farthest at 255.</summary>
    private Picture Strokes()
    {
        byte[] border = [.. Pixels.Where((_, i) => i < Width || i >= Pixels.Length - Width || i % Width == 0 || i % Width == Width - 1)
            .Order()];
        int background = border[border.Length / 2];
        int sign = background > 127 ? -1 : 1;
        int farthest = Pixels.Max(pixel => sign * (pixel - background));
        if (farthest < LeastContrast)
        {
            throw new MlpException(
                "BlankPicture", MlpErrorKind.InvalidData, "The picture is of one shade: there is nothing to recognize on it.");
        }

        return this with { Pixels = Array.ConvertAll(Pixels, pixel => (byte)(Math.Max(0, sign * (pixel - background)) * 255 / farthest)) };
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

    private static byte[] Gray(byte[] colors)
    {
        var gray = new byte[colors.Length / 4];
        for (int i = 0; i < gray.Length; i++)
        {
            // The luma of ITU-R BT.601, over white.
            double luma = (0.299 * colors[4 * i]) + (0.587 * colors[(4 * i) + 1]) + (0.114 * colors[(4 * i) + 2]);
            double opacity = colors[(4 * i) + 3] / 255.0;
            gray[i] = (byte)Math.Round((luma * opacity) + (255 * (1 - opacity)));
        }

        return gray;
    }

    private static MlpException Invalid(string path, string what) => new("InvalidPicture", MlpErrorKind.InvalidData, $"{path}: {what}.");

    /// <summary>A stream that does not let itself be read at its end for ever, as the decoder does with some broken files.</summary>
    private sealed class EndingStream(byte[] bytes) : MemoryStream(bytes)
    {
        private const int MostReadsAtEnd = 1 << 16;

        private int _readsAtEnd;

        public override int ReadByte() => Checked(base.ReadByte(), end: -1);

        public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count), end: 0);

        private int Checked(int read, int end) =>
            read == end && ++_readsAtEnd > MostReadsAtEnd ? throw new InvalidDataException("the file breaks off") : read;
    }
}
