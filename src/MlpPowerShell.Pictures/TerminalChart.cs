using System.Globalization;
using System.Text;

namespace MlpPowerShell.Pictures;

/// <summary>Learning curves in a terminal: dots of Braille patterns in colour, or a mark for each curve without.</summary>
public static class TerminalChart
{
    private const int AxisWidth = 9;
    private const int WideEnough = 120;
    private const int MostLegendLines = 3;
    private const int UsualDigits = 4;
    private const int MostDigits = 15;

    // As in the charts that are written to files: blue, orange, green, vermilion, purple, sky blue, grey.
    private static readonly (int Palette, Rgb Color)[] _colors =
    [
        (33, new Rgb(0x30, 0x90, 0xE0)),
        (214, new Rgb(0xE6, 0x9F, 0x00)),
        (36, new Rgb(0x00, 0xB0, 0x80)),
        (166, new Rgb(0xE0, 0x70, 0x20)),
        (175, new Rgb(0xCC, 0x79, 0xA7)),
        (117, new Rgb(0x56, 0xB4, 0xE9)),
        (245, new Rgb(0x90, 0x90, 0x90)),
    ];

    // Of curves that are not named: darker than the others.
    private static readonly (int Palette, Rgb Color) _rest = (239, new Rgb(0x50, 0x50, 0x50));

    private static readonly char[] _setMarks = ['*', 'o', '+'];

    // Without the star, which stands for the best epoch in tables, and with a mark for those that are not named.
    private static readonly char[] _runMarks = ['o', '+', 'x', '#', '~', '=', '%', '.'];

    // The bits of a Braille pattern's dots, by row and column.
    private static readonly int[,] _dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>
    /// The lines that show losses and, where there are any, accuracies or R2: side by side where there is room, else one below the other.
    /// Of several runs there is one curve each, of the validation set where it has one, else of the test set; the best is named first, and
    /// of many runs only so many as there are colours.
    /// </summary>
    /// <param name="points">The epochs, at least one.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="height">The rows of each chart, its axes left out; at least 3.</param>
    /// <param name="color">The colours that the terminal shows.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<CurvePoint> points, int columns, int height, TerminalColor color)
    {
        points = Curve.Apart(points);
        bool single = points.Select(point => point.Run).Distinct().Take(2).Count() < 2;
        CurvePanel[] panels = CurvePanel.Of(points);
        if (panels.Length == 0)
            return [];
        if (!single)
            panels = Array.ConvertAll(panels, panel => panel.Telling());
        int[] named = single ? [] : [.. CurvePanel.Best(panels, _colors.Length).Order()];
        bool beside = panels.Length == 2 && columns >= WideEnough;
        int width = beside ? (columns - 2) / 2 : columns;
        Scale[] scales = Array.ConvertAll(panels, panel => new Scale(panel, height));
        int axis = Math.Max(AxisWidth, scales.Max(scale => scale.Labels.Max(label => label.Length)));
        var charts = Array.ConvertAll(panels, panel => new Panel(panel, single ? null : named, axis, width, color));
        double[] epochs = [points.Min(point => point.Epoch), points.Max(point => point.Epoch)];
        int legend = charts.Max(chart => chart.Legend.Count);
        string[][] drawn = [.. charts.Zip(scales, (chart, scale) => chart.Lines(scale, epochs, beside ? legend : 0).ToArray())];
        return drawn.Length < 2 ? drawn[0]
            : beside ? [.. drawn[0].Zip(drawn[1], (left, right) => $"{left}  {right}")]
            : [.. drawn[0], string.Empty, .. drawn[1]];
    }

    private static string Paint(string text, int kind, TerminalColor color)
    {
        (int palette, Rgb rgb) = kind < _colors.Length ? _colors[kind] : _rest;
        return color switch
        {
            TerminalColor.None => text,
            TerminalColor.Palette256 => $"\e[38;5;{palette}m{text}\e[0m",
            TerminalColor.TrueColor => $"\e[38;2;{rgb.Red};{rgb.Green};{rgb.Blue}m{text}\e[0m",
        };
    }

    /// <summary>The values down a chart, and the labels of its first, middle and last row.</summary>
    private sealed class Scale
    {
        public Scale(CurvePanel panel, int height)
        {
            // One value alone stands in the middle row, whose label it is.
            int middle = height / 2;
            (Low, High) = panel.Range(below: (double)(height - 1 - middle) / middle);
            Height = height;
            double[] labelled = [ValueAt(0), ValueAt(middle), ValueAt(height - 1)];
            int digits = UsualDigits;
            while (digits < MostDigits && !AreNear(labelled, digits))
                digits++;
            Labels = Array.ConvertAll(labelled, value => Text(value, digits));
        }

        public int Height { get; }

        public double Low { get; }

        public double High { get; }

        public string[] Labels { get; }

        /// <summary>The label of a row; null for none.</summary>
        public string? LabelOf(int row) =>
            row == 0 ? Labels[0] : row == Height / 2 ? Labels[1] : row == Height - 1 ? Labels[2] : null;

        private static string Text(double value, int digits) => value.ToString($"G{digits}", CultureInfo.InvariantCulture);

        private double ValueAt(int row) => row == Height - 1 ? Low : High - ((High - Low) * row / (Height - 1));

        /// <summary>Whether labels of so many digits are as good as the values.</summary>
        private bool AreNear(double[] values, int digits) => Array.TrueForAll(
            values,
            value => Math.Abs(double.Parse(Text(value, digits), CultureInfo.InvariantCulture) - value) < (High - Low) / 100);
    }

    /// <summary>One of the charts, below or beside the other.</summary>
    private sealed class Panel
    {
        private readonly Curve[] _curves;
        private readonly int[] _kinds;
        private readonly int _axis;
        private readonly int _columns;
        private readonly TerminalColor _color;
        private readonly char[] _marks;

        /// <param name="panel">The curves; of several runs one each, the best first.</param>
        /// <param name="named">Of several runs those that have a colour, in the order of these; null for one run.</param>
        /// <param name="axis">The characters of the axis' labels.</param>
        /// <param name="columns">The characters of a line.</param>
        /// <param name="color">The colours that the terminal shows.</param>
        public Panel(CurvePanel panel, int[]? named, int axis, int columns, TerminalColor color)
        {
            (_curves, _axis, _columns, _color) = (panel.Curves, axis, columns, color);
            _marks = named is null ? _setMarks : _runMarks;
            _kinds = Array.ConvertAll(
                _curves, curve => named is null ? curve.SetIndex : KindOf(Array.IndexOf(named, curve.RunIndex)));
            bool sameSet = _curves.All(curve => curve.Set == _curves[0].Set);
            string title = $"{panel.Title.PadLeft(axis)}  ";
            string[] names = [.. _curves.Select((curve, i) => named is null ? curve.Set
                : (i == 0 ? "best: " : string.Empty) + curve.Run + (sameSet ? string.Empty : $" ({curve.Set})"))];
            int[] order = [.. Enumerable.Range(0, names.Length).Where(i => _kinds[i] < _colors.Length)];

            // As many as find room.
            int shown = order.Length;
            while ((Legend = LegendOf(title, names, order[..shown])).Count > MostLegendLines && shown > 1)
                shown--;
            foreach (int i in order[shown..])
                _kinds[i] = _colors.Length;
        }

        /// <summary>The lines that name the curves.</summary>
        public List<string> Legend { get; }

        /// <summary>All lines.</summary>
        /// <param name="scale">The values down the chart.</param>
        /// <param name="epochs">The first and the last epoch.</param>
        /// <param name="legend">How many lines the legend takes at least.</param>
        public IEnumerable<string> Lines(Scale scale, double[] epochs, int legend)
        {
            foreach (string line in Legend.Concat(Enumerable.Repeat(new string(' ', _columns), Math.Max(legend - Legend.Count, 0))))
                yield return line;
            int width = Math.Max(_columns - _axis - 2, 10);
            var cells = new Cells(width, scale.Height, _color, _marks);

            // The best above the others.
            foreach (int i in Enumerable.Range(0, _curves.Length).Reverse().OrderByDescending(i => _kinds[i] == _colors.Length))
                cells.Trace(_curves[i], _kinds[i], epochs, scale);
            for (int row = 0; row < scale.Height; row++)
            {
                string? label = scale.LabelOf(row);
                yield return $"{(label ?? string.Empty).PadLeft(_axis)} {(label is null ? '│' : '┤')}{cells.Row(row)}";
            }

            string space = new(' ', _axis + 1), first = epochs[0].ToString(CultureInfo.InvariantCulture);
            string last = epochs[1] > epochs[0] ? epochs[1].ToString(CultureInfo.InvariantCulture) : string.Empty;
            yield return $"{space}└{new string('─', width)}";
            yield return $"{space} {first}{"epoch".PadLeft((width / 2) - first.Length + 2)}{last.PadLeft(width - (width / 2) - 2)}";
        }

        /// <summary>The names of some curves after the title, and how many there are beside them.</summary>
        private List<string> LegendOf(string title, string[] names, int[] shown)
        {
            int room = Math.Max(_columns - title.Length - 4, 4), left = names.Length - shown.Length;
            var entries = shown.Select(i => (Text: $"{Mark(_kinds[i])} {TerminalText.Cut(names[i], room)}  ", Kind: _kinds[i])).ToList();
            if (left > 0)
                entries.Add(($"{Mark(_colors.Length)} {Figures.Count(left)} more  ", _colors.Length));
            var lines = new List<string>();
            var line = new StringBuilder(title);
            int taken = title.Length;
            foreach ((string text, int kind) in entries)
            {
                int cells = TerminalText.Width(text);
                if (taken > title.Length && taken + cells > _columns)
                {
                    lines.Add(line.Append(' ', _columns - taken).ToString());
                    line.Clear().Append(' ', title.Length);
                    taken = title.Length;
                }

                line.Append(Paint(text, kind, _color));
                taken += cells;
            }

            lines.Add(line.Append(' ', Math.Max(_columns - taken, 0)).ToString());
            return lines;
        }

        private static int KindOf(int place) => place < 0 ? _colors.Length : place;

        private char Mark(int kind) => _color == TerminalColor.None ? _marks[kind] : '━';
    }

    /// <summary>The characters of a chart, each with up to eight dots and the colour of the last curve through it.</summary>
    private sealed class Cells(int width, int height, TerminalColor color, char[] marks)
    {
        // More than all dots of a character.
        private const int Below = 0x100;

        private readonly int[,] _bits = new int[height, width];
        private readonly int[,] _kinds = new int[height, width];

        /// <summary>Lines from point to point, but over gaps, in dots of a quarter row and half a column.</summary>
        public void Trace(Curve curve, int kind, double[] epochs, Scale scale)
        {
            int across = (2 * width) - 1, down = (4 * height) - 1;
            foreach (IReadOnlyList<CurveValue> part in curve.Parts())
            {
                (double X, double Y)[] places = [.. part.Select(point => (
                    epochs[1] > epochs[0] ? (point.Epoch - epochs[0]) / (epochs[1] - epochs[0]) * across : 0,
                    (scale.High - point.Value) / (scale.High - scale.Low) * down))];
                for (int i = 0; i < places.Length; i++)
                {
                    (double x0, double y0) = places[Math.Max(i - 1, 0)];
                    (double x1, double y1) = places[i];
                    int steps = Math.Max(1, (int)Math.Ceiling(Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0))));
                    for (int step = 0; step <= steps; step++)
                        Set((int)Math.Round(x0 + ((x1 - x0) * step / steps)), (int)Math.Round(y0 + ((y1 - y0) * step / steps)), kind);
                }

                foreach ((CurveValue _, (double x, double y)) in part.Zip(places).Where(pair => pair.First.IsBelow))
                    _bits[(int)Math.Round(y) / 4, (int)Math.Round(x) / 2] |= Below;
            }
        }

        public string Row(int row)
        {
            var text = new StringBuilder();
            for (int column = 0; column < width; column++)
            {
                int bits = _bits[row, column], kind = _kinds[row, column];
                char drawn = bits >= Below ? '▼' : color == TerminalColor.None ? marks[kind] : (char)(0x2800 + bits);
                text.Append(bits == 0 ? " " : Paint(drawn.ToString(), kind, color));
            }

            return text.ToString();
        }

        private void Set(int x, int y, int kind)
        {
            _bits[y / 4, x / 2] |= _dots[y % 4, x % 2];
            _kinds[y / 4, x / 2] = kind;
        }
    }
}
