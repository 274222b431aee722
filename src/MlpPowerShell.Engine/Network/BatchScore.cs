namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples: the loss of each, and how many were classified right.</summary>
internal readonly record struct BatchScore(double Loss, long Correct);
