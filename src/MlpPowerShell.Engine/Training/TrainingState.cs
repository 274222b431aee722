namespace MlpPowerShell.Engine.Training;

/// <summary>What a training needs to go on after an epoch, weights and other tensors apart. Random numbers follow from seed and epoch.</summary>
/// <param name="Run">What the training is made of.</param>
/// <param name="EpochsBefore">Epochs that the model had been trained for before this training.</param>
/// <param name="EpochsDone">Epochs of this training.</param>
/// <param name="OptimizerSteps">Steps that the optimizer remembers.</param>
/// <param name="Schedule">What the schedule has seen of the losses.</param>
/// <param name="Stopping">What early stopping has seen of the epochs.</param>
/// <param name="History">All epochs of the model.</param>
internal sealed record TrainingState(
    MlpRun Run,
    int EpochsBefore,
    int EpochsDone,
    long OptimizerSteps,
    LearningRateSchedule.Memory Schedule,
    EarlyStopping.Memory Stopping,
    IReadOnlyList<MlpEpoch> History);
