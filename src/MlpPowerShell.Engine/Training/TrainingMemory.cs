using System.Collections.ObjectModel;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Engine.Optimizers;

namespace MlpPowerShell.Engine.Training;

/// <summary>
/// What a model's trainings leave for the next one, which the model carries along: its history, and what the optimizer remembers.
/// </summary>
internal sealed class TrainingMemory
{
    private readonly List<MlpEpoch> _history = [];

    private TrainingMemory() => History = new EpochList(_history);

    /// <summary>The epochs of every training, oldest first.</summary>
    public IReadOnlyList<MlpEpoch> History { get; }

    /// <summary>
    /// What the optimizer remembers between steps, kept so that training goes on where it left off; null where there is nothing.
    /// </summary>
    public Optimizer? Optimizer { get; set; }

    /// <summary>What a model remembers.</summary>
    public static TrainingMemory Of(MlpModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (TrainingMemory)(model.Memory ??= new TrainingMemory());
    }

    /// <summary>Adds an epoch to a model's history.</summary>
    public static void Record(MlpModel model, MlpEpoch epoch)
    {
        Of(model)._history.Add(epoch);
        model.EpochsTrained = epoch.Epoch;
        model.LastTraining = epoch.Details;
        model.LearnedFrom.Add(epoch.Details.TrainingData);
    }

    /// <summary>Has a model take on the epochs of a training that was interrupted.</summary>
    public static void Recall(MlpModel model, IEnumerable<MlpEpoch> history)
    {
        Of(model)._history.Clear();
        foreach (MlpEpoch epoch in history)
            Record(model, epoch);
    }

    /// <summary>Epochs, of which a table of text shows how many there are.</summary>
    private sealed class EpochList(IList<MlpEpoch> epochs) : ReadOnlyCollection<MlpEpoch>(epochs)
    {
        public override string ToString() => Listing.Count(Count, "epoch");
    }
}
