using System.Text;
using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>Draws what OxyPlot draws on a picture in memory, the same on every machine.</summary>
internal sealed class BitmapRenderContext : ClippingRenderContext
{
    private readonly Canvas _canvas;

    public BitmapRenderContext(Bitmap bitmap)
    {
        Bitmap = bitmap;
        _canvas = new Canvas(bitmap);
    }

    /// <summary>The picture.</summary>
    public Bitmap Bitmap { get; }

    /// <summary>The characters that the font lacks, each once, in the order of the texts.</summary>
    public List<Rune> Missing { get; } = [];

    /// <summary>How much wider than drawn here a text counts as, where others draw it in a font of theirs.</summary>
    public double TextScale { get; init; } = 1;

    /// <inheritdoc/>
    public override void DrawLine(
        IList<ScreenPoint> points,
        OxyColor stroke,
        double thickness,
        EdgeRenderingMode edgeRenderingMode,
        double[] dashArray,
        LineJoin lineJoin)
    {
        if (stroke.IsVisible() && thickness > 0 && points.Count > 1)
            _canvas.Fill(Dashes(Sharpened(points, thickness), dashArray, thickness).SelectMany(dash => Stroke(dash, thickness)), stroke);
    }

    /// <inheritdoc/>
    public override void DrawPolygon(
        IList<ScreenPoint> points,
        OxyColor fill,
        OxyColor stroke,
        double thickness,
        EdgeRenderingMode edgeRenderingMode,
        double[] dashArray,
        LineJoin lineJoin)
    {
        if (fill.IsVisible())
            _canvas.Fill([[.. points]], fill);
        DrawLine([.. points, points[0]], stroke, thickness, edgeRenderingMode, dashArray, lineJoin);
    }

    /// <inheritdoc/>
    public override void DrawText(
        ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation,
        HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
        if (string.IsNullOrEmpty(text) || !fill.IsVisible())
            return;
        string[] lines = text.Split('\n');
        Missing.AddRange(text.EnumerateRunes().Where(rune => rune.Value != '\n' && !TrueTypeFont.Arimo.Has(rune)).Except(Missing));
        OxySize size = MeasureText(text, fontFamily, fontSize, fontWeight);
        double top = verticalAlignment switch
        {
            VerticalAlignment.Top => 0,
            VerticalAlignment.Bottom => -size.Height,
            VerticalAlignment.Middle => -size.Height / 2,
        };
        double angle = rotation * Math.PI / 180, cosine = Math.Cos(angle), sine = Math.Sin(angle);
        for (int i = 0; i < lines.Length; i++)
        {
            double width = fontSize * TrueTypeFont.Arimo.Measure(lines[i]);
            double left = horizontalAlignment switch
            {
                HorizontalAlignment.Left => 0,
                HorizontalAlignment.Right => -width,
                HorizontalAlignment.Center => -width / 2,
            };
            double baseLine = top + (fontSize * TrueTypeFont.Arimo.Ascent) + (i * size.Height / lines.Length);
            _canvas.Fill(TrueTypeFont.Arimo.Outlines(lines[i]).Select(outline => Array.ConvertAll(outline, Placed)), fill);

            ScreenPoint Placed(ScreenPoint point)
            {
                double x = left + (fontSize * point.X), y = baseLine + (fontSize * point.Y);
                return new ScreenPoint(p.X + (x * cosine) - (y * sine), p.Y + (x * sine) + (y * cosine));
            }
        }
    }

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        if (string.IsNullOrEmpty(text))
            return OxySize.Empty;
        string[] lines = text.Split('\n');
        TrueTypeFont font = TrueTypeFont.Arimo;
        return new OxySize(TextScale * fontSize * lines.Max(font.Measure), lines.Length * fontSize * (font.Ascent + font.Descent));
    }

    /// <summary>Copies a picture, its upper left corner rounded to a pixel.</summary>
    public void DrawBitmap(Bitmap picture, double left, double top)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
                Bitmap[(int)left + x, (int)top + y] = picture[x, y];
        }
    }

    /// <inheritdoc/>
    protected override void SetClip(OxyRect clippingRectangle) => _canvas.Clip = clippingRectangle;

    /// <inheritdoc/>
    protected override void ResetClip() => _canvas.Clip = new OxyRect(0, 0, Bitmap.Width, Bitmap.Height);

    /// <summary>Lines straight across or down lie on whole pixels.</summary>
    private static ScreenPoint[] Sharpened(IList<ScreenPoint> points, double thickness)
    {
        if (!IsStraightLine(points))
            return [.. points];
        double half = Math.Round(thickness) % 2 / 2;
        return [.. points.Select(point => new ScreenPoint(Math.Round(point.X - half) + half, Math.Round(point.Y - half) + half))];
    }

    /// <summary>The outlines of a line: a rectangle for each part and a disc at each joint, all in one direction.</summary>
    private static IEnumerable<ScreenPoint[]> Stroke(IReadOnlyList<ScreenPoint> line, double thickness)
    {
        double half = thickness / 2;
        for (int i = 1; i < line.Count; i++)
        {
            ScreenPoint from = line[i - 1], to = line[i];
            double length = Math.Sqrt(((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y)));
            if (length == 0)
                continue;
            double x = half * (to.Y - from.Y) / length, y = -half * (to.X - from.X) / length;
            yield return [new(from.X + x, from.Y + y), new(from.X - x, from.Y - y), new(to.X - x, to.Y - y), new(to.X + x, to.Y + y)];
            if (i < line.Count - 1 && thickness > 1)
            {
                yield return [.. Enumerable.Range(0, 12)
                    .Select(k => new ScreenPoint(to.X + (half * Math.Cos(k * Math.PI / 6)), to.Y - (half * Math.Sin(k * Math.PI / 6))))];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<ScreenPoint>> Dashes(ScreenPoint[] line, double[]? dashes, double thickness)
    {
        if (dashes is not { Length: > 0 })
        {
            yield return line;
            yield break;
        }

        int dash = 0;
        double left = dashes[0] * thickness;
        var current = new List<ScreenPoint> { line[0] };
        for (int i = 1; i < line.Length; i++)
        {
            ScreenPoint from = line[i - 1], to = line[i];
            double length = from.DistanceTo(to), done = 0;
            while (length - done > left)
            {
                done += left;
                var at = new ScreenPoint(from.X + (done / length * (to.X - from.X)), from.Y + (done / length * (to.Y - from.Y)));
                current.Add(at);
                if (dash % 2 == 0)
                    yield return current;
                current = [at];
                left = dashes[++dash % dashes.Length] * thickness;
            }

            left -= length - done;
            current.Add(to);
        }

        if (dash % 2 == 0)
            yield return current;
    }
}
