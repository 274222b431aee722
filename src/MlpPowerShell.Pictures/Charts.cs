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
public static partial class Charts
{
    // Told apart by the colour-blind too (Okabe and Ito, 2008).
    private static readonly OxyColor[] _colors =
    [
        OxyColor.FromRgb(
            0x00, 0x72, 0xB2), OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73), OxyColor.FromRgb(0xD5, 0x5E, 0x00),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0x56, 0xB4, 0xE9), OxyColor.FromRgb(0x40, 0x40, 0x40),
    ];

    // More classes than that leave no room for a number in each cell, for the name of each, and for a cell each.
    private const int MostNumbers = 26;
    private const int MostNames = 20;
    private const int MostCells = 200;

    private const int LongestName = 24;

    // The part of a range that is left free on either side.
    private const double Room = 0.02;

    private const int UsualDigits = 6;

    // From the names and numbers along an axis to what it is called.
    private const double TitleDistance = 10;

    // More points than that only blacken each other.
    private const int MostPoints = 4000;

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
                $"The evaluation on {evaluation.Dataset} has no confusion matrix: the model predicts no single class. "
                + $"Draw its predictions instead.");
        int count = matrix.RowCount;
        var model = NewModel(title);
        model.Axes.Add(Classes(AxisPosition.Bottom, "predicted", evaluation, reversed: false));
        model.Axes.Add(Classes(AxisPosition.Left, "true", evaluation, reversed: true));

        // Of a thousand classes, some that follow each other share a cell.
        int step = (count + MostCells - 1) / MostCells, cells = (count + step - 1) / step;
        for (int row = 0; row < cells; row++)
        {
            int rows = Math.Min(step, count - (row * step));
            double total = Math.Max(matrix.SubMatrix(row * step, rows, 0, count).Enumerate().Sum(), 1);
            for (int column = 0; column < cells; column++)
            {
                int columns = Math.Min(step, count - (column * step));
                double number = matrix.SubMatrix(row * step, rows, column * step, columns).Enumerate().Sum();
                if (number == 0)
                    continue;
                OxyColor ink = row == column ? _colors[0] : _colors[3];

                // The root shows what is rare beside what is not.
                double strength = Math.Sqrt(number / total);
                model.Annotations.Add(new RectangleAnnotation
                {
                    MinimumX = (column * step) - 0.5,
                    MaximumX = (column * step) + columns - 0.5,
                    MinimumY = (row * step) - 0.5,
                    MaximumY = (row * step) + rows - 0.5,
                    Fill = OxyColor.Interpolate(OxyColors.White, ink, strength),
                    Layer = AnnotationLayer.BelowSeries,
                });
                if (count <= MostNumbers)
                {
                    model.Annotations.Add(new TextAnnotation
                    {
                        Text = Figures.Count(number),
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

    /// <summary>Predicted numbers against the true ones, and below how far they are off; of many, some evenly spread ones.</summary>
    /// <param name="pairs">The true and the predicted number of each sample, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing Predictions(IReadOnlyList<(double True, double Predicted)> pairs, string title, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        int step = (pairs.Count + MostPoints - 1) / MostPoints;
        (double True, double Predicted)[] shown = [.. pairs.Where((_, i) => i % step == 0)];
        var model = NewModel(title);
        model.Axes.Add(Axis(AxisPosition.Bottom, "true"));
        model.Axes.Add(Axis(AxisPosition.Left, "predicted", "predicted", 0.43, 1));
        model.Axes.Add(Axis(AxisPosition.Left, "predicted - true", "error", 0, 0.37));
        model.Series.Add(Points(shown.Select(pair => new DataPoint(pair.True, pair.Predicted)), "predicted"));
        model.Series.Add(Points(shown.Select(pair => new DataPoint(pair.True, pair.Predicted - pair.True)), "error"));

        // Where all would lie if all were right.
        double low = shown.Min(pair => pair.True), high = shown.Max(pair => pair.True);
        AddRight("predicted = true", "predicted", low, high);
        AddRight(null, "error", 0, 0);
        model.Legends.Add(NewLegend());
        return new Chart(model) { Width = width, Height = height };

        void AddRight(string? name, string axis, double first, double last)
        {
            var line = new LineSeries { Title = name, YAxisKey = axis, Color = _colors[3], StrokeThickness = 2 };
            line.Points.AddRange([new DataPoint(low, first), new DataPoint(high, last)]);
            model.Series.Add(line);
        }

        static ScatterSeries Points(IEnumerable<DataPoint> points, string axis)
        {
            var series = new ScatterSeries
            {
                MarkerType = MarkerType.Circle,
                MarkerSize = 2.5,
                MarkerFill = OxyColor.FromAColor(0x80, _colors[0]),
                YAxisKey = axis,
            };
            series.Points.AddRange(points.Select(point => new ScatterPoint(point.X, point.Y)));
            return series;
        }
    }

    /// <summary>Learning rates over the epochs.</summary>
    /// <param name="steps">The steps of a schedule, at least one.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static Drawing Schedule(IReadOnlyList<MlpScheduleStep> steps, string title, int width, int height)
    {
        var model = NewModel(title);
        model.Axes.Add(Steps(steps.All(step => step.Step == 1) ? "epoch" : "step"));
        model.Axes.Add(Axis(AxisPosition.Left, "learning rate"));
        var line = new LineSeries
        {
            Color = _colors[0],
            StrokeThickness = 2,
            MarkerType = steps.Count == 1 ? MarkerType.Circle : MarkerType.None,
        };
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

    /// <summary>An axis of epochs or steps, which are whole.</summary>
    private static LinearAxis Steps(string title)
    {
        LinearAxis axis = Axis(AxisPosition.Bottom, title);
        axis.MinimumMajorStep = axis.MinimumMinorStep = 1;
        return axis;
    }

    private static LinearAxis Axis(AxisPosition position, string title, string? key = null, double start = 0, double end = 1)
    {
        LinearAxis axis = NewAxis(position, title, key, start, end);
        axis.LabelFormatter = value => Label(value, axis.ActualMajorStep);
        return axis;
    }

    /// <summary>A number at an axis, with the digits that tell it from its neighbours.</summary>
    private static string Label(double value, double step)
    {
        double digits = Math.Ceiling(Math.Log10(Math.Max(Math.Abs(value), step) / step)) + 2;
        return value.ToString(double.IsFinite(digits) ? $"g{Math.Clamp((int)digits, UsualDigits, 15)}" : "g", CultureInfo.InvariantCulture);
    }

    private static LinearAxis NewAxis(AxisPosition position, string title, string? key, double start, double end) => new()
    {
        Position = position,
        Title = title,
        Key = key,
        StartPosition = start,
        EndPosition = end,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xE4, 0xE4, 0xE4),
        TicklineColor = OxyColors.Gray,
        AxisTitleDistance = TitleDistance,
        MaximumPadding = Room,
        MinimumPadding = Room,
    };

    private static CategoryAxis Classes(AxisPosition position, string title, MlpEvaluation evaluation, bool reversed) => new()
    {
        Position = position,
        Title = title,
        AxisTitleDistance = TitleDistance,
        ItemsSource = NamesOf(evaluation),
        StartPosition = reversed ? 1 : 0,
        EndPosition = reversed ? 0 : 1,
        GapWidth = 0,
        MajorTickSize = evaluation.Classes.Count > MostNumbers ? 0 : 7,
        Minimum = -0.5,
        Maximum = evaluation.Classes.Count - 0.5,
        TicklineColor = OxyColors.Gray,
        Angle = position == AxisPosition.Bottom && evaluation.Classes.Any(score => TerminalText.Width(score.Class) > 6) ? -40 : 0,
    };

    /// <summary>The names of the classes; of many, of those that there is room for.</summary>
    private static string[] NamesOf(MlpEvaluation evaluation)
    {
        int step = evaluation.Classes.Count <= MostNumbers ? 1 : (evaluation.Classes.Count + MostNames - 1) / MostNames;
        string[] names = TerminalText.CutApart(evaluation.Classes.Select(score => score.Class), LongestName);
        return [.. names.Select((name, i) => i % step == 0 ? name : string.Empty)];
    }

    private static Legend NewLegend() => new()
    {
        LegendPlacement = LegendPlacement.Outside,
        LegendPosition = LegendPosition.BottomCenter,
        LegendOrientation = LegendOrientation.Horizontal,
        LegendBorderThickness = 0,
    };
}
