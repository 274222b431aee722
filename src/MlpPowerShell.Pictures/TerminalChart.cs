using System.Globalization;
using System.Text;
using MlpPowerShell.Engine;

namespace MlpPowerShell.Pictures;

/// <summary>Learning curves in a terminal: dots of Braille patterns in colour, or a mark for each curve without.</summary>
public static class TerminalChart
{
    private const int AxisWidth = 9;
    private const int WideEnough = 120;

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

    // From little to much.
    private static readonly string[] _telling = ["training", "test", "validation"];

    private static readonly char[] _marks = ['*', 'o', '+', 'x', '#', '~', '='];

    // The bits of a Braille pattern's dots, by row and column.
    private static readonly int[,] _dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>
    /// The lines that show losses and, where there are any, accuracies or R2: side by side where there is room, else one below the other.
    /// Of several runs there is one curve each, of the validation set where it has one, else of the test set; the best is named first.
    /// </summary>
    /// <param name="points">The epochs, at least one.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="height">The rows of each chart, its axes left out; at least 3.</param>
    /// <param name="color">The colours that the terminal shows.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<CurvePoint> points, int columns, int height, TerminalColor color)
    {
        points = Curve.Apart(points);
        bool single = points.Select(point => point.Run).Distinct().Take(2).Count() < 2;
        double[] epochs = [points.Min(point => point.Epoch), points.Max(point => point.Epoch)];
        (string score, Curve[] scores) = Curve.Scores(points);
        (string Title, Curve[] Curves)[] panels = [.. new[]
        {
            Panel("loss", Curve.Losses(points), curve => curve.Points.Min(point => point.Value)),
            Panel(score, scores, curve => -curve.Points.Max(point => point.Value)),
        }.Where(panel => panel.Curves.Length > 0)];
        bool beside = panels.Length == 2 && columns >= WideEnough;
        string[][] drawn = Array.ConvertAll(
            panels,
            panel => Drawn(panel.Title, panel.Curves, single, epochs, beside ? (columns - 2) / 2 : columns, height, color).ToArray());
        return drawn.Length < 2 ? [.. drawn.SelectMany(lines => lines)]
            : beside ? [.. drawn[0].Zip(drawn[1], (left, right) => $"{left}  {right}")]
            : [.. drawn[0], string.Empty, .. drawn[1]];

        (string Title, Curve[] Curves) Panel(string title, Curve[] curves, Func<Curve, double> place)
        {
            if (single)
                return (title, curves);
            Curve[] chosen = [.. curves.GroupBy(curve => curve.RunIndex).Select(Telling).OrderBy(place)];
            string[] sets = [.. chosen.Select(curve => curve.Set).Distinct()];
            return (sets.Length == 1 ? $"{sets[0]} {title}" : title, chosen);
        }
    }

    /// <summary>Of the curves of one run, the one that tells most of what it is worth.</summary>
    private static Curve Telling(IEnumerable<Curve> curves) => curves.MaxBy(curve => Array.IndexOf(_telling, curve.Set))!;

    private static IEnumerable<string> Drawn(
        string title, Curve[] curves, bool single, double[] epochs, int columns, int height, TerminalColor color)
    {
        int width = Math.Max(columns - AxisWidth - 2, 10);
        double low =
            curves.Min(curve => curve.Points.Min(point => point.Value)), high = curves.Max(curve => curve.Points.Max(point => point.Value));
        if (high == low)
            (low, high) = (low - Math.Max(Math.Abs(low) / 10, 1e-6), high + Math.Max(Math.Abs(high) / 10, 1e-6));
        int KindOf(Curve curve) => (single ? curve.SetIndex : curve.RunIndex) % _colors.Length;
        bool sameSet = curves.All(curve => curve.Set == curves[0].Set);
        string NameOf(Curve curve, int i) => single ? curve.Set
            : (i == 0 ? "best: " : string.Empty) + Printable.Of(curve.Run) + (sameSet ? string.Empty : $" ({curve.Set})");
        yield return Legend(title, [.. curves.Select((curve, i) => (NameOf(curve, i), KindOf(curve)))], columns, color);
        var cells = new Cells(width, height, color);
        foreach (Curve curve in Enumerable.Reverse(curves))
            Trace(cells, curve, KindOf(curve), epochs, low, high);
        for (int row = 0; row < height; row++)
        {
            double value = high - ((high - low) * row / (height - 1));
            bool labelled = row == 0 || row == height - 1 || row == height / 2;
            string label = labelled ? value.ToString("G4", CultureInfo.InvariantCulture) : string.Empty;
            yield return $"{label,AxisWidth} {(labelled ? '┤' : '│')}{cells.Row(row)}";
        }

        string first = epochs[0].ToString(CultureInfo.InvariantCulture), last = epochs[1].ToString(CultureInfo.InvariantCulture);
        yield return $"{string.Empty,AxisWidth} └{new string('─', width)}";
        yield return $"{string.Empty,AxisWidth}  "
            + $"{first}{"epoch".PadLeft((width / 2) - first.Length + 2)}{last.PadLeft(width - (width / 2) - 2)}";
    }

    private static string Legend(string title, (string Name, int Kind)[] curves, int columns, TerminalColor color)
    {
        var text = new StringBuilder($"{title,AxisWidth}  ");
        int length = text.Length;
        for (int i = 0; i < curves.Length; i++)
        {
            // The first is named whatever the width.
            (string name, int kind) = curves[i];
            bool isFirst = i == 0;
            string shown = isFirst ? TerminalText.Cut(name, Math.Max(columns - length - 5, 4)) : name;
            string entry = $"{(color == TerminalColor.None ? _marks[kind] : '━')} {shown}  ";
            if (!isFirst && length + entry.Length >= columns)
            {
                text.Append('…').Append(' ', Math.Max(columns - length - 1, 0));
                return text.ToString();
            }

            text.Append(Paint(entry, kind, color));
            length += entry.Length;
        }

        return text.Append(' ', Math.Max(columns - length, 0)).ToString();
    }

    /// <summary>A line from point to point, in dots of a quarter row and half a column.</summary>
    private static void Trace(Cells cells, Curve curve, int kind, double[] epochs, double low, double high)
    {
        (double X, double Y)[] places = [.. curve.Points.Select(point => (
            epochs[1] > epochs[0] ? (point.Epoch - epochs[0]) / (epochs[1] - epochs[0]) * (cells.DotsAcross - 1) : 0,
            (high - point.Value) / (high - low) * (cells.DotsDown - 1)))];
        for (int i = 0; i < places.Length; i++)
        {
            (double x0, double y0) = places[Math.Max(i - 1, 0)];
            (double x1, double y1) = places[i];
            int steps = Math.Max(1, (int)Math.Ceiling(Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0))));
            for (int step = 0; step <= steps; step++)
                cells.Set((int)Math.Round(x0 + ((x1 - x0) * step / steps)), (int)Math.Round(y0 + ((y1 - y0) * step / steps)), kind);
        }
    }

    private static string Paint(string text, int kind, TerminalColor color) => color switch
    {
        TerminalColor.None => text,
        TerminalColor.Palette256 => $"\e[38;5;{_colors[kind].Palette}m{text}\e[0m",
        TerminalColor.TrueColor => $"\e[38;2;{_colors[kind].Color.Red};{_colors[kind].Color.Green};{_colors[kind].Color.Blue}m{text}\e[0m",
    };

    /// <summary>The characters of a chart, each with up to eight dots and the colour of the last curve through it.</summary>
    private sealed class Cells(int width, int height, TerminalColor color)
    {
        private readonly int[,] _bits = new int[height, width];
        private readonly int[,] _kinds = new int[height, width];

        public int DotsAcross => 2 * width;

        public int DotsDown => 4 * height;

        public void Set(int x, int y, int kind)
        {
            _bits[y / 4, x / 2] |= _dots[y % 4, x % 2];
            _kinds[y / 4, x / 2] = kind;
        }

        public string Row(int row)
        {
            var text = new StringBuilder();
            for (int column = 0; column < width; column++)
            {
                int bits = _bits[row, column], kind = _kinds[row, column];
                text.Append(bits == 0
                    ? " "
                    : color == TerminalColor.None
                    ? _marks[kind].ToString()
                    : Paint(((char)(0x2800 + bits)).ToString(), kind, color));
            }

            return text.ToString();
        }
    }
}
