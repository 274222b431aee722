namespace MlpPowerShell.Pictures;

/// <summary>A point of a curve.</summary>
/// <param name="Epoch">The epoch's number.</param>
/// <param name="Value">The figure; NaN where it is no finite number, which leaves a gap.</param>
/// <param name="IsBelow">Whether the figure lies below the value, which is the least that is drawn.</param>
internal readonly record struct CurveValue(double Epoch, double Value, bool IsBelow);

/// <summary>A figure of a run over its epochs, for one of the sets that it is measured on.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="RunIndex">Which of the runs it is, from 0.</param>
/// <param name="Set">The set's name.</param>
/// <param name="SetIndex">Which of the sets it is, from 0.</param>
/// <param name="Points">The values where it was measured, one of them finite at least.</param>
internal sealed record Curve(string Run, int RunIndex, string Set, int SetIndex, IReadOnlyList<CurveValue> Points)
{
    private static readonly string[] _sets = ["training", "validation", "test"];

    /// <summary>The least of the values.</summary>
    public double Lowest => Points.Where(point => !double.IsNaN(point.Value)).Min(point => point.Value);

    /// <summary>The largest of the values.</summary>
    public double Highest => Points.Where(point => !double.IsNaN(point.Value)).Max(point => point.Value);

    /// <summary>The stretches between the gaps.</summary>
    public IEnumerable<IReadOnlyList<CurveValue>> Parts()
    {
        var part = new List<CurveValue>();
        foreach (CurveValue point in Points)
        {
            if (!double.IsNaN(point.Value))
            {
                part.Add(point);
            }
            else if (part.Count > 0)
            {
                yield return part;
                part = [];
            }
        }

        if (part.Count > 0)
            yield return part;
    }

    /// <summary>
    /// Points of which no two are the same epoch of a run: those of one name are called by their seeds too, and where a run of the same
    /// name and seed begins again, it and those after it are numbered.
    /// </summary>
    public static CurvePoint[] Apart(IEnumerable<CurvePoint> points)
    {
        CurvePoint[] all = [.. points];
        HashSet<string> shared = [.. all.GroupBy(point => point.Run).Where(run => run.DistinctBy(point => point.Seed).Count() > 1)
            .Select(run => run.Key)];

        // By name, the last epoch of each run, the one at work at the end.
        var runs = new Dictionary<string, List<(int Number, double Last)>>();
        return [.. all.Select(point =>
        {
            if (shared.Contains(point.Run))
                point = point with { Run = $"{point.Run}, seed {point.Seed}" };
            if (!runs.TryGetValue(point.Run, out List<(int Number, double Last)>? known))
                runs[point.Run] = known = [];
            int place = known.FindLastIndex(run => run.Last < point.Epoch);
            int number = place < 0 ? known.Count + 1 : known[place].Number;
            if (place >= 0)
                known.RemoveAt(place);
            known.Add((number, point.Epoch));
            return number == 1 ? point : point with { Run = $"{point.Run} ({number})" };
        })];
    }

    /// <summary>A curve of each run for each set that has finite figures.</summary>
    /// <param name="points">The epochs.</param>
    /// <param name="least">The least value that is drawn, which stands for all below it.</param>
    /// <param name="figures">What the curves are of, for each set.</param>
    public static Curve[] Of(IReadOnlyList<CurvePoint> points, double least, Func<CurvePoint, double?>[] figures)
    {
        IGrouping<string, CurvePoint>[] runs = [.. points.GroupBy(point => point.Run)];
        return
        [
            .. from run in Enumerable.Range(0, runs.Length)
               from set in Enumerable.Range(0, _sets.Length)
               let values = runs[run].Where(point => figures[set](point) is not null)
                   .Select(point => ValueAt(point.Epoch, figures[set](point)!.Value))
                   .ToArray()
               where Array.Exists(values, point => !double.IsNaN(point.Value))
               select new Curve(runs[run].Key, run, _sets[set], set, values),
        ];

        CurveValue ValueAt(double epoch, double value) =>
            new(epoch, double.IsFinite(value) ? Math.Max(value, least) : double.NaN, double.IsFinite(value) && value < least);
    }

    /// <summary>What can't be drawn of some epochs, as it is no finite number; null for nothing.</summary>
    public static string? NotDrawn(IReadOnlyList<CurvePoint> points, string name, Func<CurvePoint, double?>[] figures)
    {
        var parts = new List<string>();
        for (int set = 0; set < _sets.Length; set++)
        {
            CurvePoint[] bad = [.. points.Where(point => figures[set](point) is { } value && !double.IsFinite(value))];
            if (bad.Length > 0)
            {
                string run = bad[0].Run.Length > 0 ? $" of {bad[0].Run}" : string.Empty;
                string more = bad.Length > 1 ? $" and {Figures.Count(bad.Length - 1)} more" : string.Empty;
                parts.Add(FormattableString.Invariant($"{_sets[set]} {name} in epoch {bad[0].Epoch}{run}{more}"));
            }
        }

        return parts.Count > 0 ? string.Join(", ", parts) : null;
    }
}
