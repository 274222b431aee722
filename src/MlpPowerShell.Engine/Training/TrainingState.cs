namespace MlpPowerShell.Engine.Training;

/// <summary>
/// What a training needs to go on after an epoch, weights and other tensors apart. Random numbers follow from seed and epoch.
/// </summary>
/// <param name="Run">What the training is made of.</param>
/// <param name="EpochsBefore">Epochs that the model had been trained for before this training.</param>
/// <param name="EpochsDone">Epochs of this training.</param>
/// <param name="OptimizerSteps">Steps that the optimizer remembers.</param>
/// <param name="Schedule">What the schedule has seen of the losses.</param>
/// <param name="Stopping">What early stopping has seen of the epochs.</param>
/// <param name="Averaged">Steps or epochs that the average of the weights has in it.</param>
/// <param name="IsConverged">Whether a search for steps has found that none leads down.</param>
/// <param name="History">All epochs of the model, without their details.</param>
/// <param name="Runs">The runs of the history, each with the number of its epochs.</param>
internal sealed record TrainingState(
    MlpRun Run,
    int EpochsBefore,
    int EpochsDone,
    long OptimizerSteps,
    LearningRateSchedule.Memory Schedule,
    EarlyStopping.Memory Stopping,
    long Averaged,
    bool IsConverged,
    IReadOnlyList<MlpEpoch> History,
    IReadOnlyList<TrainingState.PastRun> Runs)
{
    /// <summary>The history with its details.</summary>
    public IEnumerable<MlpEpoch> FullHistory =>
        History.Zip(Runs.SelectMany(run => Enumerable.Repeat(run.Run, run.Epochs)), (epoch, run) => epoch with { Details = run });

    /// <summary>How many epochs of each run a history has.</summary>
    public static IReadOnlyList<PastRun> RunsOf(IEnumerable<MlpEpoch> history)
    {
        var runs = new List<PastRun>();
        foreach (MlpEpoch epoch in history)
        {
            if (runs.Count > 0 && ReferenceEquals(runs[^1].Run, epoch.Details))
                runs[^1] = runs[^1] with { Epochs = runs[^1].Epochs + 1 };
            else
                runs.Add(new PastRun(epoch.Details, 1));
        }

        return runs;
    }

    /// <summary>A run, and how many epochs it has in a history.</summary>
    public sealed record PastRun(MlpRun Run, int Epochs);
}
