using System.Globalization;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell.Pictures;

/// <summary>The columns that epochs like one have values in.</summary>
internal static class EpochColumns
{
    private const int LongestName = 40;
    private const int ShortestName = 16;

    // The run of the epoch that was written last, which the next need not repeat.
    [ThreadStatic]
    private static (string Name, int Seed)? _run;

    /// <summary>Names the run of the next epoch again.</summary>
    public static void Begin() => _run = null;

    /// <summary>Takes note of an epoch that was written.</summary>
    public static void Wrote(MlpEpoch epoch) => _run = (epoch.Run, epoch.Seed);

    public static List<RowColumn<MlpEpoch>> Of(MlpEpoch first)
    {
        static RowColumn<MlpEpoch> Loss(string label, int rank, Func<MlpEpoch, double?> figure) =>
            new(label, 9, rank, epoch => figure(epoch) is { } loss ? Figures.Loss(loss) : null);
        static RowColumn<MlpEpoch> Share(string label, int rank, Func<MlpEpoch, double?> figure) =>
            new(label, 8, rank, epoch => figure(epoch) is { } share ? Figures.Percent(share) : null);
        static RowColumn<MlpEpoch> Mean(string label, int rank, Func<MlpEpoch, double?> figure) =>
            new(label, 9, rank, epoch => figure(epoch) is { } error ? Figures.Value(error) : null);

        // Test data alone decide on nothing, so no epoch is the best unless somebody says by what.
        bool hasBest = first.ValidationLoss is not null || first.TestLoss is null
            || first.Details.Options.ContainsKey(nameof(TrainingOptions.Monitor));
        return
        [
            new("Epoch", 5, 0, epoch => epoch.Epoch.ToString(CultureInfo.InvariantCulture)),
            Loss("TrainLoss", 1, epoch => epoch.TrainingLoss),
            .. first.TrainingAccuracy is null ? [] : new[] { Share("TrainAcc", 6, epoch => epoch.TrainingAccuracy) },
            .. first.TrainingR2 is null ? [] : new[] { Loss("TrainR2", 6, epoch => epoch.TrainingR2) },
            .. first.TrainingMae is null ? [] : new[] { Mean("TrainMAE", 10, epoch => epoch.TrainingMae) },
            .. first.ValidationLoss is null ? [] : new[] { Loss("ValLoss", 2, epoch => epoch.ValidationLoss) },
            .. first.ValidationAccuracy is null ? [] : new[] { Share("ValAcc", 3, epoch => epoch.ValidationAccuracy) },
            .. first.ValidationR2 is null ? [] : new[] { Loss("ValR2", 3, epoch => epoch.ValidationR2) },
            .. first.ValidationMae is null ? [] : new[] { Mean("ValMAE", 9, epoch => epoch.ValidationMae) },
            .. first.TestLoss is null ? [] : new[] { Loss("TestLoss", 4, epoch => epoch.TestLoss) },
            .. first.TestAccuracy is null ? [] : new[] { Share("TestAcc", 3, epoch => epoch.TestAccuracy) },
            .. first.TestR2 is null ? [] : new[] { Loss("TestR2", 3, epoch => epoch.TestR2) },
            .. first.TestMae is null ? [] : new[] { Mean("TestMAE", 8, epoch => epoch.TestMae) },
            .. hasBest ? new[] { new RowColumn<MlpEpoch>("Best", 4, 4, epoch => epoch.IsBest ? "*" : null) } : [],
            new("Rate", 8, 11, epoch => epoch.Rate.ToString("G3", CultureInfo.InvariantCulture)),
            new("Secs", 6, 12, epoch => Figures.Seconds(epoch.Elapsed)),
            new("Samples/s", 10, 13, epoch => Figures.Count(epoch.SamplesPerSecond)),
            new("GradientNorm", 12, 14, epoch => epoch.GradientNorm.ToString("G4", CultureInfo.InvariantCulture)),
            Run(TerminalText.Width(first.Run)),
        ];
    }

    /// <summary>The names of runs, of which long ones take few cells before other columns are left out, and go on below.</summary>
    private static RowColumn<MlpEpoch> Run(int cells) =>
        new("Run", Math.Clamp(cells, 3, LongestName), cells > ShortestName ? 7 : 0, NameOf)
        {
            IsText = true,
            GoesOn = true,
            Least = Math.Clamp(cells, 3, ShortestName),
            Most = int.MaxValue,
        };

    /// <summary>The run where it is another than the last epoch's; of the same name, with its seed.</summary>
    private static string? NameOf(MlpEpoch epoch) => _run is not { } last || epoch.Run != last.Name ? epoch.Run
        : epoch.Seed == last.Seed ? null
        : string.Create(CultureInfo.InvariantCulture, $"{epoch.Run}, seed {epoch.Seed}");
}
