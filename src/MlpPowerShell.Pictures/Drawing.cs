using MlpPowerShell.Engine;
using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>Something to draw, as lines and texts in SVG or as the pixels of a PNG.</summary>
public abstract class Drawing
{
    /// <summary>The fonts of all texts; the measures are those of the first.</summary>
    internal const string Font = "Arial, Helvetica, Liberation Sans, Arimo, sans-serif";

    /// <summary>Pixels across.</summary>
    public int Width { get; init; }

    /// <summary>Pixels down.</summary>
    public int Height { get; init; }

    /// <summary>The letters that are boxes in the pixels that were drawn last, as the font lacks them; SVG keeps them.</summary>
    public string Boxes { get; private set; } = string.Empty;

    /// <summary>Writes the drawing to a file: SVG or PNG, by the ending of its name.</summary>
    /// <exception cref="MlpException">The ending is another one, or the file can't be written.</exception>
    public void Save(string path)
    {
        byte[] bytes = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => ToSvg(),
            ".png" => PngFile.Encode(ToBitmap()),
            _ => throw new MlpException(
                "UnknownPictureFormat",
                MlpErrorKind.InvalidArgument,
                $"{path} ends neither with .svg nor with .png, which are what a chart can be written as."),
        };
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The drawing as an SVG document in UTF-8.</summary>
    public byte[] ToSvg()
    {
        using var stream = new MemoryStream();
        var measurer = new BitmapRenderContext(new Bitmap(1, 1)) { TextScale = TextWidth.WidestFont };
        using (var context = new PrintableSvg(
            stream, Width, Height, measurer))
        {
            Draw(context);
            context.Complete();
        }

        return stream.ToArray();
    }

    /// <summary>The drawing as pixels.</summary>
    public Bitmap ToBitmap()
    {
        var context = new BitmapRenderContext(new Bitmap(Width, Height));
        context.DrawRectangle(new OxyRect(0, 0, Width, Height), OxyColors.White, OxyColors.Undefined, 0, EdgeRenderingMode.Automatic);
        Draw(context);
        Boxes = string.Concat(context.Missing);
        return context.Bitmap;
    }

    /// <summary>Draws on a white ground of the drawing's size.</summary>
    internal abstract void Draw(IRenderContext context);

    /// <summary>SVG, which has no place for control characters.</summary>
    private sealed class PrintableSvg(Stream stream, double width, double height, IRenderContext measurer)
        : SvgRenderContext(stream, width, height, true, measurer, OxyColors.White, true)
    {
        public override void DrawText(
            ScreenPoint p,
            string text,
            OxyColor c,
            string fontFamily,
            double fontSize,
            double fontWeight,
            double rotate,
            HorizontalAlignment halign,
            VerticalAlignment valign,
            OxySize? maxSize) =>
            base.DrawText(p, Printable.Of(text ?? string.Empty), c, fontFamily, fontSize, fontWeight, rotate, halign, valign, maxSize);
    }
}
