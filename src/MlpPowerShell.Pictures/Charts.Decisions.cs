using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Evaluation;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace MlpPowerShell.Pictures;

/// <content>What probabilities tell: curves over thresholds, and whether they can be believed.</content>
public static partial class Charts
{
    /// <summary>True against false positives (ROC), from no sample to all; the recommended thresholds are marked.</summary>
    /// <param name="rows">Thresholds of one class or several, at least one; each class has a curve.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing Roc(IReadOnlyList<MlpThreshold> rows, string title, int width, int height)
    {
        PlotModel model = Shares(title, "false positive rate", "true positive rate (recall)");
        foreach (MlpThreshold[] curve in CurvesOf(rows))
        {
            IEnumerable<DataPoint> points = curve.Select(RocPointOf);
            AddCurve(model, curve, [new DataPoint(1, 1), .. points, new DataPoint(0, 0)], RocPointOf);
        }

        // What chance comes to.
        model.Annotations.Add(Dashed(LineAnnotationType.LinearEquation, slope: 1, y: 0));
        return new Chart(model) { Width = width, Height = height };

        static DataPoint RocPointOf(MlpThreshold row) => new(1 - row.Specificity, row.Recall);
    }

    /// <summary>Precision against recall; the recommended thresholds are marked.</summary>
    /// <param name="rows">Thresholds of one class or several, at least one; each class has a curve.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing PrecisionRecall(IReadOnlyList<MlpThreshold> rows, string title, int width, int height)
    {
        PlotModel model = Shares(title, "recall", "precision");
        MlpThreshold[][] curves = [.. CurvesOf(rows)];
        foreach (MlpThreshold[] curve in curves)
            AddCurve(model, curve, [.. curve.Select(PointOf)], PointOf);

        // What taking all for the class comes to.
        if (curves is [[var first, ..]])
        {
            double positives = first.TruePositives + first.FalseNegatives;
            double all = positives + first.TrueNegatives + first.FalsePositives;
            model.Annotations.Add(Dashed(LineAnnotationType.Horizontal, slope: 0, y: positives / all));
        }

        return new Chart(model) { Width = width, Height = height };

        static DataPoint PointOf(MlpThreshold row) => new(row.Recall, row.Precision);
    }

    /// <summary>How many predictions are right against how sure they are, in bins of confidence.</summary>
    /// <param name="evaluation">An evaluation with bins.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <exception cref="MlpException">The evaluation has none.</exception>
    public static Drawing Calibration(MlpEvaluation evaluation, string title, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        MlpCalibrationBin[] bins = [.. evaluation.CalibrationBins.Where(bin => bin is { Confidence: not null, Accuracy: not null })];
        if (bins.Length == 0)
        {
            throw new MlpException(
                "NoCalibration",
                MlpErrorKind.InvalidArgument,
                $"The evaluation on {evaluation.Dataset} has no calibration: the model predicts no single class.");
        }

        PlotModel model = Shares(title, "confidence", "fraction that is right");
        var line = new LineSeries { Color = _colors[0], StrokeThickness = 2 };
        line.Points.AddRange(bins.Select(bin => new DataPoint(bin.Confidence!.Value, bin.Accuracy!.Value)));
        model.Series.Add(line);

        // The area of a point is its share of the samples.
        var points = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerFill = OxyColor.FromAColor(0x80, _colors[0]) };
        points.Points.AddRange(bins.Select(bin => new ScatterPoint(
            bin.Confidence!.Value, bin.Accuracy!.Value, 3 + (25 * Math.Sqrt(bin.Samples / (double)evaluation.Samples)))));
        model.Series.Add(points);

        // Where confidence is what it says.
        model.Annotations.Add(Dashed(LineAnnotationType.LinearEquation, slope: 1, y: 0));
        return new Chart(model) { Width = width, Height = height };
    }

    private static IEnumerable<MlpThreshold[]> CurvesOf(IReadOnlyList<MlpThreshold> rows) =>
        rows.GroupBy(row => row.PositiveClass).Select(curve => curve.OrderBy(row => row.Threshold).ToArray());

    private static void AddCurve(
        PlotModel model, MlpThreshold[] curve, IReadOnlyList<DataPoint> points, Func<MlpThreshold, DataPoint> pointOf)
    {
        OxyColor color = _colors[model.Series.OfType<LineSeries>().Count() % _colors.Length];
        var line = new LineSeries
        {
            Title = TerminalText.Cut(curve[0].PositiveClass, LongestName),
            Color = color,
            StrokeThickness = 2,
            MarkerType = points.Count == 1 ? MarkerType.Circle : MarkerType.None,
        };
        line.Points.AddRange(points);
        model.Series.Add(line);
        var best = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 5, MarkerFill = color };
        best.Points.AddRange(curve.Where(row => row.IsRecommended).Select(pointOf).Select(point => new ScatterPoint(point.X, point.Y)));
        model.Series.Add(best);
    }

    /// <summary>Room for two shares, each from 0 to 1.</summary>
    private static PlotModel Shares(string title, string across, string up)
    {
        PlotModel model = NewModel(title);
        foreach (LinearAxis axis in new[] { Axis(AxisPosition.Bottom, across), Axis(AxisPosition.Left, up) })
        {
            (axis.Minimum, axis.Maximum) = (-0.02, 1.02);
            model.Axes.Add(axis);
        }

        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendBorderThickness = 0,
        });
        return model;
    }

    private static LineAnnotation Dashed(LineAnnotationType type, double slope, double y) =>
        new() { Type = type, Slope = slope, Y = y, Color = OxyColors.Gray, LineStyle = LineStyle.Dash };
}
