namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples: the loss of each, how many were classified right, and how many have a class that the model lacks, and so no loss.</summary>
internal readonly record struct BatchScore(double Loss, long Correct, long Unknown = 0);
