namespace MlpPowerShell.Engine.Training;

/// <summary>One completed step of a training.</summary>
/// <param name="Epoch">The number of its epoch, from 1.</param>
/// <param name="Step">The step within the epoch, from 1.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Loss">The mean loss of the step's samples before it, with dropout and the like, each times its weight.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The norm of its gradient, before clipping.</param>
/// <param name="Samples">The step's samples.</param>
public sealed record MlpStep(int Epoch, int Step, int StepsPerEpoch, double Loss, double LearningRate, double GradientNorm, int Samples);
