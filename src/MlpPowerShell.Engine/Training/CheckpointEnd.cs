using System.Globalization;

namespace MlpPowerShell.Engine.Training;

/// <summary>What a training that can be resumed was told of its seed and of when to end.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Epochs">Its epochs; null where that is not known.</param>
/// <param name="Patience">Epochs without improvement after which it ends, or null.</param>
/// <param name="MinImprovement">How much better an epoch must be to count as an improvement.</param>
/// <param name="RestoreBest">Whether it ends with the weights of its best epoch; null where that was left to the patience.</param>
public sealed record CheckpointEnd(int Seed, int? Epochs, int? Patience, double MinImprovement, bool? RestoreBest)
{
    /// <summary>That of a run.</summary>
    internal static CheckpointEnd Of(MlpRun run) => new(
        run.Seed,
        Whole(run, nameof(TrainingOptions.Epochs)),
        Whole(run, nameof(TrainingOptions.Patience)),
        double.TryParse(
            run.Identity.GetValueOrDefault(nameof(TrainingOptions.MinImprovement)),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out double least) ? least : 0,
        bool.TryParse(run.Identity.GetValueOrDefault(nameof(TrainingOptions.RestoreBest)), out bool restores) ? restores : null);

    private static int? Whole(MlpRun run, string option) =>
        int.TryParse(run.Identity.GetValueOrDefault(option), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
