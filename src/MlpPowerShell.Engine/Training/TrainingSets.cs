using MlpPowerShell.Engine.Data;

namespace MlpPowerShell.Engine.Training;

/// <summary>What a training learns from, and what it measures itself on.</summary>
internal sealed record TrainingSets(MlpDataset Training, MlpDataset? Validation, MlpDataset? Test);
