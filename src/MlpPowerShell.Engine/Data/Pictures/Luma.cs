namespace MlpPowerShell.Engine.Data;

/// <summary>The brightness of colours.</summary>
internal static class Luma
{
    /// <summary>The luma of ITU-R BT.601, over white where the colour is not opaque.</summary>
    public static byte Of(int red, int green, int blue, double opacity = 1) =>
        (byte)Math.Round((((0.299 * red) + (0.587 * green) + (0.114 * blue)) * opacity) + (255 * (1 - opacity)));
}
