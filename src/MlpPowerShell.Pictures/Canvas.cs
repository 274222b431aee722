using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>
/// Fills outlines on a picture, each pixel by the share of it that they cover. The signed areas of the outlines' edges are summed up along
/// each row, as in font-rs and stb_truetype.
/// </summary>
internal sealed class Canvas(Bitmap bitmap)
{
    // The height of an edge's part in each pixel, and how much of it lies left of the edge; one row is two longer than the picture is wide.
    private readonly float[] _areas = new float[(bitmap.Width + 2) * bitmap.Height];
    private int _top;
    private int _bottom;

    /// <summary>The part of the picture that is drawn on.</summary>
    public OxyRect Clip { get; set; } = new(0, 0, bitmap.Width, bitmap.Height);

    /// <summary>
    /// Fills closed outlines. What those of one direction cover twice is covered once; those of the other direction are holes.
    /// </summary>
    public void Fill(IEnumerable<IReadOnlyList<ScreenPoint>> outlines, OxyColor color)
    {
        (_top, _bottom) = (bitmap.Height, 0);
        foreach (IReadOnlyList<ScreenPoint> outline in outlines)
        {
            for (int i = 0; i < outline.Count; i++)
                AddEdge(outline[i], outline[(i + 1) % outline.Count]);
        }

        Paint(color);
    }

    private void AddEdge(ScreenPoint from, ScreenPoint to)
    {
        if (from.Y == to.Y)
            return;
        double direction = from.Y < to.Y ? 1 : -1;
        if (direction < 0)
            (from, to) = (to, from);
        double slope = (to.X - from.X) / (to.Y - from.Y);
        int first = (int)Math.Clamp(Math.Floor(from.Y), 0, bitmap.Height), end = (int)Math.Clamp(Math.Ceiling(to.Y), 0, bitmap.Height);
        (_top, _bottom) = (Math.Min(_top, first), Math.Max(_bottom, end));
        for (int y = first; y < end; y++)
        {
            double upper = Math.Max(from.Y, y), lower = Math.Min(to.Y, y + 1);
            double x0 = Math.Clamp(from.X + ((upper - from.Y) * slope), 0, bitmap.Width);
            double x1 = Math.Clamp(from.X + ((lower - from.Y) * slope), 0, bitmap.Width);
            Span<float> row = _areas.AsSpan(y * (bitmap.Width + 2), bitmap.Width + 2);
            AddPart(row, Math.Min(x0, x1), Math.Max(x0, x1), direction * (lower - upper));
        }
    }

    /// <summary>
    /// Adds the part of an edge in one row, from left to right: its height falls on the pixels by their share of its width.
    /// </summary>
    private static void AddPart(Span<float> row, double left, double right, double height)
    {
        int first = (int)left, last = Math.Max(first, (int)Math.Ceiling(right) - 1);
        for (int x = first; x <= last; x++)
        {
            double start = Math.Max(left, x), stop = Math.Min(right, x + 1);
            double part = right > left ? height * (stop - start) / (right - left) : height;
            double covered = 1 - (((start + stop) / 2) - x);
            row[x] += (float)(part * covered);
            row[x + 1] += (float)(part * (1 - covered));
        }
    }

    private void Paint(OxyColor color)
    {
        var paint = new Rgb(color.R, color.G, color.B);
        double opacity = color.A / 255.0;
        for (int y = _top; y < _bottom; y++)
        {
            Span<float> row = _areas.AsSpan(y * (bitmap.Width + 2), bitmap.Width + 2);
            double rows = Math.Clamp(Math.Min(Clip.Bottom, y + 1) - Math.Max(Clip.Top, y), 0, 1), area = 0;
            for (int x = 0; x < bitmap.Width; x++)
            {
                area += row[x];
                double columns = Math.Clamp(Math.Min(Clip.Right, x + 1) - Math.Max(Clip.Left, x), 0, 1);
                double share = Math.Min(Math.Abs(area), 1) * opacity * rows * columns;
                if (share > 1.0 / 512)
                    bitmap[x, y] = Rgb.Blend(bitmap[x, y], paint, share);
            }

            row.Clear();
        }
    }
}
