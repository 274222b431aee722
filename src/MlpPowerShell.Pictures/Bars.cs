namespace MlpPowerShell.Pictures;

/// <summary>Bars of block characters.</summary>
public static class Bars
{
    /// <summary>The characters of a whole bar in a table.</summary>
    public const int Usual = 10;

    private const string Blocks = " ▏▎▍▌▋▊▉█";

    /// <summary>A bar for a share.</summary>
    /// <param name="share">From 0 to 1; null for none.</param>
    /// <param name="width">The characters of a whole bar.</param>
    public static string Of(double? share, int width)
    {
        int eighths = (int)Math.Round(8 * width * Math.Clamp(share ?? 0, 0, 1));
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? Blocks[eighths % 8] : string.Empty);
    }
}
