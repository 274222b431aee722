using MlpPowerShell.Engine.Training;

namespace MlpPowerShell;

/// <summary>The best epoch of a model's last training.</summary>
/// <param name="Epoch">The epoch; null where none was better than the weights at the start.</param>
/// <param name="EpochsSince">Epochs of the training since then.</param>
internal readonly record struct BestEpoch(MlpEpoch? Epoch, int EpochsSince)
{
    /// <summary>The best epoch of the training that a history ends with.</summary>
    public static BestEpoch Of(IReadOnlyList<MlpEpoch> history)
    {
        MlpEpoch[] last = [.. history.Reverse().TakeWhile(epoch => epoch.Details.Started == history[^1].Details.Started)];
        int since = Array.FindIndex(last, epoch => epoch.IsBest);
        return since < 0 ? new BestEpoch(null, last.Length) : new BestEpoch(last[since], since);
    }
}
