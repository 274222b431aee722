using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Engine.Training;

/// <summary>Where a training stands in its epoch.</summary>
internal sealed class EpochFigures
{
    /// <summary>The epoch of this training, from 1; 0 before the first.</summary>
    public int Epoch { get; set; }

    /// <summary>Epochs that the model had been trained for before this training.</summary>
    public int EpochsBefore { get; set; }

    /// <summary>The epoch as the model counts it.</summary>
    public int EpochOfModel => EpochsBefore + Epoch;

    /// <summary>Steps of the epoch that are complete.</summary>
    public int Steps { get; private set; }

    /// <summary>Samples of all ranks that these have learned from.</summary>
    public long Samples { get; set; }

    /// <summary>The rate of the step at work.</summary>
    public double LearningRate { get; set; }

    /// <summary>The mean loss so far.</summary>
    public double MeanLoss { get; private set; } = double.NaN;

    /// <summary>The norm of the gradient of the last step.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>The mean norm of the gradients of the steps.</summary>
    public double MeanGradientNorm => _normSum / Steps;

    private double _normSum;

    /// <summary>Begins the next epoch.</summary>
    public void BeginEpoch()
    {
        Epoch++;
        Steps = 0;
        Samples = 0;
        _normSum = 0;
    }

    /// <summary>Takes the score of the epoch so far; where nothing counts, nothing is lost.</summary>
    public void Lost(BatchScore score) => MeanLoss = score.LossWeight > 0 ? score.MeanLoss : 0;

    /// <summary>Counts a step that is complete.</summary>
    public void EndStep(double gradientNorm)
    {
        GradientNorm = gradientNorm;
        _normSum += gradientNorm;
        Steps++;
    }
}
