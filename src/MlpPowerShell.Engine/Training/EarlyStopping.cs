using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>Watches one figure of the epochs: which is the best so far, and whether it is time to stop.</summary>
internal sealed class EarlyStopping(MlpMetric metric, int? patience, double minImprovement)
{
    /// <summary>What has been seen so far.</summary>
    public Memory Seen { get; set; } = new(double.NegativeInfinity, 0);

    /// <summary>Whether anything has been seen to be the best.</summary>
    public bool HasBest => !double.IsNegativeInfinity(Seen.Best);

    /// <summary>Whether as many epochs as the patience allows have gone by without improvement.</summary>
    public bool IsTimeToStop => Seen.EpochsWithoutImprovement >= patience;

    /// <summary>Counts what the weights at the start score as the best so far; what is no number counts for nothing.</summary>
    public void Begin(BatchScore start)
    {
        double score = metric.IsAccuracy() ? start.Accuracy : -start.MeanLoss;
        if (double.IsFinite(score))
            Seen = new Memory(score, 0);
    }

    /// <summary>Takes the next epoch into account, and returns whether it is the best so far.</summary>
    public bool Observe(MlpEpoch epoch)
    {
        // Higher is better.
        double score = metric switch
        {
            MlpMetric.TrainingLoss => -epoch.TrainingLoss,
            MlpMetric.TrainingAccuracy => epoch.TrainingAccuracy!.Value,
            MlpMetric.ValidationLoss => -epoch.ValidationLoss!.Value,
            MlpMetric.ValidationAccuracy => epoch.ValidationAccuracy!.Value,
            MlpMetric.TestLoss => -epoch.TestLoss!.Value,
            MlpMetric.TestAccuracy => epoch.TestAccuracy!.Value,
        };
        bool isBest = score > Seen.Best + minImprovement;
        Seen = isBest ? new Memory(score, 0) : Seen with { EpochsWithoutImprovement = Seen.EpochsWithoutImprovement + 1 };
        return isBest;
    }

    /// <summary>The best score so far, higher is better, and how long ago it was.</summary>
    public sealed record Memory(double Best, int EpochsWithoutImprovement);
}
