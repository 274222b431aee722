using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace MlpPowerShell.Pictures;

/// <content>Learning curves.</content>
public static partial class Charts
{
    private static readonly OxyColor _others = OxyColor.FromRgb(0xC8, 0xC8, 0xC8);

    private static readonly LineStyle[] _styles = [LineStyle.Dash, LineStyle.Dot, LineStyle.Solid];

    // Of so many runs the names still find room.
    private const int MostRuns = 12;

    /// <summary>
    /// Losses over the epochs and, where there are any, accuracies or R2 below; several runs with a colour each. Of more runs than there
    /// are colours each has one curve, of the validation set where it has one, else of the test set, and the best are named.
    /// </summary>
    /// <param name="points">The epochs, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing LearningCurves(IReadOnlyList<CurvePoint> points, string title, int width, int height)
    {
        points = Curve.Apart(points);
        CurvePanel[] panels = CurvePanel.Of(points);
        int runs = points.Select(point => point.Run).Distinct().Count();
        int[]? best = null;
        if (runs > _colors.Length)
        {
            panels = Array.ConvertAll(panels, panel => panel.Telling());
            best = CurvePanel.Best(panels, MostRuns);
        }

        var model = NewModel(title);
        model.Axes.Add(Steps("epoch"));
        model.Legends.Add(NewLegend());
        for (int i = 0; i < panels.Length; i++)
        {
            (double start, double end) = panels.Length == 1 ? (0.0, 1.0) : i == 0 ? (0.53, 1.0) : (0.0, 0.47);
            LinearAxis axis = Axis(AxisPosition.Left, panels[i].Title, $"{i}", start, end);
            SetRange(axis, panels[i]);
            model.Axes.Add(axis);
            string[] names = TerminalText.CutApart(panels[i].Curves.Select(curve => curve.Run), LongestName);
            var looks = panels[i].Curves.Zip(names, (curve, name) => (Curve: curve, Look: LookOf(curve, name, runs, best))).ToArray();

            // What is not named lies below what is.
            foreach ((Curve curve, CurveLook look) in looks.OrderBy(pair => pair.Look.Order))
                AddCurve(model, curve, axis, look with { Name = i == 0 ? look.Name : null });
        }

        if (best?.Length < runs)
        {
            model.Series.Add(new LineSeries
            {
                Title = $"{Figures.Count(runs - best.Length)} more",
                Color = _others,
                YAxisKey = "0",
            });
        }

        return new Chart(model) { Width = width, Height = height };
    }

    /// <summary>What learning curves leave out of some epochs, as it is no finite number; null for nothing.</summary>
    public static string? NotDrawn(IReadOnlyList<CurvePoint> points) => CurvePanel.NotDrawn(points);

    /// <summary>
    /// What a curve looks like: of one run, a colour for each set; of some, a colour for each run and dashes for each set.
    /// </summary>
    /// <param name="curve">The curve.</param>
    /// <param name="run">The name of its run.</param>
    /// <param name="runs">How many runs there are.</param>
    /// <param name="best">Of many runs those that are named, the best first; null where all are.</param>
    private static CurveLook LookOf(Curve curve, string run, int runs, int[]? best)
    {
        if (best is null)
        {
            return runs == 1
                ? new CurveLook(curve.Set, _colors[curve.SetIndex], LineStyle.Solid, 0)
                : new CurveLook(
                    $"{run}, {curve.Set}", _colors[curve.RunIndex], _styles[curve.SetIndex], 0);
        }

        int place = Array.IndexOf(best, curve.RunIndex);
        return place < 0
            ? new CurveLook(null, _others, LineStyle.Solid, -1)
            : new CurveLook(
                run,
                _colors[place % _colors.Length],
                place < _colors.Length ? LineStyle.Solid : LineStyle.Dash,
                place);
    }

    /// <summary>Draws a curve with its gaps; a point between two of them as a dot, and what lies below the axis as a mark on it.</summary>
    private static void AddCurve(PlotModel model, Curve curve, LinearAxis axis, CurveLook look)
    {
        string? name = look.Name;
        foreach (IReadOnlyList<CurveValue> part in curve.Parts())
        {
            var line = new LineSeries
            {
                Title = name,
                YAxisKey = axis.Key,
                Color = look.Color,
                LineStyle = look.Style,
                StrokeThickness = look.Order < 0 ? 1 : 2,
                MarkerType = part.Count == 1 ? MarkerType.Circle : MarkerType.None,
            };
            line.Points.AddRange(part.Select(point => new DataPoint(point.Epoch, point.Value)));
            model.Series.Add(line);
            name = null;
        }

        var below = new ScatterSeries
        {
            YAxisKey = axis.Key,
            MarkerType = MarkerType.Custom,
            MarkerOutline = [new ScreenPoint(-1, -1.5), new ScreenPoint(1, -1.5), new ScreenPoint(0, 0)],
            MarkerFill = look.Color,
        };
        below.Points.AddRange(curve.Points.Where(point => point.IsBelow).Select(point => new ScatterPoint(point.Epoch, point.Value)));
        if (below.Points.Count > 0)
            model.Series.Add(below);
    }

    /// <summary>What an axis shows: all values with some room, but nothing that they can't be.</summary>
    private static void SetRange(LinearAxis axis, CurvePanel panel)
    {
        (double low, double high) = panel.Range();
        double room = Room * (high - low);
        axis.Minimum = low >= panel.Least ? Math.Max(low - room, panel.Least) : low;
        axis.Maximum = high <= panel.Most ? Math.Min(high + room, panel.Most) : high;
    }

    /// <summary>What a curve looks like.</summary>
    /// <param name="Name">What the legend calls it; null for nothing.</param>
    /// <param name="Color">Its colour.</param>
    /// <param name="Style">Its dashes.</param>
    /// <param name="Order">Its place among the others; below 0 under them.</param>
    private sealed record CurveLook(string? Name, OxyColor Color, LineStyle Style, int Order);
}
