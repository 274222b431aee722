using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Training;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace MlpPowerShell.Pictures;

/// <summary>Charts of trainings, evaluations and schedules.</summary>
public static class Charts
{
    // Told apart by the colour-blind too (Okabe and Ito, 2008).
    private static readonly OxyColor[] _colors =
    [
        OxyColor.FromRgb(
            0x00, 0x72, 0xB2), OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73), OxyColor.FromRgb(0xD5, 0x5E, 0x00),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0x56, 0xB4, 0xE9), OxyColor.FromRgb(0x40, 0x40, 0x40),
    ];

    private static readonly LineStyle[] _styles = [LineStyle.Dash, LineStyle.Dot, LineStyle.Solid];

    // More classes than that leave no room for a number in each cell.
    private const int MostNumbers = 26;

    /// <summary>Losses over the epochs and, where there are any, accuracies below; several runs with a colour each.</summary>
    /// <param name="points">The epochs, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing LearningCurves(IReadOnlyList<CurvePoint> points, string title, int width, int height)
    {
        Curve[] losses = Curve.Losses(points), accuracies = Curve.Accuracies(points);
        bool single = points.Select(point => point.Run).Distinct().Take(2).Count() < 2;
        var model = NewModel(title);
        double middle = accuracies.Length > 0 ? 0.5 : 0;
        model.Axes.Add(Axis(AxisPosition.Bottom, "epoch"));
        model.Axes.Add(Axis(AxisPosition.Left, "loss", "loss", accuracies.Length > 0 ? middle + 0.03 : 0, 1));
        if (accuracies.Length > 0)
            model.Axes.Add(Axis(AxisPosition.Left, "accuracy, %", "accuracy", 0, middle - 0.03));
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendBorderThickness = 0,
        });
        foreach (Curve curve in losses)
            model.Series.Add(Line(curve, "loss", single, named: true));
        foreach (Curve curve in accuracies)
            model.Series.Add(Line(curve, "accuracy", single, named: false));
        return new Chart(model) { Width = width, Height = height };
    }

    /// <summary>A confusion matrix: true classes down, predicted ones across, each cell as dark as its share of the true class.</summary>
    /// <param name="evaluation">An evaluation with a confusion matrix.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <exception cref="MlpException">The evaluation has no confusion matrix.</exception>
    public static Drawing ConfusionMatrix(MlpEvaluation evaluation, string title, int width, int height)
    {
        Matrix<double> matrix = evaluation.ConfusionMatrix
            ?? throw new MlpException(
                "NoConfusionMatrix",
                MlpErrorKind.InvalidArgument,
                $"The evaluation on {evaluation.Dataset} has no confusion matrix: the model predicts no single class.");
        int count = matrix.RowCount;
        var model = NewModel(title);
        model.Axes.Add(Classes(AxisPosition.Bottom, "predicted", evaluation, reversed: false));
        model.Axes.Add(Classes(AxisPosition.Left, "true", evaluation, reversed: true));
        for (int row = 0; row < count; row++)
        {
            double total = Math.Max(matrix.Row(row).Sum(), 1);
            for (int column = 0; column < count; column++)
            {
                double number = matrix[row, column];
                OxyColor ink = row == column ? _colors[0] : _colors[3];

                // The root shows what is rare beside what is not.
                double strength = Math.Sqrt(number / total);
                model.Annotations.Add(new RectangleAnnotation
                {
                    MinimumX = column - 0.5,
                    MaximumX = column + 0.5,
                    MinimumY = row - 0.5,
                    MaximumY = row + 0.5,
                    Fill = OxyColor.Interpolate(OxyColors.White, ink, strength),
                    Layer = AnnotationLayer.BelowSeries,
                });
                if (count <= MostNumbers && number > 0)
                {
                    model.Annotations.Add(new TextAnnotation
                    {
                        Text = number.ToString("N0", CultureInfo.InvariantCulture),
                        TextPosition = new DataPoint(column, row),
                        TextVerticalAlignment = VerticalAlignment.Middle,
                        TextColor = strength > 0.6 ? OxyColors.White : OxyColors.Black,
                        StrokeThickness = 0,
                    });
                }
            }
        }

        return new Chart(model) { Width = width, Height = height };
    }

    /// <summary>Learning rates over the epochs.</summary>
    /// <param name="steps">The steps of a schedule, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing Schedule(IReadOnlyList<MlpScheduleStep> steps, string title, int width, int height)
    {
        var model = NewModel(title);
        model.Axes.Add(Axis(AxisPosition.Bottom, steps.All(step => step.Step == 1) ? "epoch" : "step"));
        model.Axes.Add(Axis(AxisPosition.Left, "learning rate"));
        var line = new LineSeries { Color = _colors[0], StrokeThickness = 2 };
        line.Points.AddRange(steps.Select((step, i) => new DataPoint(i + 1, step.LearningRate)));
        model.Series.Add(line);
        return new Chart(model) { Width = width, Height = height };
    }

    private static PlotModel NewModel(string title) => new()
    {
        Title = title,
        TitleFontWeight = FontWeights.Normal,
        TitleFontSize = 16,
        PlotAreaBorderColor = OxyColors.Gray,
        Culture = CultureInfo.InvariantCulture,
    };

    private static LinearAxis Axis(AxisPosition position, string title, string? key = null, double start = 0, double end = 1) => new()
    {
        Position = position,
        Title = title,
        Key = key,
        StartPosition = start,
        EndPosition = end,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xE4, 0xE4, 0xE4),
        TicklineColor = OxyColors.Gray,
        MinimumMajorStep = position == AxisPosition.Bottom ? 1 : 0,
        MinimumMinorStep = position == AxisPosition.Bottom ? 1 : 0,
        MaximumPadding = 0.02,
        MinimumPadding = 0.02,
    };

    private static CategoryAxis Classes(AxisPosition position, string title, MlpEvaluation evaluation, bool reversed) => new()
    {
        Position = position,
        Title = title,
        ItemsSource = evaluation.Classes.Select(score => score.Class).ToArray(),
        StartPosition = reversed ? 1 : 0,
        EndPosition = reversed ? 0 : 1,
        GapWidth = 0,
        Minimum = -0.5,
        Maximum = evaluation.Classes.Count - 0.5,
        TicklineColor = OxyColors.Gray,
        Angle = position == AxisPosition.Bottom && evaluation.Classes.Any(score => score.Class.Length > 6) ? -40 : 0,
    };

    private static LineSeries Line(Curve curve, string axis, bool single, bool named)
    {
        var line = new LineSeries
        {
            Title = !named ? null : single ? curve.Set : $"{curve.Run}, {curve.Set}",
            YAxisKey = axis,
            Color = _colors[(single ? curve.SetIndex : curve.RunIndex) % _colors.Length],
            LineStyle = single ? LineStyle.Solid : _styles[curve.SetIndex],
            StrokeThickness = 2,
            MarkerType = curve.Points.Count == 1 ? MarkerType.Circle : MarkerType.None,
        };
        line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.Epoch, point.Value)));
        return line;
    }
}
