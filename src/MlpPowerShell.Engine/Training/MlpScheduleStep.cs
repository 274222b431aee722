namespace MlpPowerShell.Engine.Training;

/// <summary>The learning rate of one step of a schedule.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The step within the epoch, from 1.</param>
/// <param name="LearningRate">The learning rate.</param>
public sealed record MlpScheduleStep(int Epoch, int Step, double LearningRate);
