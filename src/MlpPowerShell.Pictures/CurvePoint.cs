using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>What curves show of an epoch; a figure that is not there is null.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Epoch">The epoch's number.</param>
public sealed record CurvePoint(string Run, double Epoch)
{
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

    /// <summary>The point of an epoch.</summary>
    public static CurvePoint Of(MlpEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return new CurvePoint(epoch.Run, epoch.Epoch)
        {
            TrainingLoss = epoch.TrainingLoss,
            ValidationLoss = epoch.ValidationLoss,
            TestLoss = epoch.TestLoss,
            TrainingAccuracy = epoch.TrainingAccuracy,
            ValidationAccuracy = epoch.ValidationAccuracy,
            TestAccuracy = epoch.TestAccuracy,
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
    private static readonly (string Name, Func<CurvePoint, double?> Loss, Func<CurvePoint, double?> Accuracy)[] _sets =
    [
        ("training", point => point.TrainingLoss, point => 100 * point.TrainingAccuracy),
        ("validation", point => point.ValidationLoss, point => 100 * point.ValidationAccuracy),
        ("test", point => point.TestLoss, point => 100 * point.TestAccuracy),
    ];

    /// <summary>The curves of losses.</summary>
    public static Curve[] Losses(IReadOnlyList<CurvePoint> points) => Of(points, Array.ConvertAll(_sets, set => set.Loss));

    /// <summary>The curves of accuracies in percent; none in regression.</summary>
    public static Curve[] Accuracies(IReadOnlyList<CurvePoint> points) => Of(points, Array.ConvertAll(_sets, set => set.Accuracy));

    /// <summary>A curve of each run for each set that has finite figures.</summary>
    private static Curve[] Of(IReadOnlyList<CurvePoint> points, Func<CurvePoint, double?>[] figures)
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
               select new Curve(runs[run].Key, run, _sets[set].Name, set, values),
        ];
    }
}
