namespace MlpPowerShell.Engine.Data;

/// <summary>The size of an image.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
public readonly record struct ImageShape(int Height, int Width)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Height}×{Width}";

    /// <summary>The square of as many pixels, or null where there is none.</summary>
    public static ImageShape? SquareOf(int pixels)
    {
        int side = (int)Math.Sqrt(pixels);
        return side * side == pixels ? new ImageShape(side, side) : null;
    }
}

/// <summary>How pictures of another size became samples.</summary>
public enum PictureStyle
{
    /// <summary>As MNIST's were made: light strokes on black, cut out, scaled and centred.</summary>
    Normalized,

    /// <summary>Scaled as they are.</summary>
    Resized,
}
