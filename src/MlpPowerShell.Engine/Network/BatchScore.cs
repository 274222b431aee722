namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples.</summary>
/// <param name="Loss">The loss of each.</param>
/// <param name="Correct">How many were classified right.</param>
/// <param name="Unknown">How many have a class that the model lacks, and so no loss.</param>
internal readonly record struct BatchScore(double Loss, long Correct, long Unknown = 0);
