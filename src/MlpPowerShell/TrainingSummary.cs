using System.Globalization;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>What is to say at the end of a training: what was chosen, why it ended, and of which epoch the model has the weights.</summary>
internal static class TrainingSummary
{
    /// <summary>How it trained.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="run">What it was made of.</param>
    /// <param name="samples">Samples of the training set.</param>
    /// <param name="count">Epochs that were trained just now.</param>
    public static string Beginning(TrainingOptions options, MlpRun run, int samples, int count)
    {
        string rate = string.Create(CultureInfo.InvariantCulture, $"learning rate {options.LearningRate}")
            + (run.Options.TryGetValue(nameof(options.Schedule), out string? schedule) ? $" ({schedule})" : string.Empty);
        string batches = options.BatchSize is { } size && (size < samples || options.Ranks is not null)
            ? $"batches of {size}"
            : "full batches";
        return $"{Listing.Count(count, "epoch")} by {options.Optimizer.Kind}, {rate}, {batches}";
    }

    /// <summary>Why it ended and whose weights the model has, where these are not the last ones; else nothing.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="count">Epochs that were trained just now.</param>
    /// <param name="last">The last one.</param>
    /// <param name="best">The best one.</param>
    /// <param name="isBrokenOff">Whether who watched has ended it.</param>
    public static string Ending(TrainingOptions options, int count, MlpEpoch last, BestEpoch best, bool isBrokenOff)
    {
        // Weights that were drawn are never the best.
        bool isStart = best.Epoch is null && last.Details.InitialSeed is null;
        string weights = isStart ? "the weights that it began with" : $"the weights of epoch {best.Epoch?.Epoch}";
        if (best.EpochsSince >= options.Patience)
        {
            return $"; {options.EffectiveMonitor} has not improved for {options.Patience}"
                + (options.KeepsBest ? $", and the model has {weights}" : string.Empty);
        }

        string why = !isBrokenOff && !options.Resume && count < options.Epochs ? "; no step leads lower"
            : options.Patience is not null && count == TrainingDefaults.MostEpochs ? ", the most without -Epochs"
            : string.Empty;
        string merit = options.MinImprovement > 0
            ? string.Create(
                CultureInfo.InvariantCulture, $"the last whose {options.EffectiveMonitor} was better by {options.MinImprovement}")
            : $"the best {options.EffectiveMonitor}";
        return !options.KeepsBest || best.EpochsSince == 0 || (best.Epoch is null && !isStart) ? why
            : isStart ? $"{why}; the model has {weights}, as no epoch had a better {options.EffectiveMonitor}"
            : $"{why}; the model has {weights}, {merit}";
    }
}
