using StbImageSharp;

namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Reads picture files. Their structure is checked before they are decoded, as the decoder takes sizes as they are said and files that
/// break off for whole ones.
/// </summary>
internal static class PictureFile
{
    private const long MostPixels = 1 << 26;
    private const int MostBytes = 1 << 28;

    /// <summary>The endings of the files that can be read.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif"];

    /// <summary>Reads a picture, upright; what is transparent shows white. Of several pictures in a file, the first.</summary>
    /// <exception cref="MlpException">The file is not there, no picture of these formats, or damaged.</exception>
    public static Picture Read(string path) => InputFile.Read(path, stream =>
    {
        byte[] bytes = InputFile.ReadAll(stream, MostBytes);
        try
        {
            PictureHead head = Check(bytes);
            return (IsOf(bytes, BmpFile.Signature) ? BmpFile.Decode(bytes) : Decode(bytes)).Turned(head.Orientation);
        }
        catch (InvalidDataException failure)
        {
            throw Invalid(path, failure.Message, failure);
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or IOException))
        {
            // The decoder has no exception of its own: what it throws means that the file is damaged.
            throw Invalid(path, $"it can't be decoded ({failure.Message})", failure);
        }
    });

    private static bool IsOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) => bytes.StartsWith(signature);

    private static PictureHead Check(byte[] bytes)
    {
        PictureHead head = IsOf(bytes, PngStructure.Signature) ? PngStructure.Check(bytes)
            : IsOf(bytes, JpegStructure.Signature) ? JpegStructure.Check(bytes)
            : IsOf(bytes, GifStructure.Signature) ? GifStructure.Check(bytes)
            : IsOf(bytes, BmpFile.Signature) ? BmpFile.Check(bytes)
            : throw new InvalidDataException("it is no PNG, JPEG, BMP or GIF");
        return head is { Width: > 0, Height: > 0 } && head.Width <= Math.Min(MostPixels, head.MostPixels) / head.Height
            ? head
            : throw new InvalidDataException(
                $"it is said to have {head.Width} × {head.Height} pixels, which {bytes.Length} bytes can't hold or are more than "
                + $"{MostPixels}");
    }

    private static Picture Decode(byte[] bytes)
    {
        using var content = new EndingStream(bytes);
        ImageResult image = ImageResult.FromStream(content);
        int channels = image.Data.Length / image.Width / image.Height;
        var pixels = new byte[image.Width * image.Height];
        for (int i = 0; i < pixels.Length; i++)
        {
            ReadOnlySpan<byte> color = image.Data.AsSpan(i * channels, channels);
            pixels[i] = channels switch
            {
                1 => color[0],
                2 => Luma.Of(color[0], color[0], color[0], color[1] / 255.0),
                3 => Luma.Of(color[0], color[1], color[2]),
                _ => Luma.Of(color[0], color[1], color[2], color[3] / 255.0),
            };
        }

        return new Picture(image.Height, image.Width, pixels);
    }

    private static MlpException Invalid(string path, string what, Exception cause) =>
        new("InvalidPicture", MlpErrorKind.InvalidData, $"{path}: {what}.", cause);

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
