using OxyPlot;

namespace MlpPowerShell.Pictures;

/// <summary>A chart with axes.</summary>
internal sealed class Chart(PlotModel model) : Drawing
{
    internal override void Draw(IRenderContext context)
    {
        model.DefaultFont = Font;
        ((IPlotModel)model).Update(true);
        ((IPlotModel)model).Render(context, new OxyRect(0, 0, Width, Height));
    }
}
