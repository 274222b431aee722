namespace MlpPowerShell.Engine.Training;

/// <summary>Watches one figure of the epochs: which is the best so far, and whether it is time to stop.</summary>
internal sealed class EarlyStopping(MlpMetric metric, int? patience, double minImprovement)
{
    private double _best = double.NegativeInfinity;
    private int _epochsWithoutImprovement;

    /// <summary>Whether as many epochs as the patience allows have gone by without improvement.</summary>
    public bool IsTimeToStop => _epochsWithoutImprovement >= patience;

    /// <summary>Takes the next epoch into account, and returns whether it is the best so far.</summary>
    public bool Observe(MlpEpoch epoch)
    {
        // Higher is better.
        double score = metric switch
        {
            MlpMetric.TrainingLoss => -epoch.TrainingLoss,
            MlpMetric.TrainingAccuracy => epoch.TrainingAccuracy,
            MlpMetric.ValidationLoss => -epoch.ValidationLoss!.Value,
            MlpMetric.ValidationAccuracy => epoch.ValidationAccuracy!.Value,
            MlpMetric.TestLoss => -epoch.TestLoss!.Value,
            MlpMetric.TestAccuracy => epoch.TestAccuracy!.Value,
            _ => throw new InvalidOperationException($"There is no metric {metric}."),
        };
        bool isBest = score > _best + minImprovement;
        if (isBest)
            _best = score;
        _epochsWithoutImprovement = isBest ? 0 : _epochsWithoutImprovement + 1;
        return isBest;
    }
}
