using System.Globalization;
using MlpPowerShell.Engine;

namespace MlpPowerShell.Pictures;

/// <summary>How much room texts take in drawings, in pixels.</summary>
internal static class TextWidth
{
    /// <summary>
    /// How much wider a text may get than it is drawn here: whoever shows an SVG has fonts of their own, such as DejaVu Sans.
    /// </summary>
    public const double WidestFont = 1.15;

    /// <summary>The pixels that a text takes at most.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The size of its letters, in pixels.</param>
    public static double Of(string text, double size) => WidestFont * size * TrueTypeFont.Arimo.Measure(text);

    /// <summary>A text that has room in so many pixels, its end left out where it is longer, in a form that can be shown.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The size of its letters, in pixels.</param>
    /// <param name="width">The pixels that there are.</param>
    public static string Cut(string text, double size, double width)
    {
        text = Printable.Of(text);
        if (Of(text, size) <= width)
            return text;

        // The places between characters, where none is parted from its marks.
        int[] ends = StringInfo.ParseCombiningCharacters(text);
        int low = 0, high = ends.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = Of(text[..ends[middle]] + "…", size) <= width ? (middle, high) : (low, middle - 1);
        }

        return text[..ends[low]] + "…";
    }
}
