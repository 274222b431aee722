using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>Pictures in rows, each with its caption below.</summary>
public sealed class PictureSheet : Drawing
{
    private const int Margin = 12, TitleHeight = 24, CaptionHeight = 20, LineHeight = 14;
    private const double CaptionSize = 11, TitleSize = 16;

    private readonly IReadOnlyList<CaptionedPicture> _pictures;
    private readonly string _title;
    private readonly int _columns;
    private readonly int _side;
    private readonly int _top;
    private readonly int _rowHeight;
    private readonly string[][] _captions;

    private PictureSheet(IReadOnlyList<CaptionedPicture> pictures, string title, int columns, int side)
    {
        (_pictures, _title, _columns, _side) = (pictures, title, columns, side);
        _top = Margin + (title.Length > 0 ? TitleHeight : 0);
        _captions = [.. pictures.Select(picture => LinesOf(picture.Caption, side))];
        _rowHeight = side + CaptionHeight + ((_captions.Max(lines => lines.Length) - 1) * LineHeight) + Margin;
        Height = _top + ((pictures.Count + columns - 1) / columns * _rowHeight);
    }

    /// <summary>Lays pictures out on a sheet, as large as their number asks for.</summary>
    /// <param name="pictures">The pictures, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    public static PictureSheet Of(IReadOnlyList<CaptionedPicture> pictures, string title, int width)
    {
        // Wide enough for a caption, and no more columns than pictures.
        int columns = Math.Clamp((width - Margin) / (112 + Margin), 1, pictures.Count);
        int side = Math.Min(((width - Margin) / columns) - Margin, 168);
        return new PictureSheet(pictures, title, columns, side) { Width = width };
    }

    internal override void Draw(IRenderContext context)
    {
        context.DrawText(
            new ScreenPoint(Width / 2.0, Margin),
            TextWidth.Cut(_title, TitleSize, Width - (2 * Margin)),
            OxyColors.Black,
            Font,
            TitleSize,
            FontWeights.Normal,
            0,
            HorizontalAlignment.Center,
            VerticalAlignment.Top);
        for (int i = 0; i < _pictures.Count; i++)
        {
            CaptionedPicture picture = _pictures[i];

            // Each pixel a square of whole pixels.
            Bitmap drawn = Enlarged(picture.Picture);
            int left = Margin + (i % _columns * (_side + Margin)) + ((_side - drawn.Width) / 2);
            int top = _top + (i / _columns * _rowHeight);
            if (context is BitmapRenderContext pixels)
            {
                pixels.DrawBitmap(drawn, left, top);
            }
            else
            {
                context.DrawImage(
                    new OxyImage(PngFile.Encode(drawn)),
                    0,
                    0,
                    drawn.Width,
                    drawn.Height,
                    left,
                    top,
                    drawn.Width,
                    drawn.Height,
                    1,
                    interpolate: false);
            }

            OxyColor ink = picture.IsRight switch
            {
                true => OxyColor.FromRgb(0, 0x80, 0x50),
                false => OxyColor.FromRgb(0xC0, 0x30, 0),
                null => OxyColors.Black,
            };
            for (int line = 0; line < _captions[i].Length; line++)
            {
                var middle = new ScreenPoint(left + (drawn.Width / 2.0), top + drawn.Height + 4 + (line * LineHeight));
                string text = _captions[i][line];
                context.DrawText(
                    middle, text, ink, Font, CaptionSize, FontWeights.Normal, 0, HorizontalAlignment.Center, VerticalAlignment.Top);
            }
        }
    }

    /// <summary>A caption in one line if that has room for it, else in its lines, each cut to the width.</summary>
    private static string[] LinesOf(string caption, int width)
    {
        string whole = caption.Replace('\n', ' ');
        return TextWidth.Of(whole, CaptionSize) <= width
            ? [whole]
            : Array.ConvertAll(caption.Split('\n'), line => TextWidth.Cut(line, CaptionSize, width));
    }

    private Bitmap Enlarged(Bitmap picture)
    {
        double factor = Math.Min((double)_side / picture.Width, (double)_side / picture.Height);
        if (factor >= 1)
            factor = Math.Floor(factor);
        return picture.Resize(Math.Max(1, (int)(factor * picture.Width)), Math.Max(1, (int)(factor * picture.Height)));
    }
}
