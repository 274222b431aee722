namespace MlpPowerShell.Engine.Network;

/// <summary>Sums over some samples, each of which counts its weight.</summary>
/// <param name="Loss">The loss of each, times what it counts.</param>
/// <param name="LossWeight">
/// What the losses count: nothing where the model lacks the sample's class, and in training what its class counts too.
/// </param>
/// <param name="Correct">What was classified right.</param>
/// <param name="Weight">What all of them count.</param>
/// <param name="Unexplained">In regression, the part of the targets' variation that each leaves.</param>
/// <param name="Distance">In regression, how far each prediction is off.</param>
internal readonly record struct BatchScore(
    double Loss, double LossWeight, double Correct, double Weight, double Unexplained = 0, double Distance = 0)
{
    /// <summary>The mean loss; no number where there is no loss.</summary>
    public double MeanLoss => Loss / LossWeight;

    /// <summary>The part that was classified right.</summary>
    public double Accuracy => Correct / Weight;

    /// <summary>The mean distance of predictions from targets.</summary>
    public double MeanDistance => Distance / Weight;

    public static BatchScore operator +(BatchScore one, BatchScore other) => new(
        one.Loss + other.Loss,
        one.LossWeight + other.LossWeight,
        one.Correct + other.Correct,
        one.Weight + other.Weight,
        one.Unexplained + other.Unexplained,
        one.Distance + other.Distance);
}

/// <summary>What one sample scored.</summary>
/// <param name="Loss">Its loss.</param>
/// <param name="Weight">What this counts; 0 where the model lacks its class.</param>
/// <param name="IsRight">Whether it is classified right.</param>
internal readonly record struct SampleScore(float Loss, float Weight, bool IsRight);
