using System.Globalization;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>What curves show of an epoch; a figure that is not there is null.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Epoch">The epoch's number.</param>
public sealed record CurvePoint(string Run, double Epoch)
{
    /// <summary>The run's seed, which tells apart runs of one name; null where it is not known.</summary>
    public string? Seed { get; init; }

    /// <summary>The mean loss of the training set.</summary>
    public double? TrainingLoss { get; init; }

    /// <summary>The mean loss of the validation set.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The mean loss of the test set.</summary>
    public double? TestLoss { get; init; }

    /// <summary>The accuracy on the training set, from 0 to 1.</summary>
    public double? TrainingAccuracy { get; init; }

    /// <summary>The accuracy on the validation set, from 0 to 1.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The accuracy on the test set, from 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The part of the variance of the training set's targets that is explained, at most 1.</summary>
    public double? TrainingR2 { get; init; }

    /// <summary>The part of the variance of the validation set's targets that is explained, at most 1.</summary>
    public double? ValidationR2 { get; init; }

    /// <summary>The part of the variance of the test set's targets that is explained, at most 1.</summary>
    public double? TestR2 { get; init; }

    /// <summary>The point of an epoch.</summary>
    public static CurvePoint Of(MlpEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return new CurvePoint(epoch.Run, epoch.Epoch)
        {
            Seed = epoch.Seed.ToString(CultureInfo.InvariantCulture),
            TrainingLoss = epoch.TrainingLoss,
            ValidationLoss = epoch.ValidationLoss,
            TestLoss = epoch.TestLoss,
            TrainingAccuracy = epoch.TrainingAccuracy,
            ValidationAccuracy = epoch.ValidationAccuracy,
            TestAccuracy = epoch.TestAccuracy,
            TrainingR2 = epoch.TrainingR2,
            ValidationR2 = epoch.ValidationR2,
            TestR2 = epoch.TestR2,
        };
    }
}

/// <summary>A figure of a run over its epochs, for one of the sets that it is measured on.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="RunIndex">Which of the runs it is, from 0.</param>
/// <param name="Set">The set's name.</param>
/// <param name="SetIndex">Which of the sets it is, from 0.</param>
/// <param name="Points">The finite values.</param>
internal sealed record Curve(string Run, int RunIndex, string Set, int SetIndex, IReadOnlyList<(double Epoch, double Value)> Points)
{
    // Where a network explains less than a constant would by that much, how much less is of no interest, and would flatten the rest.
    private const double LeastR2 = -1;

    private static readonly string[] _sets = ["training", "validation", "test"];

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

    /// <summary>The curves of losses.</summary>
    public static Curve[] Losses(IReadOnlyList<CurvePoint> points) =>
        Of(points, point => point.TrainingLoss, point => point.ValidationLoss, point => point.TestLoss);

    /// <summary>What losses are for, and its curves: accuracies in percent, or in regression R2; none where neither is known.</summary>
    public static (string Title, Curve[] Curves) Scores(IReadOnlyList<CurvePoint> points)
    {
        Curve[] accuracies = Of(
            points, point => 100 * point.TrainingAccuracy, point => 100 * point.ValidationAccuracy, point => 100 * point.TestAccuracy);
        return accuracies.Length > 0
            ? ("accuracy, %", accuracies)
            : ("R2", Of(points, point => Shown(point.TrainingR2), point => Shown(point.ValidationR2), point => Shown(point.TestR2)));
        static double? Shown(double? r2) => r2 >= LeastR2 ? r2 : null;
    }

    /// <summary>A curve of each run for each set that has finite figures.</summary>
    private static Curve[] Of(IReadOnlyList<CurvePoint> points, params Func<CurvePoint, double?>[] figures)
    {
        IGrouping<string, CurvePoint>[] runs = [.. points.GroupBy(point => point.Run)];
        return
        [
            .. from run in Enumerable.Range(0, runs.Length)
               from set in Enumerable.Range(0, _sets.Length)
               let values = runs[run].Select(point => (point.Epoch, Value: figures[set](point) ?? double.NaN))
                   .Where(point => double.IsFinite(point.Value))
                   .ToArray()
               where values.Length > 0
               select new Curve(runs[run].Key, run, _sets[set], set, values),
        ];
    }
}
