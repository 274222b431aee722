namespace MlpPowerShell.Pictures;

/// <summary>What one chart of learning curves shows: the losses, or what is the better the higher it is.</summary>
/// <param name="Title">What the values are.</param>
/// <param name="Curves">The curves, at least one.</param>
/// <param name="Least">The least that a value can be, or be drawn as.</param>
/// <param name="Most">The most that a value can be.</param>
/// <param name="IsScore">Whether higher is better.</param>
internal sealed record CurvePanel(string Title, Curve[] Curves, double Least, double Most, bool IsScore)
{
    // Where a network explains less than a constant would by that much, how much less is of no interest, and would flatten the rest.
    private const double LeastR2 = -1;

    private static readonly Func<CurvePoint, double?>[] _losses =
        [point => point.TrainingLoss, point => point.ValidationLoss, point => point.TestLoss];

    private static readonly Func<CurvePoint, double?>[] _accuracies =
        [point => 100 * point.TrainingAccuracy, point => 100 * point.ValidationAccuracy, point => 100 * point.TestAccuracy];

    private static readonly Func<CurvePoint, double?>[] _r2 =
        [point => point.TrainingR2, point => point.ValidationR2, point => point.TestR2];

    // From little to much.
    private static readonly string[] _telling = ["training", "test", "validation"];

    /// <summary>The losses and, where there are any, accuracies in percent or R2; only panels that have a finite value.</summary>
    /// <param name="points">Epochs of which no two are the same of one run.</param>
    public static CurvePanel[] Of(IReadOnlyList<CurvePoint> points)
    {
        Curve[] losses = Curve.Of(points, double.NegativeInfinity, _losses), accuracies = Curve.Of(points, 0, _accuracies);
        Curve[] r2 = accuracies.Length > 0 ? [] : Curve.Of(points, LeastR2, _r2);
        string r2Title = r2.Any(curve => curve.Points.Any(point => point.IsBelow)) ? "R2 (▼ below -1)" : "R2";
        return [.. new CurvePanel[]
        {
            new("loss", losses, double.NegativeInfinity, double.PositiveInfinity, false),
            new("accuracy, %", accuracies, 0, 100, true),
            new(r2Title, r2, LeastR2, 1, true),
        }.Where(panel => panel.Curves.Length > 0)];
    }

    /// <summary>What can't be drawn of some epochs, as it is no finite number; null for nothing.</summary>
    public static string? NotDrawn(IReadOnlyList<CurvePoint> points)
    {
        string[] parts = [.. new[]
        {
            Curve.NotDrawn(points, "loss", _losses),
            Curve.NotDrawn(points, "accuracy", _accuracies),
            Curve.NotDrawn(points, "R2", _r2),
        }.OfType<string>()];
        return parts.Length > 0 ? string.Join(", ", parts) : null;
    }

    /// <summary>The least and the largest value; of one value alone, with as much above as below as can be.</summary>
    /// <param name="below">How much more there is to be below one value alone than above it.</param>
    public (double Low, double High) Range(double below = 1)
    {
        double low = Curves.Min(curve => curve.Lowest), high = Curves.Max(curve => curve.Highest);
        if (low < high)
            return (low, high);
        double half = Math.Max(Math.Abs(low) / 10, 1e-6);
        return high + half > Most ? (low - half, Most)
            : low - (below * half) < Least ? (Least, high + half)
            : (low - (below * half), high + half);
    }

    /// <summary>One curve of each run, the one that tells most of what it is worth; the best run first.</summary>
    public CurvePanel Telling()
    {
        Curve[] chosen = [.. Curves.GroupBy(curve => curve.RunIndex)
            .Select(run => run.MaxBy(curve => Array.IndexOf(_telling, curve.Set))!)
            .OrderBy(curve => IsScore ? -curve.Highest : curve.Lowest)];
        return this with { Title = chosen.All(curve => curve.Set == chosen[0].Set) ? $"{chosen[0].Set} {Title}" : Title, Curves = chosen };
    }

    /// <summary>So many of the best runs by number, of each panel in turn.</summary>
    /// <param name="panels">Panels with the best run first.</param>
    /// <param name="most">How many runs.</param>
    public static int[] Best(IReadOnlyList<CurvePanel> panels, int most)
    {
        int longest = panels.Max(panel => panel.Curves.Length);
        return [.. Enumerable.Range(0, longest)
            .SelectMany(place => panels.Where(panel => place < panel.Curves.Length).Select(panel => panel.Curves[place].RunIndex))
            .Distinct()
            .Take(most)];
    }
}
