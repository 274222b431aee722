namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples.</summary>
/// <param name="Loss">The loss of each.</param>
/// <param name="Correct">How many were classified right.</param>
/// <param name="Unknown">How many have a class that the model lacks, and so no loss.</param>
/// <param name="Unexplained">In regression, the part of the targets' variation that each leaves.</param>
/// <param name="Distance">In regression, how far each prediction is off.</param>
internal readonly record struct BatchScore(
    double Loss, long Correct, long Unknown = 0, double Unexplained = 0, double Distance = 0)
{
    public static BatchScore operator +(BatchScore one, BatchScore other) => new(
        one.Loss + other.Loss,
        one.Correct + other.Correct,
        one.Unknown + other.Unknown,
        one.Unexplained + other.Unexplained,
        one.Distance + other.Distance);
}
