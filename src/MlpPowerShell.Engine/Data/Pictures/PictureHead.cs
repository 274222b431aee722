namespace MlpPowerShell.Engine.Data;

/// <summary>What a picture file says of itself, known before anything is decoded.</summary>
/// <param name="Height">Rows of pixels as they are stored.</param>
/// <param name="Width">Pixels of a row as they are stored.</param>
/// <param name="MostPixels">The most pixels that the compressed data can hold.</param>
/// <param name="Orientation">How the rows are to be turned and mirrored, from 1, not at all, to 8 (Exif 2.3, tag 274).</param>
internal readonly record struct PictureHead(long Height, long Width, long MostPixels, int Orientation = 1);
