namespace MlpPowerShell.Engine.Data;

/// <summary>
/// Finds the pen on paper that is lit unevenly or ruled. What is darker than its surroundings is told by a local threshold (Sauvola and
/// Pietikäinen, 2000: Adaptive document image binarization); how dark, by the share of the light that the paper around it throws back.
/// </summary>
internal static class PenStrokes
{
    private const int LongestSide = 512;

    // Of the threshold m (1 + k (s / R - 1)), with the mean m and the deviation s around a pixel.
    private const double Sensitivity = 0.2, DeviationRange = 128;

    // A window takes a quarter of the picture, which a stroke never fills.
    private const int RadiusesOfSide = 8;

    // Shares of what the pen takes: ruled lines and the grain of paper take less than half, the edge of a stroke fades from there on.
    private const double Faintest = 0.5, Floor = 0.3;

    // The part of the ink that is said to be as dark as the pen: the rest are darker crossings and noise.
    private const double DarkShare = 0.9;

    // Against the heaviest piece of ink: the parts of a digit are heavier, specks are not.
    private const double LightestPiece = 0.1;

    /// <summary>The strokes, light on black; a large picture comes smaller.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="leastContrast">The least share of the light that a pen takes.</param>
    /// <returns>The strokes, or null where nothing is darker or lighter than the paper around it.</returns>
    public static Picture? Find(Picture picture, double leastContrast)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(picture.Height, picture.Width));
        Picture paper = picture.Resize(
            Math.Max(1, (int)Math.Round(picture.Height * scale)), Math.Max(1, (int)Math.Round(picture.Width * scale)));
        double[] taken = Taken(paper);
        double[] ink = [.. taken.Where(share => share > 0).Order()];
        double pen = ink.Length == 0 ? 0 : ink[(int)(DarkShare * ink.Length)];
        if (pen < leastContrast)
            return null;
        byte[] strokes = Array.ConvertAll(taken, share => share < Faintest * pen
            ? (byte)0
            : (byte)Math.Round(255 * Math.Min(1, (share - (Floor * pen)) / ((1 - Floor) * pen))));
        RemoveSpecks(strokes, paper.Width);
        return paper with { Pixels = strokes };
    }

    /// <summary>The share of the light that each pixel of ink takes of what the paper around it has; of other pixels none.</summary>
    private static double[] Taken(Picture paper)
    {
        double[] light = Array.ConvertAll(paper.Pixels, pixel => (double)pixel);
        var window = new Window(paper.Height, paper.Width, Math.Max(1, Math.Max(paper.Height, paper.Width) / RadiusesOfSide));
        double[] means = window.Means(light);

        // Ink is little and far from the mean around it, paper much and close: so the third moment tells which is the darker one.
        if (light.Zip(means, (pixel, mean) => Math.Pow(pixel - mean, 3)).Sum() > 0)
        {
            light = Array.ConvertAll(light, pixel => 255 - pixel);
            means = Array.ConvertAll(means, mean => 255 - mean);
        }

        double[] squares = window.Means(Array.ConvertAll(light, pixel => pixel * pixel));
        var isInk = new bool[light.Length];
        for (int i = 0; i < light.Length; i++)
        {
            double deviation = Math.Sqrt(Math.Max(0, squares[i] - (means[i] * means[i])));
            isInk[i] = light[i] < means[i] * (1 + (Sensitivity * ((deviation / DeviationRange) - 1)));
        }

        double[] blank = window.Means([.. light.Select((pixel, i) => isInk[i] ? 0 : pixel)]);
        double[] share = window.Means(Array.ConvertAll(isInk, ink => ink ? 0.0 : 1));
        return [.. light.Select((pixel, i) => isInk[i] && blank[i] > 0 ? Math.Max(0, 1 - (pixel * share[i] / blank[i])) : 0)];
    }

    /// <summary>Takes away the pieces that are light against the heaviest.</summary>
    private static void RemoveSpecks(byte[] strokes, int width)
    {
        var pieceOf = new int[strokes.Length];
        var weights = new List<long> { 0 };
        var open = new Stack<int>();
        for (int start = 0; start < strokes.Length; start++)
        {
            if (strokes[start] == 0 || pieceOf[start] > 0)
                continue;
            weights.Add(0);
            Join(start);
            while (open.TryPop(out int place))
            {
                weights[^1] += strokes[place];
                (int y, int x) = (place / width, place % width);
                for (int down = Math.Max(0, y - 1); down <= Math.Min((strokes.Length / width) - 1, y + 1); down++)
                {
                    for (int across = Math.Max(0, x - 1); across <= Math.Min(width - 1, x + 1); across++)
                        Join((down * width) + across);
                }
            }
        }

        double least = LightestPiece * weights.Max();
        for (int i = 0; i < strokes.Length; i++)
            strokes[i] = weights[pieceOf[i]] < least ? (byte)0 : strokes[i];

        void Join(int place)
        {
            if (strokes[place] == 0 || pieceOf[place] > 0)
                return;
            pieceOf[place] = weights.Count - 1;
            open.Push(place);
        }
    }

    /// <summary>Means over a square around each pixel, as much of it as lies in the picture.</summary>
    private sealed class Window(int height, int width, int radius)
    {
        public double[] Means(double[] values)
        {
            // The sums of all that is above and left of a place (Crow, 1984: Summed-area tables for texture mapping).
            var sums = new double[(height + 1) * (width + 1)];
            for (int y = 1; y <= height; y++)
            {
                double row = 0;
                for (int x = 1; x <= width; x++)
                {
                    row += values[((y - 1) * width) + x - 1];
                    sums[(y * (width + 1)) + x] = sums[((y - 1) * (width + 1)) + x] + row;
                }
            }

            var means = new double[values.Length];
            for (int i = 0; i < means.Length; i++)
            {
                int top = Math.Max(0, (i / width) - radius), bottom = Math.Min(height, (i / width) + radius + 1);
                int left = Math.Max(0, (i % width) - radius), right = Math.Min(width, (i % width) + radius + 1);
                double sum = At(bottom, right) - At(top, right) - At(bottom, left) + At(top, left);
                means[i] = sum / ((bottom - top) * (right - left));
            }

            return means;

            double At(int y, int x) => sums[(y * (width + 1)) + x];
        }
    }
}
