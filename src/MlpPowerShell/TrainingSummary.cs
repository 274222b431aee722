using System.Globalization;
using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>What is to say at the end of a training: what was chosen, why it ended, and of which epoch the model has the weights.</summary>
internal static class TrainingSummary
{
    /// <summary>How it trained.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="samples">Samples of the training set.</param>
    /// <param name="count">Epochs that were trained just now.</param>
    public static string Beginning(TrainingOptions options, int samples, int count)
    {
        string rate = string.Create(CultureInfo.InvariantCulture, $"learning rate {options.LearningRate}")
            + (options.Schedule.Kind == ScheduleKind.Constant ? string.Empty : $" ({options.Schedule.Kind})");
        string batches = options.BatchSize is { } size && (size < samples || options.Ranks is not null)
            ? $"batches of {size}"
            : "full batches";
        return $"{count} {(count == 1 ? "epoch" : "epochs")} by {options.Optimizer.Kind}, {rate}, {batches}";
    }

    /// <summary>Why it ended and whose weights the model has, where these are not the last ones; else nothing.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="count">Epochs that were trained just now.</param>
    /// <param name="last">The last one.</param>
    /// <param name="best">The best one; null where none is marked, or the last weights are left as they are.</param>
    public static string Ending(TrainingOptions options, int count, MlpEpoch last, MlpEpoch? best)
    {
        string most = options.Patience is not null && count == TrainingDefaults.MostEpochs ? ", the most without -Epochs" : string.Empty;
        return best is null || !(options.RestoreBest || options.Patience is not null) ? most
            : last.Epoch - best.Epoch >= options.Patience
            ? $"; {options.EffectiveMonitor} has not improved for {options.Patience}, and the model has the weights of epoch {best.Epoch}"
            : best == last ? most
            : $"{most}; the model has the weights of epoch {best.Epoch}, the best {options.EffectiveMonitor}";
    }
}
