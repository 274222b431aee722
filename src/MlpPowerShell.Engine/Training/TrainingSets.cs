namespace MlpPowerShell.Engine.Training;

/// <summary>What a training learns from, and what it measures itself on.</summary>
internal sealed record TrainingSets(SharedDataset Training, SharedDataset? Validation, SharedDataset? Test);
