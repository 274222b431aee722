using MlpPowerShell.Engine;
using OxyPlot;
using OxyPlot.Axes;

namespace MlpPowerShell.Pictures;

/// <summary>A chart with axes, in one panel or several, one below the other.</summary>
internal sealed class Chart(PlotModel model) : Drawing
{
    // Less than that shows nothing of a curve.
    private const double LeastSide = 30;

    internal override void Draw(IRenderContext context)
    {
        model.DefaultFont = Font;
        model.Title = model.Title is null ? null : TextWidth.Cut(model.Title, model.TitleFontSize, Width - (2 * model.TitleFontSize));
        ((IPlotModel)model).Update(true);
        ((IPlotModel)model).Render(context, new OxyRect(0, 0, Width, Height));
        Axis[] panels = [.. model.Axes.Where(axis => axis.IsVertical()).OrderBy(axis => Math.Min(axis.StartPosition, axis.EndPosition))];
        double side = Math.Min(
            model.PlotArea.Width, model.PlotArea.Height * panels.Min(axis => Math.Abs(axis.EndPosition - axis.StartPosition)));
        if (side < LeastSide)
        {
            throw new MlpException(
                "ChartTooSmall",
                MlpErrorKind.InvalidArgument,
                $"Beside its title, axes and names a chart of {Width} × {Height} pixels has no room left: make it wider and higher.");
        }

        for (int i = 1; i < panels.Length; i++)
            DrawGap(context, panels[i - 1].EndPosition, panels[i].StartPosition);
    }

    /// <summary>Parts two panels, which OxyPlot draws one frame around.</summary>
    private void DrawGap(IRenderContext context, double lower, double upper)
    {
        OxyRect area = model.PlotArea;
        double top = area.Bottom - (upper * area.Height), bottom = area.Bottom - (lower * area.Height);
        const EdgeRenderingMode Sharp = EdgeRenderingMode.PreferSharpness;
        var gap = new OxyRect(area.Left - 1, top, area.Width + 2, bottom - top);
        context.DrawRectangle(gap, OxyColors.White, OxyColors.Undefined, 0, Sharp);
        foreach (double y in new[] { top, bottom })
        {
            context.DrawLine(
                [new ScreenPoint(area.Left, y), new ScreenPoint(area.Right, y)], model.PlotAreaBorderColor, 1, Sharp, null, LineJoin.Miter);
        }
    }
}
