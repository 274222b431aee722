using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>Pictures in rows, each with its caption below.</summary>
public sealed class PictureSheet : Drawing
{
    private const int Margin = 12, TitleHeight = 24, CaptionHeight = 20;
    private const double CaptionSize = 11, TitleSize = 16;

    private readonly IReadOnlyList<CaptionedPicture> _pictures;
    private readonly string _title;
    private readonly int _columns;
    private readonly int _side;
    private readonly int _top;

    private PictureSheet(IReadOnlyList<CaptionedPicture> pictures, string title, int columns, int side)
    {
        (_pictures, _title, _columns, _side) = (pictures, title, columns, side);
        _top = Margin + (title.Length > 0 ? TitleHeight : 0);
        Height = _top + ((pictures.Count + columns - 1) / columns * (side + CaptionHeight + Margin));
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
            _title,
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
            int top = _top + (i / _columns * (_side + CaptionHeight + Margin));
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
            var middle = new ScreenPoint(left + (drawn.Width / 2.0), top + drawn.Height + 4);
            context.DrawText(
                middle, picture.Caption, ink, Font, CaptionSize, FontWeights.Normal, 0, HorizontalAlignment.Center, VerticalAlignment.Top);
        }
    }

    private Bitmap Enlarged(Bitmap picture)
    {
        double factor = Math.Min((double)_side / picture.Width, (double)_side / picture.Height);
        if (factor >= 1)
            factor = Math.Floor(factor);
        return picture.Resize(Math.Max(1, (int)(factor * picture.Width)), Math.Max(1, (int)(factor * picture.Height)));
    }
}
